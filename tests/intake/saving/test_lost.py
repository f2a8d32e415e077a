"""What comes too late – its draft gone, its page expired, the complaint sent – comes back."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
import time_machine

from portal.db import Session
from portal.filing.models import Draft
from tests.intake.journey import ANSWERS, answer, number_and_code, send, sqlite_only, walk_to
from tests.intake.saving.typist import PROFILE, languages, value
from tests.intake.script import Script
from tests.page import Client

pytestmark = sqlite_only

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
