"""docs/install.md, the unit and the compose file say what the program is. `python -m tools.bare` runs the lines."""

import re
import shlex
import socket
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from portal.cli import cli
from portal.config import Settings
from portal.run import up
from tools import bare

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/install.md").read_text()
LINES = bare.lines(DOCUMENT)
COMPOSE = yaml.safe_load((ROOT / "deploy/containers/compose.yaml").read_text())


class Unit(ConfigParser):
    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture
def service():
    unit = Unit(strict=False, interpolation=None)
    unit.read(ROOT / "deploy/systemd/in-contact.service")
    return unit["Service"]


def environment(text):
    return dict(line.split("=", 1) for line in text.splitlines() if re.match("[A-Z_]+=", line))


def test_ten_lines_are_enough():
    assert len(LINES) == 10


def test_what_the_lines_take_from_the_checkout_is_there():
    named = {word for line in LINES for word in re.findall(r"\bdeploy/[\w./-]+", line)}

    assert len(named) == 4
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert (ROOT / "deploy/systemd/portal").stat().st_mode & 0o111
    assert (ROOT / "deploy/nginx/install").stat().st_mode & 0o111
    assert re.search("^setup:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_command_of_the_document_is_one(service):
    texts = [DOCUMENT, service["ExecStart"], *(p["command"] for p in COMPOSE["services"].values() if "command" in p)]
    texts += [(ROOT / "deploy/containers/Dockerfile").read_text().replace('", "', " ")]
    named = {word for text in texts for word in re.findall(r"(?:^    |; |`|bin/)portal ([a-z-]+)", text, re.MULTILINE)}

    assert {"up", "doctor", "first-run"} <= named
    assert named - set(cli.commands) == set()


def test_the_options_of_the_last_line_are_understood():
    command, _, rest = LINES[-1].partition(";")
    words = shlex.split(command)

    assert [option for option in words if option.startswith("--")] == ["--mail"]
    assert "--mail" in [name for one in cli.commands["doctor"].params for name in one.opts]
    assert rest.split()[0] == "portal"


def test_the_unit_and_the_lines_mean_the_same_places(service):
    settings = environment((ROOT / "deploy/systemd/settings.env").read_text())
    wrapper = (ROOT / "deploy/systemd/portal").read_text()
    folder = service["WorkingDirectory"]

    assert f"/{service['StateDirectory']}" == settings["PORTAL_DATA_DIR"].removeprefix("/var/lib")
    assert (f"cd {folder} " in wrapper, f"-u {service['User']} " in wrapper) == (True, True)
    assert service["ExecStart"] == f"{folder}/.venv/bin/portal up"
    assert any(f"git clone https://git.example.org/in-contact.git {folder}" in line for line in LINES)
    assert any(
        f"--home-dir {settings['PORTAL_DATA_DIR']} " in line and line.endswith(service["User"]) for line in LINES
    )
    assert (service["ProtectSystem"], service["Restart"], service["NoNewPrivileges"]) == ("strict", "always", "yes")


def test_the_first_settings_are_understood(tmp_path):
    settings = environment((ROOT / "deploy/systemd/settings.env").read_text())
    explained = (ROOT / ".env.example").read_text()

    assert [name for name in settings if f"{name}=" not in explained] == []
    read = Settings.from_environment({**settings, "PORTAL_DATA_DIR": str(tmp_path)})
    assert (read.is_https, read.port) == (True, 8000)
    assert f"server 127.0.0.1:{read.port};" in (ROOT / "deploy/nginx/in-contact.conf").read_text()


def test_the_containers_agree_with_each_other(tmp_path):
    portal, caddy = COMPOSE["services"]["portal"], COMPOSE["services"]["caddy"]
    dockerfile = (ROOT / "deploy/containers/Dockerfile").read_text()
    copied = [word for line in re.findall("^COPY (.*)", dockerfile, re.MULTILINE) for word in line.split()[:-1]]

    assert portal["environment"]["PORTAL_TRUSTED_PROXIES"] == caddy["networks"]["inside"]["ipv4_address"]
    assert "ports" not in portal
    assert (portal["read_only"], portal["cap_drop"]) == (True, ["ALL"])
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert (ROOT / "deploy/containers" / portal["build"]["context"] / portal["build"]["dockerfile"]).resolve().exists()
    assert "reverse_proxy portal:8000" in (ROOT / "deploy/containers/Caddyfile").read_text()
    assert portal["volumes"] == ["data:/var/lib/in-contact"]
    assert "PORTAL_DATA_DIR=/var/lib/in-contact" in dockerfile


def test_systemd_is_told_once_pages_answer(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(5)

        up.tell_systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        up.tell_systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody")})
        up.tell_systemd({})

        assert line.recv(100) == b"READY=1"
