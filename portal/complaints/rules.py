"""The complaint's life as one table, and who may move it. Pure."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.institution.models import Institution
from portal.institution.rules import Form, Needed, Path


class Status(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({Status.WITHDRAWN})


class Action(StrEnum):
    """What can be done to a complaint; each is one entry of its history."""

    FILE = "file"
    ESCALATE = "escalate"
    RENEW_CODE = "renew_code"
    RECORD_CONTACT = "record_contact"
    ADD_DOCUMENTS = "add_documents"
    COMPLETE = "complete"
    REOPEN_DOCUMENTS = "reopen_documents"
    LOCK_DOCUMENT = "lock_document"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """In which part somebody acts on a complaint."""

    CUSTOMER = "customer"
    REPRESENTATIVE = "representative"
    OFFICER = "officer"
    SYSTEM = "system"


# The kind that every profile has; what else customers bring (questions, suggestions, …) the profile names.
COMPLAINT = "complaint"


class RoundKind(StrEnum):
    """The complaint itself is the first round; each objection opens one more."""

    COMPLAINT = "complaint"


class Term(StrEnum):
    """By what a complaint can be found without reading it. `NAME` is one word of a party's name."""

    ACCOUNT = "account"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"


class ClockPurpose(StrEnum):
    """Whose time a clock counts: ours to answer, or the customer's to complete the documents."""

    ANSWER = "answer"
    DOCUMENTS = "documents"


class ContactSource(StrEnum):
    """Who vouches for a party's e-mail address and telephone number.

    What only the representative gave of the customer is no contact: a letter to it could go to the
    representative. From the institution's own records an officer enters the customer's.
    """

    OWN = "own"
    REPRESENTATIVE = "representative"
    RECORDS = "records"


class Preference(StrEnum):
    """How somebody would rather be reached where we have a question; letters come in writing all the same."""

    EMAIL = "email"
    CALL = "call"
    MESSAGE = "message"


