"""What the sample organisation wrote before today: three newsletters that were sent, and one being written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import chunked

from portal.campaigns import sending, service
from portal.campaigns.models import FINISHED, Campaign
from portal.consent import purposes
from portal.consent.justifying import justify as justify_for
from portal.consent.recording import keep_wording, record
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery import leaving
from portal.delivery.leaving_rules import ONE_CLICK
from portal.delivery.models import (
    ACCEPTED,
    REFUSED,
    SUPPRESSED,
    UNKNOWN,
    UNSUBSCRIBED,
    WAITING,
    Delivery,
    DeliveryEvent,
)
from portal.sample import aftermath
from portal.sample.people import SamplePerson

HELLO = "<div>Dear [[first name|friend]],</div>"
WORDING = "Yes, write to me each month about what Hope House does, and how I can help."
BEFORE = timedelta(days=200)  # when people said so: before the first of the newsletters
# standing -> what was said, how, where the address comes from, and the words about it
TELLING: dict[str, tuple[str, str, str, str]] = {
    "proven": ("granted", "web", "signed_up", "Asked for the newsletter on the web site and confirmed by email"),
    "asserted": ("granted", "in_person", "own", "Gave the address at the open day in March"),
    "withheld": ("withheld", "telephone", "own", "Was asked by telephone and would rather not"),
    "withdrawn": ("withdrawn", "email", "own", "Wrote that two letters a year are enough"),
}


@dataclass(frozen=True)
class Past:
    """A newsletter: how many days ago it went, and what became of some of the messages."""

    name: str
    subject: str
    body: str
    days: int
    refused: int
    unknown: int
    left: int


PAST = (
    Past("Winter appeal", "A warm meal for every child this winter",
         "<h1>Winter is here</h1>" + HELLO + "<div>Forty children eat with us each evening. "
         '<a href="https://hopehouse.example/give">Give a meal</a> or '
         '<a href="https://hopehouse.example/kitchen">see the kitchen</a>.</div>',
         142, 19, 0, 7),
    Past("Volunteers' evening", "You are invited: an evening of thanks",
         "<h1>Come and eat with us</h1>" + HELLO + "<div>On Friday at six we thank everybody who helped. "
         '<a href="https://hopehouse.example/evening">Tell us that you come</a>.</div>',
         77, 4, 1, 2),
    Past("Spring newsletter", "Spring at Hope House",
         "<h1>Spring at Hope House</h1>" + HELLO + "<div>The homework club has a new room. "
         '<a href="https://hopehouse.example/homework">Come and look</a>, or '
         '<a href="https://hopehouse.example/volunteer">help for an hour a week</a>.</div>',
         2, 11, 2, 5),
)  # fmt: skip


def fill(groups: dict[str, int]) -> None:
    """Write the past newsletters with their history, and the draft."""
    for past in PAST:
        wanted = ["Volunteers"] if past.name.startswith("Volunteers") else ["Newsletter"]
        _send(past, [groups[name] for name in wanted])
    draft = service.create("Year-end letter")
    draft = service.change(
        draft,
        draft.version,
        subject="Thank you for this year, [[first name|friend]]",
        preheader="What you made possible",
        body="<h1>Thank you</h1>" + HELLO + "<div>This year you gave 214 children a place to learn.</div>",
    )
    sending.choose_audience(draft, [groups["Donors"]], [groups["Volunteers"]])


def justify(ids: list[int], people: list[SamplePerson]) -> None:
    """Record on what ground each contact may be written to: proven, asserted, withheld; of some nothing is known."""
    news, work = (purpose.id for purpose in purposes.current()[:2])
    wording = keep_wording(WORDING).id
    told: dict[str, list[int]] = {standing: [] for standing in TELLING}
    for contact_id, person in zip(ids, people, strict=True):
        if person.standing in told:
            told[person.standing].append(contact_id)
    with transaction():
        for standing, (kind, method, source, detail) in TELLING.items():
            few = told[standing]
            if standing == "withdrawn":
                record(few, purpose_id=news, channels=["email"], kind="granted", method="paper", at=now() - 2 * BEFORE)
            proof = {"proof": "proven", "wording_id": wording} if standing == "proven" else {}
            record(
                few, purpose_id=news, channels=["email"], kind=kind, method=method, source=source, detail=detail,
                at=now() - BEFORE, **proof,
            )  # fmt: skip
        helpers = [*told["withheld"], *told["withdrawn"], *told["proven"][::3]]
        justify_for(helpers, purpose_id=work, basis="our_interest", detail="Helps us, or is helped by us")


def _send(past: Past, group_ids: list[int]) -> None:
    at = now() - timedelta(days=past.days)
    made = service.create(past.name)
    made = service.change(made, made.version, subject=past.subject, body=past.body)
    sending.choose_audience(made, group_ids, [])
    with transaction():
        sending.start(service.find(made.id))
        ids = [row[0] for row in Delivery.select(Delivery.id).where(*_of(made, WAITING)).order_by(Delivery.id).tuples()]
        odd = ids[5 :: max(1, len(ids) // (past.refused + past.unknown + 1))]
        _end(odd[: past.refused], REFUSED, "550 5.1.1 user unknown", at)
        _end(odd[past.refused : past.refused + past.unknown], UNKNOWN, "data: the connection broke", at)
        rest = [i for i in ids if i not in set(odd[: past.refused + past.unknown])]
        for minute, some in enumerate(chunked(rest, 150)):
            _end(list(some), ACCEPTED, "250 2.0.0 Ok: queued", at + timedelta(minutes=minute))
        Delivery.update(ended_at=at, created_at=at).where(*_of(made, SUPPRESSED)).execute()
        ended = at + timedelta(minutes=len(ids) // 150 + 1)
        Campaign.update(state=FINISHED, is_caught=0, created_at=at, started_at=at, ended_at=ended, updated_at=at).where(
            Campaign.id == made.id
        ).execute()
        aftermath.fill(made.id, at, odd[: past.refused], rest)
        for row in Delivery.select().where(Delivery.id.in_(rest[3 :: max(1, len(rest) // past.left)][: past.left])):
            leaving.unsubscribe(row, how=ONE_CLICK)
        later = at + timedelta(hours=5)
        left = (DeliveryEvent.campaign_id == made.id) & (DeliveryEvent.kind == UNSUBSCRIBED)
        DeliveryEvent.update(at=later).where(left).execute()


def _of(made: Campaign, state: str) -> tuple[object, ...]:
    return Delivery.campaign_id == made.id, Delivery.state == state


def _end(ids: list[int], state: str, reply: str, at: datetime) -> None:
    for few in chunked(ids, 400):
        Delivery.update(state=state, reply=reply, handed_at=at, ended_at=at, created_at=at, attempts=1).where(
            Delivery.id.in_(list(few))
        ).execute()
