"""What the tests of imports share: bringing a text in, in one go."""

import io
from collections.abc import Callable

import pytest

from portal.consent.models import Suppression
from portal.core.actor import Actor, current_actor
from portal.core.keys import address_mac, current_version
from portal.imports import running, service
from portal.imports.models import Import


@pytest.fixture
def take(as_olivia: Actor, tmp_path) -> Callable[..., Import]:
    """Import a text as CSV as the owner; return the ended import."""

    def take(text: str, existing: str = "update", source: str = "own", channels=("email",), **more) -> Import:
        evidence = service.Evidence(io.BytesIO(b"I agree"), "form.txt") if source == "third" else None
        made = service.take_in(tmp_path / "imports", more.pop("filename", "list.csv"), io.BytesIO(text.encode()))
        service.declare(made, made.mapping, source, "open day", channels, service.Further(evidence=evidence))
        service.start(service.find(made.id), existing, more.pop("groups", []))
        running.run(made.id)
        return service.find(made.id)

    return take


@pytest.fixture
def opt_out(as_olivia: Actor) -> Callable[[str, str], None]:
    def opt_out(normal: str, reason: str) -> None:
        mac = address_mac(current_actor().org_id, "email", normal)
        Suppression.create(channel="email", mac=mac, key_version=current_version(), reason=reason)

    return opt_out
