"""One complaint from the first page to the last, in both languages, through HTTP and a real mail server."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from portal.institution.loader import load
from portal.worker import drain
from tests.intake.journey import number_and_code, send, walk_to, with_documents
from tests.journeys.filing import sign_in
from tests.notices.mailserver import MailServer, serving
from tests.page import Client

# Friday 13 March 2026, 10:00 in Jakarta, before Nyepi and Lebaran: the 10th working day is Monday 6 April.
FILED = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
NBSP = "\u00a0"

SAID = {
    "id": {
        "due": f"Senin, 6{NBSP}April 2026",
        "received": f"Jumat, 13{NBSP}Maret 2026, 10.00{NBSP}WIB",
        "number": "Nomor registrasi",
        "status": "Diterima, sedang diperiksa",
        "limit": f"10{NBSP}hari kerja",
        "joint leave": "Cuti bersama",
        "no match": "Nomor dan kode ini tidak cocok. Periksa tanda terima Anda",
        "withdrawn": "Dicabut",
    },
    "en": {
        "due": f"Monday 6{NBSP}April 2026",
        "received": f"Friday 13{NBSP}March 2026, 10:00{NBSP}WIB",
        "number": "Registration number",
        "status": "Received, being looked into",
        "limit": f"10{NBSP}working days",
        "joint leave": "Joint leave",
        "no match": "This number and code do not match. Check your receipt",
        "withdrawn": "Withdrawn",
    },
}


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        yield server


@pytest.fixture
def mailing(environment: dict[str, str], mail_server: MailServer) -> Settings:
    return Settings.from_environment(environment | {"PORTAL_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}"})


@pytest.fixture
def mailing_app(mailing: Settings) -> Iterator[Flask]:
    app = create_app(mailing)
    app.testing = True
    yield app
    app.extensions["aduan"].database.dispose()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_one_complaint_goes_all_the_way(
    mailing_app: Flask, mailing: Settings, mail_server: MailServer, database: Database, lang: str
) -> None:
    """BM-10, BM-11, BM-30, BM-34, BM-35, SQ-21: number and date as evidence, a mail, and the status at any time."""
    said = SAID[lang]
    client = Client(mailing_app, mailing.base_url)
    with time_machine.travel(FILED, tick=False) as clock:
        walk_to(client, "check", lang)
        sent = send(with_documents(client, load("muamalat"), lang))
        number, code = number_and_code(sent)
        assert said["number"] in sent.text
        for fact in ("received", "due"):
            assert said[fact] in sent.source, fact
        sent.form(f"/{lang}/file/kept").submit()

        drain(database, mailing, due_by=FILED)
        (receipt,) = mail_server.mails
        text = receipt.get_content()
        assert number in text
        assert said["due"] in text
        assert said["received"] in text
        assert f"{mailing.base_url}/{lang}/track" in text
        assert code not in text and code.replace("-", "") not in text

        case = sign_in(client, lang, number, code)
        assert case.path == f"/{lang}/track/case"
        assert said["status"] in case.text
        assert said["due"] in case.source
        # The account number opens it as well as the registration number (BM-35).
        other = Client(mailing_app, mailing.base_url)
        assert number in sign_in(other, lang, "301 777 7702", code).text

        counted = case.follow(f"/{lang}/track/case/deadline")
        assert said["limit"] in counted.source
        assert said["joint leave"] in counted.text
        assert "POJK" in counted.text

        clock.shift(60)
        form = client.get(f"/{lang}/track/lost-code").form(f"/{lang}/track/lost-code")
        form.fill(number=number.lower().replace("-", " ")).submit()
        drain(database, mailing, due_by=datetime.now(UTC))
        digits = re.search(r"\b\d{6}\b", mail_server.mails[-1].get_content())
        assert digits and len(mail_server.mails) == 2
        form = client.get(f"/{lang}/track/new-code").form(f"/{lang}/track/new-code")
        fresh = form.fill(number=number, code=digits[0]).submit().all(".big")[-1].text
        assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", fresh)
        assert fresh != code
        # Only now the old code and the logins that it opened are dead.
        assert other.get(f"/{lang}/track/case").path == f"/{lang}/track"
        refused = sign_in(Client(mailing_app, mailing.base_url), lang, number, code, status=422)
        assert said["no match"] in refused.text

        last = Client(mailing_app, mailing.base_url)
        sign_in(last, lang, number, fresh)
        form = last.get(f"/{lang}/track/case/withdraw").form(f"/{lang}/track/case/withdraw")
        assert form.fill(sure=True).submit().path == f"/{lang}/track/case"
        assert said["withdrawn"] in last.get(f"/{lang}/track/case").text
        last.get(f"/{lang}/track/case").form(f"/{lang}/track/sign-out").submit()
        assert last.get(f"/{lang}/track/case").path == f"/{lang}/track"
