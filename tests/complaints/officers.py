"""Officers at work on complaints, made by the room's own service; none of them needs to sign in."""

from collections.abc import Sequence

from portal.accounts.rules import Officer, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from tests.accounts.people import an_invitation


def seat(
    database: Database,
    profile: Institution,
    *roles: OfficerRole,
    divisions: Sequence[str] = (),
    name: str = "Ratna Wulandari",
) -> Officer:
    """A new officer with these parts."""
    officer_id, _ = an_invitation(database, profile, *roles, divisions=divisions, name=name)
    return Officer(officer_id, name, "en", frozenset(roles), frozenset(divisions), shortcuts=True)
