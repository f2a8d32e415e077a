"""A refusal: only on a listed ground, with the evidence behind the letter."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import rounds
from portal.complaints.handed_in import Person
from portal.complaints.linking.models import Link
from portal.complaints.models import Complaint, Round
from portal.complaints.responses.models import Answer
from portal.complaints.rules import Status
from portal.complaints.states import RoundOutcome
from portal.db import Database, writing
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.desk.responding.doing import JAKARTA, do, letters, of, path_of
from tests.desk.seats import sit
from tests.page import Client


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
