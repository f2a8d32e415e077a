"""The step at which files come: several at once, each kept at once, none needed to go on."""

import hashlib
import re
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.db import Database
from portal.evidence import queries
from portal.evidence.models import Document
from portal.evidence.rules import ScanState
from portal.filing.models import Draft
from portal.institution.profile.asking import Uploads
from tests.evidence import files
from tests.intake.journey import answer as go_on
from tests.intake.journey import number_and_code, send, upload, walk_to
from tests.page import Client, Page

STEP = "/en/file/documents"


def names(page: Page) -> list[str]:
    return [node.text for node in page.all(".file-name")]


def stored(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "evidence" / "documents").rglob("*") if path.is_file()]


@pytest.fixture
def house(app: Flask) -> Database:
    return app.extensions["aduan"].database


@pytest.fixture
def page(client: Client) -> Page:
    return walk_to(client, "documents", "en")


def limit(app: Flask, **changes: int) -> None:
    """Smaller limits, so that the tests reach them with small files."""
    floor = app.extensions["aduan"]
    small = floor.institution.model_copy(update={"uploads": Uploads(**changes)})
    app.extensions["aduan"] = type(floor)(floor.settings, floor.database, small)


def test_several_files_at_once_are_kept_and_listed(page: Page, house: Database) -> None:
    page = upload(page, ("KTP Siti.jpg", files.with_place()), ("بطاقة.pdf", files.pdf()), ("foto.heic", files.heic()))
    assert page.path == STEP
    assert names(page) == ["KTP Siti.jpg", "بطاقة.pdf", "foto.heic"]
    # The next purpose that is still missing is chosen beforehand.
    assert page.form(STEP).values["purpose"] == "account_ownership"
    with house.session() as session:
        folder = session.scalars(sa.select(Draft.folder_id)).one()
        first = queries.documents(session, folder)[0]
    assert first.sha256 == hashlib.sha256(files.with_place()).hexdigest()
    assert first.scan is ScanState.NOT_SCANNED
    assert first.added_by is None


