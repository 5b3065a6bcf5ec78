"""The web server, and how it is started: as a command of its own, or forked from what has loaded the program."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def bind() -> str:
    return os.environ.get("PORTAL_BIND", "127.0.0.1")


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", *_words(port)]


def serve(port: int) -> None:
    """Be the web server until asked to end. A process that has imported wsgi already shares it."""
    from gunicorn.app import wsgiapp  # type: ignore[import-untyped]  # not loaded where no pages are served

    sys.argv = ["gunicorn", *_words(port)]
    wsgiapp.run()


def _words(port: int) -> list[str]:
    return [
        "wsgi:app", "--worker-class", "gthread", "--preload",
        "--workers", os.environ.get("WEB_WORKERS", "2"), "--threads", os.environ.get("WEB_THREADS", "4"),
        "--bind", f"{bind()}:{port}", "--graceful-timeout", "6", "--timeout", "60", "--keep-alive", "15",
        "--log-level", "warning", "--logger-class", "portal.run.web_log.WebLog", "--chdir", str(ROOT),
    ]  # fmt: skip
