"""Signs that a list was bought, by what stands in the file. Pure: the same facts give the same signs.

No sign proves anything by itself. They are added up, shown to whoever imports, and kept; a high sum asks for evidence.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

HIGH = 60  # from here on evidence is asked for, whatever the source, and support sees the organisation
ENOUGH = 20  # addresses below which a share of them says nothing
ROLES = frozenset({
    "abuse", "accounts", "accounting", "admin", "administrator", "bookings", "careers", "contact", "customercare",
    "customerservice", "enquiries", "enquiry", "feedback", "finance", "general", "hello", "help", "helpdesk",
    "hr", "info", "inquiries", "jobs", "legal", "mail", "marketing", "media", "no-reply", "noreply", "office",
    "orders", "postmaster", "press", "privacy", "reception", "sales", "secretary", "service", "support", "team",
    "webmaster",
})  # fmt: skip
# Where many people have an address, many rows of one domain say nothing, and few rows neither.
EVERYBODYS = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "outlook.com", "hotmail.com", "live.com",
    "icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com", "webmail.co.za", "mweb.co.za",
    "telkomsa.net", "vodamail.co.za", "absamail.co.za", "iafrica.com", "lantic.net", "mtnloaded.co.za",
})  # fmt: skip
_OF_SELLERS = re.compile(
    r"(?i)\b(?:b2b|leads?\s?list|sales\s?leads|mailing\s?list\s?\d+k?|e?mail\s?database|consumer\s?database|"
    r"business\s?database|verified\s?emails?|opt-?\s?in\s?(?:database|list)|purchased|bought|scraped?|data\s?broker|"
    r"apollo|zoominfo|lusha|rocketreach|hunter\s?io|seamless|decision\s?makers?|\d+k\s?(?:emails?|contacts|leads))\b"
)
_HEADINGS_OF_SELLERS = re.compile(
    r"(?i)\b(?:lead\s?(?:id|source|score|status)|email\s?(?:status|verification|confidence|score)|verification\s?status|"
    r"linkedin(?:\s?url)?|employees|#\s?employees|annual\s?revenue|company\s?size|sic\s?codes?|naics|seniority|"
    r"catch-?all|data\s?source|scrape\s?date|list\s?id|job\s?level|technologies)\b"
)


@dataclass(frozen=True)
class Facts:
    """What was counted in a file, or in its first rows."""

    rows: int = 0
    addresses: int = 0  # rows with an email address
    unnamed: int = 0  # of those, without any name
    roles: int = 0  # of the addresses, such as info@
    domains: int = 0  # different ones, without those of everybody
    own_domain: int = 0  # addresses that are not of everybody's domains
    bare: int = 0  # rows in which nothing stands but an address
    in_order: int = 0  # addresses that follow, by the alphabet, the one before
    refused: int = 0  # addresses known to be undeliverable, or to have asked not to be written to
    seller_headings: int = 0
    seller_name: int = 0  # 1: the file is called as sellers call theirs


@dataclass(frozen=True)
class Sign:
    points: int
    applies: Callable[[Facts], bool]
    numbers: Callable[[Facts], tuple[int, int]]
    words: str  # with {n} and {of}


def _share(part: int, whole: int, at_least: float) -> bool:
    return whole >= ENOUGH and part >= whole * at_least


SIGNS: dict[str, Sign] = {
    "seller_name": Sign(
        40, lambda f: f.seller_name > 0, lambda f: (f.seller_name, 1),
        "The file is called as sellers of lists call theirs.",
    ),
    "seller_headings": Sign(
        30, lambda f: f.seller_headings > 1, lambda f: (f.seller_headings, 0),
        "{n} columns are called as in lists that are sold.",
    ),
    "unnamed": Sign(
        20, lambda f: _share(f.unnamed, f.addresses, 0.8), lambda f: (f.unnamed, f.addresses),
        "{n} of {of} rows with an email address have no name.",
    ),
    "bare": Sign(
        15, lambda f: _share(f.bare, f.rows, 0.9), lambda f: (f.bare, f.rows),
        "{n} of {of} rows hold an address and nothing else.",
    ),
    "roles": Sign(
        25, lambda f: _share(f.roles, f.addresses, 0.3), lambda f: (f.roles, f.addresses),
        "{n} of {of} addresses belong to an office, not to a person: info@, sales@ and the like.",
    ),
    "domains": Sign(
        20, lambda f: _share(f.own_domain, f.addresses, 0.5) and f.domains >= f.own_domain * 0.8,
        lambda f: (f.domains, f.own_domain),
        "{of} addresses of organisations are spread over {n} domains, hardly two at one place.",
    ),
    "in_order": Sign(
        15, lambda f: _share(f.in_order, f.addresses - 1, 0.98), lambda f: (f.in_order, f.addresses),
        "The addresses stand in the order of the alphabet, as a program gathers them.",
    ),
    "refused": Sign(
        30, lambda f: f.addresses >= ENOUGH and f.refused >= max(3, f.addresses * 0.05),
        lambda f: (f.refused, f.addresses),
        "{n} of {of} addresses could not be reached before, or asked not to be contacted.",
    ),
}  # fmt: skip


def signs_in(facts: Facts) -> list[tuple[str, int, int]]:
    """The signs that apply, with the numbers of their sentence."""
    return [(name, *sign.numbers(facts)) for name, sign in SIGNS.items() if sign.applies(facts)]


def score_of(signs: Iterable[Sequence[Any]]) -> int:
    """The points of these signs together, at most a hundred."""
    return min(100, sum(SIGNS[one[0]].points for one in signs if one[0] in SIGNS))


def sentences(signs: Iterable[Sequence[Any]]) -> list[tuple[str, int]]:
    """Signs as they were kept, in words, each with its points."""
    return [
        (SIGNS[name].words.format(n=_number(n), of=_number(of)), SIGNS[name].points)
        for name, n, of in signs
        if name in SIGNS
    ]


def is_high(score: int) -> bool:
    return score >= HIGH


def is_of_seller(filename: str) -> bool:
    """Whether a file is called as sellers of lists call theirs."""
    return bool(_OF_SELLERS.search(re.sub(r"[_.\-]+", " ", filename)))


def seller_headings(headings: Iterable[str]) -> int:
    """How many of these headings stand in lists that are sold, and hardly in anybody's own."""
    return sum(bool(_HEADINGS_OF_SELLERS.search(heading.replace("_", " "))) for heading in headings)


@dataclass
class Count:
    """Counts a file row by row."""

    rows: int = 0
    addresses: int = 0
    unnamed: int = 0
    roles: int = 0
    bare: int = 0
    in_order: int = 0
    own_domain: int = 0
    refused: int = 0
    domains: set[str] = field(default_factory=set)
    _before: str = ""

    def add(self, emails: Sequence[str], *, has_name: bool, filled: int) -> None:
        """A row with these normalised addresses, so many of whose cells are filled."""
        self.rows += 1
        if not emails:
            return
        local, _, domain = emails[0].partition("@")
        self.addresses += 1
        self.unnamed += not has_name
        self.bare += filled == 1
        self.roles += local in ROLES
        self.in_order += bool(self._before) and self._before <= emails[0]
        self._before = emails[0]
        if domain not in EVERYBODYS:
            self.own_domain += 1
            self.domains.add(domain)

    def facts(self, filename: str, headings: Iterable[str]) -> Facts:
        return Facts(
            self.rows, self.addresses, self.unnamed, self.roles, len(self.domains), self.own_domain, self.bare,
            self.in_order, self.refused, seller_headings(headings), int(is_of_seller(filename)),
        )  # fmt: skip


def _number(value: Any) -> str:
    return f"{int(value):,}"
