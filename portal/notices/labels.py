"""The words for the ledger: kinds, channels, states."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.notices.rules import Channel, Failure, NoticeKind, NoticeState

KINDS = {
    NoticeKind.RECEIPT: _l("Acknowledgement of receipt"),
    NoticeKind.DOCUMENTS_RECEIVED: _l("Receipt of documents"),
    NoticeKind.DOCUMENT_LOCKED: _l("A document was locked"),
    NoticeKind.POWER_ENDED: _l("End of the power of attorney"),
    NoticeKind.DOCUMENTS_ASKED: _l("Request for documents"),
    NoticeKind.DEEMED_WITHDRAWN: _l("Complaint deemed withdrawn"),
    NoticeKind.CALL_US: _l("Request to call us"),
    NoticeKind.AUTHORITY_DECIDED: _l("Decision on the power of attorney"),
    NoticeKind.NOW_WRITTEN: _l("Now a written complaint"),
    NoticeKind.MESSAGE: _l("Message in your complaint"),
    NoticeKind.INTERIM: _l("How it stands"),
    NoticeKind.PASSED_ON: _l("Passed on"),
    NoticeKind.DATE_CHANGED: _l("Date counted again"),
    NoticeKind.COMPLETE: _l("Documents complete"),
    NoticeKind.EXTENDED: _l("More time for our response"),
    NoticeKind.ANSWERED: _l("Our response is ready"),
    NoticeKind.REFUSED: _l("Our decision is ready"),
    NoticeKind.PAYMENT_RECEIVED: _l("Payment has reached us"),
    NoticeKind.PAYMENT_BOOKED: _l("Payment booked"),
    NoticeKind.WITHDRAWN: _l("Complaint withdrawn"),
    NoticeKind.CLOSED: _l("Complaint closed"),
    NoticeKind.NO_REACTION_WARNED: _l("Waiting for your reply"),
    NoticeKind.NO_REACTION: _l("Closed without a reply"),
    NoticeKind.OBJECTION_RECEIVED: _l("Objection received"),
    NoticeKind.OBJECTION_ENDED: _l("Response to the objection"),
    NoticeKind.OBJECTION_NOT_NEW: _l("Objection ended: nothing new"),
    NoticeKind.FORUMS: _l("Where to take it outside of us"),
    NoticeKind.REOPENED: _l("Opened again"),
    NoticeKind.MERGED: _l("Handled together with another"),
    NoticeKind.ONE_TIME_CODE: _l("One-time code"),
    NoticeKind.RESUME_CODE: _l("Code for another device"),
    NoticeKind.OFFICER_INVITATION: _l("Invitation to the desk"),
}

CHANNELS = {
    Channel.EMAIL: _l("e-mail"),
    Channel.SMS: _l("SMS"),
    Channel.WHATSAPP: _l("WhatsApp"),
    Channel.NONE: _l("no address"),
}

STATES = {
    NoticeState.WAITING: _l("on its way"),
    NoticeState.HELD: _l("not sent yet"),
    NoticeState.SENT: _l("sent"),
    NoticeState.FAILED: _l("could not be delivered"),
}

TOLD_BY_PHONE = _l("told by telephone")


def state_of(state: NoticeState, failure: str | None) -> LazyString:
    """The words for what became of a notice."""
    return TOLD_BY_PHONE if failure == Failure.TOLD_BY_PHONE else STATES[state]


FAILURES = {
    Failure.EXPIRED: _l("Its code had expired before it could be sent"),
    Failure.WITHDRAWN: _l("Its code was used or replaced before it could be sent"),
    Failure.ERASED: _l("The complaint was erased"),
    Failure.BAD_ADDRESS: _l("The address is none"),
    Failure.NO_SMTPUTF8: _l("Our mail server cannot write to this address"),
    Failure.NO_TLS: _l("No encrypted connection could be made"),
    Failure.NO_LOGIN: _l("Our mail server offers no login"),
    Failure.UNREACHABLE: _l("The other side did not answer"),
    Failure.TOLD_BY_PHONE: _l("Told by telephone instead"),
}


def why_failed(failure: str) -> LazyString:
    """Why a notice failed, in words; the number of a reply stands in it for who looks into it."""
    if failure in set(Failure):
        return FAILURES[Failure(failure)]
    by, _, code = failure.partition("_")
    if by == "smtp":
        return _l("The mail server refused it (%(code)s)", code=code)
    return _l("The message service refused it (%(code)s)", code=code)
