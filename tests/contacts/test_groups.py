"""Groups: what is told of them, whom their rules hide them from, and that nobody is put into a rule by hand."""

from dataclasses import replace

import pytest
from playhouse.test_utils import count_queries

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import groups, history, queries, record
from portal.contacts import service as contacts
from portal.contacts.group_rules import ByRule, InvalidRule
from portal.contacts.groups import Details, NotEmpty
from portal.contacts.models import Contact, Group, Telephone
from portal.contacts.queries import Filter
from portal.contacts.rules import NewContact
from portal.contacts.sensitive import NoAuthorisation
from portal.contacts.service import Line
from portal.core.actor import acting_as, system
from portal.core.permissions import DataSet, Denied, Permission
from portal.exports import queries as exports
from portal.exports.rules import HEADINGS
from portal.privacy import erasing
from tests.agreed import agree_to_hand_on
from tests.conftest import actor_of
from tests.taken import text_of

SPECIAL = Details(sensitivity="special", authorisation="consent", authorisation_note="Forms in the office.")


def rule(fact: str, operator: str, value=None, match: str = "all") -> dict:
    return {"match": match, "conditions": [{"fact": fact, "operator": operator, "value": value}]}


BODIES = rule("kind", "any_of", ["body"])
BY_NUMBER = rule("telephone_number", "begins", "082")


def names() -> list[str]:
    return [group.name for group in queries.visible_groups()]


def found(group: Group) -> list[str]:
    return [row.name for row in queries.page(Filter(group_ids=(group.id,)), 1)]


@pytest.fixture
def cast(as_olivia):
    return {
        name: contacts.add(first_name=name, telephone=number).id
        for name, number in (("Ann", "082 555 0134"), ("Ben", "083 555 0134"), ("Cy", ""))
    }


def test_rule_groups_are_counted_named_exported_and_shown_with_a_contact(cast):
    by_rule = groups.add_group("By number", rule=BY_NUMBER)
    by_hand = groups.add_group("By hand")
    groups.add_group("Nobody", rule=BODIES)
    groups.group_contacts([cast["Cy"], cast["Ann"]], by_hand.id)

    assert queries.group_sizes() == {by_hand.id: 2, by_rule.id: 1, by_rule.id + 2: 0}
    assert queries.group_names(cast.values()) == {cast["Ann"]: ["By hand", "By number"], cast["Cy"]: ["By hand"]}
    assert [group.name for group in queries.groups_of(cast["Ann"])] == ["By hand", "By number"]
    assert [row[HEADINGS.index("Group")] for row in exports.rows(Filter())] == ["By hand; By number", "", "By hand"]


def test_a_special_group_is_named_in_a_file_only_when_somebody_says_that_it_may_be(cast, client_of, olivia, org):
    special = groups.add_group("HIV support", details=SPECIAL)
    groups.group_contacts([cast["Ann"]], special.id)
    owner = client_of(olivia)
    agree_to_hand_on(org, cast["Ann"])

    usual = text_of(owner)
    asked = text_of(owner, special="1")

    with acting_as(actor_of(olivia)):
        notes = [e.detail.get("classes") for e in LogEntry.select().where(LogEntry.action == "export.made")]
    assert ["HIV support" in usual, "HIV support" in asked, notes] == [False, True, [None, ["special"]]]
    assert 'name="special"' in owner.get("/contacts/export").text


def test_the_queries_do_not_grow_with_the_groups(cast):
    def asked() -> int:
        with count_queries() as statements:
            queries.group_sizes()
            queries.group_names(cast.values())
        return statements.count

    groups.add_group("One", rule=rule("updated", "last_days", 5))
    one = asked()
    for number in range(6):
        groups.add_group(f"More {number}", rule=rule("town", "contains", "a"))
        groups.add_group(f"And {number}", rule=rule("updated", "older_months", number + 1))

    assert asked() == one


