"""/p/<token>/why: what "Why did I get this?" at the foot of each message opens. Tells whoever holds it no address."""

from flask import Response

from portal.profile import links, why
from portal.profile.pages import bp as bp
from portal.profile.pages import link, page
from portal.profile.rules import hint_of
from portal.web.access import linked


@bp.get("/<token>/why")
@linked(links.PURPOSE)
def why_this(token: str) -> Response:
    return page("profile/why.html", why=why.of_link(link()), where=hint_of(link().address))
