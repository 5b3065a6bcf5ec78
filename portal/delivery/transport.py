"""Which mail server messages are handed to: the one of SMTP_URL, else the mail catcher of this machine."""

from portal.config import Settings
from portal.delivery import return_path
from portal.delivery.models import Delivery
from portal.gateways.imap import Mailbox
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


def envelope_sender(row: Delivery, mailbox: str) -> str:
    """Where a message goes back to when it cannot be delivered: to us, by an address of its own, where we have one."""
    address = _settings[0].bounce_address
    return return_path.for_delivery(address, row.org_id, row.id) if address else mailbox


def mailbox() -> Mailbox | None:
    """Where returned mail lies, if it is to be fetched."""
    url = _settings[0].bounce_url
    return Mailbox.from_url(url) if url else None


def may_track() -> bool:
    """Whether this installation notes readings and clicks at all."""
    return _settings[0].tracking


def base_url() -> str:
    return _settings[0].base_url


def domain() -> str:
    """The host name of the portal, without port."""
    return base_url().split("://", 1)[1].split("/")[0].split(":")[0]


def support_email() -> str:
    """Where people reach those who look after the installation; "" while PORTAL_SUPPORT_EMAIL is unset."""
    return _settings[0].support_email


def support_address() -> str:
    """The sender of the installation's own messages."""
    return support_email() or f"no-reply@{domain()}"
