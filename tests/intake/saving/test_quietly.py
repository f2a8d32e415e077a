"""What is typed is saved while it is typed, and when another language is asked for."""

from datetime import timedelta

import sqlalchemy as sa
import time_machine

from portal.complaints.models import Complaint
from portal.db import Session
from portal.filing.models import Draft
from tests.intake.journey import ANSWERS, answer, send, sqlite_only, walk_to
from tests.intake.saving.typist import PROFILE, STORY, languages, lines, value
from tests.intake.script import Script
from tests.page import Client

pytestmark = sqlite_only


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
