"""The acts on a case, one row each: what the rules call it, when there is something to do, its questions, its doing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import authority, by_hand, checks, documents, handling, messages, passing, sorting
from portal.complaints.authority import Lacking
from portal.complaints.checks import NotEnough
from portal.complaints.documents import NoMoreTime, NothingToAsk
from portal.complaints.handling import AlreadyHeld, NotAssignable
from portal.complaints.models import Complaint, Pass
from portal.complaints.passing import Answered
from portal.complaints.proving import Point
from portal.complaints.rules import Action, AuthorityState, ContactSource, Status
from portal.complaints.sight import lawful
from portal.db import Session
from portal.desk import act_forms as forms
from portal.desk.act_forms import YES, ActForm
from portal.desk.case_file import CaseFile
from portal.desk.case_labels import POINTS
from portal.institution.models import Institution
from portal.institution.rules import Form


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


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its address, its words, what the rules call it, and its questions.

    `fits` says whether there is anything to do in this case; `faults` which of its refusals belongs to
    which field, with the sentence.
    """

    slug: str
    action: Action
    title: LazyString
    form: type[ActForm]
    do: Callable[[Doing, Any], None]
    fits: Callable[[CaseFile, Institution], bool] = lambda file, profile: True
    lede: LazyString | None = None
    faults: Mapping[type[Exception], tuple[str, Callable[[Any], LazyString]]] | None = None

    @property
    def is_button(self) -> bool:
        """Without questions it is a button on the case's own page."""
        return self.form is forms.PlainForm


# ── when there is something to do ────────────────────────────────────────────────────────────────


def _has_power(file: CaseFile, _: Institution) -> bool:
    return file.power is not None and file.power.row.state in (AuthorityState.CLAIMED, AuthorityState.REJECTED)


def _has_representative(file: CaseFile, _: Institution) -> bool:
    states = (AuthorityState.CLAIMED, AuthorityState.ACCEPTED, AuthorityState.REJECTED)
    return file.power is not None and file.power.row.state in states


def _lacks_contact(file: CaseFile, _: Institution) -> bool:
    return file.customer.row.contact is not ContactSource.OWN


def _has_documents(file: CaseFile, _: Institution) -> bool:
    return bool(file.documents)


def _may_extend(file: CaseFile, profile: Institution) -> bool:
    clock, extension = file.documents_clock, profile.documents_extension
    return clock is not None and extension is not None and len(clock.steps) < extension.most


def _is_verbal(file: CaseFile, _: Institution) -> bool:
    return file.complaint.form is Form.VERBAL


def _has_divisions(file: CaseFile, profile: Institution) -> bool:
    return bool(profile.divisions)


def _has_open_report(file: CaseFile, _: Institution) -> bool:
    return bool(file.open_reports)


def _not_escalated(file: CaseFile, _: Institution) -> bool:
    return file.complaint.escalated_at is None


def _not_compared(file: CaseFile, _: Institution) -> bool:
    return file.identity(file.customer.id) is None


# ── what is done ─────────────────────────────────────────────────────────────────────────────────


def _take(doing: Doing, form: ActForm) -> None:
    handling.take(doing.session, doing.complaint, officer=doing.officer, now=doing.now)


def _assign(doing: Doing, form: forms.AssignForm) -> None:
    to = UUID(form.to.data)
    handling.assign(doing.session, doing.complaint, to=to, officer=doing.officer, now=doing.now)


def _verify(doing: Doing, form: forms.VerifyForm) -> None:
    party = next(one.row for one in doing.file.parties if str(one.id) == form.party.data)
    checks.verify(
        doing.session,
        doing.complaint,
        party=party,
        compared=form.compared.data or (),
        agreed=form.agreed.data == YES,
        remark=form.remark.data or None,
        profile=doing.profile,
        officer=doing.officer,
        now=doing.now,
    )


def _call_us(doing: Doing, form: ActForm) -> None:
    checks.call_us(
        doing.session,
        doing.complaint,
        profile=doing.profile,
        base_url=doing.base_url,
        officer=doing.officer,
        now=doing.now,
    )


def _contact(doing: Doing, form: forms.ContactForm) -> None:
    authority.record_contact(
        doing.session,
        doing.complaint,
        email=form.email.data or None,
        phone=form.phone.data,
        profile=doing.profile,
        base_url=doing.base_url,
        officer=doing.officer,
        now=doing.now,
    )


def _power(doing: Doing, form: forms.AuthorityForm) -> None:
    if form.accepts:
        authority.accept(
            doing.session,
            doing.complaint,
            shown=[Point(point) for point in form.points.data or ()],
            scope=form.scope.data or "",
            ends_on=form.ends_on.data,
            profile=doing.profile,
            base_url=doing.base_url,
            officer=doing.officer,
            now=doing.now,
        )
    else:
        authority.reject(
            doing.session,
            doing.complaint,
            mending=form.mending.data or "",
            profile=doing.profile,
            base_url=doing.base_url,
            officer=doing.officer,
            now=doing.now,
        )


