"""The questions of the acts that the customer waits for: extension, points, response, refusal, payment."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.complaints.responses.labels import OUTCOMES, TREATMENTS
from portal.complaints.responses.rules import (
    MOST_POINTS,
    Draft,
    ExtensionBar,
    Gap,
    Lack,
    RefusalBar,
    Reply,
    Response,
    Treated,
)
from portal.complaints.states import AnswerKind, ContactSource, Outcome, PointState
from portal.desk.act_forms import LONGEST_LINE, LONGEST_TEXT, ActForm, Asking
from portal.desk.responding.labels import NOT_EXTENDABLE, NOT_REFUSABLE, gap
from portal.institution.rules import Passing, RefusalGround
from portal.web.fields import (
    AmountField,
    BooleanField,
    ChecksField,
    DatePartsField,
    HiddenField,
    LongTextField,
    PhoneField,
    RadioField,
    SelectField,
    TextField,
)
from portal.web.validators import Required, at_most

TOO_LONG = _l("Shorten the text to 5,000 characters")
LINE_TOO_LONG = _l("Shorten this to 300 characters")
# Room for so many more points at a time.
MORE_POINTS = 3


class ExtendingForm(ActForm):
    """On which ground our time is lengthened, and who outside it waits for (BM-32)."""

    ground = RadioField(
        _l("On which ground?"), [Required(_l("Choose one of the grounds listed here: no other lengthens this limit"))]
    )
    party = TextField(
        _l("Which outside party?"),
        [at_most(LONGEST_LINE, LINE_TOO_LONG)],
        description=_l("Where the ground rests on somebody outside. The customer reads it."),
    )
    SHOWN = ("ground", "party")

    def fit(self) -> None:
        profile, going = self.asking.profile, self.asking.file.running
        found = [profile.limits[clock.rule].extension for clock in going.answer if clock.rule in profile.limits]
        codes = next((extension.grounds for extension in found if extension), ())
        grounds = profile.extension_grounds
        self.ground.choices = [SelectChoice(code, grounds[code].label[self.asking.language]) for code in codes]
        self.names_party = {code for code in codes if grounds[code].names_party}

    @property
    def shown(self) -> list[Any]:
        return [self.ground, *([self.party] if self.names_party else [])]

    def validate_party(self, field: Any) -> None:
        if self.ground.data in self.names_party and not field.data:
            raise ValidationError(NOT_EXTENDABLE[ExtensionBar.PARTY])


class PointsForm(ActForm):
    """The customer's points, one line each; `point_texts` pairs them with the points that are there."""

    ROWS: ClassVar[tuple[tuple[str, UUID | None], ...]] = ()

    @property
    def shown(self) -> list[Any]:
        return [self[name] for name, _ in self.ROWS]

    @property
    def point_texts(self) -> list[tuple[UUID | None, str]]:
        """Each line that says something, with the id of the point that it changes."""
        return [(point, self[name].data) for name, point in self.ROWS if self[name].data]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if fine and not self.point_texts:
            self.shown[0].errors = [_l("Write at least one point")]
            return False
        return fine


def points_form(asking: Asking) -> PointsForm:
    """A line for each point that is there, and some more."""
    there = asking.file.points
    more = min(MORE_POINTS, max(0, MOST_POINTS - len(there)))
    rows = [(f"point_{point.id.hex}", point.id) for point in there] + [(f"more_{one}", None) for one in range(more)]
    fields = {
        name: TextField(_l("Point %(number)s", number=number), [at_most(LONGEST_LINE, LINE_TOO_LONG)])
        for number, (name, _) in enumerate(rows, start=1)
    }
    form: PointsForm = type("PointsForm", (PointsForm,), {**fields, "ROWS": tuple(rows)})(asking)
    if not form.is_submitted():
        for point in there:
            form[f"point_{point.id.hex}"].data = point.text
    return form


class PaymentForm(ActForm):
    """Nothing is asked but to say that the payment is there."""


class BookedForm(ActForm):
    """The telephone number in the institution's own records to which the SMS goes (K3-27)."""

    phone = PhoneField(
        _l("Phone number in our records"),
        [Required(_l("Enter the phone number from our records"))],
        wrong=_l("Write a phone number that can be called, for example 0812 3456 7890"),
        description=_l("The one that was registered. What the customer wrote in the form is not enough."),
    )
    confirmed = BooleanField(
        _l("I have read this number in our own records"),
        [Required(_l("Confirm that the number stands in our own records"))],
    )
    SHOWN = ("phone", "confirmed")

    def fit(self) -> None:
        customer = self.asking.file.customer
        # What the customer wrote is not offered: only what an officer entered from the records.
        if not self.is_submitted() and customer.row.contact is ContactSource.RECORDS:
            self.phone.data = customer.person.phone


# ── responses ────────────────────────────────────────────────────────────────────────────────────

