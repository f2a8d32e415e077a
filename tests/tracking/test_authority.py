"""Somebody acts for the customer: what they see, what the customer sees, and how it ends."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.codes import grant_code
from portal.complaints.models import Authority, Complaint, Party
from portal.complaints.rules import Role
from portal.complaints.states import AuthorityState, ContactSource
from portal.db import Database
from portal.evidence.models import Document
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.accounts.people import an_officer
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.complaints.test_completeness import acting
from tests.evidence import files
from tests.page import Client, Page

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SignIn = Callable[..., Page]
Device = Callable[..., Client]
CLAIMED, ACCEPTED = AuthorityState.CLAIMED, AuthorityState.ACCEPTED


@pytest.fixture
def represented(clock: object, house: Database, profile: Institution) -> Case:
    """Budi Santoso has filed for Siti Rahmawati; only the power of attorney itself is missing."""
    given = ["identity", "account_ownership", "transaction_receipt", "representative_identity"]
    return file_case(house, profile, given=given, representation=acting())


@pytest.fixture
def customer_code(house: Database, represented: Case) -> str:
    """The customer's own access code, whose contact an officer has entered from the records."""
    with house.session() as session:
        session.begin_write()
        customer = session.scalars(sa.select(Party).where(Party.role == Role.CUSTOMER)).one()
        customer.contact = ContactSource.RECORDS
        code = grant_code(session, complaint_id=represented.complaint_id, party_id=customer.id, now=NOW)
        session.commit()
    return code


def stands(house: Database, state: AuthorityState, *, ends_on: date | None = None) -> None:
    with house.short_write() as connection:
        decided = None if state is CLAIMED else NOW
        connection.execute(sa.update(Authority).values(state=state, decided_at=decided, ends_on=ends_on))


def add(client: Client, name: str, *, purpose: str = "other-evidence", content: bytes | None = None) -> Page:
    form = client.get("/en/track/case/documents").form("/en/track/case/documents")
    return form.fill(purpose=purpose, files=[(name, content or files.pdf())]).submit()


def names(page: Page) -> list[str]:
    return [node.text for node in page.all("#case-documents .file-name")]


def test_the_customer_fetches_a_code_of_their_own_once_we_know_how_to_reach_them(
    app: Flask,
    house: Database,
    profile: Institution,
    represented: Case,
    client: Client,
    sign_in: SignIn,
    another: Device,
    one_time_code: Callable[[], str | None],
) -> None:
    """SQ-21: nothing goes to the address that only the representative gave; theirs comes from our records."""

    def ask() -> Page:
        form = client.get("/en/track/lost-code").form("/en/track/lost-code")
        return form.fill(number=represented.number, role="customer").submit()

    ask()
    assert one_time_code() is None
    an_officer(house, profile, email="ratna@bank.example.id")
    arguments = ["complaints", "contact", represented.number, "--officer", "ratna@bank.example.id"]
    done = app.test_cli_runner().invoke(args=arguments, input="siti.asli@example.id\n\n")
    assert done.exit_code == 0, done.output
    page = ask()
    digits = one_time_code()
    assert digits
    page = page.form("/en/track/new-code").fill(code=digits).submit()
    assert page.path == "/en/track/case/code"
    own = page.one("#access-code").text
    # Each has their own: the representative's opens as before, and to what is theirs alone.
    assert own != represented.code
    assert "By Budi Santoso, on your behalf" in sign_in(represented.number, own, by=another()).text
    assert sign_in(represented.number, represented.code, by=another()).path == "/en/track/case"


@LANGUAGES
def test_the_customer_sees_who_acts_and_who_did_what_for_whom(
    represented: Case, customer_code: str, sign_in: SignIn, lang: str
) -> None:
    """SQ-18, BM-17."""
    page = sign_in(represented.number, customer_code, lang=lang)
    told = page.one("#case-acting").text
    for text in ("Budi Santoso", "Anak", "Mengurus pengaduan tentang transfer 20 November 2026"):
        assert text in told
    assert {"id": "Belum diperiksa", "en": "Not examined yet"}[lang] in told
    assert {"id": "Oleh Budi Santoso, atas nama Anda", "en": "By Budi Santoso, on your behalf"}[lang] in page.text


@pytest.mark.parametrize("state", [CLAIMED, ACCEPTED])
def test_until_it_is_accepted_a_representative_sees_only_what_they_sent(
    represented: Case, customer_code: str, house: Database, sign_in: SignIn, another: Device, state: AuthorityState
) -> None:
    stands(house, state)
    customer, representative = another(), another()
    sign_in(represented.number, customer_code, by=customer)
    sign_in(represented.number, represented.code, by=representative)
    add(customer, "rahasia.pdf")
    add(representative, "surat.jpg", content=files.picture())
    with house.session() as session:
        secret = session.scalars(sa.select(Document.id).order_by(Document.position)).first()
    assert names(customer.get("/en/track/case")) == ["rahasia.pdf", "surat.jpg"]
    page = representative.get("/en/track/case")
    seen = state is ACCEPTED
    assert names(page) == (["rahasia.pdf", "surat.jpg"] if seen else ["surat.jpg"])
    assert page.text.count("We have received one file.") == (2 if seen else 1)
    link = f"/en/documents/{secret}"
    assert representative.http.get(link, base_url=representative.base_url).status_code == (200 if seen else 404)
    assert customer.http.get(link, base_url=customer.base_url).status_code == 200


