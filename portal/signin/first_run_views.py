"""The page on which the first owner of a new installation is made."""

from flask import Response, abort, make_response, render_template

from portal.accounts.rules import BadPassword
from portal.signin import cookies, first_run, steps
from portal.signin.forms import FirstRunForm
from portal.signin.pages import bp
from portal.web.access import public
from portal.web.limits import limiter
from portal.web.proxies import address


@bp.get("/first-run")
@public("before anybody is there, the code of the terminal lets in", geo=True)
def first_owner() -> Response:
    if first_run.is_taken():
        abort(404)
    return make_response(render_template("signin/first_run.html", form=FirstRunForm(formdata=None)))


@bp.post("/first-run")
@public("before anybody is there, the code of the terminal lets in", geo=True)
@limiter.limit("30 per minute")
def make_first_owner() -> Response:
    if first_run.is_taken():
        abort(404)
    form = FirstRunForm()
    if form.validate():
        try:
            entered = first_run.make_owner(
                form.code.data or "", form.name.data or "", form.owner_name.data or "", form.owner_email.data or "",
                form.password.data or "", cookies.browser(), address(),
            )  # fmt: skip
            return steps.go_on(entered)
        except BadPassword as error:
            form.password.errors = [str(error)]
        except first_run.WrongFirstCode as error:
            form.code.errors = [str(error)]
        except first_run.NotFirst:
            abort(404)
    return make_response(render_template("signin/first_run.html", form=form), 422)
