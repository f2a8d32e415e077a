"""What an officer does on the pages of a response, and what came of it."""

from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal.complaints.models import Complaint
from portal.db import Database
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.cases import Case
from tests.page import Client, Page

JAKARTA = ZoneInfo("Asia/Jakarta")


def path_of(case: Case, act: str = "", lang: str = "en") -> str:
    return f"/{lang}/desk/cases/{case.complaint_id}" + (f"/{act}" if act else "")


def do(
    client: Client,
    case: Case,
    act: str,
    /,
    *,
    lang: str = "en",
    button: str | None = None,
    status: int = 200,
    **answers: Any,
) -> Page:
    page = client.get(path_of(case, act, lang))
    return page.form(path_of(case, act, lang)).fill(answers).submit(button, status=status)


def of(house: Database, case: Case) -> Complaint:
    with house.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def letters(house: Database, case: Case, kind: NoticeKind) -> list[str]:
    with house.session() as session:
        rows = session.scalars(
            sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind)
        ).all()
        return [open_box(session, row.key_id).open(row)["body"].replace("\u00a0", " ") for row in rows]


def listed(client: Client, case: Case, *points: str, lang: str = "en") -> list[str]:
    """List these points; the ends of the names of the fields that answer them."""
    do(client, case, "points", lang=lang, **{f"more_{number}": text for number, text in enumerate(points)})
    page = client.get(path_of(case, "answer", lang))
    names = [node["name"] for node in page.all("input[type=radio]")]
    return [name.removeprefix("treat_") for name in dict.fromkeys(names) if name.startswith("treat_")]


def plain(page: Page) -> str:
    return page.text.replace("\u00a0", " ")
