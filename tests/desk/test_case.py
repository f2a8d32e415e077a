"""An officer's page of a case: what it shows, to whom, and that each reading is noted."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.accounts.rules import OfficerRole
from portal.complaints.handed_in import Person, Transaction
from portal.complaints.models import Complaint
from portal.complaints.passing import pass_on
from portal.db import Database, writing
from portal.evidence.models import Document
from portal.evidence.rules import ScanState
from portal.history.models import ReadingEntry
from portal.history.reading import Reading, readings
from portal.institution.loader import load
from portal.institution.models import Institution
from tests.accounts.people import Known, an_officer, sign_in
from tests.builders import NOW
from tests.complaints.cases import ACCOUNT, BASE_URL, Case, file_case
from tests.complaints.officers import seat
from tests.evidence import files, papers
from tests.page import Client

KREDI360 = "kredi360"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """An institution with divisions, which Bank Muamalat's profile does not name."""
    return environment | {"PORTAL_INSTITUTION": KREDI360}


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile)


def path_of(case: Case, lang: str = "en") -> str:
    return f"/{lang}/desk/cases/{case.complaint_id}"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["What happened", "Transactions", "Documents", "Letters and messages", "Identity not yet established"]),
        ("id", ["Yang terjadi", "Transaksi", "Dokumen", "Surat dan pemberitahuan", "Identitas belum pasti"]),
    ],
)
def test_one_page_shows_the_whole_case(client: Client, agent: Known, case: Case, lang: str, said: list[str]) -> None:
    """SQ-15: who, what, transactions, documents, timeline, clock and letters on one page."""
    sign_in(client, agent, lang)
    page = client.get(path_of(case, lang))
    for text in [
        *said,
        "Siti Rahmawati",
        ACCOUNT,
        case.number,
        "siti@example.id",
        "Saldo saya berkurang",
        "FT26112000417",
    ]:
        assert text in page.text, text


@pytest.mark.parametrize("role", [OfficerRole.AGENT, OfficerRole.CS_MANAGER, OfficerRole.AUDITOR])
def test_who_sees_every_case(
    client: Client, house: Database, profile: Institution, case: Case, role: OfficerRole
) -> None:
    sign_in(client, an_officer(house, profile, role))
    assert case.number in client.get(path_of(case)).text


def test_an_auditor_is_offered_nothing_to_do(client: Client, house: Database, profile: Institution, case: Case) -> None:
    sign_in(client, an_officer(house, profile, OfficerRole.AUDITOR))
    page = client.get(path_of(case))
    assert not page.all(".acts form") and "Nothing: you may read this case." in page.text
    client.get(f"{path_of(case)}/note", status=403)


def pass_to_payments(house: Database, profile: Institution, case: Case) -> None:
    with house.session() as session:
        agent = seat(house, profile, OfficerRole.AGENT)
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        pass_on(
            session,
            complaint,
            division="payments",
            question="Mana buktinya?",
            due_on=NOW.date(),
            profile=load("kredifazz"),
            base_url=BASE_URL,
            officer=agent,
            now=NOW,
        )
        session.commit()


def test_a_division_sees_what_was_passed_to_it_and_nothing_else(
    client: Client, another: Callable[..., Client], house: Database, profile: Institution, case: Case
) -> None:
    hers = an_officer(house, profile, OfficerRole.DIVISION_MEMBER, divisions=("payments",))
    theirs = an_officer(house, profile, OfficerRole.DIVISION_MEMBER, divisions=("collection",))
    sign_in(client, hers)
    client.get(path_of(case), status=404)
    pass_to_payments(house, profile, case)
    assert "Mana buktinya?" in client.get(path_of(case)).text
    other = another()
    sign_in(other, theirs)
    other.get(path_of(case), status=404)


