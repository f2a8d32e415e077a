"""What is written to the customer and among officers, and which documents are asked for."""

from datetime import date
from typing import Any

import pytest

from portal.complaints.rules import Action
from portal.db import Database
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from tests.accounts.people import Known, sign_in
from tests.complaints.cases import Case, file_case
from tests.desk.acting.doing import do, kinds, letters, of, path_of
from tests.page import Client

# ── messages and notes ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("act", "action", "told"),
    [("write", Action.WRITE, NoticeKind.MESSAGE), ("interim", Action.INFORM, NoticeKind.INTERIM)],
)
def test_what_we_write_stands_in_the_case_and_the_letter_only_says_so(
    client: Client, agent: Known, house: Database, case: Case, act: str, action: Action, told: NoticeKind
) -> None:
    """KF-20, KF-32: the first word to the customer is our first response."""
    sign_in(client, agent)
    page = do(client, case, act, text="Dana Anda sedang kami telusuri.")
    assert "Dana Anda sedang kami telusuri." in page.one("[aria-labelledby=messages]").text
    (letter,) = letters(house, case, told)
    assert "telusuri" not in letter and case.number in letter
    assert kinds(house, case)[-1] == action and of(house, case).first_response_at is not None


def test_a_note_names_colleagues_and_is_for_officers_alone(
    client: Client, agent: Known, manager: Known, house: Database, case: Case
) -> None:
    sign_in(client, agent)
    page = do(client, case, "note", text="Nasabah menelepon dua kali", mentions=[str(manager.id)])
    notes = page.one("[aria-labelledby=notes]").text
    assert "Nasabah menelepon dua kali" in notes and manager.name in notes
    assert not letters(house, case, NoticeKind.MESSAGE)
    assert of(house, case).first_response_at is None


def test_only_a_manager_comments(client: Client, agent: Known, manager: Known, case: Case) -> None:
    """K3-05, K3-06."""
    sign_in(client, agent)
    assert client.get(path_of(case, "comment")).path == path_of(case)
    client.forget()
    sign_in(client, manager)
    assert "Periksa lagi mutasinya" in do(client, case, "comment", text="Periksa lagi mutasinya").text


# ── documents asked for ──────────────────────────────────────────────────────────────────────────


@pytest.mark.institution("muamalat")
def test_a_document_is_asked_for_once_with_the_date(
    client: Client, agent: Known, house: Database, profile: Institution, clock: object
) -> None:
    """SQ-22, BM-18."""
    case = file_case(house, profile, given=("identity", "account_ownership", "chronology", "transaction_receipt"))
    sign_in(client, agent)
    offered = [box["value"] for box in client.get(path_of(case, "ask")).all("[name=codes]")]
    assert "identity" not in offered and "chronology" in offered
    page = do(client, case, "ask", codes=["chronology"])
    (letter,) = letters(house, case, NoticeKind.DOCUMENTS_ASKED)
    assert "7 Desember 2026" in letter.replace("\u00a0", " ")
    assert "Missing" in page.one("[aria-labelledby=documents]").text
    assert "chronology" not in [box["value"] for box in client.get(path_of(case, "ask")).all("[name=codes]")]
    assert of(house, case).due_on is None


@pytest.mark.institution("muamalat")
def test_the_customer_gets_more_time_once_on_a_ground_of_the_profile(
    client: Client, agent: Known, house: Database, profile: Institution, clock: object
) -> None:
    case = file_case(house, profile, given=())
    sign_in(client, agent)
    before = of(house, case).documents_due_on
    do(client, case, "more-time", ground="document_elsewhere")
    after = of(house, case).documents_due_on
    assert before is not None and after is not None and after > before
    assert len(letters(house, case, NoticeKind.DOCUMENTS_ASKED)) == 1
    assert client.get(path_of(case, "more-time")).path == path_of(case)


@pytest.mark.institution("muamalat")
def test_a_verbal_complaint_goes_on_in_writing_with_a_new_clock(
    client: Client, agent: Known, house: Database, profile: Institution, clock: Any
) -> None:
    from portal.institution.rules import Form

    case = file_case(house, profile, form=Form.VERBAL, channel="contact_centre")
    assert of(house, case).due_on == date(2026, 11, 30)
    clock.shift(24 * 3600)
    sign_in(client, agent)
    page = client.get(path_of(case)).form(path_of(case, "written")).submit()
    assert of(house, case).form is Form.WRITTEN and of(house, case).due_on == date(2026, 12, 8)
    assert "Tuesday 8 December 2026" in page.one("[aria-labelledby=due]").text.replace("\u00a0", " ")
    assert len(letters(house, case, NoticeKind.NOW_WRITTEN)) == 1
