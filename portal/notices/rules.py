"""What a notice is: kinds, channels, states, and what may stand in one. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

# Stands in the kept text where the sent text had the secret.
MASK = "••••••"

# With the back-off of the job table these tries last at least two and a half days, so that a mail
# server which goes down on Friday evening and is back on Monday morning loses no notice.
TRIES = 26
# More than all steps of the dialogue with a mail server together, each at its own limit: a try ends by
# itself before it is given up, and nobody else sends the same mail meanwhile.
LIMIT = timedelta(minutes=6)
# A notice that still waits after this long without a job has lost it: the sweep gives it a new one.
OVERDUE = timedelta(minutes=10)

LONGEST_GREETING = 60


class NoticeKind(StrEnum):
    RECEIPT = "receipt"
    DOCUMENTS_RECEIVED = "documents_received"
    DOCUMENT_LOCKED = "document_locked"
    POWER_ENDED = "power_ended"
    DOCUMENTS_ASKED = "documents_asked"
    DEEMED_WITHDRAWN = "deemed_withdrawn"
    CALL_US = "call_us"
    AUTHORITY_DECIDED = "authority_decided"
    NOW_WRITTEN = "now_written"
    MESSAGE = "message"
    INTERIM = "interim"
    PASSED_ON = "passed_on"
    DATE_CHANGED = "date_changed"
    COMPLETE = "complete"
    EXTENDED = "extended"
    ANSWERED = "answered"
    REFUSED = "refused"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_BOOKED = "payment_booked"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    NO_REACTION_WARNED = "no_reaction_warned"
    NO_REACTION = "no_reaction"
    OBJECTION_RECEIVED = "objection_received"
    OBJECTION_ENDED = "objection_ended"
    OBJECTION_NOT_NEW = "objection_not_new"
    FORUMS = "forums"
    REOPENED = "reopened"
    MERGED = "merged"
    ONE_TIME_CODE = "one_time_code"
    RESUME_CODE = "resume_code"
    OFFICER_INVITATION = "officer_invitation"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    NONE = "none"


# By these a message goes to a telephone number.
TO_PHONES = frozenset({Channel.SMS, Channel.WHATSAPP})


class NoticeState(StrEnum):
    """Waiting: a job will send it. Held: no job can yet, for want of an address or of a sender."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"


class Failure(StrEnum):
    """Why a notice failed, where no reply code says it. Replies are kept as "smtp_550" or "http_422": never
    their text, which may quote the address."""

    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    BAD_ADDRESS = "bad_address"
    NO_SMTPUTF8 = "no_smtputf8"
    NO_TLS = "no_tls"
    NO_LOGIN = "no_login"
    UNREACHABLE = "unreachable"
    # It was never sent: an officer told the customer by telephone what it says.
    TOLD_BY_PHONE = "told_by_phone"


class NotDelivered(Exception):
    """A sender could not hand a letter over. `failure` is a short class, never personal data."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


class TryLater(NotDelivered):
    """What failed may work later: a connection, a busy server, a server that refuses us and not the recipient."""


class Refused(NotDelivered):
    """The letter can never be delivered to this address by this channel."""


class SecretGone(Exception):
    """The letter's secret is used, replaced or expired; without it there is nothing to send."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that the recipient alone may read, and until when it is of use."""

    value: str = field(repr=False)
    expires_at: datetime


class Way(NamedTuple):
    """A channel and the address that it goes to."""

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a notice is for, and in which language ("id" or "en"). `prefers` is the channel they asked for."""

    party_id: UUID | None
    language: str
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    name: str | None = field(repr=False)
    prefers: Channel | None = None

    @property
    def ways(self) -> tuple[Way, ...]:
        """By what they can be reached, the first choice first, no channel twice.

        An e-mail holds the whole letter, so it comes before a message that fits one SMS. WhatsApp only
        for who asked for it.
        """
        order = [Channel.EMAIL, Channel.SMS]
        if self.prefers is not None:
            order = [self.prefers, *(channel for channel in order if channel is not self.prefers)]
        known = {Channel.EMAIL: self.email, Channel.SMS: self.phone, Channel.WHATSAPP: self.phone}
        return tuple(Way(channel, address) for channel in order if (address := known.get(channel)))

    @property
    def channel(self) -> Channel:
        """The first way's; `NONE` where there is no address at all."""
        return self.ways[0].channel if self.ways else Channel.NONE

    @property
    def address(self) -> str | None:
        return self.ways[0].address if self.ways else None


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as a sender gets it: the whole text, the secret in its place.

    `id` is the same at every try: the receiving side can tell a repetition by it.
    """

    id: UUID
    channel: Channel
    language: str
    written_at: datetime
    address: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


def needs_somebody(state: NoticeState, *, handled: bool) -> bool:
    """Whether an officer should see to a notice: it failed and nothing has made that good, or nobody can send it."""
    return state is NoticeState.HELD or (state is NoticeState.FAILED and not handled)


def job_key(notice_id: UUID, channel: Channel) -> str:
    """The key of the job that sends a notice by a channel: there is never more than one."""
    return f"notice:{notice_id}:{channel}"


def text_hash(salt: str, subject: str, body: str) -> bytes:
    """SHA-256 over salt, subject and text, each on lines of its own: anybody who has the three can recount it."""
    return hashlib.sha256(f"{salt}\n{subject}\n\n{body}".encode()).digest()


def masked(channel: Channel, address: str | None) -> str:
    """The address as its owner recognises it and nobody else learns it: "s•••@example.id", "•••4419"."""
    if not address:
        return ""
    if channel is Channel.EMAIL:
        local, _, domain = address.rpartition("@")
        return f"{local[:1] if len(local) > 1 else ''}•••@{domain}"
    return f"•••{address[-4:]}" if len(address) > 6 else "•••"


def greeted(name: str | None) -> str | None:
    """The name as a letter may open with it, or None where it should open without one.

    Whoever files a complaint chooses both the name and the address that the mail goes to. So that nobody
    can make us write to a stranger what they like, a name is greeted only if it looks like one: letters,
    spaces, `' ’ - , .`, not long, and no point that would let a mail program take it for a link.
    """
    name = " ".join(unicodedata.normalize("NFC", name or "").split())
    if not name or len(name) > LONGEST_GREETING:
        return None
    if not all(unicodedata.category(letter)[0] in "LM" or letter in " '’-,." for letter in name):
        return None
    if not unicodedata.category(name[0]).startswith("L"):
        return None
    return re.sub(r"\.(?=\w\w)", ". ", name)


# Control characters and separators of lines end a word; directions, joiners and lone surrogates just go.
_HARMFUL = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": ""}


def harmless(text: str) -> str:
    """A fact as it may stand in a letter: one line, nothing that steers a terminal or a reading direction.

    The mask is taken out too: where it stands, the sender puts the secret.
    """
    # Whatever harms is not printable; most facts are, and need no look at every sign.
    kept = text if text.isprintable() else "".join(_HARMFUL.get(unicodedata.category(sign), sign) for sign in text)
    return re.sub("•{2,}", "•", re.sub(" {2,}", " ", kept)).strip()


# What telephones' default alphabet (GSM 03.38) lacks turns a message of 160 signs into one of 70.
_FOR_PHONES = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."})


def for_phones(text: str) -> str:
    """A message on one line, in the signs that telephones send seven bits wide where there are such."""
    return " ".join(text.translate(_FOR_PHONES).split())
