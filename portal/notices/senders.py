"""How a letter leaves the house: by SMTP, through the gateway for messages, or onto a developer's console."""

import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from enum import StrEnum
from ipaddress import ip_address
from typing import Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from portal.config import Settings, is_loopback
from portal.datafiles import AddressKind
from portal.institution.models import Institution
from portal.notices.gateway import Gateway, GatewaySender
from portal.notices.rules import TO_PHONES, Channel, Failure, Letter, Refused, TryLater

# Each step of the dialogue may take so long.
STEP_SECONDS = 15.0
# RFC 5321 4.5.3.2.6 asks for patience after the message: a server that scans before it accepts would
# otherwise get, and deliver, the same mail again and again.
VERDICT_SECONDS = 60.0


class Sender(Protocol):
    """One way out. `channels` says what it can carry."""

    channels: frozenset[Channel]

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Returning means that the other side has taken it.

        Raises `Refused` if it never will, `TryLater` for everything that may pass.
        """


def sender_for(settings: Settings, channel: Channel, origin: "Origin") -> Sender | None:
    """The sender that this deployment has for a channel; None if it has none, and the notice is held.

    The console shows one-time codes and addresses, so it exists on development machines only.
    Raises `BadSmtpUrl` if `PORTAL_SMTP_URL` cannot be used.
    """
    if channel is Channel.EMAIL and settings.smtp_url is not None:
        return SmtpSender(SmtpServer.from_url(settings.smtp_url), origin)
    if channel in settings.messages_by and settings.gateway_url is not None:
        return GatewaySender(Gateway.from_url(settings.gateway_url, settings.gateway_token))
    if channel is Channel.NONE or settings.production:
        return None
    return None if channel in TO_PHONES and settings.gateway_url is not None else ConsoleSender()


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────


class BadSmtpUrl(ValueError):
    """`PORTAL_SMTP_URL` cannot be used; `reasons` says all that is wrong with it, without the password."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Encryption(StrEnum):
    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


_DEFAULT_PORTS = {Encryption.STARTTLS: 587, Encryption.IMPLICIT: 465, Encryption.NONE: 25}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The mail server that takes our mails, and the address they come from if the URL names one."""

    host: str
    port: int
    encryption: Encryption
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str | None = None

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read `smtp://user:password@host:port?from=…&tls=starttls|implicit|none`.

        Without `tls` STARTTLS is required, except on this machine; `smtps://` means implicit. Raises
        `BadSmtpUrl` with every fault: an unknown or double setting, a bad port, an address that is
        none, and a password that would travel unencrypted beyond this machine.
        """
        parts = urlsplit(url)
        reasons = []
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/") or parts.fragment:
            raise BadSmtpUrl(["it must look like smtp://user:password@host:587?from=pengaduan@example.co.id"])
        asked = parse_qs(parts.query, keep_blank_values=True)
        reasons += [f"it has an unknown setting {name!r}" for name in asked if name not in ("from", "tls")]
        reasons += [f"it has {name!r} more than once" for name, values in asked.items() if len(values) > 1]

        implied = Encryption.IMPLICIT if parts.scheme == "smtps" else None
        named = asked["tls"][0] if "tls" in asked else None
        if named is not None and named not in set(Encryption):
            reasons.append("tls must be starttls, implicit or none")
            named = None
        if implied and named not in (None, implied):
            reasons.append(f"smtps:// and tls={named} contradict each other")
        default = Encryption.NONE if is_loopback(host) else Encryption.STARTTLS
        encryption = implied or (Encryption(named) if named else default)

        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        if (user is None) != (password is None):
            reasons.append("it needs both a user and a password, or neither")
        if password is not None and encryption is Encryption.NONE and not is_loopback(host):
            reasons.append("with tls=none the password would travel unencrypted")
        sender = asked["from"][0] if "from" in asked else None
        if sender is not None and _mailbox(sender) is None:
            reasons.append("from is not an e-mail address in plain ASCII")
        if reasons:
            raise BadSmtpUrl(reasons)
        return cls(host, port or _DEFAULT_PORTS[encryption], encryption, user, password, sender)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom our mails come from: the institution's name, its complaint service's address, our own host."""

    name: str
    address: str | None
    host: str

    @classmethod
    def of(cls, profile: Institution, base_url: str) -> Self:
        """The profile's first e-mail address that is known to be its own, the service's before the channels'."""
        channels = (profile.contact, *profile.channels.values())
        addresses = (one for channel in channels for one in channel.addresses if one.kind is AddressKind.MAILTO)
        address = next((one.value for one in addresses if one.verified), None)
        return cls(profile.name, address, urlsplit(base_url).hostname or "localhost")

    @property
    def domain(self) -> str:
        """The host as mail writes it: a bare address stands in brackets (RFC 5321 4.1.3)."""
        try:
            number = ip_address(self.host)
        except ValueError:
            return self.host
        return f"[{number}]" if number.version == 4 else f"[IPv6:{number}]"


