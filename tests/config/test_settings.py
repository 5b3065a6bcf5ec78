"""The portal refuses to start, in words, with settings that are weak or make no sense (R57, J01, J06)."""

import pytest

from portal.config import BadSettings, Settings
from tests.databases import KEYS

DATABASE = "postgresql://portal:a-long-enough-one@db.example.org/portal"


def of(tmp_path, **more):
    return Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path), **KEYS, **more})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"PORTAL_SECRET_KEY": "short"}, "at least 32"),
        ({"PORTAL_SECRET_KEY": "a" * 64}, "can be guessed"),
        ({"PORTAL_SECRET_KEY": "changeme" * 8}, "can be guessed"),
        ({"PORTAL_SECRET_KEY": "please-change-me-before-you-go-live!!"}, "can be guessed"),
        ({"PORTAL_SECRET_KEY": f"{KEYS['PORTAL_SECRET_KEY']},{'b' * 40}"}, "can be guessed"),
        ({"PORTAL_ADDRESS_KEY": f"v1:{'61' * 40}"}, "can be guessed"),
        ({"PORTAL_ADDRESS_KEY": "v1:short"}, "32"),
        ({"DATABASE_URL": "postgresql://portal@db.example.org/portal"}, "DATABASE_URL is missing"),
        ({"DATABASE_URL": "postgresql://portal:portal@10.0.0.5/portal"}, "DATABASE_URL is missing or too easy"),
        ({"DATABASE_URL": "postgresql://postgres:Postgres@db.example.org/portal"}, "too easy"),
        ({"DATABASE_URL": "postgresql://portal:short1@db.example.org/portal"}, "at least 12"),
        ({"REDIS_URL": "redis://10.0.0.5:6379/0"}, "REDIS_URL is missing"),
        ({"PORTAL_TRUSTED_PROXIES": "proxy.example.org"}, "not 'proxy.example.org'"),
        ({"PORTAL_TRUSTED_PROXIES": "0.0.0.0/0"}, "that is everybody"),
        ({"PORTAL_ALLOWED_NETWORKS": "::/0"}, "that is everybody"),
        ({"PORTAL_ALLOWED_COUNTRIES": "South Africa"}, "codes of two letters"),
    ],
)
def test_it_does_not_start(tmp_path, more, words):
    with pytest.raises(BadSettings, match=words):
        of(tmp_path, **more)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"DATABASE_URL": DATABASE},
        {"DATABASE_URL": "postgresql://portal@localhost/portal"},
        {"DATABASE_URL": "postgresql:///portal?host=/run/postgresql"},
        {"REDIS_URL": "redis://127.0.0.1:6379/0"},
        {"REDIS_URL": "redis://:a-long-enough-one@10.0.0.5:6379/0"},
        {"PORTAL_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,2400:cb00::/32"},
        {"PORTAL_ALLOWED_COUNTRIES": "za,NA"},
    ],
)
def test_it_starts(tmp_path, more):
    assert of(tmp_path, **more)


def test_keys_made_by_the_portal_itself_are_never_weak(tmp_path):
    for number in range(20):
        assert Settings.from_environment({"PORTAL_DATA_DIR": str(tmp_path / str(number))})


def test_countries_are_read_in_any_case(tmp_path):
    assert of(tmp_path, PORTAL_ALLOWED_COUNTRIES="za, na").allowed_countries == {"ZA", "NA"}
