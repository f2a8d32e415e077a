"""What is known of the dispute forums: each fact with its text, its source, how well it is attested and when checked.

Frozen, and without a figure in code: ceilings, limits and confidence stand in the file (domain facts of
2026-11-21). A fact is `sure` only while it is attested by several current sources or a primary text and was
checked within the last `fresh_days`; what is not sure closes nothing, and the page says whom to ask.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, StrictBool, field_validator, model_validator

from portal.datafiles import Address, Code, Count, FilledTable, Href, Line, Named, Part, Several, Text, no_rows
from portal.forums.rules import Agreement, Elsewhere, Matter, Role, Sector, Unanswered
from portal.workdays.rules import Basis, CalendarCode, Confidence, Limit, Names, Start, Unit


class Source(Part):
    """Where a fact comes from. A link stands with the day on which it was last followed."""

    code: Code
    label: Text
    href: Href | None = None
    seen: date | None = None

    @model_validator(mode="after")
    def _date_links(self) -> "Source":
        if self.href and not self.seen:
            raise ValueError("has a link without the day on which it was last seen")
        return self


class Fact(Part):
    """One thing that is known, in words. `until` is the last day for which it is known, where there is one."""

    text: Text
    points: tuple[Text, ...] = ()
    source: Code
    checked: date
    confidence: Confidence
    until: date | None = None

    def aged(self, today: date, fresh_days: int) -> bool:
        """Whether it was checked too long ago, or is known only for a time that has passed."""
        old = today - self.checked > timedelta(days=fresh_days)
        return old or (self.until is not None and today > self.until)


class Ceiling(Fact):
    """Up to how many rupiah; for these sectors and matters, or for all where none are listed."""

    amount: Count
    sectors: tuple[Sector, ...] = ()
    matters: tuple[Matter, ...] = ()

    def fits(self, sector: Sector, matter: Matter) -> bool:
        return (not self.sectors or sector in self.sectors) and (not self.matters or matter in self.matters)

    @property
    def special(self) -> int:
        """By how many things it is narrowed: the narrowest that fits prevails."""
        return bool(self.sectors) + bool(self.matters)


class Deadline(Fact):
    """By when after the institution's answer one must have gone there."""

    amount: Count
    unit: Unit
    calendar: CalendarCode

    def limit(self, source: Text) -> Limit:
        """The same as the pure rule that the last day is derived from."""
        return Limit(
            key="forum",
            amount=self.amount,
            unit=self.unit,
            start=Start.ANSWERED,
            source=Names(source.id, source.en),
            basis=Basis.LAW,
            confidence=self.confidence,
        )


class Excluded(Fact):
    """What became of the matter in other forums that keeps this one from taking it."""

    states: Several[Elsewhere]

    @field_validator("states")
    @classmethod
    def _leave_a_new_case(cls, states: tuple[Elsewhere, ...]) -> tuple[Elsewhere, ...]:
        if Elsewhere.NO in states:
            raise ValueError("keeps out a case that was taken nowhere")
        return states


class Contact(Fact):
    """How a forum is reached; a court has only a place."""

    addresses: tuple[Address, ...] = ()


class Forum(Named):
    """One forum. `via` is the way in that leads to it; `label` and `formerly` are its names.

    `matters` lists what it takes, nothing meaning everything. `supervises`: it takes only what it
    supervises, so an institution's profile must list it. `sharia` is true for a forum of sharia
    contracts alone and false for one of conventional ones. `consent` says what both sides agree to where
    `agreement` asks for it. A deadline that nobody found is told by
    `no_deadline`. `ceilings` are what it takes at most; `tiers` up to what it is free; `track` up to
    what a court has its simple procedure. `cautions` are told before one chooses, `remarks` on its own page.
    """

    short: Text
    formerly: Text | None = None
    summary: Text
    role: Role
    via: Code | None = None
    supervises: StrictBool = False
    matters: tuple[Matter, ...] = ()
    sharia: StrictBool | None = None
    only_if_named: StrictBool = False
    agreement: Agreement = Agreement.NONE
    unanswered: Unanswered = Unanswered.TAKEN

    takes: Fact
    excluded: Excluded
    consent: Fact | None = None
    preconditions: tuple[Fact, ...] = ()
    deadline: Deadline | None = None
    no_deadline: Fact | None = None
    ceilings: tuple[Ceiling, ...] = ()
    cost: Fact
    tiers: tuple[Ceiling, ...] = ()
    above_tiers: Fact | None = None
    free: StrictBool = False
    track: Ceiling | None = None
    papers: Fact
    stages: Fact
    contact: Contact
    spoken: Fact
    cautions: tuple[Fact, ...] = ()
    remarks: tuple[Fact, ...] = ()

    @model_validator(mode="after")
    def _be_whole(self) -> "Forum":
        if (self.deadline is None) == (self.no_deadline is None):
            raise ValueError("must have either a deadline, or no_deadline to say that none was found")
        if bool(self.tiers) != (self.above_tiers is not None):
            raise ValueError("must say by above_tiers what it costs above its tiers, and only then")
        if (self.agreement is Agreement.NONE) != (self.consent is None):
            raise ValueError("must say by consent what both sides agree to where agreement is asked, and only there")
        if not self.papers.points:
            raise ValueError("names no papers")
        return self

    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Every fact with the key under which it stands."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Fact):
                yield name, value
            elif isinstance(value, tuple):
                yield from ((f"{name}.{place}", part) for place, part in enumerate(value) if isinstance(part, Fact))


class Clause(Named):
    """What a contract may say of disputes: which forum it names, and whether it agrees on arbitration."""

    forum: Code | None = None
    arbitration: StrictBool = False


class Principles(Part):
    """What holds for all forums."""

    one_forum: Fact
    first_here: Fact
    arbitration: Fact
    sharia_named: Fact
    court_of_sharia: Fact
    our_count: Fact


class Forums(Part):
    """Every forum that is known, in the order in which equally fitting ones are recommended."""

    fresh_days: Annotated[int, Field(strict=True, ge=1)]
    sources: FilledTable[Source]
    principles: Principles
    clauses: FilledTable[Clause]
    forums: FilledTable[Forum]
    # For people who keep the file: why something stands in it. Never shown.
    notes: Mapping[str, Line] = Field(default_factory=no_rows)

    @field_validator("notes")
    @classmethod
    def _freeze(cls, table: Mapping[str, Line]) -> Mapping[str, Line]:
        return MappingProxyType(dict(table))

    # There is one object a process, and frozen tables have no hash of their own.
    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def is_aged(self, fact: Fact, today: date) -> bool:
        """Whether a fact has to be asked again: flagged to those who keep the file, softened on the page."""
        return fact.aged(today, self.fresh_days)

    def is_sure(self, fact: Fact, today: date) -> bool:
        """Whether something may be closed by it."""
        return fact.confidence is Confidence.HIGH and not self.is_aged(fact, today)

    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Every fact of the file with its key."""
        for name in Principles.model_fields:
            yield f"principles.{name}", getattr(self.principles, name)
        for code, forum in self.forums.items():
            yield from ((f"forums.{code}.{key}", fact) for key, fact in forum.facts())
