"""What is done to a draft, on both databases."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal.complaints.codes import find_by_code
from portal.complaints.entry.models import AccessCode
from portal.complaints.models import Complaint
from portal.complaints.numbers import Number
from portal.db import Database, NotHeld, Session, WriteOutsideWriting, writing
from portal.filing import service, tasks
from portal.filing.models import Draft, DraftToken
from portal.filing.queries import find_draft
from portal.filing.rules import KEPT_FOR, AlreadySent, Answer, Slug, Unfinished
from portal.jobs.rules import Roster, Work
from portal.sealing import CaseKey, KeyDestroyed, open_box
from tests.builders import NOW
from tests.filing.drafts import ACKNOWLEDGED, PATH, PROFILE, READ

BASE_URL = "https://pengaduan.example.id"
IDLE = timedelta(days=PROFILE.retention.draft_days)


def begin(session: Session, *, now: datetime = NOW) -> tuple[Draft, str]:
    session.begin_write()
    draft, token = service.begin(session, acknowledged=ACKNOWLEDGED, profile=PROFILE, now=now)
    session.commit()
    return draft, token


def save(session: Session, draft: Draft, slug: Slug, read: dict[str, Any] | None, *, now: datetime = NOW) -> None:
    writing(session, draft)
    answer = Answer({"x": "as typed"}, read)
    service.save(session, draft, slug, answer, language="en", profile=PROFILE, now=now)
    session.commit()


def complete(session: Session, *, now: datetime = NOW) -> tuple[Draft, str]:
    draft, token = begin(session, now=now)
    for slug in PATH:
        save(session, draft, slug, READ[slug], now=now)
    return draft, token


def send(session: Session, draft: Draft, token: str, *, now: datetime = NOW) -> None:
    writing(session, draft)
    service.send(session, draft, token=token, language="id", profile=PROFILE, base_url=BASE_URL, now=now)
    session.commit()


def sent(session: Session, *, now: datetime = NOW) -> tuple[Draft, str]:
    draft, token = complete(session, now=now)
    send(session, draft, token, now=now)
    return draft, token


def complaint_of(session: Session, draft: Draft) -> Complaint:
    assert draft.complaint_id is not None
    return session.get_one(Complaint, draft.complaint_id)


def the_one(session: Session, token: str, now: datetime) -> UUID | None:
    found = find_draft(session, token, now=now)
    return found and found.id


def work(session: Session, now: datetime) -> Work:
    return Work(session=session, payload={}, now=now, settings=None, job_id=Draft().id, attempt=1)  # type: ignore[arg-type]


# ── begun and saved ──────────────────────────────────────────────────────────────────────────────


def test_a_draft_knows_which_notice_was_acknowledged_when_and_in_which_language(session: Session) -> None:
    """UU 27/2022 art. 24: the controller must be able to show it."""
    draft, _ = begin(session)
    session.expire_all()
    assert (draft.notice_version, draft.notice_language, draft.acknowledged_at) == (
        PROFILE.privacy.version,
        "id",
        NOW,
    )


def test_only_the_token_leads_to_the_draft(session: Session) -> None:
    draft, token = begin(session)
    begin(session)
    assert len(token) >= 43
    assert the_one(session, token, NOW) == draft.id
    assert find_draft(session, token + "x", now=NOW) is None
    assert find_draft(session, "", now=NOW) is None
    digest = session.scalars(sa.select(DraftToken.digest).where(DraftToken.draft_id == draft.id)).one()
    assert find_draft(session, digest.hex(), now=NOW) is None


def test_answers_come_back_as_they_were_given(session: Session) -> None:
    draft, _ = begin(session)
    save(session, draft, Slug.WHO, READ[Slug.WHO])
    save(session, draft, Slug.CONTACT, None)
    told = service.told(session, draft)
    assert told.read(Slug.WHO) == READ[Slug.WHO]
    assert told.answers[Slug.WHO].typed == {"x": "as typed"}
    # Kept, but not an answer.
    assert told.answers[Slug.CONTACT].typed == {"x": "as typed"} and told.read(Slug.CONTACT) is None
    assert draft.version == 2 and draft.language == "en"


def test_every_saving_begins_the_idle_time_anew(session: Session) -> None:
    draft, token = begin(session)
    later = NOW + timedelta(days=3)
    save(session, draft, Slug.WHO, READ[Slug.WHO], now=later)
    assert the_one(session, token, later + IDLE - timedelta(seconds=1)) == draft.id
    assert find_draft(session, token, now=later + IDLE) is None


def test_nothing_is_written_without_the_lock(session: Session) -> None:
    draft, token = complete(session)
    about: dict[str, Any] = {"profile": PROFILE, "now": NOW}
    with pytest.raises(NotHeld):
        service.save(session, draft, Slug.WHO, Answer({}, {}), language="id", **about)
    with pytest.raises(NotHeld):
        service.send(session, draft, token=token, language="id", base_url=BASE_URL, **about)
    with pytest.raises(NotHeld):
        service.discard(session, draft, now=NOW)
    with pytest.raises(WriteOutsideWriting):
        service.begin(session, acknowledged=ACKNOWLEDGED, **about)


# ── sent ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_complaint_takes_over_the_key_and_the_answers(session: Session) -> None:
    draft, _ = sent(session)
    complaint = complaint_of(session, draft)
    assert complaint.key_id == draft.key_id
    assert open_box(session, draft.key_id).open(complaint) == {
        "account": "1234567702",
        "story": "The rent did not arrive.",
        "loss": "1250000",
        "wish": "My money back",
        "guided": None,
    }
    # From now on they stand in one place alone.
    assert service.told(session, draft).answers == {}


def test_sending_twice_is_sending_once(session: Session) -> None:
    draft, token = sent(session)
    first, code = draft.complaint_id, service.kept_code(draft, token=token, now=NOW)
    send(session, draft, token, now=NOW + timedelta(minutes=1))
    assert draft.complaint_id == first
    assert service.kept_code(draft, token=token, now=NOW) == code
    assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1


@pytest.mark.parametrize("missing", PATH)
def test_an_unfinished_draft_is_not_sent(session: Session, missing: Slug) -> None:
    draft, token = complete(session)
    save(session, draft, missing, None)
    writing(session, draft)
    with pytest.raises(Unfinished) as refusal:
        service.send(session, draft, token=token, language="id", profile=PROFILE, base_url=BASE_URL, now=NOW)
    assert refusal.value.gap is missing
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 0


def test_what_is_sent_cannot_be_changed_or_discarded(session: Session) -> None:
    draft, _ = sent(session)
    writing(session, draft)
    with pytest.raises(AlreadySent):
        service.save(session, draft, Slug.WHO, Answer({}, {}), language="id", profile=PROFILE, now=NOW)
    with pytest.raises(AlreadySent):
        service.discard(session, draft, now=NOW)


# ── the kept code ────────────────────────────────────────────────────────────────────────────────


def test_the_kept_code_opens_the_complaint_and_only_the_token_opens_it(session: Session) -> None:
    draft, token = sent(session)
    complaint = complaint_of(session, draft)
    code = service.kept_code(draft, token=token, now=NOW)
    assert code is not None
    found = find_by_code(session, number=Number(complaint.registration, "BM"), account="", code=code)
    assert found is not None and found.complaint_id == complaint.id
    assert service.kept_code(draft, token="another", now=NOW) is None


def test_a_kept_code_moved_to_another_draft_is_not_shown(session: Session) -> None:
    draft, token = sent(session)
    other, _ = sent(session)
    writing(session, other)
    other.kept_code = draft.kept_code
    assert service.kept_code(other, token=token, now=NOW) is None


def test_the_code_is_kept_for_a_day_at_most(session: Session) -> None:
    draft, token = sent(session)
    assert timedelta(hours=24) == KEPT_FOR
    assert service.kept_code(draft, token=token, now=NOW + KEPT_FOR - timedelta(seconds=1))
    assert service.kept_code(draft, token=token, now=NOW + KEPT_FOR) is None


def test_the_sweep_destroys_codes_whose_day_is_over(session: Session) -> None:
    old, token = sent(session)
    young, young_token = sent(session, now=NOW + timedelta(hours=1))
    tasks.forget_codes(work(session, NOW + KEPT_FOR))
    session.commit()
    session.expire_all()
    assert (old.kept_code, old.kept_until) == (None, None)
    assert service.kept_code(young, token=young_token, now=NOW + KEPT_FOR) is not None
    # The number can still be shown.
    assert the_one(session, token, NOW + KEPT_FOR) == old.id


def test_who_has_kept_the_code_leaves_no_draft_behind(session: Session) -> None:
    draft, token = sent(session)
    key_id, complaint = draft.key_id, complaint_of(session, draft)
    writing(session, draft)
    service.forget_sent(session, draft)
    session.commit()
    assert find_draft(session, token, now=NOW) is None
    assert open_box(session, key_id).open(complaint)
    # The code itself lives on.
    assert session.scalar(sa.select(sa.func.count()).select_from(AccessCode)) == 1


# ── deleted ──────────────────────────────────────────────────────────────────────────────────────


def destroyed(database: Database, key_id: Any) -> bool:
    with database.session() as fresh:
        try:
            open_box(fresh, key_id)
        except KeyDestroyed:
            return True
        return False


def test_a_discarded_draft_takes_its_key_along(session: Session, database: Database) -> None:
    draft, token = complete(session)
    other, other_token = complete(session)
    writing(session, draft)
    service.discard(session, draft, now=NOW)
    session.commit()
    assert find_draft(session, token, now=NOW) is None
    assert destroyed(database, draft.key_id)
    assert the_one(session, other_token, NOW) == other.id and not destroyed(database, other.key_id)


def test_the_sweep_deletes_what_was_left_alone(session: Session, database: Database) -> None:
    unsent, _ = complete(session)
    filed, _ = sent(session)
    young, young_token = complete(session, now=NOW + timedelta(minutes=1))
    complaint_id = filed.complaint_id
    tasks.purge(work(session, NOW + IDLE))
    session.commit()
    assert session.scalars(sa.select(Draft.id)).all() == [young.id]
    assert destroyed(database, unsent.key_id)
    # The key of a sent draft belongs to its complaint.
    assert not destroyed(database, filed.key_id) and not destroyed(database, young.key_id)
    assert session.get(Complaint, complaint_id) is not None
    assert the_one(session, young_token, NOW + IDLE) == young.id


def test_the_sweep_deletes_in_batches(session: Session) -> None:
    for _ in range(3):
        begin(session)
    session.begin_write()
    assert [service.purge(session, now=NOW + IDLE, batch=2) for _ in range(3)] == [2, 1, 0]


def test_a_draft_whose_case_was_erased_is_none_any_more(session: Session) -> None:
    draft, token = sent(session)
    session.begin_write()
    session.execute(sa.update(CaseKey).where(CaseKey.id == draft.key_id).values(wrapped=None, destroyed_at=NOW))
    session.commit()
    assert find_draft(session, token, now=NOW) is None


def test_both_sweeps_run_by_the_clock() -> None:
    roster = Roster.of(tasks.TASKS, tasks.CRONS)
    assert {cron.name: cron.every for cron in roster.crons} == {
        "filing.purge": timedelta(hours=1),
        "filing.forget_codes": timedelta(minutes=5),
    }
