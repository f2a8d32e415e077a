"""The profile of one institution: everything that differs between institutions, typed and frozen.

A profile is a TOML file with both languages in it. Tables of rows (channels, topics, limits, …) keep
the file's order, and each row knows the key under which it stands as its `code`. What refers to
another part of the file is checked by the loader, so that every fault is found in one go.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, StrictBool, StringConstraints, field_validator

from portal.forums.rules import Sector
from portal.institution.profile.asking import Account, Document, Identity, Kind, Topic, Uploads
from portal.institution.profile.channels import Channel, Office, Service
from portal.institution.profile.limits import (
    Clocks,
    EscalationStep,
    Extension,
    ExtensionGround,
    Limit,
    Objection,
    Refusal,
    Responses,
    Retention,
)
from portal.institution.profile.palette import Palette
from portal.institution.profile.parts import (
    LANGUAGES,
    Code,
    Codes,
    FilledTable,
    Href,
    Language,
    Line,
    Named,
    Part,
    Several,
    Table,
    Text,
    no_rows,
)
from portal.institution.profile.texts import Link, Page, Privacy, PublicPages, Texts, Urgent
from portal.institution.rules import Form, GivenAs, Needed, Path, RefusalGround, Regulator


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

    categories: Table[Named] = Field(default_factory=no_rows)
    kinds: FilledTable[Kind]
    divisions: Table[Named] = Field(default_factory=no_rows)
    topics: FilledTable[Topic]
    transaction_types: FilledTable[Named]
    parties: Table[Named] = Field(default_factory=no_rows)
    documents: Table[Document] = Field(default_factory=no_rows)
    identity: Identity

    limits: FilledTable[Limit]
    clocks: Clocks
    extension_grounds: Table[ExtensionGround] = Field(default_factory=no_rows)
    refusals: Mapping[RefusalGround, Refusal] = Field(default_factory=no_rows)
    objection: Objection | None = None
    responses: Responses = Field(default_factory=Responses)
    escalation: tuple[EscalationStep, ...] = ()
    forums: Codes = ()

    colours: Palette
    texts: Texts
    privacy: Privacy
    retention: Retention
    uploads: Uploads = Field(default_factory=Uploads)
    # Whether officers may search what customers wrote. It puts the words of their descriptions into the
    # database in the open, apart from the data key that seals the text itself.
    search_descriptions: StrictBool = False
    # For people who keep the file: why something stands in it. Never shown.
    notes: Mapping[str, Line] = Field(default_factory=no_rows)

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

    def is_short(self, kind: str) -> bool:
        """Whether what is of this kind takes the short path, at whose end nobody has anything to decide.

        A kind that the profile no longer names does not.
        """
        return kind in self.kinds and self.kinds[kind].path is Path.SHORT

    def documents_named(self, codes: Iterable[str], language: str) -> list[str]:
        """What these documents are called; a code that the profile no longer names is passed over."""
        return [self.documents[code].label[language] for code in codes if code in self.documents]

    def topics_of(self, kind: str) -> tuple[Topic, ...]:
        """The topics that fit a kind, in the file's order."""
        return tuple(topic for topic in self.topics.values() if not topic.kinds or kind in topic.kinds)

    def answer_limits(self, kind: str, form: Form) -> tuple[Limit, ...]:
        """The limits within which a complaint of this kind and form is answered; the earliest binds.

        A kind without limits of its own has those of a complaint.
        """
        limits = self.clocks.answer.get(kind) or self.clocks.answer["complaint"]
        return tuple(self.limits[code] for code in limits.of(form))

    def objection_limits(self, kind: str, form: Form) -> tuple[Limit, ...]:
        """The limits within which an objection is answered: its own (SQ-32), or those of a complaint."""
        own = self.clocks.objection
        return tuple(self.limits[code] for code in own.of(form)) if own else self.answer_limits(kind, form)

    @property
    def documents_extension(self) -> Extension | None:
        """How the customer's time to complete the documents may be lengthened, if there is one and it may be."""
        completion = self.clocks.documents
        return self.limits[completion.limit].extension if completion else None

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
