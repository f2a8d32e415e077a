"""Somebody begins a complaint that was resolved before: their own earlier one is shown first (BM-22).

Only who holds that case open in this browser is shown it, and only their own; whoever says that it is something
else goes on.
"""

from flask import session as cookie
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.access import current_holder
from portal.complaints.codes import Holder
from portal.complaints.handed_in import Transaction
from portal.complaints.kinds import word_for
from portal.complaints.queries import transactions_of
from portal.complaints.recording import printed
from portal.complaints.representing import Reach
from portal.complaints.rules import OBJECTIONABLE, RESOLVED
from portal.filing.handing_in import transactions_of as told_transactions
from portal.filing.rules import Slug, Told, topic_of
from portal.sealing import open_box
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import render
from portal.workdays.rules import local_day

# In the signed cookie: the case of which its holder has said that this is something else.
ELSE = "something_else"


def resolved_before(told: Told | None, here: Slug) -> Response | None:
    """The page of the case that was resolved before, where this filing is about the same; else None.

    Asked from the step after the topic on: what is typed so far stays in the draft.
    """
    if told is None or here in (Slug.PRIVACY, Slug.KIND, Slug.WHO, Slug.TOPIC):
        return None
    holder = current_holder(seen=False)
    if holder is None or holder.complaint.status not in RESOLVED or not _reads(holder):
        return None
    if cookie.get(ELSE) == str(holder.complaint.id) or not _is_same(told, holder):
        return None
    return render(
        "intake/again.html",
        complaint=holder.complaint,
        number=printed(holder.complaint, institution()),
        kind=word_for(holder.complaint.kind, institution(), language()),
        objectionable=holder.complaint.status in OBJECTIONABLE and institution().objection is not None,
    )


def say_something_else() -> None:
    """The holder of the case has read it and says that this is something else."""
    holder = current_holder(seen=False)
    if holder is not None:
        cookie[ELSE] = str(holder.complaint.id)


def _reads(holder: Holder) -> bool:
    return holder.party.reach(local_day(clock.now(), institution().zone)) is Reach.WHOLE


def _is_same(told: Told, holder: Holder) -> bool:
    """The same topic, or one of the transactions: its reference, or else its type, day and amount."""
    topic = topic_of(told, institution())
    if topic is not None and topic.code == holder.complaint.topic:
        return True
    box = open_box(session(), holder.complaint.key_id)
    before = {mark for one in transactions_of(session(), box, holder.complaint.id) for mark in _marks(one)}
    return any(mark in before for one in told_transactions(told, institution()) for mark in _marks(one))


def _marks(one: Transaction) -> list[object]:
    marks: list[object] = [one.reference] if one.reference else []
    return [*marks, (one.type, one.on, one.amount)] if one.amount is not None else marks
