"""The words of lawful basis: as they are stored, and as people read them. Pure."""

from portal.contacts.sensitive import GROUNDS

# POPIA s 11(1)(a) to (f).
BASES: dict[str, str] = {
    "consent": "The person agreed (s 11(1)(a))",
    "contract": "It is needed for an agreement with the person (s 11(1)(b))",
    "law": "The law obliges us (s 11(1)(c))",
    "subject_interest": "It protects an interest of the person (s 11(1)(d))",
    "public_duty": "It is needed for a duty of a public body (s 11(1)(e))",
    "our_interest": "It is needed for our work, and the person would expect it (s 11(1)(f))",
}
# What special information (ss 27 to 33) and that of children (s 35) is kept on.
SPECIAL_BASES: dict[str, str] = {f"special_{name}": words for name, words in GROUNDS.items()}
CHILD_BASES: dict[str, str] = {
    "child_competent": "A parent or guardian agreed, for a child (s 35(1)(a))",
    "child_law": "It is needed for a right or duty in law, for a child (s 35(1)(b))",
    "child_treaty": "It is needed for a duty of international public law, for a child (s 35(1)(c))",
    "child_research": "It is for history, statistics or research, with safeguards, for a child (s 35(1)(d))",
    "child_public": "The child, helped by a parent or guardian, has made it public (s 35(1)(e))",
}
ALL_BASES = BASES | SPECIAL_BASES | CHILD_BASES

CHANNELS: dict[str, str] = {"email": "email", "sms": "SMS", "telephone": "telephone", "post": "post"}
KINDS: dict[str, str] = {
    "requested": "Was asked",
    "granted": "Agreed",
    "withheld": "Was asked, and said no",
    "withdrawn": "Took the consent back",
    "objected": "Objected to all direct marketing",
    "expired": "The consent ran out",
    "reconfirmed": "Agreed again",
}
GRANTS = frozenset({"granted", "reconfirmed"})
REFUSALS = frozenset({"withheld", "withdrawn", "objected"})
METHODS: dict[str, str] = {
    "paper": "on paper",
    "email": "by email",
    "web": "on a web page",
    "telephone": "by telephone",
    "sms": "by SMS",
    "in_person": "in person",
    "import": "told by whoever brought the file",
    "link": "by a link in a message",
    "merged": "said by one of two contacts that were merged",
}
GIVEN_BY: dict[str, str] = {"self": "the person", "competent": "a parent or guardian"}
RESTRICTIONS: dict[str, str] = {
    "contested": "The person says that something is wrong, and it is being looked into",
    "proof": "It is kept only as proof",
    "unlawful": "It should not be kept, but the person does not want it destroyed",
    "portability": "The person wants it passed on",
}
SUPPRESSED: dict[str, str] = {
    "unsubscribed": "unsubscribed",
    "complained": "complained about a message",
    "objected": "objected",
    "erased": "asked to be forgotten",
    "staff": "told a colleague",
}
UNRECORDED = "unrecorded, not valid evidence"


def is_evidence(method: str, *, document_id: int | None, recording: str, wording_id: int | None) -> bool:
    """Whether what was said can be shown to others later (P-11-2): a paper, a recording, or the very words somebody
    agreed to by an act of his own. A call counts only with its recording (P-11-7).
    """
    if method == "telephone":
        return bool(recording.strip()) or document_id is not None
    return document_id is not None or wording_id is not None
