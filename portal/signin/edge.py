"""What the gate asks of signing in: who is at the browser, and whether he may be where he is (R55, H03, H04)."""

from datetime import timedelta

from flask import Response, make_response, render_template, request

from portal.accounts import places
from portal.accounts.place_rules import UNREADABLE, Verdict
from portal.core.clock import now
from portal.core.db import transaction
from portal.delivery.models import PortalMail
from portal.gateways import geoip
from portal.gateways.countries import NAMES, TEN
from portal.signin import cookies, counting, login, people, service, telling
from portal.signin.sessions import Person
from portal.web.access import SignedIn
from portal.web.htmx import wants_part
from portal.web.proxies import address

NOTED_EVERY = timedelta(minutes=10)
ALARM_EVERY = timedelta(hours=6)


def signed_in() -> login.SignedIn | None:
    return login.signed_in()


def refuse_place(person: SignedIn | None, for_org: bool) -> Response | None:
    """A calm page when nobody, or not this person, may come in from here; None when he may. An open session that has
    moved is refused as well, and lives on for when its owner is back. Pages that concern no organisation are open
    where any of the person's organisations is.
    """
    known = person.person if isinstance(person, login.SignedIn) else None
    verdict = _verdict(known, for_org)
    if verdict.is_allowed:
        return None
    _note(verdict, known)
    return elsewhere(verdict.country, verdict.reason)


def elsewhere(country: str, reason: str = "elsewhere") -> Response:
    """The page that says why, and how a traveller may ask."""
    if wants_part():
        return Response(status=401, headers={"HX-Redirect": request.path if request.method == "GET" else "/"})
    page = render_template(
        "signin/elsewhere.html", country=country, reason=reason, address=address(), countries=NAMES, ten=TEN,
        soon=(now() + timedelta(days=14)).date(),
    )  # fmt: skip
    return make_response(page, 403)


def _verdict(person: Person | None, for_org: bool) -> Verdict:
    if person is None:
        return places.look(address(), None, None)
    if person.membership and for_org:
        return places.look(address(), person.user, person.membership)
    return service.verdict_for(person.user, address())


def _note(verdict: Verdict, person: Person | None) -> None:
    browser = cookies.browser()
    user_id = person.user.id if person else None
    outcome = "moved" if person else "place"
    with transaction():
        is_new = counting.note_once(outcome, address(), browser, user_id, NOTED_EVERY)
        if is_new and person and person.membership:
            people.note_moved(person.membership, address(), verdict.country)
        if verdict.reason == UNREADABLE:
            _raise_alarm()


def _raise_alarm() -> None:
    """Nobody gets in because the data is broken: support is told, not more than once in some hours."""
    lately = PortalMail.select().where(PortalMail.kind == "geo_alarm", PortalMail.created_at > now() - ALARM_EVERY)
    if not lately.exists():
        telling.tell_support("geo_alarm", why=geoip.is_readable() or "It could not be read a moment ago.")
