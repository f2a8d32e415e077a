"""An agent in front of the queue, and cases of every sort in it."""

from datetime import date, timedelta

import pytest

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.rules import Status
from portal.db import Database
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import Case
from tests.desk.queue_cases import INCOMPLETE, a_case, pass_on
from tests.desk.seats import sit
from tests.page import Client


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """360Kredi has divisions, kinds and a guide."""
    return {**environment, "PORTAL_INSTITUTION": "kredi360"}


@pytest.fixture
def agent(client: Client, clock: object, house: Database, profile: Institution) -> Officer:
    """An agent at this desk."""
    return sit(client, house, profile, OfficerRole.AGENT)


@pytest.fixture
def many(house: Database, profile: Institution, agent: Officer) -> dict[str, Case]:
    """One complaint for each filter, so that a forgotten condition shows one too many."""
    holder = {"holder_id": agent.id, "status": Status.IN_PROCESS}
    cases = {
        "plain": a_case(house, profile),
        "question": a_case(house, profile, kind="question"),
        "collection": a_case(house, profile, topic="collection"),
        "sorted": a_case(house, profile, columns={"desk_topic": "collection"}),
        "by_phone": a_case(house, profile, channel="call_centre"),
        "mine": a_case(house, profile, columns=holder),
        "overdue": a_case(house, profile, columns={"due_on": date(2026, 11, 20)}),
        "soon": a_case(house, profile, columns={"due_on": date(2026, 11, 25)}),
        "incomplete": a_case(house, profile, columns=INCOMPLETE),
        "escalated": a_case(house, profile, columns={"escalated_at": NOW}),
        "answered": a_case(house, profile, columns={"first_response_at": NOW}),
        "asked": a_case(house, profile),
        "reported": a_case(house, profile),
        "older": a_case(house, profile, now=NOW - timedelta(days=10)),
        "closed": a_case(house, profile, columns={"status": Status.WITHDRAWN, "closed_at": NOW, "due_on": None}),
    }
    pass_on(house, cases["asked"], "payments", agent)
    pass_on(house, cases["reported"], "collection", agent, answered=True)
    return cases
