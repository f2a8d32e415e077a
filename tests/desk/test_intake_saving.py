"""What an officer writes while a customer speaks is saved by itself, and never over what another window wrote."""

from typing import Any

import pytest
import time_machine

from portal.accounts.rules import DESK_IDLE
from portal.institution.models import Institution
from tests.accounts.people import Known, sign_in
from tests.desk.intake import TOLD, frame, go_on, register, tell
from tests.intake.script import Script
from tests.page import Client, Page

HALF = "Saya mengirim uang, lalu"
SECOND = {name.replace("-1-", "-2-"): value for name, value in TOLD.items() if "transactions-1-" in name}
languages = pytest.mark.parametrize("lang", ["id", "en"])


@pytest.fixture
def begun(client: Client, agent: Known, profile: Institution) -> str:
    """The address of an intake in which nothing was told yet, without its language."""
    sign_in(client, agent, "en")
    return frame(client, profile, "email").path.removeprefix("/en")


def held(page: Page) -> dict[str, Any]:
    return page.form(".intake").values


@languages
def test_half_a_sentence_is_there_when_the_page_is_opened_again_and_is_no_answer_yet(
    client: Client, begun: str, lang: str
) -> None:
    script = Script(client.get(f"/{lang}{begun}"), ".intake")
    told = script.save({"story-story": HALF, "loss-amount": "banyak"})
    assert told["said"] == {"id": "Tersimpan 10.15", "en": "Saved 10:15"}[lang]
    found = held(client.get(f"/{lang}{begun}"))
    assert (found["story-story"], found["loss-amount"]) == (HALF, "banyak")
    # Saved is not answered: nothing is read back or registered that nobody has gone on with.
    script.save({name: value for name, value in TOLD.items() if name in found})
    assert client.get(f"/{lang}{begun}/check").path == f"/{lang}{begun}"


def test_the_same_page_saves_on_and_then_goes_on(client: Client, begun: str) -> None:
    page = client.get(f"/en{begun}")
    script = Script(page, ".intake")
    for text in ("Saya", HALF, "Saya mengirim uang."):
        assert "link" not in script.save({"story-story": text})
    form = page.form(".intake").tamper(turn="9", seen=script.seen)
    page = form.fill({name: value for name, value in TOLD.items() if name in form.values}).submit()
    assert page.path.endswith("/documents")
    assert register(go_on(page)).path.endswith("/registered")


def test_an_empty_transaction_between_two_keeps_its_place_while_somebody_writes(client: Client, begun: str) -> None:
    page = tell(client.get(f"/en{begun}"), "more")
    page = page.form(".intake").submit("more")
    third = {name.replace("-2-", "-3-"): value for name, value in SECOND.items()}
    script = Script(page, ".intake")
    for amount in ("7000", "77000"):
        assert "link" not in script.save(third | {"transactions-3-amount": amount})
    found = held(client.get(f"/en{begun}"))
    assert (found["transactions-2-amount"], found["transactions-3-amount"]) == ("", "77000")
    # Who goes on leaves nothing empty between them.
    form = page.form(".intake").tamper(turn="9", seen=script.seen)
    form.fill(third | {"transactions-3-amount": "77000"}).submit()
    found = held(client.get(f"/en{begun}"))
    assert found["transactions-2-amount"] == "77000" and "transactions-3-amount" not in found


@languages
def test_what_another_window_wrote_stays_and_the_note_leads_to_both(client: Client, begun: str, lang: str) -> None:
    one, other = (Script(client.get(f"/{lang}{begun}"), ".intake") for _ in range(2))
    one.save({"story-story": "Dari jendela pertama."})
    told = other.save({"story-story": "Dari jendela kedua."})
    assert told["link"] == {
        "url": f"/{lang}{begun}/texts",
        "words": {"id": "Bandingkan", "en": "Compare them"}[lang],
    }
    assert told["said"].startswith({"id": "Tersimpan.", "en": "Saved."}[lang])
    page = client.get(told["link"]["url"])
    assert "Dari jendela pertama." in page.text and "Dari jendela kedua." in page.text


LATE = {
    "id": "Tidak tersimpan karena pengaduan sudah didaftarkan di jendela lain",
    "en": "Not saved, because the complaint was registered in another window",
}
GONE = {
    "id": "Tidak tersimpan karena penerimaan ini sudah tidak ada. Tekan tombol di bawah",
    "en": "Not saved, because this intake is no longer there. Press the button below",
}
SIGNED_OUT = {
    "id": "Tidak tersimpan karena Anda sudah keluar. Tekan tombol di bawah",
    "en": "Not saved, because you are signed out. Press the button below",
}


@languages
def test_a_saving_that_comes_too_late_says_so(client: Client, begun: str, lang: str) -> None:
    late = Script(client.get(f"/{lang}{begun}"), ".intake")
    register(go_on(tell(client.get(f"/{lang}{begun}"))))
    assert late.save({"story-story": HALF}, status=409) == {"said": LATE[lang]}


@languages
def test_a_saving_into_an_intake_that_was_deleted_says_so(client: Client, begun: str, lang: str) -> None:
    gone = Script(client.get(f"/{lang}{begun}"), ".intake")
    client.get(f"/{lang}/desk/receive").form(f"/{lang}{begun}/discard").submit()
    assert gone.save({"story-story": HALF}, status=410) == {"said": GONE[lang]}


@languages
def test_a_saving_after_the_session_has_ended_says_so_and_the_button_gives_the_text_back(
    client: Client, begun: str, lang: str, clock: time_machine.Traveller
) -> None:
    page = client.get(f"/{lang}{begun}")
    script = Script(page, ".intake")
    clock.shift(DESK_IDLE * 2)
    assert script.save({"story-story": HALF}, status=401) == {"said": SIGNED_OUT[lang]}
    back = page.form(".intake").fill({"story-story": HALF}).submit(status=422)
    assert HALF in back.text
