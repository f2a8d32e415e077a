"""What follows a response, on paper: the objection as a letter of its own, and all of it in the file of the case."""

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256

import pytest

from portal import clock as moments
from portal.complaints.handed_in import Person
from portal.db import Database
from portal.institution.models import Institution
from tests.complaints.answers import answer
from tests.complaints.cases import Case, file_case
from tests.evidence import papers
from tests.page import Client, Page
from tests.tracking.test_decision import REPRESENTATIVE, accept
from tests.tracking.test_objection import NEW, WORDS, plain, send

LANGUAGES = pytest.mark.parametrize("lang", ["en", "id"])
SAYS = {
    "en": {
        "promised": "Received and recorded by us, to be answered by Monday 7 December 2026.",
        "subject": "Objection: Transfer: debited, not received",
        "parts": ["Our responses", "Objections and forums"],
        "reply": "Your reply: Monday 21 December 2026",
        "ours": "Our answer: Monday 7 December 2026",
        "forum": "Taken to: Financial Services Authority (OJK), Monday 23 November 2026.",
        "told": "We have told you where you can take it.",
    },
    "id": {
        "promised": "Kami terima dan catat, untuk dijawab paling lambat Senin, 7 Desember 2026.",
        "subject": "Keberatan: Transfer terdebit, belum diterima",
        "parts": ["Tanggapan kami", "Keberatan dan lembaga lain"],
        "reply": "Balasan Anda: Senin, 21 Desember 2026",
        "ours": "Tanggapan kami: Senin, 7 Desember 2026",
        "forum": "Dibawa ke: Otoritas Jasa Keuangan (OJK), Senin, 23 November 2026.",
        "told": "memberi tahu Anda ke mana Anda dapat membawanya",
    },
}
HASH = sha256(NEW[1]).hexdigest()
LETTER = "/{lang}/track/case/rounds/2"


@LANGUAGES
def test_an_objection_prints_as_a_letter_that_stands_alone(
    client: Client,
    another: Callable[..., Client],
    house: Database,
    profile: Institution,
    case: Case,
    sign_in: Callable[..., Page],
    lang: str,
) -> None:
    """SQ-30, SQ-32: from whom to whom, when, about what, what it says, and its documents by their hashes."""
    answer(house, profile, case)
    sign_in(case.number, case.code, lang=lang)
    client.get(LETTER.format(lang=lang), status=404)
    page = send(client, NEW, lang=lang).follow(LETTER.format(lang=lang))
    letter = plain(page.one(".letter").text)
    for told in (case.number, "Siti Rahmawati", profile.legal_name, WORDS, "mutasi.jpg", HASH):
        assert plain(told) in letter, told
    assert SAYS[lang]["promised"] in letter and SAYS[lang]["subject"] in letter
    # The complaint itself is no objection, and nobody else's is to be had.
    client.get(f"/{lang}/track/case/rounds/1", status=404)
    other = file_case(house, profile, customer=Person(name="Orang Lain", language=lang, email="lain@example.id"))
    device = another()
    sign_in(other.number, other.code, lang=lang, by=device)
    device.get(LETTER.format(lang=lang), status=404)


def test_who_acts_for_the_customer_writes_on_their_behalf_and_reads_it_with_an_accepted_power_alone(
    client: Client,
    another: Callable[..., Client],
    house: Database,
    profile: Institution,
    clock: object,
    sign_in: Callable[..., Page],
) -> None:
    """SQ-18, SQ-31."""
    case = file_case(house, profile, representation=REPRESENTATIVE)
    answer(house, profile, case)
    sign_in(case.number, case.code)
    client.get(LETTER.format(lang="en"), status=404)
    accept(house, case)
    send(client, NEW)
    letter = client.get(LETTER.format(lang="en")).one(".letter").text
    assert "Written by Andi Wijaya" in letter and "On behalf of Siti Rahmawati" in letter


@LANGUAGES
def test_the_file_of_the_case_holds_responses_objections_and_forums(
    client: Client, house: Database, profile: Institution, case: Case, sign_in: Callable[..., Page], lang: str
) -> None:
    """On the page and in the archive; each date says whose time it ends."""
    answer(house, profile, case)
    sign_in(case.number, case.code, lang=lang)
    send(client, NEW, lang=lang)
    answer(house, profile, case, now=moments.now())
    client.get(f"/{lang}/track/case/disagree").form().fill(sure=True).submit()
    told = client.get(f"/{lang}/track/case/forums/told").form()
    told.fill({"taken_on-d": "23", "taken_on-m": "11", "taken_on-y": "2026"}, forum="ojk", reference="OJK-17").submit()
    page, says = client.get(f"/{lang}/track/case/file"), SAYS[lang]
    titles = [node.text for node in page.all("section h2")]
    assert [title for title in titles if title in says["parts"]] == says["parts"]
    found = {"id": "Transfer itu tertahan di bank penerima.", "en": "The transfer was held by the receiving bank."}
    # Two responses, each in full, and the objection between them.
    assert plain(page.one("[aria-labelledby=answers]").text).count(found[lang]) == 2
    rounds = plain(page.one("[aria-labelledby=rounds]").text)
    for sentence in (WORDS, HASH, says["promised"], says["forum"], "OJK-17"):
        assert sentence in rounds, sentence
    dates = plain(page.one("[aria-labelledby=dates]").text)
    assert says["reply"] in dates and says["ours"] in dates
    assert says["told"] in plain(page.one("[aria-labelledby=history]").text)
    data = client.http.get(f"/{lang}/track/case/file.zip", base_url=client.base_url).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = archive.read(next(name for name in archive.namelist() if name.endswith(".html"))).decode()
        assert any(archive.read(name) == papers.jpeg(papers.statement()) for name in archive.namelist())
    assert found[lang] in kept and WORDS in kept and "OJK-17" in kept


def test_a_power_that_nobody_has_accepted_takes_no_response_along(
    client: Client, house: Database, profile: Institution, clock: object, sign_in: Callable[..., Page]
) -> None:
    """SQ-18, BM-17."""
    case = file_case(house, profile, representation=REPRESENTATIVE)
    answer(house, profile, case)
    sign_in(case.number, case.code)
    page = client.get("/en/track/case/file")
    assert not page.has("[aria-labelledby=answers]") and "held by the receiving bank" not in page.text
    accept(house, case)
    assert "held by the receiving bank" in client.get("/en/track/case/file").one("[aria-labelledby=answers]").text