def _revoke(doing: Doing, form: forms.RevocationForm) -> None:
    how = form.how.data or ""
    authority.revoke(doing.session, doing.complaint, how=how, officer=doing.officer, now=doing.now)


def _categorise(doing: Doing, form: forms.CategoriseForm) -> None:
    sorting.categorise(
        doing.session,
        doing.complaint,
        category=form.category.data,
        topic=form.topic.data or "",
        reason=form.reason.data or None,
        officer=doing.officer,
        now=doing.now,
    )


def _check(doing: Doing, form: forms.CheckForm) -> None:
    checks.record_check(
        doing.session,
        doing.complaint,
        system=form.system.data or "",
        found=form.found.data or "",
        told=bool(form.tells and form.told.data),
        officer=doing.officer,
        now=doing.now,
    )


def _review(doing: Doing, form: forms.ReviewForm) -> None:
    document = next(one for one in doing.file.documents if str(one.id) == form.document.data)
    if form.verdict.data == YES:
        documents.accept(doing.session, doing.complaint, document, officer=doing.officer, now=doing.now)
        return
    documents.reject(
        doing.session,
        doing.complaint,
        document,
        reason=form.reason.data or "",
        others=[one for one in doing.file.documents if not doing.file.rejected(one)],
        profile=doing.profile,
        base_url=doing.base_url,
        officer=doing.officer,
        now=doing.now,
    )


def _ask(doing: Doing, form: forms.AskForm) -> None:
    documents.ask(
        doing.session,
        doing.complaint,
        form.codes.data or (),
        profile=doing.profile,
        base_url=doing.base_url,
        officer=doing.officer,
        now=doing.now,
    )


def _extend(doing: Doing, form: forms.ExtendForm) -> None:
    documents.extend(
        doing.session,
        doing.complaint,
        ground=form.ground.data or "",
        profile=doing.profile,
        base_url=doing.base_url,
        officer=doing.officer,
        now=doing.now,
    )


def _write(doing: Doing, form: forms.WriteForm) -> None:
    _send(doing, form, interim=False)


def _inform(doing: Doing, form: forms.WriteForm) -> None:
    _send(doing, form, interim=True)


def _send(doing: Doing, form: forms.WriteForm, *, interim: bool) -> None:
    messages.write(
        doing.session,
        doing.complaint,
        text=form.text.data or "",
        interim=interim,
        profile=doing.profile,
        base_url=doing.base_url,
        officer=doing.officer,
        now=doing.now,
    )


def _note(doing: Doing, form: forms.NoteForm) -> None:
    messages.note(
        doing.session,
        doing.complaint,
        text=form.text.data or "",
        mentions=[UUID(one) for one in form.mentions.data or ()],
        officer=doing.officer,
        now=doing.now,
    )


def _comment(doing: Doing, form: forms.CommentForm) -> None:
    text = form.text.data or ""
    messages.comment(doing.session, doing.complaint, text=text, officer=doing.officer, now=doing.now)


def _pass_on(doing: Doing, form: forms.PassForm) -> None:
    _report(doing, form, contact=False)


def _contact_task(doing: Doing, form: forms.PassForm) -> None:
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
        officer=doing.officer,
        now=doing.now,
    )


def _report_back(doing: Doing, form: forms.ReportBackForm) -> None:
    report = doing.session.get_one(Pass, UUID(form.report.data))
    text = form.text.data or ""
    passing.report_back(doing.session, doing.complaint, report, text=text, officer=doing.officer, now=doing.now)


def _escalate(doing: Doing, form: forms.ReasonForm) -> None:
    reason = form.text.data or ""
    sorting.escalate(doing.session, doing.complaint, reason=reason, officer=doing.officer, now=doing.now)


def _involve(doing: Doing, form: forms.InvolveForm) -> None:
    passing.involve(
        doing.session,
        doing.complaint,
        party=form.party.data or "",
        question=form.question.data or "",
        officer=doing.officer,
        now=doing.now,
    )


def _convert(doing: Doing, form: ActForm) -> None:
    by_hand.convert(
        doing.session,
        doing.complaint,
        profile=doing.profile,
        base_url=doing.base_url,
        officer=doing.officer,
        now=doing.now,
    )


def _lacks(refusal: Lacking) -> LazyString:
    return _l("To be accepted it must also show: %(point)s", point=POINTS[refusal.points[0]])


