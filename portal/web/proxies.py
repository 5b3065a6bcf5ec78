"""Whose address a request comes from. Forwarded headers count only when the peer is a listed proxy (H01)."""

import ipaddress
from collections.abc import Sequence

from flask import current_app, g, request

NOBODY = "unknown"


# What shows that a program handed a request on, though it may not say for whom.
_SIGNS = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")


def address() -> str:
    """The true network address of this request's client, "unknown" where it cannot be told."""
    if "client_address" not in g:
        settings = current_app.config["SETTINGS"]
        g.client_address = true_address(
            request.remote_addr or "",
            request.headers.getlist("X-Forwarded-For"),
            settings.trusted_proxies,
            is_handed_on=settings.is_https and _is_handed_on(),
            is_https=settings.is_https,
        )
    return str(g.client_address)


def true_address(
    peer: str, forwarded: Sequence[str], trusted: Sequence[str], *, is_https: bool = False, is_handed_on: bool = False
) -> str:
    """The right-most hop that is not one of our proxies; from anybody but a listed proxy, the socket's peer.

    Where people reach the portal by https, something stands in front. A listed proxy that does not say for whom it
    comes, and a program of this machine that hands a request on and is not listed, come from somebody we know nothing
    of, and not from this machine.
    """
    networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]
    plain = _plain(peer)
    if not _is_in(peer, networks):
        return NOBODY if is_handed_on and _is_loopback(plain) else plain
    hops = [hop.strip() for hop in ",".join(forwarded).split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_in(hop, networks):
            return _plain(hop)
    return NOBODY if is_https else plain


def _is_handed_on() -> bool:
    """Servers in front speak HTTP/1.0 by themselves, or leave a sign."""
    is_old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return is_old or any(name in request.headers for name in _SIGNS)


def _is_in(text: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(_plain(text))
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _is_loopback(text: str) -> bool:
    return text != NOBODY and ipaddress.ip_address(text).is_loopback


def _plain(text: str) -> str:
    """The address as such: a mapped IPv4 address is that IPv4 address; anything else that is none is kept out."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return NOBODY
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)
