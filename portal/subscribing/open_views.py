"""/s/<organisation>/<form>: where everybody may ask to be written to; also within a frame of the organisation's own web
site, or by a form that stands there. Whatever is known of an address, the answer is the same.
"""

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for

from portal.contacts.rules import LANGUAGES
from portal.core.words import language
from portal.delivery import transport
from portal.gateways import captcha as drawing
from portal.signin import captchas
from portal.subscribing import counting, entering, rules, signing_up
from portal.subscribing.entering import Typed
from portal.subscribing.models import FormVersion, SubscribeForm
from portal.subscribing.rules import design_of
from portal.subscribing.signing_up import CaptchaMissing, Origin, Tried
from portal.transfers import service as transfers
from portal.web.access import published
from portal.web.headers import let_stand_in_frame
from portal.web.limits import limiter
from portal.web.proxies import address

bp = Blueprint("subscribe", __name__, url_prefix="/s")
WHY = "people who are known to nobody ask to be written to"
ANY_SITE = "*"  # the frame shows nothing of anybody, and can do nothing but send a confirmation


@bp.get("/<slug>/<form>")
@published(WHY)
def show(slug: str, form: str) -> Response:
    return _show(slug, form)


@bp.post("/<slug>/<form>")
@published(WHY, crosses_sites=True)  # also from a form on the organisation's own web site
@limiter.limit("300 per hour")
def take_in(slug: str, form: str) -> Response:
    return _take_in(slug, form)


@bp.get("/<slug>/<form>/frame")
@published("the same, within a page of the organisation's own web site")
def frame(slug: str, form: str) -> Response:
    return let_stand_in_frame(_show(slug, form, is_framed=True), ANY_SITE)


@bp.post("/<slug>/<form>/frame")
@published(WHY, crosses_sites=True)
@limiter.limit("300 per hour")
def take_in_framed(slug: str, form: str) -> Response:
    return let_stand_in_frame(_take_in(slug, form, is_framed=True), ANY_SITE)


@bp.get("/<slug>/captcha/<captcha>.png")
@published("a picture to be read while a form is being abused")
@limiter.limit("120 per minute")
def picture(slug: str, captcha: str) -> Response:
    return _drawn(captchas.digits_of(captcha), "image/png")


@bp.get("/<slug>/captcha/<captcha>.wav")
@published("the same for who hears better than he sees")
@limiter.limit("30 per minute")
def sound(slug: str, captcha: str) -> Response:
    return _drawn(captchas.digits_of(captcha), "audio/wav")


def _show(slug: str, name: str, *, is_framed: bool = False) -> Response:
    form, newest = _found(name)
    return _page(slug, form, newest, Typed(), is_framed=is_framed)


def _take_in(slug: str, name: str, *, is_framed: bool = False) -> Response:
    form, newest = _found(name)
    if not signing_up.is_open(form):
        return _page(slug, form, newest, Typed(), 403, is_framed=is_framed)
    version = signing_up.shown(form, request.form.get("version", ""), newest)
    design = signing_up.in_use(design_of(version.design))
    typed = entering.read(request.form, design, needs_abroad=transfers.relay_asks())
    tried = Tried(request.form.get("captcha_name", "")[:100], request.form.get("captcha", "")[:40])
    try:
        signing_up.take_in(form, version, typed, Origin(address(), request.user_agent.string), tried)
    except CaptchaMissing as error:
        typed.errors["captcha"] = str(error)
    if typed.errors:
        return _page(slug, form, newest, typed, 422, is_framed=is_framed)
    html = render_template(
        "subscribing/thanks.html", layout=_layout(is_framed), is_framed=is_framed, design=design, again=request.path,
        email=typed.email.entered if typed.email else "", is_under_age=signing_up.is_under_age(typed),
    )  # fmt: skip
    return make_response(html)


def _found(name: str) -> tuple[SubscribeForm, FormVersion]:
    found = signing_up.published(name)
    if found is None:
        abort(404)
    return found


def _page(
    slug: str, form: SubscribeForm, version: FormVersion, typed: Typed, status: int = 200, *, is_framed: bool
) -> Response:
    asks = counting.asks_captcha(form.id, address())
    html = render_template(
        "subscribing/show.html", layout=_layout(is_framed), is_framed=is_framed, form=form, version=version.version,
        design=signing_up.in_use(design_of(version.design)), typed=typed, is_open=signing_up.is_open(form),
        action=url_for(f"subscribe.{'take_in_framed' if is_framed else 'take_in'}", slug=slug, form=form.address,
                       language=language()),
        captcha=captchas.make() if asks else "", slug=slug, **words(),
    )  # fmt: skip
    return make_response(html, status)


def words() -> dict[str, object]:
    """What each form says beside its own design: of the law, and of where details go."""
    return {
        "languages": LANGUAGES, "legend": rules.legend, "rights": rules.rights(), "clause": transfers.clause(),
        "asks_abroad": transfers.asks_consent(), "base_url": transport.base_url(),
    }  # fmt: skip


def _layout(is_framed: bool) -> str:
    return "subscribing/framed.html" if is_framed else "public.html"


def _drawn(digits: str | None, kind: str) -> Response:
    if digits is None:
        return Response(status=404)
    draw = drawing.picture if kind == "image/png" else drawing.sound
    try:
        return Response(draw(digits), content_type=kind)
    except drawing.Busy:
        return Response(status=503, headers={"Retry-After": "5"})
