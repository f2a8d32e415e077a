"""A complaint that an officer receives for a customer: by telephone, at a counter, in writing (K3-24, KF-12, BM-04)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.rules import OfficerRole
from portal.complaints.codes import grant_code
from portal.complaints.entry.models import AccessCode
from portal.complaints.handed_in import CodeFor
from portal.complaints.models import Acknowledgement, Complaint, Party, Round
from portal.complaints.states import ContactSource
from portal.config import Settings
from portal.db import Database
from portal.desk.receiving.models import Intake
from portal.filing.models import Draft
from portal.institution.models import Institution
from portal.institution.rules import Form, Receipt
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.builders import NOW
from tests.desk.intake import TOLD, bring, frame, go_on, receive, register, tell
from tests.desk.seats import let_in, sit
from tests.journeys.filing import sign_in
from tests.page import Client, Page
from tests.tracking.one_time import newest_code

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """Bank Muamalat, unless a test says another institution by `@pytest.mark.institution`."""
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


@pytest.fixture
def seated(client: Client, clock: Any, house: Database, profile: Institution) -> Any:
    """An agent at the client."""
    return sit(client, house, profile, OfficerRole.AGENT)


@pytest.fixture
def fetch(house: Database, settings: Settings) -> Callable[[], str | None]:
    """Read the one-time code that the customer was sent."""
    return lambda: newest_code(house, settings)


def the_only(house: Database, kind: Any) -> Any:
    with house.session() as session:
        return session.scalars(sa.select(kind)).one()


def count(house: Database, kind: Any) -> int:
    with house.session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


def mails(house: Database) -> list[str]:
    with house.session() as session:
        rows = session.scalars(sa.select(Notice).order_by(Notice.created_at, Notice.id)).all()
        return [open_box(session, row.key_id).open(row)["body"] for row in rows]


def number_of(page: Page) -> str:
    return page.one(".receipt .big").text


def prints(page: Page) -> bool:
    """Whether the page leads to the customer's paper."""
    return any(link["href"].endswith("/paper") for link in page.all("a[href]"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


# ── by telephone ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "registered", "due", "said"),
    [
        ("en", "The complaint is registered", "Monday 30 November 2026", "Received for Siti Rahmawati."),
        ("id", "Pengaduan terdaftar", "Senin, 30 November 2026", "Diterima untuk Siti Rahmawati."),
    ],
)
def test_who_telephones_gets_number_and_receipt_and_five_working_days(
    client: Client, seated: Any, house: Database, profile: Institution, lang: str, registered: str, due: str, said: str
) -> None:
    """BM-02, BM-09, BM-29, SQ-15, SQ-22, KF-12: verbal follows from the channel; no document is asked for."""
    page = receive(client, profile, "contact_centre", lang)
    assert page.heading == registered and due in plain(page.text)
    complaint = the_only(house, Complaint)
    assert (complaint.form, complaint.channel, complaint.due_on) == (Form.VERBAL, "contact_centre", date(2026, 11, 30))
    assert complaint.documents_due_on is None
    [mail] = mails(house)
    assert number_of(page) in mail and "/id/track/lost-code" in mail and "Anda belum punya kode akses" in mail
    case = page.follow(f"/{lang}/desk/cases/")
    history = plain(case.one("[aria-labelledby=history]").text)
    assert said in history and seated.name in history
    assert number_of(page) in client.get(f"/{lang}/desk").text


def test_no_officer_ever_has_the_code_and_the_customer_fetches_it(
    client: Client,
    seated: Any,
    house: Database,
    profile: Institution,
    another: Callable[..., Client],
    fetch: Callable[[], str | None],
) -> None:
    """SQ-21: without a counter there is no code until the customer asks for one at their own contact."""
    page = receive(client, profile, "contact_centre")
    number = number_of(page)
    assert count(house, AccessCode) == 0 and not prints(page)
    device = another()
    device.get("/id/track/lost-code").form("/id/track/lost-code").fill(number=number).submit()
    digits = fetch()
    assert digits is not None
    mine = device.get("/id/track/new-code").form("/id/track/new-code").fill(number=number, code=digits).submit()
    assert mine.path == "/id/track/case/code" and count(house, AccessCode) == 1


@pytest.mark.parametrize(
    ("lang", "channel", "by"),
    [
        ("en", "SalaMuamalat by telephone", "An officer took it down. It came by: SalaMuamalat by telephone, "),
        ("id", "Telepon SalaMuamalat", "Dicatat oleh petugas. Masuk melalui: Telepon SalaMuamalat, "),
    ],
)
def test_the_customers_page_says_how_it_came(
    client: Client,
    seated: Any,
    house: Database,
    profile: Institution,
    another: Callable[..., Client],
    lang: str,
    channel: str,
    by: str,
) -> None:
    page = receive(client, profile, "contact_centre")
    with house.session() as session:
        session.begin_write()
        complaint, party = session.scalars(sa.select(Complaint)).one(), session.scalars(sa.select(Party)).one()
        code = grant_code(session, complaint_id=complaint.id, party_id=party.id, now=NOW)
        session.commit()
    mine = sign_in(another(), lang, number_of(page), code)
    assert channel in mine.one("#case-facts").text and by in mine.text


# ── at a counter ─────────────────────────────────────────────────────────────────────────────────


def test_at_a_branch_papers_are_scanned_and_the_code_is_printed_once(
    client: Client, seated: Any, house: Database, profile: Institution, another: Callable[..., Client]
) -> None:
    """BM-04, KF-14, K3-24: a written complaint, complete when it came, and the code on the customer's paper alone."""
    three = ("identity", "account_ownership", "transaction_receipt")
    papers = tuple(code for code in profile.documents if code in three)
    assert len(papers) == 3
    page = receive(client, profile, "branch", papers=papers, code=CodeFor.COUNTER)
    complaint = the_only(house, Complaint)
    assert complaint.form is Form.WRITTEN and complaint.due_on == date(2026, 12, 7)
    paper = page.follow(f"/id{page.path[3:].replace('/registered', '/paper')}")
    assert paper.heading == "Tanda terima"
    code = paper.one(".only-print .big").text
    assert sign_in(another(), "id", number_of(page), code).path == "/id/track/case"
    assert all(code not in mail for mail in mails(house))
    # Another browser of the same officer shows none, nor does this one once the customer has the paper.
    elsewhere = another()
    let_in(elsewhere, house, seated)
    assert elsewhere.get(paper.path).path.endswith("/registered")
    after = paper.form(paper.path.replace("/paper", "/handed-over")).submit()
    assert code not in client.get(paper.path).text and not prints(after)
    assert the_only(house, Draft).kept_code is None


def test_a_code_that_nobody_printed_is_gone_after_a_quarter_of_an_hour(
    client: Client, seated: Any, house: Database, profile: Institution, clock: Any
) -> None:
    page = receive(client, profile, "branch", code=CodeFor.COUNTER)
    assert prints(page)
    clock.shift(timedelta(minutes=16))
    assert not prints(client.get(page.path))


def test_who_does_not_wait_at_the_counter_fetches_the_code(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    receive(client, profile, "branch", code=CodeFor.APART)
    assert count(house, AccessCode) == 0


# ── when it came ─────────────────────────────────────────────────────────────────────────────────


def test_what_was_entered_late_counts_from_its_arrival(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    """BM-29: five working days from Thursday, though it is Monday when it is entered."""
    receive(client, profile, "contact_centre", on="2026-11-19", at="16.40")
    complaint = the_only(house, Complaint)
    assert complaint.received_at == datetime(2026, 11, 19, 16, 40, tzinfo=JAKARTA).astimezone(UTC)
    assert complaint.due_on == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("on", "at", "lang", "said"),
    [
        ("2026-11-23", "10.16", "en", "This moment has not come yet. Write when it came"),
        ("2025-11-23", "10.00", "id", "Ini lebih dari 180 hari yang lalu. Periksa tanggalnya, terutama tahunnya"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    client: Client, seated: Any, profile: Institution, on: str, at: str, lang: str, said: str
) -> None:
    page = frame(client, profile, "email", lang, on=on, at=at, notice="sent", status=422)
    assert page.errors == [said]
    held = page.form(".intake").values
    assert (held["channel"], held["on"], held["at"], held["notice"]) == ("email", on, at, "sent")


def test_after_closing_time_it_counts_from_the_next_opening_where_the_channel_says_so(
    app: Flask, client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    """The profile's `receipt` of a channel: Friday evening at a closed branch is Monday."""
    branch = profile.channels["branch"].model_copy(update={"receipt": Receipt.NEXT_OPENING})
    strict = profile.model_copy(update={"channels": {**profile.channels, "branch": branch}})
    floor = app.extensions["aduan"]
    app.extensions["aduan"] = type(floor)(floor.settings, floor.database, strict)
    receive(client, profile, "branch", on="2026-11-21", at="09.00", code=CodeFor.APART)
    first = the_only(house, Round)
    assert the_only(house, Complaint).received_at == datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    assert first.received_at == datetime(2026, 11, 23, tzinfo=JAKARTA).astimezone(UTC)


# ── nothing is lost, nothing is twice ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "missing", "wrong"),
    [
        ("en", "Write what happened", "Write the amount in digits, for example 1,250,000"),
        ("id", "Tulis apa yang terjadi", "Tulis jumlah dengan angka, misalnya 1.250.000"),
    ],
)
def test_an_error_loses_nothing_and_a_half_finished_intake_is_taken_up_again(
    client: Client, seated: Any, profile: Institution, lang: str, missing: str, wrong: str
) -> None:
    page = frame(client, profile, "email", lang)
    page = tell(page, status=422, **{"story-story": "", "loss-amount": "banyak"})
    assert page.errors == [missing, wrong]
    # The officer is called away: the draft has it all.
    again = client.get(f"/{lang}/desk/receive").follow("Siti Rahmawati")
    held = again.form(".intake").values
    assert held["loss-amount"] == "banyak" and held["identity-name"] == "Siti Rahmawati"
    assert tell(again).path.endswith("/documents")


def test_several_transactions_are_added_and_taken_out(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    """SQ-19, SQ-38."""
    page = tell(frame(client, profile, "email"), "more")
    second = {name.replace("-1-", "-2-"): value for name, value in TOLD.items() if "transactions-1-" in name}
    page = page.form(".intake").fill(second | {"transactions-2-amount": "77000"}).submit("more")
    page = page.form(".intake").submit("remove=1")
    assert page.form(".intake").values["transactions-1-amount"] == "77000"
    register(go_on(page.form(".intake").submit()))
    with house.session() as session:
        complaint = session.scalars(sa.select(Complaint)).one()
        assert len(complaint.transactions) == 1


def test_registering_twice_makes_one_complaint(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    page = go_on(tell(frame(client, profile, "branch")))
    form = page.form(page.path).fill(code=CodeFor.COUNTER)
    first, second = form.submit(), form.submit()
    assert number_of(first) == number_of(second) and prints(second)
    assert count(house, Complaint) == 1


def test_an_intake_is_deleted_with_what_it_holds(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    page = bring(tell(frame(client, profile, "branch")), "identity")
    intake = re.sub("/documents$", "", page.path)
    client.get("/en/desk/receive").form(f"{intake}/discard").submit()
    assert count(house, Draft) == count(house, Intake) == 0
    client.get(intake, status=404)


def test_a_colleagues_intake_is_hidden_and_a_manager_takes_it_over(
    client: Client, seated: Any, house: Database, profile: Institution, another: Callable[..., Client]
) -> None:
    """K3-06."""
    page = frame(client, profile, "email")
    colleague, manager = another(), another()
    sit(colleague, house, profile, OfficerRole.AGENT, name="Made Artawan")
    colleague.get(page.path, status=404)
    assert not colleague.get("/en/desk/receive").all("[aria-labelledby=unfinished]")
    sit(manager, house, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari")
    left = manager.get("/en/desk/receive").one("[aria-labelledby=unfinished]").text
    assert seated.name in left
    assert tell(manager.get(page.path)).path.endswith("/documents")


# ── what is kept of it ───────────────────────────────────────────────────────────────────────────


def test_the_privacy_notice_is_given_first_and_that_is_kept(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    """KX-16; UU 27/2022 art. 24: version, language and moment."""
    page = client.get("/en/desk/receive").form("/en/desk/receive").fill(channel="email").submit(status=422)
    assert "Give the privacy notice first, then say how" in page.errors
    assert count(house, Draft) == 0
    receive(client, profile, "email", language="en")
    kept = the_only(house, Acknowledgement)
    assert (kept.version, kept.language, kept.at) == (profile.privacy.version, "en", NOW)


def test_a_contact_from_our_records_is_marked_as_such(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    receive(client, profile, "contact_centre", told={"origin": "records"})
    assert the_only(house, Party).contact is ContactSource.RECORDS


def test_a_representative_at_the_counter_brings_the_power_and_the_customer_is_told_when_we_know_them(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    """SQ-12, SQ-18, SQ-21, BM-17."""
    page = frame(client, profile, "branch", **{"who-role": "representative"})
    acting = {
        "representative-name": "Andi Wijaya",
        "representative-proof": "ktp",
        "representative-number": "3174015203880009",
        "representative-relation": "Saudara",
        "representative-acting": "person",
        "authority-given_on-d": "2",
        "authority-given_on-m": "11",
        "authority-given_on-y": "2026",
        "authority-scope": "Mengurus pengaduan ini.",
        "authority-lasting": "settled",
        "customer-contact-email": "ibu@example.id",
        "origin": "representative",
    }
    page = register(go_on(tell(page, **acting)), code=CodeFor.COUNTER)
    with house.session() as session:
        sources = {party.role: party.contact for party in session.scalars(sa.select(Party))}
    assert sources == {"customer": ContactSource.REPRESENTATIVE, "representative": ContactSource.OWN}
    # One receipt: to the representative. The customer's waits for our own records.
    assert len(mails(house)) == 1
    assert "Received for Andi Wijaya." in page.follow("Open the case").text


# ── every institution ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("channel", "form"),
    [
        pytest.param("telephone", Form.VERBAL, marks=pytest.mark.institution("kredifazz")),
        pytest.param("chat", Form.WRITTEN, marks=pytest.mark.institution("kredifazz")),
        pytest.param("call_centre", Form.VERBAL, marks=pytest.mark.institution("kredi360")),
        pytest.param("whatsapp", Form.WRITTEN, marks=pytest.mark.institution("kredi360")),
        pytest.param("social_media", Form.WRITTEN, marks=pytest.mark.institution("kredi360")),
        pytest.param("customer_care", Form.VERBAL, marks=pytest.mark.institution("sequis_am")),
        pytest.param("whatsapp", Form.WRITTEN),
        pytest.param("din", Form.WRITTEN),
    ],
)
def test_each_channel_fixes_the_form_at_each_institution(
    client: Client, seated: Any, house: Database, profile: Institution, channel: str, form: Form
) -> None:
    """K3-24, KF-12, KF-23, KF-30, BM-05 … BM-08, BM-09."""
    assert profile.own_channel not in [o["value"] for o in client.get("/en/desk/receive").all("#channel option")]
    receive(client, profile, channel)
    complaint = the_only(house, Complaint)
    assert (complaint.channel, complaint.form) == (channel, form)
    assert complaint.due_on is not None or form is Form.WRITTEN


@pytest.mark.institution("kredifazz")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_question_takes_the_short_path_and_a_topic_that_does_not_fit_is_told(
    client: Client, seated: Any, house: Database, profile: Institution
) -> None:
    """KF-02, KF-03, KX-11."""
    narrow = next(code for code, topic in profile.topics.items() if topic.kinds and "complaint" not in topic.kinds)
    page = frame(client, profile, "telephone", **{"topic-topic": narrow, "status": 422})
    assert page.errors == ["This is no topic of what was chosen above. Choose another"]
    page = page.form(".intake").fill({"kind-kind": "question"}).submit()
    page = tell(page, **{"contact-name": "Rudi Hartanto"})
    page = register(go_on(page))
    assert page.heading == "The message is registered"
    assert the_only(house, Complaint).kind == "question"


@pytest.mark.institution("kredifazz")
@pytest.mark.parametrize(("lang", "mailed"), [("en", "Please call us"), ("id", "Mohon telepon kami")])
def test_an_email_whose_writer_cannot_be_identified_is_asked_to_call(
    client: Client, seated: Any, house: Database, profile: Institution, lang: str, mailed: str
) -> None:
    """KF-23, KF-24."""
    page = receive(client, profile, "email", lang, language=lang, notice="sent")
    case = page.follow(f"/{lang}/desk/cases/")
    case.form(f"{case.path}/call-us").submit()
    with house.session() as session:
        notice = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.CALL_US)).one()
        told = open_box(session, notice.key_id).open(notice)
    assert notice.language == lang and told["address"] == "siti@example.id"
