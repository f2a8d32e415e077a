"""Codes that take a draft up elsewhere, on both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.complaints.numbers import CODE_ALPHABET, CODE_LENGTH, new_access_code
from portal.db import Base, Database, NotHeld, Session, writing
from portal.filing import resume, service
from portal.filing.models import Draft, DraftToken, ResumeCode
from portal.filing.rules import AlreadySent
from portal.notices.models import Notice
from portal.notices.rules import MASK
from portal.notices.service import letter
from portal.sealing import KeyDestroyed, Purpose, open_box
from tests.builders import NOW
from tests.filing.test_service import BASE_URL, IDLE, PROFILE, begin, complete, send, the_one


def a_code(session: Session, draft: Draft) -> str:
    writing(session, draft)
    code = resume.new_code(session, draft, now=NOW)
    session.commit()
    return code


def a_mail(session: Session, draft: Draft, language: str = "id") -> Notice:
    writing(session, draft)
    notice = resume.mail_code(
        session,
        draft,
        address="siti@example.id",
        language=language,
        profile=PROFILE,
        base_url=BASE_URL,
        now=NOW,
    )
    session.commit()
    return notice


def test_a_code_has_sixty_bits_and_leads_to_its_draft_alone(session: Session) -> None:
    draft, _ = begin(session)
    begin(session)
    code = a_code(session, draft)
    assert len(code.replace("-", "")) == CODE_LENGTH and len(CODE_ALPHABET) ** CODE_LENGTH == 2**60
    assert resume.find_by_code(session, code, now=NOW) == draft.id
    # As people type it.
    assert resume.find_by_code(session, code.lower().replace("-", " "), now=NOW) == draft.id
    for wrong in (new_access_code(), code[:-1], code + "2", "", "x" * 10_000, str(draft.id)):
        assert resume.find_by_code(session, wrong, now=NOW) is None, wrong[:30]


def test_every_code_works_as_often_as_needed(session: Session) -> None:
    draft, first = begin(session)
    codes = [a_code(session, draft) for _ in range(3)]
    tokens = [first]
    for code in (*codes, codes[0]):
        assert resume.find_by_code(session, code, now=NOW) == draft.id
        writing(session, draft)
        tokens.append(resume.take_up(session, draft, now=NOW))
        session.commit()
    assert len(set(tokens)) == 5
    # All of them hold the draft from now on.
    assert {the_one(session, token, NOW) for token in tokens} == {draft.id}


def test_a_code_ends_with_the_draft(session: Session) -> None:
    draft, token = complete(session)
    code = a_code(session, draft)
    assert resume.find_by_code(session, code, now=NOW + IDLE - timedelta(seconds=1)) == draft.id
    assert resume.find_by_code(session, code, now=NOW + IDLE) is None
    send(session, draft, token)
    assert resume.find_by_code(session, code, now=NOW) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(ResumeCode)) == 0
    for act in (resume.new_code, resume.take_up):
        writing(session, draft)
        with pytest.raises(AlreadySent):
            act(session, draft, now=NOW)
        session.rollback()


@pytest.mark.parametrize("way", ["discarded", "purged"])
def test_a_deleted_draft_leaves_neither_code_nor_token(session: Session, way: str) -> None:
    draft, token = begin(session)
    code = a_code(session, draft)
    session.begin_write()
    if way == "purged":
        assert service.purge(session, now=NOW + IDLE) == 1
    else:
        service.discard(session, writing(session, draft), now=NOW)
    session.commit()
    assert resume.find_by_code(session, code, now=NOW) is None and the_one(session, token, NOW) is None
    for kind in (DraftToken, ResumeCode):
        assert session.scalar(sa.select(sa.func.count()).select_from(kind)) == 0


def test_the_code_is_kept_as_a_keyed_hash_alone_and_outlives_a_change_of_keys(
    session: Session, database: Database
) -> None:
    draft, token = begin(session)
    code = a_code(session, draft)
    notice = a_mail(session, draft)
    mailed = open_box(session, notice.key_id).open(notice, "secret")
    with database.reader.connect() as connection:
        for table in Base.metadata.tables.values():
            for row in connection.execute(sa.select(table)):
                kept = b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
                for secret in (code, mailed, token):
                    assert secret.encode() not in kept, table
                    assert secret.replace("-", "").encode() not in kept, table
    session.keys = session.keys.rotated(Purpose.CODE, "code-2")
    assert resume.find_by_code(session, code, now=NOW) == draft.id


def test_nothing_is_given_without_the_lock(session: Session) -> None:
    draft, _ = begin(session)
    session.begin_write()
    for act in (resume.new_code, resume.take_up):
        with pytest.raises(NotHeld):
            act(session, draft, now=NOW)


# ── by mail ──────────────────────────────────────────────────────────────────────────────────────


def test_the_mail_carries_a_code_of_its_own_and_nothing_that_was_told(session: Session) -> None:
    draft, _ = complete(session)
    shown = a_code(session, draft)
    notice = a_mail(session, draft)
    sent = letter(session, notice, now=NOW)
    code = next(word for word in sent.body.split() if word.count("-") == 2)
    assert code != shown
    assert {resume.find_by_code(session, one, now=NOW) for one in (shown, code)} == {draft.id}
    assert sent.address == "siti@example.id" and "Siti" not in sent.body and "sewa" not in sent.body
    assert f"{BASE_URL}/id/file/resume" in sent.body and code not in sent.body.split(BASE_URL)[1].split()[0]
    # What stays is the text with dots.
    kept = open_box(session, notice.key_id).open(notice)
    assert MASK in kept["body"] and code not in str(kept)


def test_a_mail_that_has_not_left_dies_with_the_draft(session: Session) -> None:
    draft, _ = begin(session)
    notice = a_mail(session, draft)
    service.discard(session, writing(session, draft), now=NOW)
    session.commit()
    with pytest.raises(KeyDestroyed):
        letter(session, notice, now=NOW)
