"""Messages to telephones through one HTTP gateway, whoever runs it.

One message is one POST to `PORTAL_GATEWAY_URL` with the JSON

    {"id": "…", "channel": "sms" | "whatsapp", "to": "+6281200004419", "text": "…", "language": "id" | "en"}

and the notice's id as `Idempotency-Key`, the same at every try: the gateway sends it once. `to` is E.164,
`text` one line, for an SMS at most 160 signs. Any 2xx means that the gateway has taken it.
"""

import json
import ssl
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Self
from urllib.parse import unquote, urlsplit

from portal.notices.rules import TO_PHONES, Failure, Letter, Refused, TryLater

# Connecting, and each wait for an answer, may take so long.
GATEWAY_SECONDS = 30.0
# These refuse us and not the recipient – a token that has run out, an address that has moved – or ask for
# patience: it is tried again, as after any 5xx. 409 answers a try while an earlier one is still being done.
NOT_FINAL = frozenset({401, 403, 404, 405, 407, 408, 409, 421, 425, 429})


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where messages are handed over, and by which credentials."""

    secure: bool
    host: str
    port: int | None
    target: str
    authorization: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str, token: str | None) -> Self:
        """Read `https://user:password@host:port/path?query`; a token takes the place of user and password."""
        parts = urlsplit(url)
        authorization = f"Bearer {token}" if token else None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = f"Basic {b64encode(pair.encode()).decode()}"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme == "https", parts.hostname or "", parts.port, target, authorization)


class GatewaySender:
    """Hands messages to the gateway, one connection a message. No redirection is followed."""

    channels = TO_PHONES

    def __init__(self, gateway: Gateway, *, seconds: float = GATEWAY_SECONDS) -> None:
        self.gateway = gateway
        self.seconds = seconds

    def send(self, letter: Letter) -> None:
        """Raises `Refused` for a 4xx about this message, `TryLater` for everything else that is not 2xx."""
        told = {
            "id": str(letter.id),
            "channel": letter.channel,
            "to": letter.address,
            "text": letter.body,
            "language": letter.language,
        }
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(letter.id), "Accept": "application/json"}
        if self.gateway.authorization:
            headers["Authorization"] = self.gateway.authorization
        try:
            with closing(self._dial()) as connection:
                connection.request("POST", self.gateway.target, body=json.dumps(told).encode(), headers=headers)
                status = connection.getresponse().status
        except ssl.SSLError:
            raise TryLater(Failure.NO_TLS) from None
        except (OSError, HTTPException):
            raise TryLater(Failure.UNREACHABLE) from None
        if 200 <= status < 300:
            return
        final = 400 <= status < 500 and status not in NOT_FINAL
        raise (Refused if final else TryLater)(f"http_{status}")

    def _dial(self) -> HTTPConnection:
        where = self.gateway
        if where.secure:
            return HTTPSConnection(where.host, where.port, timeout=self.seconds, context=ssl.create_default_context())
        return HTTPConnection(where.host, where.port, timeout=self.seconds)
