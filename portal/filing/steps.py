"""The journey's steps as one tuple: from it come the pages, the way between them, and the check at the end."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.handed_in import Preference
from portal.complaints.labels import PREFERENCES
from portal.filing import labels
from portal.filing.cautions import Exposed, NikDoubt, ending, exposed, nik_doubt
from portal.filing.forms import matter, people
from portal.filing.forms.asking import Asking, StepForm
from portal.filing.handing_in import guided_of, proof_of, transaction_of
from portal.filing.labels import REACHED, THE_PROBLEM, TITLES, WHO_COMPLAINS, YOUR_MESSAGE
from portal.filing.rules import Slug, Told, asks_proof, path
from portal.institution.models import Institution
from portal.institution.rules import IdentityMark
from portal.web import formats, typed

Text: TypeAlias = str | LazyString


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the check: what was asked and what was said. `typed`: in lines of its own.

    `number` is that of the transaction to which its change link leads, where it tells of one.
    """

    label: Text
    value: Text | None = field(repr=False)
    typed: bool = False
    number: int | None = None


Read: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Callable[[Read, Asking], list[Row]]


@dataclass(frozen=True, slots=True)
class Section:
    """Answers that belong together, each with the step to which its change link leads."""

    title: LazyString
    rows: list[tuple[Slug, Row]]


def _nothing(read: Read, asking: Asking) -> list[Row]:
    return []


def _kind(read: Read, asking: Asking) -> list[Row]:
    return [Row(TITLES[Slug.KIND], asking.profile.kinds[read["kind"]].label[asking.language])]


def _who(read: Read, asking: Asking) -> list[Row]:
    rows = [Row(_l("For whom do you complain?"), labels.ROLES[read["role"]])]
    if asking.profile.parties:
        party = asking.profile.parties[read["capacity"]].label[asking.language] if read["capacity"] else labels.NO_PARTY
        rows.append(Row(_l("Part of the customer"), party))
    return rows


def _identity(read: Read, asking: Asking) -> list[Row]:
    name = _l("Full name of the customer") if asking.representing else _l("Full name")
    document = _l("Identity document of the customer") if asking.representing else _l("Identity document")
    return [Row(name, read["name"]), *_proof(read, asking, document)]


def _representative(read: Read, asking: Asking) -> list[Row]:
    rows = [
        Row(_l("Your full name"), read["name"]),
        *_proof(read, asking, _l("Your identity document")),
        Row(_l("What you are to the customer"), read["relation"]),
    ]
    return [*rows, Row(_l("Name of the firm or office"), read["firm"])] if read["firm"] else rows


def _proof(read: Read, asking: Asking, document: LazyString) -> list[Row]:
    # Whoever looks over a shoulder must not be able to copy the number; its owner knows it by its end.
    proof = proof_of(read, asking.profile)
    if proof is None:
        return [Row(labels.KTP_NUMBER, None)] if IdentityMark.ID_NUMBER in asking.profile.identity.any_of else []
    end = _l("ending %(end)s", end=ending(proof.number))
    if not asks_proof(asking.profile):
        return [Row(labels.KTP_NUMBER, end)]
    kind = asking.profile.identity.proofs[proof.kind].label[asking.language]
    return [Row(document, _l("%(document)s, %(number)s", document=kind, number=end))]


def _authority(read: Read, asking: Asking) -> list[Row]:
    ends = date.fromisoformat(read["ends_on"]) if read["ends_on"] else None
    return [
        Row(_l("Date of the power of attorney"), formats.day(date.fromisoformat(read["given_on"]), asking.language)),
        Row(_l("What it covers"), read["scope"], typed=True),
        Row(_l("It holds"), _l("until %(day)s", day=formats.day(ends, asking.language)) if ends else labels.LASTS),
    ]


