"""The response: points, findings, preview, manager and second officer, or an answer at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint
from portal.complaints.responses.models import Answer
from portal.complaints.responses.queries import sent_answers
from portal.complaints.rules import Action, Status
from portal.db import Database
from portal.history.checking import verify
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from portal.web import formats
from tests.complaints.cases import Case, file_case
from tests.desk.responding.doing import do, letters, listed, of, path_of, plain
from tests.desk.seats import sit
from tests.page import Client

# ── the response ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "lacks", "found", "sent", "standing", "signed"),
    [
        (
            "en",
            "Answer this point in Indonesian, or say why it is not ours to decide",
            "Write in Indonesian what the investigation found",
            "Send the response",
            "Answered",
            "Layanan Pengaduan, Bank Muamalat",
        ),
        (
            "id",
            "Jawab pokok ini dalam bahasa Indonesia, atau jelaskan mengapa bukan wewenang kami",
            "Tulis hasil pemeriksaan dalam bahasa Indonesia",
            "Kirim tanggapan",
            "Dijawab",
            "Layanan Pengaduan, Bank Muamalat",
        ),
    ],
)
def test_each_point_is_answered_before_the_response_can_be_sent(
    client: Client,
    agent: Officer,
    house: Database,
    case: Case,
    lang: str,
    lacks: str,
    found: str,
    sent: str,
    standing: str,
    signed: str,
) -> None:
    """BM-37, KF-05, KF-21: the response rests on the investigation and answers every point; the customer is told."""
    first, second = listed(client, case, "Uang belum sampai", "Biaya transfer", lang=lang)
    page = do(client, case, "answer", lang=lang, status=422, **{f"reply_{first}_id": "Uang dikembalikan hari ini."})
    assert page.errors[:2] == [lacks, found] and len(page.errors) == 3
    wrong = page.one(f"#reply_{second}_id-wrong").text
    assert wrong == lacks and page.one(f"#reply_{first}_id").text.strip() == "Uang dikembalikan hari ini."
    form = page.form(path_of(case, "answer", lang))
    preview = form.fill(
        {
            f"treat_{second}": "marked",
            f"reply_{second}_id": "Biaya ditetapkan bank penerima.",
            "findings_id": "Nama penerima tidak cocok.",
            "outcomes": ["apology", "compensation"],
            "amount": "6.500",
        }
    ).submit()
    text = plain(preview)
    assert "Uang dikembalikan hari ini." in text and "Kami membayar Anda Rp6.500." in text and signed in text
    assert "bukan wewenang kami" in text and "Nama penerima tidak cocok." in text
    # What announces it tells nothing of it.
    mail = preview.one("[aria-labelledby=mail]").text
    assert "Yth. Siti Rahmawati" in mail and "6.500" not in mail
    after = preview.form(path_of(case, "response", lang)).submit(sent)
    assert standing in after.text
    (letter,) = letters(house, case, NoticeKind.ANSWERED)
    assert "6.500" not in letter and "/id/track" in letter
    with house.session() as session:
        complaint = session.get_one(Complaint, case.complaint_id)
        assert complaint.status is Status.ANSWERED and complaint.due_on is None and complaint.decide_by is not None
        (answer,) = sent_answers(session, open_box(session, complaint.key_id), complaint.id)
        # The head of the chain with the sending as its last entry stands on the response.
        newest = session.scalars(
            sa.select(HistoryEntry).where(HistoryEntry.subject_id == complaint.id).order_by(HistoryEntry.seq)
        ).all()[-1]
        assert newest.kind == Action.ANSWER and answer.head == newest.mac == complaint.history_head
        assert verify(session, complaint) == []
    assert answer.head.hex() in client.get(path_of(case, "response", lang)).text


def test_without_points_there_is_nothing_to_answer(client: Client, agent: Officer, case: Case) -> None:
    page = do(client, case, "answer", status=422, findings_id="Sudah diperiksa.", outcomes=["explanation"])
    assert page.errors == ["First list the customer’s points: each of them is answered"]
    assert page.one("#send")


def test_points_change_until_the_response_is_sent(client: Client, agent: Officer, case: Case) -> None:
    (key,) = listed(client, case, "Uang belum sampai")
    do(client, case, "answer", button="do=save", **{f"reply_{key}_id": "Sudah dikembalikan."})
    page = do(
        client, case, "points", **{f"point_{key}": "Uang Rp1.250.000 belum sampai", "more_0": "Biaya transfernya"}
    )
    assert "Uang Rp1.250.000 belum sampai" in page.text
    kept = client.get(path_of(case, "answer"))
    assert kept.one(f"#reply_{key}_id").text.strip() == "Sudah dikembalikan."
    do(client, case, "points", **{f"point_{key}": ""})
    assert not client.get(path_of(case, "answer")).all(f"#reply_{key}_id")


def test_what_leaves_the_customer_unsolved_needs_the_manager(
    client: Client,
    another: Callable[..., Client],
    agent: Officer,
    house: Database,
    profile: Institution,
    case: Case,
) -> None:
    """K3-05, K3-06: nothing unsolved is closed without the report to the manager."""
    (key,) = listed(client, case, "Uang belum sampai")
    told = {f"reply_{key}_id": "Tidak dapat.", "findings_id": "Tidak ada kesalahan.", "outcomes": ["not_upheld"]}
    preview = do(client, case, "answer", **told)
    rule = "It leaves the customer unsolved: pass it to the manager first, or let a manager send it"
    assert rule in preview.text
    refused = preview.form(path_of(case, "response")).submit("do=send", status=422)
    assert refused.errors == [rule] and of(house, case).status is Status.IN_PROCESS
    manager = another()
    sit(manager, house, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari")
    manager.get(path_of(case, "response")).form(path_of(case, "response")).submit("do=send")
    assert of(house, case).status is Status.ANSWERED


def test_the_second_of_two_officers_sees_what_the_first_saved(
    client: Client,
    another: Callable[..., Client],
    agent: Officer,
    house: Database,
    profile: Institution,
    case: Case,
    clock: time_machine.Traveller,
) -> None:
    (key,) = listed(client, case, "Uang belum sampai")
    device = another()
    sit(device, house, profile, OfficerRole.AGENT, name="Bambang Susilo")
    theirs = device.get(path_of(case, "answer")).form(path_of(case, "answer"))
    clock.shift(60)
    do(client, case, "answer", button="do=save", **{f"reply_{key}_id": "Dari yang pertama."})
    page = theirs.fill({f"reply_{key}_id": "Dari yang kedua."}).submit("do=save", status=409)
    assert "Dari yang pertama." in page.one("[role=alert]").text and agent.name in page.one("[role=alert]").text
    assert page.one(f"#reply_{key}_id").text.strip() == "Dari yang kedua."
    clock.shift(60)
    page.form(path_of(case, "answer")).submit("do=save")
    assert client.get(path_of(case, "answer")).one(f"#reply_{key}_id").text.strip() == "Dari yang kedua."


def test_who_looked_at_an_older_draft_looks_again_before_it_is_sent(
    client: Client,
    another: Callable[..., Client],
    agent: Officer,
    house: Database,
    profile: Institution,
    case: Case,
    clock: time_machine.Traveller,
) -> None:
    (key,) = listed(client, case, "Uang belum sampai")
    told = {f"reply_{key}_id": "Lama.", "findings_id": "Lama.", "outcomes": ["explanation"]}
    preview = do(client, case, "answer", **told)
    device = another()
    sit(device, house, profile, OfficerRole.AGENT, name="Bambang Susilo")
    clock.shift(60)
    do(device, case, "answer", button="do=save", findings_id="Baru.")
    moved = preview.form(path_of(case, "response")).submit("do=send", status=409)
    assert "Baru." in moved.text and of(house, case).status is Status.IN_PROCESS
    moved.form(path_of(case, "response")).submit("do=send")
    assert of(house, case).status is Status.ANSWERED


@pytest.mark.institution("kredi360")
def test_a_disbursement_made_at_once_has_its_date_and_reference(
    client: Client, agent: Officer, house: Database, case: Case
) -> None:
    """K3-20: if the disbursement failed it is made at once, and the outcome says when and under which number."""
    (key,) = listed(client, case, "Pinjaman belum cair")
    told = {f"reply_{key}_id": "Sudah dicairkan.", "findings_id": "Pencairan gagal.", "outcomes": ["disbursement"]}
    page = do(client, case, "answer", status=422, **told)
    assert page.errors == [
        "Enter the day of the disbursement",
        "Enter the reference number of the disbursement",
    ]
    form = page.form(path_of(case, "answer")).fill({"on-d": "23", "on-m": "11", "on-y": "2026", "reference": "DB-7781"})
    text = plain(form.submit())
    assert "Pinjaman dicairkan pada Senin, 23 November 2026, nomor referensi DB-7781." in text


def invented() -> Any:
    from tests.institution.specimens import LUMBUNG

    return pytest.mark.institution(str(LUMBUNG))


@invented()
def test_four_eyes_and_both_languages_where_the_institution_asks(
    client: Client, another: Callable[..., Client], agent: Officer, house: Database, profile: Institution, case: Case
) -> None:
    (key,) = listed(client, case, "Penagih menelepon malam hari")
    told = {f"reply_{key}_id": "Kami hentikan.", "findings_id": "Benar.", "outcomes": ["apology"]}
    page = do(client, case, "answer", status=422, **told)
    assert page.errors == [
        "Answer this point in English, or say why it is not ours to decide",
        "Write in English what the investigation found",
    ]
    form = page.form(path_of(case, "answer")).fill({f"reply_{key}_en": "We stop it.", "findings_en": "True."})
    preview = form.submit()
    assert len(preview.all("article.letter")) == 2 and preview.one("article[lang=id]")
    assert not preview.all("button[value=send]")
    preview.form(path_of(case, "response")).submit("do=propose")
    waiting = client.get(path_of(case, "response"))
    assert "It waits for another officer" in waiting.text and not waiting.all("button[value=send]")
    device = another()
    second = sit(device, house, profile, OfficerRole.AGENT, name="Bambang Susilo")
    file_case(house, profile)
    before = device.get("/en/desk?proposed=y")
    assert "Complaints: 1." in before.one(".pager").text
    assert "A second officer looks at the response by" in before.one("#queue tbody").text
    seen = device.get(path_of(case, "response")).form(path_of(case, "response"))
    missing = seen.submit("do=send_back", status=422)
    assert missing.errors == ["Write what is to be changed"]
    back = missing.form(path_of(case, "response")).fill(reason="Sebut tanggalnya.").submit("do=send_back")
    assert "Sebut tanggalnya." in back.text
    assert "Bambang Susilo sent it back:" in back.text and "Complaints: 0." in device.get("/en/desk?proposed=y").text
    assert "Sebut tanggalnya." in client.get(path_of(case, "answer")).text
    again = client.get(path_of(case, "response")).form(path_of(case, "response")).submit("do=propose")
    assert "sent it back:" not in again.text
    assert "Response put before a second officer" in again.text
    device.get(path_of(case, "response")).form(path_of(case, "response")).submit("do=send")
    with house.session() as session:
        row = session.scalars(sa.select(Answer)).one()
        assert (row.author_id, row.approver_id) == (agent.id, second.id)
    assert "approved by Bambang Susilo" in client.get(path_of(case, "response")).text


# ── at once ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.institution("kredifazz")
def test_a_question_is_answered_at_once_and_nothing_is_left_to_decide(
    client: Client, agent: Officer, house: Database, profile: Institution, clock: time_machine.Traveller
) -> None:
    """KF-18, KF-32: all information at once, and the time to the first response is shown."""
    asked = file_case(house, profile, kind="question", transactions=(), account=None)
    clock.shift(timedelta(minutes=90))
    sit(client, house, profile, OfficerRole.AGENT)
    page = do(client, asked, "first-line", status=422, words_id="")
    assert page.errors == ["Write it in Indonesian"]
    preview = page.form(path_of(asked, "first-line")).fill(words_id="Bunga dihitung per hari.").submit()
    assert "Inilah jawaban kami atas pertanyaan Anda." in preview.text
    done = preview.form(path_of(asked, "response")).submit("do=send")
    assert "after 1 hour" in plain(done.one("[aria-labelledby=facts]"))
    row = of(house, asked)
    assert row.status is Status.ANSWERED
    (letter,) = letters(house, asked, NoticeKind.ANSWERED)
    # It closes by itself one day; who asked a question has nothing to decide until then.
    assert row.decide_by is not None and formats.date_only(row.decide_by, "id") not in letter
    assert "setuju" not in letter


@pytest.mark.institution("kredifazz")
def test_what_was_passed_on_is_not_answered_at_once(client: Client, agent: Officer, case: Case) -> None:
    """KF-18, KF-19."""
    assert client.get(path_of(case)).all(f"a[href='{path_of(case, 'first-line')}']")
    do(
        client,
        case,
        "pass-on",
        division="collection",
        question="Benarkah?",
        **{"due_on-d": "25", "due_on-m": "11", "due_on-y": "2026"},
    )
    page = client.get(path_of(case, "first-line"))
    assert page.url.endswith(str(case.complaint_id)) and not page.all(f"a[href='{path_of(case, 'first-line')}']")
