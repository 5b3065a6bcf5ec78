"""What can happen to people and campaigns, done with the portal's own services; each told to the witness as well.

Nothing of the portal is replaced but the mail server: `Road` stands where its connection does, and asks the witness
about each message at the instant at which it leaves.
"""

import io
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from portal.accounts import service as accounts
from portal.asking import service as asking
from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.campaigns.models import Campaign
from portal.consent import purposes, restricting, telling
from portal.consent.queries import Candidate, facts
from portal.consent.rules import Aim, Allow, PurposeClass, may_send
from portal.contacts import record, relations, states
from portal.contacts import service as contacts
from portal.contacts.address_guards import AddressRefused
from portal.contacts.models import Contact, Email
from portal.contacts.more_models import Relation
from portal.contacts.relation_rules import Entered
from portal.core.db import transaction
from portal.core.tenancy import Org
from portal.delivery import bouncing, engine, leaving, ledger, owners
from portal.delivery.models import ACCEPTED, UNKNOWN, Delivery
from portal.gateways.smtp import Lost
from portal.gateways.smtp_wire import Reply
from portal.imports import running, undoing
from portal.imports import service as imports
from portal.support import suspending
from tests.oracle.witness import ANSWER, INFORMATION, MARKETING, REQUEST, Ground, Mailing, Person, Witness

FEWEST, MOST = 5, 16
ADDRESSES = [f"a{n}@example.org" for n in range(20)]
OK = Reply(250, "kept")
ANSWERS = (OK, OK, OK, OK, OK, OK, Reply(450, "busy", "4.2.2"), Reply(552, "full", "5.2.2"),
           Lost("data", "gone"), Lost("data", "gone", may_have_sent=True))  # fmt: skip
BEFORE = (OK,) * 12 + (Reply(550, "nobody here", "5.1.1"), Lost("envelope", "gone"))


class Cried(AssertionError):
    """A message left that must not leave."""


class Road:
    """Where messages leave: in the place of a run's connection to the mail server."""

    is_open = True

    def __init__(self, world: "World", dice: Random) -> None:
        self.world, self.dice = world, dice
        self.recipient = ""

    def open(self) -> "Road":
        return self

    def close(self) -> None:
        pass

    reset = close

    def prepare(self, _sender: str, recipient: str) -> Reply:
        self.recipient = recipient
        answer = self.dice.choice(BEFORE)
        if isinstance(answer, Lost):
            raise answer
        return answer

    def transmit(self, message: bytes) -> Reply:
        answer = self.dice.choice(ANSWERS)
        self.world.leaves(self.recipient, message, answer)
        if isinstance(answer, Lost):
            raise answer
        return answer


