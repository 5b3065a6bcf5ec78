"""The report of a user: its numbers are those of the user's own pages, and it tells nobody what is hidden from him."""

import json
import re

import pytest
from click.testing import CliRunner

from portal.accounts import service as accounts
from portal.campaigns import audience, merge, sending
from portal.campaigns import service as campaigns
from portal.cli import cli
from portal.contacts import service as contacts
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.permissions import RIGHTS, Role
from portal.exports import queries as exports
from portal.signin import people
from portal.users import queries, rules
from tests.conftest import PASSWORD, actor_of, member
from tests.users.conftest import limited, membership_of

pytestmark = pytest.mark.one_database

# Who, and how many of the five contacts that person sees.
CAST = {
    "an owner": (lambda org, w, name: member(org, name, Role.OWNER), 5),
    "an administrator": (lambda org, w, name: member(org, name, Role.ADMINISTRATOR), 5),
    "an editor": (lambda org, w, name: member(org, name, Role.EDITOR), 5),
    "a reader": (lambda org, w, name: member(org, name, Role.READER), 5),
    "only one group": (lambda org, w, name: limited(org, name, only=w.donors.id), 2),
    "all but a group": (lambda org, w, name: limited(org, name, Role.EDITOR, [f"group:{w.donors.id}"]), 3),
    "one without another": (
        lambda org, w, name: limited(org, name, Role.EDITOR, [f"group:{w.volunteers.id}"], w.donors.id), 1,
    ),
    "a group that is gone": (lambda org, w, name: limited(org, name, only=987_654), 0),
    "without telephones": (lambda org, w, name: limited(org, name, Role.EDITOR, ["telephone"]), 5),
    "without email and address": (lambda org, w, name: limited(org, name, Role.EDITOR, ["email", "address"]), 5),
    "an owner without gifts": (lambda org, w, name: limited(org, name, Role.OWNER, ["donations"]), 5),
}  # fmt: skip


def own_list(browser) -> int:
    page = browser.get("/contacts").text
    return int(re.search(r'class="count" role="status">([\d,]+) contact', page)[1].replace(",", ""))


def report_of(user, viewer):
    with acting_as(actor_of(viewer)):
        return queries.report(membership_of(user))


def test_the_count_is_that_of_the_users_own_list_for_all_the_cast(client_of, org, olivia, world):
    hers, seen = client_of(olivia), {}
    for number, (kind, (make, _)) in enumerate(CAST.items()):
        user = make(org, world, f"Zola{number}")
        his = client_of(user)

        seen[kind] = own_list(his)

        page = hers.get(f"/settings/users/{membership_of(user).id}").text
        assert f"<span data-sees>{seen[kind]}</span>" in page, kind
        assert f"Zola{number} sees {seen[kind]} of 5 contacts" in page, kind
        assert f"<span data-sees>{seen[kind]}</span>" in his.get("/account/what-i-may-see").text, kind

    assert seen == {kind: expected for kind, (_, expected) in CAST.items()}


def test_emails_and_telephones_are_counted_by_the_same_filter(org, olivia, world):
    found = report_of(limited(org, "Zola", denied=["telephone", f"group:{world.donors.id}"]), olivia)

    assert (found.sees, found.counted) == (3, {"email": 3, "telephone": 0, "address": 0})


def test_it_says_in_sentences_what_is_different(org, olivia, world):
    user = limited(
        org, "Zola", Role.ADMINISTRATOR, ["telephone", "donations", f"page:{world.page.id}"], world.donors.id
    )

    found = report_of(user, olivia)

    assert found.headline == "sees 2 of 5 contacts; telephone numbers hidden; no gifts"
    assert found.about_contacts == [
        "Zola sees the contacts of the group Donors and nobody else.",
        "Zola does not look after users, because some rights were taken away.",
    ]
    assert found.pages == [("Volunteering", "hidden")]
    assert "Settings, but not users" in found.may


def test_what_a_reader_may_only_look_at_is_said_so(olivia, bob):
    assert "Documents and pictures (only to look at)" in report_of(bob, olivia).may