REPLIES = {"id": _l("Our answer, in Indonesian"), "en": _l("Our answer, in English")}
FINDINGS = {
    "id": _l("What the investigation found, in Indonesian"),
    "en": _l("What the investigation found, in English"),
}
WORDS = {"id": _l("What we add, in Indonesian"), "en": _l("What we add, in English")}
ANSWERS = {"id": _l("The answer, in Indonesian"), "en": _l("The answer, in English")}
REASONS = {
    "id": _l("The reason in plain words, in Indonesian"),
    "en": _l("The reason in plain words, in English"),
}


def _area(label: Any, *, description: Any = "") -> LongTextField:
    return LongTextField(label, [at_most(LONGEST_TEXT, TOO_LONG)], description=description)


class ResponseForm(ActForm):
    """A response in one or both languages. `draft` is the moment of the draft that the page showed."""

    draft = HiddenField()
    paragraph = SelectField(_l("Ready paragraph"), validate_choice=False)
    into = SelectField(_l("Put it into"), validate_choice=False)
    KIND: ClassVar[AnswerKind]
    LANGUAGES: ClassVar[tuple[str, ...]] = ()
    POINTS: ClassVar[tuple[Treated, ...]] = ()

    @property
    def areas(self) -> list[Any]:
        """The long texts that a ready paragraph can be put into, by language."""
        return [field for field in self if field.type == "LongTextField" and field.name[-3:] in ("_id", "_en")]

    def offer(self, paragraphs: Iterable[tuple[str, str]]) -> None:
        """Offer these ready paragraphs: pairs of id and title."""
        self.paragraph.choices = [SelectChoice(one_id, title) for one_id, title in paragraphs]
        self.into.choices = [SelectChoice(field.name, self._name_of(field)) for field in self.areas]

    def insert(self, text: Callable[[str], str]) -> str | None:
        """Put a paragraph at the end of the field that was chosen; `text` gives it in a language. Returns the field."""
        field = next((one for one in self.areas if one.name == self.into.data), None)
        if field is None:
            return None
        field.data = "\n\n".join(part for part in (field.data, text(field.name[-2:])) if part)
        return str(field.id)

    def texts(self, stem: str) -> dict[str, str]:
        """What stands in a field of several languages."""
        return {one: self[f"{stem}_{one}"].data or "" for one in self.LANGUAGES}

    def tell(self, gaps: Sequence[Gap]) -> None:
        """Say next to each field what keeps the response from being sent."""
        for found in gaps:
            name = self.field_of(found)
            if name is None:
                self.form_errors.append(gap(found))
            else:
                self[name].errors = [gap(found)]

    def field_of(self, found: Gap) -> str | None:
        """The field in which a gap is closed; None where it is closed elsewhere."""
        return f"words_{found.language}" if found.lack is Lack.WORDS else None

    def read(self) -> Draft:
        """What is written, as the rules judge it."""
        return Draft(kind=self.KIND, words=self.texts("words"))

    def show(self, response: Response | None) -> None:
        """Fill in what was written before."""
        self.draft.data = response.written_at.isoformat() if response else ""
        if response and response.kind is self.KIND:
            for one in self.LANGUAGES:
                self[f"words_{one}"].data = response.words.get(one, "")

    def _name_of(self, field: Any) -> Any:
        for number, point in enumerate(self.POINTS, start=1):
            if point.id.hex in field.name:
                return f"{number}. {field.label.text}"
        return field.label.text


class AnswerForm(ResponseForm):
    """Each point answered or marked, what was found, and what the response amounts to (BM-37, K3-20)."""

    KIND = AnswerKind.ANSWER

    def field_of(self, found: Gap) -> str | None:
        match found.lack:
            case Lack.REPLY:
                return f"reply_{found.point.hex}_{found.language}" if found.point else None
            case Lack.FINDINGS:
                return f"findings_{found.language}"
            case Lack.OUTCOME | Lack.REPORT:
                return "outcomes"
            case Lack.AMOUNT:
                return "amount"
            case Lack.ON:
                return "on"
            case Lack.REFERENCE:
                return "reference"
            case _:
                return super().field_of(found)

    def read(self) -> Draft:
        chosen = self["outcomes"].data or ()
        return Draft(
            kind=self.KIND,
            words=self.texts("words"),
            findings=self.texts("findings"),
            replies={point.id: self._reply(point) for point in self.POINTS},
            outcomes=tuple(one for one in Outcome if one in chosen),
            amount=self["amount"].data,
            on=self["on"].data,
            reference=self["reference"].data or None,
        )

    def show(self, response: Response | None) -> None:
        super().show(response)
        for point in self.POINTS:
            state = PointState.MARKED if point.state is PointState.MARKED else PointState.ANSWERED
            self[f"treat_{point.id.hex}"].data = state.value
            for one in self.LANGUAGES:
                self[f"reply_{point.id.hex}_{one}"].data = point.reply.get(one, "")
        if response is None or response.kind is not self.KIND:
            return
        for one in self.LANGUAGES:
            self[f"findings_{one}"].data = response.findings.get(one, "")
        self["outcomes"].data = [str(one) for one in response.outcomes]
        self["amount"].data, self["reference"].data = response.amount, response.reference or ""
        if response.on:
            self["on"].process(None, response.on)

    def _reply(self, point: Treated) -> Reply:
        marked = self[f"treat_{point.id.hex}"].data == PointState.MARKED
        return Reply(PointState.MARKED if marked else PointState.ANSWERED, self.texts(f"reply_{point.id.hex}"))


