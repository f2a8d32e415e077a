"""The list of all steps: how each stands, and the way back to any of them."""

import pytest

from tests.intake.journey import answer, send, sqlite_only, walk_to
from tests.page import Client, Page

pytestmark = [
    sqlite_only,
    pytest.mark.parametrize("lang", ["id", "en"]),
    pytest.mark.usefixtures("travel"),
]
WORDS = {
    "id": {"done": "Selesai", "next": "Berikutnya", "later": "Nanti", "not": "Tidak perlu"},
    "en": {"done": "Done", "next": "Next", "later": "Later", "not": "Not needed"},
}


def standings(page: Page) -> list[str]:
    return [node.text for node in page.all(".tasks .tag")]


def test_it_is_the_same_list_from_every_step(client: Client, lang: str) -> None:
    words = WORDS[lang]
    page = walk_to(client, "story", lang)
    page = page.follow({"id": "Lihat semua langkah", "en": "See all steps"}[lang])
    assert page.path == f"/{lang}/file" and page.heading == {"id": "Semua langkah", "en": "All steps"}[lang]
    assert standings(page) == [
        *[words["done"]] * 3,
        *[words["not"]] * 2,
        words["done"],
        words["not"],
        *[words["done"]] * 3,
        words["next"],
        *[words["later"]] * 3,
    ]
    # What is done or next is a link; what is not needed or comes later is none.
    links = [node["href"].removeprefix(f"/{lang}/file/") for node in page.all(".tasks a")]
    assert links == ["privacy", "who", "identity", "contact", "account", "topic", "transactions", "story"]
    assert page.follow({"id": "Lanjutkan dari yang terakhir", "en": "Go on where you stopped"}[lang]).path.endswith(
        "/story"
    )
    page = client.get(f"/{lang}/file").follow({"id": "Identitas", "en": "Identity"}[lang])
    assert answer(page, "identity", {"name": "Ratna"}).path == f"/{lang}/file/story"


def test_when_all_is_answered_it_leads_to_the_check(client: Client, lang: str) -> None:
    walk_to(client, "check", lang, who={"role": "representative"})
    page = client.get(f"/{lang}/file")
    assert standings(page) == [WORDS[lang]["done"]] * 13 + [WORDS[lang]["next"]]
    assert page.follow({"id": "Periksa dan kirim", "en": "Check and send"}[lang]).path == f"/{lang}/file/check"


def test_without_a_draft_it_begins_and_after_sending_it_confirms(client: Client, lang: str) -> None:
    assert client.get(f"/{lang}/file").path == f"/{lang}/file/privacy"
    send(walk_to(client, "check", lang))
    assert client.get(f"/{lang}/file").path == f"/{lang}/file/sent"