def _contact(read: Read, asking: Asking) -> list[Row]:
    reached = [
        Row(_l("E-mail address"), read["email"]),
        Row(_l("Phone number"), typed.print_phone(read["phone"]) if read["phone"] else None),
    ]
    if asking.short:
        return [Row(_l("Full name"), read["name"]), *reached]
    prefers = PREFERENCES[Preference(read["prefers"])] if read["prefers"] else None
    return [
        *reached,
        Row(_l("Letters in"), labels.LETTER_LANGUAGES[read["language"]]),
        Row(_l("If we have a question, we reach you"), prefers),
        Row(_l("What helps you to deal with us"), read["needs"], typed=True),
    ]


def _customer_contact(read: Read, asking: Asking) -> list[Row]:
    return [
        Row(_l("E-mail address of the customer"), read["email"]),
        Row(_l("Phone number of the customer"), typed.print_phone(read["phone"]) if read["phone"] else None),
        Row(_l("Letters to the customer in"), labels.LETTER_LANGUAGES[read["language"]]),
    ]


def _account(read: Read, asking: Asking) -> list[Row]:
    # By its end alone, as the number of an identity document.
    return [
        Row(asking.profile.account.label[asking.language], _l("ending %(end)s", end=ending(read["account"]))),
    ]


def _topic(read: Read, asking: Asking) -> list[Row]:
    return [Row(TITLES[Slug.TOPIC], asking.profile.topics[read["topic"]].label[asking.language])]


def _guide(read: Read, asking: Asking) -> list[Row]:
    guide, guided = asking.guide, guided_of(asking.told, asking.profile)
    assert guide is not None and guide.moment is not None and guided is not None
    rows = [Row(guide.moment[asking.language], formats.moment(guided.moment, asking.language, asking.profile.zone))]
    if guide.open_question:
        said = next(words for code, words in labels.OPEN_ANSWERS.items() if labels.OPEN[code] is guided.still_open)
        rows.append(Row(guide.open_question[asking.language], said))
    return rows


def _transactions(read: Read, asking: Asking) -> list[Row]:
    if all(row["type"] is None for row in read["rows"]):
        return [Row(_l("Transaction"), labels.NO_TRANSACTION, number=1)]
    several = len(read["rows"]) > 1
    return [
        Row(
            _l("Transaction %(number)d", number=number) if several else _l("Transaction"),
            "\n".join(transaction_lines(row, asking.profile, asking.language)),
            typed=True,
            number=number,
        )
        for number, row in enumerate(read["rows"], start=1)
        if row["type"]
    ]


def transaction_lines(read: Read, profile: Institution, language: str) -> list[str]:
    """A transaction in words: what and when, how much, under which reference."""
    told = transaction_of(read)
    when = formats.day(told.on, language)
    if told.at:
        zone = formats.zone_name(datetime.combine(told.on, told.at, profile.zone))
        when = f"{when}, {formats.hour(told.at, language)}{formats.NBSP}{zone}"
    lines = [f"{profile.transaction_types[told.type].label[language]}, {when}"]
    if told.amount is not None:
        lines.append(formats.amount(told.amount, language))
    if told.reference:
        lines.append(str(_l("Reference number %(reference)s", reference=told.reference)))
    return lines


def _story(read: Read, asking: Asking) -> list[Row]:
    return [Row(YOUR_MESSAGE if asking.short else TITLES[Slug.STORY], read["story"], typed=True)]


