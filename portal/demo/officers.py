"""One officer for each role, with password and second factor that everybody knows: on developers' machines alone."""

from datetime import datetime
from typing import NamedTuple

import pyotp
import sqlalchemy as sa

from portal.accounts import factors, officers
from portal.accounts.models import Authenticator, OfficerAccount
from portal.accounts.passwords import hash_password
from portal.accounts.rules import DEMO_DOMAIN, OfficerRole
from portal.db import Session
from portal.institution.models import Institution
from portal.sealing import open_box
from portal.web.floor import Floor

PASSWORD = "kata sandi demo"
SECRET = "ADUANDEMOADUANDEMOADUANDEMOADUAN"
NAMES = {
    OfficerRole.AGENT: "Ratna Wulandari",
    OfficerRole.CS_MANAGER: "Bambang Susilo",
    OfficerRole.DIVISION_MEMBER: "Fajar Nugroho",
    OfficerRole.AUDITOR: "Dewi Lestari",
    OfficerRole.ADMINISTRATOR: "Made Artawan",
}


class DemoOfficer(NamedTuple):
    """Somebody to sign in as."""

    email: str
    name: str
    role: OfficerRole


def load(floor: Floor, *, now: datetime) -> list[DemoOfficer]:
    """Add the officers that are missing and return all; a second run adds nothing.

    Without divisions in the profile there is no member of one. Raises `RuntimeError` in production:
    what everybody knows opens nothing there, not even where it was left behind by a demonstration.
    """
    if floor.settings.production:
        raise RuntimeError("demo officers are for developers' machines")
    profile: Institution = floor.institution
    wanted = [role for role in OfficerRole if profile.divisions or role is not OfficerRole.DIVISION_MEMBER]
    password = hash_password(PASSWORD)
    with floor.database.session() as session:
        session.begin_write()
        for role in wanted:
            if not session.scalar(sa.select(OfficerAccount.id).where(OfficerAccount.email == _email(role))):
                _add(session, role, password, profile, now)
        session.commit()
    return [DemoOfficer(_email(role), NAMES[role], role) for role in wanted]


def code(now: datetime) -> str:
    """What the demo officers' authenticator app shows at this moment."""
    return pyotp.TOTP(SECRET).at(now)


def _add(session: Session, role: OfficerRole, password: str, profile: Institution, now: datetime) -> None:
    divisions = [next(iter(profile.divisions))] if role is OfficerRole.DIVISION_MEMBER else []
    account = officers.add(
        session,
        email=_email(role),
        name=NAMES[role],
        language="id",
        roles=[role],
        divisions=divisions,
        profile=profile,
        now=now,
    )
    account.password = password
    app = Authenticator(officer_id=account.id, last_step=0, created_at=now, confirmed_at=now)
    open_box(session, account.key_id).seal(app, SECRET)
    session.add(app)
    factors.new_recovery_codes(session, officer_id=account.id)


def _email(role: OfficerRole) -> str:
    return f"{role.replace('_', '-')}@{DEMO_DOMAIN}"
