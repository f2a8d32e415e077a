"""Whom a passkey is for: this deployment's host, as browsers know it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from portal.accounts.passkeys import RelyingParty
from portal.web.floor import institution, settings


def relying_party() -> RelyingParty | None:
    """The relying party of this request's host; None where there can be none: no passkey is for a bare address.

    In production it is the host of the base URL and no other. On a developer's machine it is the name
    that the browser used, which is one of the machine's own: Flask refuses every other host.
    """
    base = settings().base_url if settings().production else request.host_url.rstrip("/")
    host = urlsplit(base).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return RelyingParty(host, institution().name, base)
    return None
