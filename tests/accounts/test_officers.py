"""Officers: added once, invited once, changed and disabled, and never without an administrator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from portal import clock as portal_clock
from portal.accounts import factors, officers, queries, sessions
from portal.accounts.models import Invitation, OfficerAccount
from portal.accounts.rules import (
    INVITATION_LIFETIME,
    BadRoles,
    EmailTaken,
    Factor,
    InvitationGone,
    LastAdministrator,
    OfficerRole,
    PersonState,
    RolesFault,
)
from portal.db import Database, Session
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import MASK, NoticeKind
from portal.sealing import KeyRing, Purpose, open_box, rewrap
from tests.accounts.people import BASE_URL, PASSWORD, Known, an_invitation, an_officer
from tests.builders import NOW

ADMINISTRATOR = OfficerRole.ADMINISTRATOR


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def accept(session: Session, link: str, *, password: str = "a hash") -> None:
    session.begin_write()
    officers.accept(session, token_of(link), password=password, now=portal_clock.now())
    session.commit()


# ── adding ───────────────────────────────────────────────────────────────────────────────────────


def test_an_address_belongs_to_one_officer_however_it_is_written(
    clock: object, database: Database, profile: Institution
) -> None:
    an_invitation(database, profile, email="Ratna@Bank.Example.id")
    with pytest.raises(EmailTaken):
        an_invitation(database, profile, email="ratna@bank.example.ID ")


def test_of_two_administrators_who_add_the_same_person_one_is_told(
    clock: object, database: Database, profile: Institution
) -> None:
    start = Barrier(2)

    def add(name: str) -> object:
        start.wait(10)
        try:
            return an_invitation(database, profile, email="ratna@bank.example.id", name=name)[0]
        except EmailTaken as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(add, ["Ratna", "Ratna W."]))
    assert sorted(type(each).__name__ for each in results) == ["EmailTaken", "UUID"]


@pytest.mark.parametrize(
    ("roles", "divisions", "fault"),
    [((), (), RolesFault.NO_ROLE), ((OfficerRole.DIVISION_MEMBER,), (), RolesFault.NO_DIVISION)],
)
def test_nobody_is_added_who_could_do_nothing(
    session: Session,
    profile: Institution,
    roles: tuple[OfficerRole, ...],
    divisions: tuple[str, ...],
    fault: RolesFault,
) -> None:
    session.begin_write()
    with pytest.raises(BadRoles) as refusal:
        officers.add(
            session,
            email="a@b.example",
            name="A",
            language="id",
            roles=roles,
            divisions=divisions,
            profile=profile,
            now=NOW,
        )
    assert refusal.value.fault is fault


# ── invitations ──────────────────────────────────────────────────────────────────────────────────


def test_an_invitation_is_accepted_once(
    clock: object, database: Database, session: Session, profile: Institution
) -> None:
    _, link = an_invitation(database, profile)
    accept(session, link)
    assert officers.invited_by(session, token_of(link), now=NOW) is None
    with pytest.raises(InvitationGone):
        accept(session, link)


def test_of_two_who_accept_at_once_one_gets_in(clock: object, database: Database, profile: Institution) -> None:
    officer_id, link = an_invitation(database, profile)
    start = Barrier(2)

    def try_it(password: str) -> str:
        with database.session() as session:
            start.wait(10)
            try:
                accept(session, link, password=password)
            except InvitationGone:
                return ""
            return password

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(try_it, ["one", "other"]))
    assert sorted(results) in (["", "one"], ["", "other"])
    with database.session() as session:
        assert session.get_one(OfficerAccount, officer_id).password == max(results)


def test_an_invitation_ends_after_three_days(
    clock: time_machine.Traveller, database: Database, session: Session, profile: Institution
) -> None:
    _, link = an_invitation(database, profile)
    assert officers.invited_by(session, token_of(link), now=NOW + INVITATION_LIFETIME - timedelta(seconds=1))
    clock.move_to(NOW + INVITATION_LIFETIME)
    assert officers.invited_by(session, token_of(link), now=NOW + INVITATION_LIFETIME) is None
    with pytest.raises(InvitationGone):
        accept(session, link)


def test_a_newer_invitation_takes_the_place_of_the_older(
    clock: object, database: Database, session: Session, profile: Institution
) -> None:
    officer_id, first = an_invitation(database, profile, mailed=True)
    session.begin_write()
    account = session.get_one(OfficerAccount, officer_id)
    second = officers.invite(session, account, base_url=BASE_URL, mailed=True, profile=profile, now=NOW)
    session.commit()
    assert officers.invited_by(session, token_of(first), now=NOW) is None
    assert officers.invited_by(session, token_of(second), now=NOW)
    # The mail of the first has lost its link, whether it has left or not.
    box = open_box(session, account.key_id)
    found = session.scalars(sa.select(Notice)).all()
    assert [box.open(notice, "secret") for notice in found if notice.secret] == [second]
    assert len(found) == 2


def test_the_mail_keeps_the_link_apart_and_in_the_officers_language(
    clock: object, database: Database, session: Session, profile: Institution
) -> None:
    officer_id, link = an_invitation(database, profile, language="id", mailed=True)
    notice = session.scalars(sa.select(Notice)).one()
    assert notice.kind is NoticeKind.OFFICER_INVITATION and notice.language == "id"
    box = open_box(session, session.get_one(OfficerAccount, officer_id).key_id)
    assert MASK in box.open(notice)["body"] and token_of(link) not in box.open(notice)["body"]
    assert box.open(notice, "secret") == link
    assert link.startswith(f"{BASE_URL}/id/desk/invitation/")


def test_who_forgot_the_password_keeps_the_second_factor(
    agent: Known, database: Database, session: Session, profile: Institution
) -> None:
    session.begin_write()
    account = session.get_one(OfficerAccount, agent.id)
    link = officers.invite(session, account, base_url=BASE_URL, mailed=False, profile=profile, now=NOW)
    session.commit()
    accept(session, link)
    box = open_box(session, account.key_id)
    assert factors.check_totp(session, officer_id=agent.id, box=box, code=agent.code(), now=NOW)
    assert factors.setup_of(session, officer_id=agent.id, box=box, email="", issuer="") is None


# ── changing and ending ──────────────────────────────────────────────────────────────────────────


def demote(session: Session, officer_id: UUID, profile: Institution) -> None:
    session.begin_write()
    officers.change(
        session,
        officer_id,
        name="Somebody",
        language="en",
        roles=[OfficerRole.AGENT],
        divisions=[],
        profile=profile,
        now=NOW,
    )
    session.commit()


def test_the_last_administrator_can_be_neither_disabled_nor_demoted(
    clock: object, database: Database, session: Session, profile: Institution
) -> None:
    one, other = (an_officer(database, profile, ADMINISTRATOR) for _ in range(2))
    demote(session, one.id, profile)
    with pytest.raises(LastAdministrator):
        demote(session, other.id, profile)
    session.rollback()
    session.begin_write()
    with pytest.raises(LastAdministrator):
        officers.disable(session, other.id, now=NOW)
    session.rollback()
    (left,) = queries.with_role(session, ADMINISTRATOR)
    assert left.id == other.id


def test_two_administrators_who_take_the_right_from_each_other_at_once_do_not_both_succeed(
    clock: object, database: Database, profile: Institution
) -> None:
    one, other = (an_officer(database, profile, ADMINISTRATOR) for _ in range(2))
    start = Barrier(2)

    def take(officer_id: UUID) -> bool:
        with database.session() as session:
            start.wait(10)
            try:
                demote(session, officer_id, profile)
            except LastAdministrator:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, [one.id, other.id])) == [False, True]


def test_who_is_disabled_is_out_at_once_and_comes_back_as_they_were(
    agent: Known, database: Database, session: Session, profile: Institution
) -> None:
    an_officer(database, profile, ADMINISTRATOR)
    session.begin_write()
    account = session.get_one(OfficerAccount, agent.id)
    box = open_box(session, account.key_id)
    token = sessions.begin(session, officer_id=agent.id, box=box, factor=Factor.TOTP, device="", network="", now=NOW)
    session.commit()
    assert sessions.login_of(session, token, now=NOW)
    session.begin_write()
    officers.disable(session, agent.id, now=NOW)
    session.commit()
    assert sessions.login_of(session, token, now=NOW) is None
    assert officers.credentials(session, email=agent.email, demo=True, now=NOW) is None
    assert session.scalar(sa.select(sa.func.count()).where(Invitation.officer_id == agent.id)) == 0
    session.rollback()
    session.begin_write()
    officers.enable(session, agent.id, now=NOW)
    session.commit()
    assert sessions.login_of(session, token, now=NOW) is None, "an ended session stays ended"
    assert officers.credentials(session, email=agent.email, demo=True, now=NOW)


def test_after_a_reset_the_password_alone_opens_nothing(agent: Known, session: Session) -> None:
    session.begin_write()
    officers.reset_factors(session, agent.id, now=NOW)
    session.commit()
    found = officers.credentials(session, email=agent.email, demo=True, now=NOW)
    assert found and found.password is None and not found.may_enrol
    assert not factors.has_any(session, agent.id)
    assert queries.factors_of(session, officer_id=agent.id, box=open_box(session, found.key_id)).recovery_codes == 0


def test_the_list_tells_how_far_everybody_is(
    clock: object, database: Database, session: Session, profile: Institution
) -> None:
    an_officer(database, profile, ADMINISTRATOR, name="Citra")
    an_invitation(database, profile, name="budi")
    reset = an_officer(database, profile, name="Ani")
    gone = an_officer(database, profile, OfficerRole.AUDITOR, OfficerRole.AGENT, name="Aaron")
    session.begin_write()
    officers.reset_factors(session, reset.id, now=NOW)
    officers.disable(session, gone.id, now=NOW)
    session.commit()
    assert [(each.name, each.state, each.roles) for each in queries.people(session, now=NOW)] == [
        ("Ani", PersonState.WITHOUT_WAY_IN, (OfficerRole.AGENT,)),
        ("budi", PersonState.INVITED, (OfficerRole.AGENT,)),
        ("Citra", PersonState.ACTIVE, (ADMINISTRATOR,)),
        ("Aaron", PersonState.DISABLED, (OfficerRole.AGENT, OfficerRole.AUDITOR)),
    ]


def test_a_case_goes_to_active_officers_of_the_role_and_division(
    clock: object, database: Database, session: Session, profile: Institution
) -> None:
    member = OfficerRole.DIVISION_MEMBER
    here = an_officer(database, profile, member, divisions=("payments",), name="Fajar")
    an_officer(database, profile, member, divisions=("collection",), name="Gita")
    agent = an_officer(database, profile, OfficerRole.AGENT, name="Ratna")
    gone = an_officer(database, profile, OfficerRole.AGENT, name="Bambang")
    an_officer(database, profile, ADMINISTRATOR)
    session.begin_write()
    officers.disable(session, gone.id, now=NOW)
    session.commit()
    assert [each.name for each in queries.with_role(session, member, division="payments")] == [here.name]
    assert [each.name for each in queries.with_role(session, OfficerRole.AGENT)] == [agent.name]
    assert queries.names(session)[gone.id] == "Bambang"


# ── what the database holds ──────────────────────────────────────────────────────────────────────


def test_who_reads_the_database_finds_no_way_in(
    clock: object, agent: Known, database: Database, session: Session, profile: Institution
) -> None:
    _, link = an_invitation(database, profile, mailed=True)
    session.begin_write()
    account = session.get_one(OfficerAccount, agent.id)
    token = sessions.begin(
        session,
        officer_id=agent.id,
        box=open_box(session, account.key_id),
        factor=None,
        device="Firefox, Linux",
        network="203.0.113.77",
        now=NOW,
    )
    sessions.show_codes(session, token, agent.recovery_codes)
    session.commit()
    secrets = [agent.secret, PASSWORD, token, token_of(link), "203.0.113.77", *agent.recovery_codes]
    with database.reader.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                for value in row:
                    text = value if isinstance(value, bytes) else str(value).encode()
                    for secret in secrets:
                        assert secret.encode() not in text, f"{table} holds a secret"
                        assert secret.replace("-", "").encode() not in text, f"{table} holds a secret"


def test_a_new_master_key_and_code_key_shut_nobody_out(agent: Known, database: Database, keys: KeyRing) -> None:
    turned = Database(
        database.url.render_as_string(hide_password=False),
        keys.rotated(Purpose.MASTER, "master-2").rotated(Purpose.CODE, "code-2"),
    )
    with turned.session() as session:
        session.begin_write()
        assert rewrap(session) == 1
        session.commit()
        account = session.get_one(OfficerAccount, agent.id)
        box = open_box(session, account.key_id)
        assert factors.check_totp(session, officer_id=agent.id, box=box, code=agent.code(), now=NOW)
        assert factors.check_recovery_code(session, officer_id=agent.id, code=agent.recovery_codes[0])
    turned.dispose()
