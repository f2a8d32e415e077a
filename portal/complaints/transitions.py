"""The complaint's life as one table, and who may move it. Pure."""

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.rules import (
    CLOSED,
    HANDLED,
    OBJECTIONABLE,
    OPEN,
    PARTIES,
    RESOLVED,
    SERVICE,
    Action,
    NotAllowed,
    Refusal,
    Role,
    Status,
)

# What may be done to a complaint that we handle and leaves it where it stands.
_STAYS = (
    Action.RENEW_CODE,
    Action.ADD_DOCUMENTS,
    Action.REPLY,
    Action.REVOKE_AUTHORITY,
    Action.LAY_DOWN_AUTHORITY,
    Action.TELL_FORUM,
    Action.COMPLETE,
    Action.LOCK_DOCUMENT,
    Action.RECOUNT,
    Action.WARN,
    Action.ASSIGN,
    Action.RECORD_CONTACT,
    Action.TELL_BY_PHONE,
    Action.SEND_AGAIN,
    Action.RECORD_REVOCATION,
    Action.REOPEN_DOCUMENTS,
    Action.REPORT_BACK,
    Action.CONTACT_TASK,
    Action.ESCALATE,
    Action.COMMENT,
    Action.NOTE,
    Action.LINK,
    Action.END_HOLD,
    Action.TAKE_IN,
)
# An officer who does one of these has taken the complaint up.
_TAKES_UP = (
    Action.TAKE,
    Action.VERIFY,
    Action.CALL_US,
    Action.ACCEPT_AUTHORITY,
    Action.REJECT_AUTHORITY,
    Action.CATEGORISE,
    Action.RECORD_CHECK,
    Action.ACCEPT_DOCUMENT,
    Action.REJECT_DOCUMENT,
    Action.ASK_DOCUMENTS,
    Action.EXTEND_DOCUMENTS,
    Action.FILE_PAPERS,
    Action.CONVERT,
    Action.PASS_ON,
    Action.INVOLVE,
    Action.INFORM,
    Action.WRITE,
    Action.BREAK_DOWN,
    Action.EXTEND,
    Action.PROPOSE,
    Action.SEND_BACK,
    Action.AS_SERVICE,
    Action.PAYMENT_RECEIVED,
    Action.PAYMENT_BOOKED,
    Action.CONFIRM_OBJECTION,
    Action.SPLIT,
)
# While the customer decides, both sides may still write, bring and record.
_MEANWHILE = (
    Action.RENEW_CODE,
    Action.ADD_DOCUMENTS,
    Action.REPLY,
    Action.REVOKE_AUTHORITY,
    Action.LAY_DOWN_AUTHORITY,
    Action.TELL_FORUM,
    Action.LOCK_DOCUMENT,
    Action.RECOUNT,
    Action.WARN_SILENCE,
    Action.ASSIGN,
    Action.VERIFY,
    Action.RECORD_CONTACT,
    Action.TELL_BY_PHONE,
    Action.SEND_AGAIN,
    Action.RECORD_REVOCATION,
    Action.ACCEPT_AUTHORITY,
    Action.REJECT_AUTHORITY,
    Action.CATEGORISE,
    Action.RECORD_CHECK,
    Action.FILE_PAPERS,
    Action.REPORT_BACK,
    Action.ESCALATE,
    Action.COMMENT,
    Action.WRITE,
    Action.NOTE,
    Action.LINK,
    Action.END_HOLD,
    Action.PAYMENT_RECEIVED,
    Action.PAYMENT_BOOKED,
)

# What may still be done to a closed one.
_STILL = (
    Action.RENEW_CODE,
    Action.REVOKE_AUTHORITY,
    Action.LAY_DOWN_AUTHORITY,
    Action.TELL_FORUM,
    Action.RECORD_CONTACT,
    Action.TELL_BY_PHONE,
    Action.SEND_AGAIN,
    Action.LOCK_DOCUMENT,
    Action.NOTE,
    Action.COMMENT,
    Action.LINK,
    Action.END_HOLD,
)

