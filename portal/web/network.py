"""Where a request comes from, as coarse as a limit needs it: an IPv4 address or an IPv6 /64."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Request


def network_of(address: str | None) -> str:
    """The network that shares one limit. A household or phone holds a whole IPv6 /64, so it counts as one."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)


def client_network(request: Request) -> str:
    """The caller's network. Behind proxies ProxyFix has already put the caller's address in place."""
    return network_of(request.remote_addr)
