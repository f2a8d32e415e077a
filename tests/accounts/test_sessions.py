"""Officers' sessions: they live by use, end by themselves and by hand, and their table opens none of them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts import queries, sessions
from portal.accounts.models import OfficerAccount, OfficerSession
from portal.accounts.rules import DESK_IDLE, DESK_LONGEST, HALF_LONGEST, Factor, OfficerRole
from portal.accounts.sessions import Login
from portal.db import Database, Session
from portal.institution.models import Institution
from portal.sealing import Tampered, open_box, open_for_token
from tests.accounts.people import Known, an_officer
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


def begin(session: Session, who: Known, *, factor: Factor | None = Factor.TOTP, device: str = "Firefox, Linux") -> str:
    """A session that began at NOW, committed."""
    session.begin_write()
    box = open_box(session, session.get_one(OfficerAccount, who.id).key_id)
    token = sessions.begin(
        session, officer_id=who.id, box=box, factor=factor, device=device, network="203.0.113.0", now=NOW
    )
    session.commit()
    return token


def login(session: Session, token: str, *, after: timedelta = timedelta(0)) -> Login | None:
    session.rollback()
    return sessions.login_of(session, token, now=NOW + after)


def test_a_login_tells_who_it_is_with_all_roles_and_divisions(
    clock: object, database: Database, session: Session, profile: Institution
) -> None:
    roles = (OfficerRole.AGENT, OfficerRole.DIVISION_MEMBER, OfficerRole.ADMINISTRATOR)
    who = an_officer(database, profile, *roles, divisions=("payments", "collection"), name="Ratna")
    # Others, so that a missing condition would show.
    an_officer(database, profile, OfficerRole.AUDITOR)
    begin(session, an_officer(database, profile, OfficerRole.CS_MANAGER))
    found = login(session, begin(session, who))
    assert found and found.officer.roles == set(roles)
    assert found.officer.divisions == {"payments", "collection"}
    assert (found.officer.id, found.officer.name, found.email) == (who.id, "Ratna", who.email)


def test_without_use_it_ends_after_half_an_hour(agent: Known, session: Session) -> None:
    token = begin(session, agent)
    assert login(session, token, after=DESK_IDLE)
    assert login(session, token, after=DESK_IDLE + MINUTE) is None


def test_with_use_it_ends_after_twelve_hours(agent: Known, database: Database, session: Session) -> None:
    token, passed = begin(session, agent), timedelta(0)
    while found := login(session, token, after=passed):
        sessions.seen(database, found, now=NOW + passed)
        passed += timedelta(minutes=20)
    assert passed == DESK_LONGEST


def test_half_a_login_is_not_kept_alive_by_use(agent: Known, database: Database, session: Session) -> None:
    token = begin(session, agent, factor=None)
    found = login(session, token, after=HALF_LONGEST - MINUTE)
    assert found and found.factor is None
    sessions.seen(database, found, now=NOW + HALF_LONGEST - MINUTE)
    assert login(session, token, after=HALF_LONGEST) is None


def test_its_last_use_is_written_down_once_a_minute(agent: Known, database: Database, session: Session) -> None:
    token = begin(session, agent)
    for seconds, kept in ((59, 0), (60, 60), (119, 60), (121, 121)):
        now = NOW + timedelta(seconds=seconds)
        found = sessions.login_of(session, token, now=now)
        assert found
        sessions.seen(database, found, now=now)
        session.rollback()
        assert session.scalar(sa.select(OfficerSession.last_seen_at)) == NOW + timedelta(seconds=kept)
        session.rollback()


def test_one_ends_without_the_others_and_nobody_ends_anothers(
    agent: Known, database: Database, session: Session, profile: Institution
) -> None:
    other = an_officer(database, profile)
    mine, also_mine, theirs = begin(session, agent), begin(session, agent), begin(session, other)
    kept = login(session, mine)
    foreign = login(session, theirs)
    assert kept and foreign
    session.begin_write()
    sessions.end_one(session, officer_id=agent.id, session_id=foreign.session_id, now=NOW)
    sessions.end_all(session, officer_id=agent.id, but=kept.session_id, now=NOW)
    session.commit()
    assert login(session, mine) and login(session, theirs) and login(session, also_mine) is None
    session.begin_write()
    sessions.end(session, mine, now=NOW)
    session.commit()
    assert login(session, mine) is None and login(session, theirs)


def test_the_list_shows_living_whole_sessions_the_last_used_first(
    agent: Known, database: Database, session: Session, profile: Institution
) -> None:
    begin(session, an_officer(database, profile), device="Safari, iPhone")
    begin(session, agent, factor=None, device="half")
    ended = begin(session, agent, device="ended")
    begin(session, agent, device="Chrome, Windows")
    used = login(session, begin(session, agent, device="Firefox, Linux"), after=5 * MINUTE)
    assert used
    sessions.seen(database, used, now=NOW + 5 * MINUTE)
    session.begin_write()
    sessions.end(session, ended, now=NOW)
    session.commit()
    box = open_box(session, used.key_id)
    found = queries.sessions_of(session, officer_id=agent.id, box=box, now=NOW + 6 * MINUTE)
    assert [(each.device, each.network) for each in found] == [
        ("Firefox, Linux", "203.0.113.0"),
        ("Chrome, Windows", "203.0.113.0"),
    ]
    later = queries.sessions_of(session, officer_id=agent.id, box=box, now=NOW + DESK_IDLE + 2 * MINUTE)
    assert [each.device for each in later] == ["Firefox, Linux"]


def test_fresh_recovery_codes_are_readable_with_the_sessions_token_alone(agent: Known, session: Session) -> None:
    token, other = begin(session, agent), begin(session, agent)
    session.begin_write()
    sessions.show_codes(session, token, ["ABCDE-FGHJK", "22345-67899"])
    session.commit()
    found, elsewhere = login(session, token), login(session, other)
    assert found and found.has_new_codes and elsewhere and not elsewhere.has_new_codes
    assert sessions.shown_codes(session, found) == ["ABCDE-FGHJK", "22345-67899"]
    assert sessions.shown_codes(session, elsewhere) == []
    sealed = session.scalar(sa.select(OfficerSession.new_codes).where(OfficerSession.id == found.session_id))
    with pytest.raises(Tampered):
        open_for_token(other, sessions.NEW_CODES, sealed)
    session.rollback()
    session.begin_write()
    sessions.keep_codes(session, found.session_id)
    session.commit()
    assert sessions.shown_codes(session, found) == []


def test_old_sessions_are_swept_away(agent: Known, session: Session, clock: time_machine.Traveller) -> None:
    begin(session, agent)
    for passed, left in ((DESK_LONGEST, 1), (DESK_LONGEST + MINUTE, 0)):
        session.begin_write()
        sessions.sweep(session, now=NOW + passed)
        session.commit()
        assert session.scalar(sa.select(sa.func.count()).select_from(OfficerSession)) == left
        session.rollback()
