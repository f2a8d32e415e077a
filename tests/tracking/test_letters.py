"""The letters of a case, as the party whose letters they are reads them again."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from portal.complaints.codes import grant_code
from portal.complaints.handed_in import Person, Representation
from portal.complaints.models import Party
from portal.complaints.rules import Role
from portal.complaints.states import ContactSource
from portal.db import Database
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import Failure, NoticeState
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.page import Client, Page

SignIn = Callable[..., Page]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_letter_can_be_read_again_as_it_was_sent(client: Client, case: Case, sign_in: SignIn, lang: str) -> None:
    """The text stays in the language in which it was written, whatever the page's is."""
    page = sign_in(case.number, case.code, lang=lang)
    entry = page.one("[aria-labelledby=sent] dd")
    assert f"Tanda terima pengaduan Anda {case.number}" in entry.text
    letter = client.get(entry.one("a")["href"])
    assert letter.heading == {"id": "Tanda terima", "en": "Acknowledgement of receipt"}[lang]
    body = letter.one("main .typed")
    assert "Kami sudah menerima dan mencatat pengaduan Anda." in body.text
    assert "s•••@example.id" in letter.text and "siti@example.id" not in letter.text
    assert case.code not in letter.source


def test_each_party_sees_their_own_letters_and_not_where_the_other_is_reached(
    client: Client,
    house: Database,
    profile: Institution,
    clock: object,
    sign_in: SignIn,
    another: Callable[..., Client],
) -> None:
    acting = Representation(
        Person("Budi Santoso", "en", email="budi@example.id"), "anak", "Mengurus pengaduan ini", date(2026, 11, 1)
    )
    case = file_case(house, profile, representation=acting)
    with house.session() as session:
        session.begin_write()
        customer = session.scalars(sa.select(Party).where(Party.role == Role.CUSTOMER)).one()
        customer.contact = ContactSource.RECORDS
        code = grant_code(session, complaint_id=case.complaint_id, party_id=customer.id, now=NOW)
        session.commit()
    theirs = sign_in(case.number, case.code)
    link = theirs.one("[aria-labelledby=sent] a")["href"]
    assert "to b•••@example.id" in theirs.one("[aria-labelledby=sent]").text
    other = another()
    mine = sign_in(case.number, code, by=other)
    assert "example.id" not in mine.one("[aria-labelledby=sent]").text
    assert client.get(link).heading == "Acknowledgement of receipt"
    assert other.get(link, status=404)


def test_what_was_told_by_telephone_says_so(case: Case, house: Database, sign_in: SignIn) -> None:
    with house.short_write() as connection:
        connection.execute(
            sa.update(Notice).values(
                state=NoticeState.FAILED, failure=Failure.TOLD_BY_PHONE, settled_at=NOW, handled_at=NOW
            )
        )
    assert sign_in(case.number, case.code).one("[aria-labelledby=sent] .tag").text == "Told by telephone"