def _loss(read: Read, asking: Asking) -> list[Row]:
    amount = formats.amount(Decimal(read["amount"]), asking.language) if read["amount"] else None
    return [
        Row(_l("Amount of the loss"), amount),
        Row(_l("What you ask of us"), read["wish"], typed=True),
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the journey: its questions, its template, and where and how the check tells of its answer."""

    slug: Slug
    form: type[StepForm]
    section: LazyString | None = None
    rows: Rows = _nothing

    @property
    def template(self) -> str:
        return f"intake/{self.slug}.html"


STEPS = (
    Step(Slug.PRIVACY, matter.AcknowledgementForm),
    Step(Slug.KIND, matter.KindForm, WHO_COMPLAINS, _kind),
    Step(Slug.WHO, people.WhoForm, WHO_COMPLAINS, _who),
    Step(Slug.IDENTITY, people.IdentityForm, WHO_COMPLAINS, _identity),
    Step(Slug.REPRESENTATIVE, people.RepresentativeForm, WHO_COMPLAINS, _representative),
    Step(Slug.AUTHORITY, people.AuthorityForm, WHO_COMPLAINS, _authority),
    Step(Slug.CONTACT, people.ContactForm, REACHED, _contact),
    Step(Slug.CUSTOMER_CONTACT, people.CustomerContactForm, REACHED, _customer_contact),
    Step(Slug.ACCOUNT, matter.AccountForm, THE_PROBLEM, _account),
    Step(Slug.TOPIC, matter.TopicForm, THE_PROBLEM, _topic),
    Step(Slug.GUIDE, matter.GuideForm, THE_PROBLEM, _guide),
    Step(Slug.ADVICE, matter.AdviceForm),
    Step(Slug.TRANSACTIONS, matter.TransactionsForm, THE_PROBLEM, _transactions),
    Step(Slug.STORY, matter.StoryForm, THE_PROBLEM, _story),
    Step(Slug.LOSS, matter.LossForm, THE_PROBLEM, _loss),
    # Its rows are files, which the check lists by themselves.
    Step(Slug.DOCUMENTS, matter.DocumentsForm),
    Step(Slug.CHECK, matter.SendForm),
)
BY_SLUG: Mapping[Slug, Step] = {step.slug: step for step in STEPS}


@cache
def titles(steps: tuple[Slug, ...], short: bool, language: str) -> list[str]:
    """The steps' titles. Every page names all of them, and looking a lazy text up costs more than showing it."""
    return [str(YOUR_MESSAGE if short and slug is Slug.STORY else TITLES[slug]) for slug in steps]


def summary(asking: Asking) -> list[Section]:
    """Everything that will be sent, in the order of the steps."""
    sections: list[Section] = []
    told = asking.told
    for slug in path(told, asking.profile):
        step, read = BY_SLUG[slug], told.read(slug) if told else None
        if step.section is None or read is None:
            continue
        title = YOUR_MESSAGE if asking.short and step.section is not REACHED else step.section
        if not sections or sections[-1].title is not title:
            sections.append(Section(title, []))
        sections[-1].rows.extend((slug, row) for row in step.rows(read, asking))
    return sections


# ── what to look at once more ────────────────────────────────────────────────────────────────────

# Where customers write words of their own, and where somebody may have copied the wrong number.
_WRITTEN = (
    (Slug.AUTHORITY, "scope"),
    (Slug.CONTACT, "needs"),
    (Slug.ACCOUNT, "account"),
    (Slug.STORY, "story"),
    (Slug.LOSS, "wish"),
)


def exposed_by(told: Told, profile: Institution) -> list[tuple[Exposed, Slug]]:
    """What the customer's own words seem to give away, and in which step."""
    steps = path(told, profile)
    found = []
    for slug, text in _written(told):
        if slug in steps:
            found += [(secret, slug) for secret in sorted(exposed(text))]
    return found


def _written(told: Told) -> Iterator[tuple[Slug, str]]:
    for slug, name in _WRITTEN:
        if text := (told.read(slug) or {}).get(name):
            yield slug, text
    for row in (told.read(Slug.TRANSACTIONS) or {}).get("rows", ()):
        if row and row.get("reference"):
            yield Slug.TRANSACTIONS, row["reference"]


def doubted_by(told: Told, profile: Institution, *, today: date) -> list[tuple[NikDoubt, Slug]]:
    """Which KTP numbers look wrong, and in which step they were given. They are sent as they stand."""
    steps, found = path(told, profile), []
    for slug in (Slug.IDENTITY, Slug.REPRESENTATIVE):
        read = told.read(slug) if slug in steps else None
        proof = proof_of(read, profile) if read else None
        if proof and _is_nik(proof.kind, profile) and (doubt := nik_doubt(proof.number, today=today)):
            found.append((doubt, slug))
    return found


def _is_nik(kind: str, profile: Institution) -> bool:
    return kind == IdentityMark.ID_NUMBER or profile.identity.proofs[kind].nik
