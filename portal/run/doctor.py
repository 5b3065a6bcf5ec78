"""`portal doctor`: looks at the whole installation and says what is right, what is doubtful and what is wrong.

Features add their own looks by portal.core.watching.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from portal.accounts import places
from portal.config import Settings
from portal.core import db, watching
from portal.core.clock import now
from portal.core.watching import DOUBTFUL, GOOD, WRONG, Finding
from portal.documents import keeping, pdf
from portal.gateways import geoip
from portal.gateways.countries import name_of
from portal.run import doctor_machine, doctor_mail, organisation_shut, outside, standing
from portal.signin import telling

OLDEST_COUNTRIES = timedelta(days=30)
LEAST_DAYS = 14  # of a certificate


def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order of what depends on what. Changes nothing, and sends nothing."""
    own = [doctor_machine.ask(partial(look, settings), look.__name__) for look in LOOKS]
    return own + [_of_feature(look) for look in watching.looks()]


def _of_feature(look: watching.Look) -> Finding:
    with db.connected():
        return doctor_machine.ask(look, look.__name__)


def _documents(settings: Settings) -> Finding:
    """Whether what people upload can be kept, and looked at."""
    trouble = keeping.store_trouble()
    if trouble:
        return Finding("documents", WRONG, f"{trouble} No document can be kept; look at STORAGE_URL.")
    where = settings.storage_url or "the data folder"
    if not pdf.can_draw():
        words = f"They are kept in {where}. Pages of PDF files are not shown: install the extra preview."
        return Finding("documents", DOUBTFUL, words)
    return Finding("documents", GOOD, f"They are kept in {where}, and pages of PDF files can be shown.")


def _malware(settings: Settings) -> Finding:
    """Whether what people upload is looked at."""
    if not keeping.has_scanner():
        words = "CLAMD_URL is not set: no scanner looks at documents for malware before they are handed out."
        return Finding("malware", DOUBTFUL, words)
    trouble = keeping.scanner_trouble()
    if trouble:
        return Finding("malware", WRONG, f"{trouble} Uploads wait and cannot be opened.")
    return Finding("malware", GOOD, "The scanner answers.")


def _countries(settings: Settings) -> Finding:
    """Whether the data that tells countries apart can be read, and how old it is."""
    name = "country data"
    problem = geoip.is_readable()
    if problem:
        return Finding(name, WRONG, f"{problem} Nobody can sign in from outside: run portal geo update.")
    made = geoip.built()
    open_to = ", ".join(sorted(map(name_of, places.of_installation())))
    words = f"Of {made}; open to {open_to}."
    if now().date() - made > OLDEST_COUNTRIES:
        return Finding(name, DOUBTFUL, f"{words} Networks move: run portal geo update.")
    return Finding(name, GOOD, words)


def _support(settings: Settings) -> Finding:
    recipients = telling.recipients()
    if not recipients:
        return Finding("support", DOUBTFUL, "Nobody is told of break-ins: set PORTAL_SUPPORT_EMAIL.")
    return Finding("support", GOOD, f"{len(recipients)} told when somebody tries to break in.")


def _breached(settings: Settings) -> Finding:
    path = settings.breached_passwords
    if path is None:
        return Finding("passwords", GOOD, "The built-in list of common passwords is used.")
    if not os.access(path, os.R_OK):
        return Finding("passwords", WRONG, f"PORTAL_BREACHED_PASSWORDS: {path} cannot be read.")
    return Finding("passwords", GOOD, f"{path} is used beside the built-in list.")


def _address(settings: Settings) -> Finding:
    """The public name: encrypted, with a certificate that others believe, kept to by browsers."""
    if settings.is_https:
        return _encryption(settings)
    if any(name in settings.base_url for name in ("//localhost", "//127.0.0.1")):
        return Finding("address", DOUBTFUL, f"{settings.base_url} is only for this machine. Set PORTAL_BASE_URL.")
    return Finding("address", WRONG, f"{settings.base_url} is not encrypted: passwords can be read on the way.")


def _encryption(settings: Settings) -> Finding:
    try:
        answer = outside.ask(settings, "/healthz")
    except outside.Unreachable as error:
        return Finding("address", WRONG, f"Under {settings.base_url} {error}.")
    kept = answer.headers.get("strict-transport-security", "")
    if "includesubdomains" not in kept.lower():
        return Finding(
            "address", WRONG, "The proxy takes Strict-Transport-Security away, or does not reach the portal."
        )
    if answer.days_left is not None and answer.days_left < LEAST_DAYS:
        return Finding("address", DOUBTFUL, f"The certificate ends in {answer.days_left} days.")
    try:
        plain = outside.ask(settings, "/", encrypted=False)
    except outside.Unreachable:
        return Finding("address", GOOD, f"{settings.base_url} is encrypted ({answer.tls}); nothing listens on port 80.")
    if plain.status not in (301, 308) or not plain.headers.get("location", "").startswith("https://"):
        return Finding("address", WRONG, "Port 80 answers pages without encryption; it must only lead to https.")
    return Finding("address", GOOD, f"{settings.base_url} is encrypted ({answer.tls}); port 80 leads there.")


def _true_address(settings: Settings) -> Finding:
    """Whether the portal knows from where a visitor comes, whatever he says himself (H01, H02)."""
    name = "true address"
    if not settings.is_https:
        return Finding(name, GOOD, "No proxy is in front; the connection's own address counts.")
    try:
        seen, is_near = outside.seen_address(settings)
    except outside.Unreachable as error:
        return Finding(name, WRONG, f"Not known: {error}.")
    if seen == "unknown":
        words = "The proxy in front is not listed: set PORTAL_TRUSTED_PROXIES, such as 127.0.0.1. Nobody can sign in."
        return Finding(name, WRONG, words)
    if seen == outside.FORGED and not is_near:
        words = "A visitor can say from where he comes: let the proxy append the true address to X-Forwarded-For."
        return Finding(name, WRONG, words)
    if seen in ("127.0.0.1", "::1"):
        words = "Visitors seem to be this machine itself: let the proxy append their address to X-Forwarded-For."
        return Finding(name, WRONG, words)
    if outside.is_port_open_to_others(settings.port):
        words = f"Port {settings.port} can be reached past the proxy: let PORTAL_BIND be 127.0.0.1, or close it."
        return Finding(name, WRONG, words)
    if is_near:
        return Finding(
            name,
            DOUBTFUL,
            "Asked from this machine itself, where a forged address cannot be told. Look again from another one.",
        )
    return Finding(name, GOOD, "Forged headers are not believed, and the web server itself is closed to others.")


def _foreign_name(settings: Settings) -> Finding:
    try:
        answer = outside.ask(settings, "/healthz", {"Host": "evil.example"})
    except outside.Unreachable:
        return Finding("foreign name", GOOD, "A request for another name is not answered.")
    if answer.status < 400:
        return Finding("foreign name", WRONG, "A request for another name is answered: the proxy must hand on Host.")
    return Finding("foreign name", GOOD, "A request for another name is refused.")


LOOKS: tuple[Callable[[Settings], Finding], ...] = (
    doctor_machine.folder,
    doctor_machine.room,
    doctor_machine.database,
    doctor_machine.queue,
    doctor_machine.processes,
    doctor_machine.keys,
    doctor_machine.database_password,
    doctor_machine.clock,
    doctor_mail.mail,
    doctor_mail.returned,
    doctor_mail.sender_domains,
    standing.mail_stands_still,
    organisation_shut.organisations,
    _documents,
    _malware,
    _countries,
    _support,
    _breached,
    _address,
    _true_address,
    _foreign_name,
)
