"""Officers who sit at the desk already: signed in by the room's own service, without the way in."""

from collections.abc import Sequence

from portal import clock
from portal.accounts import sessions
from portal.accounts.access import VERSION
from portal.accounts.models import OfficerAccount
from portal.accounts.rules import Factor, Officer, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from portal.sealing import open_box
from tests.complaints.officers import seat
from tests.page import Client


def sit(
    client: Client,
    house: Database,
    profile: Institution,
    *roles: OfficerRole,
    divisions: Sequence[str] = (),
    name: str = "Ratna Wulandari",
) -> Officer:
    """A new officer with these parts, signed in on this device."""
    officer = seat(house, profile, *roles, divisions=divisions, name=name)
    let_in(client, house, officer)
    return officer


def let_in(client: Client, house: Database, officer: Officer) -> None:
    """Sign an officer in on this device, as password and second factor would."""
    now = clock.now()
    with house.session() as session:
        session.begin_write()
        account = session.get_one(OfficerAccount, officer.id)
        token = sessions.begin(
            session,
            officer_id=officer.id,
            box=open_box(session, account.key_id),
            factor=Factor.TOTP,
            device="",
            network="",
            now=now,
        )
        session.commit()
    with client.http.session_transaction("/en/desk", base_url=client.base_url) as cookie:
        cookie["_user_id"] = f"{VERSION}.{token}"
