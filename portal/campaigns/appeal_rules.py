"""Does a text ask for gifts? Then it is direct marketing, whatever it is called (POPIA s 1; domain.md P-1-6). Pure.

A suggestion only: who writes the letter decides, and the reason stands with the campaign.
"""

import re

from portal.contacts.names import fold

_WORDS = (
    "donat", "donor", "give a gift", "your gift", "a gift of", "please give", "support our work", "support us",
    "contribut", "pledge", "tithe", "offering", "fundrais", "sponsor", "debit order", "banking details", "bank details",
    "eft", "snapscan", "zapper", "skenk", "donasie", "bydrae", "kollekte", "tiende", "borg", "nikela", "umnikelo",
    "buy", "raffle", "special offer", "discount",
)  # fmt: skip
_STEMS = frozenset({"donat", "contribut", "fundrais", "sponsor", "pledge", "skenk", "bydrae", "nikela"})
_PLACES = (
    "payfast", "paypal", "givengain", "backabuddy", "yoco", "snapscan", "zapper", "quicket", "doit4charity", "/donate",
    "/give", "/skenk", "/support-us", "paystack",
)  # fmt: skip
_LINK = re.compile(r'href="([^"]*)"', re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def sounds_like_appeal(subject: str, body: str) -> str:
    """The word or link that asks for a gift or promotes something, as it stands in our list; else ""."""
    for link in _LINK.findall(body):
        for place in _PLACES:
            if place in link.lower():
                return place.strip("/")
    text = fold(f"{subject} {_TAG.sub(' ', body)}")
    for word in _WORDS:
        end = "" if word in _STEMS else r"\b"
        if re.search(rf"\b{re.escape(word)}{end}", text):
            return word
    return ""
