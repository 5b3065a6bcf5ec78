"""An installation with a second place for its backups, and what is in it."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal.backups import keys, service, stores
from portal.backups.models import Backup
from portal.config import Settings
from portal.core.db import db, disconnect


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a key as it is made, for one that can be guessed is not put back."""
    return replace(settings, address_keys={"v1": secrets.token_hex(32).encode()})


@pytest.fixture
def kept(app: Flask, settings: Settings) -> Settings:
    """The settings of an installation whose second place is a folder."""
    with_second = replace(settings, backup_url=f"file://{settings.data_dir}/second")
    stores.use(with_second)
    return with_second


@pytest.fixture
def second(kept: Settings) -> Path:
    return kept.data_dir / "second"


@pytest.fixture
def recovery_key(kept: Settings) -> str:
    return keys.make()[0]


@pytest.fixture
def made(recovery_key: str) -> Backup:
    return service.make()


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """Leaves the connection as it found it: a restore points the process elsewhere."""
    own = db.obj
    yield app
    if db.obj is not own:
        disconnect()
        db.initialize(own)
