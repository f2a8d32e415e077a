"""The profile of one institution: everything that differs between institutions, typed and frozen.

A profile is a TOML file with both languages in it. Tables of rows (channels, topics, limits, …) keep
the file's order, and each row knows the key under which it stands as its `code`. What refers to
another part of the file is checked by the loader, so that every fault is found in one go.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from portal.institution import colours
from portal.institution.rules import (
    AddressKind,
    Form,
    Forum,
    GivenAs,
    IdentityCheck,
    IdentityMark,
    Needed,
    Passing,
    Path,
    PrivacyTopic,
    Receipt,
    RefusalGround,
    Regulator,
    Sector,
    Weekday,
)
from portal.workdays import rules as workdays
from portal.workdays.rules import Basis, CalendarCode, Confidence, Names, Start, Unit

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")


def _one_line(value: Any) -> Any:
    # Long texts are wrapped in the file. A no-break space is meant and stays.
    return re.sub(r"[ \t\r\n]+", " ", value).strip(" ") if isinstance(value, str) else value


def _read_time(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", value):
        raise ValueError("must be a time between 00:00 and 24:00, for example 08:30")
    return time.fromisoformat("00:00" if value == "24:00" else value)


def _name_rows(table: Any) -> Any:
    if not isinstance(table, dict):
        return table
    return {code: row | {"code": code} if isinstance(row, dict) else row for code, row in table.items()}


def _nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


def _no_repeats(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("names something twice")
    return values


Row = TypeVar("Row")
Item = TypeVar("Item")
Line = Annotated[str, BeforeValidator(_one_line), StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Count = Annotated[int, Field(strict=True, ge=1)]
Clock = Annotated[time, BeforeValidator(_read_time)]
Href = Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Several = Annotated[tuple[Item, ...], Field(min_length=1), AfterValidator(_no_repeats)]
Table = Annotated[
    Mapping[Code, Row],
    BeforeValidator(_name_rows),
    # Frozen like everything else here.
    AfterValidator(lambda table: MappingProxyType(dict(table))),
]
FilledTable = Annotated[Table[Row], Field(min_length=1)]


class Part(BaseModel):
    """Any part of a profile: frozen, and without room for a mistyped key."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Text(Part):
    """A text in both languages; `text[lang]` in templates."""

    id: Line
    en: Line

    def in_(self, language: str) -> str:
        """The text in "id" or "en". Raises KeyError for another language."""
        if language == "id":
            return self.id
        if language == "en":
            return self.en
        raise KeyError(language)

    def __getitem__(self, language: str) -> str:
        return self.in_(language)


class Link(Part):
    label: Text
    href: Href


class Crumb(Part):
    """A step of the breadcrumb; without `href` it is words alone."""

    label: Text
    href: Href | None = None


class Page(Part):
    """The start page: title, the line under the institution's name, the first paragraph, the way to it."""

    title: Text
    strap: Text
    lede: Text
    crumbs: tuple[Crumb, ...] = ()


class Headed(Part):
    """The heading of a public page, the sentence under it, and where the page stands on the institution's own site."""

    title: Text
    lede: Text | None = None
    crumbs: tuple[Crumb, ...] = ()


class PublicPages(Part):
    """The public pages that an institution calls by names of its own (SQ-01, KF-01, KX-01, BM-01)."""

    customer_service: Headed
    procedure: Headed


class Service(Part):
    """The function that handles complaints, and the channel by which a customer reaches a person."""

    name: Text
    contact: Code


class Office(Part):
    """A postal address, in the lines in which it is written on an envelope."""

    label: Text
    lines: Several[Line]


# ── channels and hours ───────────────────────────────────────────────────────────────────────────


class Period(Part):
    """Opening hours on some days of the week. Closing at or before the opening time means on the next day."""

    days: Several[Weekday]
    open: Clock
    close: Clock


