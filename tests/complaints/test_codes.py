"""Access codes and the logins they open: what is kept of them, what ends them, what they cost."""

import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.complaints import codes
from portal.complaints.codes import Holder, Opening
from portal.complaints.entry.models import AccessCode, CaseSession
from portal.complaints.entry.rules import SESSION_IDLE, SESSION_LONGEST
from portal.complaints.models import Complaint
from portal.complaints.numbers import new_access_code, new_number, read_code, read_number
from portal.complaints.rules import Role, Status
from portal.complaints.service import erase
from portal.db import Base, Database, Session, WriteOutsideWriting, writing
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.sealing import KeyRing, Purpose, Tampered
from tests.builders import NOW
from tests.complaints.cases import ACCOUNT, Case, file_case

MINUTE = timedelta(minutes=1)


def found(session: Session, case: Case, code: str | None = None) -> AccessCode | None:
    number = read_number(case.number, "BM")
    return codes.find_by_code(session, number=number, account="", code=case.code if code is None else code)


def log_in(database: Database, case: Case, *, now: datetime = NOW) -> str:
    """Open a login with the case's code; returns its token."""
    with database.session() as session:
        code = found(session, case)
        assert code is not None
        session.begin_write()
        token = codes.begin_session(session, code, now=now)
        session.commit()
    return token


def renew(database: Database, case: Case, *, now: datetime = NOW) -> str:
    with database.session() as session:
        session.begin_write()
        code = codes.grant_code(session, complaint_id=case.complaint_id, party_id=case.party_id, now=now)
        session.commit()
    return code


def with_keys(database: Database, keys: KeyRing) -> Database:
    """The same database in the hands of a process with another key ring."""
    return Database(database.url.render_as_string(hide_password=False), keys)


def held(database: Database, token: str, *, now: datetime = NOW, seen: bool = True) -> Holder | None:
    with database.session() as session:
        return codes.holder_of(session, token, now=now, seen=seen)


# ── codes ────────────────────────────────────────────────────────────────────────────────────────


def test_number_and_code_open_the_case(database: Database, session: Session, case: Case) -> None:
    """BM-34: the customer can ask where the complaint stands."""
    for written in (case.code, case.code.lower(), case.code.replace("-", " "), f" {case.code} "):
        code = found(session, case, written)
        assert code is not None
        assert code.complaint_id == case.complaint_id
        assert code.generation == 1


def test_the_account_number_opens_it_too(
    database: Database, session: Session, case: Case, profile: Institution
) -> None:
    """BM-35: by the registration number and/or the account number; the code says which of several cases."""
    other = file_case(database, profile)
    stranger = file_case(database, profile, account="9990001112")
    for each in (case, other):
        code = codes.find_by_code(session, number=None, account=ACCOUNT, code=each.code)
        assert code is not None and code.complaint_id == each.complaint_id
    assert codes.find_by_code(session, number=None, account=ACCOUNT, code=stranger.code) is None
    assert codes.find_by_code(session, number=None, account="", code=case.code) is None


def test_nothing_else_opens_it(database: Database, session: Session, case: Case, profile: Institution) -> None:
    other = file_case(database, profile, account="9990001112")
    assert found(session, case, other.code) is None
    assert found(session, other, case.code) is None
    for wrong in ("", "-", new_access_code(), case.code[:-1], case.code + "A", "X" * 10_000):
        assert found(session, case, wrong) is None
    unknown = new_number("BM", 2026)
    assert codes.find_by_code(session, number=unknown, account="", code=case.code) is None


def test_a_new_generation_ends_the_older_one_and_its_logins(database: Database, session: Session, case: Case) -> None:
    token = log_in(database, case)
    assert held(database, token)
    new = renew(database, case)
    assert found(session, case) is None
    code = found(session, case, new)
    assert code is not None and code.generation == 2
    assert held(database, token) is None
    assert codes.version_for(database, token, now=NOW) is None


def test_one_persons_new_code_leaves_the_others_alone(
    database: Database, session: Session, case: Case, profile: Institution
) -> None:
    other = file_case(database, profile)
    token = log_in(database, other)
    renew(database, case)
    assert found(session, other) is not None
    assert held(database, token)


