"""A task is edited: each change in the record, nothing of one that was done or of somebody else's."""

from datetime import timedelta

import pytest

from portal.activity.models import LogEntry
from portal.core.actor import acting_as
from portal.diary import tasks
from portal.diary.models import Task
from portal.diary.tasks import AlreadyDoneAgain, NoColleague
from tests.conftest import actor_of


@pytest.fixture
def call(org, thandi, as_alice):
    return tasks.add("Call about the meeting", tasks.today(), repeat="weekly", contact_id=thandi.id)


def test_what_when_how_often_and_who(call, alice, client_of):
    client, later = client_of(alice), tasks.today() + timedelta(days=3)
    assert 'value="Call about the meeting"' in client.get(f"/diary/tasks/{call.id}/edit").text

    answer = client.post(
        f"/diary/tasks/{call.id}",
        data={
            "what": "Write",
            "due": later.isoformat(),
            "repeat": "monthly",
            "user_id": str(alice.id),
            "back": "contact",
        },
    )

    assert answer.headers["Location"].endswith(f"/contacts/{call.contact_id}")
    found = tasks.find(call.id)
    assert (found.what, found.due, found.first_due, found.repeat, found.user_id) == (
        "Write", later, later, "monthly", alice.id,
    )  # fmt: skip
    entry = LogEntry.select().where(LogEntry.action == "task.changed").get()
    assert entry.detail["changes"]["task"] == ["Call about the meeting", "Write"]
    assert entry.detail["changes"]["who"] == ["Anybody", "Alice"]
    assert entry.contact_id == call.contact_id


def test_saved_as_it_was_nothing_is_noted(call):
    tasks.change(call, call.what, call.due, repeat="weekly")
    assert LogEntry.select().where(LogEntry.action == "task.changed").count() == 0


@pytest.mark.parametrize("data", [{"what": ""}, {"due": "soon"}, {"due": "1999-01-01"}, {"user_id": "99999"}])
def test_what_does_not_fit_is_said_and_nothing_changes(call, alice, client_of, data):
    given = {"what": "Write", "due": tasks.today().isoformat(), "repeat": "", "user_id": ""} | data
    assert client_of(alice).post(f"/diary/tasks/{call.id}", data=given).status_code == 422
    assert tasks.find(call.id).what == "Call about the meeting"


def test_what_was_done_and_a_stranger(call, charlie, alice, bob, client_of):
    with pytest.raises(NoColleague):
        tasks.change(call, "x", tasks.today(), user_id=charlie.id)
    tasks.tick(call)
    with pytest.raises(AlreadyDoneAgain):
        tasks.change(call, "x", tasks.today())
    given = {"what": "x", "due": tasks.today().isoformat()}
    assert client_of(alice).post(f"/diary/tasks/{call.id}", data=given).status_code == 422
    assert "It was done on" in client_of(alice).get(f"/diary/tasks/{call.id}/edit").text
    assert client_of(charlie).post(f"/diary/tasks/{call.id}", data=given).status_code == 404
    assert client_of(bob).get(f"/diary/tasks/{call.id}/edit").status_code == 403
    with acting_as(actor_of(alice)):
        assert Task.get_by_id(call.id).what == "Call about the meeting"
