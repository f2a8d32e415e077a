"""Each requirement that a profile or a public page carries, asserted on the served page in both languages."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal.institution.loader import codes, load
from tests.house.requirements import DOCUMENT, claims, document, inventory

database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MORNING = datetime(2026, 3, 13, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
LANGUAGES = ("id", "en")
# Left out until legal review clears it: that fraud becomes known in public, that all risk is the customer's.
WITHHELD = {
    "KX-19": ("kecurangan", "fraud is recorded", "masyarakat luas", "the public will"),
    "K3-38": ("segala jenis risiko", "harus ditanggung oleh pelanggan", "all risk"),
}


@pytest.fixture
def environment(environment, code):
    return environment | {"PORTAL_INSTITUTION": code}


@database
@pytest.mark.parametrize("code", codes())
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_say_what_each_requirement_asks(client, code, lang):
    pages, missing = {}, []
    with time_machine.travel(MORNING, tick=False):
        for claim in claims():
            if claim.institution != code:
                continue
            if claim.path not in pages:
                pages[claim.path] = client.get(f"/{lang}/{claim.path}").one("main").text
            text = claim.id if lang == "id" else claim.en
            if text not in pages[claim.path]:
                missing.append((claim.ids, claim.path, text))
    assert not missing


@database
@pytest.mark.parametrize("code", ["kredi360"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_legal_review_has_not_cleared_stands_on_no_page(client, code, lang):
    """KX-19, K3-38: kept in the notes of the profile, with the reason."""
    notes = load(code).notes
    for page in (
        "",
        "customer-service",
        "procedure",
        "service-levels",
        "conditions",
        "topics",
        "disclaimer",
        "privacy",
    ):
        text = client.get(f"/{lang}/{page}").text.lower()
        for one, words in WITHHELD.items():
            assert "legal review" in notes[one]
            assert not [word for word in words if word in text], (one, page)


def test_every_published_requirement_has_its_sentence():
    """The ones marked S or G; KX-19 is shown by its absence."""
    said = {one for claim in claims() for one in claim.ids}
    rows = inventory()
    assert len([row for row in rows if not row.is_gap]) == 177
    assert [row.id for row in rows if row.is_published and row.id not in said] == ["KX-19"]
    assert not said - {row.id for row in rows}


def test_the_document_is_the_one_that_is_generated():
    """`python -m tests.house.requirements` writes it anew."""
    assert DOCUMENT.read_text() == document()