def test_a_code_outlives_the_rotation_of_its_key(database: Database, case: Case) -> None:
    rotated = Database(
        database.url.render_as_string(hide_password=False), database.keys.rotated(Purpose.CODE, "code-2")
    )
    with rotated.session() as session:
        assert found(session, case) is not None
        session.begin_write()
        new = codes.grant_code(session, complaint_id=case.complaint_id, party_id=case.party_id, now=NOW)
        session.commit()
        assert found(session, case, new) is not None
    rotated.dispose()


# ── what it costs to ask ─────────────────────────────────────────────────────────────────────────


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    """Every SQL statement and every keyed hash made inside the block."""
    made: dict[str, list[str]] = {"statements": [], "macs": []}
    digest = hmac.digest

    def note_statement(_c: object, _u: object, statement: str, *_: object) -> None:
        made["statements"].append(statement)

    def note_mac(key: bytes, message: bytes, name: str) -> bytes:
        made["macs"].append(name)
        return digest(key, message, name)

    event.listen(sa.Engine, "before_cursor_execute", note_statement)
    monkeypatch.setattr(hmac, "digest", note_mac)
    try:
        yield made
    finally:
        monkeypatch.setattr(hmac, "digest", digest)
        event.remove(sa.Engine, "before_cursor_execute", note_statement)


