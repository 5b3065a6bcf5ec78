"""Processes killed in the middle of a campaign: nobody twice, nobody missed, what is uncertain is listed."""

import pytest

from tests import kills

RECIPIENTS = 240


@pytest.mark.faults
def test_whatever_is_killed_nobody_gets_it_twice_and_nobody_is_missed(database_url, tmp_path):
    with kills.stage(tmp_path, RECIPIENTS, limit="25/second", database_url=_server(database_url)) as made:
        figures = kills.run(made, len(kills.TARGETS), seed=3, every=(0.6, 1.6), patience=150)

        kills.check(made, figures, RECIPIENTS)
        told = kills.history(made)
        assert (told.frozen, told.left, told.unknown) == (RECIPIENTS, 0, figures["unknown"])
        assert told.sent == told.delivered + told.undeliverable + told.unknown == RECIPIENTS
        assert all(made.faults[target] for target in kills.TARGETS), made.faults


def _server(database_url: str) -> str:
    """SQLite stands in the data folder by itself."""
    return "" if database_url.startswith("sqlite") else database_url
