"""Special personal information: on what grounds it may be kept (POPIA ss 27 to 33), and which names sound like it.

Without a ground and a note nothing is saved as special; a name that sounds special is only remarked on.
"""

from portal.contacts.names import fold
from portal.core.permissions import Sensitivity

# The ground as it is stored -> its words, with the section of the Act.
GROUNDS: dict[str, str] = {
    "consent": "Each person has consented (s 27(1)(a))",
    "law": "It is needed for a right or duty in law (s 27(1)(b))",
    "treaty": "It is needed for a duty of international public law (s 27(1)(c))",
    "research": "It is for history, statistics or research, with safeguards (s 27(1)(d))",
    "public": "Each person has made it public on purpose (s 27(1)(e))",
    "religion": "We are a church or religious body and these are our members (s 28)",
    "origin": "It identifies people where that is essential, or advances those disadvantaged by discrimination (s 29)",
    "union": "We are a trade union and these are our members (s 30)",
    "politics": "We are a political body and these are our members or staff (s 31)",
    "health": "We give care, school or support for which health must be known (s 32)",
    "crime": "The law charges us with criminal or biometric information (s 33)",
}
# What a field or a group can be: its words, and what is meant by it.
CLASSES: dict[Sensitivity, tuple[str, str]] = {
    Sensitivity.ORDINARY: ("Ordinary", "nothing that would trouble anybody, such as a shirt size"),
    Sensitivity.IDENTIFIER: ("Identity or tax number", "tells who somebody is, such as a passport number"),
    Sensitivity.SPECIAL: ("Special", "faith, health, race, union, politics, sex life, crime, biometrics"),
    Sensitivity.CHILD: ("About children", "such as a school or a guardian"),
    Sensitivity.FINANCIAL: ("Financial", "about money, such as a bank account or an income"),
}
# What a name tells -> beginnings of words (folded) that give it away. A suggestion only.
_SOUNDS = {
    "faith": (
        "confirm", "baptis", "baptiz", "communic", "lidmaat", "lidmate", "parish", "congregat", "member of the church",
        "muslim", "christian", "jewish", "hindu", "catholic", "anglican", "methodist", "elders", "deacon", "belydenis",
    ),
    "race or origin": ("race", "ethnic", "african women", "coloured", "indian learners", "white", "black"),
    "a trade union": ("union", "shop steward", "cosatu", "numsa", "sadtu"),
    "politics": ("party member", "political", "anc", "da members", "eff", "ifp", "voters"),
    "health": (
        "hiv", "aids", "tb", "patient", "disab", "health", "clinic", "cancer", "diabet", "autis", "addict", "rehab",
        "mental", "pregnan", "wheelchair", "deaf", "blind", "dementia", "arv",
    ),
    "sex life": ("lgbt", "gay", "lesbian", "transgender"),
    "crime": ("offender", "prison", "convict", "parole", "crime", "criminal", "inmate"),
}  # fmt: skip
_WHOLE = frozenset({"anc", "eff", "ifp", "tb", "aids", "race", "white", "black", "union", "gay", "deaf", "blind"})


class NoAuthorisation(ValueError):
    """Special information was to be kept without a ground in law, or without a note that explains it."""


def check_sensitive(sensitivity: str, ground: str, note: str) -> None:
    """Raise NoAuthorisation when special information has no ground of GROUNDS or no note (P-26-2)."""
    if sensitivity != Sensitivity.SPECIAL:
        return
    if ground not in GROUNDS:
        raise NoAuthorisation("Choose on what ground special information may be kept.")
    if not note.strip():
        raise NoAuthorisation("Write a sentence on how this ground is met, such as where the consents are kept.")


def sounds_special(name: str) -> str:
    """What a name such as "HIV support" or "Confirmed members" tells of people: "health", "faith"; else ""."""
    text = fold(name)
    words = text.replace("-", " ").replace("/", " ").split()
    for told, beginnings in _SOUNDS.items():
        for beginning in beginnings:
            if " " in beginning:
                found = beginning in text
            elif beginning in _WHOLE:
                found = beginning in words
            else:
                found = any(word.startswith(beginning) for word in words)
            if found:
                return told
    return ""
