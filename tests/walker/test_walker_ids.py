"""Ids that are not one's own: another organisation's, nobody's, an erased one's, and those out of one's groups."""

import pytest

from portal.accounts.models import Membership, User
from portal.core.clock import now
from portal.core.permissions import Permission, Role
from tests.walker_checks import check_alike, check_unseen
from tests.walking import Tally, digest, found_forms, search, set_rights, typed

pytestmark = pytest.mark.each_database

SQLITE = pytest.mark.one_database
# What shows something although it is no GET, because it is noted.
SENDING = ("exports.download", "exports.password", "reports.export", "campaigns.export_people", "contacts.show_number")
WHO = {"owner": (Role.OWNER,), "an editor without email": (Role.EDITOR, ("email",))}


@pytest.mark.parametrize("who", ["owner", pytest.param("an editor without email", marks=SQLITE)])
def test_anothers_id_answers_like_none(walk, ours, theirs, who, capsys):
    """Byte for byte, as a page and as a part, whatever the method; and so does an erased contact's."""
    forms = found_forms(walk, ours)
    set_rights(ours, *WHO[who])
    walk.before, walk.tally = digest(), Tally()

    check_alike(walk, ours, theirs, forms)

    with capsys.disabled():
        print(f"\n  {who}: {walk.tally.words(len({to.endpoint for to in walk.of(ours.ids) if to.names}))}")


@pytest.mark.parametrize("way", ["only group", pytest.param("denied group", marks=SQLITE)])
def test_who_is_out_of_ones_groups_is_not_there_on_any_route(walk, ours, theirs, way, capsys):
    """404 for each id of such a contact and of such a group; a canary of theirs in no page, file or mail."""
    forms = found_forms(walk, ours)
    if way == "only group":
        set_rights(ours, Role.OWNER, only_group=ours.neighbours_group)
    else:
        set_rights(ours, Role.OWNER, denied=[f"group:{ours.ids['group_id']}"])
    walk.before, walk.tally = digest(), Tally()

    check_unseen(walk, ours, theirs, forms)

    with capsys.disabled():
        print(f"\n  {way}: {walk.tally.words(len({to.endpoint for to in walk.of(ours.ids)}))}")


@pytest.mark.one_database
def test_what_is_searched_for_is_there_for_who_may_see_it(walk, ours, theirs):
    """The canaries would be found, if they were shown."""
    seen: set[str] = set()
    for to in walk.visits(ours):
        if to.method == "GET" or to.endpoint in SENDING:
            seen |= search([walk.ask(to, data=typed({}, to, ticked=True)).body], ours.every)
    assert ours.every - seen == set()


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["support", "disabled"])
def test_support_and_who_is_shut_out_see_nothing_of_any_organisation(app, client_of, olivia, walk, ours, theirs, who):
    change = {"is_support": 1} if who == "support" else {"disabled_at": now()}
    User.update(**change).where(User.id == olivia.id).execute()
    if who == "support":  # without an organisation of her own
        Membership.update(user=User.create(email="other@example.net", name="Other")).where(
            Membership.user == olivia
        ).execute()
    walk.client = client_of(olivia)
    walk.before = digest()
    for to in walk.of(ours.ids):
        if who == "support" and to.policy.permission is Permission.SUPPORT:
            continue
        answer = walk.ask(to)
        found = search([answer.body], ours.every | theirs.every)
        assert not found, (to.method, to.url, found)
        if to.policy.who == "user" and to.policy.for_org:
            assert answer.status in (303, 403), (to.method, to.url, answer.status)


def test_a_stranger_gets_nowhere(app, walk, ours):
    walk.client = app.test_client()
    for part in (False, True):
        for to in walk.of(ours.ids):
            if to.policy.who == "user":
                answer = walk.ask(to, part=part)
                assert answer.status == (401 if part else 303), (to.method, to.url, answer.status)
                walk.look(to, answer, ours.every)


def test_a_number_too_long_for_any_database_is_no_page(walk, ours):
    for to in walk.of(dict.fromkeys(ours.ids, int("9" * 30))):
        if to.names:
            assert walk.ask(to).status == 404, (to.method, to.url)
