"""Pictures made afresh from their pixels: no place, comment, thumbnail, profile or script goes along."""

import io
import threading
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from portal.documents.rules import MOST_PIXELS, BadDocument

PORTRAIT = 512  # pixels of each side of a contact's photo
PREVIEW = 1200
_TOO_MANY = "This picture has more than 50 million pixels. Save it smaller and choose it again."
_NO_PICTURE = "This file is not a picture that can be read. PNG, JPEG, GIF and WebP pictures can."
_REFUSALS = (OSError, ValueError, SyntaxError, ArithmeticError, TypeError, IndexError, KeyError, EOFError)
# A picture of 50 million pixels is 200 MB while it is laid out: one at a time in each process.
_one = threading.Lock()


def made_afresh(file: BinaryIO, target: BinaryIO, *, portrait: bool = False) -> str:
    """Write the picture anew and return its type, "png" or "jpeg". Raises BadDocument.

    A portrait is cropped to its middle square, and made small.
    """
    with _one:
        picture, kind = _laid_out(file)
        if portrait:
            side = min(PORTRAIT, *picture.size)
            picture = ImageOps.fit(picture, (side, side))
        _write(picture, kind, target)
    return kind


def small(file: BinaryIO) -> bytes:
    """A picture of ours for looking at, in its own type, small enough for a page."""
    out = io.BytesIO()
    with _one:
        picture, kind = _laid_out(file)
        picture.thumbnail((PREVIEW, PREVIEW))
        _write(picture, kind, out)
    return out.getvalue()


def _laid_out(file: BinaryIO) -> tuple[Image.Image, str]:
    """The pixels, the right way up, and the type they are best written as. How many there are is read from the head
    of the file, before any is laid out.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(file, formats=("PNG", "JPEG", "GIF", "WEBP"))
            if picture.width * picture.height > MOST_PIXELS:
                raise BadDocument(_TOO_MANY)
            picture.load()
            turned = ImageOps.exif_transpose(picture)
            is_clear = "transparency" in turned.info or turned.mode in ("RGBA", "LA", "PA")
            plain = turned.convert("RGBA" if is_clear else "L" if turned.mode in ("1", "L") else "RGB")
    except Image.DecompressionBombError:
        raise BadDocument(_TOO_MANY) from None
    except BadDocument:
        raise
    except _REFUSALS:
        raise BadDocument(_NO_PICTURE) from None
    is_photo = picture.format in ("JPEG", "WEBP") and not is_clear
    return plain, "jpeg" if is_photo else "png"


def _write(picture: Image.Image, kind: str, target: BinaryIO) -> None:
    picture.info = {}  # whatever else the old file said of itself
    if kind == "jpeg":
        picture.save(target, "JPEG", quality=90)
    else:
        picture.save(target, "PNG")
