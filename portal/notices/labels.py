"""The words for the ledger: kinds, channels, states."""

from flask_babel import lazy_gettext as _l

from portal.notices.rules import Channel, NoticeKind, NoticeState

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
    NoticeKind.DATE_CHANGED: _l("Date counted again"),
    NoticeKind.ONE_TIME_CODE: _l("One-time code"),
    NoticeKind.RESUME_CODE: _l("Code for another device"),
    NoticeKind.OFFICER_INVITATION: _l("Invitation to the desk"),
}

CHANNELS = {
    Channel.EMAIL: _l("e-mail"),
    Channel.SMS: _l("SMS"),
    Channel.NONE: _l("no address"),
}

STATES = {
    NoticeState.WAITING: _l("on its way"),
    NoticeState.HELD: _l("not sent yet"),
    NoticeState.SENT: _l("sent"),
    NoticeState.FAILED: _l("could not be delivered"),
}
