"""Acts done on a case's pages, and what came of them."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.complaints.handed_in import Person, Representation
from portal.complaints.models import Complaint
from portal.db import Database
from portal.history.models import HistoryEntry
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.cases import Case
from tests.page import Client, Page

REPRESENTATIVE = Representation(
    person=Person(name="Andi Wijaya", language="en", email="andi@example.id"),
    relation="saudara",
    scope="mengurus pengaduan ini",
    given_on=date(2026, 11, 1),
)


def path_of(case: Case, act: str = "", lang: str = "en") -> str:
    return f"/{lang}/desk/cases/{case.complaint_id}" + (f"/{act}" if act else "")


def do(client: Client, case: Case, act: str, /, *, lang: str = "en", status: int = 200, **answers: Any) -> Page:
    """Do one act with these answers; the page that follows."""
    page = client.get(path_of(case, act, lang))
    return page.form(path_of(case, act, lang)).fill(answers).submit(status=status)


def of(house: Database, case: Case) -> Complaint:
    with house.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def kinds(house: Database, case: Case) -> list[str]:
    with house.session() as session:
        asked = sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == case.complaint_id)
        return list(session.scalars(asked.order_by(HistoryEntry.seq)))


def letters(house: Database, case: Case, kind: NoticeKind) -> list[str]:
    """The texts of the letters of this kind."""
    with house.session() as session:
        rows = session.scalars(
            sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind)
        ).all()
        return [open_box(session, row.key_id).open(row)["body"] for row in rows]
