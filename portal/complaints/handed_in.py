"""What a complaint begins with: who hands it in, what they tell, and which documents it then needs. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.accounts.rules import Officer
from portal.complaints.states import ContactSource
from portal.institution.models import Institution
from portal.institution.rules import Form, Needed


class Preference(StrEnum):
    """How somebody would rather be reached where we have a question; letters come in writing all the same.

    Who asks for WhatsApp has the notices there too, where the institution's gateway sends them.
    """

    EMAIL = "email"
    CALL = "call"
    MESSAGE = "message"
    WHATSAPP = "whatsapp"


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


class NoticeGiven(StrEnum):
    """How somebody who does not fill in the form themselves was told what becomes of their data."""

    READ_OUT = "read_out"
    PAPER = "paper"
    SENT = "sent"


class CodeFor(StrEnum):
    """How the customer of an officer's filing gets their access code.

    `COUNTER`: on paper, at a counter where they stand. `APART`: they fetch it themselves with a one-time
    code, and no officer ever sees it.
    """

    COUNTER = "counter"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class ByHand:
    """How an officer received a complaint for a customer (K3-24, BM-02 … BM-09, KF-12, KF-23, KF-30).

    `arrived_at` is the moment it reached the institution, which may lie before it is entered; `contact`
    says who vouches for the customer's contact. `complete_at` is given for what was split off: its documents
    were complete at that moment, in the complaint that it comes from.
    """

    officer: Officer
    arrived_at: datetime
    notice: NoticeGiven
    contact: ContactSource = ContactSource.OWN
    code: CodeFor = CodeFor.APART
    complete_at: datetime | None = None


# ── what it then needs ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Matter:
    """What decides which documents a complaint needs. `firm`: a representative that is one."""

    kind: str
    topic: str
    transactions: bool
    represented: bool
    firm: bool
    guided: Guided | None


def matter_of(filing: Filing) -> Matter:
    """What decides which documents this filing needs."""
    acting = filing.representation
    return Matter(
        kind=filing.kind,
        topic=filing.topic,
        transactions=bool(filing.transactions),
        represented=acting is not None,
        firm=acting is not None and bool(acting.firm),
        guided=filing.guided,
    )


def required(matter: Filing | Matter, profile: Institution, *, now: datetime) -> tuple[str, ...]:
    """The codes of the documents without which a complaint is incomplete (SQ-17 … SQ-20, BM-12 … BM-17).

    What takes the short path needs none, and what the form itself answers is there already. A topic's
    guide asks for its document once its time has passed (K3-15, K3-16).
    """
    matter = matter_of(matter) if isinstance(matter, Filing) else matter
    if profile.is_short(matter.kind):
        return ()
    asked = [
        one.code
        for one in profile.files_asked(representative=matter.represented)
        if matter.transactions or not one.transaction
    ]
    if matter.firm:
        asked += [one.code for one in profile.documents.values() if one.needed is Needed.FIRM]
    guide = profile.topics[matter.topic].guide
    if guide is not None and guide.document and guide_due(matter, profile, now=now):
        asked.append(guide.document)
    return tuple(dict.fromkeys(asked))


def guide_due(matter: Filing | Matter, profile: Institution, *, now: datetime) -> bool:
    """Whether the time of the topic's guide has passed since the moment that the customer named (K3-15, K3-28)."""
    guide = profile.topics[matter.topic].guide
    if guide is None or guide.minutes is None or matter.guided is None:
        return False
    return now - matter.guided.moment >= timedelta(minutes=guide.minutes)


def marked_for_manager(filing: Filing, profile: Institution, *, now: datetime) -> bool:
    """Whether it goes to the manager from its arrival: the guide says so, and the matter still stands open (K3-28)."""
    guide = profile.topics[filing.topic].guide
    still_open = filing.guided is not None and filing.guided.still_open is True
    return guide is not None and guide.escalate and still_open and guide_due(filing, profile, now=now)
