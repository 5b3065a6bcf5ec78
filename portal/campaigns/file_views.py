"""Pictures in a newsletter's text, seen by its readers, and files sent along with it."""

from flask import Blueprint, Flask, Response, abort, g, jsonify, request, url_for

from portal.campaigns import attachments, pictures, service
from portal.campaigns.models import DRAFT
from portal.campaigns.pages import bp
from portal.core.actor import Actor, acting_as, system
from portal.core.permissions import Permission
from portal.core.tenancy import Org
from portal.core.text import InvalidText
from portal.web.access import linked, needs, register_link
from portal.web.errors import answer, register_error
from portal.web.htmx import done

public_bp = Blueprint("pictures", __name__)
YEAR = "public, max-age=31536000, immutable"


@bp.post("/<int:campaign_id>/pictures")
@needs(Permission.CAMPAIGN_EDIT)
def add_picture(campaign_id: int) -> tuple[Response, int]:
    """Keep a picture for the text; answers the editor with where it is, or with a sentence."""
    campaign = service.find(campaign_id)
    file = request.files.get("file")
    if file is None or campaign.state != DRAFT:
        return jsonify(sentence="Choose a picture, while the campaign is a draft."), 422
    try:
        picture = pictures.add(file.stream.read(pictures.LARGEST + 1), file.filename or "", campaign.id)
    except pictures.BadPicture as error:
        return jsonify(sentence=str(error)), 422
    return jsonify(url=pictures.public_path(picture.id), width=picture.width, height=picture.height), 200


@bp.post("/<int:campaign_id>/files")
@needs(Permission.CAMPAIGN_EDIT)
def add_file(campaign_id: int) -> Response:
    campaign = service.find(campaign_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        return answer(422, "Choose a file first.")
    try:
        attachments.add(campaign, file.filename, file.stream.read(attachments.MOST_BYTES + 1))
    except (attachments.BadFile, InvalidText) as error:
        return answer(422, str(error))
    return done(url_for("campaigns.show", campaign_id=campaign_id))


@bp.post("/<int:campaign_id>/files/<int:attachment_id>/removal")
@needs(Permission.CAMPAIGN_EDIT)
def remove_file(campaign_id: int, attachment_id: int) -> Response:
    attachments.remove(service.find(campaign_id), attachment_id)
    return done(url_for("campaigns.show", campaign_id=campaign_id))


@public_bp.get("/pictures/<token>")
@linked(pictures.PURPOSE)
def show(token: str) -> Response:
    picture = g.actor_subject
    headers = {"Cache-Control": YEAR, "Content-Disposition": "inline", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(bytes(picture.body), content_type=picture.kind, headers=headers)


def _resolve(org_id: int, picture_id: int) -> Actor | None:
    if Org.get_or_none(Org.id == org_id) is None:
        abort(404)
    with acting_as(system(org_id)):
        picture = pictures.find(picture_id)
    if picture is None:
        return None
    g.actor_subject = picture
    return Actor(org_id=org_id, name="A reader")


def register(app: Flask) -> None:
    app.register_blueprint(public_bp)
    app.jinja_env.globals["picture_path"] = pictures.public_path
    register_link(pictures.PURPOSE, _resolve)
    register_error(app, attachments.Gone, 404)
    register_error(app, attachments.BadFile, 422)