def test_nobody_is_put_into_a_rule_or_taken_out_by_hand(cast):
    group = groups.add_group("By number", rule=BY_NUMBER)
    ben = contacts.find(cast["Ben"])
    seen = contacts.stamp(ben, "groups")
    sentence = "By number is filled by its rule: contacts cannot be put in or taken out by hand"

    for put in (
        lambda: groups.group_contacts([ben.id], group.id),
        lambda: groups.ungroup_contacts([ben.id], group.id),
        lambda: record.group([ben.id], group.id, group.name),
        lambda: record.ungroup([ben.id], group.id, group.name),
        lambda: record.add_many([NewContact({"first_name": "x"}, group_ids=[group.id])], "contact.added"),
        lambda: contacts.change_groups(ben, seen, [group.id]),
        lambda: groups.group_named("BY NUMBER"),
    ):
        with pytest.raises(ByRule, match=sentence):
            put()

    assert found(group) == ["Ann"]


def test_saving_the_groups_of_a_contact_leaves_its_rule_groups_alone(cast):
    groups.add_group("By number", rule=BY_NUMBER)
    by_hand = groups.add_group("By hand")
    ann = contacts.find(cast["Ann"])

    contacts.change_groups(ann, contacts.stamp(ann, "groups"), [by_hand.id])

    assert [group.name for group in queries.groups_of(ann.id)] == ["By hand", "By number"]


def test_only_an_empty_group_is_given_a_rule(cast):
    full, empty = groups.add_group("Full"), groups.add_group("Empty")
    groups.group_contacts([cast["Cy"]], full.id)

    groups.change_group(empty.id, "Empty", Details(), BY_NUMBER)
    with pytest.raises(NotEmpty):
        groups.change_group(full.id, "Full", Details(), BY_NUMBER)

    assert found(empty) == ["Ann"]
    assert found(full) == ["Cy"]


@pytest.mark.parametrize(
    ("asked", "tells"),
    [
        (BY_NUMBER, ",telephone,"),
        (rule("town", "empty"), ",address,"),
        (rule("email_domain", "is", "x.example"), ",email,"),
        (rule("note", "yes"), ",notes,"),
        (BODIES, ""),
    ],
)
def test_what_a_rule_tells_is_kept_with_it(as_olivia, asked, tells):
    assert groups.add_group("Asks", rule=asked).tells == tells


def test_what_it_asks_of_groups_is_told_too(as_olivia):
    plain, special = groups.add_group("Plain").id, groups.add_group("HIV support", details=SPECIAL).id

    asks = groups.add_group("Asks", rule=rule("group", "in", [str(plain)]))
    more = groups.add_group("Asks more", rule=rule("group", "not_in", [str(special)]))

    assert (asks.tells, more.tells) == (f",group:{plain},", f",group:{special},special,")


def test_who_may_not_see_numbers_has_no_group_that_tells_them(cast, as_olivia):
    group = groups.add_group("By number", rule=BY_NUMBER)

    with acting_as(replace(as_olivia, hidden=frozenset({DataSet.TELEPHONE}))):
        assert names() == []
        assert found(group) == []
        assert len(queries.page(Filter(not_group_ids=(group.id,)), 1)) == 3
        assert queries.group_sizes() == {}
        assert queries.group_names(cast.values()) == {}
        with pytest.raises(groups.GroupNotFound):
            groups.find_group(group.id)
        with pytest.raises(InvalidRule):
            groups.add_group("Again", rule=BY_NUMBER)


def test_a_group_that_asks_about_a_hidden_group_is_hidden_with_it(cast, as_olivia, alice):
    special, denied = groups.add_group("HIV support", details=SPECIAL), groups.add_group("Staff")
    groups.add_group("Not supported", rule=rule("group", "not_in", [str(special.id)]))
    groups.add_group("Not staff", rule=rule("group", "not_in", [str(denied.id)]))

    with acting_as(replace(actor_of(alice), denied_groups=frozenset({denied.id}))):
        assert names() == []
    with acting_as(replace(as_olivia, permissions=as_olivia.permissions - {Permission.NOTE_READ})):
        groups.add_group("Kind", rule=BODIES)
        assert names() == ["HIV support", "Kind", "Not staff", "Not supported", "Staff"]


