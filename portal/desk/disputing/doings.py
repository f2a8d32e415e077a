"""What each act after a response does with its answers: one call of the room that knows how."""

from portal.complaints.disputes import deciding, forums, objecting, taking_up, withdrawing
from portal.desk.act_forms import YES, ActForm
from portal.desk.disputing.forms import ForumForm, HowForm, ObjectionForm, OwnReasonForm, ToldReasonForm
from portal.desk.doings import Doing


def agreed(doing: Doing, form: HowForm) -> None:
    deciding.record_agreed(doing.session, doing.complaint, how=form.how.data or "", **doing.telling)


def not_agreed(doing: Doing, form: HowForm) -> None:
    deciding.record_not_agreed(doing.session, doing.complaint, how=form.how.data or "", **doing.telling)


def withdrawn(doing: Doing, form: HowForm) -> None:
    withdrawing.record_withdrawal(doing.session, doing.complaint, how=form.how.data or "", **doing.telling)


def settle(doing: Doing, form: ActForm) -> None:
    deciding.settle(doing.session, doing.complaint, **doing.telling)


def reopen(doing: Doing, form: ToldReasonForm) -> None:
    taking_up.reopen(doing.session, doing.complaint, reason=form.reason.data or "", **doing.telling)


def take_down_objection(doing: Doing, form: ObjectionForm) -> None:
    objecting.take_down(
        doing.session,
        doing.complaint,
        party=next(one.row for one in doing.file.parties if str(one.id) == form.party.data),
        words=form.words.data or "",
        how=form.how.data or "",
        brings_new=form.brings.data == YES,
        reason=form.reason.data or None,
        **doing.telling,
    )


def confirm_objection(doing: Doing, form: OwnReasonForm) -> None:
    objecting.confirm(doing.session, doing.complaint, reason=form.reason.data or "", **doing.by)


def end_objection(doing: Doing, form: ToldReasonForm) -> None:
    objecting.end(doing.session, doing.complaint, reason=form.reason.data or "", **doing.telling)


def note_forum(doing: Doing, form: ForumForm) -> None:
    forums.note(
        doing.session,
        doing.complaint,
        forum=form.forum.data or "",
        taken_on=form.taken_on.data,
        reference=form.reference.data or None,
        **doing.by,
    )


def end_hold(doing: Doing, form: OwnReasonForm) -> None:
    forums.end_hold(doing.session, doing.complaint, reason=form.reason.data or "", **doing.by)
