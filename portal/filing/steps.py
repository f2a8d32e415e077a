"""The journey's steps as one tuple: from it come the pages, the way between them, and the check at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.filing.forms import (
    AccountForm,
    AcknowledgementForm,
    ContactForm,
    DocumentsForm,
    SendForm,
    StepForm,
    StoryForm,
    TopicForm,
    TransactionForm,
    WhoForm,
)
from portal.filing.labels import ABOUT_YOU, LETTER_LANGUAGES, THE_PROBLEM, TITLES
from portal.filing.rules import Exposed, Slug, Told, ending, exposed, path, transaction_of
from portal.institution.models import Institution
from portal.web import formats, typed

Text: TypeAlias = str | LazyString


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the check: what was asked and what was said. `typed`: in the customer's own lines."""

    label: Text
    value: Text | None = field(repr=False)
    typed: bool = False


Rows: TypeAlias = Callable[[Mapping[str, Any], Institution, str], list[Row]]


@dataclass(frozen=True, slots=True)
class Section:
    """Answers that belong together, each with the step to which its change link leads."""

    title: LazyString
    rows: list[tuple[Slug, Row]]


def _nothing(read: Mapping[str, Any], profile: Institution, language: str) -> list[Row]:
    return []


def _who(read: Mapping[str, Any], profile: Institution, language: str) -> list[Row]:
    return [Row(_l("Full name"), read["name"])]


def _contact(read: Mapping[str, Any], profile: Institution, language: str) -> list[Row]:
    return [
        Row(_l("E-mail address"), read["email"]),
        Row(_l("Phone number"), typed.print_phone(read["phone"]) if read["phone"] else None),
        Row(_l("Letters in"), LETTER_LANGUAGES[read["language"]]),
    ]


def _account(read: Mapping[str, Any], profile: Institution, language: str) -> list[Row]:
    # Whoever looks over a shoulder must not be able to copy it; its owner knows it by its end.
    return [Row(profile.account.label[language], _l("ending %(end)s", end=ending(read["account"])))]


def _topic(read: Mapping[str, Any], profile: Institution, language: str) -> list[Row]:
    return [Row(_l("What it is about"), profile.topics[read["topic"]].label[language])]


def _transaction(read: Mapping[str, Any], profile: Institution, language: str) -> list[Row]:
    if read["type"] is None:
        return [Row(_l("Type of transaction"), _l("It is not about a particular transaction"))]
    told = transaction_of(read)
    at = None
    if told.at:
        zone = formats.zone_name(datetime.combine(told.on, told.at, profile.zone))
        at = f"{formats.hour(told.at, language)}{formats.NBSP}{zone}"
    return [
        Row(_l("Type of transaction"), profile.transaction_types[told.type].label[language]),
        Row(_l("Date of the transaction"), formats.day(told.on, language)),
        Row(_l("Time of the transaction"), at),
        Row(_l("Amount"), formats.amount(told.amount, language) if told.amount is not None else None),
        Row(_l("Reference number"), told.reference),
    ]


def _story(read: Mapping[str, Any], profile: Institution, language: str) -> list[Row]:
    return [Row(_l("What happened"), read["story"], typed=True)]


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the journey: its questions, its template, and where and how the check tells of its answer."""

    slug: Slug
    form: type[StepForm]
    section: LazyString | None = None
    rows: Rows = _nothing

    @property
    def title(self) -> LazyString:
        return TITLES[self.slug]

    @property
    def template(self) -> str:
        return f"intake/{self.slug}.html"


STEPS = (
    Step(Slug.PRIVACY, AcknowledgementForm),
    Step(Slug.WHO, WhoForm, ABOUT_YOU, _who),
    Step(Slug.CONTACT, ContactForm, ABOUT_YOU, _contact),
    Step(Slug.ACCOUNT, AccountForm, ABOUT_YOU, _account),
    Step(Slug.TOPIC, TopicForm, THE_PROBLEM, _topic),
    Step(Slug.TRANSACTION, TransactionForm, THE_PROBLEM, _transaction),
    Step(Slug.STORY, StoryForm, THE_PROBLEM, _story),
    # Its rows are files, which the check lists by themselves.
    Step(Slug.DOCUMENTS, DocumentsForm),
    Step(Slug.CHECK, SendForm),
)
BY_SLUG: Mapping[Slug, Step] = {step.slug: step for step in STEPS}


def summary(told: Told, profile: Institution, language: str) -> list[Section]:
    """Everything that will be sent, in the order of the steps."""
    sections: list[Section] = []
    for slug in path(told, profile):
        step, read = BY_SLUG[slug], told.read(slug)
        if step.section is None or read is None:
            continue
        if not sections or sections[-1].title is not step.section:
            sections.append(Section(step.section, []))
        sections[-1].rows.extend((slug, row) for row in step.rows(read, profile, language))
    return sections


def exposed_by(told: Told) -> list[tuple[Exposed, Slug]]:
    """What the customer's own words seem to give away, and in which step."""
    written = (
        (Slug.ACCOUNT, "account"),
        (Slug.TRANSACTION, "reference"),
        (Slug.STORY, "story"),
    )
    found = []
    for slug, name in written:
        text = (told.read(slug) or {}).get(name) or ""
        found += [(secret, slug) for secret in sorted(exposed(text))]
    return found
