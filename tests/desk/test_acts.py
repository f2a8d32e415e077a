"""The acts on a case, by HTTP as each of them is done, in both languages and on both databases."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.rules import OfficerRole
from portal.complaints.handed_in import Person, Representation
from portal.complaints.models import Complaint
from portal.complaints.rules import Action, Status
from portal.db import Database
from portal.desk.acts import BY_SLUG, GROUPS
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.accounts.people import Known, an_officer, sign_in
from tests.complaints.cases import Case, file_case, take_back
from tests.page import Client, Page

REPRESENTATIVE = Representation(
    person=Person(name="Andi Wijaya", language="en", email="andi@example.id"),
    relation="saudara",
    scope="mengurus pengaduan ini",
    given_on=date(2026, 11, 1),
)


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """360Kredi, unless a test says another institution by `@pytest.mark.institution`."""
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "kredi360"}


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile)


@pytest.fixture
def represented(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile, representation=REPRESENTATIVE)


@pytest.fixture
def manager(clock: object, house: Database, profile: Institution) -> Known:
    return an_officer(house, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari")


def path_of(case: Case, act: str = "", lang: str = "en") -> str:
    return f"/{lang}/desk/cases/{case.complaint_id}" + (f"/{act}" if act else "")


def do(client: Client, case: Case, act: str, /, *, lang: str = "en", status: int = 200, **answers: Any) -> Page:
    """Do one act with these answers; the page that follows."""
    page = client.get(path_of(case, act, lang))
    return page.form(path_of(case, act, lang)).fill(answers).submit(status=status)


def of(house: Database, case: Case) -> Complaint:
    with house.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def kinds(house: Database, case: Case) -> list[str]:
    with house.session() as session:
        asked = sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == case.complaint_id)
        return list(session.scalars(asked.order_by(HistoryEntry.seq)))


def letters(house: Database, case: Case, kind: NoticeKind) -> list[str]:
    """The texts of the letters of this kind."""
    with house.session() as session:
        rows = session.scalars(
            sa.select(Notice).where(Notice.subject_id == case.complaint_id, Notice.kind == kind)
        ).all()
        return [open_box(session, row.key_id).open(row)["body"] for row in rows]


# ── taking up, giving, sorting ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lang", "said"), [("en", "Being handled"), ("id", "Sedang ditangani")])
def test_an_officer_takes_a_case_up_in_one_step(
    client: Client, agent: Known, house: Database, case: Case, lang: str, said: str
) -> None:
    sign_in(client, agent, lang)
    page = client.get(path_of(case, lang=lang)).form(path_of(case, "take", lang)).submit()
    assert of(house, case).holder_id == agent.id and of(house, case).status is Status.IN_PROCESS
    assert agent.name in page.one("[aria-labelledby=facts]").text
    assert not page.all(f"form[action={path_of(case, 'take', lang)}]")


def test_a_colleagues_case_is_a_managers_to_take_over(
    client: Client, another: Callable[..., Client], agent: Known, manager: Known, house: Database, case: Case
) -> None:
    """K3-06."""
    sign_in(client, agent)
    client.get(path_of(case)).form(path_of(case, "take")).submit()
    device = another()
    sign_in(device, manager)
    device.get(path_of(case)).form(path_of(case, "take")).submit()
    assert of(house, case).holder_id == manager.id
    assert not client.get(path_of(case)).all(f"form[action={path_of(case, 'take')}]")


def test_a_manager_gives_a_case_to_an_agent(
    client: Client, agent: Known, manager: Known, house: Database, case: Case
) -> None:
    sign_in(client, manager)
    do(client, case, "assign", to=str(agent.id))
    assert of(house, case).holder_id == agent.id


@pytest.mark.institution("kredifazz")
def test_the_agents_sorting_stands_beside_the_customers_choice(
    client: Client, agent: Known, house: Database, case: Case, profile: Institution
) -> None:
    """KF-16, KF-17, K3-04."""
    sign_in(client, agent)
    chosen = of(house, case).topic
    page = do(client, case, "sort", category="service", topic="collection", reason="Penagih salah nomor")
    now = of(house, case)
    assert (now.category, now.desk_topic, now.topic) == ("service", "collection", chosen)
    facts = page.one("[aria-labelledby=facts]").text
    assert "Service" in facts and profile.topics["collection"].label["en"] in facts
    assert "Penagih salah nomor" in page.text


# ── identity ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "wrong", "right"),
    [
        ("en", "This does not establish who it is: compare more", "Identity established"),
        ("id", "Ini belum memastikan identitasnya: cocokkan data lain", "Identitas pasti"),
    ],
)
def test_a_full_name_alone_establishes_nobody(
    client: Client, agent: Known, case: Case, lang: str, wrong: str, right: str
) -> None:
    """K3-03, K3-13, KF-13: any one of the marks is enough, except the name."""
    sign_in(client, agent, lang)
    refused = do(client, case, "verify", lang=lang, compared=["full_name"], agreed="yes", remark="Baik", status=422)
    assert refused.errors == [wrong]
    page = refused.form().fill(compared=["full_name", "phone"]).submit()
    people = page.one("[aria-labelledby=party-1]").text
    assert right in people and agent.name in people


def test_an_identity_that_does_not_agree_is_recorded_as_such(client: Client, agent: Known, case: Case) -> None:
    sign_in(client, agent)
    page = do(client, case, "verify", compared=["full_name"], agreed="no")
    assert "Identity does not agree" in page.text and "Tell them nothing from our records." in page.text


@pytest.mark.institution("muamalat")
def test_where_a_document_is_asked_for_nothing_else_establishes_identity(
    client: Client, agent: Known, case: Case
) -> None:
    """SQ-14, BM-12."""
    sign_in(client, agent)
    page = client.get(path_of(case, "verify"))
    assert [box["value"] for box in page.all("[name=compared]")] == ["document"]
    assert "Identity established" in do(client, case, "verify", compared=["document"], agreed="yes").text


@pytest.mark.institution("kredifazz")
def test_the_customer_is_asked_to_call(client: Client, agent: Known, house: Database, case: Case) -> None:
    """KF-24: where identity cannot be verified in writing, the user is told to call the service number."""
    sign_in(client, agent)
    client.get(path_of(case)).form(path_of(case, "call-us")).submit()
    (letter,) = letters(house, case, NoticeKind.CALL_US)
    assert "021-5089-0517" in letter.replace("\u00a0", " ") and case.number in letter
    assert "siti" not in letter.lower().replace("yth. siti rahmawati", "")
    assert of(house, case).first_response_at is not None


@pytest.mark.institution("kredifazz")
def test_who_was_not_recognised_can_still_be_asked_to_call_and_who_was_needs_not(
    client: Client, agent: Known, house: Database, case: Case
) -> None:
    sign_in(client, agent)
    marks = [box["value"] for box in client.get(path_of(case, "verify")).all("[name=compared]")]
    page = do(client, case, "verify", compared=marks, agreed="no")
    page.form(path_of(case, "call-us")).submit()
    assert len(letters(house, case, NoticeKind.CALL_US)) == 1
    do(client, case, "verify", compared=marks, agreed="yes")
    assert not client.get(path_of(case)).all('form[action$="/call-us"]')


# ── somebody acts for the customer ───────────────────────────────────────────────────────────────


def test_the_customers_contact_from_our_records_tells_them_at_once(
    client: Client, agent: Known, house: Database, represented: Case
) -> None:
    """SQ-21: nothing goes to a contact that only the representative gave; our own is written to, and says who acts."""
    sign_in(client, agent)
    assert "given by the representative only" in client.get(path_of(represented)).text
    assert len(letters(house, represented, NoticeKind.RECEIPT)) == 1
    refused = do(client, represented, "contact", status=422)
    assert refused.errors == ["Enter an e-mail address or a phone number from our records"]
    page = refused.form().fill(email="siti.asli@example.id").submit()
    assert "from our own records" in page.text
    told = [text for text in letters(house, represented, NoticeKind.RECEIPT) if "Yth. Siti Rahmawati" in text]
    assert len(told) == 1 and "Andi Wijaya" in told[0] and "hubungi kami" in told[0]


ALL_POINTS = ["parties", "matter", "signed", "customer_id", "representative_id"]


def test_a_power_is_rejected_with_what_would_mend_it_then_accepted(
    client: Client, agent: Known, house: Database, represented: Case
) -> None:
    """SQ-18, BM-17: against the list; accepted with scope and end, or rejected with what would mend it."""
    sign_in(client, agent)
    lacks = do(client, represented, "power", points=["parties"], decision="yes", status=422)
    assert lacks.errors == ["To be accepted it must also show: It names this complaint or its matter"]
    silent = lacks.form().fill(decision="no").submit(status=422)
    assert silent.errors == ["Write what would mend it"]
    page = silent.form().fill(mending="Tanda tangan pemberi kuasa belum ada").submit()
    assert "Rejected" in page.one("[aria-labelledby=power]").text
    (letter,) = letters(house, represented, NoticeKind.AUTHORITY_DECIDED)
    assert "cannot accept it" in letter and "Tanda tangan" not in letter
    page = do(
        client,
        represented,
        "power",
        points=ALL_POINTS,
        decision="yes",
        scope="Mengurus pengaduan ini saja",
        **{"ends_on-d": "31", "ends_on-m": "12", "ends_on-y": "2026"},
    )
    power = page.one("[aria-labelledby=power]").text
    assert "Accepted" in power and "Mengurus pengaduan ini saja" in power and "31 December 2026" in power
    assert not page.all(f"a[href={path_of(represented, 'power')}]")


def test_the_customers_no_ends_what_the_representative_may_do(
    client: Client, another: Callable[..., Client], agent: Known, represented: Case
) -> None:
    sign_in(client, agent)
    page = do(client, represented, "revocation", how="Nasabah menelepon hari ini")
    assert "Revoked by the customer" in page.one("[aria-labelledby=power]").text
    assert not page.all(f"a[href={path_of(represented, 'revocation')}]")


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


# ── passing on, and up ───────────────────────────────────────────────────────────────────────────


def test_a_report_goes_to_a_division_and_its_answer_comes_back(
    client: Client, another: Callable[..., Client], agent: Known, house: Database, profile: Institution, case: Case
) -> None:
    """KF-19, KF-08, K3-08, K3-19, K3-29."""
    sign_in(client, agent)
    late = do(
        client,
        case,
        "pass-on",
        division="payments",
        question="Apakah pembayarannya masuk?",
        **{"due_on-d": "20", "due_on-m": "11", "due_on-y": "2026"},
        status=422,
    )
    assert late.errors == ["The day must be today or later"]
    assert "Apakah pembayarannya masuk?" in late.one("textarea").text
    late.form().fill({"due_on-d": "25"}).submit()
    member = an_officer(house, profile, OfficerRole.DIVISION_MEMBER, divisions=("payments",), name="Fajar Nugroho")
    device = another()
    sign_in(device, member)
    assert "Apakah pembayarannya masuk?" in device.get(path_of(case)).text
    page = do(device, case, "report-back", text="Masuk tanggal 20")
    assert "Masuk tanggal 20" in page.one("[aria-labelledby=reports]").text
    assert "Fajar Nugroho" in client.get(path_of(case)).one("[aria-labelledby=reports]").text
    assert not page.all(f"a[href={path_of(case, 'report-back')}]")


def test_an_agent_passes_to_the_manager_what_they_cannot_solve(
    client: Client, agent: Known, house: Database, case: Case
) -> None:
    """K3-07, K3-18, K3-28."""
    sign_in(client, agent)
    page = do(client, case, "escalate", text="Bank tujuan tidak menjawab")
    assert of(house, case).escalated_at is not None
    assert "Bank tujuan tidak menjawab" in page.one("[aria-labelledby=notes]").text
    assert client.get(path_of(case, "escalate")).path == path_of(case)


def test_an_outside_party_is_named_and_what_was_asked_stays_inside(client: Client, agent: Known, case: Case) -> None:
    """K3-31."""
    sign_in(client, agent)
    page = do(client, case, "outside", party="Bank Tujuan", question="Apakah dana dikreditkan?")
    assert "Bank Tujuan" in page.text and "Apakah dana dikreditkan?" in page.text


def test_a_check_in_another_system_and_a_code_told_by_telephone_are_marked(
    client: Client, agent: Known, house: Database, profile: Institution, clock: object
) -> None:
    """KF-15, KF-27, K3-14, K3-25, K3-36: the payment code itself is kept nowhere."""
    case = file_case(house, profile, topic="payment_method")
    sign_in(client, agent)
    page = do(client, case, "check", system="Sistem pembayaran", found="Akunnya aktif sejak Oktober", told=True)
    assert "Told by telephone." in page.text and "Akunnya aktif" in page.one("[aria-labelledby=checks]").text


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


# ── two officers at once ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Somebody has done something in this case meanwhile."),
        ("id", "Ada yang sudah dikerjakan dalam kasus ini sementara itu."),
    ],
)
def test_the_second_of_two_officers_sees_what_the_first_did_and_loses_nothing(
    client: Client,
    another: Callable[..., Client],
    agent: Known,
    manager: Known,
    house: Database,
    case: Case,
    lang: str,
    said: str,
) -> None:
    sign_in(client, agent, lang)
    form = client.get(path_of(case, "write", lang)).form(path_of(case, "write", lang)).fill(text="Kami telusuri")
    device = another()
    sign_in(device, manager)
    do(device, case, "note", text="Sudah saya telepon")
    moved = form.submit(status=409)
    assert said in moved.text and "Sudah saya telepon" in moved.text and manager.name in moved.text
    assert "Kami telusuri" in moved.one("textarea").text
    assert Action.WRITE not in kinds(house, case)
    moved.form(path_of(case, "write", lang)).submit()
    assert kinds(house, case)[-1] == Action.WRITE


def test_a_form_from_before_the_end_of_the_case_leads_back_to_it(
    client: Client, agent: Known, house: Database, case: Case
) -> None:
    from portal.complaints.models import Party
    from portal.db import writing
    from tests.builders import NOW

    sign_in(client, agent)
    form = client.get(path_of(case, "write")).form(path_of(case, "write")).fill(text="Kami telusuri")
    with house.session() as session:
        party = session.get_one(Party, case.party_id)
        held = writing(session, session.get_one(Complaint, case.complaint_id))
        take_back(session, held, party=party, now=NOW, institution="kredi360")
        session.commit()
    assert form.submit().path == path_of(case)
    assert Action.WRITE not in kinds(house, case)


def test_every_act_stands_in_one_group_on_the_page_of_a_case() -> None:
    """One that is in none would be lawful, and nobody could find it."""
    assert sorted(slug for _heading, group in GROUPS for slug in group) == sorted(BY_SLUG)
