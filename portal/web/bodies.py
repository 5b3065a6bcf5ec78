"""What a request may bring: files come as parts, which are read bit by bit; any other body is read at once, and is
therefore small (D08). An address with the character NUL, which one database takes and the other does not, is refused
(C11).
"""

from flask import Flask, abort, request


def init_app(app: Flask) -> None:
    """To be called before anything that looks into a form."""

    @app.before_request
    def limit() -> None:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = app.config["MAX_FORM_MEMORY_SIZE"]
        if b"%00" in request.query_string or "\0" in request.path:
            abort(404)
