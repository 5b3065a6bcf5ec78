"""The test of the test: each of these faults, planted into the product, is found by the walk that looks for it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

import portal.app
from portal.campaigns import sending
from portal.contacts import models, queries, record
from portal.contacts.models import Note, Telephone
from portal.core.actor import acting_as, seeing_everything, system
from portal.core.permissions import Role
from portal.core.tenancy import OrgModel
from portal.exports import queries as exports
from portal.exports import running as making
from portal.exports import service as exporting
from portal.web.access import NoPolicy, check_policies
from tests.walker_checks import (
    check_alike,
    check_guesses,
    check_jobs,
    check_tokens,
    check_unseen,
    look_around,
    try_foreign_ids,
)
from tests.walking import digest, set_rights
from workers import imports as jobs

HIDDEN = ("0825550177", "CNRYAordinaryvalue")  # a telephone number, and what stands in a designed field

pytestmark = pytest.mark.one_database


def asks_with(walk, ours, role, denied=(), only_group=None):
    set_rights(ours, role, denied, only_group=only_group)
    walk.before = digest()


def wrap(app, endpoint, around):
    """Put something around a view, under the policy that it had."""
    view = app.view_functions[endpoint]

    def instead(**ids):
        return around(view, **ids)

    instead.policy = view.policy
    app.view_functions[endpoint] = instead


def test_without_the_filter_of_organisations_a_stranger_is_answered(walk, ours, theirs, monkeypatch):
    monkeypatch.setattr(OrgModel, "within", classmethod(lambda cls: cls.id.is_null(False)))

    with pytest.raises(AssertionError, match="/campaigns/"):
        check_alike(walk, ours, theirs, {}, ["campaigns.preview"])


def test_without_the_filter_of_groups_somebody_out_of_sight_is_met(walk, ours, theirs, monkeypatch):
    asks_with(walk, ours, Role.OWNER, only_group=ours.neighbours_group)
    monkeypatch.setattr(models, "of_visible_contacts", lambda column: [])

    with pytest.raises(AssertionError, match="cnry"):
        check_unseen(walk, ours, theirs, {}, ["contacts.index"])


def test_a_hidden_set_in_the_list_is_met(walk, ours, theirs, monkeypatch):
    asks_with(walk, ours, Role.OWNER, ["telephone"])
    monkeypatch.setattr(Telephone, "is_shown", classmethod(lambda cls: True))

    with pytest.raises(AssertionError, match="'825550177'"):
        look_around(walk, ours, theirs, ours.canaries["telephone"], ["contacts.show"])


def test_an_export_that_ignores_the_sets_is_met(app, walk, ours, theirs, monkeypatch):
    asks_with(walk, ours, Role.OWNER, ["email"])
    batches = exports.batches

    def everything(*wanted):
        with seeing_everything():
            yield from batches(*wanted)

    def at_once(view):
        """The file itself in place of the way to it, as the worker makes it."""
        answer = view()
        made = exporting.find(int(answer.headers.get("HX-Redirect", answer.location).rsplit("/", 1)[1]))
        with acting_as(system(ours.org_id)):
            making.run(made.id)
        answer.data = b"".join(exporting.take(exporting.find(made.id)))
        return answer

    day = (exporting.now() + timedelta(days=9)).date().isoformat()
    words = {"purpose": "x", "recipient": "x", "expires_on": day, "format": "csv", "handing": "self"}
    monkeypatch.setattr("tests.walking.GENERIC", {name: [word] for name, word in words.items()})
    wrap(app, "taking.add", at_once)
    look_around(walk, ours, theirs, ours.canaries["email"], ["taking.add"])
    monkeypatch.setattr(exports, "batches", everything)
    with pytest.raises(AssertionError, match="cnryamail"):
        look_around(walk, ours, theirs, ours.canaries["email"], ["taking.add"])


def test_a_file_handed_to_who_sees_less_than_it_holds_is_met(walk, ours, theirs, monkeypatch):
    asks_with(walk, ours, Role.OWNER, ["email"])
    look_around(walk, ours, theirs, ours.canaries["email"], ["exports.download"])

    monkeypatch.setattr("portal.exports.service.sees_enough", lambda *_: True)
    with pytest.raises(AssertionError, match="cnryamail"):
        look_around(walk, ours, theirs, ours.canaries["email"], ["exports.download"])


def test_a_note_that_history_tells_is_met(walk, ours, theirs, monkeypatch):
    asks_with(walk, ours, Role.OWNER, ["notes"])
    monkeypatch.setattr("portal.contacts.seen_entries.conditions", lambda: [])
    monkeypatch.setattr("portal.contacts.history.hides", lambda name: False)

    with pytest.raises(AssertionError, match="cnryanote"):
        look_around(walk, ours, theirs, ours.canaries["notes"], ["contacts.all_history"])


def test_a_hidden_value_that_is_found_by_typing_it_is_noticed(walk, ours, theirs, monkeypatch):
    asks_with(walk, ours, Role.OWNER, ["telephone", "page:{page_id}"])
    matching = queries.matching

    def of_everything(filter):
        with seeing_everything():
            return matching(filter)

    check_guesses(walk, ours, sorted(HIDDEN))
    monkeypatch.setattr(queries, "matching", of_everything)
    for text in HIDDEN:
        with pytest.raises(AssertionError, match="found by typing"):
            check_guesses(walk, ours, [text])


def test_a_list_in_the_order_of_a_hidden_field_is_noticed(walk, ours, theirs, monkeypatch):
    asks_with(walk, ours, Role.OWNER, ["page:{page_id}"])
    page = queries.page

    def of_everything(*wanted):
        with seeing_everything():
            return page(*wanted)

    monkeypatch.setattr(queries, "page", of_everything)
    with pytest.raises(AssertionError, match="in the order of what is hidden"):
        check_guesses(walk, ours, [], [ours.ids["field_id"]])


def test_reading_that_writes_is_noticed(app, walk, ours, theirs):
    def writes(view, contact_id):
        with acting_as(system(ours.org_id)):
            record.refresh([contact_id])
        return view(contact_id=contact_id)

    wrap(app, "contacts.all_history", writes)
    with pytest.raises(AssertionError, match="reading wrote"):
        look_around(walk, ours, theirs, set(), ["contacts.all_history"])


def test_a_write_into_another_organisation_is_noticed(app, walk, ours, theirs):
    def strays(view):
        with acting_as(system(theirs.org_id)):
            record.refresh([theirs.ids["contact_id"]])
        return view()

    wrap(app, "groups.add", strays)
    with pytest.raises(AssertionError, match="another organisation"):
        look_around(walk, ours, theirs, set(), ["groups.add"])


def test_an_unlisted_route_does_not_start(app):
    app.view_functions["rogue"] = lambda: ""
    app.url_map.add(app.url_rule_class("/rogue", endpoint="rogue"))

    with pytest.raises(NoPolicy, match="rogue"):
        check_policies(app)


def test_an_id_in_a_form_that_nobody_checks_is_noticed(walk, ours, theirs, monkeypatch):
    monkeypatch.setattr(sending, "contacts", SimpleNamespace(find_group=lambda group_id: None))

    with pytest.raises(AssertionError, match="was written"):
        try_foreign_ids(walk, ours, theirs, ["campaigns.choose_audience"], ["campaigns.audience"])


def test_a_page_that_a_browser_may_keep_is_noticed(app, walk, ours, theirs):
    def kept(answer):
        answer.headers["Cache-Control"] = "max-age=60"
        return answer

    app.after_request_funcs[None].insert(0, kept)  # the last to be asked
    with pytest.raises(AssertionError, match="/contacts"):
        look_around(walk, ours, theirs, set(), ["contacts.index"])


def test_a_token_not_asked_for_by_parts_is_noticed(walk, ours, monkeypatch):
    asked = portal.app.csrf.protect

    def only_pages():
        if not portal.app.htmx.wants_part():
            asked()

    monkeypatch.setattr(portal.app.csrf, "protect", only_pages)
    with pytest.raises(AssertionError, match="groups"):
        check_tokens(walk, ours, ["groups.add"])


def test_a_save_that_wipes_what_is_hidden_is_noticed(app, walk, ours, theirs):
    def wipes(view):
        with acting_as(system(ours.org_id)):
            for note in list(Note.select()):
                record.remove_part(note, "contact.note_removed")
        return view()

    asks_with(walk, ours, Role.OWNER, ["notes"])
    wrap(app, "groups.add", wipes)
    with pytest.raises(AssertionError, match="wiped"):
        look_around(walk, ours, theirs, ours.canaries["notes"], ["groups.add"])


def test_a_job_without_an_organisation_is_noticed(monkeypatch):
    def run_import(import_id: int) -> None:
        """Everybody's import of this number."""

    with pytest.raises(AssertionError, match="does not name an organisation"):
        check_jobs({"imports.run_import": run_import, "imports.other": jobs.run_import})


def test_a_fault_that_ends_in_an_error_is_noticed(app, walk, ours, theirs):
    wrap(app, "contacts.index", lambda view: 1 // 0)

    with pytest.raises(AssertionError, match="500"):
        look_around(walk, ours, theirs, set(), ["contacts.index"])
