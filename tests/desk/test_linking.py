"""Complaints that belong together: linked, and merged into one of the same customer, which is answered for both."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import OfficerRole
from portal.complaints.handed_in import Person
from portal.complaints.models import Complaint
from portal.complaints.numbers import Number
from portal.complaints.rules import Status
from portal.db import Database
from portal.history.checking import verify
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.desk.seats import sit
from tests.page import Client, Page

OTHER = Person("Budi Santoso", "id", "budi@example.id", "+6281311112222")
WORDS = {
    "id": {
        "linked": "Termasuk bersama pengaduan ini",
        "none": "Tidak ada pengaduan dengan nomor ini, atau Anda tidak boleh melihatnya. Periksa nomornya",
        "already": "Keduanya sudah ditautkan seperti itu, atau sama",
        "itself": "Ini pengaduan itu sendiri. Tulis nomor yang lain",
        "customer": "Tautkan saja",
        "lengthen": "Pengaduan yang lain dijawab lebih lambat daripada yang kami janjikan di sini.",
        "merged": "Ditangani bersama pengaduan lain",
        "goes_on": "Dilanjutkan dalam",
        "moved": "sementara itu",
    },
    "en": {
        "linked": "Belongs together with this one",
        "none": "There is no complaint with this number, or you may not see it. Check the number",
        "already": "These two are linked so already, or are one and the same",
        "itself": "This is the complaint itself. Write the number of the other one",
        "customer": "Link them instead",
        "lengthen": "The other one is answered later than we have promised here.",
        "merged": "Handled together with another one",
        "goes_on": "It goes on in",
        "moved": "meanwhile",
    },
}


@pytest.fixture
def desk(clock: object, client: Client, house: Database, profile: Institution) -> Client:
    sit(client, house, profile, OfficerRole.AGENT)
    return client


def two(house: Database, profile: Institution, **second: object) -> tuple[Case, Case]:
    """Two complaints of one customer, the first of them due first."""
    first = file_case(house, profile, now=NOW - timedelta(days=3))
    return first, file_case(house, profile, now=NOW, **second)


def at(desk: Client, case: Case, lang: str, page: str = "") -> Page:
    return desk.get(f"/{lang}/desk/cases/{case.complaint_id}{page}")


def row(house: Database, case: Case) -> Complaint:
    with house.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def test_two_complaints_are_linked_and_each_page_leads_to_the_other(
    desk: Client, house: Database, profile: Institution, lang: str
) -> None:
    first, second = two(house, profile)
    page = at(desk, second, lang).follow(f"/{lang}/desk/cases/{second.complaint_id}/link")
    page = page.form().fill(number=first.number.lower().replace("-", " "), kind="related").submit()
    assert WORDS[lang]["linked"] in page.one("section[aria-labelledby=linked]").text
    assert second.number in page.follow(f"/{lang}/desk/cases/{first.complaint_id}").text
    page = at(desk, second, lang, "/link").form().fill(number=first.number, kind="related").submit(status=422)
    assert WORDS[lang]["already"] in page.text
    with house.session() as session:
        for case in (first, second):
            assert not verify(session, session.get_one(Complaint, case.complaint_id))


def test_a_number_that_is_none_is_said_next_to_the_field_and_stays(
    desk: Client, house: Database, profile: Institution, lang: str
) -> None:
    _, second = two(house, profile)
    page = at(desk, second, lang, "/merge").form().fill(number="BM-26-0000-0000").submit(status=422)
    assert WORDS[lang]["none"] in page.text
    assert page.one("[name=number]")["value"] == "BM-26-0000-0000"
    page = at(desk, second, lang, "/merge").form().fill(number=second.number).submit(status=422)
    assert WORDS[lang]["itself"] in page.text


def test_a_complaint_goes_on_in_one_of_the_same_customer(
    desk: Client, another: Callable[..., Client], house: Database, profile: Institution, lang: str
) -> None:
    first, second = two(house, profile)
    page = at(desk, second, lang, "/merge").form().fill(number=first.number).submit()
    # Nothing is done before the officer has seen the other one.
    assert row(house, second).status is Status.RECEIVED
    assert first.number in page.text
    page = page.form().submit()
    assert page.path == f"/{lang}/desk/cases/{first.complaint_id}"
    merged = row(house, second)
    assert (merged.status, merged.merged_into_id, merged.due_on) == (Status.MERGED, first.complaint_id, None)
    assert second.number in page.one("section[aria-labelledby=linked]").text
    # The customer still opens it by its own number, and is led to where it goes on.
    customer = another()
    page = customer.get(f"/{lang}/track").form().fill(number=second.number, code=second.code).submit()
    assert WORDS[lang]["merged"] in page.text
    assert WORDS[lang]["goes_on"] in page.text and first.number in page.text


def test_a_merged_complaint_shows_nothing_of_who_made_the_other_one(
    desk: Client, another: Callable[..., Client], house: Database, profile: Institution, lang: str
) -> None:
    """The two are about one account, as two holders of it make them; each reads their own."""
    first = file_case(house, profile, now=NOW - timedelta(days=3), customer=OTHER, story="Uang sekolah anak saya.")
    second = file_case(house, profile, now=NOW)
    at(desk, second, lang, "/merge").form().fill(number=first.number).submit().form().submit()
    assert row(house, second).merged_into_id == first.complaint_id
    customer = another()
    customer.get(f"/{lang}/track").form().fill(number=second.number, code=second.code).submit()
    for page in ("", "/file", "/deadline", "/documents", "/forums"):
        text = customer.get(f"/{lang}/track/case{page}").text
        assert second.number in text or page
        assert not [one for one in ("Budi", "Santoso", "budi@", "2222", "Uang sekolah") if one in text], page
    # Nor does the code of one open the other.
    form = another().get(f"/{lang}/track").form()
    form.fill(number=first.number, code=second.code).submit(status=422)


def test_no_complaint_goes_on_in_a_strangers_or_under_a_later_date(
    desk: Client, house: Database, profile: Institution, lang: str
) -> None:
    first, second = two(house, profile, customer=OTHER, account="9990001112223")
    page = at(desk, second, lang, "/merge").form().fill(number=first.number).submit(status=422)
    assert WORDS[lang]["customer"] in page.text
    third = file_case(house, profile, now=NOW)
    page = at(desk, first, lang, "/merge").form().fill(number=third.number).submit(status=422)
    assert WORDS[lang]["lengthen"] in page.text


def test_who_is_second_sees_what_the_first_did(desk: Client, house: Database, profile: Institution, lang: str) -> None:
    first, second = two(house, profile)
    page = at(desk, second, lang, "/link").form().fill(number=first.number, kind="earlier")
    at(desk, second, lang, "/note").form().fill(text="Sudah saya telepon").submit()
    page = page.submit(status=409)
    assert WORDS[lang]["moved"] in page.text and "Sudah saya telepon" in page.text
    assert page.one("[name=number]")["value"] == first.number
    page.form().submit()
    assert first.number in at(desk, second, lang).text


def test_a_second_matter_gets_a_number_of_its_own_and_no_later_date(
    desk: Client, another: Callable[..., Client], house: Database, profile: Institution, lang: str
) -> None:
    case = file_case(house, profile, now=NOW - timedelta(days=3))
    page = at(desk, case, lang).follow(f"/{lang}/desk/cases/{case.complaint_id}/split")
    page = page.form().submit(status=422)
    assert {"id": "Pilih masalahnya tentang apa", "en": "Choose what it is about"}[lang] in page.text
    told = "Kartu saya juga tertelan di ATM yang sama."
    page = page.form().fill(topic="card", text=told, transactions=["0"]).submit()
    assert told in page.text and profile.topics["card"].label[lang] in page.text
    assert case.number in page.one("section[aria-labelledby=linked]").text
    with house.session() as session:
        first, second = session.scalars(sa.select(Complaint).order_by(Complaint.id))
        assert (second.received_at, second.due_on) == (first.received_at, first.due_on)
        assert second.registration != first.registration
        for one in (first, second):
            assert not verify(session, one)
        box = open_box(session, second.key_id)
        (receipt,) = session.scalars(sa.select(Notice).where(Notice.subject_id == second.id))
        assert receipt.kind is NoticeKind.RECEIPT
        assert Number(second.registration, profile.prefix).printed in box.open(receipt)["body"]
    # The first one stays what it was, for its customer too.
    customer = another()
    page = customer.get(f"/{lang}/track").form().fill(number=case.number, code=case.code).submit()
    assert told not in page.text
