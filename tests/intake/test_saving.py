"""Whatever a step's page sends is kept: quietly, in another language, from two windows, or for a draft that is gone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.complaints.models import Complaint
from portal.db import Session
from portal.filing.models import Draft
from portal.institution.loader import load
from tests.builders import NOW
from tests.intake.journey import ANSWERS, answer, number_and_code, same_browser, send, walk_to
from tests.intake.script import Script
from tests.page import Client, Page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROFILE = load("muamalat")
languages = pytest.mark.parametrize("lang", ["id", "en"])
STORY = ANSWERS["story"]["story"]


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tab(app: Flask, client: Client) -> Callable[[], Client]:
    """Another tab of the same browser."""
    return lambda: same_browser(app, client)


def value(client: Client, slug: str, name: str, lang: str = "id") -> Any:
    """What a page shows now in a field."""
    return client.get(f"/{lang}/file/{slug}").form().values[name]


def lines(text: str) -> str:
    return text.replace("\n", "\r\n")


# ── quietly ──────────────────────────────────────────────────────────────────────────────────────


@languages
def test_what_is_typed_is_saved_as_it_stands_and_the_page_says_when(client: Client, lang: str) -> None:
    script = Script(walk_to(client, "story", lang))
    told = script.save({"story": "Saya mengirim"})
    assert told["said"] == {"id": "Tersimpan 10.15", "en": "Saved 10:15"}[lang]
    assert value(client, "story", "story", lang) == "Saya mengirim"
    script.save({"story": STORY})
    assert value(client, "story", "story", lang) == lines(STORY)
    # Saved is not answered: the way goes on when its writer says so.
    assert client.get(f"/{lang}/file/check").path == f"/{lang}/file/story"


def test_what_could_not_be_sent_is_saved_too(client: Client) -> None:
    """Half an address, no choice, thirty-first of February: what is being written is not judged."""
    Script(walk_to(client, "contact")).save({"email": "siti@", "phone": "0812"})
    assert (value(client, "contact", "email"), value(client, "contact", "phone")) == ("siti@", "0812")
    page = answer(client.get("/id/file/contact"), "contact")
    page = answer(answer(page, "account"), "topic")
    Script(page).save({"on-d": "31", "on-m": "2", "at": "sia"})
    values = client.get("/id/file/transactions/1").form().values
    assert (values["on-d"], values["on-m"], values["on-y"], values["at"]) == ("31", "2", "", "sia")


def test_an_answer_that_is_being_rewritten_is_not_sent_in_its_old_words(client: Client, session: Session) -> None:
    walk_to(client, "check")
    check = client.get("/id/file/check")
    Script(client.get("/id/file/story")).save({"story": "Ternyata bukan begitu."})
    page = send(check)
    assert page.path == "/id/file/story" and page.form().values["story"] == "Ternyata bukan begitu."
    assert session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 0
    assert page.form().submit().path == "/id/file/check"


def test_saving_what_stands_there_changes_nothing(client: Client, session: Session) -> None:
    walk_to(client, "check")
    version = session.scalar(sa.select(Draft.version))
    session.rollback()
    told = Script(client.get("/id/file/story")).save({})
    assert told["said"] == "Tersimpan 10.15"
    assert session.scalar(sa.select(Draft.version)) == version
    assert client.get("/id/file/check").path == "/id/file/check"


def test_a_page_that_was_only_looked_at_is_not_begun(client: Client) -> None:
    Script(walk_to(client, "account")).save({})
    assert "Perlu diperbaiki" not in client.get("/id/file").text


def test_a_slow_saving_does_not_undo_a_later_one(client: Client) -> None:
    script = Script(walk_to(client, "story"))
    script.save({"story": "Semuanya sudah tertulis."}, turn=20)
    script.save({"story": "Semuanya"}, turn=10)
    assert value(client, "story", "story") == "Semuanya sudah tertulis."


def test_every_saving_begins_the_idle_time_anew(client: Client, travel: time_machine.Traveller) -> None:
    page = walk_to(client, "story")
    for number in range(3):
        travel.shift(timedelta(days=PROFILE.retention.draft_days - 1))
        Script(client.get(page.path)).save({"story": f"Hari {number}."})
    assert value(client, "story", "story") == "Hari 2."


def test_each_row_of_several_is_saved_by_itself(client: Client) -> None:
    page = walk_to(client, "transactions")
    page = page.form().fill(ANSWERS["transactions"]).submit("more")
    Script(page).save({"amount": "125", "reference": "TRX-2"})
    assert value(client, "transactions/2", "reference") == "TRX-2"
    assert value(client, "transactions/1", "reference") == ANSWERS["transactions"]["reference"]


# ── another language ─────────────────────────────────────────────────────────────────────────────


@languages
def test_another_language_in_the_middle_of_a_page_keeps_what_stands_there(client: Client, lang: str) -> None:
    other = {"id": "en", "en": "id"}[lang]
    page = walk_to(client, "transactions", lang)
    half = {"on-d": "31", "at": "siang", "amount": "12"}
    page = page.form().fill(half).submit(f"switch={other}")
    assert page.path == f"/{other}/file/transactions/1" and not page.errors
    assert {name: page.form().values[name] for name in half} == half


def test_the_enter_key_goes_on_and_changes_no_language(client: Client) -> None:
    page = walk_to(client, "account")
    # Browsers press the first button of the form, wherever it stands in the page.
    assert page.form().fill(ANSWERS["account"]).submit().path == "/id/file/topic"


def test_an_expired_page_switches_with_one_more_click(client: Client) -> None:
    page = walk_to(client, "story")
    client.http.delete_cookie("aduan", domain="127.0.0.1")
    page = page.form().fill(story=STORY).submit("switch=en", status=422)
    page = page.form().submit("switch=en")
    assert page.path == "/en/file/story" and page.form().values["story"] == lines(STORY)


# ── two windows ──────────────────────────────────────────────────────────────────────────────────

QUARREL = {
    "id": (
        "1 pertanyaan mempunyai dua jawaban",
        "Yang tersimpan lebih dulu",
        "Ditulis Senin, 23 November 2026, 10.15 WIB",
    ),
    "en": ("One question has two answers", "What was saved first", "Written Monday 23 November 2026, 10:15 WIB"),
}


def quarrel(client: Client, tab: Callable[[], Client], lang: str = "id") -> Page:
    """Two tabs, two stories; returns what the later one is shown."""
    one = walk_to(client, "story", lang)
    other = tab().get(one.path)
    one.form().fill(story="Dari tab pertama.").submit()
    return other.form().fill(story="Dari tab kedua.").submit()


@languages
def test_the_later_of_two_texts_is_not_saved_over_the_earlier_and_both_are_shown(
    client: Client, tab: Callable[[], Client], lang: str
) -> None:
    page = quarrel(client, tab, lang)
    heading, first, second = QUARREL[lang]
    assert page.path == f"/{lang}/file/texts/story" and page.heading == heading
    choices = [choice.text for choice in page.all(".choice")]
    assert choices[0] == f"{first} Dari tab pertama."
    assert choices[1].replace("\u00a0", " ") == f"{second} Dari tab kedua."
    # Every way to the step, and to sending, leads here until it is decided; in every window and device.
    for path in ("story", "check", "send"):
        assert client.get(f"/{lang}/file/{path}").path == f"/{lang}/file/texts/story"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "Dari tab pertama."), (1, "Dari tab kedua."), (2, "Dari tab pertama.\r\n\r\nDari tab kedua.")],
)
def test_either_or_both(client: Client, tab: Callable[[], Client], number: int, text: str) -> None:
    page = quarrel(client, tab)
    choices = [node["value"] for node in page.all(".choice input")]
    page = page.form().fill({"choice-0": choices[number]}).submit()
    assert page.path == "/id/file/story" and page.form().values["story"] == text
    assert page.form().submit().path == "/id/file/loss"


def test_who_chooses_nothing_is_asked_again_and_loses_nothing(client: Client, tab: Callable[[], Client]) -> None:
    page = quarrel(client, tab)
    page = page.form().submit(status=422)
    assert page.errors == ["Pilih tulisan yang dipakai di sini"]
    assert page.one(page.one(".errors a")["href"])["type"] == "radio"
    assert "Dari tab pertama." in page.text and "Dari tab kedua." in page.text


def test_what_is_written_while_somebody_chooses_is_shown_before_it_is_decided(
    client: Client, tab: Callable[[], Client]
) -> None:
    one = walk_to(client, "story")
    scripts = [Script(tab().get(one.path)) for _ in range(3)]
    for number, script in enumerate(scripts[:2]):
        script.save({"story": f"Tulisan {number}."})
    page = client.get("/id/file/texts/story")
    chosen = page.form().fill({"choice-0": "kept"})
    scripts[2].save({"story": "Tulisan 2."})
    page = chosen.submit(status=422)
    assert page.errors == ["Sementara itu ada tulisan lain yang masuk. Baca sekali lagi tulisan-tulisan ini"]
    for number in range(3):
        assert f"Tulisan {number}." in page.text


def test_quiet_savings_of_two_windows_are_both_kept_and_the_later_one_is_told(
    client: Client, tab: Callable[[], Client]
) -> None:
    page = walk_to(client, "story", "en")
    one, other = Script(page), Script(tab().get(page.path))
    one.save({"story": "From the one"})
    told = other.save({"story": "From the other"})
    assert told["said"].startswith("Saved. In another window or on another device something else was written here")
    assert told["link"] == {"url": "/en/file/texts/story", "words": "Compare them"}
    # Both go on writing.
    one.save({"story": "From the one, longer"})
    other.save({"story": "From the other, longer"})
    shown = client.get(told["link"]["url"]).text
    assert "From the one, longer" in shown and "From the other, longer" in shown


def test_the_same_in_two_windows_is_no_quarrel(client: Client, tab: Callable[[], Client]) -> None:
    one = walk_to(client, "story")
    other = tab().get(one.path)
    assert one.form().fill(story=STORY).submit().path == "/id/file/loss"
    assert other.form().fill(story=STORY).submit().path == "/id/file/loss"


def test_a_window_that_was_only_left_open_overwrites_nothing(client: Client, tab: Callable[[], Client]) -> None:
    walk_to(client, "check")
    idle = tab().get("/id/file/story")
    client.get("/id/file/story").form().fill(story="Yang baru.").submit()
    page = idle.form().submit()
    assert page.path == "/id/file/check" and "Yang baru." in page.text


def test_two_windows_in_different_fields_are_joined(client: Client, tab: Callable[[], Client]) -> None:
    one = walk_to(client, "contact")
    other = tab().get(one.path)
    one.form().fill(email="siti@example.id").submit()
    other.form().fill(phone="0812-3456-7890").submit()
    assert value(client, "contact", "email") == "siti@example.id"
    assert value(client, "contact", "phone") == "0812-3456-7890"
    assert client.get("/id/file/check").path == "/id/file/account"


@pytest.mark.parametrize(
    ("slug", "one", "other", "shown"),
    [
        ("topic", {"topic": "transfer"}, {"topic": "other"}, ("Transfer terdebit, belum diterima", "Lainnya")),
        ("transactions", {"on-d": "9", "on-m": "3"}, {"on-d": "10", "on-m": "4"}, ("9 3", "10 4")),
    ],
)
def test_choices_and_dates_are_shown_in_words(
    client: Client,
    tab: Callable[[], Client],
    slug: str,
    one: dict[str, Any],
    other: dict[str, Any],
    shown: tuple[str, str],
) -> None:
    page = walk_to(client, slug)
    second = Script(tab().get(page.path))
    Script(page).save(one)
    told = second.save(other)
    text = client.get(told["link"]["url"]).text
    assert all(words in text for words in shown)


def test_double_clicks_and_reloads_are_no_quarrel(client: Client) -> None:
    page = walk_to(client, "story")
    for _ in range(3):
        assert page.form().fill(story=STORY).submit().path == "/id/file/loss"
    # By the back button, from a page that the browser had kept, with something added.
    assert page.form().fill(story=STORY + "\n\nLagi.").submit().path == "/id/file/loss"
    assert value(client, "story", "story").endswith("Lagi.")


def test_a_row_that_goes_takes_its_quarrel_along_and_leaves_the_others(
    client: Client, tab: Callable[[], Client]
) -> None:
    page = walk_to(client, "transactions")
    page = page.form().fill(ANSWERS["transactions"]).submit("more")
    page = page.form().fill(ANSWERS["transactions"] | {"reference": "TRX-2"}).submit("more")
    third = [Script(window.get(page.path)) for window in (client, tab())]
    for number, script in enumerate(third):
        script.save({"reference": f"TRX-3-{number}"})
    assert client.get("/id/file/transactions/3").path == "/id/file/texts/transactions-3"
    client.get("/id/file/transactions").form().submit("remove=1")
    page = client.get("/id/file/transactions/2")
    assert page.path == "/id/file/texts/transactions-2"
    assert "TRX-3-0" in page.text and "TRX-3-1" in page.text
    client.get("/id/file/transactions").form().submit("remove=2")
    assert value(client, "transactions/1", "reference") == "TRX-2"
    assert client.get("/id/file/texts/transactions-2", status=200).path != "/id/file/texts/transactions-2"


@pytest.mark.parametrize(
    "part", ["privacy", "documents", "check", "nothing", "transactions-0", "transactions-x", "story-1"]
)
def test_there_is_nothing_to_choose_for_what_is_no_question(client: Client, part: str) -> None:
    walk_to(client, "story")
    client.get(f"/id/file/texts/{part}", status=404)


# ── what another window changed before ───────────────────────────────────────────────────────────


def test_a_step_is_kept_though_an_earlier_one_is_open_again(client: Client, tab: Callable[[], Client]) -> None:
    page = walk_to(client, "story")
    Script(tab().get("/id/file/account")).save({"account": "301"})
    page = page.form().fill(story=STORY).submit()
    assert page.path == "/id/file/account"
    assert answer(page, "account").path == "/id/file/loss"


def test_a_step_that_is_not_needed_any_more_is_kept_too(client: Client, tab: Callable[[], Client]) -> None:
    page = walk_to(client, "transactions")
    other = next(topic.code for topic in PROFILE.topics.values() if not topic.transaction)
    tab().get("/id/file/topic").form().fill(topic=other).submit()
    assert page.form().fill(ANSWERS["transactions"]).submit().path == "/id/file/story"
    assert page.form().fill({"at": "siang"}).submit().path == "/id/file/story"


# ── a draft that is gone ─────────────────────────────────────────────────────────────────────────


def discard(client: Client) -> None:
    client.get("/id/file/privacy").form("/id/file/discard").submit()


@languages
def test_a_text_whose_draft_was_deleted_in_another_tab_comes_back_and_begins_a_new_one(
    client: Client, tab: Callable[[], Client], session: Session, lang: str
) -> None:
    page = walk_to(client, "story", lang)
    discard(tab())
    page = page.form().fill(story="Satu halaman penuh.").submit(status=410)
    assert (
        page.heading
        == {
            "id": "Pengaduan Anda yang belum dikirim sudah tidak ada",
            "en": "Your unfinished complaint is no longer there",
        }[lang]
    )
    assert "Satu halaman penuh." in page.text
    # The notice comes first, as always.
    page = page.form().submit(status=422)
    assert "Satu halaman penuh." in page.text
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 0
    page = page.form().fill(acknowledged=True).submit()
    assert page.path == f"/{lang}/file/who"
    for slug in ("who", "identity", "contact", "account", "topic", "transactions"):
        page = answer(page, slug)
    assert page.path == f"/{lang}/file/story" and page.form().values["story"] == "Satu halaman penuh."


def test_a_draft_that_was_left_alone_for_too_long_gives_its_last_page_back(
    client: Client, travel: time_machine.Traveller
) -> None:
    page = walk_to(client, "transactions")
    travel.shift(timedelta(days=PROFILE.retention.draft_days, seconds=1))
    page = page.form().fill(ANSWERS["transactions"]).submit(status=410)
    for words in ("Transfer", "9 3 2026", "9.12", "Rp 7.654.321", "TRX/2026/0309-88"):
        assert words in page.text
    page.form().fill(acknowledged=True).submit()
    assert client.get("/id/file/who").path == "/id/file/who"


def test_an_empty_page_of_a_draft_that_is_gone_leads_to_the_beginning(
    client: Client, tab: Callable[[], Client]
) -> None:
    page = walk_to(client, "account")
    discard(tab())
    assert page.form().submit().path == "/id/file/privacy"


def test_a_script_is_told_that_its_draft_is_gone(client: Client, tab: Callable[[], Client]) -> None:
    script = Script(walk_to(client, "story"))
    discard(tab())
    told = script.save({"story": "x"}, status=410)
    assert (
        told["said"]
        == "Belum tersimpan karena pengaduan Anda yang belum dikirim sudah tidak ada. Tekan tombol di bawah"
    )


def test_a_text_goes_into_the_draft_that_was_begun_meanwhile(client: Client, tab: Callable[[], Client]) -> None:
    page = walk_to(client, "story")
    discard(tab())
    gone = page.form().fill(story="Satu halaman penuh.").submit(status=410)
    walk_to(client, "story")
    gone.form().fill(acknowledged=True).submit()
    assert value(client, "story", "story") == "Satu halaman penuh."


# ── expired ──────────────────────────────────────────────────────────────────────────────────────


def test_a_script_on_an_expired_page_says_what_to_do(client: Client) -> None:
    script = Script(walk_to(client, "story", "en"))
    client.http.delete_cookie("aduan", domain="127.0.0.1")
    told = script.save({"story": "x"}, status=422)
    assert told["said"] == "Not saved, because the page was open for too long. Press the button below"
    page = script.page.form().fill(story="x").tamper(typed=None).submit(status=422)
    assert page.form().submit().path == "/en/file/loss"


def test_a_forged_page_saves_nothing(client: Client, session: Session) -> None:
    page = walk_to(client, "story")
    for more in ({}, {"typed": "y"}, {"switch": "en"}):
        page.form().fill(story="forged").tamper(csrf_token="forged", **more).submit(status=422)
    page.form().tamper(csrf_token="forged").submit(status=422)
    assert value(client, "story", "story") == ""


# ── sent meanwhile ───────────────────────────────────────────────────────────────────────────────


@languages
def test_a_text_that_came_after_sending_is_shown_once_more(
    client: Client, tab: Callable[[], Client], lang: str
) -> None:
    walk_to(client, "check", lang)
    late = tab().get(f"/{lang}/file/story")
    idle = tab().get(f"/{lang}/file/account")
    shown = number_and_code(send(client.get(f"/{lang}/file/check")))
    page = late.form().fill(story="Satu hal lagi.").submit(status=409)
    assert "Satu hal lagi." in page.text
    assert number_and_code(page.follow(f"/{lang}/file/sent")) == shown
    # What says nothing new leads to the receipt.
    assert number_and_code(idle.form().submit()) == shown
    assert (
        Script(late)
        .save({"story": "x"}, status=409)["said"]
        .endswith(
            {
                "id": "karena pengaduan sudah dikirim di jendela lain",
                "en": "because the complaint was sent in another window",
            }[lang]
        )
    )
