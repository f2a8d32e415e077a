"""From one device to another: the code is shown or mailed, taken there, and both devices keep the draft."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.numbers import new_access_code
from portal.config import Settings
from portal.db import Session
from portal.filing.models import Draft
from portal.institution.loader import load
from portal.intake.resume import GIVING, MAILING_ONE, SHOWING
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.notices.service import letter
from tests.builders import NOW
from tests.intake.journey import ANSWERS, answer, number_and_code, send, walk_to
from tests.page import Client, Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROFILE = load("muamalat")
NO_DRAFT = {
    "id": "Kode ini tidak membuka pengaduan yang belum selesai. Bandingkan dengan catatan Anda",
    "en": "This code leads to no unfinished complaint. Compare it with what you noted",
}


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def device(app: Flask, settings: Settings) -> Callable[[], Client]:
    """A device without any cookie of ours, on a network of its own."""
    return lambda: Client(app, settings.base_url)


def show(client: Client, lang: str = "id", *, status: int = 200) -> Page:
    return client.get(f"/{lang}/file/elsewhere").form(f"/{lang}/file/elsewhere").submit(status=status)


def code_on(page: Page) -> str:
    return page.one("#resume-code").text


def mail(client: Client, address: str = "siti@example.id", lang: str = "id", *, status: int = 200) -> Page:
    form = client.get(f"/{lang}/file/elsewhere").form(f"/{lang}/file/elsewhere/mail")
    return form.fill(email=address).submit(status=status)


def take_up(client: Client, code: str, lang: str = "id", *, status: int = 200, **more: Any) -> Page:
    return client.get(f"/{lang}/file/resume").form(f"/{lang}/file/resume").fill(code=code, **more).submit(status=status)


def count(session: Session, kind: Any) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


# ── shown and taken ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_draft_goes_to_another_device_with_everything_that_was_told(
    device: Callable[[], Client], session: Session, lang: str
) -> None:
    phone, desk = device(), device()
    page = walk_to(phone, "story", lang)
    page = page.follow({"id": "Lanjutkan di perangkat lain", "en": "Continue on another device"}[lang])
    assert not page.has("#resume-code")
    page = show(phone, lang)
    code = code_on(page)
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code)
    # No address holds it, and the page shows it once.
    assert code not in page.url and not client_holds(phone, code)
    assert "#resume-code" not in phone.get(f"/{lang}/file/elsewhere").source

    taken = take_up(desk, code.lower().replace("-", " "), lang)
    assert taken.path == f"/{lang}/file/story"
    assert desk.get(f"/{lang}/file/identity").form().values["name"] == ANSWERS["identity"]["name"]
    assert desk.cookie("draft") not in (None, phone.cookie("draft"))
    number_and_code(send(answer(answer(answer(taken, "story"), "loss"), "documents")))
    assert count(session, Draft) == 1


def client_holds(client: Client, text: str) -> bool:
    return any(text in (client.cookie(name) or "") for name in ("draft", "aduan"))


@pytest.mark.parametrize("lang", ["id", "en"])
def test_both_devices_keep_the_draft_and_the_pages_say_so(device: Callable[[], Client], lang: str) -> None:
    phone, desk = device(), device()
    walk_to(phone, "story", lang)
    said = {
        "id": ("Pengaduan tetap ada juga di perangkat ini.", "Pengaduan tetap ada juga di perangkat lain itu."),
        "en": ("This device keeps the complaint too.", "The other device keeps the complaint too."),
    }[lang]
    page = show(phone, lang)
    assert said[0] in page.text and said[1] in desk.get(f"/{lang}/file/resume").text
    take_up(desk, code_on(page), lang)
    desk.get(f"/{lang}/file/identity").form().fill(name="Siti R.").submit()
    assert phone.get(f"/{lang}/file/identity").form().values["name"] == "Siti R."
    phone.get(f"/{lang}/file/identity").form().fill(name="Siti Rahmawati").submit()
    assert desk.get(f"/{lang}/file/identity").form().values["name"] == "Siti Rahmawati"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_page_says_when_the_draft_is_deleted(device: Callable[[], Client], lang: str) -> None:
    phone = device()
    walk_to(phone, "who", lang)
    text = phone.get(f"/{lang}/file/elsewhere").text.replace("\u00a0", " ")
    days, day = {
        "id": ("14 hari kalender", "Senin, 7 Desember 2026"),
        "en": ("14 calendar days", "Monday 7 December 2026"),
    }[lang]
    assert days in text and day in text
    assert days in phone.get(f"/{lang}/file/who").text.replace("\u00a0", " ")


def test_a_code_works_again_until_the_complaint_is_sent(device: Callable[[], Client]) -> None:
    phone = device()
    walk_to(phone, "check")
    code = code_on(show(phone))
    for _ in range(2):
        assert take_up(device(), code).path == "/id/file/check"
    send(phone.get("/id/file/check"))
    assert take_up(device(), code, status=422).errors == [NO_DRAFT["id"]]
    # There is nothing to take along any more.
    assert phone.get("/id/file/elsewhere").path == "/id/file/sent"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_other_device_says_where_the_access_code_is_shown(device: Callable[[], Client], lang: str) -> None:
    phone, desk = device(), device()
    walk_to(phone, "check", lang)
    take_up(desk, code_on(show(phone, lang)), lang)
    number, code = number_and_code(send(phone.get(f"/{lang}/file/check")))
    page = desk.get(f"/{lang}/file/sent")
    assert number in page.text and code not in page.source
    said = {
        "id": "Pengaduan ini dikirim dari perangkat lain. Kode aksesnya ditampilkan di sana sampai",
        "en": "The complaint was sent from another device. That one shows the access code until",
    }[lang]
    assert said in page.text


def test_who_holds_no_draft_has_no_code_to_show(device: Callable[[], Client]) -> None:
    assert device().get("/id/file/elsewhere").path == "/id/file/privacy"


# ── wrong codes ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["id", "en"])
def test_wrong_ended_and_unknown_codes_cannot_be_told_apart(
    device: Callable[[], Client], travel: time_machine.Traveller, lang: str
) -> None:
    phone, gone = device(), device()
    walk_to(phone, "who", lang)
    living = code_on(show(phone, lang))
    walk_to(gone, "who", lang)
    ended = code_on(show(gone, lang))
    gone.get(f"/{lang}/file/privacy").form(f"/{lang}/file/discard").submit()
    answers = set()
    for wrong in (new_access_code(), living[:-1], living + "7", ended, "nonsense!", "x" * 60):
        page = take_up(device(), wrong, lang, status=422)
        assert page.errors == [NO_DRAFT[lang]]
        assert page.form(f"/{lang}/file/resume").values["code"] == wrong
        answers.add(re.sub(r'value="[^"]*"', "", page.source))
    assert len(answers) == 1
    assert take_up(device(), "", lang, status=422).errors != [NO_DRAFT[lang]]


def test_too_many_tries_from_a_network_wait_and_are_never_locked_out(
    device: Callable[[], Client], travel: time_machine.Traveller
) -> None:
    phone, desk = device(), device()
    walk_to(phone, "who")
    code = code_on(show(phone))
    for _ in range(GIVING.burst):
        take_up(desk, new_access_code(), status=422)
    page = take_up(desk, code, status=429)
    assert page.headers["Retry-After"] == "60"
    assert page.one(".notice-warn").text.startswith("Tunggu 60 detik, lalu coba lagi.")
    assert page.form("/id/file/resume").values["code"] == code
    travel.shift(timedelta(seconds=60))
    assert page.form("/id/file/resume").submit().path == "/id/file/who"


def test_codes_are_not_made_without_end(device: Callable[[], Client]) -> None:
    phone = device()
    walk_to(phone, "who")
    for _ in range(SHOWING.burst):
        code_on(show(phone))
    page = show(phone, status=429)
    assert page.headers["Retry-After"] == "120" and not page.has("#resume-code")


# ── a draft that is there already ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["id", "en"])
def test_another_draft_in_this_browser_is_put_aside_only_when_its_holder_says_so(
    device: Callable[[], Client], lang: str
) -> None:
    phone, desk = device(), device()
    walk_to(phone, "story", lang)
    code = code_on(show(phone, lang))
    walk_to(desk, "contact", lang, identity={"name": "Budi"})
    token = desk.cookie("draft")
    page = take_up(desk, code, lang, status=422)
    assert desk.cookie("draft") == token and page.one(page.one(".errors a")["href"])["type"] == "checkbox"
    # Its code first, so that nothing is out of reach.
    page.follow(f"/{lang}/file/elsewhere")
    other = code_on(show(desk, lang))
    assert page.form(f"/{lang}/file/resume").fill(aside=True).submit().path == f"/{lang}/file/story"
    assert take_up(desk, other, lang, aside=True).path == f"/{lang}/file/contact"
    assert desk.get(f"/{lang}/file/identity").form().values["name"] == "Budi"


def test_the_own_code_leads_back_without_a_question(device: Callable[[], Client]) -> None:
    phone = device()
    walk_to(phone, "topic")
    token = phone.cookie("draft")
    assert take_up(phone, code_on(show(phone))).path == "/id/file/topic"
    assert phone.cookie("draft") == token


def test_a_receipt_that_is_still_shown_is_not_lost_either(device: Callable[[], Client]) -> None:
    phone, desk = device(), device()
    walk_to(phone, "who")
    code = code_on(show(phone))
    shown = number_and_code(send(walk_to(desk, "check")))
    page = take_up(desk, code, status=422)
    assert number_and_code(page.follow("Tampilkan tanda terima")) == shown
    assert page.form("/id/file/resume").fill(aside=True).submit().path == "/id/file/who"


# ── by mail ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_code_is_mailed_in_the_language_of_the_page(
    device: Callable[[], Client], session: Session, lang: str
) -> None:
    phone = device()
    walk_to(phone, "story", lang)
    page = mail(phone, lang=lang)
    said = {"id": "Kode sedang dikirim.", "en": "The code is on its way."}[lang]
    assert page.one(".notice-good").text.startswith(said)
    assert "siti@" not in page.url
    (notice,) = session.scalars(sa.select(Notice))
    assert (notice.kind, notice.language) == (NoticeKind.RESUME_CODE, lang)
    sent = letter(session, notice, now=NOW)
    assert sent.address == "siti@example.id"
    code = next(word for word in sent.body.split() if word.count("-") == 2)
    assert take_up(device(), code, lang).path == f"/{lang}/file/story"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_address_that_is_none_has_its_sentence(device: Callable[[], Client], session: Session, lang: str) -> None:
    phone = device()
    walk_to(phone, "who", lang)
    wrong = {
        "id": "Tulis alamat surel selengkapnya, misalnya siti@example.id",
        "en": "Write the e-mail address in full, for example siti@example.id",
    }[lang]
    page = mail(phone, "siti@", lang, status=422)
    assert page.errors == [wrong]
    assert page.form(f"/{lang}/file/elsewhere/mail").values["email"] == "siti@"
    missing = {
        "id": "Tulis alamat surel tujuan kode ini",
        "en": "Enter the e-mail address to which the code should go",
    }[lang]
    assert mail(phone, "", lang, status=422).errors == [missing]
    assert count(session, Notice) == 0


def test_nobody_can_make_us_write_mail_after_mail(
    device: Callable[[], Client], session: Session, travel: time_machine.Traveller
) -> None:
    phone = device()
    walk_to(phone, "who")
    for _ in range(MAILING_ONE.burst):
        mail(phone)
    page = mail(phone, status=429)
    assert page.headers["Retry-After"] == "1200" and page.form("/id/file/elsewhere/mail").values["email"]
    assert count(session, Notice) == MAILING_ONE.burst
    travel.shift(timedelta(minutes=20))
    mail(phone)


@pytest.mark.parametrize("path", ["elsewhere", "elsewhere/mail", "resume"])
def test_a_forged_request_gives_nothing_away(device: Callable[[], Client], session: Session, path: str) -> None:
    phone = device()
    walk_to(phone, "who")
    page = phone.get("/id/file/resume" if path == "resume" else "/id/file/elsewhere")
    answer = page.form(f"/id/file/{path}").tamper(csrf_token="forged").submit(status=422)
    assert not answer.has("#resume-code") and count(session, Notice) == 0
