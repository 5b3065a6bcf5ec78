"""What support sees of organisations: numbers and signs, nothing of anybody they keep; and what it does there."""

import re
from datetime import timedelta

import pytest
from peewee import fn
from playhouse.test_utils import count_queries

from portal.accounts import service as accounts
from portal.campaigns.models import Campaign
from portal.contacts.models import Contact
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.tenancy import Org, Unscoped, numbers_of_all
from portal.delivery.models import Delivery, DeliveryEvent
from portal.imports.models import Declaration, Import
from portal.support import organisations
from portal.support.rules import in_hundred, is_too_much
from tests.conftest import PASSWORD


@pytest.fixture
def support(client_of, app):
    return client_of(accounts.create_support("sam@example.org", "Sam", PASSWORD))


@pytest.fixture
def busy(org, thandi):
    """Hope House with a campaign of this month, of ten messages, and one of long ago."""
    with acting_as(system(org.id)):
        for days, count in ((2, 10), (40, 5)):
            made = Campaign.create(name="CNRY spring", started_at=now() - timedelta(days=days))
            for number in range(count):
                state, bounce = {0: ("refused", "hard"), 1: ("accepted", "hard"), 2: ("suppressed", "")}.get(
                    number, ("accepted", "")
                )
                row = Delivery.create(
                    contact_id=thandi.id, campaign_id=made.id, mac=f"{days}:{number}", state=state, bounce=bounce,
                    address="CNRY@example.org",
                )  # fmt: skip
            DeliveryEvent.create(
                contact_id=thandi.id, delivery_id=row.id, campaign_id=made.id, kind="complained",
                at=now() - timedelta(days=days),
            )  # fmt: skip
    return org


def test_an_organisation_in_numbers(busy, other_org):
    mine, other = organisations.lines([busy, Org.get_by_id(other_org.id)])

    assert (mine.contacts, mine.sent, mine.undeliverable, mine.complaints) == (1, 9, 2, 1)
    assert (other.contacts, other.sent, other.undeliverable, other.complaints, other.score) == (0, 0, 0, 0, 0)


def test_the_list_asks_as_often_for_many_organisations_as_for_one(busy, support):
    def asked():
        with count_queries() as counted:
            support.get("/support/organisations")
        return counted.count

    few = asked()
    for number in range(30):
        accounts.create_org(f"Org {number}")
    assert asked() == few


def test_nothing_of_a_contact_is_shown(busy, support):
    with acting_as(system(busy.id)):
        kept = Import.create(
            filename="CNRY list.csv", path="", state="finished", rows=900, score=65, source="third",
            headings=["CNRY"], signs=[["seller_name", 1, 1], ["roles", 300, 900]],
        )  # fmt: skip
        Declaration.create(import_id=kept.id, source="third", name="CNRY Somebody", file_sha256="", digest="")

    pages = support.get("/support/organisations").text, support.get(f"/support/organisations/{busy.id}").text

    for page in pages:
        for words in ("CNRY", "Thandi", "thandi@", "Ngcobo"):
            assert words not in page
        assert "signs of a bought list" in page
    for words in ("900 rows", "Another organisation passed it on to us", "300 of 900 addresses belong to an office"):
        assert words in pages[1]


def test_only_numbers_pass_between_organisations(org):
    assert list(numbers_of_all(Contact, [org.id], fn.COUNT(Contact.id))) == []
    for escape in (Contact.last_name, fn.LOWER(Contact.last_name), fn.GROUP_CONCAT(Contact.last_name)):
        with pytest.raises(Unscoped):
            numbers_of_all(Contact, [org.id], escape)


def test_support_suspends_and_lifts_in_the_browser(support, org, olivia):
    here = f"/support/organisations/{org.id}"

    refused = support.post(f"{here}/suspend", data={"reason": " "})
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    assert Org.get_by_id(org.id).suspended_at is None

    support.post(f"{here}/suspend", data={"reason": "Many complaints"})
    page = support.get(here).text
    assert Org.get_by_id(org.id).suspended_at is not None
    assert "Many complaints" in page
    assert "Why it is lifted" in page
    assert support.post(f"{here}/suspend", data={"reason": "Again"}).status_code == 422

    support.post(f"{here}/resume", data={"reason": "Mended"})
    page = support.get(here).text
    assert Org.get_by_id(org.id).suspended_at is None
    assert re.findall(r"<b>(Suspended|Lifted)</b>.*?by (.*?): (.*?)</p>", page) == [
        ("Lifted", "Sam (support)", "Mended"), ("Suspended", "Sam (support)", "Many complaints"),
    ]  # fmt: skip


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_owner_is_not_let_in(client_of, olivia, org, method):
    ends = ("", f"/{org.id}") if method == "get" else (f"/{org.id}/suspend", f"/{org.id}/resume")
    for end in ends:
        answer = getattr(client_of(olivia), method)(f"/support/organisations{end}")
        assert answer.status_code == 403
    assert Org.get_by_id(org.id).suspended_at is None


def test_the_list_is_searched_and_paged(support, org, other_org):
    found = support.get("/support/organisations?q=second").text
    assert "Second Chance" in found
    assert "Hope House" not in found
    assert "No organisation has this" in support.get("/support/organisations?q=%25x").text
    assert support.get("/support/organisations/999").status_code == 404


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "none"), (0, 100, "none"), (1, 200, "0.5 %"), (1, 10_000, "less than 0.1 %"), (5, 5, "100.0 %")],
)
def test_a_share_in_words(part, whole, words):
    assert in_hundred(part, whole) == words


@pytest.mark.parametrize(("part", "whole", "answer"), [(99, 99, False), (5, 100, False), (6, 100, True), (0, 0, False)])
def test_a_share_of_few_messages_says_nothing(part, whole, answer):
    assert is_too_much(part, whole, 0.05) is answer
