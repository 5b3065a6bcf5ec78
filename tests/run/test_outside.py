"""`portal doctor` and the lock by place, from outside in: a real nginx before a real web server."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from portal.config import Settings
from portal.core import db as database
from portal.features import prepare
from portal.run import doctor, outside
from tests import edge, geodata
from tests.databases import KEYS
from tests.kills import free_port

pytestmark = pytest.mark.edge
DATA = {"196.25.0.0/16": "ZA", "2c0f:f970::/32": "ZA", "8.8.8.0/24": "US"}
CDN = "127.0.0.9"  # an address of this machine that plays a proxy before nginx, such as Cloudflare's


@contextmanager
def portal(front, folder, port, **more):
    """The web server behind an nginx, with one owner."""
    geodata.write(folder / "made.mmdb", DATA)
    environ = {
        "PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(folder), "PORT": str(port), "PORTAL_BASE_URL": front.base,
        "PORTAL_TRUSTED_PROXIES": f"127.0.0.1,{CDN}", "GEOIP_DATABASE": str(folder / "made.mmdb"), "WEB_WORKERS": "1",
        "REDIS_URL": f"unix://{folder}/absent.sock", **KEYS, **more,
    }  # fmt: skip
    run(environ, "migrate")
    run(environ, "org", "create", "Hope House")
    run(environ, "user", "create", "--org", "hope-house", "--email", "o@example.org", "--role", "owner",
        "--password-stdin", text="seven green buses\n")  # fmt: skip
    web = subprocess.Popen([sys.executable, "-m", "portal.cli", "web"], env=environ)
    try:
        until = time.monotonic() + 30
        while front.ask("/healthz").status != 200:
            assert time.monotonic() < until
            time.sleep(0.2)
        yield environ
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(15)


def run(environ, *words, text=""):
    command = [sys.executable, "-m", "portal.cli", *words]
    return subprocess.run(command, env=environ, input=text, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    port = free_port()
    with edge.nginx(port) as front, portal(front, tmp_path_factory.mktemp("outside"), port) as environ:
        yield front, environ


def status_from(front, source, path, headers):
    """What somebody gets who connects to nginx from this address of the machine."""
    host = "portal.test"
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{front.https_port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    context = ssl.create_default_context(cafile=str(front.ca_file))
    plain = socket.create_connection(("127.0.0.1", front.https_port), 10, (source, 0))
    with plain, context.wrap_socket(plain, server_hostname=host) as line:
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(line.recv(200).split()[1])


@pytest.mark.parametrize(
    ("source", "headers", "status"),
    [
        (CDN, [("X-Forwarded-For", "196.25.1.1")], 200),
        (CDN, [("X-Forwarded-For", "2c0f:f970::1")], 200),
        (CDN, [("X-Forwarded-For", "::ffff:196.25.1.1")], 200),
        (CDN, [("X-Forwarded-For", "8.8.8.8")], 403),
        (CDN, [("X-Forwarded-For", "9.9.9.9")], 403),
        (CDN, [("X-Forwarded-For", "10.0.0.1")], 403),
        (CDN, [("X-Forwarded-For", "196.25.1.1, 8.8.8.8")], 403),
        (CDN, [("X-Forwarded-For", "8.8.8.8, 196.25.1.1")], 200),
        (CDN, [("X-Forwarded-For", "8.8.8.8"), ("X-Real-IP", "196.25.1.1")], 403),
        (CDN, [("X-Forwarded-For", "8.8.8.8"), ("CF-Connecting-IP", "196.25.1.1"), ("CF-IPCountry", "ZA")], 403),
        (CDN, [("X-Forwarded-For", "8.8.8.8"), ("Forwarded", "for=196.25.1.1")], 403),
        ("127.0.0.2", [("X-Forwarded-For", "8.8.8.8")], 200),  # nginx says who really came: this machine itself
    ],
)
def test_the_lock_through_a_real_nginx(installation, source, headers, status):
    front, _ = installation

    assert status_from(front, source, "/sign-in", headers) == status
    assert status_from(front, source, "/u/nonsense", headers) == 404
    assert status_from(front, source, "/healthz", headers) == 200


def test_headers_come_once_through_nginx(installation):
    front, _ = installation
    for path in ("/sign-in", "/nowhere", "/healthz", "/settings"):
        names = [name.lower() for name, _ in front.ask(path).headers.items()]
        for wanted in (
            "strict-transport-security",
            "content-security-policy",
            "x-content-type-options",
            "cache-control",
        ):
            assert names.count(wanted) == 1, (path, wanted)


@pytest.fixture
def near(installation, monkeypatch):
    """A doctor that finds portal.test on this machine and believes its authority."""
    front, environ = installation
    real = socket.getaddrinfo

    def look_up(host, *more, **named):
        return real("127.0.0.1" if host == "portal.test" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setenv("SSL_CERT_FILE", str(front.ca_file))
    settings = Settings.from_environment(environ)
    prepare(settings)
    yield settings
    database.db.close_all() if not database.is_sqlite() else database.db.close()


def test_the_doctor_sees_through_the_certificate_and_the_proxy(near):
    findings = {look.__name__: look(near) for look in (doctor._address, doctor._true_address, doctor._foreign_name)}

    assert findings["_address"].level == "good", findings
    assert "TLSv1.3" in findings["_address"].words
    assert findings["_true_address"].level in ("good", "doubtful"), findings
    assert findings["_foreign_name"].level == "good"


def test_the_doctor_says_when_the_proxy_is_not_listed(tmp_path, near, monkeypatch):
    port = free_port()
    with edge.nginx(port) as front, portal(front, tmp_path, port, PORTAL_TRUSTED_PROXIES="10.0.0.1"):
        monkeypatch.setenv("SSL_CERT_FILE", str(front.ca_file))
        found = doctor._true_address(replace(near, base_url=front.base, port=port))

    assert found.level == "wrong"
    assert "PORTAL_TRUSTED_PROXIES" in found.words


def test_the_doctor_says_when_the_web_server_itself_is_open_to_others():
    with socket.socket() as narrow, socket.socket() as wide:
        narrow.bind(("127.0.0.1", 0))
        wide.bind(("0.0.0.0", 0))
        narrow.listen()
        wide.listen()

        assert not outside.is_port_open_to_others(narrow.getsockname()[1])
        assert outside.is_port_open_to_others(wide.getsockname()[1])


def test_a_doctor_who_reaches_nobody_says_so(near):
    with pytest.raises(outside.Unreachable, match="does not answer"):
        outside.ask(replace(near, base_url=f"https://portal.test:{free_port()}"), "/healthz")
