"""The stage of the walker: two organisations, somebody who walks, and the forms he finds on the way."""

import pytest

from tests.planting import Planted, plant
from tests.walking import Tally, Walk


@pytest.fixture
def ours(app, olivia) -> Planted:
    return plant(olivia, "A")


@pytest.fixture
def theirs(app, charlie) -> Planted:
    return plant(charlie, "B")


@pytest.fixture
def walk(app, client_of, olivia, ours, theirs) -> Walk:
    """Olivia's browser; what she may do is set by `set_rights`."""
    return Walk(app, client_of(olivia), ours.folder, Tally())
