"""From the questions to the file in somebody's hands: the form, the job, the colleague's link (R59, B07)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.accounts.models import Membership, User
from portal.activity.models import LogEntry
from portal.contacts import service as contacts
from portal.contacts.queries import Filter
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.permissions import DataSet, Denied, Role
from portal.delivery.models import PortalMail
from portal.documents import keeping as documents
from portal.exports import queries, running, service
from portal.exports.models import Export, ExportedContact
from portal.exports.service import Wish
from tests.conftest import actor_of, member
from tests.taken import answers, asked, fetched, rows_of

pytestmark = pytest.mark.usefixtures("thandi")


@pytest.fixture
def owner(client_of, olivia):
    return client_of(olivia)


def stored():
    return list(documents.store().names())


def actions(org):
    with acting_as(system(org.id)):
        begins = LogEntry.action.startswith("export.")
        return [entry.action for entry in LogEntry.select().where(begins).order_by(LogEntry.seq)]


def test_the_form_stands_behind_the_list_and_keeps_its_filter(owner, as_olivia):
    nomsa = contacts.add(first_name="Nomsa")
    group = contacts.add_group("Newsletter")
    contacts.group_contacts([nomsa.id], group.id)
    link = f"/contacts/export?group={group.id}"

    assert f'href="{link}"' in owner.get(f"/contacts?group={group.id}").text
    assert f'href="{link}"' in owner.get("/groups").text
    page = owner.get(link).text
    assert "Take 1 contact of this list along" in page
    assert "do not email it" in page
    assert f'<input type="hidden" name="group" value="{group.id}">' in page
    assert [row["First name"] for row in rows_of(fetched(owner, asked(owner, group=group.id)))] == ["Nomsa"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"purpose": " "}, "Say for what the file is needed."),
        ({"recipient": ""}, "Say who will have the file."),
        ({"expires_on": ""}, "Say until when the file may be kept."),
        ({"expires_on": "soon"}, "Enter a date such as"),
        ({"expires_on": "2001-01-01"}, "Choose a day that is still to come."),
        ({"expires_on": "2099-01-01"}, "for a year at most"),
        ({"format": "pdf"}, "Choose Excel or CSV."),
        ({"handing": "protected"}, "Only an Excel file can have a password."),
        ({"handing": "command"}, None),
        ({"handing": "email"}, "Choose how"),
        ({"handing": "colleague"}, "Choose the colleague"),
        ({"purpose": "x" * 301}, "at most 300 characters"),
        ({"purpose": "\u202ex"}, "hidden characters"),
    ],
)
def test_what_lacks_something_is_sent_back_with_a_sentence(owner, adam, org, more, sentence):
    answer = owner.post("/contacts/export", data=answers(**more))

    assert answer.status_code == 422
    assert sentence is None or sentence in answer.text
    assert actions(org) == []


def test_the_job_makes_the_file_and_each_step_stands_in_the_log(owner, org):
    made = owner.post("/contacts/export", data=answers())
    export_id = int(made.location.rsplit("/", 1)[1])
    waiting = owner.get(made.location).text
    early = owner.post(f"/exports/{export_id}/file")
    with acting_as(system(org.id)):
        running.run(export_id)
        running.run(export_id)  # a bell that rings twice
        export = Export.get()
        assert (export.state, export.done, export.wanted, export.taken_at) == ("made", 1, {}, None)

    assert "It begins in a moment." in waiting
    assert (early.status_code, "still being made" in early.text) == (422, True)
    assert "Thandi" in fetched(owner, export).decode()
    assert actions(org) == ["export.asked", "export.made", "export.downloaded"]
    with acting_as(system(org.id)):
        told = LogEntry.get(LogEntry.action == "export.asked").detail
        assert (told["purpose"], told["recipient"], told["handing"]) == ("Name tags", "Ubuntu Printers", "self")
        assert Export.get().taken_at is not None


def test_what_lies_in_the_store_cannot_be_read_there(owner, settings):
    asked(owner)
    kept = [path.read_bytes() for path in (settings.data_dir / "documents").rglob("*") if path.is_file()]

    assert len(kept) == 1
    assert b"Thandi" not in kept[0]


def test_one_that_is_cancelled_is_not_made(owner, org):
    made = owner.post("/contacts/export", data=answers())
    assert owner.post(made.location + "/cancellation").status_code == 303
    with acting_as(system(org.id)):
        running.run(Export.get().id)
        assert (Export.get().state, Export.get().wanted) == ("cancelled", {})
    assert actions(org) == ["export.asked", "export.cancelled"]
    assert stored() == []


def test_one_that_is_cancelled_while_it_runs_keeps_nothing(owner, org, olivia, monkeypatch):
    made = owner.post("/contacts/export", data=answers())
    batches = queries.batches

    def meanwhile(*wanted):
        for batch in batches(*wanted):
            service.cancel(Export.get())
            yield batch

    monkeypatch.setattr(queries, "batches", meanwhile)
    with acting_as(system(org.id)):
        running.run(int(made.location.rsplit("/", 1)[1]))
        assert Export.get().state == "cancelled"
        assert ExportedContact.select().count() == 0
    assert stored() == []


def test_a_job_broken_off_begins_anew(owner, org):
    made = owner.post("/contacts/export", data=answers())
    with acting_as(system(org.id)):
        export_id = int(made.location.rsplit("/", 1)[1])
        assert service.due() == [export_id]
        past = {"state": "running", "done": 7, "lease": now() + timedelta(minutes=1)}
        Export.update(**past).where(Export.id == export_id).execute()
        running.run(export_id)
        assert (Export.get().state, service.due()) == ("running", [])
        Export.update(lease=now() - timedelta(minutes=1)).where(Export.id == export_id).execute()
        assert service.due() == [export_id]
        running.run(export_id)
        assert (Export.get().state, Export.get().done) == ("made", 1)


def test_a_worker_that_was_overtaken_keeps_nothing(owner, org, monkeypatch):
    made = owner.post("/contacts/export", data=answers())
    export_id = int(made.location.rsplit("/", 1)[1])
    batches = queries.batches

    def overtaken(*wanted):
        yield from batches(*wanted)
        Export.update(lease=now() + timedelta(minutes=9)).where(Export.id == export_id).execute()

    monkeypatch.setattr(queries, "batches", overtaken)
    with acting_as(system(org.id)):
        running.run(export_id)
        assert Export.get().state == "running"
    assert stored() == []


@pytest.mark.parametrize("taken_away", ["export", "identity", "user"])
def test_a_right_taken_away_before_the_job_runs_is_gone(owner, org, olivia, taken_away):
    made = owner.post("/contacts/export", data=answers(with_identity="1"))
    if taken_away == "user":
        User.update(disabled_at=now()).where(User.id == olivia.id).execute()
    else:
        Membership.update(denied=[taken_away]).where(Membership.user == olivia).execute()
    with acting_as(system(org.id)):
        running.run(int(made.location.rsplit("/", 1)[1]))
        assert Export.get().state == "failed"
    assert stored() == []


@pytest.mark.parametrize("denied", ["telephone", "email", "group:1", "only"])
def test_a_right_taken_away_before_the_file_is_fetched_closes_it(owner, org, olivia, denied):
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
    export = asked(owner)
    change = {"only_group": group.id} if denied == "only" else {"denied": [denied.replace("1", str(group.id))]}
    Membership.update(**change).where(Membership.user == olivia).execute()
    answer = owner.post(f"/exports/{export.id}/file")

    assert answer.status_code == 403
    assert "Ngcobo" not in answer.text
    assert "export.downloaded" not in actions(org)


def test_hidden_sets_are_not_in_the_file(owner, olivia):
    Membership.update(denied=["telephone"]).where(Membership.user == olivia).execute()
    (row,) = rows_of(fetched(owner, asked(owner)))

    assert (row["Cell"], row["Email"]) == ("", "thandi@example.org")


def test_another_administrator_sees_of_it_but_cannot_fetch_it(owner, client_of, adam):
    export = asked(owner)
    other = client_of(adam)

    assert "This file was made for Olivia." in other.get(f"/exports/{export.id}").text
    assert other.post(f"/exports/{export.id}/file").status_code == 403
    assert other.post(f"/exports/{export.id}/password").status_code == 403


def test_a_colleague_fetches_it_by_a_link_after_signing_in(app, owner, client_of, adam, olivia, org, charlie):
    export = asked(owner, handing="colleague", colleague=adam.id)
    (mail,) = [m for m in PortalMail.select() if m.kind == "export_ready"]

    assert (mail.recipient, f"/exports/{export.id}" in mail.message) == (adam.email, True)
    assert "Thandi" not in mail.message
    assert "Content-Disposition: attachment" not in mail.message
    assert owner.post(f"/exports/{export.id}/file").status_code == 403
    assert client_of(charlie).post(f"/exports/{export.id}/file").status_code == 404
    assert app.test_client().post(f"/exports/{export.id}/file").status_code == 303
    assert "Thandi" in fetched(client_of(adam), export).decode()
    with acting_as(system(org.id)):
        assert LogEntry.get(LogEntry.action == "export.downloaded").user_id == adam.id


def test_the_link_leads_nowhere_once_the_colleague_may_not_export(owner, client_of, adam):
    export = asked(owner, handing="colleague", colleague=adam.id)
    Membership.update(denied=["export"]).where(Membership.user == adam).execute()

    assert client_of(adam).post(f"/exports/{export.id}/file").status_code == 403
    assert client_of(adam).get(f"/exports/{export.id}").status_code == 403


def test_the_link_leads_nowhere_once_the_colleague_sees_less(owner, client_of, adam):
    export = asked(owner, handing="colleague", colleague=adam.id)
    Membership.update(denied=["address"]).where(Membership.user == adam).execute()

    assert client_of(adam).post(f"/exports/{export.id}/file").status_code == 403


@pytest.mark.parametrize("who", ["reader", "may not", "sees less", "stranger", "oneself", "nobody"])
def test_only_a_colleague_who_may_and_sees_as_much_is_chosen(owner, olivia, adam, bob, charlie, org, who):
    chosen = {"reader": bob.id, "stranger": charlie.id, "oneself": olivia.id, "nobody": 99}.get(who, adam.id)
    if denied := {"sees less": "telephone", "may not": "export"}.get(who):
        Membership.update(denied=[denied]).where(Membership.user == adam).execute()
    grace = member(org, "Grace", Role.ADMINISTRATOR)
    page = owner.get("/contacts/export").text
    answer = owner.post("/contacts/export", data=answers(handing="colleague", colleague=chosen))

    assert answer.status_code == 422
    assert f'<option value="{grace.id}"' in page
    assert f'<option value="{chosen}"' not in page
    assert actions(org) == []


def test_who_works_alone_is_not_offered_a_colleague(owner):
    assert "A colleague fetches it" not in owner.get("/contacts/export").text


def test_services_ask_for_the_right(org, alice, olivia):
    wish = Wish("x", "x", now().date() + timedelta(days=9))
    with acting_as(actor_of(olivia)):
        made = service.ask(Filter(), wish)
    with acting_as(system(org.id)):
        running.run(made.id)
    for act in (service.cancel, service.take, service.show_password, service.confirm_destroyed, service.remove):
        with acting_as(actor_of(alice)), pytest.raises(Denied):
            act(made)
    blind = replace(actor_of(olivia), hidden=frozenset({DataSet.IDENTITY}))
    with acting_as(blind), pytest.raises(Denied):
        service.ask(Filter(), replace(wish, with_identity=True))


def test_who_is_limited_is_told_of_his_own_files_alone(owner, client_of, adam, org):
    with acting_as(system(org.id)):
        group = contacts.add_group("Newsletter")
    export = asked(owner)
    Membership.update(only_group=group.id).where(Membership.user == adam).execute()

    assert client_of(adam).get(f"/exports/{export.id}").status_code == 404
    assert "Name tags" not in client_of(adam).get("/exports").text
    assert "Name tags" in owner.get("/exports").text
