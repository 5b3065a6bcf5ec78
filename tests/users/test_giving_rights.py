"""The page of a user's rights: what is chosen there holds from the next click, and nonsense is refused in sentences."""

import pytest
from werkzeug.datastructures import MultiDict

from portal.accounts.models import Membership, Session
from portal.activity.models import LogEntry
from portal.contacts import service as contacts
from portal.contacts.models import Page
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.permissions import Role
from portal.users.rules import choice_of, read_choice
from tests.conftest import HX, actor_of
from tests.users.conftest import limited, membership_of
from tests.walking import READING_MAY_WRITE, changed, digest

pytestmark = pytest.mark.one_database  # its queries are those of contacts, asked on both elsewhere


def form(**more):
    return {"role": "reader", "scope": "all"} | more


@pytest.fixture
def bobs(bob):
    return membership_of(bob).id


def url(membership_id, tail=""):
    return f"/settings/users/{membership_id}/rights{tail}"


def test_what_is_chosen_is_kept_and_told(client_of, olivia, bob, bobs, world):
    data = {
        "role": "editor", "scope": "except", "without": world.volunteers.id, "set-telephone": "hide",
        "set-special": "show", "act-reports": "take", "act-export": "give", f"page-{world.page.id}": "read",
    }  # fmt: skip

    answer = client_of(olivia).post(url(bobs), data=data)

    assert answer.status_code == 303
    kept = Membership.get_by_id(bobs)
    assert (kept.role, kept.only_group) == ("editor", None)
    assert kept.denied == sorted(
        ["telephone", "reports", f"group:{world.volunteers.id}", f"page-write:{world.page.id}"]
    )
    assert kept.granted == ["export", "special"]
    with acting_as(actor_of(olivia)):
        entry = LogEntry.get(LogEntry.action == "user.rights_changed")
    assert entry.detail["changes"]["denied"] == [[], kept.denied]


def test_the_page_shows_what_is_kept(client_of, olivia, org, world):
    user = limited(org, "Zola", Role.EDITOR, ["email", f"page:{world.page.id}"], world.donors.id, ["export"])
    membership = membership_of(user)

    page = client_of(olivia).get(url(membership.id)).text

    for words in (
        '<option value="editor" selected>', f'<option value="{world.donors.id}" selected>',
        '<option value="hide" selected>', '<option value="none" selected>', '<option value="give" selected>',
    ):  # fmt: skip
        assert words in page


def test_what_was_saved_comes_back_from_the_page_unchanged(org, world):
    user = limited(org, "Zola", Role.EDITOR, ["email", "group:7", f"page:{world.page.id}"], world.donors.id, ["send"])
    membership = membership_of(user)

    choice = choice_of(membership, [world.page.id])

    assert (sorted(choice.denied), choice.granted, choice.only) == (
        membership.denied, membership.granted, membership.only_group,
    )  # fmt: skip


def test_it_holds_from_the_next_click_of_who_stays_signed_in(client_of, olivia, bob, bobs, world):
    his = client_of(bob)
    assert his.get(f"/contacts/{world.people[4].id}").status_code == 200

    client_of(olivia).post(url(bobs), data=form(scope="only", only_group=world.donors.id))

    assert Session.select().where(Session.user == bob).count() == 1
    assert his.get(f"/contacts/{world.people[4].id}").status_code == 404
    assert his.get(f"/contacts/{world.people[0].id}").status_code == 200


