"""A case is taken up, given, sorted, passed on and up; and what two officers do at once."""

from collections.abc import Callable

import pytest

from portal.accounts.rules import OfficerRole
from portal.complaints.models import Complaint
from portal.complaints.rules import Action, Status
from portal.db import Database
from portal.desk.acts import BY_SLUG, GROUPS
from portal.institution.models import Institution
from tests.accounts.people import Known, an_officer, sign_in
from tests.complaints.cases import Case, file_case, take_back
from tests.desk.acting.doing import do, kinds, of, path_of
from tests.page import Client

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
