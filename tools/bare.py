"""`python -m tools.bare`: run the lines of docs/install.md, as they stand there, in a bare Debian, to the first mail.

As root, with debootstrap; it takes some minutes and 1 GB of disk. What a root without systemd and without a name on
the internet cannot have is stood in for: `systemctl` starts what the unit says, as its user and with a system that can
only be read; `certbot` makes a certificate of its own; the repository is this one; the mail provider is a Postfix in
the same root, which delivers to a mailbox there. `--memory 512M` lets all of it live within so much.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

from tools import bare_stand_ins

ROOT = Path(__file__).resolve().parents[1]
NAME = "portal.test"
CGROUP = Path("/sys/fs/cgroup")


def lines(document: str) -> list[str]:
    """The lines of the first block of a document, as they stand."""
    block = re.search(r"(?:^    .+\n)+", document, re.MULTILINE)
    if block is None:
        raise SystemExit("docs/install.md holds no lines")
    return textwrap.dedent(block[0]).splitlines()


def as_typed(line: str) -> str:
    """What the first line leaves to the reader."""
    line = line.replace("NAME=portal.example.org", f"NAME={NAME}")
    return line.replace("smtp://user:password@mail.example.org:587", "smtp://127.0.0.1:25")


def prepare(root: Path) -> None:
    """A bare Debian, with what stands in for the world around it."""
    if not (root / "etc/debian_version").exists():
        subprocess.run(["debootstrap", "bookworm", str(root)], check=True)
    shutil.rmtree(root / "srv/in-contact.git", ignore_errors=True)
    shutil.rmtree(root / "opt/in-contact", ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", "--bare", str(ROOT), str(root / "srv/in-contact.git")], check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True)
    bare = ["git", "-C", str(root / "srv/in-contact.git")]
    subprocess.run([*bare, "update-ref", "refs/heads/tried", head.stdout.strip()], check=True)
    subprocess.run([*bare, "symbolic-ref", "HEAD", "refs/heads/tried"], check=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    authorities = os.environ.get("PIP_CERT") or "/etc/ssl/certs/ca-certificates.crt"
    shutil.copy(authorities, root / "srv/authorities.pem")
    for name, (mode, text) in bare_stand_ins.FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)


def script(document: str) -> str:
    """The whole of what is run within: the provider, the lines one by one, and what is looked at afterwards."""
    steps = [bare_stand_ins.BEFORE]
    for number, line in enumerate(lines(document), 1):
        typed = as_typed(line)
        told = typed.replace("'", "'\\''")
        steps.append(f"began=$SECONDS; echo '\n[{number}] {told}'\n{typed}\n")
        steps.append(f'echo "    line {number}: code $?, $((SECONDS - began)) s"\n')
    return "".join([*steps, bare_stand_ins.AFTER])


def limited(memory: str) -> list[str]:
    """The command that lets what follows live within so much memory, and counts what it took."""
    if not memory:
        return []
    version_2 = (CGROUP / "cgroup.controllers").exists()
    group = CGROUP / ("in-contact-bare" if version_2 else "memory/in-contact-bare")
    group.mkdir(exist_ok=True)
    (group / ("memory.max" if version_2 else "memory.limit_in_bytes")).write_text(memory)
    return ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "limited"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.bare", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("/var/tmp/in-contact-bare"))
    parser.add_argument("--memory", default="", help="such as 512M")
    wishes = parser.parse_args()
    if os.geteuid() or not shutil.which("debootstrap"):
        raise SystemExit("Run this as root, with Debian's package debootstrap.")
    root = wishes.root.resolve()
    prepare(root)
    (root / "srv/run").write_text(script((ROOT / "docs/install.md").read_text()))
    inside = f"mount --bind {root} {root} && mount --rbind /dev {root}/dev && mount -t proc proc {root}/proc && "
    inside += f"mount --rbind /sys {root}/sys && " if wishes.memory else ""
    inside += f"exec chroot {root} env -i HOME=/root PATH={bare_stand_ins.PATH} LANG=C.UTF-8 bash /srv/run"
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", inside]
    sys.exit(subprocess.run([*limited(wishes.memory), *command]).returncode)


if __name__ == "__main__":
    main()
