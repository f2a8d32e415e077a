"""One-time codes: sent once, tried five times, used once, and telling nobody which cases exist."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.accounts import service
from portal.accounts.models import OneTimeCode
from portal.accounts.rules import CODE_LIFETIME, CODE_TRIES, CODES_AN_HOUR, CodePurpose, CodeSpent, TooManyCodes
from portal.db import Database, Session, WriteOutsideWriting, uuid7
from portal.notices import service as notices
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind, Recipient, SecretGone
from portal.sealing import KeyRing, Purpose, new_box, open_box
from tests.notices.letters import NOW, a_profile, a_recipient

PURPOSE = CodePurpose.NEW_ACCESS_CODE
LATER = NOW + timedelta(minutes=2)


class Case:
    """A case with one party, to whom codes can be sent."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.id = uuid7()
        self.recipient: Recipient = a_recipient()
        session.begin_write()
        self.key_id = new_box(session, now=NOW).id
        session.commit()

    def issue(self, *, now: Any = NOW, recipient: Recipient | None = None) -> tuple[OneTimeCode, str]:
        """A new code's row, committed, and the code as the notice carries it."""
        self.session.begin_write()
        row = service.issue_code(
            self.session,
            box=open_box(self.session, self.key_id),
            subject_id=self.id,
            recipient=recipient or self.recipient,
            purpose=PURPOSE,
            now=now,
            profile=a_profile(),
        )
        self.session.commit()
        notice = self.session.get_one(Notice, row.notice_id)
        code = open_box(self.session, self.key_id).open(notice, "secret")
        # What it was when it was issued, whatever the session does next.
        self.session.expunge(row)
        self.session.rollback()
        return row, code

    def check(self, code: str, *, now: Any = LATER, **who: Any) -> UUID | None:
        given: dict[str, Any] = {"subject_id": self.id, "party_id": self.recipient.party_id} | who
        return service.check_code(self.session, purpose=PURPOSE, code=code, now=now, **given)

    def use(self, code_id: UUID, *, now: Any = LATER) -> None:
        self.session.begin_write()
        service.use_code(self.session, code_id, now=now)
        self.session.commit()


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def row_of(session: Session, code_id: UUID) -> OneTimeCode:
    session.rollback()
    return session.get_one(OneTimeCode, code_id, populate_existing=True)


# ── issuing ──────────────────────────────────────────────────────────────────────────────────────


def test_a_code_has_six_digits_and_ten_minutes_and_is_kept_as_a_keyed_hash(session: Session, case: Case) -> None:
    row, code = case.issue()
    assert len(code) == 6 and code.isascii() and code.isdigit()
    assert row.expires_at - row.created_at == timedelta(minutes=10) == CODE_LIFETIME
    assert row.mac == session.keys.mac(Purpose.CODE, "one-time", str(row.id), code, key_id=row.mac_key_id)
    for table in ("one_time_codes", "notices", "jobs"):
        assert code not in str(session.execute(sa.text(f"SELECT * FROM {table}")).all())


def test_the_notice_carries_the_code_and_keeps_it_out_of_its_text(session: Session, case: Case) -> None:
    row, code = case.issue()
    notice = session.get_one(Notice, row.notice_id)
    assert (notice.kind, notice.subject_id, notice.party_id) == (
        NoticeKind.ONE_TIME_CODE,
        case.id,
        case.recipient.party_id,
    )
    assert notice.secret_expires_at == row.expires_at
    assert code in notices.letter(session, notice, now=NOW).body
    assert code not in str(open_box(session, case.key_id).open(notice))


def test_a_code_and_its_notice_come_together_or_not_at_all(session: Session, case: Case) -> None:
    session.begin_write()
    service.issue_code(
        session,
        box=open_box(session, case.key_id),
        subject_id=case.id,
        recipient=case.recipient,
        purpose=PURPOSE,
        now=NOW,
        profile=a_profile(),
    )
    session.rollback()
    for table in ("one_time_codes", "notices", "jobs"):
        assert session.execute(sa.text(f"SELECT * FROM {table}")).all() == []


def test_codes_are_drawn_anew(case: Case) -> None:
    assert len({case.issue(now=NOW + timedelta(hours=2 * hour))[1] for hour in range(8)}) > 6


def test_an_hour_holds_three_codes_for_one_party(session: Session, case: Case) -> None:
    for minutes in range(CODES_AN_HOUR):
        case.issue(now=NOW + timedelta(minutes=minutes))
    with pytest.raises(TooManyCodes):
        case.issue(now=NOW + timedelta(minutes=59))
    session.rollback()
    # Another party of the case and another case are not concerned.
    case.issue(now=NOW + timedelta(minutes=59), recipient=a_recipient())
    Case(session).issue(now=NOW + timedelta(minutes=59))
    case.issue(now=NOW + timedelta(minutes=61))


