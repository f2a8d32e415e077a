"""The life of a complaint as one table, tried with every status, action and role."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from portal.complaints.rules import (
    CLOSED,
    PERMITTED,
    SESSION_IDLE,
    SESSION_LONGEST,
    TRANSITIONS,
    Action,
    NotAllowed,
    Refusal,
    Role,
    Status,
    allowed,
    next_status,
    session_alive,
)

CUSTOMER, REPRESENTATIVE, OFFICER, SYSTEM = Role.CUSTOMER, Role.REPRESENTATIVE, Role.OFFICER, Role.SYSTEM

# Written out by hand, so that a change of the table is a change here too: (from, action, who) -> to.
LAWFUL = {
    (None, Action.FILE, CUSTOMER): Status.RECEIVED,
    (None, Action.FILE, REPRESENTATIVE): Status.RECEIVED,
    (Status.RECEIVED, Action.ESCALATE, SYSTEM): Status.RECEIVED,
    (Status.RECEIVED, Action.RECORD_CONTACT, OFFICER): Status.RECEIVED,
    (Status.WITHDRAWN, Action.RECORD_CONTACT, OFFICER): Status.WITHDRAWN,
    (Status.RECEIVED, Action.COMPLETE, SYSTEM): Status.RECEIVED,
    (Status.RECEIVED, Action.REOPEN_DOCUMENTS, OFFICER): Status.RECEIVED,
    (Status.RECEIVED, Action.REOPEN_DOCUMENTS, SYSTEM): Status.RECEIVED,
    (Status.RECEIVED, Action.RENEW_CODE, CUSTOMER): Status.RECEIVED,
    (Status.RECEIVED, Action.RENEW_CODE, REPRESENTATIVE): Status.RECEIVED,
    (Status.RECEIVED, Action.ADD_DOCUMENTS, CUSTOMER): Status.RECEIVED,
    (Status.RECEIVED, Action.ADD_DOCUMENTS, REPRESENTATIVE): Status.RECEIVED,
    (Status.RECEIVED, Action.LOCK_DOCUMENT, SYSTEM): Status.RECEIVED,
    (Status.WITHDRAWN, Action.LOCK_DOCUMENT, SYSTEM): Status.WITHDRAWN,
    (Status.RECEIVED, Action.RECOUNT, SYSTEM): Status.RECEIVED,
    (Status.RECEIVED, Action.WITHDRAW, CUSTOMER): Status.WITHDRAWN,
    (Status.WITHDRAWN, Action.RENEW_CODE, CUSTOMER): Status.WITHDRAWN,
    (Status.WITHDRAWN, Action.RENEW_CODE, REPRESENTATIVE): Status.WITHDRAWN,
}
EVERYTHING = list(product((None, *Status), Action, Role))


@pytest.mark.parametrize(("status", "action", "role"), EVERYTHING)
def test_every_status_action_and_role(status, action, role):
    if (status, action, role) in LAWFUL:
        assert next_status(status, action, role) is LAWFUL[status, action, role]
        return
    with pytest.raises(NotAllowed) as refusal:
        next_status(status, action, role)
    assert refusal.value.action is action
    expected = Refusal.STATUS if role in PERMITTED[action] else Refusal.ROLE
    assert refusal.value.reason is expected


@pytest.mark.parametrize(("status", "role"), list(product(Status, Role)))
def test_what_is_offered_is_what_is_lawful(status, role):
    assert set(allowed(status, role)) == {action for at, action, who in LAWFUL if (at, who) == (status, role)}


def test_every_status_can_be_reached_and_a_closed_one_stays_closed():
    assert set(TRANSITIONS.values()) == set(Status)
    for (before, action), after in TRANSITIONS.items():
        assert before not in CLOSED or after in CLOSED, action


def test_only_a_filed_complaint_can_be_acted_on():
    assert {action for before, action in TRANSITIONS if before is None} == {Action.FILE}


# ── a login's life ───────────────────────────────────────────────────────────────────────────────

START = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_login_idles_out_after_half_an_hour():
    """`last_seen` is written once a minute, so the last minute is given to who was seen in it."""
    last = START + timedelta(hours=1)
    end = last + SESSION_IDLE + timedelta(minutes=1)
    assert session_alive(created_at=START, last_seen_at=last, now=end - SECOND)
    assert not session_alive(created_at=START, last_seen_at=last, now=end)
    assert timedelta(minutes=30) == SESSION_IDLE


def test_a_login_ends_after_twelve_hours_however_busy_it_is():
    end = START + SESSION_LONGEST
    assert session_alive(created_at=START, last_seen_at=end - SECOND, now=end - SECOND)
    assert not session_alive(created_at=START, last_seen_at=end - SECOND, now=end)
    assert timedelta(hours=12) == SESSION_LONGEST
