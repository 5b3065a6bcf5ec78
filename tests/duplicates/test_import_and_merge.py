"""A file with people who are there already: brought in, its duplicates merged, a merge and the import undone."""

import io

from bench import people
from portal.activity import log
from portal.activity.models import LogEntry
from portal.consent import suppressing
from portal.consent.queries import suppressions
from portal.contacts.models import Contact, Email
from portal.core.actor import acting_as, current_actor, system
from portal.core.db import transaction
from portal.duplicates import finding, merging_many, parting
from portal.duplicates.models import Merge, Pair
from portal.imports import running, service, undoing


def bring(folder, name):
    made = service.take_in(folder / "imports", name, io.BytesIO((folder / name).read_bytes()))
    service.declare(made, made.mapping, "own", "open day", ("email",), service.Further())
    service.start(service.find(made.id), "update", [])
    running.run(made.id)
    return service.find(made.id)


def test_an_import_its_merges_and_their_undoing_leave_the_record_whole(as_olivia, tmp_path):
    people.write(tmp_path, rows=300, there=40)
    bring(tmp_path, "there.csv")
    left = (tmp_path / "left.txt").read_text().split()
    with transaction():
        for address in left:
            suppressing.suppress("email", address, "unsubscribed")
    before = Contact.select().where(Contact.erased_at.is_null()).count()
    the_import = bring(tmp_path, "members.csv")

    search = finding.begin_search(the_import.id)
    finding.run(search.id)
    assert 0 < Pair.select().count() <= 9
    run = merging_many.begin("likely")
    merging_many.run(run.id)
    merged = list(Merge.select().order_by(Merge.id))
    assert len(merged) > 1
    parting.part(merged[0])
    undoing.begin(service.find(the_import.id))
    undoing.run(the_import.id)

    alive = Contact.select().where(Contact.erased_at.is_null()).count()
    assert before <= alive <= before + len(merged)
    for merge in merged[1:]:
        assert Contact.get_by_id(merge.contact_id).erased_at is None
    there = {e.normal for e in Email.select()}
    assert set(suppressions(left)) == set(left) & there | set(left)
    actions = {entry.action for entry in LogEntry.select(LogEntry.action)}
    assert {"contact.merged", "contact.merge_undone", "duplicates.merge_finished", "import.undone"} <= actions
    with acting_as(system(current_actor().org_id)):
        assert log.verify().ok
