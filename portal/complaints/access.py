"""Who holds a case open: the tag of every page that belongs to one customer's case."""

from collections.abc import Callable
from functools import wraps

from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal import clock
from portal.complaints import codes
from portal.complaints.codes import Holder
from portal.complaints.queries import may_see, right_of_party
from portal.evidence.models import Document
from portal.evidence.rules import Right
from portal.web.access import tag
from portal.web.floor import floor, institution, session
from portal.web.pages import go_to
from portal.workdays.rules import local_day

# What the signed cookie holds of a login: a random id, which means something to our table alone.
TOKEN = "case"
NAME = "case_holder"

View = Callable[..., ResponseReturnValue]


def case_holder(view: View) -> View:
    """Only who holds a case open may call this view; it gets them as `holder`. Others are asked to sign in."""

    @wraps(view)
    def opened(**values: object) -> ResponseReturnValue:
        holder = current_holder()
        return sign_in_first() if holder is None else view(holder=holder, **values)

    return tag(opened, NAME)


def case_watcher(view: View) -> View:
    """As `case_holder`, for what an open page asks by itself again and again.

    The view gets the complaint's `version` alone, for the price of one statement, and asks
    `current_holder(seen=False)` where that is not enough.
    """

    @wraps(view)
    def opened(**values: object) -> ResponseReturnValue:
        token = cookie.get(TOKEN)
        version = codes.version_for(floor().database, token, now=clock.now()) if token else None
        return sign_in_first() if version is None else view(version=version, **values)

    return tag(opened, NAME)


def current_holder(*, seen: bool = True) -> Holder | None:
    """Who holds a case open with this request's cookie; None if nobody does (any more)."""
    token = cookie.get(TOKEN)
    return codes.holder_of(session(), token, now=clock.now(), seen=seen) if token else None


def holds_case_of(document: Document) -> Right:
    """For a login to the complaint that owns the folder, by a party who may see the document today.

    How much of it that is says `right_of_party`.
    """
    holder = current_holder()
    if holder is None or holder.complaint.folder_id != document.folder_id:
        return Right.NONE
    today = local_day(clock.now(), institution().zone)
    if not may_see(document, holder.party, today=today):
        return Right.NONE
    return right_of_party(document)


def hold(token: str) -> None:
    """Give this browser a login. Its cookie begins anew: nothing that was in it before survives."""
    cookie.clear()
    cookie[TOKEN] = token


def release() -> None:
    """End this browser's login in the database, if it has one, and empty its cookie. The caller commits."""
    token = cookie.get(TOKEN)
    if token:
        session().begin_write()
        codes.end_session(session(), token, now=clock.now())
    cookie.clear()


def sign_in_first() -> ResponseReturnValue:
    """On to the sign-in page, which says why where a login has ended."""
    ended = cookie.pop(TOKEN, None) is not None
    return go_to("tracking.sign_in", **({"ended": 1} if ended else {}))
