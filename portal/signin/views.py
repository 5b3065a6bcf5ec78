"""Pages for signing in and out and for choosing an organisation."""

from flask import Flask, Response, make_response, redirect, render_template, request, session, url_for
from flask_login import logout_user

from portal.core.permissions import Permission
from portal.gateways import captcha as drawing
from portal.signin import (  # noqa: F401 - some bring routes
    account_views,
    begun,
    captchas,
    cookies,
    device_views,
    devices,
    edge,
    first_run,
    first_run_views,
    login,
    organisation_views,
    password_views,
    people,
    service,
    sessions,
    steps,
    traveller_views,
)
from portal.signin.forms import SignInForm
from portal.signin.pages import bp
from portal.web.access import needs, public
from portal.web.errors import register_error
from portal.web.evening import evened
from portal.web.htmx import done
from portal.web.limits import limiter
from portal.web.proxies import address


@bp.get("/sign-in")
@public("everybody arrives here", geo=True)
def show() -> Response | str:
    if login.signed_in():
        return redirect(steps.safe_path(request.args.get("next", "")))  # type: ignore[return-value]
    if not first_run.is_taken():
        return redirect(url_for("signin.first_owner"), 303)  # type: ignore[return-value]
    asks = service.asks_captcha("", address(), cookies.device())
    return _form(SignInForm(), request.args.get("next", ""), asks_captcha=asks)


@bp.post("/sign-in")
@public("a password is asked for", geo=True)
@limiter.limit("120 per minute; 1500 per hour")
@evened
def begin() -> Response:
    form = SignInForm()
    target = request.form.get("next", "")
    tried = service.Try(
        form.email.data or "", form.password.data or "", cookies.browser(), address(),
        cookies.device(), form.captcha_name.data or "", form.captcha.data or "", steps.safe_path(target),
    )  # fmt: skip
    if form.validate():
        try:
            return steps.go_on(service.sign_in(tried))
        except service.WrongPassword as error:
            form.password.errors = [str(error)]
        except service.CaptchaNeeded as error:
            form.captcha.errors = [str(error)]
        except service.Elsewhere as error:
            return edge.elsewhere(error.country)
    asks = service.asks_captcha(tried.email, tried.address, tried.device)
    return make_response(_form(form, target, asks_captcha=asks), 422)


@bp.get("/sign-in/captcha")
@public("another picture for who cannot read this one", geo=True)
@limiter.limit("60 per minute")
def another_captcha() -> str:
    form = SignInForm(formdata=None)
    return render_template("signin/_captcha.html", form=form, captcha=captchas.make())


@bp.get("/sign-in/captcha/<name>.png")
@public("a picture to be read before a password is judged", geo=True)
@limiter.limit("120 per minute")
def picture(name: str) -> Response:
    return _drawn(captchas.digits_of(name), "image/png")


@bp.get("/sign-in/captcha/<name>.wav")
@public("the same for who hears better than he sees", geo=True)
@limiter.limit("30 per minute")
def sound(name: str) -> Response:
    return _drawn(captchas.digits_of(name), "audio/wav")


@bp.get("/organisations")
@needs(Permission.SIGNED_IN, for_org=False)
def choose() -> str:
    """A person sees his own organisations only."""
    person = login.person()
    mine = people.memberships(person.user)
    return render_template(
        "signin/choose.html", memberships=mine, person=person, added=request.args.get("added", "")[:200]
    )


@bp.post("/organisations/<int:membership_id>")
@needs(Permission.SIGNED_IN, for_org=False)
def enter(membership_id: int) -> Response:
    """The membership must be the person's own."""
    try:
        login.renewed(service.choose(login.person(), membership_id, address()))
    except service.Elsewhere as error:
        return edge.elsewhere(error.country)
    return redirect(url_for("home.show"), 303)  # type: ignore[return-value]


@bp.post("/sign-out")
@public("signing out harms nobody")
def end() -> Response:
    signed_in = login.signed_in()
    if signed_in is not None:
        service.sign_out(signed_in.person, everywhere=request.form.get("everywhere") == "1")
    logout_user()
    session.clear()
    response: Response = done(url_for("signin.show"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'  # not cookies: the device stays known
    return response


def _form(form: SignInForm, target: str, *, asks_captcha: bool) -> str:
    """The form; where a captcha is asked for, always a new one."""
    name = captchas.make() if asks_captcha else ""
    form.captcha.data, form.captcha_name.data = "", name
    return render_template("signin/show.html", form=form, next=target, captcha=name)


def _drawn(digits: str | None, kind: str) -> Response:
    if digits is None:
        return Response(status=404)
    draw = drawing.picture if kind == "image/png" else drawing.sound
    try:
        return Response(draw(digits), content_type=kind)
    except drawing.Busy:
        return Response(status=503, headers={"Retry-After": "5"})


def register(app: Flask) -> None:
    login.init_app(app)
    app.register_blueprint(bp)
    register_error(app, sessions.NotYours, 404)
    register_error(app, devices.NotYourDevice, 404)
    register_error(app, begun.LinkOver, 404)
