"""What happens to whole contacts: the one place to add to, when the portal learns something new of this kind.

Each is called with the world and dice, does one thing by the portal's own service, and tells the witness.
"""

from collections.abc import Callable
from random import Random

from portal.privacy import erasing
from tests.oracle.world import FEWEST, World


def erase(world: World, dice: Random) -> None:
    if world.count() <= FEWEST:
        return
    number = world.somebody(dice)
    erasing.erase([number])
    person = world.witness.people[number]
    person.gone, person.addresses = True, []
    for other in world.witness.people.values():  # with a contact go the relations to others
        other.guardians = {i: too for i, too in other.guardians.items() if i in world.relations()}
    world.witness.forget_unreachable()


CHANGES: dict[str, Callable[[World, Random], None]] = {"erase": erase}
