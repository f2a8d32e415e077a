"""A written complaint with a missing document at the desk: asked, brought, rejected, brought again, accepted."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from portal.complaints.models import Complaint
from portal.config import Settings
from portal.db import Database
from portal.history.reading import Reading, readings
from tests.accounts.people import an_officer, sign_in
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.evidence import files
from tests.page import Client, Page

REST = ("identity", "account_ownership", "chronology")

WORDS = {
    "en": {
        "opened": "Opened by our officers:",
        "missing": "Missing",
        "accepted": "Accepted",
        "reply": "Write to us about this complaint",
    },
    "id": {
        "opened": "Dibuka oleh petugas kami:",
        "missing": "Masih kurang",
        "accepted": "Diterima",
        "reply": "Tulis kepada kami tentang pengaduan ini",
    },
}


@pytest.fixture
def browser(app: Flask, settings: Settings) -> Callable[[], Client]:
    return lambda: Client(app, settings.base_url)


def as_customer(client: Client, case: Case, lang: str) -> Page:
    form = client.get(f"/{lang}/track").form(f"/{lang}/track")
    return form.fill(number=case.number, code=case.code).submit()


def bring(client: Client, lang: str, name: str, content: bytes) -> None:
    path = f"/{lang}/track/case/documents"
    client.get(path).form(path).fill(purpose="transaction_receipt", files=[(name, content)]).submit()


@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_missing_document_is_brought_rejected_and_brought_again(
    app: Flask, browser: Callable[[], Client], lang: str
) -> None:
    """SQ-16, BM-30: the clock runs from the moment the last of them arrived; the customer sees who opened theirs."""
    house: Database = app.extensions["aduan"].database
    profile = app.extensions["aduan"].institution
    said = WORDS[lang]
    with time_machine.travel(NOW, tick=False) as clock:
        case = file_case(house, profile, given=REST)
        here = f"/{lang}/desk/cases/{case.complaint_id}"
        customer, desk = browser(), browser()
        sign_in(desk, an_officer(house, profile, name="Ratna Wulandari"), lang)
        assert said["missing"] in desk.get(here).one("[aria-labelledby=documents]").text
        as_customer(customer, case, lang)
        bring(customer, lang, "struk.jpg", files.picture())
        with house.session() as session:
            first = session.get_one(Complaint, case.complaint_id).due_on
        page = desk.get(here)
        link = page.one(".file-name a")["href"]
        copy = desk.get(link)
        assert copy.response.mimetype == "image/jpeg" and "attachment" in copy.headers["Content-Disposition"]
        review = page.follow(f"{here}/review?of=")
        silent = review.form().fill(verdict="no").submit(status=422)
        silent.form().fill(reason="Fotonya terpotong di kanan").submit()
        with house.session() as session:
            complaint = session.get_one(Complaint, case.complaint_id)
            assert first is not None and complaint.due_on is None and complaint.documents_due_on is not None
        mine = customer.get(f"/{lang}/track/case")
        assert said["opened"] in mine.text and "Ratna Wulandari" in mine.text and "Fotonya terpotong" in mine.text
        clock.shift(24 * 3600)
        sign_in(desk, an_officer(house, profile, name="Dewi Lestari"), lang)
        as_customer(customer, case, lang)
        bring(customer, lang, "struk lengkap.jpg", files.picture(colour="red"))
        with house.session() as session:
            again = session.get_one(Complaint, case.complaint_id).due_on
            assert again is not None and again > first
            told = readings(session, case.complaint_id)
        assert [one.kind for one in told].count(Reading.DOCUMENT) == 1
        names = [option.text for option in desk.get(f"{here}/review").all("select option")]
        newest = next(o for o in desk.get(f"{here}/review").all("select option") if "lengkap" in o.text)
        assert len(names) == 2
        done = desk.get(f"{here}/review").form().fill(document=newest["value"], verdict="yes").submit()
        assert said["accepted"] in done.one("[aria-labelledby=documents]").text


@pytest.mark.parametrize("lang", ["en", "id"])
def test_messages_go_both_ways_and_notes_never_reach_the_customer(
    app: Flask, browser: Callable[[], Client], lang: str
) -> None:
    house: Database = app.extensions["aduan"].database
    profile = app.extensions["aduan"].institution
    with time_machine.travel(NOW, tick=False):
        case = file_case(house, profile)
        here = f"/{lang}/desk/cases/{case.complaint_id}"
        customer, desk = browser(), browser()
        sign_in(desk, an_officer(house, profile), lang)
        desk.get(f"{here}/write").form().fill(text="Kami telusuri ke bank penerima.").submit()
        desk.get(f"{here}/note").form().fill(text="Rahasia dapur").submit()
        as_customer(customer, case, lang)
        mine = customer.get(f"/{lang}/track/case")
        assert "Kami telusuri ke bank penerima." in mine.text and "Rahasia dapur" not in mine.source
        empty = mine.follow(WORDS[lang]["reply"]).form().submit(status=422)
        after = empty.form().fill(text="Sampai kapan?\nSaya menunggu.").submit()
        assert "Sampai kapan?" in after.one("#timeline").text
        assert "Sampai kapan?" in desk.get(here).one("[aria-labelledby=messages]").text
