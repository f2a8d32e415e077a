"""The acts on a case, one row each: what the rules call it, when there is something to do, its questions, its doing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.authority import Lacking
from portal.complaints.checks import NotEnough
from portal.complaints.disputes.objecting import NoRightLeft, NothingNew
from portal.complaints.documents import NoMoreTime, NothingToAsk
from portal.complaints.extending import NotExtendable
from portal.complaints.handling import AlreadyHeld, NotAssignable
from portal.complaints.passing import Answered
from portal.complaints.rules import Action, Status
from portal.complaints.sight import lawful
from portal.desk import act_forms as forms
from portal.desk import doings, fitting
from portal.desk import party_forms as parties
from portal.desk.act_forms import ActForm, Asking
from portal.desk.case_file import CaseFile
from portal.desk.case_labels import POINTS
from portal.desk.disputing import doings as disputes
from portal.desk.disputing import forms as disputing
from portal.desk.responding import doings as responses
from portal.desk.responding import forms as responding
from portal.desk.responding.labels import NOT_EXTENDABLE
from portal.institution.models import Institution


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its address, its words, what the rules call it, and its questions.

    `fits` says whether there is anything to do in this case; `faults` which of its refusals belongs to
    which field, with the sentence.
    """

    slug: str
    action: Action
    title: LazyString
    form: Callable[[Asking], ActForm]
    # None for an act that has a page of its own at the same address.
    do: Callable[[doings.Doing, Any], None] | None
    fits: Callable[[CaseFile, Institution], bool] = lambda file, profile: True
    lede: LazyString | None = None
    faults: Mapping[type[Exception], tuple[str, Callable[[Any], LazyString]]] | None = None
    page: str = "desk/act.html"

    @property
    def is_button(self) -> bool:
        """Without questions it is a button on the case's own page."""
        return self.form is forms.PlainForm


def _lacks(refusal: Lacking) -> LazyString:
    return _l("To be accepted it must also show: %(point)s", point=POINTS[refusal.points[0]])