def test_a_file_comes_back_to_its_owner_byte_by_byte_and_runs_nowhere(page: Page, client: Client) -> None:
    content = files.pdf(2)
    page = upload(page, ("mutasi Maret – 報告.pdf", content))
    link = page.one(".file-name a")["href"]
    answer = client.http.get(link, base_url=client.base_url)
    assert (answer.status_code, answer.data) == (200, content)
    told = answer.headers
    assert told["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''mutasi%20Maret%20%E2%80%93%20%E5%A0%B1%E5%91%8A.pdf" in told["Content-Disposition"]
    assert told["Content-Security-Policy"].endswith("sandbox") and told["X-Content-Type-Options"] == "nosniff"
    assert (told["Cache-Control"], told["Content-Type"]) == ("no-store", "application/pdf")
    for asked, part in {"bytes=5-9": content[5:10], "bytes=-7": content[-7:], "bytes=100-": content[100:]}.items():
        answer = client.http.get(link, base_url=client.base_url, headers={"Range": asked})
        assert (answer.status_code, answer.data) == (206, part)
        assert re.fullmatch(rf"bytes \d+-\d+/{len(content)}", answer.headers["Content-Range"])
    answer = client.http.get(link, base_url=client.base_url, headers={"Range": f"bytes={len(content)}-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
    for whole in ({"Range": "bytes=1-2,4-5"}, {"Range": "lines=1-2"}, {"Range": "bytes=1-2", "If-Range": '"x"'}):
        assert client.http.get(link, base_url=client.base_url, headers=whole).data == content


def test_anothers_document_answers_like_one_that_does_not_exist(page: Page, client: Client, app: Flask) -> None:
    page = upload(page, ("ktp.jpg", files.picture()))
    link = page.one(".file-name a")["href"]
    stranger, neighbour = Client(app, client.base_url), Client(app, client.base_url)
    walk_to(neighbour, "documents", "en")
    nowhere = f"/en/documents/{UUID(int=7)}"
    answers = [one.http.get(at, base_url=client.base_url) for one in (stranger, neighbour) for at in (link, nowhere)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'value="[^"]+"|documents/[0-9a-f-]{36}', "", answer.text) for answer in answers}) == 1


def test_nobody_removes_anothers_document(page: Page, client: Client, app: Flask, house: Database) -> None:
    page = upload(page, ("ktp.jpg", files.picture()))
    with house.session() as session:
        theirs = session.scalars(sa.select(Document.id)).one()
    neighbour = walk_to(Client(app, client.base_url), "documents", "en")
    neighbour.form(STEP).tamper(remove=str(theirs), upload=None).submit("on")
    assert names(client.get(STEP)) == ["ktp.jpg"]


def test_a_file_is_removed(page: Page) -> None:
    page = upload(page, ("ktp.jpg", files.picture()), ("nota.pdf", files.pdf()))
    button = page.all(".file-do button")[0]
    page = page.form(STEP).submit(f"remove={button['value']}")
    assert names(page) == ["nota.pdf"]


def test_going_on_keeps_what_was_chosen_and_not_yet_uploaded(page: Page) -> None:
    """Nothing is dropped silently."""
    page = page.form(STEP).fill(files=[("ktp.jpg", files.picture())]).submit("on")
    assert page.path == "/en/file/check"
    assert names(page) == ["ktp.jpg"]
    assert "Still missing: Proof of account ownership, Transaction receipt." in page.text


def test_a_missing_document_never_blocks(page: Page) -> None:
    page = page.form(STEP).submit("on")
    assert page.path == "/en/file/check"
    assert "No files." in page.text
    assert send(page).path == "/en/file/sent"


FAULTS = [
    (
        ("nota.html", b"<script>alert(1)</script>"),
        "nota.html: we take JPG, PNG, WebP, HEIC and PDF. Send a photo of it",
    ),
    (("gambar.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "gambar.svg: we take JPG"),
    (("mutasi.zip", files.archive()), "mutasi.zip: we take JPG"),
    (("foto.jpg", b""), "foto.jpg is empty. Choose the file once more"),
    (("besar.png", files.noise(2_000_000)), "besar.png is larger than 1 MB. Send it in parts, or as a smaller photo"),
    (("rahasia.pdf", files.pdf(password="x")), "rahasia.pdf has a password. Save it without one"),
    (("rusak.jpg", files.picture("JPEG", (400, 300))[:-300]), "rusak.jpg is damaged or incomplete"),
    (("bom.png", files.pixel_bomb()), "bom.png has too many pixels or pages"),
]


@pytest.mark.parametrize(("given", "sentence"), FAULTS, ids=[given[0] for given, _ in FAULTS])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_fault_has_its_own_sentence_and_costs_no_other_file(
    app: Flask, client: Client, tmp_path: Path, given: tuple[str, bytes], sentence: str
) -> None:
    limit(app, file_mb=1)
    page = walk_to(client, "documents", "en")
    page = upload(page, ("ktp.jpg", files.picture()), given, ("nota.pdf", files.pdf()), status=422)
    assert len(page.errors) == 1 and page.errors[0].startswith(sentence)
    assert page.one(".field p.wrong").text == page.errors[0]
    assert names(page) == ["ktp.jpg", "nota.pdf"]
    # What was refused left no bytes behind.
    assert len(stored(tmp_path)) == 2


def test_no_file_too_many_files_and_the_same_file_are_told(app: Flask, client: Client) -> None:
    limit(app, delivery_files=2, case_files=3)
    page = walk_to(client, "documents", "en")
    page = page.form(STEP).submit("upload", status=422)
    assert page.errors == ["Choose at least one file"]
    page = upload(page, *((f"{n}.pdf", files.pdf(n)) for n in (1, 2, 3)), status=422)
    assert page.errors == ["3.pdf: at most 2 files can be uploaded at once. Upload it by itself"]
    page = upload(page, ("lagi.pdf", files.pdf(5)), ("lebih.pdf", files.pdf(6)), status=422)
    assert page.errors == ["lebih.pdf: a complaint can hold 3 files and 2500 MB, and this is reached"]


def test_the_same_file_again_is_recognised(page: Page, tmp_path: Path) -> None:
    content = files.pdf()
    page = upload(upload(page, ("nota.pdf", content)), ("nota (1).pdf", content), status=422)
    assert page.errors == ["nota (1).pdf: you have already added this file as nota.pdf"]
    assert names(page) == ["nota.pdf"] and len(stored(tmp_path)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_body_larger_than_a_delivery_is_refused_unread(app: Flask, client: Client, tmp_path: Path) -> None:
    limit(app, file_mb=1, delivery_mb=1)
    page = walk_to(client, "documents", "en")
    page = upload(page, ("a.png", bytes(2_200_000)), status=413)
    assert page.errors == ["Together the files are larger than 1 MB. Upload fewer at once"]
    assert stored(tmp_path) == []


def test_a_page_of_another_site_uploads_nothing(page: Page, client: Client, tmp_path: Path) -> None:
    form = page.form(STEP).fill(files=[("ktp.jpg", files.picture())])
    form.submit("upload", status=400, headers={"Sec-Fetch-Site": "cross-site"})
    assert stored(tmp_path) == []
    page = form.tamper(csrf_token="wrong").submit("upload", status=422)
    assert stored(tmp_path) == [] and names(client.get(STEP)) == []


def test_other_views_write_no_file_that_they_are_sent(client: Client, tmp_path: Path) -> None:
    from io import BytesIO

    for path in ("/en/file/story", "/en/track", "/en/file/send", "/en/leave"):
        client.http.post(
            path, base_url=client.base_url, data={"x": (BytesIO(files.picture()), "x.jpg")},
            content_type="multipart/form-data",
        )  # fmt: skip
    assert stored(tmp_path) == []


def test_a_full_disk_is_told_and_leaves_nothing(page: Page, tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir(exist_ok=True)
    (tmp_path / "evidence" / "documents").write_bytes(b"in the way")
    page = upload(page, ("ktp.jpg", files.picture()), status=422)
    assert page.errors == ["ktp.jpg was not saved. Upload it once more"]
    assert names(page) == []


def test_names_from_hell_are_shown_harmless(page: Page) -> None:
    page = upload(page, ("nota\u202egpj.exe", files.picture()), ("<script>.jpg", files.pdf()))
    assert names(page) == ["nota\ufffdgpj.exe", "<script>.jpg"]


def test_filing_hands_the_same_folder_over(page: Page, client: Client, house: Database, tmp_path: Path) -> None:
    page = upload(page, ("ktp.jpg", files.picture()))
    link = page.one(".file-name a")["href"]
    with house.session() as session:
        folder = session.scalars(sa.select(Draft.folder_id)).one()
    number_and_code(send(page.form(STEP).submit("on")))
    with house.session() as session:
        from portal.complaints.models import Complaint

        assert session.scalars(sa.select(Complaint.folder_id)).one() == folder
        assert [one.name for one in queries.documents(session, folder)] == ["ktp.jpg"]
    # From now on it is opened with the access code; this browser's draft is no key to it any more.
    assert client.http.get(link, base_url=client.base_url).status_code == 404
    assert len(stored(tmp_path)) == 1


@pytest.mark.parametrize("state", list(ScanState))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_sent_a_file_has_it_back_in_every_state_but_infected(
    page: Page, client: Client, house: Database, state: ScanState
) -> None:
    link = upload(page, ("ktp.jpg", files.picture())).one(".file-name a")["href"]
    with house.session() as session:
        row = session.scalars(sa.select(Document)).one()
        session.begin_write()
        judged = state in (ScanState.CLEAN, ScanState.INFECTED)
        session.execute(sa.update(Document).values(scan=state, scanned_at=row.created_at if judged else None))
        session.commit()
    answer = client.http.get(link, base_url=client.base_url)
    if state is ScanState.INFECTED:
        assert answer.status_code == 403
        assert not client.get(STEP).has(".file-name a")
    else:
        assert (answer.status_code, answer.data) == (200, files.picture())
        assert client.get(STEP).one(".file-name a")["href"] == link


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("lang", "lacking"), [("id", "Belum ada"), ("en", "Not yet")])
def test_a_locked_document_does_not_count_as_brought(client: Client, house: Database, lang: str, lacking: str) -> None:
    """BM-12: what nobody can open shows nothing, so another one is asked for, here and on the receipt."""
    page = upload(walk_to(client, "documents", lang), ("ktp.jpg", files.picture()))
    before = page.text.count(lacking)
    with house.session() as session:
        session.begin_write()
        now = session.scalars(sa.select(Document.created_at)).one()
        session.execute(sa.update(Document).values(scan=ScanState.INFECTED, scanned_at=now))
        session.commit()
    page = client.get(f"/{lang}/file/documents")
    assert page.text.count(lacking) == before + 1
    assert page.form(page.path).values["purpose"] == "identity"
    receipt = send(go_on(page, "documents"))
    identity = {"id": "Bukti identitas", "en": "Proof of identity"}[lang]
    assert identity in [node.text for node in receipt.all("section[aria-labelledby=missing] li")]


# ── as a script sends them ───────────────────────────────────────────────────────────────────────


def test_a_script_gets_the_form_alone_with_the_new_list_or_with_why_not(page: Page, client: Client) -> None:
    """A script sends each file by itself, and is answered with the part of the page that has changed."""
    form = page.form(STEP).fill(purpose="identity", files=[("ktp.jpg", files.picture())])
    part = form.submit("upload", htmx=True)
    assert part.source.startswith("<form") and names(part) == ["ktp.jpg"]
    assert not part.has("[data-fault]") and part.has("[data-kept] [name=csrf_token]")
    part = form.submit("upload", htmx=True, status=422)
    assert [node["data-fault"] for node in part.all("[data-fault]")] == ["twice"]
    assert names(part) == ["ktp.jpg"]
    stale = page.form(STEP).fill(files=[("nota.pdf", files.pdf())]).tamper(csrf_token="stale")
    part = stale.submit("upload", htmx=True, status=422)
    assert part.one("[data-fault=failed]").text == "The files were not kept. Choose them once more, and upload them"
    assert part.one("[data-kept] [name=csrf_token]")["value"] != "stale"
    button = part.one(".file-do button")
    part = page.form(STEP).tamper(remove=button["value"]).submit("upload", htmx=True, status=422)
    assert part.one("[data-fault]")["data-fault"] == "none" and names(part) == []


def test_a_script_is_sent_on_where_the_draft_is_gone(page: Page, client: Client) -> None:
    form = page.form(STEP).fill(files=[("ktp.jpg", files.picture())])
    client.forget()
    answer = form.submit("upload", htmx=True)
    assert answer.headers["HX-Redirect"] == "/en/file/privacy"
