"""A lost access code: only who reads the customer's own messages gets a new one, and only then the old one dies."""

import hmac
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import CODE_TRIES
from portal.complaints.entry.models import CaseSession
from portal.complaints.numbers import new_number
from portal.db import Database
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.sealing import open_box
from portal.tracking.views import doors
from portal.web.throttle import FREE_TRIES
from tests.builders import NOW
from tests.complaints.cases import ACCOUNT, Case, file_case
from tests.page import Client, Page

LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])
SignIn = Callable[..., Page]
Device = Callable[..., Client]
Receive = Callable[[], str | None]
WRONG = "This number and one-time code do not match, or the code is used up. Ask for a new one"


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements made inside the block."""
    made: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        made.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def ask(client: Client, number: str, lang: str = "en", *, status: int = 200) -> Page:
    """Say that the code is lost."""
    return (
        client.get(f"/{lang}/track/lost-code")
        .form(f"/{lang}/track/lost-code")
        .fill(number=number)
        .submit(status=status)
    )


def give(client: Client, number: str, digits: str, lang: str = "en", *, status: int = 200) -> Page:
    """Give the one-time code."""
    form = client.get(f"/{lang}/track/new-code").form(f"/{lang}/track/new-code")
    return form.fill(number=number, code=digits).submit(status=status)


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06}"


def plain(page: Page, typed: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.source).replace(typed, "")


# ── the whole way ────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
def test_from_a_lost_code_to_a_new_one(
    client: Client, case: Case, sign_in: SignIn, another: Device, one_time_code: Receive, lang: str
) -> None:
    elsewhere = another()
    sign_in(case.number, case.code, by=elsewhere)
    asked = client.get(f"/{lang}/track").follow(
        {"id": "Kode akses saya hilang", "en": "I no longer have the access code"}[lang]
    )
    sent = asked.form(f"/{lang}/track/lost-code").fill(number=case.number).submit()
    assert {"id": "Jika pengaduan itu ada", "en": "If there is such a complaint"}[lang] in sent.text
    digits = one_time_code()
    assert digits and len(digits) == 6
    # Until it is used, nothing has changed.
    assert elsewhere.get("/en/track/case").path == "/en/track/case"

    form = sent.form(f"/{lang}/track/new-code")
    assert form.values["number"] == case.number
    shown = form.fill(code=f"{digits[:3]} {digits[3:]}").submit()
    assert shown.path == f"/{lang}/track/case/code"
    new = shown.one("#access-code").text
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", new) and new != case.code
    assert case.number in shown.text

    # Only now the old code and its logins are dead, and this browser is signed in.
    assert elsewhere.get("/en/track/case").path == "/en/track"
    sign_in(case.number, case.code, by=another(), status=422)
    assert sign_in(case.number, new, by=another()).path == "/en/track/case"
    page = client.get(f"/{lang}/track/case")
    assert page.all(".timeline h3")[0].text == {"id": "Kode akses baru", "en": "New access code"}[lang]


def test_the_new_code_stays_until_it_is_kept(
    client: Client, case: Case, another: Device, one_time_code: Receive, house: Database
) -> None:
    ask(client, case.number)
    shown = give(client, case.number, str(one_time_code()))
    new = shown.one("#access-code").text
    assert client.get("/id/track/case/code").one("#access-code").text == new
    task = client.get("/en/track/case").one(".tasks a")
    assert (task.text, task["href"]) == ("Keep your new access code", "/en/track/case/code")
    kept = client.get("/en/track/case/code").form("/en/track/case/code").submit()
    assert kept.path == "/en/track/case" and not kept.has(".tasks")
    assert client.get("/en/track/case/code").path == "/en/track/case"
    with house.reader.connect() as connection:
        assert connection.scalars(sa.select(CaseSession.new_code).where(CaseSession.new_code.is_not(None))).all() == []


def test_the_code_stands_in_no_address_mail_or_cookie(
    client: Client,
    case: Case,
    one_time_code: Receive,
    house: Database,
    capfd: pytest.CaptureFixture[str],
) -> None:
    ask(client, case.number)
    digits = str(one_time_code())
    shown = give(client, case.number, digits)
    new = shown.one("#access-code").text
    where = " ".join(hop.headers.get("Location", "") for hop in shown.hops)
    where += " ".join(node[name] for name in ("href", "action") for node in shown.all(f"[{name}]"))
    where += str(client.cookie("aduan"))
    log = capfd.readouterr()
    with house.session() as session:
        letters = [str(open_box(session, n.key_id).open(n)) for n in session.scalars(sa.select(Notice))]
    for secret in (new, new.replace("-", ""), digits, case.number):
        assert secret not in where and secret not in log.out + log.err
    assert not any(new in letter or new.replace("-", "") in letter for letter in letters)
    assert not any(digits in letter for letter in letters)


def test_who_withdrew_can_still_get_a_new_code(
    client: Client, case: Case, sign_in: SignIn, another: Device, one_time_code: Receive
) -> None:
    sign_in(case.number, case.code)
    client.get("/en/track/case/withdraw").form("/en/track/case/withdraw").fill(sure=True).submit()
    elsewhere = another()
    ask(elsewhere, case.number)
    assert give(elsewhere, case.number, str(one_time_code())).path == "/en/track/case/code"


def test_the_account_number_leads_there_too(
    client: Client, case: Case, house: Database, profile: Institution, one_time_code: Receive
) -> None:
    newest = file_case(house, profile, now=NOW + timedelta(minutes=1))
    ask(client, ACCOUNT)
    assert newest.number in give(client, ACCOUNT, str(one_time_code())).text


# ── nothing is told ──────────────────────────────────────────────────────────────────────────────


@LANGUAGES
@pytest.mark.parametrize("by", ["number", "account"])
def test_the_answer_is_the_same_whether_there_is_such_a_case(
    client: Client, case: Case, another: Device, house: Database, lang: str, by: str
) -> None:
    known, unknown = (case.number, new_number("BM", 2026).printed) if by == "number" else (ACCOUNT, "0000000000000")
    answers = []
    for number in (known, unknown):
        form = another().get(f"/{lang}/track/lost-code").form(f"/{lang}/track/lost-code").fill(number=number)
        with statements() as made:
            page = form.submit()
        headers = {name: value for name, value in page.headers.items() if name not in ("X-Request-Id", "Set-Cookie")}
        answers.append((plain(page, number), headers, made))
    assert answers[0] == answers[1]
    with house.session() as session:
        jobs = session.scalars(sa.select(Job.payload).where(Job.kind == "complaints.lost_code")).all()
    assert len(jobs) == 2
    # Nothing was looked up: the request asks neither complaints nor parties.
    assert not any("FROM complaint" in statement for statement in answers[0][2])


def test_wrong_digits_and_unknown_numbers_cannot_be_told_apart(
    client: Client, case: Case, another: Device, one_time_code: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong digits, no code asked for, no such case: one sentence, the same statements, the same HMACs."""
    macs: list[str] = []
    digest = hmac.digest

    def note_mac(key: bytes, message: bytes, name: str) -> bytes:
        macs.append(name)
        return digest(key, message, name)

    unknown = new_number("BM", 2026).printed
    # The row that guesses without a code are counted on is made once in the life of a deployment.
    give(another(), new_number("BM", 2026).printed, "000000", status=422)
    answers = []
    ask(client, case.number)
    digits = str(one_time_code())
    for number in (unknown, case.number):
        form = another().get("/en/track/new-code").form("/en/track/new-code").fill(number=number, code=wrong(digits))
        monkeypatch.setattr(hmac, "digest", note_mac)
        macs.clear()
        with statements() as made:
            page = form.submit(status=422)
        monkeypatch.setattr(hmac, "digest", digest)
        answers.append((plain(page, number), made, len(macs)))
        assert page.errors == [WRONG]
    assert answers[0] == answers[1]


