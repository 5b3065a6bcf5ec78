"""One's own account: password, sessions, devices, second factor; and proving once more who one is."""

import segno
from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from portal.accounts.rules import BadPassword
from portal.core.permissions import Permission
from portal.signin import cookies, devices, factors, login, looking, passwords, people, service, sessions, steps
from portal.signin.forms import CodeForm, ConfirmForm, PasswordForm
from portal.signin.pages import bp
from portal.web.access import needs
from portal.web.htmx import done, page_or_part
from portal.web.limits import limiter
from portal.web.proxies import address

SAID = {
    "session": "That session has ended.",
    "sessions": "All your other sessions have ended.",
    "device": "That device is a stranger again: signing in on it needs a mail.",
    "factor-off": "The second factor is off.",
}


@bp.get("/account")
@needs(Permission.SIGNED_IN, for_org=False)
def account() -> Response:
    return _account(PasswordForm(formdata=None))


@bp.post("/account/password")
@needs(Permission.SIGNED_IN, for_org=False)
@limiter.limit("10 per 5 minutes")
def change_password() -> Response:
    form = PasswordForm()
    if form.validate():
        try:
            secret = passwords.change(
                login.person(), form.current.data or "", form.new.data or "", cookies.browser(), address()
            )
        except service.WrongPassword as error:
            form.current.errors = [str(error)]
        except BadPassword as error:
            form.new.errors = [str(error)]
        else:
            login.renewed(secret)
            return done(url_for("signin.account", saved=1))
    return _account(form, 422)


@bp.post("/account/sessions/<int:session_id>/end")
@needs(Permission.SIGNED_IN, for_org=False)
def end_session(session_id: int) -> Response:
    sessions.end(login.person(), session_id)
    return done(url_for("signin.account", said="session"))


@bp.post("/account/sessions/others/end")
@needs(Permission.SIGNED_IN, for_org=False)
def end_other_sessions() -> Response:
    sessions.end_others(login.person())
    return done(url_for("signin.account", said="sessions"))


@bp.post("/account/devices/<int:device_id>/revocation")
@needs(Permission.SIGNED_IN, for_org=False)
def revoke_device(device_id: int) -> Response:
    devices.revoke(login.person().user, device_id)
    return done(url_for("signin.account", said="device"))


@bp.post("/account/devices/<int:device_id>/not-mine")
@needs(Permission.SIGNED_IN, for_org=False)
def not_mine(device_id: int) -> Response:
    person = login.person()
    devices.not_mine(person.user, device_id, person.session)
    return done(url_for("signin.account", said="not-mine", _anchor="password"))


@bp.get("/account/second-factor")
@needs(Permission.SIGNED_IN, for_org=False, fresh=True)
def second_factor() -> Response:
    return _second_factor(CodeForm(formdata=None))


@bp.post("/account/second-factor")
@needs(Permission.SIGNED_IN, for_org=False, fresh=True)
def begin_second_factor() -> Response:
    factors.begin_setup(login.person().user)
    return done(url_for("signin.second_factor"))


@bp.post("/account/second-factor/confirmation")
@needs(Permission.SIGNED_IN, for_org=False, fresh=True)
@limiter.limit("20 per minute")
def confirm_second_factor() -> Response:
    form = CodeForm()
    if form.validate():
        try:
            codes = passwords.turn_on_factor(login.person(), form.code.data or "", address(), cookies.browser())
        except factors.WrongCode as error:
            form.code.errors = [str(error)]
        else:
            return make_response(render_template("signin/recovery_codes.html", codes=codes))
    return _second_factor(form, 422)


@bp.post("/account/second-factor/removal")
@needs(Permission.SIGNED_IN, for_org=False, fresh=True)
def remove_second_factor() -> Response:
    passwords.turn_off_factor(login.person(), address(), cookies.browser())
    return done(url_for("signin.account", said="factor-off"))


@bp.post("/account/recovery-codes")
@needs(Permission.SIGNED_IN, for_org=False, fresh=True)
def renew_recovery_codes() -> Response:
    codes = passwords.renew_recovery_codes(login.person(), address(), cookies.browser())
    return make_response(render_template("signin/recovery_codes.html", codes=codes))


@bp.post("/account/looking/end")
@needs(Permission.SIGNED_IN, for_org=False, while_looking=True)
def stop_looking() -> Response:
    looking.end(login.person(), address())
    return done(url_for("home.show"))


@bp.get("/account/confirmation")
@needs(Permission.SIGNED_IN, for_org=False)
def confirm() -> Response:
    return _confirm(ConfirmForm(formdata=None), request.args.get("next", ""))


@bp.post("/account/confirmation")
@needs(Permission.SIGNED_IN, for_org=False)
@limiter.limit("20 per 5 minutes")
def confirmed() -> Response:
    form, target = ConfirmForm(), request.form.get("next", "")
    if form.validate():
        try:
            secret = passwords.confirm(login.person(), form.password.data or "", form.code.data or "", address())
        except service.WrongPassword as error:
            form.password.errors = [str(error)]
        except factors.WrongCode as error:
            form.code.errors = [str(error)]
        else:
            login.renewed(secret)
            if request.form.get("again"):
                flash("It is you. Now press it once more.")
            return redirect(steps.safe_path(target), 303)  # type: ignore[return-value]
    return _confirm(form, target, 422)


def _account(form: PasswordForm, status: int = 200) -> Response:
    person = login.person()
    return page_or_part(
        "signin/account.html", "signin/_password.html", status,
        form=form, person=person, sessions=sessions.of(person.user), devices=devices.of(person.user),
        has_factor=factors.has(person.user), codes_left=factors.recovery_codes_left(person.user),
        memberships=people.memberships(person.user), saved=request.args.get("saved"), said=request.args.get("said"),
        said_words=SAID, layout=_layout(),
    )  # fmt: skip


def _second_factor(form: CodeForm, status: int = 200) -> Response:
    person = login.person()
    user = person.user
    key = factors.waiting_key(user)
    org = person.membership.org if person.membership else None
    picture = Markup(_drawn(factors.provisioning_uri(user, key)) if key else "")  # noqa: S704 - drawn here
    page = render_template(
        "signin/second_factor.html", form=form, key=key, picture=picture, has_factor=factors.has(user),
        codes_left=factors.recovery_codes_left(user), layout=_layout(),
        is_demanded=bool(org and org.requires_factor),
    )  # fmt: skip
    return make_response(page, status)


def _drawn(text: str) -> str:
    """A QR picture as SVG that takes the size its place gives it."""
    return str(segno.make(text, error="m").svg_inline(border=4, omitsize=True))


def _confirm(form: ConfirmForm, target: str, status: int = 200) -> Response:
    user = login.person().user
    page = render_template(
        "signin/confirm.html",
        form=form,
        next=target,
        again=request.values.get("again", ""),
        has_factor=factors.has(user),
        email=user.email,
    )
    return make_response(page, status)


def _layout() -> str:
    """Around the pages of a person who works for no organisation there is no menu."""
    return "base.html" if "org" in g else "plain.html"
