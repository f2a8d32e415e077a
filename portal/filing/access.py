"""Whose draft this is: the cookie that alone leads to it."""

from dataclasses import dataclass, field
from datetime import timedelta

from flask import request
from sqlalchemy.exc import InvalidRequestError
from werkzeug.wrappers import Response

from portal import clock
from portal.evidence.models import Document
from portal.evidence.rules import Right
from portal.filing.models import Draft
from portal.filing.queries import OpenDraft, find_draft
from portal.web.floor import institution, session, settings, writing


@dataclass(frozen=True, slots=True)
class Mine:
    """The draft of this browser, and the token that says so."""

    draft: OpenDraft
    token: str = field(repr=False)


def cookie_name() -> str:
    """With the prefix a browser takes the cookie only over HTTPS and from this host itself, not from a neighbour."""
    return "__Host-draft" if settings().secure else "draft"


def my_draft() -> Mine | None:
    """The living draft of this browser, or None."""
    token = request.cookies.get(cookie_name())
    draft = find_draft(session(), token, now=clock.now()) if token else None
    return Mine(draft, token) if draft and token else None


def holds_draft_of(document: Document) -> Right:
    """Its documents as they came, for the browser whose unsent draft owns the folder.

    What is sent is opened with the access code alone.
    """
    mine = my_draft()
    owns = mine is not None and mine.draft.folder_id == document.folder_id and mine.draft.complaint_id is None
    return Right.ORIGINAL if owns else Right.NONE


def held(mine: Mine | None) -> Draft | None:
    """Begin the write with the draft re-read under its lock; None where it has gone meanwhile."""
    draft = session().get(Draft, mine.draft.id) if mine else None
    try:
        return writing(draft) if draft else None
    except InvalidRequestError:
        session().rollback()
        return None


def hand_out(response: Response, token: str) -> Response:
    """Give the browser the token, for as long as a draft that is left alone lives."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=timedelta(days=institution().retention.draft_days),
        path="/",
        secure=settings().secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def take_back(response: Response) -> Response:
    """Take the token from the browser."""
    response.delete_cookie(cookie_name(), path="/", secure=settings().secure, httponly=True, samesite="Lax")
    return response
