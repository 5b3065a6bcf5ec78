"""Which mail server messages are handed to: the one of SMTP_URL, else the mail catcher of this machine."""

from portal.config import Settings
from portal.gateways.smtp import Server

_settings: list[Settings] = []


class NoServer(RuntimeError):
    """There is no mail server to hand to just now."""


def use(settings: Settings) -> None:
    _settings[:] = [settings]


def is_caught() -> bool:
    """Whether mail only goes to the catcher."""
    return _settings[0].smtp_url is None


def server() -> Server:
    """The mail server of this moment; raises NoServer while the catcher has not said its port yet."""
    settings = _settings[0]
    if settings.smtp_url is not None:
        return Server.from_url(settings.smtp_url)
    try:
        port = int(settings.catcher_port_file.read_text())
    except (OSError, ValueError) as error:
        raise NoServer("The mail catcher is not running.") from error
    return Server.from_url(f"smtp://127.0.0.1:{port}?starttls=never")


def limit() -> str | None:
    """The provider's limit as it is set, such as 300/hour."""
    return _settings[0].smtp_limit


def base_url() -> str:
    return _settings[0].base_url


def domain() -> str:
    """The host name of the portal, without port."""
    return base_url().split("://", 1)[1].split("/")[0].split(":")[0]
