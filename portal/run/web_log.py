"""The web server's own log, in the portal's form: what the server says may hold an address that is a secret."""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from portal.core.logs import JsonLines


class WebLog(Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())
