"""Security headers on every answer, errors included (security.md C08)."""

import secrets

from flask import Flask, Response, g

MESSAGE_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
    "frame-ancestors 'self'"
)


def csp_nonce() -> str:
    """The nonce of this answer's policy, for the one style element that Trix makes."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def message_frame(html: str) -> Response:
    """An answer that is somebody's message, to be shown in a frame: it can run nothing and reach nothing."""
    return Response(html, headers={"Content-Security-Policy": MESSAGE_POLICY})


def let_stand_in_frame(response: Response, of: str) -> Response:
    """Let this answer, and no other, be shown within a page `of` somebody: in the words of frame-ancestors."""
    response.headers["Content-Security-Policy"] = _policy("'self'", of)
    return response


def _policy(style: str, frame: str) -> str:
    return (
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:; connect-src 'self'; "
        f"font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors {frame}; base-uri 'none'; "
        "manifest-src 'self'; media-src 'self'"
    )


def init_app(app: Flask) -> None:
    is_https = app.config["SETTINGS"].is_https
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def protect(response: Response) -> Response:
        style = f"'self' 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'self'"
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _policy(style, "'none'"))
        if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
            headers["X-Frame-Options"] = "DENY"  # for browsers that do not know frame-ancestors
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")  # pictures of letters are shown elsewhere
        headers["X-Robots-Tag"] = "noindex, nofollow"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if is_https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        headers.setdefault("Cache-Control", "no-store")
        return response
