"""A real SMTP server on this machine that can be told to misbehave."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """Accepts everything, except where `plan` says otherwise for a stage: MAIL, RCPT, DATA.

    `plan["RCPT"] = ["451 later"]` gives that reply once; each entry is one reply, an empty one is
    as without a plan. "hang" never replies, "drop" cuts the connection. `lying` makes it keep a mail and
    then act on the plan all the same.
    """

    def __init__(self) -> None:
        self.accepted: list[tuple[Envelope, EmailMessage]] = []
        self.plan: dict[str, list[str]] = {}
        self.lying = False
        self.connections = 0
        self.encrypted: list[bool] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.on_accept: Callable[[], None] = lambda: None
        self.farewells = threading.Semaphore(0)
        self.port = 0

    @property
    def mails(self) -> list[EmailMessage]:
        return [mail for _, mail in self.accepted]

    @property
    def duplicates(self) -> int:
        """How many mails came that had come before."""
        names = [mail["Message-ID"] for mail in self.mails]
        return len(names) - len(set(names))

    # ── what aiosmtpd calls ──────────────────────────────────────────────────────────────────────

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.encrypted.append(session.ssl is not None)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._planned("MAIL", server) or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await self._planned("RCPT", server)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        planned = bool(self.plan.get("DATA"))
        if not planned or self.lying:
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=default)
            assert isinstance(mail, EmailMessage)
            self.accepted.append((envelope, mail))
            await asyncio.to_thread(self.on_accept)
        return await self._planned("DATA", server) or "250 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.farewells.release()
        return "221 Bye"

    async def _planned(self, stage: str, server: SMTP) -> str | None:
        steps = self.plan.get(stage)
        if not steps:
            return None
        step = steps.pop(0)
        if not step:
            return None
        if step == "hang":
            await asyncio.sleep(60)
        if step == "drop":
            assert server.transport is not None
            server.transport.abort()
            await asyncio.sleep(0)
        return step

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login, data.password))
        # Not handled means that aiosmtpd writes the refusal.
        return AuthResult(success=data.password == b"rahasia@1", handled=False)


@contextmanager
def serving(
    server: MailServer, *, tls: ssl.SSLContext | None = None, implicit: bool = False, auth: bool = False, **more: Any
) -> Iterator[MailServer]:
    """Run the server on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        server.port = probe.getsockname()[1]
    if auth:
        more |= {"auth_required": True, "authenticator": server.log_in}
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        server_hostname="mail.example.id",
        enable_SMTPUTF8=more.pop("utf8", True),
        **({"ssl_context": tls} if implicit else {"tls_context": tls}),
        **more,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
