"""Whose filing a page goes on with, and where somebody else is led."""

from werkzeug.wrappers import Response

from portal.filing.access import Mine, my_draft
from portal.filing.rules import Slug
from portal.web.pages import go_to


def unsent() -> Mine | Response:
    """The draft of this browser that is still to be sent; else the way to the first step, or to the confirmation."""
    mine = my_draft()
    if not mine:
        return go_to("intake.step", step=Slug.PRIVACY)
    return go_to("intake.sent") if mine.draft.complaint_id else mine
