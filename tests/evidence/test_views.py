"""The one view that gives out documents: originals to who sent them, copies to who may have no more."""

import io
from urllib.parse import unquote

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image, ImageChops, ImageStat
from werkzeug.test import TestResponse

from portal.db import Database, uuid7
from portal.evidence import labels, queries
from portal.evidence.access import init_guards
from portal.evidence.models import Document, Folder
from portal.evidence.rules import Arrived, Limits, Media, Right, ScanState, Verdict, given
from portal.evidence.scanner import NoScanner
from portal.evidence.service import add
from portal.evidence.storage import Depot
from portal.sealing import open_box
from tests.builders import NOW
from tests.evidence import files, papers
from tests.evidence.test_novelty import stored
from tests.intake.journey import walk_to
from tests.page import Client, Page

STEP = "/en/file/documents"
# What each right gives in each state; what is infected answers 403, what nobody may have 404.
GIVEN = {
    Right.ORIGINAL: {state: "original" for state in ScanState} | {ScanState.INFECTED: 403},
    Right.COPY: {
        ScanState.WAITING: 404,
        ScanState.CLEAN: "original",
        ScanState.INFECTED: 403,
        ScanState.UNAVAILABLE: 404,
        ScanState.NOT_SCANNED: "copy",
    },
    Right.NONE: dict.fromkeys(ScanState, 404),
}


@pytest.fixture
def house(app: Flask) -> Database:
    return app.extensions["aduan"].database


@pytest.fixture
def page(client: Client) -> Page:
    page = walk_to(client, "documents", "en")
    given = [("KTP Siti.jpg", files.with_place()), ("mutasi Maret.pdf", files.armed_pdf())]
    return page.form(STEP).fill(purpose="identity", files=given).submit("upload")


def links(page: Page) -> list[str]:
    return [node["href"] for node in page.all(".file-name a")]


def put(house: Database, state: ScanState) -> None:
    with house.session() as session:
        session.begin_write()
        judged = state in (ScanState.CLEAN, ScanState.INFECTED)
        session.execute(sa.update(Document).values(scan=state, scanned_at=Document.created_at if judged else None))
        session.commit()


@pytest.mark.parametrize("right", Right, ids=lambda right: right.name)
@pytest.mark.parametrize("state", ScanState)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_each_right_gives_in_each_state(
    page: Page, app: Flask, house: Database, right: Right, state: ScanState
) -> None:
    link = links(page)[0]
    init_guards(app, lambda _: Right.NONE, lambda _: right)
    put(house, state)
    answer = app.test_client().get(link, base_url=page.client.base_url)
    expected = GIVEN[right][state]
    if isinstance(expected, int):
        assert answer.status_code == expected
        assert given(right, state) is Right.NONE
    else:
        assert answer.status_code == 200
        assert (answer.data == files.with_place()) == (expected == "original")
        assert given(right, state) is (Right.ORIGINAL if expected == "original" else Right.COPY)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("lang", "word"), [("en", "copy"), ("id", "salinan")])
def test_a_copy_says_that_it_is_one_and_tells_nothing_beside_what_it_shows(
    page: Page, app: Flask, lang: str, word: str
) -> None:
    photo, statement = (link.replace("/en/", f"/{lang}/") for link in links(page))
    init_guards(app, lambda _: Right.COPY)
    reader = app.test_client()
    answer = reader.get(photo, base_url=page.client.base_url, headers={"Range": "bytes=0-9"})
    told = answer.headers
    assert (answer.status_code, told["Content-Type"], told["Content-Length"]) == (
        200,
        "image/jpeg",
        str(len(answer.data)),
    )
    assert unquote(told["Content-Disposition"]).endswith(f"filename*=UTF-8''KTP Siti ({word}).jpg")
    assert told["Content-Security-Policy"].endswith("sandbox") and told["X-Content-Type-Options"] == "nosniff"
    assert told["Cache-Control"] == "no-store" and "Accept-Ranges" not in told
    assert b"Telefon" not in answer.data and Image.open(io.BytesIO(answer.data)).size == (64, 48)
    answer = reader.get(statement, base_url=page.client.base_url)
    assert unquote(answer.headers["Content-Disposition"]).endswith(f"mutasi Maret ({word}).pdf")
    with pikepdf.open(io.BytesIO(answer.data)) as copy:
        assert len(copy.pages) == 2 and set(copy.Root.keys()) == {"/Type", "/Pages"}
    assert reader.head(statement, base_url=page.client.base_url).status_code == 200


@pytest.mark.parametrize("right", Right, ids=lambda right: right.name)
@pytest.mark.parametrize("state", ScanState)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_is_shown_to_who_may_have_the_document(
    page: Page, app: Flask, house: Database, right: Right, state: ScanState
) -> None:
    link = links(page)[1]
    init_guards(app, lambda _: Right.NONE, lambda _: right)
    put(house, state)
    answer = app.test_client().get(f"{link}?page=2", base_url=page.client.base_url)
    expected = GIVEN[right][state]
    if isinstance(expected, int):
        assert answer.status_code == expected
    else:
        assert answer.status_code == 200 and Image.open(io.BytesIO(answer.data)).size == (1200, 1200)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("lang", "word"), [("en", "page 2"), ("id", "halaman 2")])
