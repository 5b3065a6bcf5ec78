"""What a form may ask, the very words one agrees to, and when a confirmation is sent (R05; P-11-2, E-17). Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from portal.core.words import _, later

GOOD_FOR = timedelta(days=7)  # the link of a confirmation
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
MOST_UNANSWERED = 3  # confirmations to one address in a month that nobody pressed
FREE_FROM_HERE = 10  # posts in an hour from one network before a captcha is asked for
FREE_OF_FORM = 60  # … to one form, from anywhere
LONGEST = {"title": 120, "intro": 1_000, "thanks": 500, "welcome_subject": 120, "welcome": 4_000}
_ADDRESS = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


@dataclass(frozen=True)
class Asked:
    """A field that a form may have beside the email address."""

    label: str
    kind: str = "text"
    autocomplete: str = "off"
    hint: str = ""
    brief: str = ""  # what it is called where a form is designed


FIELDS: dict[str, Asked] = {
    "first_name": Asked(later("First name"), autocomplete="given-name"),
    "last_name": Asked(later("Last name"), autocomplete="family-name"),
    "organisation": Asked(later("Organisation"), autocomplete="organization"),
    "telephone": Asked(later("Telephone"), "tel", "tel"),
    "town": Asked(later("Town"), autocomplete="address-level2"),
    "birth_date": Asked(later("Birth date"), autocomplete="bday", hint=later("Such as 14 March 1986.")),
    "language": Asked(later("The language you would rather read"), "select", brief="Language"),
}
NOT_ASKED, SHOWN, MUST = "", "shown", "must"
HOW_ASKED = {NOT_ASKED: "Not asked", SHOWN: "May be left out", MUST: "Must be filled in"}


@dataclass(frozen=True)
class Topic:
    """A purpose that people may tick, in the words of the day on which the form was published."""

    id: int
    name: str
    description: str = ""


@dataclass(frozen=True)
class Design:
    """What a form asks, and what follows."""

    title: str
    intro: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)  # of FIELDS -> SHOWN or MUST
    topics: tuple[Topic, ...] = ()
    group_ids: tuple[int, ...] = ()
    thanks: str = ""
    has_welcome: bool = False
    welcome_subject: str = ""
    welcome: str = ""

    @property
    def asked(self) -> list[tuple[str, Asked, bool]]:
        """The fields in their order, each with whether it must be filled in."""
        return [(name, one, self.fields[name] == MUST) for name, one in FIELDS.items() if self.fields.get(name)]

    def kept(self) -> dict[str, Any]:
        """As it is kept in a row."""
        lists = {"topics": [asdict(one) for one in self.topics], "group_ids": list(self.group_ids)}
        return asdict(self) | lists | {"fields": dict(self.fields)}


def design_of(kept: Mapping[str, Any]) -> Design:
    """The design as it was kept."""
    known = {name: kept[name] for name in Design.__dataclass_fields__ if name in kept}
    topics = tuple(Topic(**one) for one in known.pop("topics", ()))
    return Design(**{"title": "", **known, "topics": topics, "group_ids": tuple(known.get("group_ids", ()))})


def without_others(design: Design, topic_ids: Collection[int]) -> Design:
    """The design with these of its purposes alone: the others were put away since."""
    return replace(design, topics=tuple(one for one in design.topics if one.id in topic_ids))


def first_design(organisation: str, topics: Sequence[Topic]) -> Design:
    """What a new form begins with."""
    return Design(
        title=f"News from {organisation}",
        intro="Leave your address, and we write to you when there is something to tell.",
        fields={"first_name": SHOWN, "last_name": SHOWN},
        topics=tuple(topics),
        thanks="We are glad to have you with us.",
        welcome_subject=f"Welcome to {organisation}",
        welcome="Thank you for asking to hear from us. The next letter comes soon.",
    )


def address_of(name: str) -> str:
    """A word for the address of a form, made from its name: Open day 2026 -> open-day-2026."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "form"


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def legend(organisation: str) -> str:
    """What stands above the boxes."""
    return _("%(organisation)s may write to me by email about:", organisation=organisation)


def rights() -> str:
    """What stands below them (P-11-3, s 11(3), s 69)."""
    return _(
        "I may take this back, and I may object to direct marketing, at any time and free of charge: every message has "
        "a link for it."
    )


def wording(organisation: str, topic: Topic) -> str:
    """What somebody agrees to by a tick, word for word in the language he reads; kept with his consent."""
    about = f"{topic.name}. {topic.description}".strip().rstrip(".")
    return f"{legend(organisation)} {about}. {rights()}"


def agreeing_abroad(clause: str) -> str:
    """What somebody agrees to who lets his details go abroad (s 72(1)(b))."""
    return f"{clause} {_('I agree to that.')}"


def is_due(last: datetime | None, unanswered: int, now: datetime) -> bool:
    """Whether a confirmation goes to an address: one a day, and no more once several in a month were left unanswered,
    so that nobody can be pestered through a form.
    """
    return (last is None or now - last >= DAY) and unanswered < MOST_UNANSWERED


def is_over(at: datetime, now: datetime) -> bool:
    """Whether the link of a confirmation does not count any more."""
    return now - at > GOOD_FOR


def asks_captcha(from_here: int, of_form: int) -> bool:
    """Whether a post is judged only with a captcha. The numbers are the posts of the last hour before it."""
    return from_here >= FREE_FROM_HERE or of_form >= FREE_OF_FORM
