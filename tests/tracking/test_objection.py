"""An objection by HTTP: with something new, with the same file renamed, with a near repeat, once more."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from portal import clock as moments
from portal.complaints.disputes.models import ObjectionDraft
from portal.complaints.models import Complaint, Round
from portal.complaints.rules import Action, Status
from portal.complaints.states import Novelty, RoundKind, RoundOutcome
from portal.complaints.tasks import look_at_objection
from portal.config import Settings
from portal.db import Database, uuid7
from portal.evidence.models import Document
from portal.evidence.tasks import fingerprint
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.jobs.rules import Work
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.answers import answer
from tests.complaints.cases import Case
from tests.evidence import files, papers
from tests.page import Client, Page

WORDS = "Mutasi ini menunjukkan uangnya tidak pernah sampai."
PAGE = "/{lang}/track/case/objection"
NEW = ("mutasi.jpg", papers.jpeg(papers.statement()))


@pytest.fixture
def answered(case: Case, house: Database, profile: Institution) -> Case:
    answer(house, profile, case)
    return case


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def complaint(house: Database, case: Case) -> Complaint:
    with house.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def rounds(house: Database, case: Case) -> list[Round]:
    with house.session() as session:
        asked = sa.select(Round).where(Round.complaint_id == case.complaint_id).order_by(Round.ordinal)
        return list(session.scalars(asked))


def kinds(house: Database, case: Case) -> list[str]:
    with house.session() as session:
        asked = sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == case.complaint_id)
        return list(session.scalars(asked.order_by(HistoryEntry.seq)))


def letters(house: Database, case: Case, kind: NoticeKind) -> list[str]:
    with house.session() as session:
        rows = session.scalars(sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind))
        return [plain(open_box(session, row.key_id).open(row)["body"]) for row in rows]


def send(client: Client, *given: tuple[str, bytes], words: str = WORDS, lang: str = "en", status: int = 200) -> Page:
    form = client.get(PAGE.format(lang=lang)).form(PAGE.format(lang=lang))
    form.fill(words=words)
    if given:
        form.fill(files=list(given))
    return form.submit("object", status=status)


def look(house: Database, settings: Settings) -> None:
    """What the worker does: it looks at every document, then at the objection."""
    for kind, do in (("evidence.fingerprint", fingerprint), ("complaints.judge_objection", look_at_objection)):
        with house.session() as session:
            payloads = [job.payload for job in session.scalars(sa.select(Job).where(Job.kind == kind))]
        for payload in payloads:
            with house.session() as session:
                do(Work(session, payload, moments.now(), settings, uuid7(), 1))
                session.commit()


@pytest.mark.parametrize("lang", ["en", "id"])
def test_an_objection_with_a_new_page_opens_a_round_with_a_clock_of_its_own(
    client: Client, house: Database, settings: Settings, answered: Case, sign_in: Callable[..., Page], lang: str
) -> None:
    """SQ-29, SQ-30, SQ-32, BM-40."""
    sign_in(answered.number, answered.code, lang=lang)
    page = send(client, NEW, lang=lang)
    assert page.path == f"/{lang}/track/case"
    said = plain(page.text)
    assert ("We have recorded it and answer by" if lang == "en" else "paling lambat") in said and WORDS in said
    nothing = {"en": "Nothing at the moment.", "id": "Saat ini tidak ada."}[lang]
    assert nothing in page.one("#case-asked").text
    first, second = rounds(house, answered)
    assert (first.outcome, second.kind, second.outcome) == (RoundOutcome.OBJECTED, RoundKind.OBJECTION, None)
    now = complaint(house, answered)
    assert now.status is Status.IN_PROCESS and now.due_on is not None and now.decide_by is None
    # Nobody has compared its pages yet: it runs, and is confirmed by itself once they were.
    assert second.novelty is Novelty.DOUBTED
    look(house, settings)
    assert rounds(house, answered)[1].novelty is Novelty.NEW
    assert kinds(house, answered)[-2:] == [Action.OBJECT, Action.CONFIRM_OBJECTION]
    (letter,) = letters(house, answered, NoticeKind.OBJECTION_RECEIVED)
    assert "keberatan" in letter.lower()
    with house.session() as session:
        assert session.scalars(sa.select(ObjectionDraft)).all() == []


@pytest.mark.parametrize(
    ("lang", "said", "needed"),
    [
        (
            "en",
            "lain.jpg does not count: you sent this on Monday 23 November 2026 as struk.jpg",
            "Add at least one document that you have not sent us before",
        ),
        (
            "id",
            "lain.jpg tidak dihitung: ini sudah Anda kirim pada Senin, 23 November 2026 sebagai struk.jpg",
            "Tambahkan setidaknya satu dokumen yang belum pernah Anda kirim",
        ),
    ],
)
def test_the_same_file_renamed_does_not_count_and_the_words_are_kept(
    client: Client, house: Database, answered: Case, sign_in: Callable[..., Page], lang: str, said: str, needed: str
) -> None:
    """BM-40, SQ-30: refused with the reason beside the field; nothing that was written is lost."""
    sign_in(answered.number, answered.code, lang=lang)
    picture = files.picture()
    adding = client.get(f"/{lang}/track/case/documents").form(f"/{lang}/track/case/documents")
    adding.fill(files=[("struk.jpg", picture)]).submit()
    page = send(client, ("lain.jpg", picture), lang=lang, status=422)
    assert [plain(error) for error in page.errors] == [said]
    assert page.form(PAGE.format(lang=lang)).values["words"] == WORDS
    # Even after they have left the page; and without a file it is not sent.
    page = client.get(PAGE.format(lang=lang))
    assert page.form(PAGE.format(lang=lang)).values["words"] == WORDS
    page = page.form(PAGE.format(lang=lang)).submit("object", status=422)
    assert page.errors == [needed]
    assert complaint(house, answered).status is Status.ANSWERED and Action.OBJECT not in kinds(house, answered)
    # A new file beside the repeat counts: the repeat is told, the new one kept and then sent.
    page = send(client, ("lain.jpg", picture), NEW, lang=lang, status=422)
    assert [node.text for node in page.all(".file-name")] == ["mutasi.jpg"]
    page = page.form(PAGE.format(lang=lang)).submit("object")
    assert complaint(house, answered).status is Status.IN_PROCESS
    with house.session() as session:
        assert len(session.scalars(sa.select(Document)).all()) == 2


def test_what_lacks_words_keeps_its_files_and_a_file_can_be_taken_out(
    client: Client, house: Database, answered: Case, sign_in: Callable[..., Page]
) -> None:
    sign_in(answered.number, answered.code)
    page = send(client, NEW, words="", status=422)
    assert page.errors == ["Write why you do not agree"]
    assert [node.text for node in page.all(".file-name")] == ["mutasi.jpg"]
    page = page.form(PAGE.format(lang="en")).fill(words=WORDS).submit("remove")
    assert not page.all(".file-name") and "Your objection is not sent yet." in page.text
    assert send(client, status=422).errors == ["Add at least one document that you have not sent us before"]
    # What is not sent is no document of the complaint.
    assert not client.get("/en/track/case").all(".file-name")


def test_a_near_repeat_is_received_and_left_to_an_officer(
    client: Client, house: Database, settings: Settings, answered: Case, sign_in: Callable[..., Page]
) -> None:
    """BM-40: a re-saved picture shows what was sent before; the clock runs from its arrival all the same."""
    sign_in(answered.number, answered.code)
    adding = client.get("/en/track/case/documents").form("/en/track/case/documents")
    adding.fill(files=[("struk.png", papers.png(papers.receipt()))]).submit()
    send(client, ("struk.jpg", papers.jpeg(papers.receipt())))
    look(house, settings)
    assert rounds(house, answered)[1].novelty is Novelty.DOUBTED
    assert complaint(house, answered).due_on is not None


def test_a_second_objection_is_an_officers_to_open(
    client: Client, house: Database, profile: Institution, answered: Case, sign_in: Callable[..., Page]
) -> None:
    """domain.md 1.2: one is a right."""
    sign_in(answered.number, answered.code)
    send(client, NEW)
    answer(house, profile, answered, now=moments.now())
    page = client.get("/en/track/case")
    assert "I want to object once more" in page.one("#case-asked").text
    page = page.follow(PAGE.format(lang="en"))
    assert "One objection is your right, and you have made it." in page.text
    assert page.has("a[href='/en/track/case/message']") and not page.has("#objection-form")


@pytest.mark.parametrize("path", ["agree", "disagree", "objection", "rating", "answer"])
def test_before_there_is_a_response_there_is_nothing_to_decide(
    client: Client, case: Case, sign_in: Callable[..., Page], path: str
) -> None:
    sign_in(case.number, case.code)
    assert client.get(f"/en/track/case/{path}").path == "/en/track/case"
