"""The confirmation of what was sent: what to keep, and what follows."""

from datetime import timedelta

import pytest
import time_machine

from portal.db import Session
from portal.filing import service
from portal.institution.loader import load
from portal.sealing import open_box
from tests.builders import NOW
from tests.intake.journey import (
    SLUGS,
    complaints,
    drafts,
    number_and_code,
    send,
    sqlite_only,
    walk_to,
    with_documents,
)
from tests.page import Client

PROFILE = load("muamalat")
pytestmark = pytest.mark.usefixtures("travel")


@sqlite_only
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_confirmation_says_what_to_keep_and_what_follows(
    client: Client, lang: str, travel: time_machine.Traveller
) -> None:
    """SQ-13, SQ-21, BM-10, BM-11, BM-30: number, date and time of receipt, procedure, date of the answer, contact."""
    travel.move_to(NOW, tick=False)
    walk_to(client, "check", lang)
    page = send(with_documents(client, PROFILE, lang))
    number, code = number_and_code(page)
    text = page.text.replace("\u00a0", " ")
    assert {"id": "Senin, 23 November 2026, 10.15 WIB", "en": "Monday 23 November 2026, 10:15 WIB"}[lang] in text
    assert {"id": "Senin, 7 Desember 2026", "en": "Monday 7 December 2026"}[lang] in text
    assert "1500016" in text and "siti.rahmawati@example.id" in text
    spelled = page.one(".spelled").text
    assert spelled.startswith({"id": "Bandung, Medan, dua, enam", "en": "Bravo, Mike, two, six"}[lang])
    line = page.one("#one-line").text
    # One message of 160 characters in the alphabet of all telephones; the code is not for it.
    assert number in line and code not in line and len(line) <= 160 and line.isascii()
    assert page.has("[data-print]") and page.one("[data-copy=access-code]")["data-copied"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_reload_shows_the_same_until_the_code_is_said_to_be_kept(client: Client, session: Session, lang: str) -> None:
    page = send(walk_to(client, "check", lang))
    shown = number_and_code(page)
    assert number_and_code(client.get(f"/{lang}/file/sent")) == shown
    # Every way back into the journey leads here as long as the code waits.
    for slug in (*SLUGS, "transactions/1", "send", ""):
        assert number_and_code(client.get(f"/{lang}/file/{slug}".rstrip("/"))) == shown
    page = page.form(f"/{lang}/file/kept").submit()
    assert page.path == f"/{lang}/track"
    assert client.cookie("draft") is None and drafts(session) == []
    assert client.get(f"/{lang}/file/sent").path == f"/{lang}/file/privacy"
    assert len(complaints(session)) == 1
    # The complaint kept its key.
    (complaint,) = complaints(session)
    assert open_box(session, complaint.key_id).open(complaint)["account"] == "3017777702"


@sqlite_only
def test_after_a_day_the_number_is_shown_without_the_code(
    client: Client, session: Session, travel: time_machine.Traveller
) -> None:
    number, code = number_and_code(send(walk_to(client, "check")))
    travel.shift(timedelta(hours=24, seconds=1))
    page = client.get("/id/file/sent")
    assert [node.text for node in page.all(".receipt .big")] == [number]
    assert code not in page.source and "siti.rahmawati" not in page.source
    assert page.follow("/id/track/lost-code").status == 200
    # Another complaint may be begun now.
    assert client.get("/id/file/privacy").form().fill(acknowledged=True).submit().path == "/id/file/who"
    assert len(drafts(session)) == 2


@sqlite_only
def test_without_an_address_the_page_itself_is_the_receipt(client: Client) -> None:
    page = send(walk_to(client, "check", "en", contact={"email": ""}))
    assert "You gave no e-mail address, so this page is your receipt" in page.text


@sqlite_only
def test_a_code_that_is_swept_away_is_not_shown(
    client: Client, session: Session, travel: time_machine.Traveller
) -> None:
    send(walk_to(client, "check"))
    session.begin_write()
    assert service.forget_codes(session, now=NOW + timedelta(hours=25)) == 1
    session.commit()
    assert len(client.get("/id/file/sent").all(".receipt .big")) == 1
