"""The page on which a user's role and rights are chosen, and what they would come to."""

from flask import Response, g, request, url_for
from werkzeug.datastructures import MultiDict

from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.core.permissions import RIGHTS, Denied, Permission
from portal.users import queries, service
from portal.users.pages import bp
from portal.users.rules import ACTS, LATER, PLAIN, ROLE_WORDS, SETS, Choice, choice_of, of_role, read_choice
from portal.web.access import needs
from portal.web.htmx import done, page_or_part

BACK = ("", "review")


@bp.get("/settings/users/<int:membership_id>/rights")
@needs(Permission.USERS, fresh=True)
def rights(membership_id: int) -> Response:
    membership = accounts.find_membership(membership_id)
    return _page(membership, choice_of(membership, _page_ids()), {})


@bp.get("/settings/users/<int:membership_id>/rights/effect")
@needs(Permission.USERS)
def effect(membership_id: int) -> Response:
    """The same page with what is being chosen, and what it would come to. Asks for no fresh proof, so that choosing
    slowly loses nothing.
    """
    membership = accounts.find_membership(membership_id)
    choice, errors = _read(request.args)
    return _page(membership, choice, errors)


@bp.post("/settings/users/<int:membership_id>/rights")
@needs(Permission.USERS, fresh=True)
def change_rights(membership_id: int) -> Response:
    membership = accounts.find_membership(membership_id)
    choice, errors = _read(request.form)
    if not errors:
        try:
            service.save_rights(membership_id, choice)
        except Denied as error:
            errors["role"] = str(error)
        else:
            said = "role" if membership.role != choice.role else "rights"
            if request.form.get("back") == "review":
                return done(url_for("users.review", _anchor=f"user-{membership_id}"))
            return done(url_for("users.show", membership_id=membership_id, saved=said))
    return _page(membership, choice, errors, 422)


def _read(form: MultiDict[str, str]) -> tuple[Choice, dict[str, str]]:
    return read_choice(form, queries.names().groups, _page_ids())


def _page_ids() -> list[int]:
    return [page.id for page in queries.designed_pages()]


def _page(membership: Membership, choice: Choice, errors: dict[str, str], status: int = 200) -> Response:
    back = request.values.get("back", "")
    return page_or_part(
        "users/rights.html", "users/_rights.html", status,
        membership=membership, choice=choice, errors=errors, groups=queries.names().groups,
        pages=queries.designed_pages(), roles=ROLE_WORDS, sets=SETS, acts=ACTS, later=LATER, rights=RIGHTS,
        plain=PLAIN, of_role=of_role, effect="" if errors else queries.effect(membership, choice),
        is_own=membership.user_id == g.actor.user_id, back=back if back in BACK else "",
        limits=queries.limits_of(membership, queries.names()),
    )  # fmt: skip
