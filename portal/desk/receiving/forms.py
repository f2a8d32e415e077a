"""An officer's form: how it reached us, then what the customer's own form asks, on one page (KF-14)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.handed_in import CodeFor, NoticeGiven, Preference
from portal.complaints.states import ContactSource
from portal.desk.receiving import labels
from portal.desk.receiving.labels import SHORT_STORY, WORDS
from portal.desk.receiving.rules import Frame, asked_on_one_page, channels_of, is_plausible, sources
from portal.filing.forms import choices
from portal.filing.forms.asking import Asking, StepForm
from portal.filing.forms.matter import TransactionForm
from portal.filing.forms.people import ContactForm, citizenships
from portal.filing.labels import country
from portal.filing.rules import MOST_TRANSACTIONS, Answer, Slug, Told, asks_kind, typed_rows, with_row
from portal.filing.steps import BY_SLUG
from portal.institution.rules import Path
from portal.web.fields import DayField, RadioField, SelectField, TimeField
from portal.web.forms import Form
from portal.web.validators import Required

WRONG_DAY = _l("Write the date as day, month and year, for example 9 3 2026")
WRONG_TIME = _l("Write the time in digits, for example 14:30")
# More choices than these are one list instead of a row each.
MOST_ROWS = 4


# ── the customer's questions ─────────────────────────────────────────────────────────────────────


class DeskContactForm(ContactForm):
    """The contact as an officer asks for it; what cannot be read is told to the officer."""

    def validate_prefers(self, field: RadioField) -> None:
        if field.data == Preference.EMAIL and not self.email.raw:
            raise ValidationError(_l("For this an e-mail address is needed: enter it above, or choose another way"))
        if field.data in (Preference.CALL, Preference.MESSAGE) and not self.phone.raw:
            raise ValidationError(_l("For this a phone number is needed: enter it above, or choose another way"))


@dataclass(frozen=True, slots=True)
class Part:
    """The questions of one step within the page. `number`: which of the transactions it is."""

    slug: Slug
    form: StepForm
    prefix: str
    number: int | None = None

    def typed(self) -> dict[str, str]:
        """The inputs by the names that the customer's own page gives them."""
        return {name.removeprefix(self.prefix): text for name, text in self.form.inputs().items()}

    @property
    def is_blank(self) -> bool:
        return not any(self.typed().values())


def part(
    slug: Slug, asking: Asking, typed: Mapping[str, str] | None, *, number: int | None = None, alone: bool = True
) -> Part:
    """A step's questions as an officer asks them, bound to what a draft holds, or to the request where that is None."""
    prefix = f"{slug}-" if number is None else f"{slug}-{number}-"
    bound = None if typed is None else {prefix + name: text for name, text in typed.items()}
    form: StepForm
    if slug is Slug.TRANSACTIONS:
        form = TransactionForm(asking, bound, number=number or 1, alone=alone, prefix=prefix)
    else:
        form = (DeskContactForm if slug is Slug.CONTACT else BY_SLUG[slug].form)(asking, bound, prefix=prefix)
    # The page has one token for all of them.
    del form["csrf_token"]
    _word(slug, form, asking)
    for field in form:
        if isinstance(field, RadioField) and len(field.choices) > MOST_ROWS:
            _list(field, field.choices)
    return Part(slug, form, prefix, number)


def _list(field: Any, found: Iterable[SelectChoice]) -> None:
    """Let a field with many choices be one list, in which nothing is chosen beforehand."""
    field.choices = [SelectChoice("", _l("Choose")), *found]
    field.flags.listed = True


def _word(slug: Slug, form: StepForm, asking: Asking) -> None:
    for field in form:
        words = WORDS.get((slug, field.short_name))
        if slug is Slug.STORY and asking.short:
            words = SHORT_STORY
        if words is None:
            continue
        field.label.text = words.label or field.label.text
        field.description = field.description if words.hint is None else words.hint
        if words.missing is not None:
            others = [check for check in field.validators if not isinstance(check, Required)]
            field.validators = [Required(words.missing), *others]
    if slug is Slug.WHO:
        form["role"].choices = [SelectChoice(role, words) for role, words in labels.WHO.items()]
    if slug in (Slug.IDENTITY, Slug.REPRESENTATIVE) and "citizen" in form:
        names = " / ".join(country(code, asking.language) for code in citizenships(asking.profile))
        words = labels.CITIZEN if slug is Slug.IDENTITY else labels.CITIZEN_REPRESENTATIVE
        form["citizen"].label.text = words % {"country": names}


