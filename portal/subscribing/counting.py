"""How often a form is sent, so that a captcha stands up while it is abused (R52)."""

from datetime import timedelta
from typing import Any

from peewee import fn

from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import portal_mac, portal_macs
from portal.core.networks import network_of
from portal.subscribing import rules
from portal.subscribing.models import FormCount

ANYBODY = ""
_HOUR = timedelta(hours=1)


def asks_captcha(form_id: int, address: str) -> bool:
    """Whether the next post of this form from this network address is judged only with a captcha."""
    from_here = _of(form_id, FormCount.key.in_(portal_macs("subscribing", network_of(address))))
    return rules.asks_captcha(from_here, _of(form_id, FormCount.key == ANYBODY))


def count(form_id: int, address: str) -> None:
    """Count a post, right or wrong."""
    hour = now().replace(minute=0, second=0, microsecond=0)
    target = [FormCount.org, FormCount.form_id, FormCount.key, FormCount.hour]
    with transaction():
        for key in (ANYBODY, portal_mac("subscribing", network_of(address))):
            row = FormCount.insert(form_id=form_id, key=key, hour=hour, count=1)
            row.on_conflict(conflict_target=target, update={FormCount.count: FormCount.count + 1}).execute()


def tidy() -> None:
    FormCount.delete().where(FormCount.hour < now() - 2 * _HOUR).execute()


def _of(form_id: int, whose: Any) -> int:
    """The posts of this hour and the one before: an hour at least."""
    since = now().replace(minute=0, second=0, microsecond=0) - _HOUR
    mine = (FormCount.form_id == form_id) & whose & (FormCount.hour >= since)
    return int(FormCount.select(fn.SUM(FormCount.count)).where(mine).scalar() or 0)
