"""The twenty duties that the host's paper on the Protection of Personal Information Act names (R73), in plain words."""

from dataclasses import dataclass
from enum import StrEnum


class Whose(StrEnum):
    YOURS = "yours"
    HOST = "host"
    BOTH = "both"


WHOSE = {Whose.YOURS: "Yours", Whose.HOST: "The host's", Whose.BOTH: "The host's and yours"}


@dataclass(frozen=True)
class Duty:
    """`words` say what is to be done, `done_by_host` what the portal does of it; it comes again after `months`."""

    title: str
    words: str
    law: str
    whose: Whose
    chapter: str
    done_by_host: str = ""
    months: int = 12


_BASIS, _QUALITY, _RECORDS = "A purpose, or consent", "The quality of what you keep", "Records of what is done"
_USERS, _SITE, _ABROAD, _SENDER = "Safety: people", "Safety: the website", "Details abroad", "Who writes"
_BOUGHT = "Bought lists"

DUTIES: dict[str, Duty] = {
    "purpose": Duty(
        "Keep people only for a purpose, or with their consent",
        "Everybody you keep is kept for a purpose of your work that you have written down, or agreed to it.",
        "POPIA sections 11 and 13", Whose.YOURS, _BASIS,
        "The register of purposes, a ground for each contact, and the list of those without one.",
    ),
    "proof": Duty(
        "Be able to prove consent",
        "Who says that a person agreed must prove it. Keep the paper, the recording or the mail with the consent.",
        "POPIA section 11(2)", Whose.YOURS, _BASIS,
        "Each consent keeps its wording, date and evidence; what was only told is marked as such.",
    ),
    "special": Duty(
        "Be careful with faith, health and children",
        "Faith, health, politics, union membership and details of children are kept only where the law allows it.",
        "POPIA sections 26 to 35", Whose.YOURS, _BASIS,
        "Fields and groups can be marked as sensitive, and are then hidden from most users.",
    ),
    "access": Duty(
        "Let each user see only what the work needs",
        "Take away what a colleague does not need: groups, sets of data, pages, gifts, certificates, reports, files.",
        "POPIA section 19(1)", Whose.YOURS, _BASIS,
        "Rights for each user, asked at every page, list, file and command.",
    ),
    "review": Duty(
        "Look through the users' rights regularly",
        "Somebody goes through the users one by one, keeps or changes what each may see, and signs.",
        "POPIA section 19(2)", Whose.YOURS, _BASIS,
        "The report on users, the review with its signed paper, and a reminder every 90 days.", 3,
    ),
    "users_details": Duty(
        "Use the users' own details for nothing else",
        "Email addresses and telephones of users, and cookies that know a device, serve signing in and nothing else.",
        "POPIA sections 13 and 15", Whose.HOST, _BASIS,
        "Devices are known by a cookie only to see who signs in; nothing of it is passed on.",
    ),
    "up_to_date": Duty(
        "Keep details right, and let people see and correct theirs",
        "Answer who asks what you keep of him, and correct it. Offer this in your letters from time to time.",
        "POPIA sections 16, 23 and 24", Whose.YOURS, _QUALITY,
        "Each person has a page of his own, reached by a link, where he sees and corrects his details.",
    ),
    "outdated": Duty(
        "Delete those whom you no longer write to",
        "When the purpose is over the details are deleted, or made so that they point to nobody.",
        "POPIA section 14", Whose.YOURS, _QUALITY,
        "Rules say how long contacts are kept, and each night find those who are due; a report shows whom nobody "
        "writes to any more.",
    ),
    "opt_out": Duty(
        "Let everybody unsubscribe, and remember it",
        "Every bulk message has a link to leave. Whoever left is never written to again, however he comes back.",
        "POPIA sections 11(3) and 69", Whose.HOST, _QUALITY,
        "The link cannot be left out. Addresses of those who left stay blocked in imports, merges and forms.",
    ),
    "undeliverable": Duty(
        "Correct addresses that cannot be reached",
        "Look through what came back, and correct it or take it out.",
        "POPIA section 16", Whose.YOURS, _QUALITY,
        "What comes back is read, and stands with its reason at the contact and in a report.", 1,
    ),
    "duplicates": Duty(
        "Merge people who are kept twice",
        "Somebody who is kept twice is half right in each place, and may be written to twice.",
        "POPIA section 16", Whose.YOURS, _QUALITY,
        "Contacts that are alike are found, set side by side and merged; adding one warns of another like it.", 3,
    ),
    "records": Duty(
        "Keep a record of all that is done with details",
        "Who was added, changed, written to or left, by whom and when, can be looked up and was not edited since.",
        "POPIA section 17", Whose.BOTH, _RECORDS,
        "The diary, the activity report and the time line; the record is a chain that can be checked.", 3,
    ),
    "signing_in": Duty(
        "Good passwords, and a second factor",
        "Each user has an account of his own and a password that nobody guesses; ask for a second factor.",
        "POPIA section 19", Whose.BOTH, _USERS,
        "Unknown devices are confirmed by mail; a picture is asked for after the third wrong password, and support is "
        "told of the tenth.",
    ),
    "outside": Duty(
        "Look after what leaves the portal",
        "Lists that are mailed, printed or kept elsewhere are as much your duty. Destroy them once they are used.",
        "POPIA section 19", Whose.YOURS, _USERS,
        "Each file of contacts says what for, for whom and until when, carries a mark, and is listed until it is "
        "destroyed.", 3,
    ),
    "website": Duty(
        "Keep the website safe",
        "Connections are encrypted, sign-ins come from known countries only, the server is looked after.",
        "POPIA section 19", Whose.HOST, _SITE,
        "Encrypted connections, a list of countries, strict rules for what a page may load.",
    ),
    "backups": Duty(
        "Back up every day, and know that it can be put back",
        "Backups are made daily, encrypted, kept for 90 days, and tried out.",
        "POPIA section 19(1)(b)", Whose.HOST, _SITE, "", 6,
    ),
    "documents": Duty(
        "Keep documents where nobody comes by chance",
        "Uploaded documents and pictures are reached through the portal only, by whoever may see them.",
        "POPIA section 19", Whose.HOST, _SITE,
        "Documents are encrypted, have no public address, and are looked through for harmful programs.",
    ),
    "abroad": Duty(
        "Know where details are, and on what ground they are abroad",
        "Whoever keeps or passes on details outside South Africa is written down, with the ground for it.",
        "POPIA section 72", Whose.BOTH, _ABROAD,
        "The register of where details go. Nothing is sent through a server abroad without a ground.",
    ),
    "sender": Duty(
        "Say who writes, and take complaints",
        "Each message names you and how to reach you. Somebody answers for privacy and takes complaints.",
        "POPIA sections 18, 55 and 69(4)", Whose.BOTH, _SENDER,
        "Your name, address, telephone and email stand at the foot of every message.",
    ),
    "bought": Duty(
        "Take no lists that were bought",
        "Take over details from others only when these people agreed to it. Whoever buys lists may be suspended.",
        "POPIA sections 11, 12 and 69", Whose.YOURS, _BOUGHT,
        "Each import is declared and signed; signs of a bought list are shown, and evidence is asked for.",
    ),
}  # fmt: skip