class AuthorityState(StrEnum):
    """How a special power of attorney stands. Whether it has ended is a matter of its last day."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    LAID_DOWN = "laid_down"


# The whole life of a complaint: what may be done where, and where it leads. None: not yet filed.
TRANSITIONS: dict[tuple[Status | None, Action], Status] = {
    (None, Action.FILE): Status.RECEIVED,
    (Status.RECEIVED, Action.ESCALATE): Status.RECEIVED,
    (Status.RECEIVED, Action.RENEW_CODE): Status.RECEIVED,
    (Status.RECEIVED, Action.RECORD_CONTACT): Status.RECEIVED,
    (Status.RECEIVED, Action.ADD_DOCUMENTS): Status.RECEIVED,
    (Status.RECEIVED, Action.COMPLETE): Status.RECEIVED,
    (Status.RECEIVED, Action.REOPEN_DOCUMENTS): Status.RECEIVED,
    (Status.RECEIVED, Action.LOCK_DOCUMENT): Status.RECEIVED,
    (Status.RECEIVED, Action.WITHDRAW): Status.WITHDRAWN,
    # A withdrawn complaint can still be read, so its reader may still lose the code.
    (Status.WITHDRAWN, Action.RENEW_CODE): Status.WITHDRAWN,
    (Status.WITHDRAWN, Action.RECORD_CONTACT): Status.WITHDRAWN,
    # What the scanner finds, it finds whatever has become of the complaint.
    (Status.WITHDRAWN, Action.LOCK_DOCUMENT): Status.WITHDRAWN,
}

PERMITTED: dict[Action, frozenset[Role]] = {
    Action.FILE: frozenset({Role.CUSTOMER, Role.REPRESENTATIVE}),
    Action.ESCALATE: frozenset({Role.SYSTEM}),
    Action.RENEW_CODE: frozenset({Role.CUSTOMER, Role.REPRESENTATIVE}),
    Action.RECORD_CONTACT: frozenset({Role.OFFICER}),
    Action.ADD_DOCUMENTS: frozenset({Role.CUSTOMER, Role.REPRESENTATIVE}),
    # Completeness is a fact about what has arrived, so nobody declares it: it is found out.
    Action.COMPLETE: frozenset({Role.SYSTEM}),
    Action.REOPEN_DOCUMENTS: frozenset({Role.OFFICER, Role.SYSTEM}),
    Action.LOCK_DOCUMENT: frozenset({Role.SYSTEM}),
    Action.WITHDRAW: frozenset({Role.CUSTOMER}),
}


class Refusal(StrEnum):
    """Why an action was refused."""

    STATUS = "status"
    ROLE = "role"
    AUTHORITY = "authority"


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
class Proof:
    """An identity document: its kind, a code of the profile's list, and the number that stands on it."""

    kind: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part, as they described themselves.

    `needs` is what they need to be able to take part (an interpreter, large print, a call instead of a
    letter), in their own words.
    """

    name: str = field(repr=False)
    language: str
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    proof: Proof | None = None
    needs: str | None = field(default=None, repr=False)
    prefers: Preference | None = None


@dataclass(frozen=True, slots=True)
class Representation:
    """Somebody who acts for the customer, and the special power of attorney that says so (SQ-12, SQ-18, BM-17).

    `firm` is named where the representative is one. Without `ends_on` the power lasts until the matter
    that it names is settled.
    """

    person: Person
    relation: str = field(repr=False)
    scope: str = field(repr=False)
    given_on: date
    ends_on: date | None = None
    firm: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One financial transaction complained of (SQ-19, KF-26). `time` is the institution's local time."""

    type: str
    on: date
    at: time | None = None
    amount: Decimal | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Guided:
    """What a topic's guide asked: when it happened, and whether the matter still stands open (K3-28)."""

    moment: datetime
    still_open: bool | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Which privacy notice was read, in which language and when: the controller must be able to show it."""

    version: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """Everything a complaint begins with.

    `kind`, `channel`, `topic` and `capacity` (lender or borrower) are codes of the profile. What takes
    the short path brings no account number, transaction, loss or wish (KF-02, KF-03, KX-11).
    """

    kind: str
    channel: str
    form: Form
    topic: str
    language: str
    customer: Person
    account: str | None
    transactions: tuple[Transaction, ...]
    story: str
    acknowledged: Acknowledged
    representation: Representation | None = None
    capacity: str | None = None
    loss: Decimal | None = None
    wish: str | None = None
    guided: Guided | None = None


# ── what makes it complete ───────────────────────────────────────────────────────────────────────


def required(filing: Filing, profile: Institution, *, now: datetime) -> tuple[str, ...]:
    """The codes of the documents without which a complaint is incomplete (SQ-17 … SQ-20, BM-12 … BM-17).

    What takes the short path needs none, and what the form itself answers is there already. A topic's
    guide asks for its document once its time has passed (K3-15, K3-16).
    """
    if profile.kinds[filing.kind].path is Path.SHORT:
        return ()
    told = filing.representation
    asked = [
        one.code
        for one in profile.files_asked(representative=told is not None)
        if filing.transactions or not one.transaction
    ]
    if told is not None and told.firm:
        asked += [one.code for one in profile.documents.values() if one.needed is Needed.FIRM]
    guide = profile.topics[filing.topic].guide
    if guide is not None and guide.document and guide_due(filing, profile, now=now):
        asked.append(guide.document)
    return tuple(dict.fromkeys(asked))


def guide_due(filing: Filing, profile: Institution, *, now: datetime) -> bool:
    """Whether the time of the topic's guide has passed since the moment that the customer named (K3-15, K3-28)."""
    guide = profile.topics[filing.topic].guide
    if guide is None or guide.minutes is None or filing.guided is None:
        return False
    return now - filing.guided.moment >= timedelta(minutes=guide.minutes)


def marked_for_manager(filing: Filing, profile: Institution, *, now: datetime) -> bool:
    """Whether it goes to the manager from its arrival: the guide says so, and the matter still stands open (K3-28)."""
    guide = profile.topics[filing.topic].guide
    still_open = filing.guided is not None and filing.guided.still_open is True
    return guide is not None and guide.escalate and still_open and guide_due(filing, profile, now=now)


def may_act(state: AuthorityState, ends_on: date | None, *, today: date) -> bool:
    """Whether a representative may still act: the power was not rejected, revoked or laid down, and has not ended."""
    return state in (AuthorityState.CLAIMED, AuthorityState.ACCEPTED) and (ends_on is None or today <= ends_on)


def words_of(name: str) -> set[str]:
    """The words by which a name is found: without accents, in lower case, apart from titles and points."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    return {word for word in re.split(r"[^\w]+", plain) if len(word) > 1}


# ── a customer's session ─────────────────────────────────────────────────────────────────────────

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


def session_alive(*, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session may go on: not idle too long, not older than its longest life."""
    return now - last_seen_at < SESSION_IDLE + SEEN_EVERY and now - created_at < SESSION_LONGEST
