"""What the acts that the customer waits for do with their answers."""

from portal.complaints import extending, payments
from portal.complaints.responses import points, refusing
from portal.desk.act_forms import ActForm
from portal.desk.doings import Doing
from portal.desk.responding import forms


def list_points(doing: Doing, form: forms.PointsForm) -> None:
    points.break_down(doing.session, doing.complaint, form.point_texts, **doing.by)


def extend(doing: Doing, form: forms.ExtendingForm) -> None:
    extending.extend(
        doing.session,
        doing.complaint,
        ground=form.ground.data or "",
        party=form.party.data or None,
        **doing.telling,
    )


def handle_as_service(doing: Doing, form: ActForm) -> None:
    refusing.handle_as_service(doing.session, doing.complaint, **doing.by)


def payment_received(doing: Doing, form: ActForm) -> None:
    payments.received(doing.session, doing.complaint, **doing.telling)


def payment_booked(doing: Doing, form: forms.BookedForm) -> None:
    payments.booked(doing.session, doing.complaint, phone=form.phone.data or "", **doing.telling)
