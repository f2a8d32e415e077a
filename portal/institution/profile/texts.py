"""What the pages of an institution say: titles, procedure, conditions, disclaimer and privacy notice."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import StringConstraints, field_validator, model_validator

from portal.institution.profile.parts import Code, Href, Part, Several, Text
from portal.institution.rules import PrivacyTopic


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


class Urgent(Part):
    """What a customer in a hurry must do before any form: a question, then whom to call."""

    question: Text
    answer: Text
    channel: Code


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
