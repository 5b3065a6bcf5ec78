"""Tasks: who sees and ticks them, how they come again, where they stand; and the birthdays beside them."""

from datetime import timedelta

import pytest

from portal.accounts.models import Membership
from portal.activity.models import LogEntry
from portal.contacts import service as contacts
from portal.contacts import states
from portal.core.actor import acting_as, system
from portal.core.permissions import Denied
from portal.diary import home, tasks
from portal.diary.models import Task
from portal.diary.tasks import AlreadyDoneAgain, NoColleague, TaskNotFound
from portal.privacy import erasing
from tests.conftest import HX, actor_of


def limit(user, **rights):
    Membership.update(**rights).where(Membership.user == user).execute()


@pytest.fixture
def call(org, thandi, as_alice):
    """A call to make every week, about Thandi."""
    return tasks.add("Call about the meeting", tasks.today(), repeat="weekly", contact_id=thandi.id)


def test_a_task_is_added_ticked_comes_again_and_is_taken_back_each_act_logged(call, thandi):
    follower = tasks.tick(call)
    assert (follower.due - call.due).days == 7
    assert tasks.tick(call).id == follower.id  # ticked twice
    assert [one.task.id for one in tasks.of_contact(thandi.id)] == [follower.id, call.id]

    tasks.untick(tasks.find(call.id))

    assert [one.task.id for one in tasks.of_contact(thandi.id)] == [call.id]
    told = [(e.action, e.contact_id, e.subject_id) for e in LogEntry.select().order_by(LogEntry.seq)]
    assert told[-3:] == [(f"task.{word}", thandi.id, call.id) for word in ("added", "done", "reopened")]


@pytest.mark.one_database
def test_what_came_again_and_was_done_too_is_taken_back_first(call):
    tasks.tick(tasks.tick(call))

    with pytest.raises(AlreadyDoneAgain):
        tasks.untick(call)


@pytest.mark.one_database
def test_a_late_task_comes_again_once_and_not_in_the_past(org, as_alice):
    made = tasks.add("Water the plants", tasks.today() - timedelta(days=30), repeat="weekly")

    assert tasks.tick(made).due == made.due + timedelta(days=35)


def test_a_task_about_a_contact_is_seen_by_who_sees_the_contact_and_reads_notes(
    call, org, adam, bob, client_of, thandi
):
    with acting_as(system(org.id)):
        board = contacts.add_group("Board")
    for rights in ({"denied": ["notes"]}, {"denied": [], "only_group": board.id}):
        limit(adam, **rights)
        with acting_as(actor_of(adam)), pytest.raises(TaskNotFound):
            tasks.find(call.id)
        client = client_of(adam)
        for path in ("/", "/diary", "/diary/tasks?everybody=1", f"/contacts/{thandi.id}/history", "/reports/activity"):
            page = client.get(path).text
            assert "Call about the meeting" not in page, (rights, path)
            assert "noted a task" not in page, (rights, path)
        assert client.post(f"/diary/tasks/{call.id}/done").status_code == 404
    with acting_as(actor_of(bob)):
        assert tasks.find(call.id).what == "Call about the meeting"


@pytest.mark.one_database
def test_who_may_only_read_ticks_off_what_is_his_and_nothing_else(call, bob, client_of):
    mine = tasks.add("Read the minutes", tasks.today(), user_id=bob.id)
    client = client_of(bob)

    assert client.post(f"/diary/tasks/{mine.id}/done").status_code == 303
    assert client.post(f"/diary/tasks/{call.id}/done").status_code == 403
    assert client.post("/diary/tasks", data={"what": "x", "due": "2027-01-01"}).status_code == 403
    assert (Task.get_by_id(mine.id).done_by, Task.get_by_id(call.id).done_at) == ("Bob", None)


