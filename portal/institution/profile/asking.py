"""What a customer is asked: kinds, topics and their guides, documents, identity, and how much they may send."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints, model_validator

from portal.forums.rules import Matter
from portal.institution.profile.parts import Code, Count, Labelled, Named, Part, Table, Text, no_rows
from portal.institution.rules import GivenAs, IdentityCheck, IdentityMark, Needed, Path


class Account(Labelled):
    """The number by which the institution finds what a complaint is about, and the question that asks for it."""

    question: Text


class Kind(Named):
    """What customers send: a complaint, a question, a suggestion… `category` is the institution's own sorting of it."""

    path: Path = Path.FULL
    category: Code | None = None


class Guide(Part):
    """What a topic asks and answers before and while filing, by the minutes that have passed since a moment.

    Minutes are elapsed ones, day and night. `before` is said until they have passed and `after` from
    then on, when `document` is asked for too; `open_question` asks whether the matter still stands
    open, and with `escalate` an open one is marked for the manager from its arrival. `tells` is what an
    officer may tell by telephone, and marks in the case without keeping it. `booking`: an officer says when the
    payment is received, and an SMS when it is booked.
    """

    moment: Text | None = None
    minutes: Count | None = None
    before: Text | None = None
    after: Text | None = None
    document: Code | None = None
    open_question: Text | None = None
    escalate: StrictBool = False
    advice: tuple[Text, ...] = ()
    warning: Text | None = None
    tells: Text | None = None
    booking: StrictBool = False

    def over_at(self, moment: datetime) -> datetime | None:
        """When the minutes have passed that the guide speaks of; None where it speaks of none."""
        return moment.astimezone(UTC) + timedelta(minutes=self.minutes) if self.minutes else None

    @model_validator(mode="after")
    def _have_minutes(self) -> "Guide":
        timed = (self.before, self.after, self.document, self.open_question, self.escalate or None)
        if any(part is not None for part in timed) and (self.minutes is None or self.moment is None):
            raise ValueError("needs both moment and minutes for what depends on them")
        return self


class Topic(Named):
    """What a complaint is about. `transaction` says whether to ask for one; no `kinds` means every kind.

    `matter` says whether it is about a payment service, which some forums take and others do not.
    """

    transaction: StrictBool = True
    matter: Matter = Matter.UNKNOWN
    division: Code | None = None
    kinds: tuple[Code, ...] = ()
    guide: Guide | None = None


class Document(Named):
    """A document that is asked for. With `transaction` only where a transaction is complained of."""

    needed: Needed
    given_as: GivenAs = GivenAs.FILE
    transaction: StrictBool = False


class Proof(Named):
    """A kind of identity document. `citizens` is the country (ISO 3166) for whose citizens alone it is accepted.

    `nik` says that its number is Indonesia's population number, whose form is known.
    """

    nik: StrictBool = False
    citizens: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None


class Identity(Part):
    """How identity is checked: by which proofs or data, and which channel to call where it cannot be done in writing.

    `registered` means that the data are those given at registration, not today's.
    """

    check: IdentityCheck
    proofs: Table[Proof] = Field(default_factory=no_rows)
    any_of: tuple[IdentityMark, ...] = ()
    registered: StrictBool = False
    call: Code | None = None
    text: Text

    @model_validator(mode="after")
    def _have_means(self) -> "Identity":
        if self.check is IdentityCheck.DOCUMENT and not self.proofs:
            raise ValueError("asks for a document and lists no proofs")
        return self


class Uploads(Part):
    """How much a customer may send: megabytes are those of a computer's file list, 1,048,576 bytes each."""

    file_mb: Count = 25
    delivery_files: Count = 20
    delivery_mb: Count = 100
    case_files: Count = 100
    case_mb: Count = 2500

    @model_validator(mode="after")
    def _fit_each_other(self) -> "Uploads":
        if not self.file_mb <= self.delivery_mb <= self.case_mb or self.delivery_files > self.case_files:
            raise ValueError("a file must fit into a delivery, and a delivery into a case")
        return self
