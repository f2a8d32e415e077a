"""The desk's navigation: which pages an officer finds in the letterhead."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.sight import READERS


class Entry(NamedTuple):
    """A page, its words, and whom it is for."""

    endpoint: str
    words: LazyString
    roles: frozenset[OfficerRole]


ENTRIES = (
    Entry("desk.home", _l("Queue"), frozenset(READERS)),
    Entry("desk.receive_new", _l("Receive"), frozenset({OfficerRole.AGENT, OfficerRole.CS_MANAGER})),
    Entry("desk.outbox", _l("Outbox"), frozenset({OfficerRole.AGENT, OfficerRole.CS_MANAGER})),
    Entry("desk.search", _l("Search"), frozenset(READERS)),
    Entry("desk.people", _l("People"), frozenset({OfficerRole.ADMINISTRATOR})),
    Entry("desk.people_history", _l("Account history"), frozenset({OfficerRole.ADMINISTRATOR, OfficerRole.AUDITOR})),
    Entry(
        "desk.calendar",
        _l("Calendars"),
        frozenset({OfficerRole.ADMINISTRATOR, OfficerRole.CS_MANAGER, OfficerRole.AUDITOR}),
    ),
    Entry("desk.paragraphs", _l("Ready paragraphs"), frozenset({OfficerRole.ADMINISTRATOR})),
    Entry("desk.health", _l("Health"), frozenset({OfficerRole.ADMINISTRATOR, OfficerRole.CS_MANAGER})),
    Entry("desk.account", _l("My account"), frozenset(OfficerRole)),
)


def entries(officer: Officer) -> Sequence[tuple[str, LazyString]]:
    """Endpoint and words of each page in this officer's letterhead."""
    return [(each.endpoint, each.words) for each in ENTRIES if officer.has(*each.roles)]