def test_a_group_by_notes_is_hidden_with_the_notes(as_olivia):
    groups.add_group("Noted", rule=rule("note", "yes"))

    with acting_as(replace(as_olivia, permissions=as_olivia.permissions - {Permission.NOTE_READ})):
        assert names() == []


def test_what_a_rule_tells_follows_when_the_group_it_asks_about_becomes_special(as_olivia, alice):
    support = groups.add_group("Support")
    groups.add_group("Others", rule=rule("group", "not_in", [str(support.id)]))

    groups.change_group(support.id, "Support", SPECIAL)

    with acting_as(actor_of(alice)):
        assert names() == []


def test_the_members_of_a_special_group_cannot_be_found_by_its_number(cast, alice):
    special = groups.add_group("HIV support", details=SPECIAL)
    groups.group_contacts([cast["Ann"]], special.id)

    with acting_as(actor_of(alice)):
        assert found(special) == []
        sentences, _ = history.of_contact(cast["Ann"], 0, 10)
        told = [change.new for sentence in sentences for change in sentence.changes]
        assert "HIV support" not in told


@pytest.mark.parametrize("details", [replace(SPECIAL, authorisation=""), replace(SPECIAL, authorisation_note=" ")])
def test_a_special_group_needs_its_ground(as_olivia, details):
    with pytest.raises(NoAuthorisation):
        groups.add_group("HIV support", details=details)
    group = groups.add_group("HIV support")
    with pytest.raises(NoAuthorisation):
        groups.change_group(group.id, group.name, details)


@pytest.mark.parametrize("sensitivity", ["special", "child", "financial", "identifier"])
def test_who_may_not_see_a_class_cannot_make_a_group_of_it(as_alice, sensitivity):
    details = replace(SPECIAL, sensitivity=sensitivity)

    with pytest.raises(Denied):
        groups.add_group("HIV support", details=details)
    group = groups.add_group("HIV support")
    with pytest.raises(Denied):
        groups.change_group(group.id, group.name, details)


def test_an_ordinary_group_keeps_no_ground(as_olivia):
    group = groups.add_group("HIV support", details=SPECIAL)

    groups.change_group(group.id, "Support", replace(SPECIAL, sensitivity="ordinary"))

    assert (groups.find_group(group.id).authorisation, groups.find_group(group.id).authorisation_note) == ("", "")


def test_a_rule_that_asks_about_what_is_gone_finds_nobody(cast):
    staff = groups.add_group("Staff")
    others = groups.add_group("Others", rule=rule("group", "not_in", [str(staff.id)]))
    assert len(found(others)) == 3

    groups.remove_group(staff.id)

    assert found(others) == []
    assert others.id not in queries.group_sizes()


def test_changes_are_logged_with_the_rule_as_a_sentence_and_as_data(as_olivia):
    group = groups.add_group("Bodies", rule=BODIES)

    groups.change_group(group.id, "Bodies", replace(SPECIAL, purpose="To thank them."), BY_NUMBER)
    groups.change_group(group.id, "Bodies", Details.of(groups.find_group(group.id)), BY_NUMBER)

    added, changed = LogEntry.select().order_by(LogEntry.seq).where(LogEntry.action.startswith("group."))
    assert (added.action, added.detail["rule"], added.detail["rule_data"]) == (
        "group.added", "Kind is an organisation", BODIES,
    )  # fmt: skip
    assert changed.action == "group.changed"
    assert changed.detail["changes"]["rule"] == ["Kind is an organisation", "Telephone number begins with 082"]
    assert changed.detail["changes"]["sensitivity"] == ["ordinary", "special"]
    assert changed.detail["changes"]["purpose"] == ["", "To thank them."]
    assert (changed.detail["rule_before"], changed.detail["rule_after"]) == (BODIES, BY_NUMBER)


