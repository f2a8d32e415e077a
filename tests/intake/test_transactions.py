"""One transaction or several: added, changed, taken out, and none lost on the way."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from portal.complaints.models import Complaint, ComplaintTransaction
from portal.db import Session, writing
from portal.filing.models import Draft
from portal.filing.rules import MOST_TRANSACTIONS, Answer, Slug, with_row
from portal.filing.service import save, told
from portal.institution.loader import load
from portal.sealing import open_box
from tests.builders import NOW
from tests.intake.journey import ANSWERS, answer, send, sqlite_only, walk_to
from tests.page import Client, Page

pytestmark = [sqlite_only, pytest.mark.usefixtures("travel")]
SECOND = {"type": "cash", "on-d": "10", "on-m": "3", "on-y": "2026", "at": "", "amount": "500.000", "reference": ""}
THIRD = {"type": "fee", "on-d": "11", "on-m": "3", "on-y": "2026", "at": "8", "amount": "", "reference": "ATM-7"}


def three(client: Client, lang: str) -> Page:
    """The page after three transactions were told one after the other."""
    page = walk_to(client, "transactions", lang).form().fill(ANSWERS["transactions"]).submit("more")
    assert page.path == f"/{lang}/file/transactions/2"
    page = page.form().fill(SECOND).submit("more")
    assert page.path == f"/{lang}/file/transactions/3"
    return page.form().fill(THIRD).submit()


def listed(page: Page) -> list[str]:
    return [node.text.replace("\u00a0", " ") for node in page.all(".file-name")]


LISTED = {
    "id": ["Transfer, Senin, 9 Maret 2026, 09.12 WIB", "Tarik atau setor tunai, Selasa, 10 Maret 2026", "Biaya, Rabu"],
    "en": [
        "Transfer, Monday 9 March 2026, 09:12 WIB",
        "Cash withdrawal or deposit, Tuesday 10 March 2026",
        "Fee, Wednesday",
    ],
}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_several_transactions_go_all_the_way(client: Client, session: Session, lang: str) -> None:
    """SQ-19, SQ-38: types and dates, plural; each has its row at the check and in the complaint."""
    page = three(client, lang)
    assert page.path == f"/{lang}/file/story"
    page = client.get(f"/{lang}/file/transactions")
    assert page.heading == {"id": "3 transaksi sejauh ini", "en": "3 transactions so far"}[lang]
    assert all(row.startswith(start) for row, start in zip(listed(page), LISTED[lang], strict=True))
    page = answer(
        answer(answer(page.form().submit({"id": "Lanjut", "en": "Continue"}[lang]), "story"), "loss"), "documents"
    )
    for number in (1, 2, 3):
        word = {"id": "Transaksi", "en": "Transaction"}[lang]
        link = next(
            row.one(".change a") for row in page.all(".summary div") if row.one("dt").text == f"{word} {number}"
        )
        assert link["href"] == f"/{lang}/file/transactions/{number}"
    send(page)
    box = open_box(session, session.scalars(sa.select(Complaint.key_id)).one())
    rows = session.scalars(sa.select(ComplaintTransaction).order_by(ComplaintTransaction.position)).all()
    assert [(row.position, row.type, box.open(row)["on"], box.open(row)["amount"]) for row in rows] == [
        (1, "transfer", "2026-03-09", str(Decimal(7654321))),
        (2, "cash", "2026-03-10", "500000"),
        (3, "fee", "2026-03-11", None),
    ]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_one_is_changed_and_one_is_taken_out(client: Client, lang: str) -> None:
    three(client, lang)
    page = client.get(f"/{lang}/file/transactions")
    words = {"id": ("Ubah Transaksi 2", "Hapus Transaksi 1"), "en": ("Change Transaction 2", "Remove Transaction 1")}
    change, remove = words[lang]
    form = page.follow(change).form()
    assert form.values == SECOND
    # None in particular is offered only where there is one form.
    assert not page.client.get(f"/{lang}/file/transactions/2").has("[value=no-transaction]")
    form.fill(amount="600.000").submit()
    page = client.get(f"/{lang}/file/transactions").form().submit(remove)
    assert page.path == f"/{lang}/file/transactions" and len(listed(page)) == 2
    assert "Rp600" in page.text and "09.12" not in page.text and "09:12" not in page.text
    for _ in range(2):
        page = page.form().submit("remove=1")
    # With the last one gone the first is asked for again, empty.
    assert page.form().values == {name: "" for name in SECOND}
    assert client.get(f"/{lang}/file/check").path == f"/{lang}/file/transactions"


def test_an_invalid_further_one_costs_the_others_nothing(client: Client) -> None:
    page = walk_to(client, "transactions", "en").form().fill(ANSWERS["transactions"]).submit("more")
    page = page.form().fill(SECOND | {"on-m": "Mürz"}).submit("more", status=422)
    assert page.errors == ["Write the date as day, month and year, for example 9 3 2026"]
    assert page.heading == "Transaction 2" and page.form().values["on-m"] == "Mürz"
    assert client.get("/en/file/transactions/1").form().values == ANSWERS["transactions"]
    # It stays as it was typed, until it is corrected or taken out.
    page = client.get("/en/file/story")
    assert page.path == "/en/file/transactions" and len(listed(page)) == 2
    assert client.get("/en/file/transactions/2").form().values["on-m"] == "Mürz"
    page = client.get("/en/file/transactions").form().submit("remove=2")
    assert page.form().submit("Continue").path == "/en/file/story"


@pytest.mark.parametrize("number", [0, 3, 99, MOST_TRANSACTIONS + 1])
def test_there_is_no_place_beyond_the_next(client: Client, number: int) -> None:
    walk_to(client, "story")
    assert client.get(f"/id/file/transactions/{number}").path == "/id/file/transactions"


def test_an_unread_one_is_shown_as_such_and_is_where_it_goes_on(client: Client, session: Session) -> None:
    walk_to(client, "check", "en")
    draft = session.scalars(sa.select(Draft)).one()
    before = told(session, draft).answers[Slug.TRANSACTIONS]
    keep(session, draft, with_row(before, 2, SECOND | {"on-d": ""}, None))
    page = client.get("/en/file/check")
    assert page.path == "/en/file/transactions"
    assert listed(page)[1] == "Transaction 2" and page.one(".tag-late").text == "To correct"
    page = page.form().submit("Continue")
    assert page.path == "/en/file/transactions/2" and page.form().values["on-m"] == "3"
    assert page.form().fill(SECOND).submit().path == "/en/file/check"


def keep(session: Session, draft: Draft, given: Answer) -> None:
    writing(session, draft)
    save(session, draft, Slug.TRANSACTIONS, given, language="en", profile=load("muamalat"), now=NOW)
    session.commit()


def test_nobody_tells_more_than_a_page_can_hold(client: Client, session: Session) -> None:
    walk_to(client, "story", "en")
    draft = session.scalars(sa.select(Draft)).one()
    given: Any = None
    row = told(session, draft).answers[Slug.TRANSACTIONS]
    assert row.read is not None
    for number in range(1, MOST_TRANSACTIONS + 1):
        given = with_row(given, number, SECOND, row.read["rows"][0])
    keep(session, draft, given)
    page = client.get("/en/file/transactions")
    assert len(listed(page)) == MOST_TRANSACTIONS and "Add another transaction" not in page.text
    page = client.get(f"/en/file/transactions/{MOST_TRANSACTIONS}")
    assert "Add another transaction" not in page.text
    assert page.form().tamper(more="y").submit().path == "/en/file/story"
