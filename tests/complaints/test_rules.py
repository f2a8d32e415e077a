"""The life of a complaint as one table, tried with every status, action and role."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from portal.accounts.rules import Officer, OfficerRole
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
    acting_role,
    allowed,
    next_status,
    session_alive,
)

# Written out by hand, so that a change of the table is a change here too: who may do what while it is open …
CUSTOMERS = "renew_code add_documents reply"
CLERKS = (
    "take verify call_us record_contact told_by_phone send_again accept_authority reject_authority record_revocation "
    "categorise record_check accept_document reject_document reopen_documents ask_documents extend_documents "
    "file_papers convert pass_on involve inform write note"
)
OPEN_TO = {
    Role.CUSTOMER: f"{CUSTOMERS} revoke_authority withdraw",
    Role.REPRESENTATIVE: f"{CUSTOMERS} lay_down_authority",
    Role.AGENT: f"{CLERKS} escalate",
    Role.CS_MANAGER: f"{CLERKS} assign contact_task comment",
    Role.DIVISION_MEMBER: "record_check report_back contact_task involve note",
    Role.SYSTEM: "complete lock_document recount warn deem_withdrawn reopen_documents escalate",
    Role.AUDITOR: "",
    Role.ADMINISTRATOR: "",
}
# … and after it was closed.
CLOSED_TO = {
    Role.CUSTOMER: "renew_code revoke_authority",
    Role.REPRESENTATIVE: "renew_code lay_down_authority",
    Role.AGENT: "record_contact told_by_phone send_again note",
    Role.CS_MANAGER: "record_contact told_by_phone send_again note comment",
    Role.DIVISION_MEMBER: "note",
    Role.SYSTEM: "lock_document",
    Role.AUDITOR: "",
    Role.ADMINISTRATOR: "",
}
# Where it stays if an officer has not taken it up, and where these lead.
STAYS = {
    *(
        "renew_code",
        "add_documents",
        "reply",
        "revoke_authority",
        "lay_down_authority",
        "complete",
        "lock_document",
        "recount",
        "warn",
        "assign",
    ),
    "record_contact",
    *("told_by_phone", "send_again"),
    *("record_revocation", "reopen_documents", "report_back", "contact_task", "escalate", "comment", "note"),
}
LEADS = {"withdraw": Status.WITHDRAWN, "deem_withdrawn": Status.DEEMED_WITHDRAWN}


def leads_to(status: Status, action: str) -> Status:
    return LEADS.get(action) or (status if action in STAYS else Status.IN_PROCESS)


LAWFUL = {
    (None, Action.FILE, role): Status.RECEIVED
    for role in (Role.CUSTOMER, Role.REPRESENTATIVE, Role.AGENT, Role.CS_MANAGER)
}
for _role in Role:
    for _status in (Status.RECEIVED, Status.IN_PROCESS):
        LAWFUL |= {(_status, Action(name), _role): leads_to(_status, name) for name in OPEN_TO[_role].split()}
    for _status in (Status.WITHDRAWN, Status.DEEMED_WITHDRAWN):
        LAWFUL |= {(_status, Action(name), _role): _status for name in CLOSED_TO[_role].split()}
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


@pytest.mark.parametrize(
    ("role", "action"), [(r, a) for r, a in product(OfficerRole, Action) if Role(r) not in PERMITTED[a]]
)
def test_no_part_gives_a_right_of_another(role, action):
    with pytest.raises(NotAllowed) as refusal:
        acting_role(officer(role), action)
    assert refusal.value.reason is Refusal.ROLE


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
