"""Security headers on every answer, whatever its status, and answers that wait for nobody (C08, C09, J01)."""

from dataclasses import replace

import pytest

from portal.app import create_app
from portal.core import db as database

pytestmark = pytest.mark.one_database


@pytest.fixture
def app(settings):
    """The portal as people reach it, by https."""
    app = create_app(replace(settings, base_url="https://portal.example.org", allowed_networks=("10.9.9.0/24",)))
    app.config["WTF_CSRF_ENABLED"] = False
    with database.db.connection_context():
        yield app


def ask(client, path, method="GET", **more):
    peer = {"REMOTE_ADDR": "10.9.9.9"}
    return client.open(path, method=method, base_url="https://portal.example.org", environ_base=peer, **more)


ANSWERS = [
    ("GET", "/sign-in", 303), ("GET", "/healthz", 200), ("GET", "/settings", 303), ("GET", "/nowhere", 404),
    ("POST", "/healthz", 405), ("POST", "/sign-in", 422), ("GET", "/static/app.css", 200), ("GET", "/u/x", 404),
    ("POST", "/u/x", 404), ("GET", "/robots.txt", 200), ("GET", "/.well-known/security.txt", 200),
    ("GET", "/colour.css?c=zz", 404), ("GET", "/probe/x", 404), ("GET", "/sign-in/captcha/x.png", 404),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_them(app, method, path, status):
    answer = ask(app.test_client(), path, method)

    headers = answer.headers
    assert answer.status_code == status
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not any(word in policy for word in ("unsafe", "*", "data: ;", "http:"))
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"]
    assert len(headers.getlist("Content-Security-Policy")) == 1


def test_a_failure_of_ours_carries_them_too_and_tells_nothing(app):
    def broken():
        raise RuntimeError("SELECT secret FROM table")

    broken.policy = app.view_functions["known_files.robots"].policy
    app.add_url_rule("/broken", "broken", broken)

    answer = ask(app.test_client(), "/broken")

    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any(word in answer.text for word in ("SELECT", "Traceback", "RuntimeError", ".py"))


@pytest.mark.parametrize("host", ["evil.example", "portal.example.org.evil.example", "127.0.0.1@evil.example", "[::1"])
def test_a_foreign_name_is_refused(app, host):
    answer = app.test_client().get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400
    assert "no portal under this name" in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_cookies_are_the_hosts_own_and_out_of_reach_of_scripts(app, olivia):
    client = app.test_client()
    data = {"email": olivia.email, "password": "seven green buses"}
    answer = client.post("/sign-in", base_url="https://portal.example.org", data=data)

    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-portal", "__Host-device"}
    for cookie in cookies:
        assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
        assert "Domain" not in cookie


def test_finders_of_faults_learn_whom_to_tell(app):
    text = ask(app.test_client(), "/.well-known/security.txt").text

    assert "Contact: mailto:support@example.org\nExpires: " in text
    assert "Canonical: https://portal.example.org/.well-known/security.txt" in text


def test_robots_are_told_to_keep_out(app):
    assert ask(app.test_client(), "/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_many_parts_and_large_fields_are_refused(app):
    client = app.test_client()
    boundary = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    kind = "multipart/form-data; boundary=x"

    parts = ask(client, "/sign-in", "POST", data=boundary * 3_000 + b"--x--", content_type=kind)
    field = ask(client, "/sign-in", "POST", data=b"password=" + b"x" * (5 * 1024 * 1024),
                content_type="application/x-www-form-urlencoded")  # fmt: skip

    assert (parts.status_code, field.status_code) == (413, 413)
    assert "Too large" in parts.text