def test_who_has_only_that_group_cannot_change_whom_he_sees(cast, as_olivia):
    group = groups.add_group("By number", rule=BY_NUMBER)

    with acting_as(replace(as_olivia, only_group=group.id)):
        with pytest.raises(Denied):
            groups.change_group(group.id, "By number", Details(), rule("name", "filled"))
        groups.change_group(group.id, "Numbers", Details())
        assert [row.name for row in queries.page(Filter(), 1)] == ["Ann"]


def test_who_has_only_a_rule_adds_only_whom_it_finds(cast, as_olivia, org):
    group = groups.add_group("By number", rule=BY_NUMBER)

    with acting_as(replace(as_olivia, only_group=group.id)):
        with pytest.raises(contacts.NotYours, match="By number"):
            contacts.add(first_name="Dan", telephone="083 555 0000")
        eve = contacts.add(first_name="Eve", email="eve@example.org", telephone="082 555 0000")
        assert [row.name for row in queries.page(Filter(text="eve@example"), 1)] == ["Eve"]

    with acting_as(system(org.id)):
        assert {c.first_name for c in Contact.select()} == {"Ann", "Ben", "Cy", "Eve"}
        assert groups.find_group(group.id).rule == BY_NUMBER
    assert eve.id


def test_who_has_only_one_group_finds_whom_he_added_by_name(as_olivia):
    group = groups.add_group("Mine")

    with acting_as(replace(as_olivia, only_group=group.id)):
        contacts.add(first_name="Eve")

        assert [row.name for row in queries.page(Filter(text="eve"), 1)] == ["Eve"]


def test_a_contact_that_leaves_a_rule_by_an_edit_is_found_by_what_is_new(cast, as_olivia):
    group = groups.add_group("By number", rule=BY_NUMBER)
    ann = contacts.find(cast["Ann"])
    (number,) = queries.parts_of(Telephone, [ann.id])[ann.id]

    with acting_as(replace(as_olivia, only_group=group.id)):
        line = Line(number.id, "", "083 555 9999", True)
        contacts.change_telephones(ann, contacts.stamp(ann, "telephones"), [line])
        assert queries.page(Filter(), 1) == []

    assert [row.name for row in queries.page(Filter(text="0835559999"), 1)] == ["Ann"]


def test_what_is_left_of_a_deleted_contact_is_in_no_group(cast):
    group = groups.add_group("People", rule=rule("kind", "any_of", ["person"]))

    erasing.erase([cast["Ann"]])

    assert queries.group_sizes() == {group.id: 2}
    assert queries.group_names([cast["Ann"], cast["Ben"]]) == {cast["Ben"]: ["People"]}
    assert found(group) == ["Ben", "Cy"]
    assert queries.count_found(group.rule) == 2


def test_whose_one_group_is_special_cannot_make_it_ordinary_for_everybody(as_olivia, alice):
    special = groups.add_group("HIV support", details=SPECIAL)
    only = replace(actor_of(alice), only_group=special.id)
    with acting_as(only), pytest.raises(Denied):
        groups.change_group(special.id, "HIV support", Details())
    with acting_as(only):
        groups.change_group(special.id, "Support", Details.of(special))

    assert Group.get_by_id(special.id).sensitivity == "special"


@pytest.mark.parametrize(("denied", "is_only"), [(True, False), (False, True)])
def test_a_group_that_somebodys_rights_are_about_is_not_removed(as_olivia, alice, denied, is_only):
    wall = groups.add_group("Staff")
    membership = Membership.get(Membership.user == alice)
    accounts.set_rights(membership.id, [f"group:{wall.id}"] if denied else [], wall.id if is_only else None)
    with pytest.raises(Denied, match="rights"):
        groups.remove_group(wall.id)
    accounts.set_rights(membership.id, [], None)

    groups.remove_group(wall.id)
    assert names() == []