@pytest.fixture
def pages(another: Callable[..., Client], case: Case) -> Case:
    """The case with two PDFs from its customer, the second of which draws without end."""
    device, adding = another(), "/en/track/case/documents"
    device.get("/en/track").form("/en/track").fill(number=case.number, code=case.code).submit()
    given = [("rekening.pdf", papers.printed(papers.statement())), ("tanpa-akhir.pdf", files.endless_pdf())]
    device.get(adding).form(adding).fill(files=given).submit()
    return case


def documents(house: Database) -> list[Document]:
    with house.session() as session:
        return list(session.scalars(sa.select(Document).order_by(Document.position)))


def test_a_page_of_a_document_is_shown_to_whoever_sees_the_case_and_its_reading_is_noted(
    client: Client, another: Callable[..., Client], house: Database, profile: Institution, agent: Known, pages: Case
) -> None:
    statement, endless = (one.id for one in documents(house))

    def asked(device: Client, document_id: object, page: int = 1) -> int:
        path = f"/en/desk/documents/{document_id}?page={page}"
        return device.http.get(path, base_url=device.base_url).status_code

    hers, theirs, nobody = another(), another(), another()
    sign_in(hers, an_officer(house, profile, OfficerRole.DIVISION_MEMBER, divisions=("payments",)))
    sign_in(theirs, an_officer(house, profile, OfficerRole.DIVISION_MEMBER, divisions=("collection",)))
    sign_in(client, agent)
    assert [asked(one, statement) for one in (client, hers, theirs, nobody)] == [200, 404, 404, 303]
    pass_to_payments(house, profile, pages)
    assert [asked(one, statement) for one in (hers, theirs)] == [200, 404]
    # What there is not, and what nobody could be shown, nobody has read.
    assert [asked(client, statement, 2), asked(client, endless)] == [404, 422]
    with house.session() as session:
        read = [one for one in readings(session, pages.complaint_id) if one.kind is Reading.DOCUMENT]
        assert [one.document_id for one in read] == [statement] * 2
        assert len({one.officer_id for one in read}) == 2


def test_a_page_of_a_locked_document_is_shown_to_nobody(
    client: Client, house: Database, agent: Known, pages: Case
) -> None:
    sign_in(client, agent)
    for state, status in ((ScanState.WAITING, 404), (ScanState.UNAVAILABLE, 404), (ScanState.INFECTED, 403)):
        with house.session() as session:
            session.begin_write()
            judged = NOW if state is ScanState.INFECTED else None
            session.execute(sa.update(Document).values(scan=state, scanned_at=judged))
            session.commit()
        path = f"/en/desk/documents/{documents(house)[0].id}?page=1"
        assert client.http.get(path, base_url=client.base_url).status_code == status


def test_an_administrator_sees_no_case(client: Client, administrator: Known, case: Case) -> None:
    sign_in(client, administrator)
    client.get(path_of(case), status=403)


def test_other_complaints_of_the_same_account_or_telephone_are_named(
    client: Client, agent: Known, house: Database, profile: Institution, case: Case
) -> None:
    """SQ-26: the officer finds the earlier case of the same customer or account; a name alone does not tie two."""
    file_case(house, profile, customer=Person(name="Budi", language="id", email="budi@example.id"), topic="app")
    namesake = Person(name="Siti Rahmawati", language="id", email="lain@example.id")
    file_case(house, profile, customer=namesake, account="9990001112223", topic="funding", transactions=())
    sign_in(client, agent)
    listed = client.get(path_of(case)).one("[aria-labelledby=earlier]").text
    assert "App and personal data" in listed and "transaction reference" not in listed
    assert "A lender’s funds" not in listed