# The whole life of a complaint: what may be done where, and where it leads. None: not yet filed.
TRANSITIONS: dict[tuple[Status | None, Action], Status] = {
    (None, Action.FILE): Status.RECEIVED,
    **{(status, action): status for status in HANDLED for action in _STAYS},
    **{(status, action): Status.IN_PROCESS for status in HANDLED for action in _TAKES_UP},
    **{(status, Action.DEEM_WITHDRAWN): Status.DEEMED_WITHDRAWN for status in HANDLED},
    **{(status, Action.ANSWER): Status.ANSWERED for status in HANDLED},
    **{(status, Action.REFUSE): Status.REFUSED for status in HANDLED},
    **{(status, Action.MERGE): Status.MERGED for status in HANDLED},
    # An objection that brought nothing new ends without a second answer: the first one stands, not agreed.
    **{(status, Action.END_OBJECTION): Status.NOT_AGREED for status in HANDLED},
    **{(Status.ANSWERED, action): Status.ANSWERED for action in _MEANWHILE},
    **{(Status.ANSWERED, action): Status.AGREED for action in (Action.AGREE, Action.RECORD_AGREED)},
    **{(Status.ANSWERED, action): Status.NOT_AGREED for action in (Action.DISAGREE, Action.RECORD_NOT_AGREED)},
    (Status.ANSWERED, Action.END_UNANSWERED): Status.NO_REACTION,
    (Status.ANSWERED, Action.SETTLE): Status.SETTLED,
    **{(status, action): Status.WITHDRAWN for status in OPEN for action in (Action.WITHDRAW, Action.RECORD_WITHDRAWAL)},
    **{(status, Action.OBJECT): Status.IN_PROCESS for status in OBJECTIONABLE},
    **{(status, Action.REOPEN): Status.IN_PROCESS for status in Status if status not in (*HANDLED, Status.MERGED)},
    **{(status, Action.RATE): status for status in (*RESOLVED, Status.SETTLED, Status.REFUSED)},
    # A closed complaint can still be read, so its reader may still lose the code, and nobody must go on
    # reading for the customer; what the scanner finds, it finds whatever has become of the complaint, and
    # officers may still note something.
    **{(status, action): status for status in Status if status in CLOSED for action in _STILL},
}

