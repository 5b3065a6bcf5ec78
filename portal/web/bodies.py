"""How much a request may bring: files come as parts, which are read bit by bit; any other body is read at once, and
is therefore small (D08).
"""

from flask import Flask, request


def init_app(app: Flask) -> None:
    """To be called before anything that looks into a form."""

    @app.before_request
    def limit() -> None:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = app.config["MAX_FORM_MEMORY_SIZE"]