NONSENSE = {
    "a role that there is none of": ({"role": "king"}, "Choose one of the roles."),
    "no role": ({"role": ""}, "Choose one of the roles."),
    "a scope that there is none of": ({"scope": "some"}, "Choose which contacts."),
    "one group that is not there": ({"scope": "only", "only_group": "987654"}, "this one is not there"),
    "one group that is no number": ({"scope": "only", "only_group": "x"}, "this one is not there"),
    "one group and none chosen": ({"scope": "only"}, "Choose the one group."),
    "all but none": ({"scope": "except"}, "Tick at least one group"),
    "all but one that is not there": ({"scope": "except", "without": "987654"}, "not there any more"),
    "an answer that there is none of": ({"set-email": "maybe"}, "Choose one of the answers."),
    "administration given": ({"act-administration": "give"}, "come with a role only"),
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_has_its_sentence(kind):
    typed, sentence = NONSENSE[kind]

    _, errors = read_choice(MultiDict(form(**typed)), groups=[1], pages=[1])

    assert sentence in " ".join(errors.values())


def test_nonsense_is_refused_and_nothing_changes(client_of, olivia, bobs, world):
    browser, before = client_of(olivia), digest()

    for typed, sentence in NONSENSE.values():
        answer = browser.post(url(bobs), data=form(**typed))
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
    preview = browser.get(url(bobs, "/effect"), query_string=form(scope="except"), headers=HX)

    assert (preview.status_code, "Tick at least one group" in preview.text) == (200, True)
    assert changed(before, digest()) <= READING_MAY_WRITE


def test_another_organisations_group_is_none(client_of, olivia, bobs, charlie):
    with acting_as(actor_of(charlie)):
        theirs = contacts.add_group("Theirs")

    answer = client_of(olivia).post(url(bobs), data=form(scope="only", only_group=theirs.id))

    assert (answer.status_code, "this one is not there" in answer.text) == (422, True)


def test_the_effect_is_told_before_it_is_saved_and_nothing_is_written(client_of, olivia, bobs, world):
    browser, before = client_of(olivia), digest()
    wish = MultiDict([*form(scope="except", **{"set-telephone": "hide", "act-donations": "take"}).items()])
    wish.setlist("without", [str(world.donors.id), str(world.volunteers.id)])

    answer = browser.get(url(bobs, "/effect"), query_string=wish, headers=HX)

    assert "<html" not in answer.text
    assert "would see 2 of 5 contacts; telephone numbers, identity" in answer.text
    assert "no gifts." in answer.text
    assert changed(before, digest()) <= READING_MAY_WRITE


def test_another_role_changes_what_the_role_is_said_to_allow(client_of, olivia, bobs):
    browser = client_of(olivia)

    as_reader = browser.get(url(bobs, "/effect"), query_string=form(role="reader"), headers=HX).text
    as_owner = browser.get(url(bobs, "/effect"), query_string=form(role="owner"), headers=HX).text

    assert as_reader.count("As the role says: hidden") == 4
    assert as_owner.count("As the role says: hidden") == 0
    assert as_owner.count("As the role says: may not") == 0


def test_nobody_changes_his_own_rights_or_role(client_of, olivia, adam):
    browser, mine = client_of(adam), membership_of(adam).id

    assert "Nobody changes his own rights" in browser.get(url(mine)).text
    for data in (form(role="administrator", **{"act-export": "take"}), form(role="editor")):
        answer = browser.post(url(mine), data=data)
        assert (answer.status_code, "Nobody changes his own rights" in answer.text) == (422, True)
    assert membership_of(adam).role == "administrator"


def test_only_an_owner_changes_an_owner_or_makes_one(client_of, olivia, adam, bobs):
    browser = client_of(adam)

    for membership_id, data in (
        (membership_of(olivia).id, form(role="owner", **{"set-email": "hide"})),
        (membership_of(olivia).id, form(role="reader")),
        (bobs, form(role="owner", **{"set-email": "hide"})),
    ):
        answer = browser.post(url(membership_id), data=data)
        assert (answer.status_code, "Only an owner" in answer.text) == (422, True)
    assert Membership.get_by_id(bobs).denied == []  # nothing is half saved


def test_another_role_keeps_what_was_given_and_taken_and_says_so(client_of, olivia, org, world):
    user = limited(org, "Zola", Role.READER, ["telephone"], granted=["special"])
    browser, mine = client_of(olivia), membership_of(user).id

    page = browser.get(url(mine)).text
    assert "Another role keeps what was given and taken away: telephone hidden · also sees special information." in page
    typed = {"set-telephone": "hide", "set-special": "show"}
    answer = browser.post(url(mine), data=form(role="editor", **typed))

    said = browser.get(answer.location).text
    assert "Zola is now editor" in said
    assert "What was given or taken away stays: telephone hidden" in said
    assert (membership_of(user).denied, membership_of(user).granted) == (["telephone"], ["special"])


def test_what_hides_a_page_that_is_archived_stays(client_of, olivia, org, world):
    user = limited(org, "Zola", denied=[f"page:{world.page.id}", "page-write:987654"])
    with acting_as(actor_of(olivia)):
        Page.update(archived_at=now()).where(Page.id == world.page.id).execute()

    client_of(olivia).post(url(membership_of(user).id), data=form(**{"set-email": "hide"}))

    assert membership_of(user).denied == sorted(["email", f"page:{world.page.id}", "page-write:987654"])


def test_a_stale_proof_is_asked_for_again_before_saving_but_not_while_choosing(client_of, olivia, bobs):
    browser = client_of(olivia)
    Session.update(confirmed_at=now().replace(year=2020)).execute()

    assert browser.post(url(bobs), data=form()).status_code == 303
    assert browser.get(url(bobs)).location.startswith("/account/confirmation")
    assert browser.get(url(bobs, "/effect"), query_string=form(), headers=HX).status_code == 200


def test_the_list_says_in_a_few_words_what_is_different(client_of, olivia, org, world):
    limited(org, "Zola", denied=["telephone"], only=world.donors.id)

    page = client_of(olivia).get("/settings/users").text

    assert "telephone hidden · only Donors" in page
