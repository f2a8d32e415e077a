"""The acts that the customer waits for, at the desk: extend, list points, respond, refuse, tell of a payment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import rounds
from portal.complaints.handed_in import Person
from portal.complaints.linking.models import Link
from portal.complaints.models import Complaint, Round
from portal.complaints.responses.models import Answer
from portal.complaints.responses.queries import sent_answers
from portal.complaints.rules import Action, Status
from portal.complaints.states import RoundOutcome
from portal.db import Database, writing
from portal.history.checking import verify
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from portal.web import formats
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.desk.seats import sit
from tests.page import Client, Page

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """Bank Muamalat, unless a test says another institution by `@pytest.mark.institution`."""
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile)


@pytest.fixture
def agent(clock: object, client: Client, house: Database, profile: Institution) -> Officer:
    """An agent who sits at `client`."""
    return sit(client, house, profile, OfficerRole.AGENT)


def path_of(case: Case, act: str = "", lang: str = "en") -> str:
    return f"/{lang}/desk/cases/{case.complaint_id}" + (f"/{act}" if act else "")


def do(
    client: Client,
    case: Case,
    act: str,
    /,
    *,
    lang: str = "en",
    button: str | None = None,
    status: int = 200,
    **answers: Any,
) -> Page:
    page = client.get(path_of(case, act, lang))
    return page.form(path_of(case, act, lang)).fill(answers).submit(button, status=status)


def of(house: Database, case: Case) -> Complaint:
    with house.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def letters(house: Database, case: Case, kind: NoticeKind) -> list[str]:
    with house.session() as session:
        rows = session.scalars(
            sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind)
        ).all()
        return [open_box(session, row.key_id).open(row)["body"].replace("\u00a0", " ") for row in rows]


def listed(client: Client, case: Case, *points: str, lang: str = "en") -> list[str]:
    """List these points; the ends of the names of the fields that answer them."""
    do(client, case, "points", lang=lang, **{f"more_{number}": text for number, text in enumerate(points)})
    page = client.get(path_of(case, "answer", lang))
    names = [node["name"] for node in page.all("input[type=radio]")]
    return [name.removeprefix("treat_") for name in dict.fromkeys(names) if name.startswith("treat_")]


def plain(page: Page) -> str:
    return page.text.replace("\u00a0", " ")


# ── extending ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "new", "missing", "spent", "told"),
    [
        (
            "en",
            "Monday 21 December 2026",
            "This ground rests on somebody outside: name the party",
            "Every extension that the rules allow has been used. No ground lengthens the time further",
            "We answer by Monday 21 December 2026; until now it was Monday 7 December 2026.",
        ),
        (
            "id",
            "Senin, 21 Desember 2026",
            "Dasar ini menyangkut pihak luar: sebutkan pihaknya",
            "Semua perpanjangan yang diperbolehkan sudah dipakai. Tidak ada dasar untuk memperpanjang lagi",
            "Kami menjawab paling lambat Senin, 21 Desember 2026; semula Senin, 7 Desember 2026.",
        ),
    ],
)
def test_the_new_date_is_shown_before_and_a_third_time_the_rule(
    client: Client, agent: Officer, case: Case, lang: str, new: str, missing: str, spent: str, told: str
) -> None:
    """BM-31, BM-32, BM-33: each of two steps names the party, and beyond them there is no ground."""
    page = client.get(path_of(case, "extend", lang))
    assert new in plain(page) and page.all(".days .day-due")
    form = page.form(path_of(case, "extend", lang))
    assert form.fill(ground="external_party").submit(status=422).errors == [missing]
    do(client, case, "extend", lang=lang, ground="external_party", party="Bank penerima")
    seen = do(client, case, "extend", lang=lang, ground="external_party", party="PT Rintis")
    assert spent in seen.text and not seen.all(f"a[href='{path_of(case, 'extend', lang)}']")
    assert spent in client.get(path_of(case, "extend", lang)).text
    customer = client.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=case.number, code=case.code).submit()
    assert told in plain(customer) and "Bank penerima" in customer.text


def test_a_page_that_was_open_over_the_last_midnight_extends_nothing(
    client: Client, house: Database, profile: Institution, case: Case, clock: time_machine.Traveller
) -> None:
    """BM-33."""
    clock.move_to(datetime(2026, 12, 7, 23, 58, tzinfo=JAKARTA))
    sit(client, house, profile, OfficerRole.AGENT)
    form = client.get(path_of(case, "extend")).form(path_of(case, "extend")).fill(ground="external_party", party="A")
    clock.move_to(datetime(2026, 12, 8, 0, 1, tzinfo=JAKARTA))
    refused = form.submit(status=422)
    assert refused.errors == ["The limit has ended. An extension is told before its last day is over, or not at all"]
    assert letters(house, case, NoticeKind.EXTENDED) == []


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


# ── refusing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "code", [pytest.param(one, marks=pytest.mark.institution(one)) for one in ("kredifazz", "kredi360")]
)
def test_an_institution_without_grounds_has_no_refusal(
    code: str, client: Client, agent: Officer, case: Case, profile: Institution
) -> None:
    assert profile.refusals == {} and profile.code == code
    assert not client.get(path_of(case)).all(f"a[href='{path_of(case, 'refuse')}']")
    client.get(path_of(case, "refuse"), status=404)


def resolved(house: Database, profile: Institution, **changes: Any) -> Case:
    """An earlier complaint that ended without agreement."""
    case = file_case(house, profile, **changes)
    with house.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        rounds.end_round(session, complaint, RoundOutcome.NOT_AGREED, now=NOW)
        complaint.status, complaint.closed_at = Status.NOT_AGREED, NOW
        session.commit()
    return case


@pytest.mark.institution("sequis_am")
def test_missing_documents_refuse_only_after_their_time_with_the_notices_named(
    client: Client, agent: Officer, house: Database, profile: Institution, clock: time_machine.Traveller
) -> None:
    """SQ-25: named to the customer, their time over, the notices in the ledger."""
    case = file_case(house, profile, given=())
    words = {"ground": "incomplete", "words_id": "Dokumen tidak kami terima."}
    early = do(client, case, "refuse", status=422, **words)
    assert early.errors == ["The customer’s time to bring the documents is not over"]
    clock.move_to(datetime(2026, 12, 8, 9, 0, tzinfo=JAKARTA))
    sit(client, house, profile, OfficerRole.AGENT)
    shown = client.get(path_of(case, "refuse")).one("[aria-labelledby=missing]").text
    assert profile.documents["identity"].label["en"] in shown and "Acknowledgement of receipt" in shown
    preview = do(client, case, "refuse", **words)
    assert profile.refusals["incomplete"].label["id"] in preview.text and "Dokumen tidak kami terima." in preview.text
    preview.form(path_of(case, "response")).submit("do=send")
    row = of(house, case)
    assert row.status is Status.REFUSED and row.closed_at is not None and row.documents_due_on is None
    with house.session() as session:
        assert session.scalars(sa.select(Round.outcome)).one() is RoundOutcome.REFUSED
    assert len(letters(house, case, NoticeKind.REFUSED)) == 1


@pytest.mark.institution("sequis_am")
def test_complete_documents_refuse_nothing(client: Client, agent: Officer, case: Case) -> None:
    page = do(client, case, "refuse", status=422, ground="incomplete", words_id="Tidak lengkap.")
    assert page.errors == ["Nothing is missing: the documents are complete"]


def test_where_missing_documents_mean_withdrawal_no_officer_refuses_for_them(
    client: Client, agent: Officer, case: Case
) -> None:
    """BM-20."""
    page = client.get(path_of(case, "refuse"))
    assert [one["value"] for one in page.all("[name=ground]")] == ["settled", "no_direct_loss", "not_ours"]


@pytest.mark.parametrize(
    ("lang", "unknown", "foreign", "pending"),
    [
        (
            "en",
            "No complaint that you may see has this number",
            "That complaint is another customer’s: account, telephone and address all differ",
            "That complaint is not resolved. Only a resolved one is a ground, agreed or not",
        ),
        (
            "id",
            "Tidak ada pengaduan dengan nomor ini yang boleh Anda lihat",
            "Pengaduan itu milik pengadu lain: nomor rekening, telepon, dan alamatnya berbeda",
            "Pengaduan itu belum selesai. Hanya yang sudah selesai yang menjadi dasar, dengan atau tanpa kesepakatan",
        ),
    ],
)
def test_settled_before_needs_the_same_customers_resolved_complaint(
    client: Client,
    agent: Officer,
    house: Database,
    profile: Institution,
    case: Case,
    lang: str,
    unknown: str,
    foreign: str,
    pending: str,
) -> None:
    """SQ-26, BM-21, BM-22: resolved is agreed or not agreed; the way of objection is offered first."""
    earlier = resolved(house, profile)
    stranger = Person(name="Andi Wijaya", language="id", email="andi@example.id")
    others = resolved(house, profile, customer=stranger, account="3010099999")
    running = file_case(house, profile)
    page = client.get(path_of(case, "refuse", lang))
    assert page.one(f"a[href='{path_of(earlier, lang=lang)}']")
    form = page.form(path_of(case, "refuse", lang)).fill(ground="settled", words_id="Sudah selesai.")
    for number, wrong in (("BM-26-XXXX-XXXX", unknown), (others.number, foreign), (running.number, pending)):
        page = form.fill(number=number).submit(status=422)
        assert page.errors == [wrong]
        form = page.form(path_of(case, "refuse", lang))
    preview = form.fill(number=earlier.number).submit()
    preview.form(path_of(case, "response", lang)).submit("do=send")
    with house.session() as session:
        answer = session.scalars(sa.select(Answer)).one()
        assert (answer.ground, answer.earlier_id) == ("settled", earlier.complaint_id)
        link = session.scalars(sa.select(Link)).one()
        assert (link.complaint_id, link.other_id) == (case.complaint_id, earlier.complaint_id)
    assert of(house, case).status is Status.REFUSED


@pytest.mark.parametrize("ground", ["no_direct_loss", "not_ours"])
def test_the_other_grounds_need_what_was_checked_and_what_it_says(
    client: Client, agent: Officer, house: Database, case: Case, ground: str
) -> None:
    """SQ-27, SQ-28, BM-23, BM-24."""
    page = do(client, case, "refuse", status=422, ground=ground, words_id="Bukan transaksi kami.")
    assert page.errors == ["Write which agreement or transaction you checked, and what it says"]
    form = page.form(path_of(case, "refuse")).fill(checked="Mutasi 9 Maret", finding="Tidak ada transaksi.")
    preview = form.submit()
    assert "Tidak ada transaksi." in preview.one("[aria-labelledby=evidence]").text
    # The evidence is the house's; the reason in plain words is the customer's.
    assert "Tidak ada transaksi." not in preview.one("article.letter").text
    assert "Bukan transaksi kami." in preview.one("article.letter").text
    preview.form(path_of(case, "response")).submit("do=send")
    assert of(house, case).status is Status.REFUSED
    # Whoever is refused is told where else to turn (SQ-34).
    (where_next,) = letters(house, case, NoticeKind.FORUMS)
    assert "LAPS SJK" in where_next and "/id/forums" in where_next


def test_a_grievance_is_handled_as_a_service_matter_instead(
    client: Client, agent: Officer, house: Database, case: Case
) -> None:
    page = client.get(path_of(case, "refuse")).form(path_of(case, "as-service")).submit()
    assert "Service matter since" in page.one("[aria-labelledby=facts]").text
    assert of(house, case).service_at is not None and of(house, case).status is Status.IN_PROCESS
    assert not client.get(path_of(case, "refuse")).all(f"form[action='{path_of(case, 'as-service')}']")


@pytest.mark.institution("kredifazz")
def test_what_was_answered_is_not_answered_twice(client: Client, agent: Officer, case: Case) -> None:
    do(client, case, "first-line", words_id="Sudah kami perbaiki.").form(path_of(case, "response")).submit("do=send")
    for act in ("answer", "first-line", "extend", "points"):
        assert client.get(path_of(case, act)).url.endswith(str(case.complaint_id))


# ── payments ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.institution("kredi360")
def test_a_payment_received_and_then_booked_is_told_by_sms_to_the_registered_number(
    client: Client, agent: Officer, house: Database, profile: Institution
) -> None:
    """K3-26, K3-27, K3-30: never to the number that stands only in the customer's form."""
    case = file_case(house, profile, topic="payment_confirmation")
    client.get(path_of(case)).form(path_of(case, "payment-received")).submit()
    (letter,) = letters(house, case, NoticeKind.PAYMENT_RECEIVED)
    assert "SMS" in letter
    page = client.get(path_of(case, "payment-booked"))
    assert page.one("#phone")["value"] == ""
    refused = page.form(path_of(case, "payment-booked")).fill(phone="0813 1111 2222").submit(status=422)
    assert refused.errors == ["Confirm that the number stands in our own records"]
    refused.form(path_of(case, "payment-booked")).fill(confirmed=True).submit()
    with house.session() as session:
        row = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.PAYMENT_BOOKED)).one()
        told = open_box(session, row.key_id).open(row)
    assert (row.channel, told["address"]) == ("sms", "+6281311112222")
    assert "1250000" not in told["body"] and "1.250.000" not in told["body"]


@pytest.mark.institution("kredi360")
def test_a_payment_is_told_only_where_one_is_awaited(client: Client, agent: Officer, case: Case) -> None:
    assert not client.get(path_of(case)).all(f"form[action='{path_of(case, 'payment-received')}']")
    assert client.get(path_of(case, "payment-booked")).url.endswith(str(case.complaint_id))
