"""Writing a privacy notice, publishing it, and finding what people were shown."""

from collections.abc import Mapping

from portal.accounts.service import current_org
from portal.activity import log
from portal.consent import purposes
from portal.contacts.telephones import show_telephone
from portal.core.actor import current_actor, require
from portal.core.clock import now
from portal.core.db import lock, transaction
from portal.core.misfit import Misfit
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.core.text import InvalidText, clean_text
from portal.delivery import transport
from portal.privacy_notice.models import NoticeDraft, PrivacyNotice
from portal.privacy_notice.rules import KEYS, LONGEST, PARTS, Known, changed, missing, suggestions
from portal.transfers import service as transfers
from portal.transfers.rules import SERVICES


class NoticeNotFound(LookupError):
    pass


class BadNotice(Misfit):
    """The notice cannot be kept or published so. `field` is the part where it is mended."""


class Stale(ValueError):
    """Somebody else changed the draft meanwhile."""


def draft() -> tuple[dict[str, str], int]:
    """The parts as they are written now, and their revision; before anything was written, a first draft from what the
    portal knows, of revision 0.
    """
    row = NoticeDraft.select().first()
    return (dict(row.parts), int(row.revision)) if row else (suggestions(_known()), 0)


def save(parts: Mapping[str, str], revision: int) -> None:
    """Keep the draft. Raises BadNotice, and Stale when `revision` is not the one kept."""
    require(Permission.SETTINGS)
    cleaned = _cleaned(parts)
    with transaction():
        lock(Org.select().where(Org.id == current_org().id)).get()
        row = NoticeDraft.select().first()
        if (row.revision if row else 0) != revision:
            raise Stale("Somebody else changed this notice meanwhile.")
        if row is None:
            NoticeDraft.create(parts=cleaned)
        elif not changed(row.parts, cleaned):
            return
        else:
            values = {"parts": cleaned, "revision": revision + 1, "changed_at": now()}
            NoticeDraft.update(**values).where(NoticeDraft.id == row.id).execute()
        log.write("notice.changed", parts=[part.key for part in changed(row.parts if row else {}, cleaned)])


def publish() -> PrivacyNotice:
    """Show the draft to everybody from now on, as a new version. Raises BadNotice while a part is missing, or when
    nothing is new.
    """
    require(Permission.SETTINGS)
    with transaction():
        lock(Org.select().where(Org.id == current_org().id)).get()
        parts, _ = draft()
        if lacking := missing(parts):
            raise BadNotice("This must be told before the notice is published.", lacking[0].key)
        before = current()
        if before and not changed(before.parts, parts):
            raise BadNotice("This is what is published already.", PARTS[0].key)
        made = PrivacyNotice.create(
            version=before.version + 1 if before else 1, organisation=current_org().name, parts=parts,
            published_by=current_actor().name,
        )  # fmt: skip
        if NoticeDraft.select().first() is None:
            NoticeDraft.create(parts=parts)
        log.write("notice.published", subject_id=made.id, version=made.version)
    return made


def current() -> PrivacyNotice | None:
    """The version people are shown now."""
    return PrivacyNotice.select().order_by(PrivacyNotice.version.desc()).first()


def version_now() -> int:
    """The number of the version people are shown now; 0 while there is none."""
    found = PrivacyNotice.select(PrivacyNotice.version).order_by(PrivacyNotice.version.desc()).first()
    return int(found.version) if found else 0


def versions() -> list[PrivacyNotice]:
    """All that people were shown, the newest first."""
    return list(PrivacyNotice.select().order_by(PrivacyNotice.version.desc()))


def find(version: int) -> PrivacyNotice:
    found = PrivacyNotice.get_or_none(PrivacyNotice.version == version)
    if found is None:
        raise NoticeNotFound("There is no such version.")
    return found


def address() -> str:
    """Where everybody reads it; "" while nothing is published."""
    return f"{transport.base_url()}/privacy/{current_org().slug}" if version_now() else ""


def _cleaned(parts: Mapping[str, str]) -> dict[str, str]:
    cleaned = {}
    for key in KEYS:
        try:
            cleaned[key] = clean_text(parts.get(key, ""), max_length=LONGEST, lines=True)
        except InvalidText as error:
            raise BadNotice(str(error), key) from error
    return cleaned


def _known() -> Known:
    org = current_org()
    register = [one for one in purposes.current() if one.description]
    return Known(
        name=org.legal_name or org.name,
        address=org.address,
        telephone=show_telephone(org.telephone) if org.telephone else "",
        email=org.email,
        officer=org.information_officer,
        complaints_email=org.complaints_email,
        purposes=tuple(f"{one.name}: {one.description}" for one in register),
        keeping=tuple(f"{one.name}: {one.keeping}" for one in register if one.keeping),
        recipients=tuple(f"{one.name}: {SERVICES[one.service].lower()}." for one in transfers.current()),
        clause=transfers.clause(),
    )
