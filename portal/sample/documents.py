"""A few documents of the sample organisation, made here, so that their pages are not empty."""

import io
from datetime import timedelta

from PIL import Image, ImageDraw

from portal.core.clock import now
from portal.documents import service

PAGES = (
    "Constitution of Hope House NPC\n\n1. The name is Hope House.\n2. Its aim is that children of Glenashley\n"
    "   learn to read, and that nobody goes hungry.",
    "3. The board has five members.\n4. It meets four times a year, and keeps minutes.\n"
    "5. What Hope House has serves its aim only.",
)
MINUTES = (
    "Minutes of the board\n\nPresent: Nomsa Dube, Alice Naidoo, Bob Smith.\n\nThe garden is to get a water tank.\n"
)
VISITS = "Month,Children,Meals\nAugust,41,1 204\nSeptember,44,1 310\nOctober,47,1 377\n"


def add_some() -> None:
    """To the current organisation."""
    service.add(io.BytesIO(_pdf()), "Constitution.pdf", kind="policy", folder="Governance")
    service.add(io.BytesIO(MINUTES.encode()), "Minutes of the board.txt", kind="minutes", folder="Governance / Minutes")
    past = now().date() - timedelta(days=20)
    service.add(io.BytesIO(VISITS.encode()), "Meals.csv", kind="report", folder="Reports", keep_until=past)


def _pdf() -> bytes:
    sheets = []
    for text in PAGES:
        sheet = Image.new("L", (827, 1169), "white")
        ImageDraw.Draw(sheet).text((90, 110), text, fill="black", font_size=26, spacing=14)
        sheets.append(sheet)
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:], resolution=100)
    return out.getvalue()
