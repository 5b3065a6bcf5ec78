"""The newsletter of people's own pages, and the contact who stands in every place."""

from tests.privacy.test_erased_places import planted as planted
from tests.profile.conftest import sent as sent
