"""Two who look like one, of whom nobody has said so yet; two who are not one; and two who were merged."""

from portal.contacts import service as contacts
from portal.duplicates import finding, service, uniting
from portal.duplicates.models import MergeRun, Pair
from tests.seeds import Stage

OF_CONTACT = {"one_id", "other_id"}


def plant(stage: Stage) -> dict[str, int]:
    mark = stage.mark

    def person(first: str) -> int:
        email = f"CNRY{mark}twin@example.net".lower()
        return contacts.add(first_name=f"CNRY{mark}{first}", last_name=f"CNRY{mark}twins", email=email).id

    one, other, third, fourth = person("anna"), person("anna"), person("berta"), person("berta")
    contacts.group_contacts([one, other], stage.group_id)
    finding.run(finding.begin_search().id)
    pairs = {pair.contact_id: pair for pair in Pair.select()}
    service.dismiss(pairs[third])
    merge = uniting.unite(person("carla"), person("carla"))
    run = MergeRun.create(least=90, state="stopped")
    stage.others.append({"pair_id": pairs[third].id})
    del fourth
    return {"pair_id": pairs[one].id, "one_id": one, "other_id": other, "merge_id": merge.id, "many_id": run.id}