@pytest.mark.one_database
def test_the_forms_work_with_and_without_htmx(thandi, alice, client_of):
    client = client_of(alice)
    typed = {
        "what": "Send the minutes",
        "due": tasks_day(alice),
        "repeat": "",
        "user_id": str(alice.id),
        "back": "home",
    }

    assert client.post("/diary/tasks", data=typed).status_code == 303
    added = client.post("/diary/tasks", data={**typed, "contact_id": str(thandi.id)}, headers=HX)
    assert added.text.lstrip().startswith('<section class="block" id="tasks">')
    wrong = client.post("/diary/tasks", data={**typed, "due": "never", "what": ""})
    assert (wrong.status_code, "Enter what is to be done." in wrong.text) == (422, True)
    assert "Enter a date such as" in wrong.text
    with acting_as(actor_of(alice)):
        first = Task.select().order_by(Task.id).first()
    assert "Send the minutes" in client.get("/").text
    assert client.post(f"/diary/tasks/{first.id}/done", data=typed).location == "/"
    assert "Take back" in client.post(f"/diary/tasks/{first.id}/done", data=typed, headers=HX).text


def tasks_day(user):
    with acting_as(actor_of(user)):
        return tasks.today().isoformat()


@pytest.mark.one_database
def test_a_stranger_is_given_no_task(org, as_alice, charlie):
    with pytest.raises(NoColleague):
        tasks.add("x", tasks.today(), user_id=charlie.id)


@pytest.mark.one_database
def test_a_task_of_the_other_organisation_is_not_there(call, charlie, client_of):
    client = client_of(charlie)

    for act in ("done", "open", "removal"):
        mine, none = (client.post(f"/diary/tasks/{i}/{act}") for i in (call.id, 987654))
        assert (mine.status_code, mine.data) == (404, none.data)


@pytest.mark.one_database
def test_only_who_may_change_contacts_adds_and_removes(call, org, bob):
    with acting_as(actor_of(bob)):
        with pytest.raises(Denied):
            tasks.add("x", tasks.today())
        with pytest.raises(Denied):
            tasks.remove(call)


def test_erasing_a_contact_forgets_the_tasks(call, org, thandi):
    tasks.tick(call)
    with acting_as(system(org.id)):
        erasing.erase([thandi.id])

        assert Task.select().count() == 0


@pytest.mark.one_database
def test_overdue_tasks_stand_on_home_and_in_the_diary_and_others_tasks_only_with_everybodys(
    org, alice, adam, client_of
):
    with acting_as(actor_of(alice)):
        late = tasks.today() - timedelta(days=2)
        tasks.add("Late for Alice", late, user_id=alice.id)
        tasks.add("Late for anybody", late)
        tasks.add("Later", tasks.today() + timedelta(days=2), user_id=alice.id)
    for user, seen in ((alice, ["Late for Alice", "Late for anybody"]), (adam, ["Late for anybody"])):
        page = client_of(user).get("/").text
        assert [words for words in ("Late for Alice", "Late for anybody", "Later") if words in page] == seen
    client = client_of(adam)
    assert "Late for Alice" in client.get("/diary/day").text
    assert "Late for Alice" not in client.get("/diary/tasks").text
    assert "Late for Alice" in client.get("/diary/tasks?everybody=1").text


def test_birthdays_are_told_of_the_living_whom_one_may_see(org, adam, as_alice):
    day = tasks.today()
    born = day.replace(year=day.year - 40, day=min(day.day, 28))
    if born.day != day.day:
        born = (day + timedelta(days=4)).replace(year=day.year - 40)
    seen = contacts.add(first_name="Sipho", birth_date=born)
    for name in ("Dead", "Away"):
        contact = contacts.add(first_name=name, birth_date=born)
        if name == "Dead":
            states.mark_deceased(contacts.find(contact.id), day, "Her daughter telephoned.")
        else:
            states.archive(contacts.find(contact.id), "Moved")
    contacts.add(first_name="Other", birth_date=born - timedelta(days=100))

    assert [one.contact_id for one in home.birthdays_of(day)] == [seen.id]
    with acting_as(system(org.id)):
        board = contacts.add_group("Board")
    limit(adam, only_group=board.id)
    with acting_as(actor_of(adam)):
        assert home.birthdays_of(day) == []


def test_a_task_that_a_colleague_removed_meanwhile_is_said_to_be_gone(as_alice):
    seen = tasks.add("Call", tasks.today())
    tasks.remove(tasks.find(seen.id))

    for act in (tasks.tick, tasks.untick):
        with pytest.raises(TaskNotFound):
            act(seen)
