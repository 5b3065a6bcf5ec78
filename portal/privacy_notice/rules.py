"""What a privacy notice must tell people (POPIA s 18(1); P-18-1, R72). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 4_000  # characters of one part


@dataclass(frozen=True)
class Part:
    """One thing the law asks to be told. `question` is what the writer answers."""

    key: str
    heading: str  # as the reader sees it
    question: str
    section: str  # of the Act


PARTS = (
    Part("who", "Who we are", "Who is responsible: your organisation's name and address, and how to reach your "
         "information officer", "s 18(1)(b)"),
    Part("what", "What we keep, and where it comes from", "What you keep about people; and, if it is not from the "
         "people themselves, from whom", "s 18(1)(a), (h)(ii)"),
    Part("why", "Why we keep it", "For what you keep it", "s 18(1)(c)"),
    Part("choice", "What you must tell us, and what you may keep to yourself", "Which details people may keep to "
         "themselves, and which you need", "s 18(1)(d)"),
    Part("without", "If you would rather not", "What happens when somebody does not give them", "s 18(1)(e)"),
    Part("law", "Laws that ask for it", "Which laws ask you to collect something; or that none does", "s 18(1)(f)"),
    Part("abroad", "Where it is kept", "Whether details leave South Africa, for where, and how they are "
         "protected there", "s 18(1)(g)"),
    Part("recipients", "Who else sees it", "Who receives details from you: companies that work for you, the tax "
         "authority; or that nobody does", "s 18(1)(h)(i)"),
    Part("keeping", "How long we keep it", "How long you keep details, how long copies of them, and what stays after "
         "somebody was removed", "s 14; s 18(1)(h)"),
    Part("access", "Seeing and correcting your details", "That people may see and correct what you keep, and how",
         "s 18(1)(h)(iii)"),
    Part("objection", "Saying no", "That people may object and may take their consent back at any time, and how",
         "s 18(1)(h)(iv); s 11(3)"),
    Part("complaint", "Complaining", "To whom people may complain: to you, and to the Information Regulator, whose "
         "address must stand here", "s 18(1)(h)(v)"),
)  # fmt: skip
KEYS = frozenset(part.key for part in PARTS)


def missing(parts: Mapping[str, str]) -> list[Part]:
    """The parts that say nothing yet. A notice is not published while there is one."""
    return [part for part in PARTS if not parts.get(part.key, "").strip()]


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[Part]:
    """The parts in which two notices differ."""
    return [part for part in PARTS if old.get(part.key, "") != new.get(part.key, "")]


@dataclass(frozen=True)
class Known:
    """What the portal knows of an organisation, from which a first draft is written."""

    name: str
    address: str = ""
    telephone: str = ""
    email: str = ""
    officer: str = ""
    complaints_email: str = ""
    purposes: tuple[str, ...] = ()
    keeping: tuple[str, ...] = ()  # one sentence for each purpose that says how long
    recipients: tuple[str, ...] = ()
    clause: str = ""  # about details abroad
    backup_days: int = 90


REGULATOR = (
    "The Information Regulator (South Africa), Woodmead North Office Park, 54 Maxwell Drive, Woodmead, Johannesburg, "
    "2191; POPIAComplaints@inforegulator.org.za; inforegulator.org.za."
)


def suggestions(known: Known) -> dict[str, str]:
    """A first draft of each part that can be told from what is known; whoever publishes it reads and mends it."""
    reach = ", ".join(filter(None, [known.address, known.telephone, known.email]))
    officer = f" Our information officer is {known.officer}." if known.officer else ""
    at = known.complaints_email or known.email
    found = {
        "who": f"{known.name}" + (f", {reach}." if reach else ".") + officer,
        "what": "Your name, how to reach you, what you told us about yourself, which messages we sent you, and what "
        "you agreed to. We have it from you.",
        "why": "\n".join(known.purposes),
        "choice": "We need a name, and one way to reach you. All else you may keep to yourself.",
        "without": "Then we cannot write to you. Nothing else happens.",
        "law": "No law asks us to collect these details.",
        "abroad": known.clause or "Your details stay in South Africa.",
        "recipients": "\n".join(known.recipients) or "Nobody receives your details from us.",
        "keeping": "\n".join(
            [
                *known.keeping,
                f"Copies kept against accidents are gone after {known.backup_days} days. Once you are removed we keep "
                "only a coded mark of your address, from which it cannot be read, so that we never write to you again.",
            ]
        ),
        "access": at
        and f"You may ask what we keep about you, free of charge, and have it corrected or removed. Write to {at}.",
        "objection": "You may object to what we do with your details, and take back your consent at any time. Every "
        "message from us has a link for it.",
        "complaint": (f"Complain to us at {at}, or to the Information Regulator.\n" if at else "") + REGULATOR,
    }
    return {key: text for key, text in found.items() if text}