class World:
    """One organisation, a few dozen people who share a few addresses, and campaigns of every kind."""

    def __init__(self, org: Org, folder: Path) -> None:
        self.org, self.folder = org, folder
        self.witness = Witness()
        self.group = contacts.add_group("Everybody")
        first, second = purposes.everything()
        events = purposes.add(purposes.Line("Events", "To invite people", "direct_marketing"))
        receipts = purposes.add(purposes.Line("Receipts", "To answer gifts", "transactional", "law"))
        self.purposes = {first.id: MARKETING, events.id: MARKETING, second.id: INFORMATION, receipts.id: ANSWER}
        self.names = 0
        self.claimed: dict[int, list[Delivery]] = {}  # by campaign: taken by a worker, and not handed over yet
        self.campaign = 0  # the one that is being sent
        self.imports: list[int] = []
        self.unions: list[Any] = []  # later.Union: who was made one with whom
        self.left = 0
        self.let_through = 0

    # ------------------------------------------------------------------------------ leaving

    def leaves(self, address: str, message: bytes, answer: Reply | Lost) -> None:
        """A message is on the wire: ask the witness, before anything else can happen."""
        name = next(line for line in message.split(b"\n") if line.startswith(b"To: ")).decode()[4:].split()[0]
        number = next((n for n, person in self.witness.people.items() if person.name == name.strip('"')), 0)
        objection = self.witness.objection(number, address, self.campaign)
        if objection:
            raise Cried(f"{name} at {address}, {self.witness.mailings[self.campaign]}: {objection}")
        self.left += 1
        was_sent = not isinstance(answer, Lost) or answer.may_have_sent
        if (
            self.witness.mailings[self.campaign].kind == MARKETING
            and was_sent
            and (isinstance(answer, Lost) or answer is OK)
        ):
            self.witness.people[number].had.append(datetime.now(UTC))
        if was_sent and (isinstance(answer, Lost) or not answer.is_transient):
            self.witness.reached.add((self.campaign, address))
            if self.witness.mailings[self.campaign].kind == REQUEST:
                self.witness.asked.add(address)
                self.witness.people[number].asked = True

    def claim(self, dice: Random) -> None:
        """A worker takes some rows; what happens between this and the hand-over is what the gate is asked again for."""
        running_ones = [i for i, mailing in self.witness.mailings.items() if mailing.runs and i not in self.claimed]
        if running_ones:
            campaign_id = dice.choice(running_ones)
            rows = ledger.claim(campaign_id, owners.me(), dice.randint(1, 4))
            if rows:
                self.claimed[campaign_id] = rows

    def hand(self, dice: Random) -> None:
        """The worker hands over what it took, else what is due of some campaign."""
        if not self.claimed:
            self.claim(dice)
        if not self.claimed:
            return
        self.campaign = dice.choice(sorted(self.claimed))
        rows = self.claimed.pop(self.campaign)
        aim = campaigns.aim_of(campaigns.find(self.campaign))
        outcome = engine.Outcome()
        with suppress(engine._Stop):
            engine._send(rows, sending.CHANNEL, aim, Road(self, dice), outcome, monotonic() + 600)  # type: ignore[arg-type]
        due = {"due": None}
        Delivery.update(due).where(Delivery.campaign_id == self.campaign, Delivery.due.is_null(False)).execute()
        self.learn_unreachable()
        if sending.settle(self.campaign):
            self.witness.mailings[self.campaign].runs = False

    # ------------------------------------------------------------------------------ people

    def somebody(self, dice: Random, flag: str = "") -> int:
        """Anybody; with a state that can be taken back, mostly somebody in it, so that most people are in none."""
        there = [n for n, person in self.witness.people.items() if not person.gone]
        held = [n for n in there if flag and getattr(self.witness.people[n], flag)]
        return dice.choice(held if held and dice.random() < 0.7 else there)

    def contact(self, number: int) -> Contact:
        return contacts.find(number)

    def count(self) -> int:
        return sum(not person.gone for person in self.witness.people.values())

    def add(self, dice: Random) -> None:
        if self.count() >= MOST:
            return
        self.names += 1
        name, address = f"N{self.names}", dice.choice([*ADDRESSES, ""])
        born = date(2015, 3, 1) if dice.random() < 0.2 else date(1980, 3, 1) if dice.random() < 0.5 else None
        try:
            made = contacts.add(first_name=name, last_name="Dube", email=address, birth_date=born)
        except AddressRefused:
            return
        contacts.group_contacts([made.id], self.group.id)
        self.witness.people[made.id] = Person(name, [address] if address else [], born)
        if dice.random() < 0.7:
            self.agree(made.id, dice)

    def agree(self, number: int, dice: Random) -> None:
        """A colleague writes down that somebody agreed, as he was told."""
        for purpose in self.purposes:
            if dice.random() < 0.7:
                word = telling.Word(purpose, "granted", ["email"], "in_person", detail="at the open day")
                telling.tell(self.contact(number), word)
                self.witness.said(number, "yes", purpose)

    def change_address(self, dice: Random) -> None:
        number = self.somebody(dice)
        contact = self.contact(number)
        addresses = dice.sample(ADDRESSES, dice.choice((0, 1, 1, 1, 2)))
        held = {e.normal: e.id for e in Email.select().where(Email.contact_id == number)}
        lines = [contacts.Line(held.get(one), "", one, n == 0) for n, one in enumerate(addresses)]
        try:
            contacts.change_emails(contact, contacts.stamp(contact, "emails"), lines)
        except AddressRefused:
            return
        self.witness.people[number].addresses = addresses
        self.witness.forget_unreachable()

    def be_born(self, dice: Random) -> None:
        number = self.somebody(dice)
        contact = self.contact(number)
        born = dice.choice((date(2015, 3, 1), date(1980, 3, 1), None))
        contacts.change_details(
            contact, contacts.stamp(contact, "details"), first_name=contact.first_name, birth_date=born
        )
        self.witness.people[number].born = born

    def die(self, dice: Random) -> None:
        number = self.somebody(dice, "dead")
        person, contact = self.witness.people[number], self.contact(number)
        if person.dead:
            states.unmark_deceased(contact)
        else:
            states.mark_deceased(contact, datetime.now(UTC).date(), "Her daughter telephoned.")
        person.dead = not person.dead

    def put_away(self, dice: Random) -> None:
        number = self.somebody(dice, "put_away")
        person, contact = self.witness.people[number], self.contact(number)
        (states.unarchive(contact) if person.put_away else states.archive(contact, "Moved away."))
        person.put_away = not person.put_away

    def space_out(self, dice: Random) -> None:
        """Somebody chooses how often he wants to be written to."""
        number = self.somebody(dice)
        days = dice.choice((0, 0, 7, 30))
        with transaction():
            record.change(self.contact(number), "contact.details_changed", spacing=days)
        self.witness.people[number].spacing = days

    def restrict(self, dice: Random) -> None:
        number = self.somebody(dice, "restricted")
        person = self.witness.people[number]
        if person.restricted:
            restricting.lift(number, "By letter, on Monday.")
        else:
            restricting.restrict(number, dice.choice(("contested", "proof")))
        person.restricted = not person.restricted

    def relations(self) -> set[int]:
        return {row[0] for row in Relation.select(Relation.id).tuples()}

    # ------------------------------------------------------------------------------ what they say

    def tell(self, dice: Random) -> None:
        """A colleague writes down what somebody said, today or some days ago."""
        number, purpose = self.somebody(dice), dice.choice(sorted(self.purposes))
        kind = dice.choice(("granted", "granted", "granted", "withheld", "withdrawn", "objected"))
        days, proven = dice.choice((0, 0, 0, 1, 3)), dice.random() < 0.5
        day = datetime.now(UTC).date() - timedelta(days=days)
        at = None if days == 0 else datetime.combine(day, time(10), UTC)
        told = {"method": "telephone", "recording": "tape 7"} if proven else {"method": "in_person"}
        telling.tell(
            self.contact(number),
            telling.Word(purpose, kind, ["email"], said_on=day, detail="at the open day", **told),  # type: ignore[arg-type]
        )
        if kind == "objected":
            self.witness.said(number, "objected", at=at)
            for address in self.witness.people[number].addresses:
                self.witness.stop(address, "objected", number)
        else:
            self.witness.said(number, "yes" if kind == "granted" else "no", purpose, proven=proven, at=at)
            if kind == "granted" and proven:
                self.witness.agrees(number, at or datetime.now(UTC))

    def justify(self, dice: Random) -> None:
        number, purpose = self.somebody(dice), dice.choice(sorted(self.purposes))
        telling.ground(self.contact(number), purpose, "our_interest", "member since 2019", None)
        self.witness.people[number].grounds.append(Ground(purpose))

    def agree_for_child(self, dice: Random) -> None:
        """A parent agrees for a child, changes his mind, or is the parent no more."""
        child, parent = self.somebody(dice), self.somebody(dice)
        if child == parent:
            return
        known = list(Relation.select().where(Relation.other_id == child, Relation.kind == "guardian"))
        person = self.witness.people[child]
        if known and dice.random() < 0.6:
            relations.remove(known[0])
            person.guardians.pop(known[0].id, None)
            return
        if any(relation.contact_id == parent for relation in known):
            return
        too = dice.random() < 0.5
        entered = Entered(consented_on=datetime.now(UTC).date(), consent_note="a form", is_marketing_too=too)
        made = relations.add(self.contact(parent), "guardian", child, entered)
        person.guardians[made.id] = too
        for purpose, kind in self.purposes.items():
            if kind != MARKETING or too:
                person.grounds.append(Ground(purpose))
            if kind == MARKETING and too:
                self.witness.said(child, "yes", purpose)

    def sent_ones(self, kind: str = "") -> list[Delivery]:
        rows = Delivery.select().where(Delivery.state.in_((ACCEPTED, UNKNOWN)))
        wanted = [i for i, mailing in self.witness.mailings.items() if not kind or mailing.kind == kind]
        return list(rows.where(Delivery.campaign_id.in_(wanted)).order_by(Delivery.id.desc()).limit(40))

    def click(self, dice: Random) -> None:
        """Somebody unsubscribes by the button of his mail program, or takes that back on the page."""
        if not (rows := self.sent_ones()):
            return
        row = dice.choice(rows)
        if not row.address or self.witness.people[row.contact_id].gone:
            return
        if dice.random() < 0.3:
            was_suppressed = leaving.is_suppressed(row)
            leaving.resubscribe(row)
            if was_suppressed:
                self.witness.comes_back(row.address)
                self.witness.said(row.contact_id, "stays")
            return
        leaving.unsubscribe(row, how="one click")
        self.witness.stop(row.address, "left", row.contact_id)
        self.witness.said(row.contact_id, "left")

    def complain(self, dice: Random) -> None:
        if not (rows := self.sent_ones()):
            return
        row = dice.choice(rows)
        if not row.address or self.witness.people[row.contact_id].gone:
            return
        if leaving.complain(row):
            self.witness.stop(row.address, "complained", row.contact_id)
            self.witness.said(row.contact_id, "complained")

    def answer(self, dice: Random) -> None:
        """Somebody answers the request for consent on his own page."""
        if not (rows := self.sent_ones(REQUEST)):
            return
        row = dice.choice(rows)
        question = asking.question(row)
        if question is None or self.witness.people[row.contact_id].gone:
            return
        yes = dice.random() < 0.6
        asking.answer(question, is_yes=yes, channels=["email"], name="Thandi", address="127.0.0.1", agent="Firefox")
        before = question.answer
        if before is not None and before.answer == ("granted" if yes else "withheld"):
            return
        self.witness.said(row.contact_id, "yes" if yes else "no", question.purpose.id, proven=True)
        if yes and row.address:
            self.witness.comes_back(row.address)
            self.witness.said(row.contact_id, "stays")

    def bounce(self, dice: Random) -> None:
        if not (rows := self.sent_ones()):
            return
        row = dice.choice(rows)
        bouncing.refused(row, Reply(550, "nobody here", "5.1.1"))
        self.learn_unreachable()

    def retry(self, dice: Random) -> None:
        held = list(Email.select().where(Email.state == "undeliverable"))
        if held:
            part = dice.choice(held)
            contacts.retry_email(part)
            self.witness.unreachable.discard(part.normal)

    def learn_unreachable(self) -> None:
        """What the portal says could not be reached: the only thing that the witness takes from it."""
        found = Email.select(Email.normal).where(Email.state == "undeliverable")
        self.witness.unreachable |= {row[0] for row in found.tuples()}

    # ------------------------------------------------------------------------------ lists

    def bring_in(self, dice: Random) -> None:
        """An import: new people, known people, and known people once more."""
        if self.count() >= MOST:
            return
        rows: dict[str, str] = {}
        for _ in range(dice.randint(1, 3)):
            if dice.random() < 0.5:
                person = self.witness.people[self.somebody(dice)]
                if person.addresses:
                    rows[person.name] = dice.choice(person.addresses)
                    continue
            self.names += 1
            rows[f"N{self.names}"] = dice.choice(ADDRESSES)
        text = "First name,Last name,Email\n" + "".join(f"{name},Dube,{one}\n" for name, one in rows.items())
        purpose = dice.choice([p for p, kind in self.purposes.items() if kind == MARKETING])
        channels = dice.choice(((), ("email",), ("email",)))
        made = imports.take_in(self.folder, "list.csv", io.BytesIO(text.encode()))
        further = imports.Further(purpose_id=purpose)
        imports.declare(made, made.mapping, "own", "open day", channels, further)
        before = Contact.select(Contact.id).order_by(Contact.id.desc()).limit(1).scalar() or 0
        known = {person.name: n for n, person in self.witness.people.items() if not person.gone}
        imports.start(imports.find(made.id), dice.choice(("update", "skip")), [self.group.id])
        running.run(made.id)
        self.imports.append(made.id)
        fresh = Contact.select().where(Contact.id > before).order_by(Contact.id)
        for contact in fresh:
            self.witness.people[contact.id] = Person(contact.first_name, [rows[contact.first_name]])
            if contact.first_name in known:  # the same human being, brought in once more
                old = self.witness.people[known[contact.first_name]]
                self.witness.people[contact.id].words = [w for w in old.words if w.kind != "yes"]
                self.witness.people[contact.id].name = contact.first_name
        if channels:
            for number, person in self.witness.people.items():
                if person.name in rows and not person.gone:
                    self.witness.said(number, "yes", purpose, source=made.id)
        self.learn_unreachable()

    def undo_import(self, dice: Random) -> None:
        if not self.imports:
            return
        import_id = self.imports.pop(dice.randrange(len(self.imports)))
        the_import = imports.find(import_id)
        try:
            undoing.begin(the_import)
        except undoing.CannotUndo:
            return
        undoing.run(import_id)
        there = {row[0] for row in Contact.select(Contact.id).where(Contact.erased_at.is_null()).tuples()}
        for number, person in self.witness.people.items():
            if number not in there:
                person.gone = True
            elif any(word.source == import_id for word in person.words):
                self.witness.said(number, "over", source=import_id)
        for number, person in self.witness.people.items():
            if not person.gone:
                held = Email.select(Email.normal).where(Email.contact_id == number)
                person.addresses = [row[0] for row in held.order_by(Email.is_primary.desc(), Email.id).tuples()]
        self.witness.forget_unreachable()

    # ------------------------------------------------------------------------------ campaigns and the organisation

    def begin(self, dice: Random) -> None:
        if sum(mailing.runs for mailing in self.witness.mailings.values()) >= 4:
            return
        purpose = dice.choice(sorted(self.purposes))
        kind = self.purposes[purpose]
        if kind == MARKETING and dice.random() < 0.3:
            kind = REQUEST
            wish = asking.Wish(purpose, "our work with children", "Nomsa Dube", ["email"])
            made = asking.ask("Ask", wish, [self.group.id])
        else:
            made = campaigns.create("Spring", purpose_id=purpose, purpose=PurposeClass(kind))
            made = campaigns.change(made, made.version, subject="Spring", body="<p>Hello</p>")
            sending.choose_audience(made, [self.group.id], [])
        made = campaigns.find(made.id)
        try:
            sending.start(made)
        except sending.NotReady:
            return
        self.witness.mailings[made.id] = Mailing(kind, purpose)

    def interrupt(self, dice: Random) -> None:
        """Pause, resume or cancel."""
        ids = sorted(self.witness.mailings)
        if not ids:
            return
        campaign = campaigns.find(dice.choice(ids))
        step = {"sending": dice.choice((sending.pause, sending.pause, sending.cancel)), "paused": sending.resume}
        if campaign.state in step:
            try:
                step[campaign.state](campaign)
            except sending.NotReady:
                return
            is_running = Campaign.get_by_id(campaign.id).state == "sending"
            self.witness.mailings[campaign.id].runs = is_running

    def suspend(self, wanted: bool) -> None:
        with suppress(suspending.NotSo):
            suspending.suspend("Too many complaints.") if wanted else suspending.resume("They wrote to us.")

    def disturb(self, dice: Random) -> None:
        """The organisation is suspended, lacks a detail, or wants proof; or not any more."""
        what = dice.choice(("suspended", "nameless", "wants_proof", *["nothing"] * 7))
        for name in ("suspended", "nameless", "wants_proof"):
            setattr(self.witness, name, name == what)
        self.suspend(self.witness.suspended)
        accounts.set_details(information_officer="" if self.witness.nameless else "Nomsa Dube")
        Org.update(requires_proof=int(self.witness.wants_proof)).where(Org.id == self.org.id).execute()

    # ------------------------------------------------------------------------------ at the end

    def finish(self) -> None:
        """Nobody is silently withheld: whoever gives no cause at all is let through by the gate."""
        self.witness.suspended = self.witness.nameless = False
        self.suspend(False)
        accounts.set_details(information_officer="Nomsa Dube")
        for purpose, kind in self.purposes.items():
            if kind not in (MARKETING, INFORMATION):
                continue
            plain = {n: a for n in self.witness.people if (a := self.witness.plainly_allowed(n, kind, purpose))}
            candidates = [Candidate(number, address) for number, address in plain.items()]
            for candidate, known in zip(candidates, facts(candidates, Aim(PurposeClass(kind), purpose)), strict=True):
                answer = may_send(known, datetime.now(UTC))
                if answer != Allow():
                    raise Cried(f"{candidate} is withheld from {kind}: {answer}")
                self.let_through += 1