def test_a_session_that_reads_issues_uses_and_purges_nothing(session: Session, case: Case) -> None:
    row, _ = case.issue()
    with pytest.raises(WriteOutsideWriting):
        service.issue_code(
            session,
            box=open_box(session, case.key_id),
            subject_id=case.id,
            recipient=case.recipient,
            purpose=PURPOSE,
            now=NOW,
            profile=a_profile(),
        )
    with pytest.raises(WriteOutsideWriting):
        service.use_code(session, row.id, now=NOW)
    with pytest.raises(WriteOutsideWriting):
        service.purge(session, now=NOW)


# ── checking ─────────────────────────────────────────────────────────────────────────────────────


def test_the_right_code_is_right_however_it_is_typed(case: Case) -> None:
    row, code = case.issue()
    assert case.check(f" {code[:3]} {code[3:]}") == row.id


def test_a_right_code_is_right_until_its_ten_minutes_are_over(case: Case) -> None:
    row, code = case.issue()
    assert case.check(code, now=row.expires_at - timedelta(microseconds=1)) == row.id
    assert case.check(code, now=row.expires_at) is None


def test_a_code_is_good_for_its_own_case_and_party_only(session: Session, case: Case) -> None:
    row, code = case.issue()
    other = Case(session)
    other.issue()
    assert other.check(code, party_id=case.recipient.party_id) is None
    assert case.check(code, party_id=uuid7()) is None
    assert case.check(code, party_id=None) is None
    assert case.check(code, subject_id=None) is None
    assert case.check(code) == row.id


def test_a_newer_code_ends_the_older_one_and_the_older_letter_never_leaves(session: Session, case: Case) -> None:
    older, old_code = case.issue()
    newer, new_code = case.issue(now=NOW + timedelta(minutes=1))
    if old_code != new_code:
        assert case.check(old_code) is None
    assert case.check(new_code) == newer.id
    session.rollback()
    with pytest.raises(SecretGone):
        notices.letter(session, session.get_one(Notice, older.notice_id, populate_existing=True), now=LATER)
    notices.letter(session, session.get_one(Notice, newer.notice_id, populate_existing=True), now=LATER)


def test_the_fifth_try_may_be_right_and_the_sixth_may_not(case: Case) -> None:
    row, code = case.issue()
    for _ in range(CODE_TRIES - 1):
        assert case.check(wrong(code)) is None
    assert case.check(code) == row.id
    assert case.check(code) is None


def test_tries_at_an_older_code_do_not_count_for_the_newer_one(case: Case) -> None:
    _, code = case.issue()
    for _ in range(CODE_TRIES):
        case.check(wrong(code))
    newer, code = case.issue(now=NOW + timedelta(minutes=1))
    assert case.check(code) == newer.id


def test_a_try_counts_although_the_request_fails_afterwards(session: Session, case: Case) -> None:
    row, code = case.issue()
    for _ in range(3):
        case.check(wrong(code))
        session.begin_write()
        session.rollback()
        session.close()
    assert row_of(session, row.id).tries == 3


def test_a_try_inside_a_write_is_refused_because_it_would_be_rolled_back_with_it(session: Session, case: Case) -> None:
    case.issue()
    session.begin_write()
    with pytest.raises(RuntimeError):
        case.check("000000")


def test_of_many_tries_at_once_each_is_counted(database: Database, session: Session, case: Case) -> None:
    row, code = case.issue()
    session.close()

    def guess(number: int) -> UUID | None:
        with database.session() as own:
            return service.check_code(
                own,
                subject_id=case.id,
                party_id=case.recipient.party_id,
                purpose=PURPOSE,
                code=code,
                now=LATER,
            )

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(40)))
    assert answers.count(row.id) == CODE_TRIES
    assert answers.count(None) == 40 - CODE_TRIES
    assert row_of(session, row.id).tries == 40


def test_a_code_outlives_the_rotation_of_its_key(database: Database, session: Session, case: Case) -> None:
    row, code = case.issue()
    session.keys = session.keys.rotated(Purpose.CODE, "code-2")
    assert case.check(code) == row.id
    assert case.check(code, subject_id=None) is None


# ── using ────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_is_used_once_and_its_letter_forgets_it(session: Session, case: Case) -> None:
    row, code = case.issue()
    case.use(row.id)
    assert case.check(code) is None
    assert row_of(session, row.id).used_at == LATER
    assert session.get_one(Notice, row.notice_id, populate_existing=True).secret is None
    with pytest.raises(CodeSpent):
        case.use(row.id)


