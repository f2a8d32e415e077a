"""The words for what a complaint is and where it stands."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.handed_in import Preference
from portal.complaints.rules import COUNTER, POST, Action, Refusal, Status
from portal.complaints.states import AuthorityState
from portal.institution.models import Institution

STATUSES: Mapping[Status, LazyString] = {
    Status.RECEIVED: _l("Received, being looked into"),
    Status.IN_PROCESS: _l("Being handled"),
    Status.ANSWERED: _l("Answered"),
    Status.REFUSED: _l("Refused"),
    Status.AGREED: _l("Completed, agreed"),
    Status.NOT_AGREED: _l("Completed, not agreed"),
    Status.NO_REACTION: _l("Closed without a reply"),
    Status.SETTLED: _l("Settled"),
    Status.WITHDRAWN: _l("Withdrawn"),
    Status.DEEMED_WITHDRAWN: _l("Deemed withdrawn"),
    Status.MERGED: _l("Handled together with another one"),
}

# The mark that stands before the word; its shape says the same without colour.
STATUS_MARKS: Mapping[Status, str] = {
    Status.RECEIVED: "now",
    Status.IN_PROCESS: "now",
    Status.ANSWERED: "wait",
    Status.REFUSED: "",
    Status.AGREED: "done",
    Status.NOT_AGREED: "",
    Status.NO_REACTION: "",
    Status.SETTLED: "done",
    Status.WITHDRAWN: "",
    Status.DEEMED_WITHDRAWN: "",
    Status.MERGED: "",
}

ACTIONS: Mapping[Action, LazyString] = {
    Action.FILE: _l("Complaint received"),
    Action.RENEW_CODE: _l("New access code"),
    Action.ADD_DOCUMENTS: _l("Documents received"),
    Action.REPLY: _l("Message from you"),
    Action.REVOKE_AUTHORITY: _l("Power of attorney revoked"),
    Action.LAY_DOWN_AUTHORITY: _l("Power of attorney laid down"),
    Action.WITHDRAW: _l("Complaint withdrawn"),
    Action.AGREE: _l("Response accepted"),
    Action.DISAGREE: _l("Response not accepted"),
    Action.OBJECT: _l("Objection received"),
    Action.TELL_FORUM: _l("Taken to a forum"),
    Action.RATE: _l("Satisfaction told"),
    Action.COMPLETE: _l("Documents complete"),
    Action.LOCK_DOCUMENT: _l("A document was locked"),
    Action.RECOUNT: _l("Date counted again"),
    Action.WARN: _l("Reminder about documents"),
    Action.DEEM_WITHDRAWN: _l("Complaint deemed withdrawn"),
    Action.WARN_SILENCE: _l("Reminder about your decision"),
    Action.END_UNANSWERED: _l("Closed without a reply"),
    Action.TAKE: _l("Taken up by an officer"),
    Action.ASSIGN: _l("Given to an officer"),
    Action.VERIFY: _l("Identity compared"),
    Action.CALL_US: _l("We asked for a call"),
    Action.RECORD_CONTACT: _l("Contact entered from our records"),
    Action.TELL_BY_PHONE: _l("Told by telephone"),
    Action.SEND_AGAIN: _l("Notice sent again"),
    Action.ACCEPT_AUTHORITY: _l("Power of attorney accepted"),
    Action.REJECT_AUTHORITY: _l("Power of attorney rejected"),
    Action.RECORD_REVOCATION: _l("Power of attorney revoked"),
    Action.CATEGORISE: _l("Sorted"),
    Action.RECORD_CHECK: _l("Checked in our systems"),
    Action.ACCEPT_DOCUMENT: _l("Document accepted"),
    Action.REJECT_DOCUMENT: _l("Document rejected"),
    Action.REOPEN_DOCUMENTS: _l("A document is missing again"),
    Action.ASK_DOCUMENTS: _l("Documents asked for"),
    Action.EXTEND_DOCUMENTS: _l("More time for documents"),
    Action.FILE_PAPERS: _l("Papers filed"),
    Action.CONVERT: _l("Now handled as a written complaint"),
    Action.PASS_ON: _l("Passed to a division"),
    Action.REPORT_BACK: _l("The division has answered"),
    Action.CONTACT_TASK: _l("A division will contact the customer"),
    Action.ESCALATE: _l("Passed to the manager"),
    Action.COMMENT: _l("Comment by the manager"),
    Action.INVOLVE: _l("An outside party is involved"),
    Action.INFORM: _l("Interim word"),
    Action.WRITE: _l("Message from us"),
    Action.NOTE: _l("Internal note"),
    Action.BREAK_DOWN: _l("Points listed"),
    Action.EXTEND: _l("Time extended"),
    Action.PROPOSE: _l("Response put before a second officer"),
    Action.SEND_BACK: _l("Response sent back"),
    Action.ANSWER: _l("Response sent"),
    Action.AS_SERVICE: _l("Handled as a service matter"),
    Action.REFUSE: _l("Complaint refused"),
    Action.PAYMENT_RECEIVED: _l("Payment received"),
    Action.PAYMENT_BOOKED: _l("Payment booked"),
    Action.CONFIRM_OBJECTION: _l("Objection confirmed"),
    Action.END_OBJECTION: _l("Objection ended"),
    Action.RECORD_AGREED: _l("Response accepted, as we were told"),
    Action.RECORD_NOT_AGREED: _l("Response not accepted, as we were told"),
    Action.RECORD_WITHDRAWAL: _l("Withdrawn, as we were told"),
    Action.SETTLE: _l("Settled"),
    Action.REOPEN: _l("Taken up again"),
    Action.END_HOLD: _l("No longer kept for a forum"),
    Action.LINK: _l("Linked with another one"),
    Action.MERGE: _l("Merged into another one"),
    Action.TAKE_IN: _l("Another one was merged into this"),
    Action.SPLIT: _l("Split in two"),
}

# How papers come that no channel of the profile stands for.
WAYS: Mapping[str, LazyString] = {
    POST: _l("By post"),
    COUNTER: _l("Handed in at a counter"),
}


def way(code: str, profile: Institution, language: str) -> str:
    """How something came: a channel of the profile, post or a counter. What is known no more stays its code."""
    channel = profile.channels.get(code)
    if channel is not None:
        return channel.label[language]
    return str(WAYS[code]) if code in WAYS else code


PREFERENCES: Mapping[Preference, LazyString] = {
    Preference.EMAIL: _l("By e-mail"),
    Preference.CALL: _l("By telephone call"),
    Preference.MESSAGE: _l("By text message"),
    Preference.WHATSAPP: _l("By WhatsApp, our notices too"),
}

POWERS: Mapping[AuthorityState, LazyString] = {
    AuthorityState.CLAIMED: _l("Not examined yet"),
    AuthorityState.ACCEPTED: _l("Accepted"),
    AuthorityState.REJECTED: _l("Not accepted"),
    AuthorityState.REVOKED: _l("Revoked"),
    AuthorityState.LAID_DOWN: _l("Laid down"),
}

# Of a power whose last day has passed.
POWER_ENDED = _l("Ended")

# "%(customer)s" is the institution's own word for its customers.
REFUSALS: Mapping[Refusal, LazyString] = {
    Refusal.STATUS: _l("This is no longer possible: the complaint has moved on meanwhile"),
    Refusal.ROLE: _l("Only the %(customer)s can do this"),
    Refusal.UNEXAMINED: _l("We have not examined the power of attorney yet, so only the %(customer)s can do this"),
    Refusal.REJECTED: _l("We have not accepted the power of attorney, so only the %(customer)s can do this"),
    Refusal.REVOKED: _l("The %(customer)s has revoked the power of attorney, so only they can do this"),
    Refusal.LAID_DOWN: _l("You have laid down the power of attorney, so only the %(customer)s can do this"),
    Refusal.ENDED: _l("The last day of the power of attorney has passed, so only the %(customer)s can do this"),
}