ACTS = (
    Act("take", Action.TAKE, _l("Take up"), forms.PlainForm, _take),
    Act(
        "assign",
        Action.ASSIGN,
        _l("Give to an officer"),
        forms.AssignForm,
        _assign,
        faults={
            AlreadyHeld: ("to", lambda _: _l("This officer has the case already")),
            NotAssignable: ("to", lambda _: _l("No case can be given to this officer any more")),
        },
    ),
    Act(
        "verify",
        Action.VERIFY,
        _l("Compare identity"),
        forms.VerifyForm,
        _verify,
        faults={NotEnough: ("compared", lambda _: _l("This does not establish who it is: compare more"))},
        lede=_l("A full name alone finds a record. It never establishes who somebody is."),
    ),
    Act(
        "call-us",
        Action.CALL_US,
        _l("Ask for a call"),
        forms.PlainForm,
        _call_us,
        fits=_not_compared,
    ),
    Act(
        "contact",
        Action.RECORD_CONTACT,
        _l("Enter contact from our records"),
        forms.ContactForm,
        _contact,
        fits=_lacks_contact,
        lede=_l("The customer is told at once that somebody acts for them, and how to say no."),
    ),
    Act(
        "power",
        Action.ACCEPT_AUTHORITY,
        _l("Examine the power of attorney"),
        forms.AuthorityForm,
        _power,
        fits=_has_power,
        faults={Lacking: ("points", _lacks)},
    ),
    Act(
        "revocation",
        Action.RECORD_REVOCATION,
        _l("Record the customer’s no"),
        forms.RevocationForm,
        _revoke,
        fits=_has_representative,
        lede=_l(
            "From then on the representative can do nothing any more in this complaint, which stays the customer’s."
        ),
    ),
    Act("sort", Action.CATEGORISE, _l("Sort"), forms.CategoriseForm, _categorise),
    Act("check", Action.RECORD_CHECK, _l("Record a check in another system"), forms.CheckForm, _check),
    Act(
        "review",
        Action.ACCEPT_DOCUMENT,
        _l("Accept or reject a document"),
        forms.ReviewForm,
        _review,
        fits=_has_documents,
    ),
    Act(
        "ask",
        Action.ASK_DOCUMENTS,
        _l("Ask for documents"),
        forms.AskForm,
        _ask,
        faults={NothingToAsk: ("codes", lambda _: _l("These have been asked for meanwhile. Choose others"))},
    ),
    Act(
        "more-time",
        Action.EXTEND_DOCUMENTS,
        _l("Give the customer more time"),
        forms.ExtendForm,
        _extend,
        fits=_may_extend,
        faults={NoMoreTime: ("ground", lambda _: _l("No more time can be given for these documents"))},
    ),
    Act("write", Action.WRITE, _l("Write to the customer"), forms.WriteForm, _write),
    Act(
        "interim",
        Action.INFORM,
        _l("Tell the customer how it stands"),
        forms.WriteForm,
        _inform,
    ),
    Act("note", Action.NOTE, _l("Internal note"), forms.NoteForm, _note),
    Act("comment", Action.COMMENT, _l("Comment as manager"), forms.CommentForm, _comment),
    Act("pass-on", Action.PASS_ON, _l("Pass on to a division"), forms.PassForm, _pass_on, fits=_has_divisions),
    Act(
        "contact-task",
        Action.CONTACT_TASK,
        _l("Have a division contact the customer"),
        forms.PassForm,
        _contact_task,
        fits=_has_divisions,
    ),
    Act(
        "report-back",
        Action.REPORT_BACK,
        _l("Answer the internal report"),
        forms.ReportBackForm,
        _report_back,
        fits=_has_open_report,
        faults={Answered: ("text", lambda _: _l("Somebody of your division has answered meanwhile"))},
    ),
    Act("escalate", Action.ESCALATE, _l("Pass to the manager"), forms.ReasonForm, _escalate, fits=_not_escalated),
    Act("outside", Action.INVOLVE, _l("Involve an outside party"), forms.InvolveForm, _involve),
    Act(
        "written",
        Action.CONVERT,
        _l("Go on in writing"),
        forms.PlainForm,
        _convert,
        fits=_is_verbal,
    ),
)
BY_SLUG: Mapping[str, Act] = {act.slug: act for act in ACTS}


def open_to(officer: Officer, file: CaseFile, profile: Institution) -> list[Act]:
    """The next lawful acts on a case, and only those: what the rules let the officer do and the case has use for."""
    may = lawful(officer, file.complaint.status)
    return [act for act in ACTS if act.action in may and act.fits(file, profile) and not _is_held(act, officer, file)]


def _is_held(act: Act, officer: Officer, file: CaseFile) -> bool:
    """What an officer has they need not take up, and what a colleague has only a manager takes over (K3-06)."""
    if act.action is not Action.TAKE or file.complaint.holder_id is None:
        return False
    if file.complaint.holder_id == officer.id:
        return file.complaint.status is Status.IN_PROCESS
    return not officer.has(OfficerRole.CS_MANAGER)