def test_ones_own_report_names_and_counts_nothing_that_is_hidden(client_of, org, world):
    browser = client_of(limited(org, "Zola", denied=[f"group:{world.donors.id}", f"page:{world.page.id}"]))

    page = browser.get("/account/what-i-may-see").text

    assert "sees 3 contacts" in page
    assert "of 5" not in page
    assert "Donors" not in page
    assert "Volunteering" not in page
    assert "another group" in page


def test_who_granted_what_is_told_with_words_and_names(client_of, olivia, adam, bob, world):
    with acting_as(actor_of(olivia)):
        mine = membership_of(bob).id
        accounts.set_rights(mine, ["telephone", f"group:{world.volunteers.id}"], None, ["special"])
        accounts.set_rights(mine, [], world.donors.id)
        accounts.change_role(mine, Role.EDITOR)
        accounts.set_rights(membership_of(adam).id, ["merge"], None)

    page = client_of(olivia).get(f"/settings/users/{mine}").text

    for words in (
        "Olivia took away the group Volunteers and telephone numbers and gave special information.",
        "gave back the group Volunteers and telephone numbers, took back special information and limited Bob to the "
        "group Donors.",
        "Olivia changed the role of Bob from reader to editor.",
        "In Contact added Bob as a reader.",
    ):
        assert words in page
    assert "took away merge contacts" not in page


def test_the_last_sign_ins_are_shown_with_place_and_browser(app, client_of, olivia, bob):
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"}
    app.test_client().post("/sign-in", data={"email": bob.email, "password": PASSWORD}, headers=agent)

    page = client_of(olivia).get(f"/settings/users/{membership_of(bob).id}").text

    assert "this machine, Chrome on Linux" in page
    assert "No second factor" in page


def test_what_somebody_does_for_another_organisation_is_not_shown(client_of, olivia, bob, other_org):
    with acting_as(system(other_org.id)):
        accounts.create_user(bob.email, "", Role.OWNER, "")
    theirs = next(one for one in people.memberships(bob) if one.org_id == other_org.id)
    with transaction():
        people.write_signed(theirs, "user.signed_in", "127.0.0.1", browser="Opera elsewhere")

    page = client_of(olivia).get(f"/settings/users/{membership_of(bob).id}").text

    assert "Opera elsewhere" not in page
    assert "has not signed in yet" in page


def test_the_command_says_the_same_numbers(org, olivia, world, monkeypatch):
    limited(org, "Zola", denied=["telephone"], only=world.donors.id)
    monkeypatch.setattr("portal.users.cli.organisation", lambda slug: acting_as(system(org.id)))
    command = ["user", "report", "--org", org.slug, "--email", "zola@hope-house.example"]

    told = json.loads(CliRunner().invoke(cli, [*command, "--json"]).stdout)
    words = CliRunner().invoke(cli, command).stdout

    assert (told["sees"], told["of"], told["counted"]) == (2, 5, {"email": 2, "telephone": 0, "address": 0})
    assert "Zola sees 2 of 5 contacts; telephone numbers" in words


def test_a_users_own_address_is_in_no_audience_export_or_letter(org, olivia, alice, world):
    """R18: it serves the product alone, unless the user is a contact too."""

    def found():
        campaign = campaigns.create("Spring")
        sending.choose_audience(campaign, [world.donors.id, world.volunteers.id], [])
        chosen = campaigns.find(campaign.id)
        people_of = audience.people_of(chosen)
        letters = [
            merge.fill(" ".join(f"[[{name}]]" for name in merge.FIELDS), campaigns.values_of(contact))
            for contact in world.people
        ]
        return "\n".join(
            [*("; ".join(row) for row in exports.rows(Filter())), *(one.address for one in people_of), *letters]
        )

    with acting_as(actor_of(olivia)):
        before = found()
        herself = contacts.add(first_name="Alice", email=alice.email)
        contacts.group_contacts([herself.id], world.donors.id)
        after = found()

    assert "ann@people.example" in before
    assert not [user.email for user in (olivia, alice) if user.email in before]
    assert alice.email in after


@pytest.mark.parametrize("word", rules.ACTS)
def test_each_right_has_its_words(word):
    assert word in rules.WITHOUT
    assert word in rules.BEYOND or word == "administration"
    assert RIGHTS[word].words


@pytest.mark.parametrize("word", rules.SETS)
def test_each_set_has_its_words(word):
    assert (word in rules.SHORT, word in rules.PLAIN) == (True, True)
