"""How a page takes files: the delivery of one request, what was wrong with it as a whole, and the form beside it."""

from collections.abc import Callable
from typing import Protocol, TypeVar, cast
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from portal.evidence import labels
from portal.evidence.forms import TakesFiles
from portal.evidence.receiving import Delivery, receive
from portal.evidence.service import limits_of
from portal.evidence.storage import Depot
from portal.sealing import open_box
from portal.web.floor import institution, session, settings
from portal.web.uploads import Request

F_co = TypeVar("F_co", bound=TakesFiles, covariant=True)
F = TypeVar("F", bound=TakesFiles)


class Asks(Protocol[F_co]):
    """Makes the page's form: bound to what was sent, or with `read` false empty, for a body that was refused unread."""

    def __call__(self, *, read: bool = True) -> F_co: ...


def received(key_id: UUID) -> Delivery:
    """The files of this request, sealed under a case's data key. Its view has found whose folder it is.

    The session's read ends here: no transaction is open while somebody's line takes its time.
    """
    box = open_box(session(), key_id)
    session().rollback()
    return receive(
        cast(Request, request),
        box=box,
        depot=Depot.at(settings().evidence_url),
        limits=limits_of(institution().uploads),
        origin=settings().base_url,
    )


def deliver(
    key_id: UUID,
    *,
    form: Asks[F],
    show: Callable[[F, int], Response],
    take: Callable[[F, Delivery], Response],
) -> Response:
    """Receive this request's files and let `take` keep them, if they and the form beside them may be taken.

    `show` gives the page back with a form that says what is wrong. The text of a page that was open for too
    long comes back so; its files cannot.
    """
    with received(key_id) as delivery:
        if delivery.fault:
            refused = form(read=False)
            refused.tell([labels.whole(delivery.fault, delivery.limits)])
            return show(refused, 413)
        asked = form()
        if not asked.validate_on_submit():
            asked.tell([labels.ONCE_MORE] if delivery.arrived else [])
            return show(asked, 422)
        return take(asked, delivery)
