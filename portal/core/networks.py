"""The unit in which network addresses are counted."""

import ipaddress


def network_of(address: str) -> str:
    """An IPv4 address by itself, an IPv6 address as the /64 that one customer is given; "unknown" for anything else."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
