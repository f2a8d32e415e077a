"""Second factors: right at their moment, used once, and never the last one gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts import factors
from portal.accounts.factors import Proof
from portal.accounts.models import OfficerAccount, RecoveryCode
from portal.accounts.rules import RECOVERY_CODES, Factor, LastFactor, WrongFactor
from portal.db import Database, Session
from portal.institution.models import Institution
from portal.sealing import Box, open_box
from tests.accounts.people import Known, an_officer
from tests.builders import NOW


def box_of(session: Session, who: Known) -> Box:
    return open_box(session, session.get_one(OfficerAccount, who.id).key_id)


def check(session: Session, who: Known, code: str, *, seconds: int = 0) -> Proof | None:
    return factors.check_totp(
        session, officer_id=who.id, box=box_of(session, who), code=code, now=NOW + timedelta(seconds=seconds)
    )


def use(session: Session, proof: Proof | None) -> None:
    assert proof is not None
    session.begin_write()
    factors.use(session, proof, now=NOW)
    session.commit()


# ── authenticator apps ───────────────────────────────────────────────────────────────────────────


def test_a_code_of_this_half_minute_or_the_next_opens(agent: Known, session: Session) -> None:
    assert check(session, agent, agent.code())
    assert check(session, agent, agent.code(1))
    assert check(session, agent, f" {agent.code()[:3]} {agent.code()[3:]}")


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_no_code_of_another_time_opens(agent: Known, session: Session, steps: int) -> None:
    assert check(session, agent, agent.code(steps)) is None


@pytest.mark.parametrize("code", ["", "0", "abcdef", "1234567", "٠٠٠٠٠٠", "−12345"])
def test_what_is_no_code_opens_nothing(agent: Known, session: Session, code: str) -> None:
    assert check(session, agent, code) is None


def test_a_code_that_was_used_opens_nothing_again(agent: Known, session: Session) -> None:
    proof = check(session, agent, agent.code())
    use(session, proof)
    assert check(session, agent, agent.code()) is None
    with pytest.raises(WrongFactor):
        use(session, proof)


def test_a_used_code_takes_every_older_one_with_it(agent: Known, session: Session) -> None:
    use(session, check(session, agent, agent.code(1)))
    assert check(session, agent, agent.code()) is None
    assert check(session, agent, agent.code(2), seconds=30)


def test_of_two_requests_with_one_code_one_gets_through(agent: Known, database: Database) -> None:
    start = Barrier(2)

    def try_it(_: int) -> bool:
        with database.session() as session:
            proof = check(session, agent, agent.code())
            start.wait(10)
            try:
                use(session, proof)
            except WrongFactor:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_it, range(2))) == [False, True]


def test_anothers_code_opens_nothing(agent: Known, session: Session, database: Database, profile: Institution) -> None:
    other = an_officer(database, profile)
    assert check(session, agent, other.code()) is None


def test_a_new_app_counts_from_its_confirmation_on_and_then_the_old_one_no_longer(
    agent: Known, session: Session, clock: time_machine.Traveller
) -> None:
    box = box_of(session, agent)
    session.begin_write()
    factors.begin_authenticator(session, officer_id=agent.id, box=box, now=NOW)
    session.commit()
    setup = factors.setup_of(session, officer_id=agent.id, box=box, email=agent.email, issuer="Bank Muamalat")
    assert setup and setup.secret != agent.secret
    assert setup.uri.startswith("otpauth://totp/Bank%20Muamalat:ratna.") and setup.secret in setup.uri
    new = Known(agent.id, agent.name, agent.email, agent.password, setup.secret, [])
    assert check(session, agent, new.code()) is None
    assert check(session, agent, agent.code())
    proof = factors.check_totp(session, officer_id=agent.id, box=box, code=new.code(), confirmed=False, now=NOW)
    assert proof
    session.begin_write()
    factors.keep_authenticator(session, officer_id=agent.id, proof=proof, now=NOW)
    session.commit()
    assert check(session, agent, agent.code(1)) is None
    assert check(session, agent, new.code()) is None, "the code that confirmed it is used up"
    assert check(session, agent, new.code(1))


def test_the_only_factor_is_not_removed(agent: Known, session: Session) -> None:
    session.begin_write()
    with pytest.raises(LastFactor):
        factors.remove_authenticator(session, officer_id=agent.id)
    session.rollback()
    assert factors.has_any(session, agent.id)


# ── recovery codes ───────────────────────────────────────────────────────────────────────────────


def test_each_recovery_code_opens_once_however_it_is_written(agent: Known, session: Session) -> None:
    assert len(set(agent.recovery_codes)) == RECOVERY_CODES
    first, second = agent.recovery_codes[:2]
    proof = factors.check_recovery_code(session, officer_id=agent.id, code=first.lower().replace("-", " "))
    assert proof and proof.factor is Factor.RECOVERY_CODE
    use(session, proof)
    assert factors.check_recovery_code(session, officer_id=agent.id, code=first) is None
    with pytest.raises(WrongFactor):
        use(session, proof)
    session.rollback()
    assert factors.check_recovery_code(session, officer_id=agent.id, code=second)


def test_anothers_recovery_code_opens_nothing(
    agent: Known, session: Session, database: Database, profile: Institution
) -> None:
    other = an_officer(database, profile)
    assert factors.check_recovery_code(session, officer_id=agent.id, code=other.recovery_codes[0]) is None


def test_new_recovery_codes_end_the_old_ones(agent: Known, session: Session) -> None:
    session.begin_write()
    new = factors.new_recovery_codes(session, officer_id=agent.id)
    session.commit()
    assert not set(new) & set(agent.recovery_codes)
    assert factors.check_recovery_code(session, officer_id=agent.id, code=agent.recovery_codes[0]) is None
    assert factors.check_recovery_code(session, officer_id=agent.id, code=new[0])
    assert session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == RECOVERY_CODES
