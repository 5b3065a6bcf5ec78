"""The proof pack of a contact: everything held, everything done, as paper and data, with a small program by which a
stranger sees that the answer was not edited afterwards.
"""

import hashlib
import json
import secrets
import zipfile
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from portal.accounts.service import current_org
from portal.activity import log
from portal.activity.models import LogEntry
from portal.activity.sentences import Sentence
from portal.contacts import history
from portal.contacts import service as contacts
from portal.contacts.models import Contact
from portal.contacts.queries import name_of
from portal.core.actor import acting_as, current_actor, require, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.permissions import Permission
from portal.core.written import moment
from portal.privacy import anchoring, proof_chain, proof_holdings, proof_paper
from portal.privacy.proof_chain import Chain
from portal.privacy.proof_holdings import Holdings

MOST_TOLD = 5_000  # sentences on the paper; the data holds every entry
EXPORTS = ("export.made", "campaign.list_exported", "report.exported")
STRANGER = Path(__file__).with_name("stranger.py")

README = """Proof pack of {name}, made by {by} on {at} at {org}.
Its name in the record of {org} is {pack}.

record.pdf     everything in words, to be read
held.json      everything that is held, table by table
chain.json     the entries of the record about this contact, with what proves them
manifest.json  the SHA-256 digest of each of these files
verify.py      checks all of it: python3 verify.py

What is proven. Everything done at {org} is an entry of one record. An entry has a digest of what it says, made with a
secret of its own (the salt), and a link made of the entry and of the link before it. Every hour the last link is noted
outside the database, and once a day it is mailed to whoever answers for privacy ("mark"). verify.py makes the digests
of the entries in this pack anew, and follows the links from each of them to the next mark. Between them lie entries
about other people: of those only a digest is given that nobody can guess, so that the links can be followed and nothing
is learned. A mark is worth what keeps it. Compare one with a message that was mailed before the question arose:

    python3 verify.py --anchor SEQ:HASH

What is not proven. That nothing was done that was never written into the record; and held.json, which says what the
database held when the pack was made, and is protected by the digest of the pack alone. Messages are proven as they
were sealed, with what became of them at the mail server; what came back later stands in held.json. An entry whose words
were left out because they are hidden from {by} is proven to be there, not what it says. Entries from before links
could be followed, and those more than {most} links away from a mark, are proven by their digest only.{unlinked}

Left out:
{left_out}

The entries name who did what, and from which network address. Give the pack to nobody who need not know.
"""


def make(contact_id: int, into: IO[bytes]) -> str:
    """Write the pack as a ZIP file and note it in the log; return the contact's name. Raises ContactNotFound."""
    require(Permission.PRIVACY)
    contact = contacts.find(contact_id)
    pack = secrets.token_hex(8)
    with transaction():
        log.write("contact.proof_made", contact_id, pack=pack)
    with acting_as(system(current_actor().org_id)):
        anchoring.anchor()  # so that all that is in the pack leads to a mark
    files = _files(contact, pack)
    manifest = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["manifest.json"] = _json(manifest)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return name_of(contact)


def _files(contact: Contact, pack: str) -> dict[str, bytes]:
    holdings = proof_holdings.of_contact(contact)
    chain = proof_chain.of_contact(contact.id)
    left_out = _left_out(holdings, chain)
    told = _told(contact, holdings, chain, left_out)
    return {
        "record.pdf": proof_paper.render(told),
        "held.json": _json({"tables": holdings.tables, "left_out": left_out, "exports": list(told.exports)}),
        "chain.json": _json({"pack": pack, **chain.data}),
        "README.txt": _readme(told, chain, pack).encode(),
        "verify.py": STRANGER.read_bytes(),
    }


def _told(contact: Contact, holdings: Holdings, chain: Chain, left_out: list[str]) -> proof_paper.Told:
    org, shown = current_org(), _sentences(contact.id)
    proven = f"{len(chain.entries)} entries of the record are about this contact. How they are proven: README.txt."
    return proof_paper.Told(
        org=org, name=name_of(contact), made_by=current_actor().name, made_at=now(), holdings=holdings, history=shown,
        exports=_exports(contact, ZoneInfo(org.timezone)), left_out=left_out, proven=proven,
    )  # fmt: skip


def _sentences(contact_id: int) -> list[Sentence]:
    return history.of_contact(contact_id, 0, MOST_TOLD)[0]


def _exports(contact: Contact, zone: ZoneInfo) -> list[str]:
    """Files taken along since the contact is here. Whom a file named is not kept, so that each may have."""
    query = LogEntry.select().where(LogEntry.action.in_(EXPORTS), LogEntry.at >= contact.created_at)
    found = []
    for entry in query.order_by(LogEntry.seq.desc()).limit(1_000):
        detail = entry.detail or {}
        rows = f"{detail.get('rows', 0)} rows"
        found.append(f"{moment(entry.at, zone)} · entry {entry.seq} · {detail.get('actor', '')} · {rows}")
    return found


def _left_out(holdings: Holdings, chain: Chain) -> list[str]:
    found = list(holdings.left_out)
    if chain.withheld:
        found.append(f"The words of {len(chain.withheld)} entries, hidden from {current_actor().name}.")
    if len(chain.entries) > MOST_TOLD:
        found.append(f"On the paper, all but the last {MOST_TOLD} entries.")
    return [*found, "The content of documents: held.json names each with its digest."]


def _readme(told: proof_paper.Told, chain: Chain, pack: str) -> str:
    unlinked = f" There are {chain.unlinked} such entries in this pack." if chain.unlinked else ""
    return README.format(
        name=told.name, by=told.made_by, at=moment(told.made_at, ZoneInfo(told.org.timezone)), org=told.org.name,
        pack=pack, most=f"{proof_chain.MOST_LINKS:,}", unlinked=unlinked,
        left_out="\n".join(f"- {words}" for words in told.left_out),
    )  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False, default=str).encode()
