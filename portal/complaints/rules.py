"""A complaint's statuses, what can be done to it, by whom, and the days that move with it. Pure."""

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum

from portal.complaints.states import ClockPurpose
from portal.institution.models import Institution
from portal.workdays.rules import CalendarOf, derive, local_day


class Status(StrEnum):
    """Where a complaint stands. Whether its documents are complete is a fact about its round, not a status.

    `ANSWERED`: the customer has our response and decides. Agreed and not agreed are two ends (BM-22);
    `NO_REACTION` is neither: silence is no agreement. `SETTLED` is the end of what asked for no decision,
    such as a question. A `MERGED` complaint goes on in another one of the same customer.
    """

    RECEIVED = "received"
    IN_PROCESS = "in_process"
    ANSWERED = "answered"
    REFUSED = "refused"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    NO_REACTION = "no_reaction"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    DEEMED_WITHDRAWN = "deemed_withdrawn"
    MERGED = "merged"


# Where it is our turn, where it is the customer's, and where nobody's any more.
HANDLED = (Status.RECEIVED, Status.IN_PROCESS)
OPEN = (*HANDLED, Status.ANSWERED)
CLOSED = frozenset(Status) - frozenset(OPEN)
# A complaint that ended so is resolved: the same one again is led to an objection or to a forum (BM-22).
RESOLVED = frozenset({Status.AGREED, Status.NOT_AGREED, Status.NO_REACTION})
# After these the customer may still object: silence, or a refusal, takes no right away (SQ-29, BM-40).
OBJECTIONABLE = (Status.ANSWERED, Status.REFUSED, Status.NOT_AGREED, Status.NO_REACTION)


class Action(StrEnum):
    """What can be done to a complaint; each is one entry of its history."""

    FILE = "file"
    RENEW_CODE = "renew_code"
    ADD_DOCUMENTS = "add_documents"
    REPLY = "reply"
    REVOKE_AUTHORITY = "revoke_authority"
    LAY_DOWN_AUTHORITY = "lay_down_authority"
    WITHDRAW = "withdraw"
    AGREE = "agree"
    DISAGREE = "disagree"
    OBJECT = "object"
    TELL_FORUM = "tell_forum"
    RATE = "rate"
    # What follows from facts, without anybody's decision.
    COMPLETE = "complete"
    LOCK_DOCUMENT = "lock_document"
    RECOUNT = "recount"
    WARN = "warn"
    DEEM_WITHDRAWN = "deem_withdrawn"
    WARN_SILENCE = "warn_silence"
    END_UNANSWERED = "end_unanswered"
    # What officers do.
    TAKE = "take"
    ASSIGN = "assign"
    VERIFY = "verify"
    CALL_US = "call_us"
    RECORD_CONTACT = "record_contact"
    TELL_BY_PHONE = "told_by_phone"
    SEND_AGAIN = "send_again"
    ACCEPT_AUTHORITY = "accept_authority"
    REJECT_AUTHORITY = "reject_authority"
    RECORD_REVOCATION = "record_revocation"
    CATEGORISE = "categorise"
    RECORD_CHECK = "record_check"
    ACCEPT_DOCUMENT = "accept_document"
    REJECT_DOCUMENT = "reject_document"
    REOPEN_DOCUMENTS = "reopen_documents"
    ASK_DOCUMENTS = "ask_documents"
    EXTEND_DOCUMENTS = "extend_documents"
    FILE_PAPERS = "file_papers"
    CONVERT = "convert"
    PASS_ON = "pass_on"
    REPORT_BACK = "report_back"
    CONTACT_TASK = "contact_task"
    ESCALATE = "escalate"
    COMMENT = "comment"
    INVOLVE = "involve"
    INFORM = "inform"
    WRITE = "write"
    NOTE = "note"
    BREAK_DOWN = "break_down"
    EXTEND = "extend"
    PROPOSE = "propose"
    SEND_BACK = "send_back"
    ANSWER = "answer"
    AS_SERVICE = "as_service"
    REFUSE = "refuse"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_BOOKED = "payment_booked"
    CONFIRM_OBJECTION = "confirm_objection"
    END_OBJECTION = "end_objection"
    RECORD_AGREED = "record_agreed"
    RECORD_NOT_AGREED = "record_not_agreed"
    RECORD_WITHDRAWAL = "record_withdrawal"
    SETTLE = "settle"
    REOPEN = "reopen"
    END_HOLD = "end_hold"
    LINK = "link"
    MERGE = "merge"
    TAKE_IN = "take_in"
    SPLIT = "split"


