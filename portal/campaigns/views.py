"""The pages of campaigns: the list, writing one, looking at it as a contact, trying it on oneself."""

from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from wtforms import BooleanField, HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired

from portal.campaigns import (  # noqa: F401 - some bring routes
    attachments,
    file_views,
    foot_views,
    history_views,
    merge,
    merge_fields,
    senders,
    sending,
    sending_views,
    service,
)
from portal.campaigns.cleaning import to_editor
from portal.campaigns.letter import NOTICE
from portal.campaigns.models import DRAFT, Campaign
from portal.campaigns.pages import STATES, bp
from portal.consent import purposes
from portal.consent.rules import CLASSES, PurposeClass
from portal.contacts import field_files
from portal.contacts import queries as contacts
from portal.contacts import service as contact_service
from portal.contacts.forms import plain
from portal.contacts.models import Contact
from portal.contacts.queries import Filter
from portal.core.permissions import Denied, Permission
from portal.delivery import system_mail, tracking, transport
from portal.web.access import needs
from portal.web.errors import register_error
from portal.web.forms import Form
from portal.web.frame import Place, add_place
from portal.web.headers import message_frame
from portal.web.htmx import done, page_or_part
from portal.web.limits import limiter
from portal.web.paging import paging

SIZE = 30
LONGEST_BODY = 200_000


