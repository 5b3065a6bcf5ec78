"""For support users: making an organisation with its first owner, in the browser."""

from flask import Response, render_template, url_for

from portal.accounts import service as accounts
from portal.accounts.rules import BadPassword
from portal.core.permissions import Permission
from portal.signin.forms import OrganisationForm
from portal.signin.pages import bp
from portal.web.access import needs
from portal.web.htmx import done


@bp.get("/organisations/new")
@needs(Permission.SUPPORT, fresh=True)
def new_organisation() -> str:
    return render_template("signin/new_organisation.html", form=OrganisationForm(formdata=None))


@bp.post("/organisations")
@needs(Permission.SUPPORT, fresh=True)
def add_organisation() -> Response | tuple[str, int]:
    form = OrganisationForm()
    if form.validate():
        try:
            accounts.found(
                form.name.data or "", form.owner_name.data or "", form.owner_email.data or "", form.password.data or ""
            )
        except BadPassword as error:
            form.password.errors = [str(error)]
        else:
            return done(url_for("signin.choose", added=form.name.data))
    return render_template("signin/new_organisation.html", form=form), 422
