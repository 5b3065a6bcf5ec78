"""A sign-in from a new device: the page that waits, the page behind the link of the mail, and the second factor.

Looking at the link's page changes nothing, and pressing its button only counts in the browser that began, or with the
number shown there (A06, A07).
"""

from flask import Response, make_response, redirect, render_template, url_for

from portal.delivery import transport
from portal.signin import begun, cookies, devices, factors, login, service, steps
from portal.signin.forms import CodeForm, NumberForm
from portal.signin.models import Begun
from portal.signin.pages import bp
from portal.signin.rules import Step
from portal.web.access import public
from portal.web.htmx import done, page_or_part, wants_part
from portal.web.limits import limiter


@bp.get("/sign-in/waiting")
@public("only the browser that began a sign-in sees anything here", geo=True)
def waiting() -> Response | str:
    row = steps.own()
    if row is None:
        return redirect(url_for("signin.show"), 303)  # type: ignore[return-value]
    if service.step_of(row) is Step.FACTOR:
        return redirect(url_for("signin.code"), 303)  # type: ignore[return-value]
    return render_template("signin/waiting.html", **_waits(row))


@bp.post("/sign-in/waiting")
@public("only the browser that began a sign-in goes on from here", geo=True)
def look_again() -> Response:
    """Go on when the device was approved meanwhile; the page asks every two seconds."""
    if login.signed_in():
        return done(url_for("home.show"))  # the tab with the link went on by itself
    row = steps.own()
    if row is None:
        return page_or_part("signin/waiting.html", "signin/_waiting.html", row=None, again=url_for("signin.show"))
    if service.step_of(row) is not Step.DEVICE:
        try:
            return steps.go_on_with(row)
        except begun.LinkOver:  # locked meanwhile: the page is not to ask for ever
            return page_or_part("signin/waiting.html", "signin/_waiting.html", row=None, again=url_for("signin.show"))
    if wants_part():
        return Response(status=204)
    return make_response(render_template("signin/waiting.html", **_waits(row), is_early=True))


@bp.get("/sign-in/device/<link>")
@public("whoever holds the link sees what it is for", geo=True)
def device(link: str) -> Response:
    return _device(link, NumberForm(formdata=None))


@bp.post("/sign-in/device/<link>")
@public("counts only in the browser that began, or with the number it shows", geo=True)
@limiter.limit("30 per minute")
def approve(link: str) -> Response:
    form = NumberForm()
    try:
        row = service.approve_device(link, cookies.begun(begun.SIGN_IN), form.number.data or "")
    except begun.WrongNumber as error:
        form.number.errors = [str(error)]
        return _device(link, form, 422)
    except begun.LinkOver as error:
        return _over(str(error))
    if begun.is_own(row, cookies.begun(begun.SIGN_IN)):
        return steps.go_on_with(row)
    return make_response(render_template("signin/approved.html", row=row))


@bp.post("/sign-in/device/<link>/refusal")
@public("tells support; ends the sign-in only on a device that is known with this user", geo=True)
@limiter.limit("10 per minute")
def refuse(link: str) -> Response:
    """A scanner that presses every button may come here as well, so that this alone ends nothing: nobody is in yet."""
    try:
        row = begun.of_link(link, begun.SIGN_IN)
    except begun.LinkOver as error:
        return _over(str(error))
    service.report_not_me(row, is_known=devices.known(row.owner, cookies.device()) is not None)
    return make_response(render_template("signin/refused.html", row=row))


@bp.get("/sign-in/code")
@public("only the browser that began a sign-in sees anything here", geo=True)
def code() -> Response:
    row = steps.own()
    if row is None or service.step_of(row) is not Step.FACTOR:
        return redirect(url_for("signin.show"), 303)  # type: ignore[return-value]
    return make_response(render_template("signin/code.html", form=CodeForm(formdata=None)))


@bp.post("/sign-in/code")
@public("a code is asked for", geo=True)
@limiter.limit("30 per minute")
def show_code() -> Response:
    row = steps.own()
    if row is None or service.step_of(row) is not Step.FACTOR:
        return redirect(url_for("signin.show"), 303)  # type: ignore[return-value]
    form = CodeForm()
    if form.validate():
        try:
            service.show_code(row, form.code.data or "")
        except factors.WrongCode as error:
            form.code.errors = [str(error)]
        except begun.LinkOver as error:
            return _over(str(error))
        else:
            return steps.go_on_with(Begun.get_by_id(row.id))
    return make_response(render_template("signin/code.html", form=form), 422)


def _device(link: str, form: NumberForm, status: int = 200) -> Response:
    try:
        row = begun.of_link(link, begun.SIGN_IN)
    except begun.LinkOver as error:
        return _over(str(error))
    is_own = begun.is_own(row, cookies.begun(begun.SIGN_IN))
    page = render_template("signin/device.html", row=row, link=link, form=form, is_own=is_own)
    return make_response(page, status)


def _over(sentence: str) -> Response:
    return make_response(render_template("signin/over.html", sentence=sentence), 404)


def _waits(row: Begun) -> dict[str, object]:
    return {
        "row": row, "number": row.shown_number, "email": row.owner.email, "is_caught": transport.is_caught(),
        "url": url_for("signin.look_again"), "again": url_for("signin.show"),
    }  # fmt: skip
