"""The certificate of an erasure: what was removed, what lawfully stays and why, when, by whom, and where the record
stood. It names nobody: it can be made again at any time from a row that knows of nobody (P-14-4; decision 031).
"""

from zoneinfo import ZoneInfo

from portal.accounts.service import current_org
from portal.core.written import moment
from portal.gateways import pdf
from portal.gateways.pdf import Text
from portal.privacy.erasure_rules import DE_IDENTIFY, REASONS, kept_words, removed_words
from portal.privacy.models import Erasure

NAMES_NOBODY = (
    "This paper names nobody whose details were removed, for they are gone. Its number, the time and the entry of the "
    "record are what ties it to a request; whoever asked keeps it with the answer to the request."
)


def number_of(made: Erasure) -> str:
    return f"{made.created_at:%Y}-{made.id:05d}"


def render(made: Erasure) -> bytes:
    """The certificate as a PDF file."""
    org = current_org()
    zone = ZoneInfo(org.timezone)
    act = "de-identification" if made.act == DE_IDENTIFY else "erasure"
    title = f"Certificate of {act}"
    gone = made.done - made.held
    people = f"{gone:,} {'contact' if gone == 1 else 'contacts'}"
    done = "was" if gone == 1 else "were"
    what = "made nameless" if made.act == DE_IDENTIFY else "erased"
    head = [
        Text(title, "title"),
        Text(org.legal_name or org.name),
        Text(f"Number {number_of(made)}", "quiet"),
        Text(f"{people} {done} {what} because {REASONS[made.reason]}."),
        Text(f"Begun on {moment(made.created_at, zone)}, finished on {moment(made.ended_at, zone)}, "
             f"by {made.user_name}." if made.ended_at else f"Begun on {moment(made.created_at, zone)}."),
    ]  # fmt: skip
    removed = [Text("What was removed", "heading"), Text("Names, and every field of the contact's own.")]
    removed += [Text(words) for words in removed_words(made.counts)]
    kept = [Text("What stays, and why", "heading")]
    for words, why in kept_words(made.kept):
        kept += [Text(words), Text(why, "quiet")]
    if made.held:
        held = f"{made.held:,} of those chosen were not removed: the law or an open request of theirs wants them kept."
        kept.append(Text(held))
    backups = Text(
        "Backups older than this still hold the details until they are themselves removed. After a restore the erasure "
        "is done again from a journal kept apart, before anybody can sign in.",
        "quiet",
    )
    proof = [
        Text("How this can be checked", "heading"),
        Text(f"The record of {org.name} stood at entry {made.log_seq:,} with the hash {made.log_hash}."),
        Text(NAMES_NOBODY, "quiet"),
    ]
    return pdf.write(title, org.name, [head, removed, [*kept, backups], proof], foot=f"{org.name} · {number_of(made)}")
