"""A real Postfix of our own: private folders, a free port of this machine, relaying to the recording mail server.

Postfix belongs to root; without root its own smtp-sink stands in, and nothing comes behind it.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.kills import free_port

MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
relayhost = [127.0.0.1]:{behind}
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
smtpd_recipient_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
smtp_tls_security_level = none
smtpd_tls_security_level = none
alias_maps =
"""


@contextlib.contextmanager
def postfix(behind: int) -> Iterator[int]:
    """Its port. What it takes it relays to the port `behind`."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o711)
    config = folder / "config"
    shutil.copytree("/etc/postfix", config, symlinks=True)
    for name in ("queue", "state"):
        (folder / name).mkdir()
    shutil.chown(folder / "state", "postfix")
    lines = []
    for line in Path("/usr/share/postfix/master.cf.dist").read_text().splitlines():
        if line.startswith("smtp ") and "inet" in line:
            lines.append(f"127.0.0.1:{port} inet n - n - - smtpd")
        elif line and line[0] not in "# \t":
            words = line.split()
            words[4] = "n"  # no chroot
            lines.append(" ".join(words))
    (config / "master.cf").write_text("\n".join(lines) + "\n")
    (config / "main.cf").write_text(MAIN.format(folder=folder, behind=behind))
    subprocess.run(["postfix", "-c", str(config), "start"], check=True, capture_output=True)
    try:
        yield port
    finally:
        subprocess.run(["postfix", "-c", str(config), "stop"], check=True, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def relay(behind: int) -> Iterator[tuple[int, bool]]:
    """A real mail server's port, and whether what it takes arrives behind it."""
    if os.geteuid() == 0:
        with postfix(behind) as port:
            yield port, True
        return
    port = free_port()
    sink = subprocess.Popen(["smtp-sink", f"127.0.0.1:{port}", "100"])
    try:
        yield port, False
    finally:
        sink.terminate()
        sink.wait(10)