def test_a_mistyped_number_is_said_at_once(client: Client, case: Case, house: Database) -> None:
    mistyped = case.number[:-1] + ("2" if case.number[-1] != "2" else "3")
    sentence = "This registration number has a typing error. Compare it with your receipt"
    with statements() as made:
        assert ask(client, mistyped, status=422).errors == [sentence]
        assert give(client, mistyped, "123456", status=422).errors == [sentence]
    assert made == []


# ── a code that no longer counts ─────────────────────────────────────────────────────────────────


def test_five_wrong_tries_kill_the_one_time_code(
    client: Client, case: Case, another: Device, one_time_code: Receive, clock: time_machine.Traveller
) -> None:
    ask(client, case.number)
    digits = str(one_time_code())
    for network in range(CODE_TRIES):
        # Each from another network, so that no wait stands between the tries.
        assert give(another(f"192.0.2.{network}"), case.number, wrong(digits), status=422).errors == [WRONG]
    assert give(client, case.number, digits, status=422).errors == [WRONG]
    # A new one works.
    clock.shift(timedelta(minutes=20))
    ask(client, case.number)
    assert give(client, case.number, str(one_time_code())).path == "/en/track/case/code"


def test_it_works_once(client: Client, case: Case, another: Device, one_time_code: Receive) -> None:
    ask(client, case.number)
    digits = str(one_time_code())
    give(client, case.number, digits)
    assert give(another(), case.number, digits, status=422).errors == [WRONG]