ACTS = (
    Act("take", Action.TAKE, _l("Take up"), forms.PlainForm, doings.take),
    Act(
        "assign",
        Action.ASSIGN,
        _l("Give to an officer"),
        forms.AssignForm,
        doings.assign,
        faults={
            AlreadyHeld: ("to", lambda _: _l("This officer has the case already")),
            NotAssignable: ("to", lambda _: _l("No case can be given to this officer any more")),
        },
    ),
    Act(
        "verify",
        Action.VERIFY,
        _l("Compare identity"),
        parties.VerifyForm,
        doings.verify,
        faults={NotEnough: ("compared", lambda _: _l("This does not establish who it is: compare more"))},
        lede=_l("A full name alone finds a record. It never establishes who somebody is."),
    ),
    Act(
        "call-us",
        Action.CALL_US,
        _l("Ask for a call"),
        forms.PlainForm,
        doings.call_us,
        fits=fitting.not_recognised,
    ),
    Act(
        "contact",
        Action.RECORD_CONTACT,
        _l("Enter contact from our records"),
        parties.ContactForm,
        doings.record_contact,
        fits=fitting.lacks_contact,
        lede=_l("The customer is told at once that somebody acts for them, and how to say no."),
    ),
    Act(
        "power",
        Action.ACCEPT_AUTHORITY,
        _l("Examine the power of attorney"),
        parties.AuthorityForm,
        doings.examine_power,
        fits=fitting.has_power,
        faults={Lacking: ("points", _lacks)},
    ),
    Act(
        "revocation",
        Action.RECORD_REVOCATION,
        _l("Record the customer’s no"),
        parties.RevocationForm,
        doings.record_revocation,
        fits=fitting.has_representative,
        lede=_l(
            "From then on the representative can do nothing any more in this complaint, which stays the customer’s."
        ),
    ),
    Act("sort", Action.CATEGORISE, _l("Sort under a topic"), forms.CategoriseForm, doings.categorise),
    Act("check", Action.RECORD_CHECK, _l("Record a check in another system"), forms.CheckForm, doings.record_check),
    Act(
        "review",
        Action.ACCEPT_DOCUMENT,
        _l("Accept or reject a document"),
        forms.ReviewForm,
        doings.review,
        fits=fitting.has_documents,
    ),
    Act(
        "ask",
        Action.ASK_DOCUMENTS,
        _l("Ask for documents"),
        forms.AskForm,
        doings.ask,
        faults={NothingToAsk: ("codes", lambda _: _l("These have been asked for meanwhile. Choose others"))},
    ),
    Act(
        "more-time",
        Action.EXTEND_DOCUMENTS,
        _l("Give the customer more time"),
        forms.ExtendForm,
        doings.extend,
        fits=fitting.may_extend,
        faults={NoMoreTime: ("ground", lambda _: _l("No more time can be given for these documents"))},
    ),
    Act("papers", Action.FILE_PAPERS, _l("File papers"), forms.FilesForm, None),
    Act("write", Action.WRITE, _l("Write to the customer"), forms.LetterForm, doings.write),
    Act(
        "interim",
        Action.INFORM,
        _l("Tell the customer how it stands"),
        forms.WriteForm,
        doings.inform,
    ),
    Act(
        "points",
        Action.BREAK_DOWN,
        _l("List the customer’s points"),
        responding.points_form,
        responses.list_points,
        lede=_l("One thing that the customer says or asks in each line. The response answers every one of them."),
    ),
    Act(
        "first-line",
        Action.ANSWER,
        _l("Answer at once"),
        responding.ResponseForm,
        None,
        fits=fitting.may_answer_at_once,
    ),
    Act("answer", Action.ANSWER, _l("Write the response"), responding.ResponseForm, None),
    Act(
        "extend",
        Action.EXTEND,
        _l("Extend our time"),
        responding.ExtendingForm,
        responses.extend,
        fits=fitting.may_lengthen,
        faults={NotExtendable: ("ground", lambda refusal: NOT_EXTENDABLE[refusal.bar])},
        page="desk/extend.html",
    ),
    Act(
        "as-service",
        Action.AS_SERVICE,
        _l("Handle as a service matter"),
        forms.PlainForm,
        responses.handle_as_service,
        fits=fitting.may_be_service,
    ),
    Act("refuse", Action.REFUSE, _l("Refuse"), responding.ResponseForm, None, fits=fitting.may_refuse),
    Act(
        "payment-received",
        Action.PAYMENT_RECEIVED,
        _l("The payment has been received"),
        forms.PlainForm,
        responses.payment_received,
        fits=fitting.awaits_payment,
    ),
    Act(
        "payment-booked",
        Action.PAYMENT_BOOKED,
        _l("The payment is booked"),
        responding.BookedForm,
        responses.payment_booked,
        fits=fitting.awaits_payment,
        lede=_l("An SMS goes to the number that was registered, and to no other."),
    ),
    Act("note", Action.NOTE, _l("Write an internal note"), forms.NoteForm, doings.note),
    Act("comment", Action.COMMENT, _l("Comment as manager"), forms.CommentForm, doings.comment),
    Act(
        "pass-on",
        Action.PASS_ON,
        _l("Pass on to a division"),
        forms.PassForm,
        doings.pass_on,
        fits=fitting.has_divisions,
    ),
    Act(
        "contact-task",
        Action.CONTACT_TASK,
        _l("Have a division contact the customer"),
        forms.PassForm,
        doings.contact_task,
        fits=fitting.has_divisions,
    ),
    Act(
        "report-back",
        Action.REPORT_BACK,
        _l("Answer the internal report"),
        forms.ReportBackForm,
        doings.report_back,
        fits=fitting.has_open_report,
        faults={Answered: ("text", lambda _: _l("Somebody of your division has answered meanwhile"))},
    ),
    Act(
        "escalate",
        Action.ESCALATE,
        _l("Pass to the manager"),
        forms.ReasonForm,
        doings.escalate,
        fits=fitting.not_escalated,
    ),
    Act("outside", Action.INVOLVE, _l("Involve an outside party"), forms.InvolveForm, doings.involve),
    Act(
        "written",
        Action.CONVERT,
        _l("Go on in writing"),
        forms.PlainForm,
        doings.convert,
        fits=fitting.is_verbal,
    ),
    Act(
        "agreed",
        Action.RECORD_AGREED,
        _l("Record that the customer agrees"),
        disputing.HowForm,
        disputes.agreed,
        fits=fitting.is_decided,
    ),
    Act(
        "not-agreed",
        Action.RECORD_NOT_AGREED,
        _l("Record that the customer does not agree"),
        disputing.HowForm,
        disputes.not_agreed,
        fits=fitting.is_decided,
        lede=_l("The forum information goes to the customer at once."),
    ),
    Act(
        "settle",
        Action.SETTLE,
        _l("Close as settled"),
        forms.PlainForm,
        disputes.settle,
        fits=lambda file, profile: not fitting.is_decided(file, profile),
    ),
    Act(
        "objection",
        Action.OBJECT,
        _l("Record an objection"),
        disputing.ObjectionForm,
        disputes.take_down_objection,
        fits=fitting.may_be_objected_to,
        faults={
            NoRightLeft: ("reason", lambda _: _l("Every objection that is a right was made: write why you open it")),
            NothingNew: ("reason", lambda _: _l("It brings nothing new: write why you open it")),
        },
        lede=_l("What came by post, at a counter or by telephone. Papers are filed as any others."),
    ),
    Act(
        "confirm-objection",
        Action.CONFIRM_OBJECTION,
        _l("Confirm the objection"),
        disputing.OwnReasonForm,
        disputes.confirm_objection,
        fits=fitting.is_doubted,
    ),
    Act(
        "end-objection",
        Action.END_OBJECTION,
        _l("End the objection: nothing new"),
        disputing.ToldReasonForm,
        disputes.end_objection,
        fits=fitting.is_doubted,
        lede=_l("The earlier response stands, not agreed. The forum information goes to the customer at once."),
    ),
    Act(
        "withdrawn",
        Action.RECORD_WITHDRAWAL,
        _l("Record a withdrawal"),
        disputing.HowForm,
        disputes.withdrawn,
        lede=_l("The customer gets a notice, and can say that it was not so."),
    ),
    Act("reopen", Action.REOPEN, _l("Take up again"), disputing.ToldReasonForm, disputes.reopen),
    Act("forum", Action.TELL_FORUM, _l("Enter a forum"), disputing.ForumForm, disputes.note_forum),
    Act(
        "end-hold",
        Action.END_HOLD,
        _l("End keeping for a forum"),
        disputing.OwnReasonForm,
        disputes.end_hold,
        fits=fitting.is_held_back,
    ),
)
BY_SLUG: Mapping[str, Act] = {act.slug: act for act in ACTS}

