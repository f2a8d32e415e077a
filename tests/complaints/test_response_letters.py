"""What a complaint's parties are written of its handling, its response and its end."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.complaints import response_letters as write
from portal.complaints.handed_in import Person, Representation
from portal.complaints.models import Complaint
from portal.complaints.response_letters import Outcome
from portal.db import Database, Session, writing
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import Channel, NoticeKind
from portal.sealing import open_box
from tests.builders import NOW
from tests.complaints.cases import ACCOUNT, BASE_URL, STORY, Case, file_case

LATER = NOW + timedelta(days=3)
DAY, BEFORE = date(2026, 12, 28), date(2026, 12, 7)
REGISTERED = "+6281300007788"
# What each letter is told, and the sentence that only it says, in Indonesian.
EVERY: dict[NoticeKind, tuple[Callable[..., None], dict[str, Any], str]] = {
    NoticeKind.PASSED_ON: (write.passed_on, {}, "bagian yang dapat menyelesaikannya"),
    NoticeKind.COMPLETE: (write.complete, {}, "waktu kami untuk menjawab sudah dimulai"),
    NoticeKind.EXTENDED: (
        write.extended,
        {"party": "Bank Contoh", "before_on": BEFORE, "due_on": DAY},
        "Kami jawab paling lambat: Senin, 28\u00a0Desember 2026\nSebelumnya: Senin, 7\u00a0Desember 2026\n",
    ),
    NoticeKind.ANSWERED: (write.answered, {"decide_by": DAY}, "Jika tidak ada kabar dari Anda, itu bukan persetujuan"),
    NoticeKind.REFUSED: (write.refused, {"decide_by": DAY}, "Kami menolak pengaduan Anda"),
    NoticeKind.PAYMENT_RECEIVED: (write.payment_received, {}, "Tunggu SMS"),
    NoticeKind.PAYMENT_BOOKED: (write.payment_booked, {"phone": REGISTERED}, "sudah dibukukan"),
    NoticeKind.WITHDRAWN: (write.withdrawn, {}, "Anda mencabut pengaduan ini"),
    NoticeKind.CLOSED: (
        write.closed,
        {"outcome": Outcome.AGREED},
        "Anda menyetujui tanggapan kami",
    ),
    NoticeKind.NO_REACTION_WARNED: (
        write.no_reaction_warned,
        {"close_on": DAY},
        "Setelah itu pun Anda masih boleh mengajukan keberatan",
    ),
    NoticeKind.NO_REACTION: (write.no_reaction, {}, "Ini bukan persetujuan"),
    NoticeKind.OBJECTION_RECEIVED: (write.objection_received, {}, "mencatat keberatan Anda"),
    NoticeKind.OBJECTION_ENDED: (write.objection_ended, {"decide_by": DAY}, "Kami sudah memeriksa keberatan Anda"),
    NoticeKind.OBJECTION_NOT_NEW: (
        write.objection_not_new,
        {},
        "tidak menemukan apa pun yang belum pernah Anda kirim",
    ),
    NoticeKind.FORUMS: (
        write.forums,
        {"names": lambda language: ["LAPS SJK"]},
        "- LAPS SJK\n",
    ),
    NoticeKind.REOPENED: (write.reopened, {}, "membuka lagi pengaduan"),
    NoticeKind.MERGED: (write.merged, {"due_on": DAY}, "tercatat dua kali"),
}


def told(
    session: Session, case: Case, kind: NoticeKind, profile: Institution, **changes: Any
) -> list[tuple[Notice, dict[str, Any]]]:
    """Write one kind about a case, and give what the ledger keeps of it."""
    function, facts, _ = EVERY[kind]
    if kind is NoticeKind.EXTENDED:
        facts = facts | {"ground": profile.extension_grounds["external_party"].label}
    complaint = writing(session, session.get_one(Complaint, case.complaint_id))
    function(session, complaint, profile=profile, base_url=BASE_URL, now=LATER, **facts | changes)
    session.commit()
    rows = session.scalars(sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind)).all()
    return [(row, open_box(session, row.key_id).open(row)) for row in rows]


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind is not NoticeKind.PASSED_ON])
def test_each_says_what_happened_and_nothing_of_the_matter(
    session: Session, case: Case, profile: Institution, kind: NoticeKind
) -> None:
    """BM-33, BM-37, BM-41, KF-21, SQ-34: told in writing, to their own contact, without what it is about."""
    ((row, kept),) = told(session, case, kind, profile)
    told_by_sms = kind is NoticeKind.PAYMENT_BOOKED
    assert (row.channel, row.language) == (Channel.SMS if told_by_sms else Channel.EMAIL, "id")
    assert EVERY[kind][2] in kept["body"] and case.number in kept["body"]
    assert told_by_sms or f"{BASE_URL}/id/track\n" in kept["body"]
    for private in (ACCOUNT, "1250000", "1.250.000", "FT26112000417", STORY.splitlines()[0], case.code):
        assert private not in kept["subject"] + kept["body"]


def test_a_booking_goes_to_the_registered_number_and_not_to_the_one_of_the_form(
    session: Session, case: Case, profile: Institution
) -> None:
    """K3-27, K3-30."""
    ((row, kept),) = told(session, case, NoticeKind.PAYMENT_BOOKED, profile)
    assert (row.channel, kept["address"], kept["masked"]) == (Channel.SMS, REGISTERED, "•••7788")


def test_a_representative_is_told_in_their_own_part_and_never_of_what_they_may_not_read(
    session: Session, database: Database, profile: Institution
) -> None:
    """Their power is not examined yet: that the customer withdrew they learn, a response they cannot read."""
    acting = Representation(
        person=Person(name="Rahma Putri", language="en", email="rahma@example.id"),
        relation="anak",
        scope="Seluruhnya",
        given_on=date(2026, 11, 1),
    )
    case = file_case(database, profile, representation=acting)
    ((row, kept),) = told(session, case, NoticeKind.WITHDRAWN, profile)
    assert (row.language, kept["address"]) == ("en", "rahma@example.id")
    assert "The customer has withdrawn the complaint. We do not go on with it." in kept["body"]
    assert told(session, case, NoticeKind.ANSWERED, profile) == []


def test_a_question_is_answered_without_a_decision_to_make(session: Session, database: Database) -> None:
    profile = load("kredifazz")
    case = file_case(database, profile, kind="question", given=())
    ((_, kept),) = told(session, case, NoticeKind.ANSWERED, profile, decide_by=None)
    assert "Anda memutuskan" not in kept["body"] and "pertanyaan" in kept["subject"]


def test_whom_it_was_passed_to_is_said_by_name_and_the_date_stays(session: Session, database: Database) -> None:
    """KF-19, KF-20."""
    profile = load("kredifazz")
    case = file_case(database, profile, given=())
    division = next(iter(profile.divisions.values()))
    ((_, kept),) = told(session, case, NoticeKind.PASSED_ON, profile, division=division.code)
    assert f"bagian yang dapat menyelesaikannya: {division.label.id}." in kept["body"]
    assert "Tanggalnya tidak berubah" in kept["body"]
