"""Groups: the list, and adding, renaming and removing one."""

from flask import Blueprint, Response, request, url_for

from portal.contacts import queries, service
from portal.contacts.forms import GroupForm
from portal.core.permissions import Permission
from portal.web.access import needs
from portal.web.htmx import done, page_or_part

bp = Blueprint("groups", __name__, url_prefix="/groups")


@bp.get("")
@needs(Permission.CONTACT_READ)
def index() -> Response:
    return _index(GroupForm(formdata=None))


@bp.post("")
@needs(Permission.CONTACT_EDIT)
def add() -> Response:
    form = GroupForm()
    if form.validate():
        try:
            service.add_group(form.name.data or "", form.description.data or "")
        except service.GroupNameTaken as error:
            form.name.errors = [str(error)]
        else:
            return done(url_for("groups.index"))
    return _index(form, 422)


@bp.get("/<int:group_id>/edit")
@needs(Permission.CONTACT_EDIT)
def edit(group_id: int) -> Response:
    group = service.find_group(group_id)
    return page_or_part("groups/edit.html", "groups/_edit.html", group=group, form=GroupForm(obj=group))


@bp.post("/<int:group_id>")
@needs(Permission.CONTACT_EDIT)
def change(group_id: int) -> Response:
    group = service.find_group(group_id)
    form = GroupForm()
    if form.validate():
        try:
            service.rename_group(group_id, form.name.data or "", form.description.data or "")
        except service.GroupNameTaken as error:
            form.name.errors = [str(error)]
        else:
            return done(url_for("groups.index"))
    return page_or_part("groups/edit.html", "groups/_edit.html", 422, group=group, form=form)


@bp.get("/<int:group_id>/removal")
@needs(Permission.CONTACT_DELETE, fresh=True)
def ask_removal(group_id: int) -> Response:
    group = service.find_group(group_id)
    size = queries.group_sizes().get(group.id, 0)
    return page_or_part("groups/remove.html", "groups/_remove.html", group=group, size=size)


@bp.post("/<int:group_id>/removal")
@needs(Permission.CONTACT_DELETE, fresh=True)
def remove(group_id: int) -> Response:
    service.remove_group(group_id)
    return done(url_for("groups.index"))


def _index(form: GroupForm, status: int = 200) -> Response:
    return page_or_part(
        "groups/index.html", "groups/_list.html", status,
        groups=queries.visible_groups(), sizes=queries.group_sizes(), form=form, is_adding=request.method == "POST",
    )  # fmt: skip
