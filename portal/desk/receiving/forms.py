"""An officer's form: how it reached us, then what the customer's own form asks, on one page (KF-14)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.handed_in import CodeFor, NoticeGiven
from portal.complaints.states import ContactSource
from portal.desk.receiving import labels
from portal.desk.receiving.composed import Composed, Part, listed, part, prefix_of
from portal.desk.receiving.rules import ON_ONE_PAGE, Frame, asked_on_one_page, channels_of, is_plausible, sources
from portal.filing.forms import choices
from portal.filing.forms.asking import Asking, StepForm
from portal.filing.merging import Group
from portal.filing.quarrels import Reading, reading, told
from portal.filing.rules import CUSTOMER, MOST_TRANSACTIONS, Answer, Slug, Told, asks_kind, typed_rows, with_row
from portal.web.fields import DayField, RadioField, SelectField, TimeField
from portal.web.forms import Form
from portal.web.validators import Required

WRONG_DAY = _l("Write the date as day, month and year, for example 9 3 2026")
WRONG_TIME = _l("Write the time in digits, for example 14:30")
# An input of one of the transactions.
ROW = re.compile(r"transactions-(\d{1,3})-")


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

    # What two windows may disagree about: how it came is one answer, whose parts hang together.
    WHOLE = "frame"

    def __init__(self, asking: Asking, frame: Frame | None = None, *, sent: Mapping[str, str] | None = None) -> None:
        self.asking = asking
        page = self._held(frame) if sent is None else sent
        slugs = ([Slug.KIND] if asks_kind(asking.profile) else []) + [Slug.WHO, Slug.TOPIC]
        super().__init__([part(slug, asking, page) for slug in slugs], page)
        self._offer()

    def _held(self, frame: Frame | None) -> dict[str, str]:
        """The inputs of the page as it is opened."""
        asking = self.asking
        answers = asking.told.answers if asking.told else {}
        found = {"kind-kind": next(iter(asking.profile.kinds)), "who-role": CUSTOMER}
        for slug in (Slug.KIND, Slug.WHO, Slug.TOPIC):
            if slug in answers:
                found |= {prefix_of(slug) + name: text for name, text in answers[slug].typed.items()}
        local = (frame.arrived_at if frame else asking.now).astimezone(asking.profile.zone)
        found |= {"on": local.date().isoformat(), "at": local.strftime("%H.%M")}
        if frame:
            found |= {"channel": frame.channel, "language": frame.language, "notice": frame.notice}
        return found

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
        listed(self.of(Slug.TOPIC)["topic"], topics)

    def contested(self) -> dict[str, Group]:
        """What two windows may write differently: the whole, whose inputs are named after it."""
        return {self.WHOLE: {f"{self.WHOLE}-{name}": text for name, text in self.page().items()}}

    @classmethod
    def of_contested(cls, typed: Mapping[str, str]) -> dict[str, str]:
        """The inputs of the page, from what two windows may write differently."""
        return {name.removeprefix(f"{cls.WHOLE}-"): text for name, text in typed.items()}

    def reading(self) -> Reading:
        """How the page is read where two windows disagree."""

        def words(_: str, group: Group) -> str:
            typed = self.of_contested(group)
            bound = FrameForm(self.asking, sent=typed)
            return "\n".join(f"{label}: {said}" for label, said in told(reading(bound.question), bound.questions()))

        return Reading(label=lambda _: str(labels.HOW_IT_CAME), words=words, joins=lambda _: False)

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
        short = self.asking.profile.is_short(self.kind)
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
    """What the customer tells, step beside step. `rows`: how many transactions the page has room for.

    What was sent of a step that is not asked any more, because another window has changed the topic or who
    complains, is kept too; nobody is asked for it.
    """

    origin = RadioField(_l("Where is this contact from?"), [Required(_l("Say where this contact is from"))])

    def __init__(
        self,
        asking: Asking,
        told: Told | None,
        *,
        source: ContactSource | None = None,
        letters: str | None = None,
        rows: int = 1,
        sent: Mapping[str, str] | None = None,
    ) -> None:
        self.asking = asking
        self.before = told.answers if told else {}
        offered = sources(representing=asking.representing)
        page = opened_with(told, source or offered[0], letters) if sent is None else sent
        asked = asked_on_one_page(told, asking.profile)
        self.beyond = tuple(
            slug for slug in ON_ONE_PAGE if slug not in asked and any(typed_in(page, prefix_of(slug)).values())
        )
        parts: list[Part] = []
        for slug in ON_ONE_PAGE:
            if slug is Slug.TRANSACTIONS and slug in (*asked, *self.beyond):
                parts += _transactions(asking, page, rows)
            elif slug in (*asked, *self.beyond):
                parts.append(part(slug, asking, page))
        super().__init__(parts, page)
        self.origin.choices = [SelectChoice(one, labels.SOURCES[one]) for one in offered]

    @property
    def shown(self) -> list[Part]:
        """The parts that are asked of this customer."""
        return [one for one in self.parts if one.slug not in self.beyond]

    def _judged(self) -> Iterator[Part]:
        # A row that was added and left empty says nothing.
        return (one for one in self.shown if one.number in (None, 1) or not one.is_blank)

    def contested(self) -> dict[str, Group]:
        """What two windows may write differently: each question."""
        return self.questions()

    def reading(self) -> Reading:
        """How the questions are read where two windows disagree."""
        single = reading(self.question)

        def label(name: str) -> str:
            one = next((one for one in self.parts if name.startswith(one.prefix)), None)
            words = single.label(name) if self.question(name) else ""
            if one is None:
                return words
            over = labels.TRANSACTION % {"number": one.number} if one.number else labels.HEADINGS[one.slug]
            return f"{over}: {words}" if words not in ("", str(over)) else str(over)

        return replace(single, label=label)

    @property
    def source(self) -> ContactSource | None:
        """Who vouches for the contact, if that was said."""
        return ContactSource(self.origin.data) if self.origin.data in tuple(ContactSource) else None

    @property
    def rows(self) -> int:
        """How many transactions the page has room for."""
        return sum(one.number is not None for one in self.parts)

    def places(self, without: int | None = None, *, writing: bool = False) -> dict[int, int]:
        """The transactions that are kept, by their numbers on the page: the number that each has from now on.

        `without` is the number of one that is taken out. While somebody is `writing`, their page goes on as it
        is: none moves up in the place of one that is still empty.
        """
        filled = [one.number for one in self.parts if one.number and not one.is_blank]
        if writing:
            return {number: number for number in range(1, max(filled, default=1) + 1)}
        kept = [number for number in sorted({1, *filled}) if number != without]
        return {number: place for place, number in enumerate(kept, start=1)}

    def answers(self, *, judged: bool, places: Mapping[int, int]) -> dict[Slug, Answer]:
        """What the draft keeps: every input as typed, and what it means where it is valid and was judged."""
        found: dict[Slug, Answer] = {}
        rows: Answer | None = None
        for one in self.parts:
            if one.number is not None and one.number not in places:
                continue
            asked = one.slug not in self.beyond
            read = one.form.read() if judged and asked and not one.form.errors else None
            if one.number is None:
                found[one.slug] = Answer(one.typed(), read)
            else:
                rows = with_row(rows, places[one.number], one.typed(), read)
        if any(one.number is not None for one in self.parts):
            found[Slug.TRANSACTIONS] = rows or Answer({}, None)
        # What is not asked and has not changed stays as it was judged.
        same = [slug for slug in self.beyond if slug in self.before and self.before[slug].typed == found[slug].typed]
        return {slug: answer for slug, answer in found.items() if slug not in same}


def held_page(told: Told | None, source: ContactSource | None) -> dict[str, str]:
    """What a draft holds of the page, by the names of its inputs."""
    found: dict[str, str] = {"origin": source} if source else {}
    for slug, answer in (told.answers if told else {}).items():
        if slug is Slug.TRANSACTIONS:
            for number, row in enumerate(typed_rows(answer.typed), start=1):
                found |= {prefix_of(slug, number) + name: text for name, text in row.items()}
        elif slug in ON_ONE_PAGE:
            found |= {prefix_of(slug) + name: text for name, text in answer.typed.items()}
    return found


def opened_with(told: Told | None, source: ContactSource, letters: str | None) -> dict[str, str]:
    """The inputs of the page as it is opened: letters go out in the customer's language unless somebody says else."""
    first = {f"{slug}-language": letters for slug in (Slug.CONTACT, Slug.CUSTOMER_CONTACT)} if letters else {}
    return first | held_page(told, source)


def typed_in(page: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Those of a page's inputs that are named with a prefix."""
    return {name: text for name, text in page.items() if name.startswith(prefix)}


def _transactions(asking: Asking, page: Mapping[str, str], rows: int) -> list[Part]:
    numbers = [int(found[1]) for name in page if (found := ROW.match(name))]
    count = min(max(rows, *numbers, 1), MOST_TRANSACTIONS)
    return [part(Slug.TRANSACTIONS, asking, page, number=number, alone=count == 1) for number in range(1, count + 1)]


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
