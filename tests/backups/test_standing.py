"""Who is told how the backups stand, and how long they stay (R60, I06, I09)."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from portal.accounts.models import User
from portal.backups import checking, copying, keys, making, rules, service, snapshot, stores, telling
from portal.backups.models import Backup
from portal.config import Settings
from portal.core import queue
from portal.core.actor import acting_as
from portal.core.clock import now
from portal.core.tenancy import Org
from portal.core.watching import DOUBTFUL, GOOD, WRONG
from portal.delivery.models import PortalMail
from portal.run import watch
from tests.backups.s3 import serve
from tests.conftest import ClientOf, actor_of
from workers import tidying
from workers.schedule import PERIODIC

pytestmark = pytest.mark.one_database
LATER = timedelta(hours=27)


@pytest.fixture
def support(app: Any) -> User:
    return User.create(email="support@portal.example", name="Sipho", is_support=1)


def test_support_is_told_by_mail_and_owners_on_home(kept: Settings, made: Backup, olivia: User) -> None:
    assert telling.backups().level == GOOD
    with time_machine.travel(now() + LATER, tick=False):
        for _ in range(3):
            watch.look_after()
        with acting_as(actor_of(olivia)):
            assert [notice.link for notice in telling.on_home()] == ["There is no good backup"]
            assert telling.read().is_well is False
        assert telling.backups().level == WRONG
    told = [mail for mail in PortalMail.select() if "backup" in mail.message]
    assert [mail.recipient for mail in told] == ["support@example.org"]


def test_who_does_not_own_reads_nothing_of_it(kept: Settings, made: Backup, adam: User) -> None:
    with time_machine.travel(now() + LATER, tick=False), acting_as(actor_of(adam)):
        assert telling.read().endpoint == ""
        assert telling.on_home() == []


def test_one_that_failed_does_not_quiet_the_alarm(
    kept: Settings, made: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: object) -> None:
        raise snapshot.NotTaken("The copy of the database is not whole: page 7")

    with time_machine.travel(now() + LATER, tick=False):
        monkeypatch.setattr(snapshot, "take", torn)
        service.make()
        assert service.standing().words == (
            "There is no good backup of the last 26 hours. The last one: The copy of the database is not whole: page 7"
        )
        with pytest.raises(telling.NoBackup, match="page 7"):
            telling.before_upgrade()


def test_without_a_key_the_host_is_told_what_to_do(kept: Settings, org: Org) -> None:
    assert (telling.backups().level, telling.backups().helps) == (DOUBTFUL, "portal backup key")
    assert "no recovery key" in telling.before_upgrade()
    with time_machine.travel(now() + LATER, tick=False):
        assert telling.backups().level == WRONG


def test_the_doctor_wants_a_second_place(kept: Settings, made: Backup) -> None:
    assert telling.backups().level == GOOD
    assert "was made and tried out" in telling.before_upgrade()
    stores.use(replace(kept, backup_url=None))
    assert (telling.backups().level, "BACKUP_URL" in telling.backups().words) == (DOUBTFUL, True)


def test_pages_tell_owners_whether_and_support_why(
    kept: Settings, made: Backup, second: Path, olivia: User, adam: User, support: User, client_of: ClientOf
) -> None:
    Backup.update(state="bad", words="CNRYwhy").where(Backup.id == made.id).execute()
    page = client_of(olivia).get("/settings/backups")
    assert page.status_code == 200
    assert "Not good" in page.text
    assert "CNRYwhy" not in page.text
    assert made.name not in page.text
    assert client_of(adam).get("/settings/backups").status_code == 403
    assert client_of(olivia).get("/support/backups").status_code in (403, 404)
    told = client_of(support).get("/support/backups")
    assert "CNRYwhy" in told.text
    assert made.name in told.text
    assert str(second) in told.text


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is inside is tried out elsewhere."""

    def take(_url: str, folder: Path) -> tuple[Path, snapshot.Contents]:
        path = folder / snapshot.SQLITE
        path.write_bytes(b"rows")
        return path, snapshot.Contents({}, {}, [], ())

    monkeypatch.setattr(snapshot, "take", take)
    monkeypatch.setattr(making, "prove", lambda *_: None)
    monkeypatch.setattr(checking, "check", lambda **_: None)
    monkeypatch.setattr(os, "fsync", lambda _file: None)


def test_after_200_days_exactly_the_last_90_are_there(kept: Settings, second: Path, light: None) -> None:
    """I09: one a day, whenever the clock ticks; on day 200 those of the days 111 to 200 are there."""
    keys.make()
    begin = datetime(2026, 11, 23, 3, tzinfo=UTC)
    with time_machine.travel(begin, tick=False) as clock:
        for day in range(1, 201):
            for hour in (3, 15):
                clock.move_to(begin + timedelta(days=day - 1, hours=hour - 3))
                service.make_when_due()
        wanted = [(begin + timedelta(days=day - 1)).date() for day in range(111, 201)]
        for folder in (kept.data_dir / "backups", second):
            names = [path.name for path in folder.glob("in-contact-*.age")]
            assert sorted(rules.made_at(name).date() for name in names) == wanted
            assert len(list(folder.glob("in-contact-*.seal"))) == 90
        assert Backup.select().count() == 90


def test_what_is_left_of_an_older_installation_goes_too(kept: Settings, second: Path, made: Backup) -> None:
    old = rules.new_name(now() - timedelta(days=91))
    (second / old).write_bytes(b"x")
    (second / "notes.txt").write_text("not ours")
    service.let_go()
    assert not (second / old).exists()
    assert (second / "notes.txt").exists()


def test_the_last_good_one_outlives_a_clock_that_is_wrong(kept: Settings, second: Path, made: Backup) -> None:
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        assert service.let_go() == 0
    assert (second / made.name).exists()


def test_the_last_proven_one_outlives_what_is_said_of_it(kept: Settings, second: Path, made: Backup) -> None:
    Backup.update(state="bad", words="It is missing.").where(Backup.id == made.id).execute()
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        assert service.let_go() == 0
    assert (second / made.name).exists()


def test_the_clock_rings_for_the_journal_and_asks_no_place(
    kept: Settings, recovery_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(queue, "ring", rung.append)
    with serve() as store:
        store.is_closed = True
        stores.use(replace(kept, backup_url=store.url))
        schedule = {periodic.name: periodic.run for periodic in PERIODIC}
        schedule["journal"]()
        service.copy_journal()
        for _ in range(3):
            schedule["journal"]()
        assert rung == [queue.COPY_JOURNAL]
        with time_machine.travel(now() + copying.PAUSE, tick=False):
            schedule["journal"]()
            assert rung == [queue.COPY_JOURNAL] * 2
        store.is_closed = False
        service.copy_journal()
        schedule["journal"]()
        assert rung == [queue.COPY_JOURNAL] * 2


def test_the_hourly_tidying_asks_no_place(kept: Settings, made: Backup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "every", lambda: 1 / 0)
    tidying.tidy()
