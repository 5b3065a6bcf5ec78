"""Setting a new password when the old one is forgotten, and how strong one is while it is typed."""

from flask import Response, make_response, redirect, render_template, request, url_for

from portal.accounts import strength
from portal.accounts.rules import BadPassword
from portal.accounts.service import own_words
from portal.delivery import transport
from portal.signin import begun, cookies, login, passwords
from portal.signin.begun import PASSWORD
from portal.signin.forms import ForgottenForm, NewPasswordForm, NumberForm
from portal.signin.models import Begun
from portal.signin.pages import bp
from portal.web.access import public
from portal.web.evening import evened
from portal.web.htmx import done, page_or_part, wants_part
from portal.web.limits import limiter
from portal.web.proxies import address


@bp.get("/password/forgotten")
@public("who forgot his password cannot sign in", geo=True)
def forgotten() -> str:
    return render_template("signin/forgotten.html", form=ForgottenForm(formdata=None))


@bp.post("/password/forgotten")
@public("answers alike whether there is an account or not", geo=True)
@limiter.limit("20 per minute; 100 per hour")
@evened
def ask() -> Response:
    form = ForgottenForm()
    if not form.validate():
        return make_response(render_template("signin/forgotten.html", form=form), 422)
    secret = passwords.ask_new(form.email.data or "", cookies.browser(), address(), cookies.device())
    cookies.keep_begun(PASSWORD, secret)
    return redirect(url_for("signin.password_waiting"), 303)  # type: ignore[return-value]


@bp.get("/password/waiting")
@public("only the browser that asked sees anything here", geo=True)
def password_waiting() -> Response:
    row = _own()
    if row is None:
        return redirect(url_for("signin.forgotten"), 303)  # type: ignore[return-value]
    return make_response(render_template("signin/waiting.html", **_waits(row)))


@bp.post("/password/waiting")
@public("only the browser that asked goes on from here", geo=True)
def password_look_again() -> Response:
    row = _own()
    if row is None:
        return page_or_part("signin/waiting.html", "signin/_waiting.html", row=None, again=url_for("signin.forgotten"))
    if row.proved_at is not None:
        return done(url_for("signin.new_password"))
    if wants_part():
        return Response(status=204)
    return make_response(render_template("signin/waiting.html", **_waits(row), is_early=True))


@bp.get("/password/link/<link>")
@public("whoever holds the link sees what it is for", geo=True)
def password_link(link: str) -> Response:
    return _link(link, NumberForm(formdata=None))


@bp.post("/password/link/<link>")
@public("counts only in the browser that asked, or with the number it shows", geo=True)
@limiter.limit("30 per minute")
def prove_mailbox(link: str) -> Response:
    form = NumberForm()
    try:
        row = begun.prove(link, PASSWORD, cookies.begun(PASSWORD), form.number.data or "")
    except begun.WrongNumber as error:
        form.number.errors = [str(error)]
        return _link(link, form, 422)
    except begun.LinkOver as error:
        return make_response(render_template("signin/over.html", sentence=str(error)), 404)
    if begun.is_own(row, cookies.begun(PASSWORD)):
        return redirect(url_for("signin.new_password"), 303)  # type: ignore[return-value]
    return make_response(render_template("signin/approved.html", row=row))


@bp.get("/password/new")
@public("only the browser that asked, once the mailbox was shown", geo=True)
def new_password() -> Response:
    row = _own()
    if row is None or row.proved_at is None:
        return redirect(url_for("signin.forgotten"), 303)  # type: ignore[return-value]
    return make_response(render_template("signin/new_password.html", form=NewPasswordForm(formdata=None), row=row))


@bp.post("/password/new")
@public("only the browser that asked, once the mailbox was shown", geo=True)
@limiter.limit("30 per minute")
def set_password() -> Response:
    row = _own()
    if row is None or row.proved_at is None:
        return redirect(url_for("signin.forgotten"), 303)  # type: ignore[return-value]
    form = NewPasswordForm()
    if form.validate():
        try:
            secret = passwords.set_new(row, form.new.data or "", cookies.browser(), address(), cookies.device())
        except BadPassword as error:
            form.new.errors = [str(error)]
        else:
            cookies.forget_begun(PASSWORD)
            response: Response = redirect(url_for("signin.show", renewed=1), 303)  # type: ignore[assignment]
            if secret:
                cookies.keep_device(response, secret)
            return response
    return make_response(render_template("signin/new_password.html", form=form, row=row), 422)


@bp.post("/password/strength")
@public("says how soon a typed password would be guessed, and keeps nothing", geo=True)
@limiter.limit("60 per minute")
def meter() -> str:
    typed = request.form.get("new") or request.form.get("password") or ""
    words = own_words(*(request.form.get(name, "")[:200] for name in ("name", "email", "owner_name", "owner_email")))
    signed_in = login.signed_in()
    if signed_in:
        words += own_words(signed_in.person.user.name, signed_in.person.user.email)
    found = strength.estimate(typed[:200], words) if typed else None
    return render_template("signin/_meter.html", found=found, length=len(typed))


def _own() -> Begun | None:
    return begun.of_browser(cookies.begun(PASSWORD), PASSWORD)


def _link(link: str, form: NumberForm, status: int = 200) -> Response:
    try:
        row = begun.of_link(link, PASSWORD)
    except begun.LinkOver as error:
        return make_response(render_template("signin/over.html", sentence=str(error)), 404)
    is_own = begun.is_own(row, cookies.begun(PASSWORD))
    page = render_template("signin/password_link.html", row=row, link=link, form=form, is_own=is_own)
    return make_response(page, status)


def _waits(row: Begun) -> dict[str, object]:
    return {
        "row": row, "number": row.shown_number, "is_caught": transport.is_caught(),
        "url": url_for("signin.password_look_again"), "again": url_for("signin.forgotten"),
    }  # fmt: skip