@pytest.mark.parametrize(
    ("state", "ends_on", "why"),
    [
        (AuthorityState.REVOKED, None, "The customer has revoked the power of attorney"),
        (AuthorityState.LAID_DOWN, None, "You have laid down the power of attorney"),
        (ACCEPTED, date(2026, 11, 22), "The last day of the power of attorney has passed"),
    ],
)
def test_who_may_not_act_any_more_is_told_why_at_each_request(
    represented: Case, house: Database, sign_in: SignIn, client: Client, state: AuthorityState, ends_on: date, why: str
) -> None:
    sign_in(represented.number, represented.code)
    form = client.get("/en/track/case/documents").form("/en/track/case/documents")
    stands(house, state, ends_on=ends_on)
    page = form.fill(purpose="power_of_attorney", files=[("kuasa.pdf", files.pdf())]).submit()
    assert page.path == "/en/track/case" and why in page.one("#case-acting .notice").text
    with house.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0
    assert not page.has("#case-due") and not page.has("#case-asked .tasks")
    assert "Siti Rahmawati" in page.text and "Saldo saya berkurang" in page.text
    for path in ("authority", "message", "documents", "documents/deadline", "deadline"):
        assert client.get(f"/en/track/case/{path}").path == "/en/track/case"


def test_on_its_last_day_a_power_holds(represented: Case, house: Database, sign_in: SignIn, client: Client) -> None:
    stands(house, ACCEPTED, ends_on=date(2026, 11, 23))
    sign_in(represented.number, represented.code)
    assert names(add(client, "surat.pdf").client.get("/en/track/case")) == ["surat.pdf"]


def test_who_was_rejected_may_bring_what_mends_it(
    represented: Case, house: Database, sign_in: SignIn, client: Client
) -> None:
    stands(house, AuthorityState.REJECTED)
    page = sign_in(represented.number, represented.code)
    assert "We have not accepted the power of attorney" in page.one("#case-acting .notice").text
    assert [node.text for node in page.all("#case-asked .tasks a")] == ["Special power of attorney"]
    add(client, "kuasa.pdf", purpose="power_of_attorney")
    assert names(client.get("/en/track/case")) == ["kuasa.pdf"]


@LANGUAGES
def test_the_customer_revokes_it_and_both_are_told(
    represented: Case,
    customer_code: str,
    house: Database,
    sign_in: SignIn,
    another: Device,
    clock: time_machine.Traveller,
    lang: str,
) -> None:
    customer, representative = another(), another()
    sign_in(represented.number, represented.code, by=representative)
    page = sign_in(represented.number, customer_code, lang=lang, by=customer).follow(f"/{lang}/track/case/authority")
    form = page.form(f"/{lang}/track/case/authority")
    assert form.submit(status=422).errors == [
        {
            "id": "Centang kotaknya jika surat kuasa ini berakhir",
            "en": "Tick the box if the power of attorney is to end",
        }[lang]
    ]
    done = form.fill(sure=True).submit()
    assert done.path == f"/{lang}/track/case"
    titles = [node.text for node in done.all(".timeline h3")]
    assert {"id": "Surat kuasa dicabut", "en": "Power of attorney revoked"}[lang] in titles
    # Its paper was all that was missing, and is needed no more.
    assert done.one(".due time")["datetime"] == "2026-12-07" and not done.has("#case-asked .tasks")
    assert "has revoked the power of attorney" in representative.get("/en/track/case").text
    with house.session() as session:
        told = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.POWER_ENDED)).all()
        addresses = {open_box(session, notice.key_id).open(notice)["address"] for notice in told}
        assert addresses == {"siti@example.id", "budi@example.id"}
        version = session.get_one(Complaint, represented.complaint_id).version
    # Again, from a page that was open before: nothing happens twice.
    assert form.submit().path == f"/{lang}/track/case"
    with house.session() as session:
        assert session.get_one(Complaint, represented.complaint_id).version == version


def test_the_representative_lays_it_down(
    represented: Case, customer_code: str, house: Database, sign_in: SignIn, another: Device
) -> None:
    representative, customer = another(), another()
    page = sign_in(represented.number, represented.code, by=representative).follow("Lay down the power of attorney")
    done = page.form("/en/track/case/authority").fill(sure=True).submit()
    assert "You have laid down the power of attorney" in done.text
    assert "Power of attorney laid down" in sign_in(represented.number, customer_code, by=customer).text
    with house.session() as session:
        assert session.scalars(sa.select(Authority.state)).one() is AuthorityState.LAID_DOWN


def test_withdrawing_stays_with_the_customer(
    represented: Case, customer_code: str, sign_in: SignIn, another: Device
) -> None:
    representative, customer = another(), another()
    assert "Withdraw this complaint" not in sign_in(represented.number, represented.code, by=representative).text
    assert representative.get("/en/track/case/withdraw").path == "/en/track/case"
    assert "Withdraw this complaint" in sign_in(represented.number, customer_code, by=customer).text


def test_a_complaint_of_ones_own_says_nothing_of_anybody_acting(case: Case, sign_in: SignIn, client: Client) -> None:
    page = sign_in(case.number, case.code)
    assert not page.has("#case-acting") and "By you" not in page.text
    assert client.get("/en/track/case/authority").path == "/en/track/case"