class SmtpSender:
    """Hands mails to one SMTP server, one connection a mail."""

    channels = frozenset({Channel.EMAIL})

    def __init__(
        self,
        server: SmtpServer,
        origin: Origin,
        *,
        step_seconds: float = STEP_SECONDS,
        verdict_seconds: float = VERDICT_SECONDS,
    ) -> None:
        """Raises `BadSmtpUrl` if neither the URL nor the profile says which address mails come from."""
        sender = server.sender or origin.address
        if sender is None or _mailbox(sender) is None:
            raise BadSmtpUrl(["from is missing, and the institution's profile has no e-mail address in plain ASCII"])
        self.server = server
        self.origin = origin
        self.sender = sender
        self.step_seconds = step_seconds
        self.verdict_seconds = verdict_seconds

    def send(self, letter: Letter) -> None:
        """Raises as `Sender.send`.

        A 5xx to the recipient or the message is final. A 5xx to anything before that refuses us, not
        the recipient – a wrong password, a server in maintenance – and is tried again.
        """
        recipient = validated(letter.address)
        mail = as_mail(letter, recipient, sender=self.sender, origin=self.origin)
        international = not recipient.ascii_email
        with self._connected() as smtp:
            if international and not smtp.has_extn("smtputf8"):
                raise Refused(Failure.NO_SMTPUTF8)
            _demand(smtp.mail(self.sender, ("SMTPUTF8", "BODY=8BITMIME") if international else ()), final=False)
            # One recipient a mail: a server that refuses the recipient has refused the whole mail.
            _demand(smtp.rcpt(_spelled(recipient)), final=True)
            self._be_patient(smtp, self.verdict_seconds)
            try:
                verdict = smtp.data(mail.as_bytes(policy=SMTPUTF8 if international else SMTP))
            except smtplib.SMTPDataError as refusal:
                verdict = refusal.smtp_code, b""
            _demand(verdict, final=True)
            # From here on the mail is theirs, whatever becomes of the farewell.
            self._be_patient(smtp, self.step_seconds)
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection that has been encrypted and has logged in as the URL asks.

        Every exception of smtplib becomes one of ours, without its cause: theirs quote addresses.
        """
        server = self.server
        try:
            with closing(self._dial()) as smtp:
                smtp.ehlo_or_helo_if_needed()
                if server.encryption is Encryption.STARTTLS:
                    if not smtp.has_extn("starttls"):
                        raise TryLater(Failure.NO_TLS)
                    smtp.starttls(context=ssl.create_default_context())
                    smtp.ehlo_or_helo_if_needed()
                if server.user is not None and server.password is not None:
                    smtp.login(server.user, server.password)
                yield smtp
        except smtplib.SMTPResponseException as refusal:
            raise TryLater(_failure(refusal.smtp_code)) from None
        except smtplib.SMTPNotSupportedError:
            raise TryLater(Failure.NO_LOGIN) from None
        except ssl.SSLError:
            raise TryLater(Failure.NO_TLS) from None
        except (OSError, smtplib.SMTPException):
            raise TryLater(Failure.UNREACHABLE) from None

    def _dial(self) -> smtplib.SMTP:
        where, limit, myself = (self.server.host, self.server.port), self.step_seconds, self.origin.domain
        if self.server.encryption is Encryption.IMPLICIT:
            return smtplib.SMTP_SSL(*where, myself, timeout=limit, context=ssl.create_default_context())
        return smtplib.SMTP(*where, myself, timeout=limit)

    @staticmethod
    def _be_patient(smtp: smtplib.SMTP, seconds: float) -> None:
        assert smtp.sock is not None
        smtp.sock.settimeout(seconds)


def _demand(reply: tuple[int, bytes], *, final: bool) -> None:
    """Go on after a positive reply only. `final` says whether a 5xx here is the recipient's fate."""
    code = reply[0]
    if not 200 <= code < 300:
        raise (Refused if final and code >= 500 else TryLater)(_failure(code))


def _failure(code: int) -> str:
    """The class of a reply. What does not begin with a code was not said by a mail server."""
    return f"smtp_{code}" if code > 0 else Failure.UNREACHABLE


def validated(address: str) -> ValidatedEmail:
    """The address taken apart, its domain in ASCII. Raises `Refused` if it is none."""
    try:
        return validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise Refused(Failure.BAD_ADDRESS) from None


def _mailbox(address: str) -> str | None:
    """The address in ASCII, or None if it is none or cannot be written so."""
    try:
        return validated(address).ascii_email
    except Refused:
        return None


def _spelled(recipient: ValidatedEmail) -> str:
    """The address as the wire has it: a domain in any script goes in ASCII, a local part cannot."""
    return recipient.ascii_email or f"{recipient.local_part}@{recipient.ascii_domain}"


def as_mail(letter: Letter, recipient: ValidatedEmail, *, sender: str, origin: Origin) -> EmailMessage:
    """The letter as a mail in plain text; the same letter gives the same mail at every try.

    The recipient's name stands in no header: who files a complaint chooses name and address, and a
    header is what a mail program shows first.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(origin.name, addr_spec=sender)
    if origin.address and sender != origin.address:
        mail["Reply-To"] = Address(origin.name, addr_spec=origin.address)
    mail["To"] = Address(username=recipient.local_part, domain=recipient.ascii_domain)
    mail["Subject"] = letter.subject
    mail["Date"] = letter.written_at
    mail["Message-ID"] = f"<{letter.id}@{origin.domain}>"
    # RFC 3834: no holiday reply, please. The second says the same to Exchange.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    # Afterwards: set_content removes every Content-* header before it sets its own.
    mail["Content-Language"] = letter.language
    return mail


# ── console ──────────────────────────────────────────────────────────────────────────────────────


class ConsoleSender:
    """Shows letters, codes included, on the standard output of a development machine."""

    channels = frozenset({Channel.EMAIL}) | TO_PHONES

    def send(self, letter: Letter) -> None:
        rule = "─" * 72
        head = [f"{letter.channel} to {letter.address} ({letter.language}), notice {letter.id}"]
        if letter.subject:
            head.append(letter.subject)
        lines = [rule, *head, rule, letter.body.rstrip(), rule]
        # One write: several threads of a worker must not mix their letters.
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
        sys.stdout.flush()