def test_it_works_for_ten_minutes(
    client: Client, case: Case, one_time_code: Receive, clock: time_machine.Traveller, another: Device
) -> None:
    ask(client, case.number)
    digits = str(one_time_code())
    clock.shift(timedelta(minutes=10))
    assert give(client, case.number, digits, status=422).errors == [WRONG]


def test_a_newer_one_replaces_it(
    client: Client, case: Case, one_time_code: Receive, another: Device, clock: time_machine.Traveller
) -> None:
    ask(client, case.number)
    first = str(one_time_code())
    clock.shift(timedelta(seconds=30))
    ask(client, case.number)
    second = str(one_time_code())
    if first != second:
        assert give(another(), case.number, first, status=422).errors == [WRONG]
    assert give(client, case.number, second).path == "/en/track/case/code"


def test_it_opens_no_other_case(
    client: Client, case: Case, house: Database, profile: Institution, one_time_code: Receive, another: Device
) -> None:
    other = file_case(house, profile, account="9990001112")
    ask(client, case.number)
    digits = str(one_time_code())
    assert give(another(), other.number, digits, status=422).errors == [WRONG]


def test_the_secret_in_the_ledger_is_destroyed_with_its_use(
    client: Client, case: Case, house: Database, one_time_code: Receive
) -> None:
    ask(client, case.number)
    digits = str(one_time_code())
    with house.session() as session:
        assert session.scalars(sa.select(Notice).where(Notice.secret.is_not(None))).all()
    give(client, case.number, digits)
    with house.session() as session:
        assert session.scalars(sa.select(Notice).where(Notice.secret.is_not(None))).all() == []


def test_an_earlier_login_to_another_case_ends(
    client: Client, case: Case, house: Database, profile: Institution, sign_in: SignIn, one_time_code: Receive
) -> None:
    other = file_case(house, profile, account="9990001112")
    sign_in(other.number, other.code)
    before = client.cookie("aduan")
    ask(client, case.number)
    assert case.number in give(client, case.number, str(one_time_code())).text
    client.http.set_cookie("aduan", str(before), domain="127.0.0.1")
    assert client.get("/en/track/case").path == "/en/track"


# ── how fast ─────────────────────────────────────────────────────────────────────────────────────


@LANGUAGES
@pytest.mark.parametrize("known", [True, False])
def test_asking_slows_down_per_number_and_network(
    client: Client, case: Case, another: Device, house: Database, lang: str, known: bool
) -> None:
    number = case.number if known else new_number("BM", 2026).printed
    for _ in range(FREE_TRIES + 1):
        ask(another(), number, lang)
    page = ask(another(), number, lang, status=429)
    assert page.headers["Retry-After"] == "2"
    assert page.form(f"/{lang}/track/lost-code").values == {"number": number, "role": "customer"}
    with house.session() as session:
        jobs = session.scalars(sa.select(Job).where(Job.kind == "complaints.lost_code")).all()
        assert len(jobs) == FREE_TRIES + 1
    ask(another("203.0.113.9"), number, lang)


def test_guessing_slows_down_per_number_and_network(
    client: Client, case: Case, another: Device, one_time_code: Receive
) -> None:
    ask(client, case.number)
    digits = str(one_time_code())
    for _ in range(FREE_TRIES + 1):
        give(another(), case.number, wrong(digits), status=422)
    page = give(another(), case.number, digits, status=429)
    assert page.form("/en/track/new-code").values == {"number": case.number, "role": "customer", "code": ""}
    assert give(another("203.0.113.9"), case.number, digits).path == "/en/track/case/code"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_network_asks_for_so_many_codes_and_tries_so_many_however_many_numbers_it_names(
    client: Client, case: Case, another: Device, clock: time_machine.Traveller
) -> None:
    """Each code asked for is a mail, and each guess one of a million: numbers are easily made up."""
    for _ in range(doors.ASKING.burst):
        ask(client, new_number("BM", 2026).printed)
    page = ask(client, case.number, status=429)
    assert page.form("/en/track/lost-code").values["number"] == case.number
    ask(another("203.0.113.9"), case.number)
    for _ in range(doors.GIVING.burst):
        give(client, new_number("BM", 2026).printed, "123456", status=422)
    page = give(client, case.number, "123456", status=429)
    assert page.form("/en/track/new-code").values["number"] == case.number
    give(another("203.0.113.9"), case.number, "123456", status=422)
    # Nobody is locked out: it is a matter of time.
    clock.shift(int(page.headers["Retry-After"]) + 1)
    give(client, case.number, "123456", status=422)


def test_an_expired_page_gives_back_the_number(client: Client, case: Case) -> None:
    form = client.get("/en/track/lost-code").form("/en/track/lost-code").fill(number=case.number)
    page = form.tamper(csrf_token="stale").submit(status=422)
    assert page.form("/en/track/lost-code").values == {"number": case.number, "role": "customer"}
