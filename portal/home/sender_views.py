"""Settings: the senders that campaigns may go out from, beside the organisation itself."""

from flask import Response, render_template, request, url_for

from portal.campaigns import senders
from portal.core.permissions import Permission
from portal.delivery import transport
from portal.home.forms import SenderForm
from portal.home.pages import bp
from portal.web.access import needs
from portal.web.htmx import done, page_or_part


@bp.get("/senders")
@needs(Permission.SETTINGS)
def all_senders() -> Response:
    return _senders(SenderForm(formdata=None))


@bp.post("/senders")
@needs(Permission.SETTINGS)
def add_sender() -> Response:
    form = SenderForm()
    if form.validate():
        try:
            senders.add(form.name.data or "", form.email.data or "", form.reply_to.data or "")
        except senders.SenderExists as error:
            form.email.errors = [str(error)]
        else:
            return done(url_for("settings.all_senders", saved=1))
    return _senders(form, 422)


@bp.get("/senders/<int:sender_id>")
@needs(Permission.SETTINGS)
def sender(sender_id: int) -> Response:
    found = senders.find(sender_id)
    return _sender(sender_id, SenderForm(obj=found))


@bp.post("/senders/<int:sender_id>")
@needs(Permission.SETTINGS)
def change_sender(sender_id: int) -> Response:
    found = senders.find(sender_id)
    form = SenderForm()
    if form.validate():
        try:
            senders.change(
                found, name=form.name.data or "", email=form.email.data or "", reply_to=form.reply_to.data or ""
            )
        except senders.SenderExists as error:
            form.email.errors = [str(error)]
        else:
            return done(url_for("settings.all_senders", saved=1))
    return _sender(sender_id, form, 422)


@bp.get("/senders/<int:sender_id>/removal")
@needs(Permission.SETTINGS)
def confirm_sender_removal(sender_id: int) -> str:
    return render_template("settings/remove_sender.html", sender=senders.find(sender_id), own=senders.own())


@bp.post("/senders/<int:sender_id>/removal")
@needs(Permission.SETTINGS)
def remove_sender(sender_id: int) -> Response:
    senders.remove(senders.find(sender_id))
    return done(url_for("settings.all_senders", saved=1))


def _senders(form: SenderForm, status: int = 200) -> Response:
    return page_or_part(
        "settings/senders.html", "settings/_senders.html", status, form=form, own=senders.own(),
        others=senders.others(), saved=request.args.get("saved"), is_caught=transport.is_caught(),
    )  # fmt: skip


def _sender(sender_id: int, form: SenderForm, status: int = 200) -> Response:
    return page_or_part("settings/sender.html", "settings/_sender.html", status, form=form, sender_id=sender_id)