class Composed(Form):
    """Several forms on one page, sent together, with one token and one summary of errors."""

    def __init__(self, parts: Sequence[Part], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    def validate(self, extra_validators: Any = None) -> bool:
        # Every part is asked: whoever corrects one must see what else is wrong.
        return all([super().validate(extra_validators), *(one.form.validate() for one in self._judged())])

    def _judged(self) -> Iterator[Part]:
        return iter(self.parts)

    @property
    def errors(self) -> dict[str, Any]:
        found = dict(super().errors)
        for one in self.parts:
            found |= {f"{one.prefix}{name}": wrong for name, wrong in one.form.errors.items()}
        return found

    def faults(self) -> list[tuple[str, Any]]:
        return super().faults() + [fault for one in self.parts for fault in one.form.faults()]


# ── how it reached us ────────────────────────────────────────────────────────────────────────────


class FrameForm(Composed):
    """How a complaint reached the institution, in which language, and what it is (KF-12, SQ-15, BM-09)."""

    channel = SelectField(_l("How did it come?"), [Required(_l("Choose how it came"))], validate_choice=False)
    on = DayField(_l("Received on"), [Required(_l("Enter the day on which it came"))], wrong=WRONG_DAY)
    at = TimeField(_l("At"), [Required(_l("Enter the time at which it came"))], wrong=WRONG_TIME)
    language = RadioField(_l("Language of the customer"), [Required(_l("Choose the language of the customer"))])
    notice = RadioField(
        _l("How was the privacy notice given, in this language?"),
        [Required(_l("Give the privacy notice first, then say how"))],
    )

    def __init__(self, asking: Asking, frame: Frame | None = None, *, sent: bool = False) -> None:
        self.asking = asking
        told = asking.told
        held = told.answers if told else {}
        shown = {slug: None if sent else (dict(held[slug].typed) if slug in held else {}) for slug in Slug}
        if not sent and Slug.WHO not in held:
            shown[Slug.WHO] = {"role": "customer"}
        if not sent and Slug.KIND not in held:
            shown[Slug.KIND] = {"kind": next(iter(asking.profile.kinds))}
        slugs = ([Slug.KIND] if asks_kind(asking.profile) else []) + [Slug.WHO, Slug.TOPIC]
        parts = [part(slug, asking, shown[slug]) for slug in slugs]
        super().__init__(parts, **({} if sent else {"formdata": None}))
        self._offer()
        if not sent:
            self._show(frame)

    def _offer(self) -> None:
        profile, language = self.asking.profile, self.asking.language
        found = channels_of(profile)
        self.channel.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(code, channel.label[language]) for code, channel in found.items()),
        ]
        self.language.choices = choices.letter_languages(language)
        self.notice.choices = [SelectChoice(way, words) for way, words in labels.NOTICES.items()]
        # One list for every kind: which of them fit is seen when the kind is known.
        topics = [SelectChoice(code, one.label[language]) for code, one in profile.topics.items()]
        _list(self.of(Slug.TOPIC)["topic"], topics)

    def _show(self, frame: Frame | None) -> None:
        local = (frame.arrived_at if frame else self.asking.now).astimezone(self.asking.profile.zone)
        self.on.data, self.at.data = local.date(), local.time()
        self.language.data = frame.language if frame else None
        if frame:
            self.channel.data, self.notice.data = frame.channel, frame.notice

    def of(self, slug: Slug) -> StepForm:
        """The questions of this step."""
        return next(one.form for one in self.parts if one.slug is slug)

    @property
    def kind(self) -> str:
        """The kind chosen; where there is none to choose, the only one."""
        if not asks_kind(self.asking.profile):
            return next(iter(self.asking.profile.kinds))
        return self.of(Slug.KIND)["kind"].data or ""

    def _judged(self) -> Iterator[Part]:
        kind = self.asking.profile.kinds.get(self.kind)
        short = kind is not None and kind.path is Path.SHORT
        return (one for one in self.parts if not (short and one.slug is Slug.WHO))

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        topic, known = self.of(Slug.TOPIC)["topic"], self.asking.profile.topics
        if topic.data and not topic.errors and self.kind in self.asking.profile.kinds:
            fits = known[topic.data].kinds
            if fits and self.kind not in fits:
                topic.errors = [_l("This is no topic of what was chosen above. Choose another")]
        return not self.errors

    def validate_channel(self, field: SelectField) -> None:
        if field.data not in channels_of(self.asking.profile):
            raise ValidationError(_l("Choose how it came"))

    def validate_at(self, field: TimeField) -> None:
        if self.arrived_at is None or self.on.errors:
            return
        if self.arrived_at > self.asking.now:
            raise ValidationError(_l("This moment has not come yet. Write when it came"))
        if not is_plausible(self.arrived_at, now=self.asking.now):
            raise ValidationError(_l("This is more than 180 days ago. Compare the date, above all the year"))

    @property
    def arrived_at(self) -> datetime | None:
        """The moment in UTC."""
        if self.on.data is None or self.at.data is None:
            return None
        return datetime.combine(self.on.data, self.at.data, self.asking.profile.zone).astimezone(UTC)

    def frame(self) -> Frame:
        """What was said. Only after `validate`."""
        assert self.arrived_at is not None and self.channel.data and self.language.data
        return Frame(self.channel.data, self.arrived_at, self.language.data, NoticeGiven(self.notice.data or ""))

    def answers(self) -> dict[Slug, Answer]:
        """What the draft keeps of it. Only after `validate`."""
        judged = {one.slug for one in self._judged()}
        return {one.slug: Answer(one.typed(), one.form.read()) for one in self.parts if one.slug in judged}


