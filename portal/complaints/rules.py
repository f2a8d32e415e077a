"""The complaint's life as one table, and who may move it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.institution.rules import Form


class Status(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({Status.WITHDRAWN})


class Action(StrEnum):
    """What can be done to a complaint; each is one entry of its history."""

    FILE = "file"
    RENEW_CODE = "renew_code"
    ADD_DOCUMENTS = "add_documents"
    LOCK_DOCUMENT = "lock_document"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """In which part somebody acts on a complaint."""

    CUSTOMER = "customer"
    REPRESENTATIVE = "representative"
    SYSTEM = "system"


class Kind(StrEnum):
    """What a customer brings us."""

    COMPLAINT = "complaint"


class RoundKind(StrEnum):
    """The complaint itself is the first round; each objection opens one more."""

    COMPLAINT = "complaint"


class Term(StrEnum):
    """By what a complaint can be found without reading it."""

    ACCOUNT = "account"
    EMAIL = "email"
    PHONE = "phone"


# The whole life of a complaint: what may be done where, and where it leads. None: not yet filed.
TRANSITIONS: dict[tuple[Status | None, Action], Status] = {
    (None, Action.FILE): Status.RECEIVED,
    (Status.RECEIVED, Action.RENEW_CODE): Status.RECEIVED,
    (Status.RECEIVED, Action.ADD_DOCUMENTS): Status.RECEIVED,
    (Status.RECEIVED, Action.LOCK_DOCUMENT): Status.RECEIVED,
    (Status.RECEIVED, Action.WITHDRAW): Status.WITHDRAWN,
    # A withdrawn complaint can still be read, so its reader may still lose the code.
    (Status.WITHDRAWN, Action.RENEW_CODE): Status.WITHDRAWN,
    # What the scanner finds, it finds whatever has become of the complaint.
    (Status.WITHDRAWN, Action.LOCK_DOCUMENT): Status.WITHDRAWN,
}

PERMITTED: dict[Action, frozenset[Role]] = {
    Action.FILE: frozenset({Role.CUSTOMER, Role.REPRESENTATIVE}),
    Action.RENEW_CODE: frozenset({Role.CUSTOMER, Role.REPRESENTATIVE}),
    Action.ADD_DOCUMENTS: frozenset({Role.CUSTOMER, Role.REPRESENTATIVE}),
    Action.LOCK_DOCUMENT: frozenset({Role.SYSTEM}),
    Action.WITHDRAW: frozenset({Role.CUSTOMER}),
}


class Refusal(StrEnum):
    """Why an action was refused."""

    STATUS = "status"
    ROLE = "role"


class NotAllowed(Exception):
    """The action is not lawful here; `reason` says why."""

    def __init__(self, action: Action, reason: Refusal) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason


def next_status(status: Status | None, action: Action, role: Role) -> Status:
    """The status that an action leads to. Raises `NotAllowed` for a wrong role or a wrong status."""
    if role not in PERMITTED[action]:
        raise NotAllowed(action, Refusal.ROLE)
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise NotAllowed(action, Refusal.STATUS) from None


def allowed(status: Status, role: Role) -> tuple[Action, ...]:
    """What somebody may do now, in the order of the table."""
    return tuple(action for (at, action) in TRANSITIONS if at == status and role in PERMITTED[action])


# ── what a customer hands in ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part, as they described themselves."""

    name: str
    language: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One financial transaction complained of (SQ-19, KF-26). `time` is the institution's local time."""

    type: str
    on: date
    at: time | None = None
    amount: Decimal | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Which privacy notice was read, in which language and when: the controller must be able to show it."""

    version: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """Everything a complaint begins with."""

    kind: Kind
    channel: str
    form: Form
    topic: str
    language: str
    customer: Person
    account: str
    transactions: tuple[Transaction, ...]
    story: str
    acknowledged: Acknowledged


# ── a customer's session ─────────────────────────────────────────────────────────────────────────

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


def session_alive(*, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session may go on: not idle too long, not older than its longest life."""
    return now - last_seen_at < SESSION_IDLE + SEEN_EVERY and now - created_at < SESSION_LONGEST
