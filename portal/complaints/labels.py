"""The words for what a complaint is and where it stands."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.rules import Action, Preference, Refusal, Status

STATUSES: Mapping[Status, LazyString] = {
    Status.RECEIVED: _l("Received, being looked into"),
    Status.WITHDRAWN: _l("Withdrawn"),
}

# The mark that stands before the word; its shape says the same without colour.
STATUS_MARKS: Mapping[Status, str] = {
    Status.RECEIVED: "now",
    Status.WITHDRAWN: "",
}

ACTIONS: Mapping[Action, LazyString] = {
    Action.FILE: _l("Complaint received"),
    Action.ESCALATE: _l("Passed to the manager"),
    Action.RENEW_CODE: _l("New access code"),
    Action.RECORD_CONTACT: _l("Contact entered from our records"),
    Action.ADD_DOCUMENTS: _l("Documents received"),
    Action.COMPLETE: _l("Documents complete"),
    Action.REOPEN_DOCUMENTS: _l("A document is missing again"),
    Action.LOCK_DOCUMENT: _l("A document was locked"),
    Action.WITHDRAW: _l("Complaint withdrawn"),
}

PREFERENCES: Mapping[Preference, LazyString] = {
    Preference.EMAIL: _l("By e-mail"),
    Preference.CALL: _l("By telephone call"),
    Preference.MESSAGE: _l("By text message"),
}

REFUSALS: Mapping[Refusal, LazyString] = {
    Refusal.STATUS: _l("This is no longer possible: the complaint has moved on meanwhile"),
    Refusal.ROLE: _l("Only the customer can do this"),
    Refusal.AUTHORITY: _l("The power of attorney has ended, so only the customer can do this"),
}