def test_of_two_who_use_the_same_code_at_once_one_gets_through(
    database: Database, session: Session, case: Case
) -> None:
    row, code = case.issue()
    assert case.check(code) == case.check(code) == row.id
    session.close()

    def use(_: int) -> bool:
        with database.session() as own:
            own.begin_write()
            try:
                service.use_code(own, row.id, now=LATER)
            except CodeSpent:
                return False
            own.commit()
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_a_use_that_is_rolled_back_leaves_the_code_as_it_was(session: Session, case: Case) -> None:
    row, code = case.issue()
    session.begin_write()
    service.use_code(session, row.id, now=LATER)
    session.rollback()
    assert case.check(code) == row.id


def test_a_code_that_expires_between_check_and_use_is_spent(case: Case) -> None:
    row, _ = case.issue()
    with pytest.raises(CodeSpent):
        case.use(row.id, now=row.expires_at)


# ── telling nothing ──────────────────────────────────────────────────────────────────────────────


class CountingKeys(KeyRing):
    """The ring of a test, which counts the HMACs."""

    def __init__(self, keys: KeyRing) -> None:
        super().__init__(keys._rings)
        self.macs = 0

    def mac(self, *args: Any, **kwargs: Any) -> bytes:
        self.macs += 1
        return super().mac(*args, **kwargs)


@contextmanager
def spoken(database: Database) -> Iterator[list[str]]:
    """What is said to the database meanwhile: statements and commits."""
    said: list[str] = []

    def execute(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    def commit(_: Any) -> None:
        said.append("COMMIT")

    event.listen(database.engine, "after_cursor_execute", execute)
    event.listen(database.engine, "commit", commit)
    try:
        yield said
    finally:
        event.remove(database.engine, "after_cursor_execute", execute)
        event.remove(database.engine, "commit", commit)


def tried(session: Session) -> int:
    """All tries that were ever counted, at codes and at the decoy."""
    session.rollback()
    return session.scalar(sa.select(sa.func.sum(OneTimeCode.tries))) or 0


def test_what_is_done_for_a_guess_does_not_tell_whether_the_case_exists(
    database: Database, session: Session, case: Case
) -> None:
    row, code = case.issue()
    never_asked = Case(session)
    exhausted = Case(session)
    _, last_code = exhausted.issue()
    for _ in range(CODE_TRIES):
        exhausted.check(wrong(last_code))
    case.check(code, subject_id=None)  # Makes the decoy, once in the life of a deployment.
    guesses: dict[str, dict[str, Any]] = {
        "wrong code": {"code": wrong(code)},
        "right code": {"code": code},
        "expired": {"code": code, "now": row.expires_at},
        "no code asked for": {"code": code, "subject_id": never_asked.id},
        "no such case": {"code": code, "subject_id": uuid7()},
        "a number nobody has": {"code": code, "subject_id": None, "party_id": None},
        "not even a code": {"code": "kode"},
        "no tries left": {
            "code": last_code,
            "subject_id": exhausted.id,
            "party_id": exhausted.recipient.party_id,
        },
    }
    heard = {}
    for name, guess in guesses.items():
        keys = CountingKeys(database.keys)
        session.keys = keys
        tries = tried(session)
        with spoken(database) as said:
            answer = case.check(**guess)
        assert (answer is not None) == (name == "right code"), name
        heard[name] = (tuple(said), keys.macs)
        assert tried(session) - tries == 1, name
    assert len(set(heard.values())) == 1, heard
    ((said, macs),) = set(heard.values())
    assert macs == 1
    # One change, one commit, and on SQLite the BEGIN IMMEDIATE before them.
    assert [line.split()[0] for line in said] == (["BEGIN"] if database.is_sqlite else []) + ["UPDATE", "COMMIT"]


def test_the_decoy_fits_no_code_and_is_made_once(database: Database, session: Session, case: Case) -> None:
    with ThreadPoolExecutor(4) as pool:

        def guess(_: int) -> UUID | None:
            with database.session() as own:
                return service.check_code(own, subject_id=None, purpose=PURPOSE, code="000000", now=LATER)

        assert set(pool.map(guess, range(12))) == {None}
    decoys = session.scalars(sa.select(OneTimeCode)).all()
    assert [(decoy.id, decoy.tries) for decoy in decoys] == [(service.DECOY, 12)]


# ── cleaning up ──────────────────────────────────────────────────────────────────────────────────


def test_spent_codes_are_deleted_when_no_rule_counts_them_any_more(session: Session, case: Case) -> None:
    old, _ = case.issue()
    young, _ = case.issue(now=NOW + timedelta(minutes=30))
    case.check("000000", subject_id=None)
    session.begin_write()
    service.purge(session, now=NOW + timedelta(minutes=61))
    session.commit()
    assert set(session.scalars(sa.select(OneTimeCode.id))) == {young.id, service.DECOY}
    assert session.get(Notice, old.notice_id) is not None
