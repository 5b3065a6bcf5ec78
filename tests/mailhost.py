"""The mail world around the portal, of real parts: a Postfix that takes everything and finds out later, and a Dovecot
that holds the mailboxes and refuses what it cannot keep. Private folders, free ports of this machine; needs root.
"""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.kills import free_port

DOVECOT = """base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
recipient_delimiter = +
mail_location = maildir:{folder}/mail/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
mail_plugins = quota
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/people
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/people
  default_fields = uid=mail gid=mail home={folder}/mail/%u
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_full_tempfail = no
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""
POSTFIX = """compatibility_level = 3.6
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
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/access, permit_mynetworks, reject
transport_maps = texthash:{folder}/transport
default_transport = error:5.1.2 Host or domain name not found
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
disable_dns_lookups = yes
smtp_tls_security_level = none
smtpd_tls_security_level = none
alias_maps =
"""
PEOPLE = {"full@school.test": "userdb_quota_rule=*:bytes=10", "well@school.test": "", "bounces@mailbox.test": ""}
PASSWORD = "grey heron"


@dataclass(frozen=True)
class MailHost:
    """Where it listens, and how to make it greylist somebody."""

    smtp: int
    imap: int
    folder: Path

    def greylist(self, *addresses: str) -> None:
        """Refuse these for the moment, at once, as a server does that does not know us yet."""
        lines = [f"{address} 450 4.7.1 Greylisted, try again later\n" for address in addresses]
        (self.folder / "access").write_text("".join(lines) or "# nobody\n")

    def reload(self) -> None:
        subprocess.run(["postfix", "-c", str(self.folder / "config"), "reload"], check=True, capture_output=True)


@contextlib.contextmanager
def mail_host(listener: int) -> Iterator[MailHost]:
    """The whole: what comes back to portal.test goes to the portal's own listener, to mailbox.test into a mailbox."""
    with _folder("dovecot-") as boxes, _folder("postfix-") as post:
        imap, lmtp = free_port(), free_port()
        with _dovecot(boxes, imap, lmtp):
            made = MailHost(free_port(), imap, post)
            made.greylist()
            (post / "transport").write_text(
                f"portal.test lmtp:inet:127.0.0.1:{listener}\n"
                f"school.test lmtp:inet:127.0.0.1:{lmtp}\nmailbox.test lmtp:inet:127.0.0.1:{lmtp}\n"
            )
            with _postfix(made):
                yield made


@contextlib.contextmanager
def _dovecot(folder: Path, imap: int, lmtp: int) -> Iterator[None]:
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "mail", "mail")
    (folder / "people").write_text("".join(f"{who}:{{PLAIN}}{PASSWORD}::::::{more}\n" for who, more in PEOPLE.items()))
    config = folder / "dovecot.conf"
    config.write_text(DOVECOT.format(folder=folder, imap=imap, lmtp=lmtp))
    server = subprocess.Popen(["dovecot", "-F", "-c", str(config)])
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


@contextlib.contextmanager
def _postfix(made: MailHost) -> Iterator[None]:
    folder, config = made.folder, made.folder / "config"
    shutil.copytree("/etc/postfix", config, symlinks=True)
    for name in ("queue", "state"):
        (folder / name).mkdir()
    shutil.chown(folder / "state", "postfix")
    lines = []
    for line in Path("/usr/share/postfix/master.cf.dist").read_text().splitlines():
        if line.startswith("smtp ") and "inet" in line:
            lines.append(f"127.0.0.1:{made.smtp} inet n - n - - smtpd")
        elif line and line[0] not in "# \t":
            words = line.split()
            words[4] = "n"  # no chroot
            lines.append(" ".join(words))
    (config / "master.cf").write_text("\n".join(lines) + "\n")
    (config / "main.cf").write_text(POSTFIX.format(folder=folder))
    subprocess.run(["postfix", "-c", str(config), "start"], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["postfix", "-c", str(config), "stop"], check=True, capture_output=True)


@contextlib.contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(what: object, seconds: float = 40.0) -> None:
    """Wait until `what()` is true."""
    until = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.1)
