"""The life of a complaint as one table, tried with every status, action and role."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.entry.rules import SESSION_IDLE, SESSION_LONGEST, session_alive
from portal.complaints.rules import CLOSED, HANDLED, Action, NotAllowed, Refusal, Role, Status
from portal.complaints.transitions import PERMITTED, TRANSITIONS, acting_role, allowed, next_status

# Written out by hand, so that a change of the table is a change here too: who may do what while we handle it …
CUSTOMERS = "renew_code add_documents reply tell_forum"
CLERKS = (
    "take verify call_us record_contact told_by_phone accept_authority reject_authority record_revocation categorise "
    "record_check send_again accept_document reject_document reopen_documents ask_documents extend_documents "
    "file_papers convert pass_on involve inform write note tell_forum break_down extend propose send_back answer "
    "as_service refuse payment_received payment_booked confirm_objection end_objection record_withdrawal link merge "
    "take_in split"
)
HANDLED_TO = {
    Role.CUSTOMER: f"{CUSTOMERS} revoke_authority withdraw",
    Role.REPRESENTATIVE: f"{CUSTOMERS} lay_down_authority",
    Role.AGENT: f"{CLERKS} escalate",
    Role.CS_MANAGER: f"{CLERKS} assign contact_task comment end_hold",
    Role.DIVISION_MEMBER: "record_check report_back contact_task involve note",
    Role.SYSTEM: "complete lock_document recount warn deem_withdrawn reopen_documents escalate confirm_objection",
    Role.AUDITOR: "",
    Role.ADMINISTRATOR: "",
}
# … while the customer has our response and decides …
CLERKS_MEANWHILE = (
    "verify record_contact told_by_phone send_again accept_authority reject_authority record_revocation categorise "
    "record_check file_papers write note tell_forum payment_received payment_booked object record_agreed "
    "record_not_agreed record_withdrawal settle reopen link"
)
ANSWERED_TO = {
    Role.CUSTOMER: f"{CUSTOMERS} revoke_authority withdraw agree disagree object",
    Role.REPRESENTATIVE: f"{CUSTOMERS} lay_down_authority agree disagree object",
    Role.AGENT: f"{CLERKS_MEANWHILE} escalate",
    Role.CS_MANAGER: f"{CLERKS_MEANWHILE} assign comment end_hold",
    Role.DIVISION_MEMBER: "record_check report_back note",
    Role.SYSTEM: "lock_document recount warn_silence end_unanswered settle escalate",
    Role.AUDITOR: "",
    Role.ADMINISTRATOR: "",
}
# … and after it was closed; where it can be taken up again, objected to and rated depends on how.
CLOSED_TO = {
    Role.CUSTOMER: "renew_code revoke_authority tell_forum",
    Role.REPRESENTATIVE: "renew_code lay_down_authority tell_forum",
    Role.AGENT: "record_contact told_by_phone send_again note tell_forum link",
    Role.CS_MANAGER: "record_contact told_by_phone send_again note comment tell_forum link end_hold",
    Role.DIVISION_MEMBER: "note",
    Role.SYSTEM: "lock_document",
    Role.AUDITOR: "",
    Role.ADMINISTRATOR: "",
}
CLOSED_BESIDES = {
    Status.REFUSED: "object rate reopen",
    Status.AGREED: "rate reopen",
    Status.NOT_AGREED: "object rate reopen",
    Status.NO_REACTION: "object rate reopen",
    Status.SETTLED: "rate reopen",
    Status.WITHDRAWN: "reopen",
    Status.DEEMED_WITHDRAWN: "reopen",
    Status.MERGED: "",
}
BESIDES_BY = {
    Role.CUSTOMER: {"object", "rate"},
    Role.REPRESENTATIVE: {"object", "rate"},
    Role.AGENT: {"object", "reopen"},
    Role.CS_MANAGER: {"object", "reopen"},
}
# Where it stays if an officer has not taken it up, and where these lead.
STAYING = (
    "renew_code add_documents reply revoke_authority lay_down_authority tell_forum complete lock_document recount warn "
    "assign record_contact record_revocation reopen_documents report_back contact_task escalate comment note link "
    "end_hold take_in told_by_phone send_again"
)
STAYS = STAYING.split()
LEADS = {
    "withdraw": Status.WITHDRAWN,
    "record_withdrawal": Status.WITHDRAWN,
    "deem_withdrawn": Status.DEEMED_WITHDRAWN,
    "answer": Status.ANSWERED,
    "refuse": Status.REFUSED,
    "merge": Status.MERGED,
    "end_objection": Status.NOT_AGREED,
    "agree": Status.AGREED,
    "record_agreed": Status.AGREED,
    "disagree": Status.NOT_AGREED,
    "record_not_agreed": Status.NOT_AGREED,
    "end_unanswered": Status.NO_REACTION,
    "settle": Status.SETTLED,
    "object": Status.IN_PROCESS,
    "reopen": Status.IN_PROCESS,
}


def leads_to(status: Status, action: str) -> Status:
    if action in LEADS:
        return LEADS[action]
    taken_up = status in HANDLED and action not in STAYS
    return Status.IN_PROCESS if taken_up else status


LAWFUL = {
    (None, Action.FILE, role): Status.RECEIVED
    for role in (Role.CUSTOMER, Role.REPRESENTATIVE, Role.AGENT, Role.CS_MANAGER)
}
for _role in Role:
    _named = {
        **dict.fromkeys(HANDLED, HANDLED_TO[_role].split()),
        Status.ANSWERED: ANSWERED_TO[_role].split(),
        **{
            status: [*CLOSED_TO[_role].split(), *(BESIDES_BY.get(_role, set()) & set(besides.split()))]
            for status, besides in CLOSED_BESIDES.items()
        },
    }
    for _status, _names in _named.items():
        LAWFUL |= {(_status, Action(name), _role): leads_to(_status, name) for name in _names}


@pytest.mark.parametrize("status", (None, *Status))
def test_every_status_action_and_role(status):
    for action, role in product(Action, Role):
        if (status, action, role) in LAWFUL:
            assert next_status(status, action, role) is LAWFUL[status, action, role], (action, role)
            continue
        with pytest.raises(NotAllowed) as refusal:
            next_status(status, action, role)
        assert refusal.value.action is action
        expected = Refusal.STATUS if role in PERMITTED[action] else Refusal.ROLE
        assert refusal.value.reason is expected, (action, role)


def test_what_is_offered_is_what_is_lawful():
    for status, role in product(Status, Role):
        lawful = {action for at, action, who in LAWFUL if (at, who) == (status, role)}
        assert set(allowed(status, role)) == lawful, (status, role)


def test_every_status_can_be_reached_and_only_an_objection_or_we_open_a_closed_one():
    assert set(TRANSITIONS.values()) == set(Status)
    for (before, action), after in TRANSITIONS.items():
        opens = before in CLOSED and after not in CLOSED
        assert opens == (before in CLOSED and action in (Action.OBJECT, Action.REOPEN)), (before, action)


def test_a_merged_complaint_is_not_taken_up_again():
    assert Action.REOPEN not in {action for before, action in TRANSITIONS if before is Status.MERGED}


def test_only_a_filed_complaint_can_be_acted_on():
    assert {action for before, action in TRANSITIONS if before is None} == {Action.FILE}


# ── officers with several parts ──────────────────────────────────────────────────────────────────


def officer(*roles):
    return Officer(
        id=UUID(int=1), name="Ratna", language="id", roles=frozenset(roles), divisions=frozenset(), shortcuts=True
    )


@pytest.mark.parametrize(
    ("roles", "action", "acts_as"),
    [
        ((OfficerRole.AGENT,), Action.TAKE, Role.AGENT),
        ((OfficerRole.CS_MANAGER, OfficerRole.AGENT), Action.TAKE, Role.AGENT),
        ((OfficerRole.CS_MANAGER, OfficerRole.AGENT), Action.ASSIGN, Role.CS_MANAGER),
        ((OfficerRole.DIVISION_MEMBER, OfficerRole.AUDITOR), Action.REPORT_BACK, Role.DIVISION_MEMBER),
    ],
)
def test_an_officer_acts_in_the_first_part_that_may(roles, action, acts_as):
    assert acting_role(officer(*roles), action) is acts_as


@pytest.mark.parametrize("role", OfficerRole)
def test_no_part_gives_a_right_of_another(role):
    for action in (action for action in Action if Role(role) not in PERMITTED[action]):
        with pytest.raises(NotAllowed) as refusal:
            acting_role(officer(role), action)
        assert refusal.value.reason is Refusal.ROLE, action


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
