"""The ledger: what is written with the business, what is kept, and when a secret dies."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.db import Database, Session, WriteOutsideWriting, uuid7, writing
from portal.notices import queries, service
from portal.notices.models import Notice
from portal.notices.rules import (
    MASK,
    Channel,
    Failure,
    NoticeKind,
    NoticeState,
    Secret,
    SecretGone,
    text_hash,
)
from portal.sealing import Box, KeyDestroyed, Tampered, destroy_key, new_box, open_box
from tests.notices.letters import CODE, FACTS, NOW, a_notice, a_profile, a_recipient, jobs, opened, read

EXPIRED = NOW + timedelta(minutes=10)


def test_a_notice_is_written_with_the_business_or_not_at_all(session: Session) -> None:
    session.begin_write()
    service.write(
        session,
        box=new_box(session, now=NOW),
        subject_id=uuid7(),
        recipient=a_recipient(),
        kind=NoticeKind.RECEIPT,
        facts=FACTS[NoticeKind.RECEIPT],
        now=NOW,
        profile=a_profile(),
    )
    session.flush()
    session.rollback()
    assert session.scalars(sa.select(Notice)).all() == []
    assert jobs(session) == []


def test_a_session_that_reads_cannot_write_a_notice(session: Session) -> None:
    with pytest.raises(WriteOutsideWriting):
        service.write(
            session,
            box=Box(uuid7(), bytes(32)),
            subject_id=uuid7(),
            recipient=a_recipient(),
            kind=NoticeKind.RECEIPT,
            facts=FACTS[NoticeKind.RECEIPT],
            now=NOW,
            profile=a_profile(),
        )
    session.expunge_all()
    with pytest.raises(WriteOutsideWriting):
        service.forget_secrets(session, [])
    with pytest.raises(WriteOutsideWriting):
        service.expire_secrets(session, now=NOW)


@pytest.mark.parametrize(
    ("addresses", "channel", "state", "where"),
    [
        ({}, Channel.EMAIL, NoticeState.WAITING, "s•••@example.id"),
        ({"email": None, "phone": "+6281200004419"}, Channel.SMS, NoticeState.WAITING, "•••4419"),
        ({"email": None}, Channel.NONE, NoticeState.HELD, ""),
    ],
)
def test_a_notice_waits_for_its_channel(
    session: Session, addresses: dict[str, str | None], channel: Channel, state: NoticeState, where: str
) -> None:
    notice = read(session, a_notice(session, **addresses).id)
    assert (notice.channel, notice.state, notice.settled_at) == (channel, state, None)
    assert opened(session, notice)["masked"] == where
    expected = [] if channel is Channel.NONE else [("notice.send", f"notice:{notice.id}:{channel}")]
    assert jobs(session) == expected


def test_what_is_kept_is_sealed_and_its_hash_can_be_recounted(session: Session) -> None:
    notice = read(session, a_notice(session).id)
    told = opened(session, notice)
    assert (told["name"], told["address"]) == ("Siti Rahmawati", "siti.rahmawati@example.id")
    assert "BM-26-K7QX-4MTR" in told["subject"] and "BM-26-K7QX-4MTR" in told["body"]
    assert notice.text_hash == text_hash(told["salt"], told["subject"], told["body"])
    row = session.execute(sa.text("SELECT * FROM notices")).one()
    assert not any(private in str(tuple(row)) for private in ("siti", "Siti", "BM-26", "K7QX", "example.id"))


def test_a_sealed_text_moved_to_another_notice_is_refused(session: Session) -> None:
    session.begin_write()
    box = new_box(session, now=NOW)
    session.commit()
    one, other = a_notice(session, box=box), a_notice(session, box=box)
    other.sealed = one.sealed
    with pytest.raises(Tampered):
        open_box(session, other.key_id).open(other)


def test_the_language_is_the_recipients(session: Session) -> None:
    told = opened(session, a_notice(session, language="en", facts={"kind": "complaint"}))
    assert told["subject"] == "Receipt of your complaint BM-26-K7QX-4MTR"


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────


def test_the_kept_text_never_holds_the_secret_and_the_letter_does(session: Session) -> None:
    notice = read(session, a_notice(session, NoticeKind.ONE_TIME_CODE).id)
    assert CODE not in str(opened(session, notice))
    assert opened(session, notice)["body"].count(MASK) == 1
    letter = service.letter(session, notice, now=NOW)
    assert f"Kode sekali pakai Anda: {CODE}\n" in letter.body
    assert MASK not in letter.body
    assert CODE not in letter.subject
    assert CODE not in repr(letter)


def test_a_name_cannot_pose_as_the_place_of_the_secret(session: Session) -> None:
    """The sender puts the secret where the mask stands, so no fact may bring one."""
    session.begin_write()
    facts = FACTS[NoticeKind.RECEIPT] | {"number": f"BM {MASK}"}
    notice = service.write(
        session,
        box=new_box(session, now=NOW),
        subject_id=uuid7(),
        recipient=a_recipient(name=MASK),
        kind=NoticeKind.RECEIPT,
        facts=facts,
        secret=Secret(CODE, EXPIRED),
        now=NOW,
        profile=a_profile(),
    )
    session.commit()
    assert CODE not in service.letter(session, notice, now=NOW).body


def test_the_secret_is_bound_to_its_column(session: Session) -> None:
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE)
    notice.sealed, notice.secret = notice.secret, notice.sealed  # type: ignore[assignment]
    box = open_box(session, notice.key_id)
    with pytest.raises(Tampered):
        box.open(notice)
    with pytest.raises(Tampered):
        box.open(notice, "secret")


def test_a_used_secret_is_destroyed_and_its_notice_can_never_be_sent(session: Session) -> None:
    used, noise = a_notice(session, NoticeKind.ONE_TIME_CODE), a_notice(session, NoticeKind.ONE_TIME_CODE)
    session.begin_write()
    service.forget_secrets(session, [used.id])
    session.commit()
    notice = read(session, used.id)
    assert notice.secret is None
    with pytest.raises(SecretGone) as gone:
        service.letter(session, notice, now=NOW)
    assert gone.value.failure is Failure.WITHDRAWN
    assert read(session, noise.id).secret is not None


def test_expired_secrets_are_destroyed_and_what_has_not_left_is_given_up(session: Session) -> None:
    waiting = a_notice(session, NoticeKind.ONE_TIME_CODE)
    held = a_notice(session, NoticeKind.ONE_TIME_CODE, email=None)
    receipt = a_notice(session)
    later = a_notice(session, NoticeKind.ONE_TIME_CODE, now=NOW + timedelta(seconds=1))
    session.begin_write()
    service.expire_secrets(session, now=EXPIRED)
    session.commit()
    for given_up in (waiting, held):
        notice = read(session, given_up.id)
        assert (notice.state, notice.failure, notice.secret) == (NoticeState.FAILED, Failure.EXPIRED, None)
        assert notice.settled_at == EXPIRED
    assert read(session, receipt.id).state is NoticeState.WAITING
    assert read(session, later.id).secret is not None


def test_an_expired_secret_is_not_put_into_a_letter(session: Session) -> None:
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE)
    service.letter(session, notice, now=EXPIRED - timedelta(microseconds=1))
    with pytest.raises(SecretGone) as gone:
        service.letter(session, notice, now=EXPIRED)
    assert gone.value.failure is Failure.EXPIRED


def test_settling_destroys_the_secret(session: Session) -> None:
    sent, failed = (a_notice(session, NoticeKind.ONE_TIME_CODE) for _ in range(2))
    service.mark_sent(writing(session, sent), tries=1, now=NOW)
    service.mark_failed(writing(session, failed), "smtp_550", tries=1, now=NOW)
    session.commit()
    assert read(session, sent.id).secret is None
    assert read(session, failed.id).secret is None


def test_what_the_other_side_took_is_sent_even_if_a_sweep_called_it_expired_meanwhile(session: Session) -> None:
    notice = a_notice(session, NoticeKind.ONE_TIME_CODE)
    session.begin_write()
    service.expire_secrets(session, now=EXPIRED)
    session.commit()
    service.mark_sent(writing(session, notice), tries=1, now=EXPIRED)
    session.commit()
    notice = read(session, notice.id)
    assert (notice.state, notice.failure, notice.sent_at) == (NoticeState.SENT, None, EXPIRED)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def test_the_ledger_of_a_case_shows_what_where_and_when_newest_first(session: Session) -> None:
    session.begin_write()
    box = new_box(session, now=NOW)
    session.commit()
    case = uuid7()
    first = a_notice(session, box=box, subject_id=case)
    second = a_notice(
        session, NoticeKind.ONE_TIME_CODE, box=box, subject_id=case, now=NOW + timedelta(hours=1), language="en"
    )
    a_notice(session)
    service.mark_failed(writing(session, first), "smtp_550", tries=2, now=NOW)
    session.commit()

    lines = queries.ledger(session, case)
    assert [line.id for line in lines] == [second.id, first.id]
    code, receipt = lines
    assert (code.kind, code.language, code.state) == (NoticeKind.ONE_TIME_CODE, "en", NoticeState.WAITING)
    assert (code.subject, code.sent_at) == ("Your one-time code", None)
    assert (receipt.where, receipt.channel, receipt.written_at) == ("s•••@example.id", Channel.EMAIL, NOW)
    assert (receipt.state, receipt.failure) == (NoticeState.FAILED, "smtp_550")


def test_the_ledger_of_an_erased_case_cannot_be_read(session: Session) -> None:
    notice = a_notice(session)
    session.begin_write()
    destroy_key(session, notice.key_id, now=NOW)
    session.commit()
    with pytest.raises(KeyDestroyed):
        queries.ledger(session, notice.subject_id)


def test_a_notice_that_lost_its_job_is_found(session: Session) -> None:
    lost, kept, young = a_notice(session), a_notice(session), a_notice(session, now=NOW + timedelta(hours=1))
    nowhere = a_notice(session, email=None)
    session.begin_write()
    session.execute(sa.text("DELETE FROM jobs WHERE key <> :key"), {"key": f"notice:{kept.id}:email"})
    session.commit()
    assert queries.without_job(session, before=NOW + timedelta(minutes=1)) == [(lost.id, Channel.EMAIL)]
    assert young.id and nowhere.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": NoticeState.SENT, "settled_at": NOW},
        {"state": NoticeState.SENT, "sent_at": NOW},
        {"state": NoticeState.FAILED, "settled_at": NOW},
        {"state": NoticeState.WAITING, "failure": "smtp_550"},
        {"state": NoticeState.WAITING, "settled_at": NOW},
        {"secret": b"x"},
        {"channel": Channel.NONE},
    ],
)
def test_the_table_refuses_what_contradicts_itself(
    database: Database, session: Session, wrong: dict[str, object]
) -> None:
    notice = a_notice(session)
    with pytest.raises(sa.exc.IntegrityError), database.short_write() as connection:
        connection.execute(sa.update(Notice).where(Notice.id == notice.id).values(**wrong))
