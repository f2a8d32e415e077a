"""The customer's pages of one case: what they show, in which order, and what they show to nobody else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.complaints.handed_in import Person
from portal.complaints.models import Clock, Complaint, Party
from portal.complaints.rules import Role
from portal.db import Database
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeState
from tests.complaints.cases import ACCOUNT, Case, file_case
from tests.page import Client, Page

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SignIn = Callable[..., Page]
# Friday 13 March 2026, 15.42 WIB, and a Wednesday that is working day 8 of 10.
LEBARAN = datetime(2026, 3, 13, 8, 42, tzinfo=UTC)
DAY_EIGHT = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


def change(house: Database, statement: sa.Update) -> None:
    with house.short_write() as connection:
        connection.execute(statement)


# ── the case ─────────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_the_page_goes_by_need(case: Case, sign_in: SignIn, lang: str) -> None:
    page = sign_in(case.number, case.code, lang=lang)
    assert page.heading == {"id": "Transfer terdebit, belum diterima", "en": "Transfer: debited, not received"}[lang]
    assert [node.text for node in page.all("main h2")] == {
        "id": [
            "Yang kami minta dari Anda",
            "Kami menjawab paling lambat",
            "Yang sudah terjadi",
            "Surat dan pemberitahuan",
            "Yang Anda sampaikan",
            "Dokumen",
            "Bicara dengan petugas",
            "Tindakan lain",
        ],
        "en": [
            "What we ask of you",
            "We answer by",
            "What has happened",
            "Letters and messages",
            "What you told us",
            "Documents",
            "Talk to somebody",
            "Other things to do",
        ],
    }[lang]


@LANGUAGES
def test_it_shows_status_date_and_contact(case: Case, sign_in: SignIn, lang: str) -> None:
    """BM-34: status; BM-30: the date; BM-10: number and date of receipt."""
    page = sign_in(case.number, case.code, lang=lang)
    facts = page.one("#case-facts").text
    assert case.number in facts
    assert {"id": "Senin, 23 November 2026, 10.15 WIB", "en": "Monday 23 November 2026, 10:15 WIB"}[lang] in facts
    assert {"id": "Diterima, sedang diperiksa", "en": "Received, being looked into"}[lang] in facts
    assert page.one(".due time")["datetime"] == "2026-12-07"
    assert page.one(".due").text == {"id": "Senin, 7 Desember 2026", "en": "Monday 7 December 2026"}[lang]
    assert "1500016" in page.one("[aria-labelledby=contact]").text


@LANGUAGES
def test_it_says_how_far_the_count_is(
    clock: time_machine.Traveller, house: Database, profile: Institution, sign_in: SignIn, lang: str
) -> None:
    """Over Lebaran: 13 March to 6 April, and 1 April is working day 8."""
    clock.move_to(LEBARAN)
    case = file_case(house, profile, now=LEBARAN)
    clock.move_to(DAY_EIGHT)
    due = sign_in(case.number, case.code, lang=lang).one("#case-due")
    assert due.one(".due time")["datetime"] == "2026-04-06"
    count = due.one(".due-count").text
    assert {"id": "Hari ini hari kerja ke-8 dari 10.", "en": "Today is working day 8 of 10."}[lang] in count
    assert len(due.all("li.day")) == 25
    assert len(due.all("li.day-off")) == 14
    assert due.one("li.day-today").one("b").text == "1"
    assert "10" in due.one("li.day-due").text


@LANGUAGES
def test_on_a_day_that_is_not_counted_it_says_so(
    case: Case, clock: time_machine.Traveller, sign_in: SignIn, lang: str
) -> None:
    """A Saturday after four working days."""
    clock.move_to(datetime(2026, 11, 28, 3, 0, tzinfo=UTC))
    count = sign_in(case.number, case.code, lang=lang).one(".due-count").text
    assert {
        "id": "Hari ini tidak dihitung: 4 dari 10 hari kerja sudah lewat.",
        "en": "Today is not counted: 4 of 10 working days have passed.",
    }[lang] in count


def test_after_the_last_day_it_says_that_an_answer_is_owed(
    case: Case, clock: time_machine.Traveller, sign_in: SignIn
) -> None:
    clock.move_to(datetime(2026, 12, 7, 16, 0, tzinfo=UTC))
    assert "We owe you an answer" not in sign_in(case.number, case.code).text
    clock.move_to(datetime(2026, 12, 7, 17, 30, tzinfo=UTC))
    assert "We owe you an answer" in sign_in(case.number, case.code).text


def test_the_drawn_date_changes_at_midnight_in_jakarta(
    client: Client, case: Case, clock: time_machine.Traveller, sign_in: SignIn
) -> None:
    """The drawing is kept; it must not be kept over the day, nor for another language."""
    clock.move_to(datetime(2026, 11, 24, 16, 59, tzinfo=UTC))
    first = sign_in(case.number, case.code).one(".due-count").text
    assert "working day 1 of 10" in first
    assert "hari kerja ke-1 dari 10" in client.get("/id/track/case").one(".due-count").text
    clock.move_to(datetime(2026, 11, 24, 17, 1, tzinfo=UTC))
    assert "working day 2 of 10" in client.get("/en/track/case").one(".due-count").text


@LANGUAGES
def test_what_was_told_is_shown_and_the_account_by_its_end(case: Case, sign_in: SignIn, lang: str) -> None:
    page = sign_in(case.number, case.code, lang=lang)
    told = page.one("[aria-labelledby=told]").text
    for text in ("Siti Rahmawati", "siti@example.id", "0812-0000-4419", "FT26112000417", "Saldo saya berkurang"):
        assert text in told
    assert {"id": "Rp1.250.000", "en": "Rp1,250,000"}[lang] in told
    assert {"id": "berakhiran 5678", "en": "ending 5678"}[lang] in told
    assert ACCOUNT not in page.source
    assert case.code not in page.source and case.code.replace("-", "") not in page.source


def test_the_story_stays_as_it_was_written(
    house: Database, profile: Institution, clock: object, sign_in: SignIn
) -> None:
    case = file_case(house, profile, story="<b>Halo</b>\n\n& <script>'x'")
    told = sign_in(case.number, case.code).one(".typed")
    assert told.text == "<b>Halo</b> & <script>'x'"
    assert not told.all("b") and not told.all("script")


def test_a_complaint_without_transaction_and_mail_has_its_page_too(
    house: Database, profile: Institution, clock: object, sign_in: SignIn
) -> None:
    person = Person(name="Siti", language="id", phone="+6281200004419")
    case = file_case(house, profile, transactions=(), customer=person)
    page = sign_in(case.number, case.code)
    assert "Amount" not in page.one("#case-facts").text
    assert "•••4419" in page.one("[aria-labelledby=sent]").text


def test_a_topic_that_the_profile_no_longer_has_does_not_break_the_page(
    case: Case, house: Database, sign_in: SignIn
) -> None:
    change(house, sa.update(Complaint).values(topic="gone"))
    assert sign_in(case.number, case.code).heading == "Your complaint"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (NoticeState.WAITING, "On its way"),
        (NoticeState.HELD, "Not sent yet"),
        (NoticeState.SENT, "Sent"),
        (NoticeState.FAILED, "Could not be delivered"),
    ],
)
def test_the_ledger_tells_what_was_sent_where_and_whether_it_arrived(
    case: Case, house: Database, clock: object, sign_in: SignIn, state: NoticeState, words: str
) -> None:
    at = datetime(2026, 11, 23, 3, 16, tzinfo=UTC)
    settled = at if state in (NoticeState.SENT, NoticeState.FAILED) else None
    change(
        house,
        sa.update(Notice).values(
            state=state,
            settled_at=settled,
            sent_at=at if state is NoticeState.SENT else None,
            failure="smtp_550" if state is NoticeState.FAILED else None,
        ),
    )
    ledger = sign_in(case.number, case.code).one("[aria-labelledby=sent]")
    assert "Acknowledgement of receipt" in ledger.text and "to s•••@example.id" in ledger.text
    assert ledger.one(".tag").text == words
    assert ("10:16 WIB" in ledger.text) is (state is NoticeState.SENT)


def test_nothing_of_another_case_is_shown(
    client: Client, case: Case, house: Database, profile: Institution, sign_in: SignIn
) -> None:
    other = file_case(
        house,
        profile,
        account=ACCOUNT,
        story="Cerita orang lain",
        customer=Person(name="Budi Santoso", language="en", email="budi@example.id"),
    )
    sign_in(case.number, case.code)
    for path in ("case", "case/timeline", "case/timeline?v=999", "case/deadline", "case/withdraw", "case/code"):
        page = client.get(f"/en/track/{path}")
        for text in (other.number, "Budi", "budi", "b•••", "Cerita orang lain"):
            assert text not in page.source, path


def test_the_page_keeps_nothing_in_the_browser(case: Case, sign_in: SignIn, client: Client) -> None:
    sign_in(case.number, case.code)
    for path in ("case", "case/deadline", "case/withdraw"):
        headers = client.get(f"/en/track/{path}").headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


# ── its refresh ──────────────────────────────────────────────────────────────────────────────────


def test_nothing_new_is_answered_with_nothing(client: Client, case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.number, case.code)
    url = page.one("#timeline")["hx-get"]
    assert url == "/en/track/case/timeline?v=1"
    for htmx in (True, False):
        answer = client.get(url, status=204, htmx=htmx)
        assert answer.response.data == b""
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_refresh_asks_one_statement(client: Client, case: Case, sign_in: SignIn) -> None:
    sign_in(case.number, case.code)
    statements: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        client.get("/en/track/case/timeline?v=1", status=204)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(statements) == 1 and statements[0].startswith("SELECT")


@LANGUAGES
def test_what_is_new_comes_as_a_part_with_what_hangs_on_it(
    client: Client, case: Case, sign_in: SignIn, another: Callable[..., Client], lang: str
) -> None:
    url = sign_in(case.number, case.code, lang=lang).one("#timeline")["hx-get"]
    elsewhere = another()
    sign_in(case.number, case.code, by=elsewhere)
    elsewhere.get("/en/track/case/withdraw").form("/en/track/case/withdraw").fill(sure=True).submit()
    part = client.get(url, htmx=True)
    assert part.one("#timeline")["hx-get"] == f"/{lang}/track/case/timeline?v=2"
    assert len(part.all(".timeline li")) == 2
    assert {node.get("id") or node["hx-swap-oob"] for node in part.all("[hx-swap-oob]")} == {
        "case-facts",
        "case-asked",
        "case-closed",
        "case-due",
        "case-letters",
        "case-documents",
        "innerHTML:#status",
    }
    assert {"id": "Dicabut", "en": "Withdrawn"}[lang] in part.one("#case-facts").text
    client.get(part.one("#timeline")["hx-get"], status=204, htmx=True)


def test_without_javascript_the_same_address_leads_to_the_page(client: Client, case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.number, case.code)
    assert page.follow("Look for news").path == "/en/track/case"
    for stale in ("?v=0", "", "?v=x"):
        assert client.get(f"/en/track/case/timeline{stale}").path == "/en/track/case"


def test_a_page_left_open_goes_to_the_sign_in_by_itself(
    client: Client, case: Case, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    """It asks once a minute, which does not count as use; after half an hour nothing of the case is on the screen."""
    sign_in(case.number, case.code)
    for _ in range(30):
        clock.shift(timedelta(minutes=1))
        client.get("/en/track/case/timeline?v=1", status=204, htmx=True)
    clock.shift(timedelta(minutes=1))
    answer = client.get("/en/track/case/timeline?v=1", htmx=True)
    assert answer.headers["HX-Redirect"] == "/en/track?ended=1"
    assert answer.response.data == b""


# ── the derivation ───────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_the_date_is_derived_day_by_day(
    client: Client,
    clock: time_machine.Traveller,
    house: Database,
    profile: Institution,
    sign_in: SignIn,
    lang: str,
) -> None:
    """BM-30 with its source; BM-31, BM-32 and BM-33 with the dates that extensions would lead to."""
    clock.move_to(LEBARAN)
    case = file_case(house, profile, now=LEBARAN)
    page = sign_in(case.number, case.code, lang=lang).follow(
        {"id": "Bagaimana tanggal ini dihitung", "en": "How this date is counted"}[lang]
    )
    assert page.path == f"/{lang}/track/case/deadline"
    text = page.text
    assert case.number in text and "POJK 22/2023" in text
    assert {"id": "10 hari kerja", "en": "10 working days"}[lang] in text
    days = page.all("tbody tr")
    assert len(days) == 25
    assert [row.one("time")["datetime"] for row in days] == [
        (date(2026, 3, 13) + timedelta(days=n)).isoformat() for n in range(25)
    ]
    counted = [row.all("td")[0].text for row in days]
    assert [count for count in counted if count != "–"] == [str(n) for n in range(11)]
    by_day = {row.one("time")["datetime"]: row.all("td")[1].text for row in days}
    if lang == "en":
        assert by_day["2026-03-14"] == "Weekend"
        assert by_day["2026-03-18"] == "Joint leave for Nyepi"
        assert by_day["2026-04-03"] == "Good Friday"
        assert "20 April 2026, 5 May 2026" in text
        assert "it is our reading" in text
    else:
        assert by_day["2026-03-14"] == "Akhir pekan"
        assert "20 April 2026, 5 Mei 2026" in text
        assert "ini tafsiran kami" in text


def test_a_date_beyond_the_decreed_years_says_that_it_is_provisional(
    client: Client, clock: time_machine.Traveller, house: Database, profile: Institution, sign_in: SignIn
) -> None:
    clock.move_to(datetime(2031, 1, 6, 3, 0, tzinfo=UTC))
    case = file_case(house, profile, now=datetime(2031, 1, 6, 3, 0, tzinfo=UTC))
    assert "This date is provisional" in sign_in(case.number, case.code).one("#case-due").text
    assert "This date is provisional" in client.get("/en/track/case/deadline").text


def test_a_promise_stands_where_a_new_count_differs(
    client: Client, case: Case, house: Database, sign_in: SignIn
) -> None:
    """Both dates are shown, and the promised one is the big one."""
    change(house, sa.update(Clock).values(due_on=date(2026, 12, 4)))
    assert sign_in(case.number, case.code).one(".due time")["datetime"] == "2026-12-04"
    page = client.get("/en/track/case/deadline")
    assert page.one(".due time")["datetime"] == "2026-12-04"
    assert "the last day would be Monday 7 December 2026" in page.text


def test_a_clock_that_waits_says_what_it_waits_for(
    client: Client, case: Case, house: Database, sign_in: SignIn
) -> None:
    """SQ-23: ten working days after the documents are complete, and not before."""
    change(house, sa.update(Clock).values(started_at=None, counted_on=None, due_on=None))
    page = sign_in(case.number, case.code)
    assert "The count begins when your documents are complete" in page.one("#case-due").text
    assert client.get("/en/track/case/deadline").path == "/en/track/case"


# ── withdrawing ──────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_withdrawing_says_what_it_means_and_asks_once_more(
    client: Client, case: Case, house: Database, sign_in: SignIn, lang: str
) -> None:
    """Withdrawn is not resolved; the complaint may be made again and all of it is free."""
    page = sign_in(case.number, case.code, lang=lang).follow(
        {"id": "Cabut pengaduan ini", "en": "Withdraw this complaint"}[lang]
    )
    for words in {
        "id": ("tidak sama dengan selesai", "mengajukannya lagi kapan saja", "Tidak ada biaya"),
        "en": ("not the same as resolved", "make it again at any time", "costs nothing"),
    }[lang]:
        assert words in page.text
    form = page.form(f"/{lang}/track/case/withdraw")
    refused = form.submit(status=422)
    assert refused.errors == [
        {
            "id": "Centang kotaknya jika Anda ingin mencabut pengaduan ini",
            "en": "Tick the box if you want to withdraw this complaint",
        }[lang]
    ]
    with house.session() as session:
        assert session.get_one(Complaint, case.complaint_id).version == 1
    done = form.fill(sure=True).submit()
    assert done.path == f"/{lang}/track/case"
    assert {"id": "Anda mencabut pengaduan ini", "en": "You withdrew this complaint on Monday 23 November 2026"}[
        lang
    ] in done.text
    assert not done.has(".due")
    assert not done.has("a[href$=withdraw]")
    assert done.all(".timeline h3")[0].text == {"id": "Pengaduan dicabut", "en": "Complaint withdrawn"}[lang]
    # Again, from a page that was open before: nothing happens twice.
    assert form.submit().path == f"/{lang}/track/case"
    assert client.get(f"/{lang}/track/case/deadline").path == f"/{lang}/track/case"
    with house.session() as session:
        assert session.get_one(Complaint, case.complaint_id).version == 2


def test_who_may_not_withdraw_is_not_offered_it(client: Client, case: Case, house: Database, sign_in: SignIn) -> None:
    change(house, sa.update(Party).values(role=Role.REPRESENTATIVE))
    page = sign_in(case.number, case.code)
    assert not page.has("a[href=/en/track/case/withdraw]")
    assert client.get("/en/track/case/withdraw").path == "/en/track/case"
