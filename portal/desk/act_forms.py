"""The questions of each act on a case. Every one carries the version of the case that its page showed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice

from portal.evidence import labels as evidence_labels
from portal.evidence.forms import TakesFiles
from portal.institution.models import Institution
from portal.web import formats
from portal.web.fields import (
    BooleanField,
    ChecksField,
    DatePartsField,
    HiddenField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from portal.web.forms import Form
from portal.web.validators import Optional, Required, at_most

if TYPE_CHECKING:
    from portal.desk.case_file import CaseFile

LONGEST_TEXT = 5_000
LONGEST_LINE = 300
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Asking:
    """What an act's questions depend on: the case, the profile, the page's language, the local day, colleagues."""

    file: "CaseFile"
    profile: Institution
    language: str
    today: date
    colleagues: Sequence[tuple[UUID, str]] = ()


class VersionedForm(Form):
    """`version` is that of the case whose page this is."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version that the page showed; None for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class ActForm(VersionedForm):
    """An act's questions."""

    # The fields in the order of the page, by name.
    SHOWN: ClassVar[tuple[str, ...]] = ()

    def __init__(self, asking: Asking, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asking = asking
        self.fit()

    def fit(self) -> None:
        """Fill in what depends on `asking`."""

    @property
    def shown(self) -> list[Any]:
        """The fields that the page shows; one without a choice to make is left out."""
        return [self[name] for name in self.SHOWN if getattr(self[name], "choices", True)]


def text_area(label: Any, missing: Any, *, description: Any = "") -> LongTextField:
    """A text that has to be written; `missing` says so."""
    too_long = _l("Shorten the text to 5,000 characters")
    return LongTextField(label, [Required(missing), at_most(LONGEST_TEXT, too_long)], description=description)


def one_line(label: Any, missing: Any, *, description: Any = "") -> TextField:
    """A line that has to be written; `missing` says so."""
    too_long = _l("Shorten this to 300 characters")
    return TextField(label, [Required(missing), at_most(LONGEST_LINE, too_long)], description=description)


class PlainForm(ActForm):
    """Nothing is asked but to do it."""


class FilesForm(ActForm):
    """Files are asked for, on a page of their own."""


class CategoriseForm(ActForm):
    """The agent's own sorting (KF-16, KF-17) and the reason found (K3-04)."""

    category = RadioField(_l("Category"), [Required(_l("Choose the category"))])
    topic = SelectField(_l("What it is about"), validate_choice=False)
    reason = LongTextField(
        _l("The reason found"),
        [Optional(), at_most(LONGEST_TEXT, _l("Shorten the text to 5,000 characters"))],
        description=_l("Only officers read it."),
    )
    SHOWN = ("category", "topic", "reason")

    def fit(self) -> None:
        profile, language, complaint = self.asking.profile, self.asking.language, self.asking.file.complaint
        self.category.choices = [SelectChoice(one.code, one.label[language]) for one in profile.categories.values()]
        if not profile.categories:
            self.category.validators = []
        self.topic.choices = [SelectChoice(one.code, one.label[language]) for one in profile.topics.values()]
        kind = profile.kinds.get(complaint.kind)
        if not self.is_submitted():
            self.category.data = complaint.category or (kind.category if kind else None)
            self.topic.data = complaint.desk_topic or complaint.topic

    def validate_topic(self, field: Any) -> None:
        if field.data not in self.asking.profile.topics:
            raise ValidationError(_l("Choose what it is about"))


class CheckForm(ActForm):
    """What was looked up in another system, and what was found (KF-15, KF-27, K3-14, K3-25)."""

    system = one_line(
        _l("Where did you look?"),
        _l("Write where you looked"),
        description=_l("For example: core banking, account mutations of 9 to 11 March."),
    )
    found = text_area(_l("What did you find?"), _l("Write what you found"), description=_l("Only officers read it."))
    told = BooleanField()
    SHOWN = ("system", "found", "told")

    def fit(self) -> None:
        topic = self.asking.profile.topics.get(self.asking.file.complaint.topic)
        self.tells = topic.guide.tells if topic and topic.guide else None
        if self.tells:
            self.told.label.text = self.tells[self.asking.language]

    @property
    def shown(self) -> list[Any]:
        return [self.system, self.found, *([self.told] if self.tells else [])]


class ReviewForm(ActForm):
    """The verdict on a document."""

    document = SelectField(_l("Which document?"), validate_choice=False)
    verdict = RadioField(
        _l("Verdict"),
        [Required(_l("Accept the document or reject it"))],
        choices=[
            SelectChoice(YES, _l("Accept: it shows what it is to show")),
            SelectChoice(NO, _l("Reject: another one is needed")),
        ],
    )
    reason = LongTextField(
        _l("If you reject it: why, and what would mend it?"),
        [at_most(LONGEST_TEXT, _l("Shorten the text to 5,000 characters"))],
        description=_l("The customer reads this."),
    )
    SHOWN = ("document", "verdict", "reason")

    def fit(self) -> None:
        profile, language = self.asking.profile, self.asking.language
        self.document.choices = [
            SelectChoice(str(one.id), f"{evidence_labels.purpose(one.purpose, profile, language)}: {one.shown}")
            for one in self.asking.file.documents
        ]

    def validate_document(self, field: Any) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose a document"))

    def validate_reason(self, field: Any) -> None:
        if self.verdict.data == NO and not (field.data or "").strip():
            raise ValidationError(_l("Write why you reject it, and what would mend it"))


class AskForm(ActForm):
    """Documents that the complaint needs besides (SQ-22, BM-18)."""

    codes = ChecksField(
        _l("Which documents do you ask for?"),
        [Required(_l("Tick at least one document"))],
        description=_l("What has been asked for already is not listed: each is named once."),
    )
    SHOWN = ("codes",)

    def fit(self) -> None:
        file, profile, language = self.asking.file, self.asking.profile, self.asking.language
        there = {need.code for need in file.needs}
        offered = profile.purposes(representative=file.representative is not None)
        self.codes.choices = [SelectChoice(one.code, one.label[language]) for one in offered if one.code not in there]


class ExtendForm(ActForm):
    """More time for the customer, on a ground of the profile."""

    ground = RadioField(_l("On which ground?"), [Required(_l("Choose the ground"))])
    SHOWN = ("ground",)

    def fit(self) -> None:
        extension = self.asking.profile.documents_extension
        grounds = self.asking.profile.extension_grounds
        codes = extension.grounds if extension else ()
        self.ground.choices = [SelectChoice(code, grounds[code].label[self.asking.language]) for code in codes]


class WriteForm(ActForm):
    """A message to the customer."""

    text = text_area(
        _l("Message"),
        _l("Write the message"),
        description=_l("The customer reads it here; the letter says only that there is a message."),
    )
    SHOWN: ClassVar[tuple[str, ...]] = ("text",)


class LetterForm(TakesFiles, WriteForm):
    """A message to the customer that files may go with."""

    SHOWN = ("text", "files")

    def fit(self) -> None:
        self.files.label.text = _l("Files that go with it")


class NoteForm(ActForm):
    """An internal note and whom it names."""

    text = text_area(_l("Note"), _l("Write the note"), description=_l("Only officers read it, never the customer."))
    mentions = ChecksField(_l("For the attention of"), [Optional()])
    SHOWN = ("text", "mentions")

    def fit(self) -> None:
        self.mentions.choices = [SelectChoice(str(one_id), name) for one_id, name in self.asking.colleagues]


class PassForm(ActForm):
    """The internal report to a division: what is asked, and by when (KF-19, K3-08, K3-19, K3-29)."""

    division = RadioField(_l("To which division?"), [Required(_l("Choose the division"))])
    question = text_area(
        _l("What is it to settle or to say?"),
        _l("Write what the division is to settle or to say"),
        description=_l("The division reads it with the whole case. The customer learns only who has it."),
    )
    due_on = DatePartsField(
        _l("Answer by"),
        [Required(_l("Enter the day by which you need the answer"))],
        wrong=_l("Write the date as day, month and year, for example 9 3 2026"),
    )
    SHOWN = ("division", "question", "due_on")

    def fit(self) -> None:
        profile, language = self.asking.profile, self.asking.language
        self.division.choices = [SelectChoice(one.code, one.label[language]) for one in profile.divisions.values()]
        complaint = self.asking.file.complaint
        topic = profile.topics.get(complaint.desk_topic or complaint.topic)
        if not self.is_submitted() and topic:
            self.division.data = topic.division

    def validate_due_on(self, field: Any) -> None:
        if field.data and field.data < self.asking.today:
            raise ValidationError(_l("The day must be today or later"))
        due_on = self.asking.file.complaint.due_on
        if field.data and due_on and field.data > due_on:
            raise ValidationError(
                _l(
                    "Choose a day before our own answer is due, on %(day)s",
                    day=formats.day(due_on, self.asking.language),
                )
            )


class ReportBackForm(ActForm):
    """The division's answer."""

    report = RadioField(_l("Which question do you answer?"), [Required(_l("Choose the question"))])
    text = text_area(_l("Answer"), _l("Write the answer"), description=_l("Only officers read it."))
    SHOWN = ("report", "text")

    def fit(self) -> None:
        reports = self.asking.file.open_reports
        self.report.choices = [SelectChoice(str(one.row.id), one.question[:LONGEST_LINE]) for one in reports]
        if len(reports) == 1:
            self.report.data = str(reports[0].row.id)

    @property
    def shown(self) -> list[Any]:
        fields = super().shown
        return fields if len(self.asking.file.open_reports) > 1 else fields[1:]


class ReasonForm(ActForm):
    """Why the manager is to have it."""

    text = text_area(
        _l("What could you not solve?"),
        _l("Write what you could not solve"),
        description=_l("The manager reads it. The customer learns only that the manager has it."),
    )
    SHOWN = ("text",)


class CommentForm(ActForm):
    """The manager's word on an agent's case."""

    text = text_area(
        _l("Comment"), _l("Write the comment"), description=_l("Only officers read it, never the customer.")
    )
    SHOWN = ("text",)


class InvolveForm(ActForm):
    """Who outside the house is asked, and what."""

    party = one_line(
        _l("Who is asked?"),
        _l("Write who is asked"),
        description=_l("For example: the receiving bank. The customer reads it."),
    )
    question = text_area(_l("What is asked?"), _l("Write what is asked"), description=_l("Only officers read it."))
    SHOWN = ("party", "question")


class AssignForm(ActForm):
    """Who is to have it."""

    to = SelectField(_l("Give it to"), validate_choice=False)
    SHOWN = ("to",)

    def fit(self) -> None:
        self.to.choices = [SelectChoice(str(one_id), name) for one_id, name in self.asking.colleagues]

    def validate_to(self, field: Any) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose an officer"))