def test_a_wrong_code_and_an_unknown_number_cost_the_same(
    session: Session, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One statement, word for word, and one HMAC, whatever exists and whatever is wrong."""
    asked = {}
    for name, number, code in (
        ("right", read_number(case.number, "BM"), case.code),
        ("wrong code", read_number(case.number, "BM"), new_access_code()),
        ("unknown number", new_number("BM", 2026), case.code),
        ("both unknown", new_number("BM", 2026), new_access_code()),
    ):
        session.connection()
        with counted(monkeypatch) as made:
            codes.find_by_code(session, number=number, account="", code=code)
        asked[name] = made
    assert len(asked["right"]["statements"]) == 1
    assert len(asked["right"]["macs"]) == 1
    assert all(made == asked["right"] for made in asked.values())


def test_an_account_that_has_no_case_costs_the_same(
    session: Session, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    for account in (ACCOUNT, "0000000000"):
        session.connection()
        with counted(monkeypatch) as made:
            codes.find_by_code(session, number=None, account=account, code=new_access_code())
        asked.append(made)
    assert asked[0] == asked[1]
    # One for the code, one for the account's blind index.
    assert [len(asked[0][what]) for what in ("statements", "macs")] == [1, 2]


# ── logins ───────────────────────────────────────────────────────────────────────────────────────


def test_a_login_names_its_case_and_party(database: Database, case: Case) -> None:
    holder = held(database, log_in(database, case))
    assert holder is not None
    assert (holder.complaint.id, holder.party.id) == (case.complaint_id, case.party_id)
    assert (holder.complaint.status, holder.party.role) == (Status.RECEIVED, Role.CUSTOMER)
    assert holder.new_code is None


def test_only_the_random_id_opens_a_login(database: Database, case: Case) -> None:
    token = log_in(database, case)
    with database.reader.connect() as connection:
        digest = connection.scalar(sa.select(CaseSession.digest))
    for guess in ("", "x", token[:-1], token.swapcase(), digest.hex()):
        assert held(database, guess) is None
        assert codes.version_for(database, guess, now=NOW) is None
    assert len(token) >= 43


def test_a_login_idles_out_and_a_used_one_lives_on(database: Database, case: Case) -> None:
    token = log_in(database, case)
    assert held(database, token, now=NOW + SESSION_IDLE)
    later = NOW + 2 * SESSION_IDLE
    assert held(database, token, now=later)
    assert held(database, token, now=later + SESSION_IDLE + MINUTE) is None
    assert codes.version_for(database, token, now=later + SESSION_IDLE + MINUTE) is None


def test_a_page_left_open_keeps_no_login_alive(database: Database, case: Case) -> None:
    """What a page asks by itself once a minute does not count as being used."""
    token = log_in(database, case)
    for minutes in range(1, 31):
        assert codes.version_for(database, token, now=NOW + minutes * MINUTE) == 1
        assert held(database, token, now=NOW + minutes * MINUTE, seen=False)
    assert codes.version_for(database, token, now=NOW + 31 * MINUTE) is None


def test_a_login_ends_after_twelve_hours_of_use(database: Database, case: Case) -> None:
    token = log_in(database, case)
    now = NOW
    while now < NOW + SESSION_LONGEST - 20 * MINUTE:
        now += 20 * MINUTE
        assert held(database, token, now=now), now - NOW
    assert held(database, token, now=NOW + SESSION_LONGEST) is None
    assert codes.version_for(database, token, now=NOW + SESSION_LONGEST) is None


def test_the_last_use_is_written_once_a_minute(database: Database, case: Case) -> None:
    token = log_in(database, case)

    def last() -> datetime:
        with database.reader.connect() as connection:
            return connection.execute(sa.select(CaseSession.last_seen_at)).scalar_one()

    held(database, token, now=NOW + timedelta(seconds=59))
    assert last() == NOW
    held(database, token, now=NOW + MINUTE)
    assert last() == NOW + MINUTE


def test_a_login_that_was_ended_stays_ended(database: Database, session: Session, case: Case) -> None:
    token, other = log_in(database, case), log_in(database, case)
    session.begin_write()
    codes.end_session(session, token, now=NOW)
    session.commit()
    assert held(database, token) is None
    assert codes.version_for(database, token, now=NOW) is None
    assert held(database, other)


def test_a_login_is_not_opened_by_who_only_reads(session: Session, case: Case) -> None:
    code = found(session, case)
    assert code is not None
    with pytest.raises(WriteOutsideWriting):
        codes.begin_session(session, code, now=NOW)


def test_dead_logins_are_swept_and_living_ones_stay(database: Database, session: Session, case: Case) -> None:
    log_in(database, case)
    living = log_in(database, case, now=NOW + SESSION_LONGEST)
    session.begin_write()
    assert codes.sweep_sessions(session, now=NOW + SESSION_LONGEST + MINUTE) == 1
    session.commit()
    assert held(database, living, now=NOW + SESSION_LONGEST + MINUTE)


# ── a new code until it is kept ──────────────────────────────────────────────────────────────────


def opened_with_new_code(database: Database, case: Case) -> tuple[Opening, str]:
    with database.session() as session:
        session.begin_write()
        opening = codes.replace_code(session, complaint_id=case.complaint_id, party_id=case.party_id, now=NOW)
        token = codes.begin_session(session, opening.row, now=NOW, new_code=opening.printed)
        session.commit()
    return opening, token


def test_a_new_code_is_shown_until_it_is_kept(database: Database, session: Session, case: Case) -> None:
    opening, token = opened_with_new_code(database, case)
    for _ in range(3):
        holder = held(database, token)
        assert holder is not None and holder.new_code == opening.printed
    session.begin_write()
    codes.keep_new_code(session, holder.session_id)
    session.commit()
    assert held(database, token).new_code is None
    assert found(session, case, opening.printed) is not None


def test_a_new_code_cannot_be_moved_to_another_login(database: Database, case: Case) -> None:
    """Who can write SQL but holds another login reads nothing by copying the sealed code there."""
    _, token = opened_with_new_code(database, case)
    with database.session() as session:
        opened = session.scalar(sa.select(CaseSession))
        code = session.get(AccessCode, opened.access_code_id)
        session.begin_write()
        other = codes.begin_session(session, code, now=NOW)
        row = session.scalar(sa.select(CaseSession).where(CaseSession.digest == codes.token_digest(other)))
        row.new_code = opened.new_code
        session.commit()
    assert held(database, token).new_code
    with pytest.raises(Tampered):
        held(database, other)


# ── what stands in the tables ────────────────────────────────────────────────────────────────────


def everything(database: Database) -> list[bytes]:
    """Every value of every table, as bytes."""
    values: list[bytes] = []
    with database.reader.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for value in row:
                    values.append(value if isinstance(value, bytes) else json.dumps(value, default=str).encode())
    return values


def test_no_table_holds_a_code_a_token_or_what_the_customer_told(
    database: Database, session: Session, case: Case
) -> None:
    opening, token = opened_with_new_code(database, case)
    session.begin_write()
    codes.report_lost(session, number=read_number(case.number, "BM"), account="", role=Role.CUSTOMER, now=NOW)
    codes.report_lost(session, number=None, account=ACCOUNT, role=Role.CUSTOMER, now=NOW)
    session.commit()
    secrets = [case.code, read_code(case.code), opening.printed, read_code(opening.printed), token]
    personal = ["Siti", "siti@example.id", "6281200004419", ACCOUNT, "FT26112000417", "Saldo saya", "1250000"]
    stored = everything(database)
    assert len(stored) > 50
    for text in (*secrets, *personal):
        assert not any(text.encode() in value for value in stored), text


# ── a lost code ──────────────────────────────────────────────────────────────────────────────────


def payload_of(session: Session) -> dict[str, object]:
    (payload,) = session.scalars(sa.select(Job.payload).where(Job.kind == codes.LOST_CODE)).all()
    return dict(payload)


@pytest.mark.parametrize("by", ["number", "account"])
def test_the_job_for_a_lost_code_names_the_case_to_us_alone(
    database: Database, session: Session, case: Case, by: str
) -> None:
    number = read_number(case.number, "BM") if by == "number" else None
    session.begin_write()
    codes.report_lost(session, number=number, account="" if number else ACCOUNT, role=Role.CUSTOMER, now=NOW)
    session.commit()
    payload = payload_of(session)
    canonical = read_number(case.number, "BM").canonical
    assert canonical not in json.dumps(payload) and canonical[2:] not in json.dumps(payload)
    assert ACCOUNT not in json.dumps(payload)
    assert codes.find_lost(session, payload, "BM") == (case.complaint_id, case.party_id)


@pytest.mark.parametrize("account", ["", "0000000000"])
def test_the_job_for_an_unknown_number_has_the_same_shape(session: Session, case: Case, account: str) -> None:
    shapes = []
    known = None if account else read_number(case.number, "BM")
    for number, named in ((known, ACCOUNT), (None if account else new_number("BM", 2026), account)):
        session.begin_write()
        session.execute(sa.delete(Job))
        codes.report_lost(session, number=number, account="" if number else named, role=Role.CUSTOMER, now=NOW)
        session.commit()
        payload = payload_of(session)
        shapes.append(
            [(key, len(value[0]) if isinstance(value, list) else len(str(value))) for key, value in payload.items()]
        )
    assert shapes[0] == shapes[1]
    assert codes.find_lost(session, payload, "BM") is None


def test_the_same_number_makes_a_different_payload_each_time(session: Session, case: Case) -> None:
    session.begin_write()
    for _ in range(2):
        codes.report_lost(session, number=read_number(case.number, "BM"), account="", role=Role.CUSTOMER, now=NOW)
    session.commit()
    one, other = session.scalars(sa.select(Job.payload).where(Job.kind == codes.LOST_CODE)).all()
    assert one != other


def test_a_payload_outlives_the_rotation_of_the_index_key(database: Database, session: Session, case: Case) -> None:
    session.begin_write()
    codes.report_lost(session, number=read_number(case.number, "BM"), account="", role=Role.CUSTOMER, now=NOW)
    session.commit()
    rotated = with_keys(database, database.keys.rotated(Purpose.INDEX, "index-2"))
    with rotated.session() as later:
        assert codes.find_lost(later, payload_of(session), "BM") == (case.complaint_id, case.party_id)
    rotated.dispose()


def test_a_payload_that_was_changed_is_refused(session: Session, case: Case) -> None:
    session.begin_write()
    codes.report_lost(session, number=read_number(case.number, "BM"), account="", role=Role.CUSTOMER, now=NOW)
    session.commit()
    sealed = str(payload_of(session)["number"])
    changed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    with pytest.raises(Tampered):
        codes.find_lost(session, {"number": changed, "role": "customer"}, "BM")


def test_an_account_number_means_the_newest_complaint(
    database: Database, session: Session, case: Case, profile: Institution
) -> None:
    newest = file_case(database, profile, now=NOW + timedelta(days=1))
    file_case(database, profile, now=NOW + timedelta(days=2), account="9990001112")
    session.begin_write()
    codes.report_lost(session, number=None, account=ACCOUNT, role=Role.CUSTOMER, now=NOW)
    session.commit()
    named = codes.find_lost(session, payload_of(session), "BM")
    assert named is not None and named.complaint_id == newest.complaint_id


def test_an_erased_case_is_opened_by_nothing(database: Database, session: Session, case: Case) -> None:
    token = log_in(database, case)
    erase(session, writing(session, session.get_one(Complaint, case.complaint_id)), now=NOW)
    session.commit()
    assert held(database, token) is None
    assert found(session, case) is None