@pytest.mark.parametrize(
    ("reference", "named"),
    [("ft2611-2000 417", True), ("FT26112000418", False), ("417", False), ("BI-FAST transfer", False)],
)
def test_another_customers_complaint_about_the_same_transaction_is_named(
    client: Client, agent: Known, house: Database, profile: Institution, case: Case, reference: str, named: bool
) -> None:
    """The payee of a transfer complains of it too: found by its reference, and said to be that and no more."""
    payee = Person(name="Budi Santoso", language="id", email="budi@example.id")
    about = Transaction(next(iter(profile.transaction_types)), date(2026, 11, 20), None, None, reference)
    file_case(house, profile, customer=payee, account="9990001112223", topic="funding", transactions=(about,))
    sign_in(client, agent)
    for language, words in (("en", "the same transaction reference"), ("id", "nomor referensi transaksi yang sama")):
        found = client.get(path_of(case).replace("/en/", f"/{language}/")).all("[aria-labelledby=earlier]")
        assert [words in section.text for section in found] == [True] * named


def test_reading_is_noted_once_in_ten_minutes_a_person_and_case(
    client: Client,
    another: Callable[..., Client],
    agent: Known,
    house: Database,
    profile: Institution,
    case: Case,
    clock: time_machine.Traveller,
) -> None:
    sign_in(client, agent)
    client.get(path_of(case))
    client.get(path_of(case))
    second = an_officer(house, profile, OfficerRole.CS_MANAGER)
    device = another()
    sign_in(device, second)
    device.get(path_of(case))
    clock.shift(11 * 60)
    client.get(path_of(case))
    with house.session() as session:
        told = readings(session, case.complaint_id, newest_first=False)
    assert [(one.kind, one.officer_id) for one in told] == [
        (Reading.CASE, agent.id),
        (Reading.CASE, second.id),
        (Reading.CASE, agent.id),
    ]


def test_what_was_not_read_is_not_noted(client: Client, administrator: Known, house: Database, case: Case) -> None:
    sign_in(client, administrator)
    client.get(path_of(case), status=403)
    with house.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ReadingEntry)) == 0


def test_verify_covers_the_reading_log(client: Client, agent: Known, app: Flask, house: Database, case: Case) -> None:
    sign_in(client, agent)
    client.get(path_of(case))
    run = app.test_cli_runner()
    assert run.invoke(args=["history", "verify", "--case", str(case.complaint_id)]).exit_code == 0
    with house.session() as session:
        session.begin_write()
        session.execute(sa.text("UPDATE reading_entries SET actor_id = NULL"))
        session.commit()
    for asked in (["history", "verify"], ["history", "verify", "--case", str(case.complaint_id)]):
        done = run.invoke(args=asked)
        assert done.exit_code == 1 and "entry 1 was edited after it was written" in done.output


@pytest.mark.parametrize(
    ("lang", "title", "opened", "taken"),
    [
        ("en", "History and reading log", "Opened the case", "Siti Rahmawati · Took the whole file along"),
        ("id", "Riwayat dan catatan pembacaan", "Membuka kasus", "Siti Rahmawati · Membawa berkas lengkap"),
    ],
)
def test_the_auditor_reads_who_did_and_who_read_what_and_cuts_both_to_one_officer(
    client: Client,
    another: Callable[..., Client],
    agent: Known,
    house: Database,
    profile: Institution,
    case: Case,
    lang: str,
    title: str,
    opened: str,
    taken: str,
) -> None:
    customer = another()
    customer.get("/en/track").form("/en/track").fill(number=case.number, code=case.code).submit()
    assert customer.http.get("/en/track/case/file.zip", base_url=customer.base_url).status_code == 200
    sign_in(client, agent)
    client.get(path_of(case)).form(f"{path_of(case)}/take").submit()
    auditor = an_officer(house, profile, OfficerRole.AUDITOR, name="Bambang Audit")
    device = another()
    sign_in(device, auditor, lang)
    page = device.get(path_of(case, lang)).follow(title)
    read = page.one("[aria-labelledby=read]").text
    assert opened in read and agent.name in read and auditor.name in read and taken in read
    cut = page.form().fill(by=str(agent.id)).submit()
    assert auditor.name not in cut.one("[aria-labelledby=read]").text
    assert len(cut.all(".timeline li")) == 1
    client.get(f"/en/desk/audit/{case.complaint_id}", status=403)
