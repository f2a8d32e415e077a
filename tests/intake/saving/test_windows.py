"""Two windows on one filing: neither loses what it wrote."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.intake.journey import ANSWERS, answer, sqlite_only, walk_to
from tests.intake.saving.typist import PROFILE, STORY, languages, value
from tests.intake.script import Script
from tests.page import Client, Page

pytestmark = sqlite_only

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
