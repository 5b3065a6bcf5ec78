"""From which archives one organisation may be put back: those that this installation made (R60).

What an own archive is sealed with follows from the organisation's own key, which its owner holds: he can change one and
seal it anew. So it is believed only when it is, byte for byte, the one in this installation's own list; and the archive
of the whole only by the host's key.
"""

from portal.backups import keys, rules, seals
from portal.backups.models import GOOD, Backup
from portal.backups.opening import NotRestored, Source
from portal.core.tenancy import Org


def check(org: Org, source: Source, name: str) -> None:
    """Raises NotRestored. From here on the source opens no other file under the name of an own archive."""
    if not rules.is_own(name):
        _check_key(source, {None}, "not this portal's recovery key")
        return
    row = Backup.get_or_none(Backup.name == name, Backup.org_id == org.id)
    key = keys.of(row.recipient) if row else None
    if row is None or key is None or not row.sha256:
        raise NotRestored(f"{name} is not an archive that this portal made of {org.name}.")
    if row.state != GOOD:
        raise NotRestored(f"{name} is not good: {row.words} Take another, or the backup of the whole portal.")
    _check_key(source, {None, org.id}, f"neither this portal's recovery key nor that of {org.name}")
    source.key, source.sha256 = key, str(row.sha256)


def _check_key(source: Source, allowed: set[int | None], what: str) -> None:
    recipient = str(source.identity.to_public())
    if not keys.whose(recipient) & allowed:
        raise NotRestored(f"The key given, {seals.shown(recipient)}, is {what}.")