# What belongs together stands together on the page of a case, under these headings and in this order.
GROUPS: tuple[tuple[LazyString, tuple[str, ...]], ...] = (
    (_l("The case"), ("take", "assign", "sort", "check", "written", "note", "comment")),
    (_l("The people"), ("verify", "call-us", "contact", "power", "revocation")),
    (_l("Documents"), ("review", "ask", "more-time", "papers")),
    (_l("To the customer"), ("write", "interim", "extend")),
    (_l("Response"), ("points", "first-line", "answer", "as-service", "refuse", "payment-received", "payment-booked")),
    (_l("Pass on"), ("pass-on", "contact-task", "report-back", "escalate", "outside")),
    (
        _l("What the customer decided"),
        (
            "agreed",
            "not-agreed",
            "settle",
            "objection",
            "confirm-objection",
            "end-objection",
            "withdrawn",
            "reopen",
            "forum",
            "end-hold",
        ),
    ),
)


def grouped(found: Iterable[Act]) -> list[tuple[LazyString, list[Act]]]:
    """Acts under their headings."""
    by_slug = {act.slug: act for act in found}
    groups = [(heading, [by_slug[slug] for slug in slugs if slug in by_slug]) for heading, slugs in GROUPS]
    return [(heading, group) for heading, group in groups if group]


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
