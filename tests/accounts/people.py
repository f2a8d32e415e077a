"""Officers for tests: made by the room's own services, and signed in as a person would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from secrets import token_hex
from uuid import UUID

import pyotp

from portal import clock
from portal.accounts import factors, officers, passwords
from portal.accounts.models import OfficerAccount
from portal.accounts.rules import OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from portal.institution.profile.parts import Named, Text
from portal.sealing import open_box
from tests.page import Client, Page

PASSWORD = "empat kata yang panjang"
BASE_URL = "http://127.0.0.1:8000"
_serial = count(1)
# A database that is used again has the officers of earlier runs.
_RUN = token_hex(3)


@dataclass(frozen=True)
class Known:
    """An officer with everything that they know and hold."""

    id: UUID
    name: str
    email: str
    password: str
    secret: str
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        """What their app shows now, or so many steps from now."""
        app = pyotp.TOTP(self.secret)
        return app.generate_otp(int(clock.now().timestamp()) // 30 + steps)


def an_invitation(
    house: Database,
    profile: Institution,
    *roles: OfficerRole,
    divisions: Sequence[str] = (),
    name: str | None = None,
    email: str | None = None,
    language: str = "en",
    mailed: bool = False,
) -> tuple[UUID, str]:
    """A new officer's id and the link by which they choose their password. The profile gets the divisions it lacks."""
    serial = next(_serial)
    named = {code: Named(code=code, label=Text(id=f"Divisi {code}", en=f"{code} division")) for code in divisions}
    profile = profile.model_copy(update={"divisions": {**named, **profile.divisions}})
    with house.session() as session:
        session.begin_write()
        account = officers.add(
            session,
            email=email or f"ratna.{serial}.{_RUN}@bank.example.id",
            name=name or f"Ratna Wulandari {serial}",
            language=language,
            roles=roles or (OfficerRole.AGENT,),
            divisions=divisions,
            profile=profile,
            now=clock.now(),
        )
        link = officers.invite(session, account, base_url=BASE_URL, mailed=mailed, profile=profile, now=clock.now())
        session.commit()
    return account.id, link


def an_officer(
    house: Database,
    profile: Institution,
    *roles: OfficerRole,
    divisions: Sequence[str] = (),
    name: str | None = None,
    email: str | None = None,
) -> Known:
    """An officer who has accepted their invitation and set up an authenticator app."""
    officer_id, link = an_invitation(house, profile, *roles, divisions=divisions, name=name, email=email)
    password = passwords.hash_password(PASSWORD)
    with house.session() as session:
        session.begin_write()
        officers.accept(session, link.rpartition("/")[2], password=password, now=clock.now())
        account = session.get_one(OfficerAccount, officer_id)
        box = open_box(session, account.key_id)
        setup = factors.setup_of(session, officer_id=officer_id, box=box, email=account.email, issuer="Aduan")
        assert setup is not None
        # By the code of a step ago, so that the one of this step is still to be used.
        proof = factors.check_totp(
            session,
            officer_id=officer_id,
            box=box,
            code=pyotp.TOTP(setup.secret).generate_otp(int(clock.now().timestamp()) // 30 - 1),
            confirmed=False,
            now=clock.now(),
        )
        assert proof is not None
        factors.keep_authenticator(session, officer_id=officer_id, proof=proof, now=clock.now())
        codes = factors.new_recovery_codes(session, officer_id=officer_id)
        session.commit()
        return Known(officer_id, account.name, account.email, PASSWORD, setup.secret, codes)


def give_password(client: Client, who: Known, lang: str = "en", **values: str) -> Page:
    """Give address and password at the sign-in; the page that follows."""
    page = client.get(f"/{lang}/desk/sign-in")
    return page.form(f"/{lang}/desk/sign-in").fill({"email": who.email, "password": who.password, **values}).submit()


def sign_in(client: Client, who: Known, lang: str = "en") -> Page:
    """Sign in with password and app; the page that follows."""
    return give_password(client, who, lang).form().fill(code=who.code()).submit()
