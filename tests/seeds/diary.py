"""A task about the contact, of which nobody hears who may not read notes; and one about nobody."""

from portal.diary import tasks
from tests.seeds import Stage

OF_CONTACT = {"task_id"}


def plant(stage: Stage) -> dict[str, int]:
    what = stage.canary("notes contact", f"CNRY{stage.mark}task")
    made = tasks.add(what, tasks.today(), repeat="weekly", contact_id=stage.contact_id)
    done = tasks.add(stage.canary("notes contact", f"CNRY{stage.mark}done"), tasks.today(), contact_id=stage.contact_id)
    tasks.tick(done)
    plain = tasks.add("CNRY plain", tasks.today())
    stage.others.append({"task_id": plain.id})
    return {"task_id": made.id}
