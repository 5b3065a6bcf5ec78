"""Pictures of an organisation: checked, re-encoded and freed of place data when they come in."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.campaigns.models import Picture
from portal.core.actor import current_actor, require
from portal.core.db import transaction
from portal.core.keys import make_token
from portal.core.permissions import Permission

PURPOSE = "i"
WIDEST = 1200  # twice the width of a newsletter's column, for sharp screens
MOST_PIXELS = 50_000_000
LARGEST = 10 * 1024 * 1024


class BadPicture(ValueError):
    """Not a picture that can be used. The message says why."""


def add(body: bytes, name: str, campaign_id: int | None) -> Picture:
    """Keep a picture: made afresh from its pixels, at most 1200 wide, without whatever else the file held.

    One without a campaign belongs to the organisation, such as its logo.
    """
    require(Permission.SETTINGS if campaign_id is None else Permission.CAMPAIGN_EDIT)
    if len(body) > LARGEST:
        raise BadPicture("This picture is larger than 10 MB. Choose a smaller one.")
    packed, kind, width, height = _again(body)
    with transaction():
        return Picture.create(
            campaign_id=campaign_id,
            name=name[:200],
            kind=kind,
            body=packed,
            width=width,
            height=height,
        )


def public_path(picture_id: int) -> str:
    """Where the picture can be seen by everybody who has the address, such as the readers of a newsletter."""
    return f"/pictures/{make_token(PURPOSE, current_actor().org_id, picture_id)}"


def find(picture_id: int) -> Picture | None:
    return Picture.get_or_none(Picture.id == picture_id)


def _again(body: bytes) -> tuple[bytes, str, int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(body), formats=("PNG", "JPEG", "GIF", "WEBP"))
            if picture.width * picture.height > MOST_PIXELS:
                raise BadPicture("This picture has too many pixels. Choose a smaller one.")
            picture.load()
            picture = ImageOps.exif_transpose(picture)
    except (
        UnidentifiedImageError,
        OSError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
        ValueError,
    ) as error:
        if isinstance(error, BadPicture):
            raise
        raise BadPicture("This file is not a picture that can be used. PNG, JPEG and GIF files can.") from error
    if picture.width > WIDEST:
        picture = picture.resize((WIDEST, max(1, round(picture.height * WIDEST / picture.width))))
    is_clear = (picture.mode in ("RGBA", "LA", "P") and "transparency" in picture.info) or picture.mode in (
        "RGBA",
        "LA",
    )
    out = io.BytesIO()
    if is_clear or picture.format == "PNG":
        _pixels(picture, "RGBA").save(out, "PNG", optimize=True)
        kind = "image/png"
    else:
        _pixels(picture, "RGB").save(out, "JPEG", quality=85, optimize=True)
        kind = "image/jpeg"
    return out.getvalue(), kind, picture.width, picture.height


def _pixels(picture: Image.Image, mode: str) -> Image.Image:
    """The picture with nothing but its pixels: no comment, place, thumbnail or profile goes along."""
    plain = picture.convert(mode)
    return Image.frombytes(mode, plain.size, plain.tobytes())