# ── everything else ──────────────────────────────────────────────────────────────────────────────


class ToldForm(Composed):
    """What the customer tells, step beside step. `rows`: how many transactions the page has room for."""

    contact = RadioField(_l("Where is this contact from?"), [Required(_l("Say where this contact is from"))])

    def __init__(
        self, asking: Asking, told: Told, *, source: ContactSource | None, letters: str, rows: int, sent: bool = False
    ) -> None:
        self.asking = asking
        parts: list[Part] = []
        for slug in asked_on_one_page(told, asking.profile):
            answer = told.answers.get(slug)
            if slug is Slug.TRANSACTIONS:
                parts += _transactions(asking, answer, rows=rows, sent=sent)
                continue
            # Letters are written in the customer's language unless somebody says otherwise.
            first = {"language": letters} if slug in (Slug.CONTACT, Slug.CUSTOMER_CONTACT) else {}
            parts.append(part(slug, asking, None if sent else dict(answer.typed) if answer else first))
        super().__init__(parts, **({} if sent else {"formdata": None}))
        offered = sources(representing=asking.representing)
        self.contact.choices = [SelectChoice(one, labels.SOURCES[one]) for one in offered]
        if not sent:
            self.contact.data = source if source in offered else offered[0]

    def _judged(self) -> Iterator[Part]:
        # A row that was added and left empty says nothing.
        return (one for one in self.parts if one.number in (None, 1) or not one.is_blank)

    @property
    def source(self) -> ContactSource | None:
        """Who vouches for the contact, if that was said."""
        return ContactSource(self.contact.data) if self.contact.data in tuple(ContactSource) else None

    @property
    def rows(self) -> int:
        """How many transactions the page has room for."""
        return sum(one.number is not None for one in self.parts)

    def answers(self, *, judged: bool, without: int | None = None) -> dict[Slug, Answer]:
        """What the draft keeps: every input as typed, and what it means where it is valid and was judged.

        `without` is the number of a transaction that is taken out.
        """
        found: dict[Slug, Answer] = {}
        rows: Answer | None = None
        place = 0
        for one in self.parts:
            taken_out = without is not None and one.number == without
            if taken_out or (one.number not in (None, 1) and one.is_blank):
                continue
            read = one.form.read() if judged and not one.form.errors else None
            if one.number is None:
                found[one.slug] = Answer(one.typed(), read)
            else:
                place += 1
                rows = with_row(rows, place, one.typed(), read)
        if any(one.number is not None for one in self.parts):
            found[Slug.TRANSACTIONS] = rows or Answer({}, None)
        return found


def _transactions(asking: Asking, answer: Answer | None, *, rows: int, sent: bool) -> list[Part]:
    typed = typed_rows(answer.typed) if answer else []
    count = min(max(rows, len(typed), 1), MOST_TRANSACTIONS)
    return [
        part(
            Slug.TRANSACTIONS,
            asking,
            None if sent else (typed[number - 1] if number <= len(typed) else {}),
            number=number,
            alone=count == 1,
        )
        for number in range(1, count + 1)
    ]


class RegisterForm(Form):
    """How the customer gets their access code. Away from a counter there is nothing to choose."""

    code = RadioField(_l("The customer’s access code"), [Required(_l("Choose how the customer gets the code"))])

    def __init__(self, *, counter: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if counter:
            self.code.choices = [SelectChoice(way, words) for way, words in labels.CODES.items()]
        else:
            del self.code

    @property
    def chosen(self) -> CodeFor:
        return CodeFor(self.code.data) if self.code and self.code.data else CodeFor.APART
