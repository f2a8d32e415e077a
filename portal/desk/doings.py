"""What each act of the desk does with its answers: one call of the room that knows how."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from portal.accounts.rules import Officer
from portal.complaints import authority, by_hand, checks, documents, handling, messages, passing, sorting
from portal.complaints.models import Complaint, Pass
from portal.complaints.proving import Point
from portal.db import Session
from portal.desk import act_forms as forms
from portal.desk import party_forms as parties
from portal.desk.act_forms import YES, ActForm
from portal.desk.case_file import CaseFile
from portal.institution.models import Institution


class By(TypedDict):
    """Who acts, and when, as every service asks for it."""

    officer: Officer
    now: datetime


class Telling(By):
    """What a service needs besides to write to the parties."""

    profile: Institution
    base_url: str


@dataclass(frozen=True, slots=True)
class Doing:
    """What an act works with: the complaint is held for writing, `file` is what its page showed."""

    session: Session
    complaint: Complaint
    file: CaseFile
    officer: Officer
    profile: Institution
    base_url: str
    now: datetime
    enclosed: messages.Enclosed | None = None

    @property
    def by(self) -> By:
        """Who does it, and when."""
        return {"officer": self.officer, "now": self.now}

    @property
    def telling(self) -> Telling:
        """The same for what is also told to the parties."""
        return {**self.by, "profile": self.profile, "base_url": self.base_url}


def take(doing: Doing, form: ActForm) -> None:
    handling.take(doing.session, doing.complaint, **doing.by)


def assign(doing: Doing, form: forms.AssignForm) -> None:
    to = UUID(form.to.data)
    handling.assign(doing.session, doing.complaint, to=to, **doing.by)


def verify(doing: Doing, form: parties.VerifyForm) -> None:
    party = next(one.row for one in doing.file.parties if str(one.id) == form.party.data)
    checks.verify(
        doing.session,
        doing.complaint,
        party=party,
        compared=form.compared.data or (),
        agreed=form.agreed.data == YES,
        remark=form.remark.data or None,
        profile=doing.profile,
        **doing.by,
    )


def call_us(doing: Doing, form: ActForm) -> None:
    checks.call_us(
        doing.session,
        doing.complaint,
        **doing.telling,
    )


def record_contact(doing: Doing, form: parties.ContactForm) -> None:
    authority.record_contact(
        doing.session,
        doing.complaint,
        email=form.email.data or None,
        phone=form.phone.data,
        **doing.telling,
    )


def examine_power(doing: Doing, form: parties.AuthorityForm) -> None:
    if form.accepts:
        authority.accept(
            doing.session,
            doing.complaint,
            shown=[Point(point) for point in form.points.data or ()],
            scope=form.scope.data or "",
            ends_on=form.ends_on.data,
            **doing.telling,
        )
    else:
        authority.reject(
            doing.session,
            doing.complaint,
            mending=form.mending.data or "",
            **doing.telling,
        )


def record_revocation(doing: Doing, form: parties.RevocationForm) -> None:
    how = form.how.data or ""
    authority.revoke(doing.session, doing.complaint, how=how, **doing.by)


def categorise(doing: Doing, form: forms.CategoriseForm) -> None:
    sorting.categorise(
        doing.session,
        doing.complaint,
        category=form.category.data,
        topic=form.topic.data or "",
        reason=form.reason.data or None,
        **doing.by,
    )


def record_check(doing: Doing, form: forms.CheckForm) -> None:
    checks.record_check(
        doing.session,
        doing.complaint,
        system=form.system.data or "",
        found=form.found.data or "",
        told=bool(form.tells and form.told.data),
        **doing.by,
    )


def review(doing: Doing, form: forms.ReviewForm) -> None:
    document = next(one for one in doing.file.documents if str(one.id) == form.document.data)
    if form.verdict.data == YES:
        documents.accept(doing.session, doing.complaint, document, **doing.by)
        return
    documents.reject(
        doing.session,
        doing.complaint,
        document,
        reason=form.reason.data or "",
        others=[one for one in doing.file.documents if not doing.file.rejected(one)],
        **doing.telling,
    )


def ask(doing: Doing, form: forms.AskForm) -> None:
    documents.ask(
        doing.session,
        doing.complaint,
        form.codes.data or (),
        **doing.telling,
    )


def extend(doing: Doing, form: forms.ExtendForm) -> None:
    documents.extend(
        doing.session,
        doing.complaint,
        ground=form.ground.data or "",
        **doing.telling,
    )


def write(doing: Doing, form: forms.WriteForm) -> None:
    _send(doing, form, interim=False)


def inform(doing: Doing, form: forms.WriteForm) -> None:
    _send(doing, form, interim=True)


def _send(doing: Doing, form: forms.WriteForm, *, interim: bool) -> None:
    messages.write(
        doing.session,
        doing.complaint,
        text=form.text.data or "",
        interim=interim,
        enclosed=doing.enclosed,
        **doing.telling,
    )


def note(doing: Doing, form: forms.NoteForm) -> None:
    messages.note(
        doing.session,
        doing.complaint,
        text=form.text.data or "",
        mentions=[UUID(one) for one in form.mentions.data or ()],
        **doing.by,
    )


def comment(doing: Doing, form: forms.CommentForm) -> None:
    text = form.text.data or ""
    messages.comment(doing.session, doing.complaint, text=text, **doing.by)


def pass_on(doing: Doing, form: forms.PassForm) -> None:
    _report(doing, form, contact=False)


def contact_task(doing: Doing, form: forms.PassForm) -> None:
    _report(doing, form, contact=True)


def _report(doing: Doing, form: forms.PassForm, *, contact: bool) -> None:
    assert form.due_on.data is not None
    passing.pass_on(
        doing.session,
        doing.complaint,
        division=form.division.data or "",
        question=form.question.data or "",
        due_on=form.due_on.data,
        contact=contact,
        **doing.telling,
    )


def report_back(doing: Doing, form: forms.ReportBackForm) -> None:
    report = doing.session.get_one(Pass, UUID(form.report.data))
    text = form.text.data or ""
    passing.report_back(doing.session, doing.complaint, report, text=text, **doing.by)


def escalate(doing: Doing, form: forms.ReasonForm) -> None:
    reason = form.text.data or ""
    sorting.escalate(doing.session, doing.complaint, reason=reason, **doing.by)


def involve(doing: Doing, form: forms.InvolveForm) -> None:
    passing.involve(
        doing.session,
        doing.complaint,
        party=form.party.data or "",
        question=form.question.data or "",
        **doing.by,
    )


def convert(doing: Doing, form: ActForm) -> None:
    by_hand.convert(
        doing.session,
        doing.complaint,
        **doing.telling,
    )
