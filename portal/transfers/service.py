"""The register of operators and transfers, and what it means for the gate."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from peewee import IntegrityError

from portal.accounts.service import current_org
from portal.activity import log
from portal.consent import purposes
from portal.consent.models import Purpose
from portal.consent.queries import Candidate, register_fact, states
from portal.consent.recording import record
from portal.consent.rules import Aim
from portal.contacts.models import Field, Group
from portal.core.actor import require, seeing_everything
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission, Sensitivity
from portal.delivery import transport
from portal.gateways.countries import name_of
from portal.transfers import rules
from portal.transfers.models import Operator
from portal.transfers.rules import ABROAD_WORDS as ABROAD_WORDS
from portal.transfers.rules import GROUNDS, SERVICES, Place

ABROAD = "Keeping details abroad"  # the purpose of the register under which a consent to it is kept


class OperatorNotFound(LookupError):
    pass


class BadOperator(Misfit):
    """This line of the register cannot be kept so. `field` is where it is mended."""


@dataclass(frozen=True)
class Line:
    """What stands in the register."""

    name: str
    service: str
    country: str
    host: str = ""
    ground: str = ""
    contract_on: date | None = None
    note: str = ""


def register() -> None:
    register_fact("lacks_transfer", lacking)


def everything() -> list[Operator]:
    return list(Operator.select().order_by(Operator.archived_at.is_null(False), Operator.name))


def current() -> list[Operator]:
    return list(Operator.select().where(Operator.archived_at.is_null()).order_by(Operator.name))


def find(operator_id: int) -> Operator:
    found = Operator.get_or_none(Operator.id == operator_id)
    if found is None:
        raise OperatorNotFound("There is no such line in the register.")
    return found


def add(line: Line) -> Operator:
    """Raises BadOperator."""
    require(Permission.SETTINGS)
    _check(line)
    try:
        with transaction():
            made = Operator.create(**asdict(line))
            log.write("operator.added", subject_id=made.id, name=line.name, country=line.country, ground=line.ground)
    except IntegrityError as error:
        raise BadOperator("This name stands in the register already.", "name") from error
    return made


def change(operator: Operator, line: Line) -> None:
    """Raises BadOperator."""
    require(Permission.SETTINGS)
    _check(line)
    wanted = asdict(line)
    changes = {
        name: [str(getattr(operator, name) or ""), str(value or "")]
        for name, value in wanted.items()
        if getattr(operator, name) != value
    }
    if not changes:
        return
    try:
        with transaction():
            Operator.update(**wanted).where(Operator.id == operator.id).execute()
            log.write("operator.changed", subject_id=operator.id, changes=changes)
    except IntegrityError as error:
        raise BadOperator("This name stands in the register already.", "name") from error


def archive(operator: Operator) -> None:
    """Nothing goes there any more; the line stays, for what went there before."""
    require(Permission.SETTINGS)
    with transaction():
        if (
            Operator.update(archived_at=now())
            .where(Operator.id == operator.id, Operator.archived_at.is_null())
            .execute()
        ):
            log.write("operator.archived", subject_id=operator.id, name=operator.name)


def _check(line: Line) -> None:
    if line.service not in SERVICES:
        raise BadOperator("Choose what it does for you.", "service")
    if line.ground and line.ground not in GROUNDS:
        raise BadOperator("Choose a ground of the list.", "ground")
    if rules.lacks_ground(_place(Operator(**asdict(line)))):
        raise BadOperator("Outside South Africa a ground is needed: choose why details may go there.", "ground")
    if line.ground == "consent" and line.service == "mail":
        purpose_abroad()


def purpose_abroad() -> Purpose:
    """The purpose under which people agree that their details go abroad; made when it is first needed."""
    found = Purpose.get_or_none(Purpose.name == ABROAD)
    if found is None:
        found = purposes.add(
            purposes.Line(ABROAD, "To keep or pass on details in other countries", "transactional", "consent")
        )
    return found


def relay_host() -> str:
    """The name of the mail server in use; "" while mail is only caught."""
    return "" if transport.is_caught() else transport.server().host


def relay() -> Operator | None:
    """The line of the mail server in use, if it stands in the register."""
    host = relay_host()
    if not host:
        return None
    mine = (Operator.service == "mail") & Operator.archived_at.is_null()
    return Operator.select().where(mine, Operator.host == host).order_by(Operator.id).first()


def unnoted_relay() -> str:
    """The mail server in use when it stands in no line; "" for one on this machine itself, which sends nothing away."""
    host = relay_host()
    return host if host and not transport.server().is_local and relay() is None else ""


def without_ground() -> str:
    """The mail server in use when details go abroad through it on no ground: nothing is sent until that is mended."""
    operator = relay()
    return operator.name if operator is not None and rules.lacks_ground(_place(operator)) else ""


def asks_consent() -> bool:
    """Whether details go anywhere on the ground that the person agreed to it."""
    return any(rules.needs_consent(_place(operator)) for operator in current())


def relay_asks() -> bool:
    """Whether only those who agreed may be sent mail at all."""
    operator = relay()
    return operator is not None and rules.needs_consent(_place(operator))


def clause() -> str:
    """What people are told about their details abroad: at the foot of each message, and where they agree."""
    return rules.clause(current_org().name, [_place(operator) for operator in current()])


def lacking(candidates: Sequence[Candidate], aim: Aim) -> frozenset[int]:
    """The places in the list of people whose address may not pass through the mail server in use (s 72)."""
    if aim.channel != "email":
        return frozenset()
    operator = relay()
    if operator is None:
        return frozenset()
    place = _place(operator)
    if rules.lacks_ground(place):
        return frozenset(range(len(candidates)))
    if not rules.needs_consent(place):
        return frozenset()
    purpose = Purpose.get_or_none(Purpose.name == ABROAD)
    with seeing_everything():
        held = states(sorted({one.contact_id for one in candidates}))
    agreed = {
        contact_id
        for contact_id, said in held.items()
        if purpose and any(key[0] == purpose.id and state.is_given for key, state in said.items())
    }
    return frozenset(place for place, one in enumerate(candidates) if one.contact_id not in agreed)


def agree(contact_id: int, channels: Sequence[str], wording_id: int) -> None:
    """The person agreed, where he read that details go abroad. Belongs to the caller's transaction."""
    purpose = Purpose.get_or_none(Purpose.name == ABROAD)
    if purpose is not None:
        record(
            [contact_id], purpose_id=purpose.id, channels=channels, kind="granted", proof="proven", method="link",
            wording_id=wording_id,
        )  # fmt: skip


def warning(operator: Operator) -> str:
    """What else must be done about this line, in words; "" for nothing."""
    if rules.needs_authorisation(_place(operator), _keeps_sensitive()):
        return (
            "You keep special information, or information about children. To send that to a country without such a law "
            "as ours, the Information Regulator must agree first (s 57)."
        )
    return ""


def _keeps_sensitive() -> bool:
    grave = (str(Sensitivity.SPECIAL), str(Sensitivity.CHILD))
    with seeing_everything():
        fields = Field.select().where(Field.sensitivity.in_(grave), Field.archived_at.is_null())
        return bool(fields.exists() or Group.select().where(Group.sensitivity.in_(grave)).exists())


def _place(operator: Operator) -> Place:
    return Place(operator.name, operator.country, name_of(operator.country), operator.ground or "", operator.service)
