"""Cases, recipients and notices for tests of what is sent to customers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from portal.db import Session, uuid7
from portal.institution.loader import load
from portal.institution.models import Institution
from portal.notices import service
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind, Recipient, Secret
from portal.sealing import Box, new_box, open_box

NOW = datetime(2026, 3, 11, 13, 17, tzinfo=UTC)
CODE = "407316"
NUMBER = "BM-26-K7QX-4MTR"

# What every letter about a complaint tells.
LINKED = {"number": NUMBER, "sign_in_url": "https://pengaduan.example.co.id/id/track"}
NAMED = LINKED | {"kind": "pengaduan"}
GUIDE = "https://pengaduan.example.co.id/id/forums"
START = "https://pengaduan.example.co.id/id/"

FACTS: dict[NoticeKind, dict[str, Any]] = {
    NoticeKind.RECEIPT: {
        "number": NUMBER,
        "kind": "pengaduan",
        "short": False,
        "received_at": NOW,
        "due_on": date(2026, 4, 6),
        "represented": False,
        "without_code": False,
        "representing": False,
        "other": None,
        "missing": [],
        "bring_by": None,
        "sign_in_url": "https://pengaduan.example.co.id/id/track",
        "lost_code_url": "https://pengaduan.example.co.id/id/track/lost-code",
    },
    NoticeKind.DOCUMENTS_RECEIVED: {
        "number": NUMBER,
        "kind": "pengaduan",
        "received_at": NOW,
        "count": 2,
        "completed": True,
        "due_on": date(2026, 4, 6),
        "missing": [],
        "sign_in_url": "https://pengaduan.example.co.id/id/track",
    },
    NoticeKind.DOCUMENTS_ASKED: LINKED
    | {
        "why": "asked",
        "missing": ["Bukti kepemilikan rekening", "Bukti transaksi"],
        "bring_by": date(2026, 4, 6),
        "withdrawn": False,
    },
    NoticeKind.DEEMED_WITHDRAWN: LINKED
    | {
        "missing": ["Bukti kepemilikan rekening"],
        "ended_on": date(2026, 4, 6),
        "start_url": "https://pengaduan.example.co.id/id/",
    },
    NoticeKind.CALL_US: LINKED | {"channel": load("muamalat").contact},
    NoticeKind.AUTHORITY_DECIDED: LINKED | {"accepted": True, "ends_on": date(2026, 12, 31)},
    NoticeKind.NOW_WRITTEN: LINKED | {"due_on": None, "missing": ["Bukti transaksi"], "bring_by": date(2026, 4, 6)},
    NoticeKind.MESSAGE: LINKED,
    NoticeKind.INTERIM: NAMED | {"due_on": date(2026, 4, 6)},
    NoticeKind.PASSED_ON: NAMED | {"division": "Divisi Kartu", "due_on": date(2026, 4, 6)},
    NoticeKind.COMPLETE: NAMED | {"due_on": date(2026, 4, 6)},
    NoticeKind.EXTENDED: NAMED
    | {
        "ground": "Perlu koordinasi dengan pihak luar",
        "party": "Bank Contoh",
        "before_on": date(2026, 4, 6),
        "due_on": date(2026, 4, 20),
    },
    NoticeKind.ANSWERED: NAMED | {"decide_by": date(2026, 5, 5), "short": False, "objection": True, "forums": True},
    NoticeKind.REFUSED: NAMED | {"decide_by": date(2026, 5, 5), "objection": True, "forums": True},
    NoticeKind.PAYMENT_RECEIVED: NAMED,
    NoticeKind.PAYMENT_BOOKED: NAMED,
    NoticeKind.WITHDRAWN: NAMED | {"represents": False, "withdrawn_at": NOW, "start_url": START},
    NoticeKind.CLOSED: NAMED
    | {"outcome": "not_agreed", "closed_on": date(2026, 5, 6), "forums": True, "guide_url": GUIDE},
    NoticeKind.NO_REACTION_WARNED: NAMED | {"close_on": date(2026, 5, 5), "objection": True, "forums": True},
    NoticeKind.NO_REACTION: NAMED | {"objection": True, "forums": True, "guide_url": GUIDE},
    NoticeKind.OBJECTION_RECEIVED: NAMED | {"received_at": NOW, "due_on": date(2026, 4, 6)},
    NoticeKind.OBJECTION_ENDED: NAMED | {"decide_by": date(2026, 5, 5), "forums": True},
    NoticeKind.OBJECTION_NOT_NEW: NAMED | {"ended_on": date(2026, 4, 6), "forums": True, "guide_url": GUIDE},
    NoticeKind.FORUMS: NAMED | {"forums": ["LAPS SJK", "Otoritas Jasa Keuangan (OJK)"], "guide_url": GUIDE},
    NoticeKind.REOPENED: NAMED | {"due_on": date(2026, 4, 6)},
    NoticeKind.MERGED: NAMED | {"due_on": date(2026, 4, 6)},
    NoticeKind.DATE_CHANGED: {
        "number": NUMBER,
        "changes": [
            {"on": date(2026, 3, 30), "closed": True, "name": "Pemilihan umum", "decree": "Keppres 7/2026"},
            {"on": date(2026, 3, 31), "closed": True, "name": None, "decree": "SKB 5/2026"},
            {"on": date(2026, 3, 24), "closed": False, "name": None, "decree": "SKB 6/2026"},
        ],
        "due_before": date(2026, 4, 6),
        "due_on": date(2026, 4, 6),
        "counted_on": date(2026, 4, 7),
        "bring_before": None,
        "bring_by": None,
        "sign_in_url": "https://pengaduan.example.co.id/id/track",
    },
    NoticeKind.DOCUMENT_LOCKED: {
        "number": NUMBER,
        "kind": "pengaduan",
        "document": "Bukti transaksi",
        "asked": "stopped",
        "bring_by": date(2026, 4, 8),
        "sign_in_url": "https://pengaduan.example.co.id/id/track",
    },
    NoticeKind.POWER_ENDED: {
        "number": NUMBER,
        "kind": "pengaduan",
        "revoked": True,
        "represents": True,
        "sign_in_url": "https://pengaduan.example.co.id/id/track",
        "lost_code_url": "https://pengaduan.example.co.id/id/track/lost-code",
    },
    NoticeKind.ONE_TIME_CODE: {"minutes": 10, "expires_at": NOW + timedelta(minutes=10)},
    NoticeKind.RESUME_CODE: {
        "resume_url": "https://pengaduan.example.co.id/id/file/resume",
        "deleted_on": date(2026, 3, 25),
    },
    NoticeKind.OFFICER_INVITATION: {"expires_at": NOW + timedelta(hours=72)},
}


def a_profile() -> Institution:
    return load("muamalat")


def a_recipient(**changes: Any) -> Recipient:
    given = {
        "party_id": uuid7(),
        "language": "id",
        "email": "siti.rahmawati@example.id",
        "phone": None,
        "name": "Siti Rahmawati",
    }
    return Recipient(**given | changes)


def a_notice(
    session: Session,
    kind: NoticeKind = NoticeKind.RECEIPT,
    *,
    now: datetime = NOW,
    box: Box | None = None,
    subject_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
    **recipient: Any,
) -> Notice:
    """A notice in the ledger, committed; a one-time code has its secret."""
    session.begin_write()
    notice = service.write(
        session,
        box=box or new_box(session, now=now),
        subject_id=subject_id or uuid7(),
        recipient=a_recipient(**recipient),
        kind=kind,
        facts=FACTS[kind] | (facts or {}),
        secret=Secret(CODE, now + timedelta(minutes=10)) if kind is NoticeKind.ONE_TIME_CODE else None,
        now=now,
        profile=a_profile(),
    )
    session.commit()
    return notice


def read(session: Session, notice_id: UUID) -> Notice:
    """The notice as it stands in the database now."""
    session.rollback()
    return session.get_one(Notice, notice_id, populate_existing=True)


def opened(session: Session, notice: Notice) -> dict[str, Any]:
    """What the ledger keeps of a notice, unsealed."""
    told: dict[str, Any] = open_box(session, notice.key_id).open(notice)
    return told


def jobs(session: Session) -> list[tuple[str, str | None]]:
    """Kind and key of every job."""
    session.rollback()
    return [tuple(row) for row in session.execute(sa.text("SELECT kind, key FROM jobs ORDER BY key"))]