def test_a_page_is_a_picture_that_is_kept_nowhere_and_does_nothing(page: Page, lang: str, word: str) -> None:
    form = page.form(STEP).fill(files=[("rekening.pdf", papers.printed(papers.statement(1), papers.statement(2)))])
    link = links(form.submit("upload"))[2].replace("/en/", f"/{lang}/")

    def asked(query: str) -> TestResponse:
        return page.client.http.get(f"{link}?{query}", base_url=page.client.base_url)

    answer, told = asked("page=2"), asked("page=2").headers
    assert (answer.status_code, told["Content-Type"], told["Content-Length"]) == (
        200,
        "image/jpeg",
        str(len(answer.data)),
    )
    assert unquote(told["Content-Disposition"]).endswith(f"filename*=UTF-8''rekening ({word}).jpg")
    assert told["Content-Disposition"].startswith("inline; ")
    assert told["Content-Security-Policy"].endswith("sandbox") and told["X-Content-Type-Options"] == "nosniff"
    assert told["Cache-Control"] == "no-store" and "Accept-Ranges" not in told
    # It is this page, and no other one.
    shown = Image.open(io.BytesIO(answer.data)).convert("L")
    apart = [
        ImageStat.Stat(ImageChops.difference(shown, papers.statement(number).resize(shown.size))).mean[0]
        for number in (2, 1)
    ]
    assert apart[0] < 2 < apart[1]
    for none in ("page=0", "page=3", "page=-1", "page=", "page=dua", "page=1e9", f"page={'9' * 30}"):
        assert asked(none).status_code == 404, none
    # A photograph is one page.
    photo = links(page)[0]
    assert page.client.http.get(f"{photo}?page=1", base_url=page.client.base_url).content_type == "image/jpeg"
    assert page.client.http.get(f"{photo}?page=2", base_url=page.client.base_url).status_code == 404


HOSTILE = {
    "endless.pdf": files.endless_pdf(),
    "without-end.pdf": files.pdf_of_size(0, 0, 3.4e38, 3.4e38),
    "page-bomb.pdf": files.pdf(1001),
    "broken.pdf": files.pdf(5)[:-80],
    "password.pdf": files.pdf(password="rahasia"),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "We cannot show this file: it is damaged"), ("id", "Berkas ini tidak dapat kami tampilkan: rusak")],
)
def test_a_page_that_cannot_be_drawn_is_told_in_words(
    page: Page, app: Flask, house: Database, lang: str, sentence: str
) -> None:
    """Also where a file was let in of which the decoder would say something else today."""
    with house.session() as session:
        folder_id = session.scalars(sa.select(Document.folder_id)).first()
        assert folder_id
        box = open_box(session, session.get_one(Folder, folder_id).key_id)
        depot = Depot.at(app.extensions["aduan"].settings.evidence_url)
        let_in = [
            Arrived(name, stored=stored(depot, box, data), verdict=Verdict(Media.PDF, {"pages": 1, "active": []}))
            for name, data in HOSTILE.items()
        ]
        session.begin_write()
        add(
            session, folder_id, box=box, purpose="other-evidence", delivery_id=uuid7(), arrived=let_in,
            limits=Limits(2**30, 20, 2**30, 100, 2**30), scanner=NoScanner(), now=NOW,
        )  # fmt: skip
        session.commit()
    names = dict(zip(HOSTILE, links(page.client.get(STEP))[2:], strict=True))
    for name, link in names.items():
        answer = page.client.http.get(f"{link.replace('/en/', f'/{lang}/')}?page=1", base_url=page.client.base_url)
        assert (answer.status_code, answer.content_type) == (422, "text/plain; charset=utf-8"), name
        assert answer.text.startswith(sentence) and answer.headers["Cache-Control"] == "no-store"
    # A whole copy that cannot be made is told in the same way.
    broken = page.client.http.get(f"{names['broken.pdf']}?copy", base_url=page.client.base_url)
    assert broken.status_code == 422


def test_who_may_have_the_original_may_ask_for_the_copy(page: Page) -> None:
    photo = links(page)[0]
    answer = page.client.http.get(f"{photo}?copy", base_url=page.client.base_url)
    assert answer.status_code == 200 and answer.data != files.with_place()
    assert "copy" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_list_for_officers_says_which_they_get_as_copies(page: Page, app: Flask, house: Database) -> None:
    sentence = {
        "en": "Nobody scanned this file: you get a copy that we make of it",
        "id": "Berkas ini tidak diperiksa terhadap virus: yang Anda terima adalah salinan buatan kami",
    }
    profile = app.extensions["aduan"].institution
    with house.session() as session:
        folder_id = session.scalars(sa.select(Document.folder_id)).first()
        documents = queries.documents(session, folder_id)
    for lang in ("en", "id"):
        with app.test_request_context(f"/{lang}/"):
            app.preprocess_request()
            rows = app.environment(lang).get_template("ui/documents.html").module.rows
            theirs = rows(labels.lines(documents, profile, lang, right=Right.COPY))
            own = rows(labels.lines(documents, profile, lang))
        assert theirs.count(sentence[lang]) == 2 and theirs.count("<a href=") == 2
        assert sentence[lang] not in own


def test_bytes_that_were_changed_become_no_copy(page: Page, app: Flask, tmp_path: object) -> None:
    from pathlib import Path

    for path in (Path(str(tmp_path)) / "evidence" / "documents").rglob("*"):
        if path.is_file():
            sealed = path.read_bytes()
            path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    answers = [page.client.http.get(at, base_url=page.client.base_url) for at in links(page)]
    answers += [page.client.http.get(f"{at}?copy", base_url=page.client.base_url) for at in links(page)]
    assert {answer.status_code for answer in answers} == {500}
