"""What the public directory of names says about a domain that mail is sent from: who receives its mail, who may send
in its name (SPF, RFC 7208), and what is to be done with what others send (DMARC, RFC 7489).
"""

from dataclasses import dataclass

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

PATIENCE = 4.0  # seconds for one question


class NoDirectory(RuntimeError):
    """No name server answered."""


@dataclass(frozen=True)
class Domain:
    """What is published of a domain; "" where nothing is."""

    receives: bool
    spf: str
    dmarc: str


def look_up(domain: str, resolver: Resolver | None = None) -> Domain:
    """Ask the name servers of this machine. Raises NoDirectory."""
    asked = resolver or Resolver()
    asked.lifetime = PATIENCE
    receives = bool(_records(asked, domain, "MX")) or bool(_records(asked, domain, "A"))
    return Domain(
        receives,
        _first(_records(asked, domain, "TXT"), "v=spf1"),
        _first(_records(asked, f"_dmarc.{domain}", "TXT"), "v=dmarc1"),
    )


def _records(resolver: Resolver, name: str, kind: str) -> list[str]:
    try:
        found = resolver.resolve(name, kind)
    except (NXDOMAIN, NoAnswer):
        return []
    except (DNSException, ValueError, OSError) as error:
        raise NoDirectory(f"no name server answered ({type(error).__name__})") from error
    if kind == "TXT":
        return [b"".join(record.strings).decode("utf-8", "replace") for record in found]
    return [record.to_text() for record in found]


def _first(texts: list[str], beginning: str) -> str:
    return next((text for text in texts if text.lower().startswith(beginning)), "")
