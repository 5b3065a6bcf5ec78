"""Whose address a request comes from. Forwarded headers count only when the peer is a listed proxy."""

import ipaddress

from flask import request


def client_address(trusted: tuple[str, ...]) -> str:
    """The right-most hop that is not one of our proxies; without proxies, the socket's peer."""
    peer = request.remote_addr or ""
    networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]
    if not _is_in(peer, networks):
        return _plain(peer)
    hops = [hop.strip() for hop in ",".join(request.headers.getlist("X-Forwarded-For")).split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_in(hop, networks):
            return _plain(hop)
    return _plain(peer)


def _is_in(text: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        address = ipaddress.ip_address(_plain(text))
    except ValueError:
        return False
    return any(address in network for network in networks)


def _plain(text: str) -> str:
    """The address as such: a mapped IPv4 address is that IPv4 address; anything else that is none is kept out."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
