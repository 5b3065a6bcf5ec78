"""Pages for signing in and out, choosing an organisation, and one's own account."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user

from portal.accounts.rules import BadPassword
from portal.core.permissions import Permission
from portal.signin import login, organisation_views, service  # noqa: F401 - they bring routes
from portal.signin.forms import PasswordForm, SignInForm
from portal.signin.pages import bp
from portal.web.access import needs, public
from portal.web.errors import register_error
from portal.web.htmx import done, page_or_part
from portal.web.limits import limiter
from portal.web.proxies import client_address


@bp.get("/sign-in")
@public("everybody arrives here", geo=True)
def show() -> Response | str:
    if login.signed_in():
        return redirect(_safe_target())  # type: ignore[return-value]
    return render_template("signin/show.html", form=SignInForm(), next=request.args.get("next", ""))


@bp.post("/sign-in")
@public("a password is asked for", geo=True)
@limiter.limit("30 per 5 minutes")
@limiter.limit("10 per 5 minutes", key_func=lambda: "account:" + request.form.get("email", "").strip().lower()[:254])
def begin() -> Response | tuple[str, int]:
    form = SignInForm()
    if form.validate():
        try:
            secret = service.sign_in(
                form.email.data or "", form.password.data or "", request.user_agent.string, _address()
            )
        except service.WrongPassword as error:
            form.password.errors = [str(error)]
        else:
            target = _safe_target()
            session.clear()  # nothing of before signing in is carried over
            signed_in = login.load(secret)
            login_user(signed_in)
            session.permanent = True
            return redirect(target, 303)  # type: ignore[return-value]
    return render_template("signin/show.html", form=form, next=request.form.get("next", "")), 422


@bp.get("/organisations")
@public("only a signed-in person sees his own organisations; others are sent to sign in", geo=True)
def choose() -> Response | str:
    signed_in = login.signed_in()
    if signed_in is None:
        return redirect(url_for("signin.show"), 303)  # type: ignore[return-value]
    mine = service.memberships(signed_in.person.user)
    return render_template(
        "signin/choose.html", memberships=mine, person=signed_in.person, added=request.args.get("added", "")[:200]
    )


@bp.post("/organisations/<int:membership_id>")
@public("the membership must be the signed-in person's own", geo=True)
def enter(membership_id: int) -> Response:
    signed_in = login.signed_in()
    if signed_in is None:
        return redirect(url_for("signin.show"), 303)  # type: ignore[return-value]
    service.choose(signed_in.person, membership_id, _address())
    return redirect(url_for("home.show"), 303)  # type: ignore[return-value]


@bp.post("/sign-out")
@public("signing out harms nobody", geo=True)
def end() -> Response:
    signed_in = login.signed_in()
    if signed_in is not None:
        service.sign_out(signed_in.person, everywhere=request.form.get("everywhere") == "1")
    logout_user()
    session.clear()
    response: Response = done(url_for("signin.show"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/account")
@needs(Permission.SIGNED_IN)
def account() -> Response:
    return _account(PasswordForm())


@bp.post("/account/password")
@needs(Permission.SIGNED_IN)
@limiter.limit("10 per 5 minutes")
def change_password() -> Response:
    form = PasswordForm()
    if form.validate():
        try:
            service.change_password(login.person(), form.current.data or "", form.new.data or "")
        except service.WrongPassword as error:
            form.current.errors = [str(error)]
        except BadPassword as error:
            form.new.errors = [str(error)]
        else:
            return done(url_for("signin.account", saved=1))
    return _account(form, 422)


def _account(form: PasswordForm, status: int = 200) -> Response:
    person = login.person()
    sessions = service.sessions_of(person.user)
    mine = service.memberships(person.user)
    return page_or_part(
        "signin/account.html", "signin/_password.html", status,
        form=form, person=person, sessions=sessions, memberships=mine, saved=request.args.get("saved"),
    )  # fmt: skip


def _safe_target() -> str:
    """Where to go after signing in: a path of this site, whatever the address says."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    is_ours = (
        target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and "\\" not in target
    )
    return target if is_ours and target.isprintable() else url_for("home.show")


def _address() -> str:
    return client_address(current_app.config["SETTINGS"].trusted_proxies)


def register(app: Flask) -> None:
    login.init_app(app)
    app.register_blueprint(bp)
    register_error(app, service.NotYours, 404)