def _id(text: Any) -> int | None:
    """The id that a choice stands for: None for the empty one, 0 (nobody's) for what is no choice."""
    text = str(text or "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


_KINDS = [
    SelectChoice("", "As its purpose says"),
    *(SelectChoice(key, words) for key, (words, _) in CLASSES.items()),
]


class NameForm(Form):
    name = StringField("Name", [DataRequired("Give it a name, such as Spring newsletter."), plain])


class CampaignForm(NameForm):
    version = HiddenField()
    subject = StringField("Subject", [plain])
    preheader = StringField("First words in the mailbox", [plain])
    body = HiddenField("Text")
    is_tracked = BooleanField("Note who reads it and which links are followed")
    is_sensitive = BooleanField("This letter may show special information")
    sender_id = SelectField("From", coerce=_id, validate_choice=False)
    purpose_id = SelectField("What it is for", coerce=_id, validate_choice=False)
    purpose = SelectField("Kind of message", choices=_KINDS, default="")
    purpose_reason = StringField("Why it is not direct marketing", [plain])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = {one.id: one for one in purposes.current()}
        self.purpose_id.choices = [SelectChoice(str(one.id), one.name) for one in used.values()]
        own, others = senders.own(), senders.others()
        self.sender_id.choices = [
            SelectChoice("", f"{own.name} <{own.email}>"),
            *(SelectChoice(str(one.id), f"{one.name} <{one.email}>") for one in others),
        ]
        self.knows_sender = self.sender_id.data in (None, *(one.id for one in others))

    def validate_sender_id(self, field: Any) -> None:
        if not self.knows_sender:
            field.data = None
            raise ValidationError("This sender is not there any more. Choose another one.")

    def validate_body(self, field: Any) -> None:
        if len(field.data or "") > LONGEST_BODY:
            raise ValidationError("This text is too long for one message. Take some of it out.")


@bp.get("")
@needs(Permission.CAMPAIGN_READ)
def index() -> Response:
    return _index(NameForm(formdata=None))


@bp.post("")
@needs(Permission.CAMPAIGN_EDIT)
def add() -> Response:
    form = NameForm()
    if not form.validate():
        return _index(form, 422)
    made = service.create(form.name.data or "")
    return done(url_for("campaigns.show", campaign_id=made.id))


@bp.get("/<int:campaign_id>")
@needs(Permission.CAMPAIGN_READ)
def show(campaign_id: int) -> Response:
    campaign = service.find(campaign_id)
    if campaign.state == DRAFT and g.actor.may(Permission.CAMPAIGN_EDIT) and not service.is_request(campaign):
        form = CampaignForm(obj=campaign)
        form.purpose_id.data, form.purpose.data = service.what_for(campaign)
        return _compose(campaign, form)
    if campaign.state != DRAFT:
        return redirect(url_for("campaigns.history", campaign_id=campaign_id), 303)  # type: ignore[return-value]
    return _preview(campaign)


@bp.post("/<int:campaign_id>")
@needs(Permission.CAMPAIGN_EDIT)
def save(campaign_id: int) -> Response:
    campaign = service.find(campaign_id)
    form = CampaignForm()
    if not form.validate():
        return _compose(campaign, form, 422)
    version = _id(request.form.get("version")) or 0
    try:
        _say_what_for(campaign, form)
        service.change(
            campaign, version, name=form.name.data or "", subject=form.subject.data or "",
            preheader=form.preheader.data or "", body=form.body.data or "",
            sender_id=form.sender_id.data, is_sensitive=int(form.is_sensitive.data),
            is_tracked=int(form.is_tracked.data or not tracking.is_on()),
        )  # fmt: skip
    except purposes.PurposeNotFound as error:
        form.purpose_id.errors = [str(error)]
        return _compose(campaign, form, 422)
    except service.Undeclared as error:
        form.purpose_reason.errors = [str(error)]
        return _compose(campaign, form, 422)
    except merge.BadField as error:
        form.body.errors = [str(error)]
        return _compose(campaign, form, 422)
    except (Denied, service.Begun) as error:
        return _compose(campaign, form, 422, str(error))
    except service.Stale:
        form.version.data = str(service.find(campaign_id).version)
        words = "Somebody changed this while you were writing. Saving again puts your words in their place."
        return _compose(campaign, form, 422, words)
    then = {"preview": "campaigns.preview", "audience": "campaigns.audience"}.get(
        request.form.get("then", ""), "campaigns.show"
    )
    return done(url_for(then, campaign_id=campaign_id, saved=1))


def _say_what_for(campaign: Campaign, form: CampaignForm) -> None:
    """Keep the purpose. A form that does not ask for it, such as an older page, leaves it as it is."""
    if form.purpose_id.data is not None:
        declared = PurposeClass(form.purpose.data) if form.purpose.data else None
        service.set_purpose(campaign, form.purpose_id.data, declared, form.purpose_reason.data or "")


@bp.get("/<int:campaign_id>/preview")
@needs(Permission.CAMPAIGN_READ)
def preview(campaign_id: int) -> Response:
    return _preview(service.find(campaign_id))


@bp.get("/<int:campaign_id>/message")
@needs(Permission.CAMPAIGN_READ)
def message(campaign_id: int) -> Response:
    """The message itself, in a frame that can run nothing and reach nothing."""
    return message_frame(service.as_seen_by(service.find(campaign_id), _contact()).html)


@bp.post("/<int:campaign_id>/test")
@needs(Permission.CAMPAIGN_EDIT)
@limiter.limit("30 per hour")
def test(campaign_id: int) -> Response:
    """Send it to oneself."""
    campaign = service.find(campaign_id)
    service.send_test(campaign, _contact())
    return done(url_for("campaigns.preview", campaign_id=campaign_id, contact=request.form.get("contact"), tested=1))


@bp.post("/<int:campaign_id>/removal")
@needs(Permission.CAMPAIGN_EDIT)
def remove(campaign_id: int) -> Response:
    try:
        service.remove(service.find(campaign_id))
    except service.Begun as error:
        return _index(NameForm(formdata=None), 422, str(error))
    return done(url_for("campaigns.index"))


def _index(form: NameForm, status: int = 200, sentence: str = "") -> Response:
    page = paging(service.count(), SIZE)
    campaigns = service.recent(SIZE, (page.number - 1) * SIZE)
    return page_or_part(
        "campaigns/index.html", "campaigns/_list.html", status,
        campaigns=campaigns, page=page, states=STATES, form=form, sentence=sentence,
    )  # fmt: skip


def _compose(campaign: Campaign, form: CampaignForm, status: int = 200, sentence: str = "") -> Response:
    sheets = field_files.sheets()
    return page_or_part(
        "campaigns/compose.html", "campaigns/_compose.html", status,
        campaign=campaign, form=form, fields=merge.open_fields(), pages_of_fields=merge_fields.menu(sheets),
        asks_sensitive=any(field_files.is_sensitive(f) for s in sheets for f in s.fields),
        checks=service.before_sending(campaign),
        sentence=sentence, saved=request.args.get("saved"), letter=service.letter_of(campaign),
        files=attachments.of(campaign.id), body_for_editor=to_editor(form.body.data or ""),
        tracks=tracking.is_on(), notice=NOTICE, appeal=service.hidden_appeal(campaign),
    )  # fmt: skip


def _preview(campaign: Campaign) -> Response:
    contact = _contact()
    words = request.args.get("as", "").strip()[:200]
    found = contacts.page(Filter(text=words), 1, 8) if words else []
    test_mail = system_mail.last_test(g.actor.user_id, campaign.id) if request.args.get("tested") else None
    return page_or_part(
        "campaigns/preview.html", "campaigns/_preview.html",
        campaign=campaign, contact=contact, name=contacts.name_of(contact) if contact else "", words=words, found=found,
        written=service.as_seen_by(campaign, contact), is_narrow=request.args.get("width") == "phone",
        shows_text=request.args.get("show") == "text", test_mail=test_mail, is_caught=transport.is_caught(),
    )  # fmt: skip


def _contact() -> Contact | None:
    """The contact as whom the message is seen; somebody out of sight is not found."""
    text = request.values.get("contact", "")
    return contact_service.find(int(text)) if text.isascii() and text.isdigit() and len(text) < 12 else None


def register(app: Flask) -> None:
    # sending_views and history_views, imported above, put their routes on the same blueprint
    app.register_blueprint(bp)
    register_error(app, service.Begun, 422)
    register_error(app, sending.NotReady, 422)
    file_views.register(app)
    app.register_blueprint(foot_views.bp)
    register_error(app, service.CampaignNotFound, 404)
    add_place(Place("Campaigns", "send", "campaigns.index", "campaigns", Permission.CAMPAIGN_READ))