class FirstLineForm(ResponseForm):
    """All information or the solution at once, in one text (KF-18)."""

    KIND = AnswerKind.FIRST_LINE


class RefusalForm(ResponseForm):
    """The ground of the profile, what it rests on, and the reason in plain words (SQ-24 … SQ-28, BM-18 … BM-24)."""

    KIND = AnswerKind.REFUSAL
    ground = RadioField(
        _l("On which ground?"),
        [Required(_l("Choose one of the grounds listed here: a complaint is refused on no other"))],
    )
    number = TextField(
        _l("Settled before: number of the earlier complaint"),
        [at_most(LONGEST_LINE, LINE_TOO_LONG)],
        description=_l("One of the same customer, resolved, agreed or not."),
    )
    checked = TextField(_l("Which agreement or transaction did you check?"), [at_most(LONGEST_LINE, LINE_TOO_LONG)])
    finding = LongTextField(
        _l("What does it say?"), [at_most(LONGEST_TEXT, TOO_LONG)], description=_l("Only officers read it.")
    )

    def fit(self) -> None:
        profile, language = self.asking.profile, self.asking.language
        offered = {ground: told for ground, told in profile.refusals.items() if told.passing is Passing.REFUSAL}
        self.ground.choices = [SelectChoice(str(ground), told.label[language]) for ground, told in offered.items()]

    @property
    def chosen(self) -> RefusalGround:
        return RefusalGround(self.ground.data or "")

    def refuse(self, bar: RefusalBar) -> None:
        """Say next to the field that mends it why this ground does not hold."""
        field = self.ground
        if bar in (RefusalBar.NO_CASE, RefusalBar.ITSELF, RefusalBar.ANOTHERS, RefusalBar.UNRESOLVED):
            field = self.number
        elif bar is RefusalBar.UNCHECKED:
            field = self.finding if self.checked.data else self.checked
        field.errors = [NOT_REFUSABLE[bar]]

    def show(self, response: Response | None) -> None:
        super().show(response)
        if response and response.kind is self.KIND:
            self.ground.data = response.ground
            for name in ("number", "checked", "finding"):
                self[name].data = response.evidence.get(name, "")


class SendBackForm(ActForm):
    """Why the second officer does not approve."""

    reason = LongTextField(
        _l("What is to be changed?"),
        [Required(_l("Write what is to be changed")), at_most(LONGEST_TEXT, TOO_LONG)],
        description=_l("Only officers read it."),
    )
    SHOWN = ("reason",)


def _outcomes() -> dict[str, Any]:
    """The fields of what a response amounts to. Fields stand in the order in which they are made."""
    return {
        "outcomes": ChecksField(
            _l("What it amounts to"), choices=[SelectChoice(str(one), label) for one, label in OUTCOMES.items()]
        ),
        "amount": AmountField(
            _l("Amount of the goodwill or compensation"),
            wrong=_l("Write the amount in digits, for example 1.250.000"),
        ),
        "on": DatePartsField(
            _l("Day of the disbursement"), wrong=_l("Write the date as day, month and year, for example 9 3 2026")
        ),
        "reference": TextField(_l("Reference number of the disbursement"), [at_most(LONGEST_LINE, LINE_TOO_LONG)]),
    }


def response_form(
    kind: AnswerKind, asking: Asking, *, languages: tuple[str, ...], points: tuple[Treated, ...]
) -> ResponseForm:
    """The form of a kind of response with a field for each language, and for each point of an answer."""
    fields: dict[str, Any] = {"LANGUAGES": languages, "POINTS": points if kind is AnswerKind.ANSWER else ()}
    words = {AnswerKind.ANSWER: WORDS, AnswerKind.FIRST_LINE: ANSWERS, AnswerKind.REFUSAL: REASONS}[kind]
    for point in fields["POINTS"]:
        fields[f"treat_{point.id.hex}"] = RadioField(
            _l("How do we treat it?"), choices=[SelectChoice(str(one), label) for one, label in TREATMENTS.items()]
        )
        fields |= {f"reply_{point.id.hex}_{one}": _area(REPLIES[one]) for one in languages}
    if kind is AnswerKind.ANSWER:
        fields |= {f"findings_{one}": _area(FINDINGS[one]) for one in languages} | _outcomes()
    fields |= {f"words_{one}": _area(words[one]) for one in languages}
    forms: dict[AnswerKind, type[ResponseForm]] = {
        AnswerKind.ANSWER: AnswerForm,
        AnswerKind.FIRST_LINE: FirstLineForm,
        AnswerKind.REFUSAL: RefusalForm,
    }
    form = type(forms[kind].__name__, (forms[kind],), fields)(asking)
    assert isinstance(form, ResponseForm)
    return form