PERMITTED: dict[Action, frozenset[Role]] = {
    # At a counter or on the telephone an officer files for the customer (BM-04, KF-12).
    Action.FILE: PARTIES | SERVICE,
    Action.RENEW_CODE: PARTIES,
    Action.ADD_DOCUMENTS: PARTIES,
    Action.REPLY: PARTIES,
    Action.REVOKE_AUTHORITY: frozenset({Role.CUSTOMER}),
    Action.LAY_DOWN_AUTHORITY: frozenset({Role.REPRESENTATIVE}),
    Action.WITHDRAW: frozenset({Role.CUSTOMER}),
    # A representative decides where their power says so.
    Action.AGREE: PARTIES,
    Action.DISAGREE: PARTIES,
    # What came by post or at a counter an officer records (SQ-31).
    Action.OBJECT: PARTIES | SERVICE,
    Action.TELL_FORUM: PARTIES | SERVICE,
    Action.RATE: PARTIES,
    # Completeness is a fact about what has arrived, so nobody declares it: it is found out.
    Action.COMPLETE: frozenset({Role.SYSTEM}),
    Action.LOCK_DOCUMENT: frozenset({Role.SYSTEM}),
    Action.RECOUNT: frozenset({Role.SYSTEM}),
    Action.WARN: frozenset({Role.SYSTEM}),
    Action.DEEM_WITHDRAWN: frozenset({Role.SYSTEM}),
    Action.WARN_SILENCE: frozenset({Role.SYSTEM}),
    Action.END_UNANSWERED: frozenset({Role.SYSTEM}),
    Action.TAKE: SERVICE,
    Action.ASSIGN: frozenset({Role.CS_MANAGER}),
    Action.VERIFY: SERVICE,
    Action.CALL_US: SERVICE,
    Action.RECORD_CONTACT: SERVICE,
    # What a notice could not bring, an officer tells by telephone, also of a closed complaint.
    Action.TELL_BY_PHONE: SERVICE,
    Action.SEND_AGAIN: SERVICE,
    Action.ACCEPT_AUTHORITY: SERVICE,
    Action.REJECT_AUTHORITY: SERVICE,
    Action.RECORD_REVOCATION: SERVICE,
    Action.CATEGORISE: SERVICE,
    Action.RECORD_CHECK: SERVICE | {Role.DIVISION_MEMBER},
    Action.ACCEPT_DOCUMENT: SERVICE,
    Action.REJECT_DOCUMENT: SERVICE,
    Action.REOPEN_DOCUMENTS: SERVICE | {Role.SYSTEM},
    Action.ASK_DOCUMENTS: SERVICE,
    Action.EXTEND_DOCUMENTS: SERVICE,
    Action.FILE_PAPERS: SERVICE,
    Action.CONVERT: SERVICE,
    Action.PASS_ON: SERVICE,
    Action.REPORT_BACK: frozenset({Role.DIVISION_MEMBER}),
    Action.CONTACT_TASK: frozenset({Role.CS_MANAGER, Role.DIVISION_MEMBER}),
    Action.ESCALATE: frozenset({Role.AGENT, Role.SYSTEM}),
    # The manager watches over each agent's case (K3-06).
    Action.COMMENT: frozenset({Role.CS_MANAGER}),
    Action.INVOLVE: SERVICE | {Role.DIVISION_MEMBER},
    Action.INFORM: SERVICE,
    Action.WRITE: SERVICE,
    Action.NOTE: SERVICE | {Role.DIVISION_MEMBER},
    Action.BREAK_DOWN: SERVICE,
    Action.EXTEND: SERVICE,
    Action.PROPOSE: SERVICE,
    Action.SEND_BACK: SERVICE,
    Action.ANSWER: SERVICE,
    Action.AS_SERVICE: SERVICE,
    Action.REFUSE: SERVICE,
    Action.PAYMENT_RECEIVED: SERVICE,
    Action.PAYMENT_BOOKED: SERVICE,
    # What its pages show to be new is confirmed by itself; a repeat only a person lets count, or ends.
    Action.CONFIRM_OBJECTION: SERVICE | {Role.SYSTEM},
    Action.END_OBJECTION: SERVICE,
    Action.RECORD_AGREED: SERVICE,
    Action.RECORD_NOT_AGREED: SERVICE,
    Action.RECORD_WITHDRAWAL: SERVICE,
    Action.SETTLE: SERVICE | {Role.SYSTEM},
    Action.REOPEN: SERVICE,
    # A forum is done with the matter: the manager alone lets the case be deleted again.
    Action.END_HOLD: frozenset({Role.CS_MANAGER}),
    Action.LINK: SERVICE,
    Action.MERGE: SERVICE,
    Action.TAKE_IN: SERVICE,
    Action.SPLIT: SERVICE,
}

# By these the customer hears from us: the first of them is our first response (KF-32).
RESPONSES = frozenset(
    {
        Action.CALL_US,
        Action.ASK_DOCUMENTS,
        Action.CONVERT,
        Action.INFORM,
        Action.WRITE,
        Action.EXTEND,
        Action.ANSWER,
        Action.REFUSE,
        Action.PAYMENT_RECEIVED,
        Action.PAYMENT_BOOKED,
    }
)


def next_status(status: Status | None, action: Action, role: Role) -> Status:
    """The status that an action leads to. Raises `NotAllowed` for a wrong role or a wrong status."""
    if role not in PERMITTED[action]:
        raise NotAllowed(action, Refusal.ROLE)
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise NotAllowed(action, Refusal.STATUS) from None


def refuse_unless_lawful(status: Status, action: Action, officer: Officer) -> None:
    """Raise `NotAllowed` where an officer may not do this now: asked before anything else is changed."""
    next_status(status, action, acting_role(officer, action))


def allowed(status: Status, role: Role) -> tuple[Action, ...]:
    """What somebody may do now, in the order of the table."""
    return tuple(action for (at, action) in TRANSITIONS if at == status and role in PERMITTED[action])


def acting_role(officer: Officer, action: Action) -> Role:
    """In which of their parts an officer does this: the first of them that may.

    Raises `NotAllowed` where none of them may.
    """
    for part in OfficerRole:
        if officer.has(part) and Role(part) in PERMITTED[action]:
            return Role(part)
    raise NotAllowed(action, Refusal.ROLE)