class Hours(Part):
    """When a channel is served: always, in periods of the week, or on working days without published times.

    On days that `calendar` lists as closed no period begins; its weekends count only where there are
    no periods. `zone` is the institution's unless given.
    """

    always: StrictBool = False
    calendar: CalendarCode = CalendarCode.EVERY_DAY
    zone: ZoneInfo | None = None
    periods: tuple[Period, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _say_when(self) -> "Hours":
        if self.always and self.periods:
            raise ValueError("says both always and periods")
        if not self.always and not self.periods and self.calendar is CalendarCode.EVERY_DAY:
            raise ValueError("says neither always, nor periods, nor a calendar of working days")
        return self

    @property
    def days_only(self) -> bool:
        """Whether the institution names the days of service and no times."""
        return not self.always and not self.periods


class Address(Part):
    """One way to reach a channel. `shown` is how it is written for people, `label` what sets it apart.

    An address that could not be confirmed as the institution's own carries `verified = false`.
    """

    kind: AddressKind
    value: Line
    shown: Line | None = None
    label: Text | None = None
    verified: StrictBool = True

    @field_validator("value")
    @classmethod
    def _fit_kind(cls, value: str, info: ValidationInfo) -> str:
        form, example = {
            AddressKind.TEL: (r"\+?[0-9]{3,15}", "digits, with a + before a country code"),
            AddressKind.MAILTO: (r"[^@\s]+@[^@\s]+\.[^@\s.]+", "an e-mail address"),
            AddressKind.URL: (r"https://[^\s]+", "an address that begins with https://"),
        }.get(info.data.get("kind", AddressKind.TEXT), (r".*", ""))
        if not re.fullmatch(form, value):
            raise ValueError(f"must be {example}")
        return value

    @property
    def text(self) -> str:
        """What people read."""
        return self.shown or self.value

    @property
    def href(self) -> str | None:
        """What a link needs, or None where there is nothing to follow."""
        if self.kind is AddressKind.TEXT:
            return None
        return self.value if self.kind is AddressKind.URL else f"{self.kind}:{self.value}"


class Channel(Part):
    """A way to complain. Whether it is verbal or written fixes the time limit (BM-09)."""

    code: Code
    label: Text
    form: Form
    hours: Hours
    addresses: tuple[Address, ...] = ()
    how: Text | None = None
    receipt: Receipt = Receipt.ARRIVAL


# ── what a complaint is about ────────────────────────────────────────────────────────────────────


class Labelled(Part):
    """A name, and perhaps a hint."""

    label: Text
    hint: Text | None = None


class Account(Labelled):
    """The number by which the institution finds what a complaint is about, and the question that asks for it."""

    question: Text


class Named(Labelled):
    """A labelled row of a table."""

    code: Code


class Kind(Named):
    """What customers send: a complaint, a question, a suggestion… `category` is the institution's own sorting of it."""

    path: Path = Path.FULL
    category: Code | None = None


class Guide(Part):
    """What a topic asks and answers before and while filing, by the minutes that have passed since a moment.

    Minutes are elapsed ones, day and night. `before` is said until they have passed and `after` from
    then on, when `document` is asked for too; `open_question` asks whether the matter still stands
    open, and with `escalate` an open one is marked for the manager from its arrival.
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

    @model_validator(mode="after")
    def _have_minutes(self) -> "Guide":
        timed = (self.before, self.after, self.document, self.open_question, self.escalate or None)
        if any(part is not None for part in timed) and (self.minutes is None or self.moment is None):
            raise ValueError("needs both moment and minutes for what depends on them")
        return self


class Topic(Named):
    """What a complaint is about. `transaction` says whether to ask for one; no `kinds` means every kind."""

    transaction: StrictBool = True
    division: Code | None = None
    kinds: tuple[Code, ...] = ()
    guide: Guide | None = None


class Document(Named):
    needed: Needed
    given_as: GivenAs = GivenAs.FILE


class Proof(Named):
    """A kind of identity document. `citizens` is the country (ISO 3166) for whose citizens alone it is accepted."""

    citizens: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None


class Identity(Part):
    """How identity is checked: by which proofs or data, and which channel to call where it cannot be done in writing.

    `registered` means that the data are those given at registration, not today's.
    """

    check: IdentityCheck
    proofs: Table[Proof] = Field(default_factory=_nothing)
    any_of: tuple[IdentityMark, ...] = ()
    registered: StrictBool = False
    call: Code | None = None
    text: Text

    @model_validator(mode="after")
    def _have_means(self) -> "Identity":
        if self.check is IdentityCheck.DOCUMENT and not self.proofs:
            raise ValueError("asks for a document and lists no proofs")
        return self


# ── limits and clocks ────────────────────────────────────────────────────────────────────────────


class Sourced(Part):
    """A figure with its source, who set it, how well it is attested and when that was last checked."""

    source: Text
    basis: Basis
    confidence: Confidence
    checked: date


class Extension(Sourced):
    """By how many days a limit may be lengthened at a time, how often at most, and on which grounds."""

    step: Count
    most: Count
    grounds: Several[Code]

    @property
    def total(self) -> int:
        """By how many days in all."""
        return self.step * self.most


class Limit(Sourced):
    """A time limit. One in working days names the calendar that it is counted by."""

    code: Code
    label: Text
    amount: Count
    unit: Unit
    start: Start
    calendar: CalendarCode | None = Field(default=None, validate_default=True)
    extension: Extension | None = None

    @field_validator("calendar")
    @classmethod
    def _name_calendar(cls, calendar: CalendarCode | None, info: ValidationInfo) -> CalendarCode | None:
        if info.data.get("unit") is Unit.WORKING and calendar in (None, CalendarCode.EVERY_DAY):
            raise ValueError("must name a calendar of working days")
        return calendar

    @property
    def counted_by(self) -> CalendarCode:
        """The calendar to count with. A calendar-day limit without one closes no day."""
        return self.calendar or CalendarCode.EVERY_DAY

    @cached_property
    def rule(self) -> workdays.Limit:
        """The same as the pure rule that a date is derived from."""
        return workdays.Limit(
            key=self.code,
            amount=self.amount,
            unit=self.unit,
            start=self.start,
            source=Names(self.source.id, self.source.en),
            basis=self.basis,
            confidence=self.confidence,
        )


class ExtensionGround(Named):
    """A ground to extend; `names_party` means that the outside party must be named."""

    names_party: StrictBool = False


class Limits(Part):
    """The limits that run beside each other for one kind of complaint: the earliest binds.

    Without a verbal one of its own a verbal complaint has the written one's.
    """

    written: Several[Code]
    verbal: tuple[Code, ...] = ()

    def of(self, form: Form) -> tuple[str, ...]:
        return self.verbal or self.written if form is Form.VERBAL else self.written


class Completion(Part):
    """The customer's time to complete the documents, and what it means that it passed."""

    limit: Code
    passing: Passing


class Clocks(Part):
    """Which limit governs what. `promise_stands`: a holiday decreed later does not lengthen a date once promised."""

    answer: Annotated[Mapping[Code, Limits], AfterValidator(lambda table: MappingProxyType(dict(table)))]
    objection: Limits | None = None
    documents: Completion | None = None
    checking: Code | None = None
    decision: Code | None = None
    promise_stands: StrictBool = True


class Refusal(Part):
    """The institution's own reading of a ground for refusal, and what refusing on it amounts to."""

    label: Text
    text: Text
    passing: Passing = Passing.REFUSAL


class Objection(Sourced):
    """How many objections are a right, and whether one needs a document that was not submitted before."""

    rounds: Count
    new_document: StrictBool = True
    text: Text


class EscalationStep(Labelled):
    """Who a case goes to when the one who has it cannot solve it."""

    division: Code | None = None


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


class Section(Part):
    """A heading with paragraphs, then points."""

    heading: Text
    paragraphs: tuple[Text, ...] = ()
    points: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _say_something(self) -> "Section":
        if not self.paragraphs and not self.points:
            raise ValueError("has neither paragraphs nor points")
        return self


class Privacy(Part):
    """The privacy notice. Its version, language and time are kept with every complaint, so a change needs a new one."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    since: date
    summary: Text
    acknowledgement: Text
    sections: Mapping[PrivacyTopic, Section]

    @field_validator("sections")
    @classmethod
    def _cover_law(cls, sections: Mapping[PrivacyTopic, Section]) -> Mapping[PrivacyTopic, Section]:
        lacking = [topic.value for topic in PrivacyTopic if topic not in sections]
        if lacking:
            raise ValueError(f"lacks {', '.join(lacking)}: UU 27/2022 asks for it")
        return MappingProxyType({topic: sections[topic] for topic in PrivacyTopic})


class Retention(Sourced):
    """How long a closed case and an unfinished draft are kept."""

    years: Count
    draft_days: Count
    text: Text


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


class Urgent(Part):
    """What a customer in a hurry must do before any form: a question, then whom to call."""

    question: Text
    answer: Text
    channel: Code


class Step(Part):
    title: Text
    text: Text


class Disclaimer(Part):
    """Risks in our plain words, marked as a summary, with a place for the institution's own legal text."""

    points: Several[Text]
    legal: tuple[Text, ...] = ()


class Texts(Part):
    """What the pages say about this institution. Figures in them are taken from the rest of the file.

    `duties` is what the complaint service has undertaken to do for whoever complains.
    """

    scope: Text
    duties: tuple[Text, ...] = ()
    free: Text
    never_ask: Text
    prevails: Text
    status: Text
    prepare: Several[Text]
    procedure: Several[Step]
    conditions: tuple[Section, ...] = ()
    disclaimer: Disclaimer | None = None


class Palette(Part):
    """The six colours: light and dark; 1 accent, 2 pressed, 3 wash. Each is legible where the stylesheet puts it."""

    # The washes first: an accent must be legible on its own wash too.
    l3: Colour
    d3: Colour
    l1: Colour
    l2: Colour
    d1: Colour
    d2: Colour

    @field_validator("l3", "d3")
    @classmethod
    def _keep_texts_legible(cls, wash: str, info: ValidationInfo) -> str:
        scheme = colours.LIGHT if info.field_name == "l3" else colours.DARK
        return _legible(wash, list(colours.wash_faults(wash, scheme)))

    @field_validator("l1", "l2", "d1", "d2")
    @classmethod
    def _be_legible(cls, accent: str, info: ValidationInfo) -> str:
        light = info.field_name in ("l1", "l2")
        scheme, wash = (colours.LIGHT, "l3") if light else (colours.DARK, "d3")
        return _legible(accent, list(colours.accent_faults(accent, info.data.get(wash), scheme)))

    @property
    def stylesheet(self) -> str:
        """The colours as the custom properties that the stylesheet reads."""
        names = ("l1", "l2", "l3", "d1", "d2", "d3")
        return ":root { " + " ".join(f"--{name}: {getattr(self, name)};" for name in names) + " }\n"


def _legible(colour: str, faults: list[str]) -> str:
    if faults:
        raise ValueError("; ".join(faults))
    return colour


# ── the whole ────────────────────────────────────────────────────────────────────────────────────


class Institution(Part):
    """One institution. `own_channel` is the one that this portal is; the first of `languages` is the default."""

    code: Code
    name: Line
    legal_name: Line
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,3}$")]
    zone: ZoneInfo
    languages: tuple[Language, ...] = LANGUAGES
    sector: Sector
    regulators: Several[Regulator]
    supervision: Text
    customer: Text
    website: Href | None = None
    branches: Link | None = None
    addresses: tuple[Office, ...] = ()

    page: Page
    pages: PublicPages
    service: Service
    account: Account
    own_channel: Code
    channels: FilledTable[Channel]
    urgent: Urgent | None = None

    categories: Table[Named] = Field(default_factory=_nothing)
    kinds: FilledTable[Kind]
    divisions: Table[Named] = Field(default_factory=_nothing)
    topics: FilledTable[Topic]
    transaction_types: FilledTable[Named]
    parties: Table[Named] = Field(default_factory=_nothing)
    documents: Table[Document] = Field(default_factory=_nothing)
    identity: Identity

    limits: FilledTable[Limit]
    clocks: Clocks
    extension_grounds: Table[ExtensionGround] = Field(default_factory=_nothing)
    refusals: Mapping[RefusalGround, Refusal] = Field(default_factory=_nothing)
    objection: Objection | None = None
    escalation: tuple[EscalationStep, ...] = ()
    forums: tuple[Forum, ...] = ()

    colours: Palette
    texts: Texts
    privacy: Privacy
    retention: Retention
    uploads: Uploads = Field(default_factory=Uploads)
    # For people who keep the file: why something stands in it. Never shown.
    notes: Mapping[str, Line] = Field(default_factory=_nothing)

    @field_validator("languages")
    @classmethod
    def _be_bilingual(cls, languages: tuple[Language, ...]) -> tuple[Language, ...]:
        if sorted(languages) != sorted(LANGUAGES):
            raise ValueError('must be ["id", "en"] or ["en", "id"]: every text stands in both')
        return languages

    @field_validator("refusals", "notes")
    @classmethod
    def _freeze(cls, table: Mapping[Any, Any]) -> Mapping[Any, Any]:
        return MappingProxyType(dict(table))

    # There is one object an institution and process, and frozen tables have no hash of their own.
    def __hash__(self) -> int:
        return hash((self.code, id(self)))

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def contact(self) -> Channel:
        """The channel by which a customer reaches a person."""
        return self.channels[self.service.contact]

    @property
    def other_channels(self) -> tuple[Channel, ...]:
        """Every channel but this portal, in the file's order."""
        return tuple(channel for code, channel in self.channels.items() if code != self.own_channel)

    def topics_of(self, kind: str) -> tuple[Topic, ...]:
        """The topics that fit a kind, in the file's order."""
        return tuple(topic for topic in self.topics.values() if not topic.kinds or kind in topic.kinds)

    def answer_limits(self, kind: str, form: Form) -> tuple[Limit, ...]:
        """The limits within which a complaint of this kind and form is answered; the earliest binds.

        A kind without limits of its own has those of a complaint.
        """
        limits = self.clocks.answer.get(kind) or self.clocks.answer["complaint"]
        return tuple(self.limits[code] for code in limits.of(form))

    def purposes(self, *, representative: bool) -> tuple[Document, ...]:
        """What a customer's (or representative's) files can show, in the file's order.

        What only the form answers is not among them.
        """
        apart = set() if representative else {Needed.REPRESENTATIVE, Needed.FIRM}
        return tuple(
            document
            for document in self.documents.values()
            if document.needed not in apart and document.given_as is not GivenAs.ANSWERS
        )

    def files_asked(self, *, representative: bool) -> tuple[Document, ...]:
        """The documents asked of everybody that only a file can be."""
        asked = self.documents_for(representative=representative)
        return tuple(document for document in asked if document.given_as is GivenAs.FILE)

    def documents_for(self, *, representative: bool) -> tuple[Document, ...]:
        """The documents asked of a customer, or of a representative, in the file's order."""
        asked = {Needed.ALWAYS, Needed.REPRESENTATIVE} if representative else {Needed.ALWAYS}
        return tuple(document for document in self.documents.values() if document.needed in asked)
