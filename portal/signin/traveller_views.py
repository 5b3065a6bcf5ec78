"""A traveller asks the owners of his organisation to let him sign in from where he is."""

from flask import Response, make_response, render_template

from portal.accounts import places
from portal.core.clock import now
from portal.signin import abroad
from portal.signin.forms import TravellerForm
from portal.signin.pages import bp
from portal.web.access import public
from portal.web.evening import evened
from portal.web.limits import limiter
from portal.web.proxies import address


@bp.post("/abroad")
@public("asked from where nobody can sign in; answers alike whether there is an account or not")
@limiter.limit("5 per minute; 20 per hour")
@evened
def ask_abroad() -> Response:
    form = TravellerForm()
    if form.validate():
        today, last_day = now().date(), form.until.data
        if last_day and today <= last_day <= today + places.LONGEST_ABROAD:
            abroad.ask(form.email.data or "", form.country.data, last_day, address())
            return make_response(render_template("signin/asked.html"))
        form.until.errors = ["Enter a day within a year from now."]
    return make_response(render_template("signin/abroad.html", form=form), 422)
