"""/s/<token>: what the button of a confirmation leads to. Looking changes nothing, whoever looks: a mail program that
follows the link presses nothing.
"""

from flask import Blueprint, Response, g, make_response, render_template, request

from portal.core.actor import Actor, acting_as, system, the_person
from portal.core.tenancy import Org
from portal.subscribing import confirming, service
from portal.subscribing.models import Subscription
from portal.subscribing.signing_up import PURPOSE, Origin
from portal.web.access import linked
from portal.web.limits import limiter
from portal.web.proxies import address

bp = Blueprint("subscribed", __name__, url_prefix="/s")


@bp.get("/<token>")
@linked(PURPOSE)
def show(token: str) -> Response:
    return _page(token)


@bp.post("/<token>")
@linked(PURPOSE)
@limiter.limit("30 per hour")
def confirm(token: str) -> Response:
    try:
        g.actor_subject = confirming.confirm(g.actor_subject, Origin(address(), request.user_agent.string))
    except confirming.TooLate:
        return _page(token, 422)
    return _page(token)


def _page(token: str, status: int = 200) -> Response:
    wish = confirming.wish_of(g.actor_subject)
    is_stopped = wish.is_confirmed and confirming.is_still_stopped(wish.row)
    html = render_template(
        "subscribing/confirm.html", token=token, wish=wish, is_stopped=is_stopped, form_url=service.url(wish.form)
    )
    return make_response(html, status)


def resolve(org_id: int, subscription_id: int) -> Actor | None:
    """The person to whom the confirmation was sent."""
    if Org.get_or_none(Org.id == org_id) is None:
        return None
    with acting_as(system(org_id)):
        row = Subscription.get_or_none(Subscription.id == subscription_id)
    if row is None:
        return None
    g.actor_subject = row
    return the_person(org_id)