class Role(StrEnum):
    """In which part somebody acts on a complaint; an officer's are those of `accounts.rules.OfficerRole`.

    An auditor reads everything and an administrator no case: neither acts on one.
    """

    CUSTOMER = "customer"
    REPRESENTATIVE = "representative"
    AGENT = "agent"
    CS_MANAGER = "cs_manager"
    DIVISION_MEMBER = "division_member"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


# The kind that every profile has; what else customers bring (questions, suggestions, …) the profile names.
COMPLAINT = "complaint"


PARTIES = frozenset({Role.CUSTOMER, Role.REPRESENTATIVE})
# Who may have a case.
SERVICE = frozenset({Role.AGENT, Role.CS_MANAGER})


class Refusal(StrEnum):
    """Why an action was refused."""

    STATUS = "status"
    ROLE = "role"
    # How the power of attorney of whoever acts for the customer stands.
    UNEXAMINED = "unexamined"
    REJECTED = "rejected"
    REVOKED = "revoked"
    LAID_DOWN = "laid_down"
    ENDED = "ended"


class NotAllowed(Exception):
    """The action is not lawful here; `reason` says why."""

    def __init__(self, action: Action, reason: Refusal) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason


# How papers come that no channel of a profile stands for.
POST, COUNTER = "post", "counter"

# ── dates that move, and names ───────────────────────────────────────────────────────────────────


def promised_anew(
    promised: date, counted: date, *, soonest: date, today: date, purpose: ClockPurpose, stands: bool
) -> date:
    """The day to keep after the calendar changed and `counted` is the day that it gives now.

    Our own time is never lengthened unseen: a later day leaves the promise where it is if it `stands`,
    and an earlier one is promised, though none before `soonest`, the next working day after the change.
    A day that has passed stays the day that was missed. The customer's time is never shortened.
    """
    if purpose is not ClockPurpose.ANSWER:
        return max(promised, counted)
    if promised < today:
        return promised
    if counted > promised:
        return promised if stands else counted
    return min(promised, max(counted, soonest))


def still_checked(arrived_at: datetime, profile: Institution, calendars: CalendarOf, *, now: datetime) -> bool:
    """Whether our time to check a document that arrived at this moment still runs (the profile's `clocks.checking`).

    Until its last day is over we can still say that the document does not hold, and our time to answer
    waits for another. Later we can only ask: what an officer or a scanner puts off moves no date. An
    institution that sets itself no such time can only ask.
    """
    if profile.clocks.checking is None:
        return False
    limit = profile.limits[profile.clocks.checking]
    last = derive(limit.rule, arrived_at, calendars(limit.counted_by), profile.zone).counted_on
    return local_day(now, profile.zone) <= last


# No word of any language that people write here is longer; what is, is no word.
LONGEST_WORD = 60


# A shorter reference ("1", "BI-FAST") is many transactions' own.
SHORTEST_REFERENCE = 8


def reference_of(text: str | None) -> str | None:
    """A transaction's reference number as it is compared: letters and digits alone; None if it tells nothing apart."""
    signs = "".join(sign for sign in (text or "").casefold() if sign.isalnum())
    return signs if len(signs) >= SHORTEST_REFERENCE and any(sign.isdigit() for sign in signs) else None


def words_of(text: str) -> set[str]:
    """The words by which a name or a text is found: without accents, in lower case, apart from single letters."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return {word for word in re.split(r"[^\w]+", plain) if 1 < len(word) <= LONGEST_WORD}
