"""Giving several complaints away: what the preview says is what happens, to all of them or to none."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts import officers
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints import handling
from portal.complaints.models import Complaint
from portal.complaints.rules import Action, Status
from portal.db import Database, writing
from portal.desk.assigning.rules import Gift, plan, read_gift
from portal.history.models import HistoryEntry
from portal.institution.models import Institution
from tests.builders import NOW, an_id
from tests.complaints.cases import Case
from tests.complaints.officers import seat
from tests.desk.queue_cases import a_case, put
from tests.desk.seats import sit
from tests.page import Client, Page

GIVE = "/en/desk/assign/give"


@pytest.fixture
def ratna(clock: object, house: Database, profile: Institution) -> Officer:
    return seat(house, profile, OfficerRole.AGENT, name="Ratna")


@pytest.fixture
def bambang(clock: object, house: Database, profile: Institution) -> Officer:
    return seat(house, profile, OfficerRole.AGENT, name="Bambang")


@pytest.fixture
def manager(client: Client, clock: object, house: Database, profile: Institution) -> Officer:
    """A manager at this desk."""
    return sit(client, house, profile, OfficerRole.CS_MANAGER, name="Dewi")


def preview(client: Client, cases: list[Case], to: str, lang: str = "en", *, status: int = 200) -> Page:
    """Tick these complaints in the list, choose who gets them, and ask what would happen."""
    form = client.get(f"/{lang}/desk?status=all").form("#choose")
    return form.fill({"case": [str(case.complaint_id) for case in cases], "to": to}).submit(status=status)


def holders(house: Database, *cases: Case) -> list[object]:
    with house.session() as session:
        found = dict(session.execute(sa.select(Complaint.id, Complaint.holder_id)).all())
    return [found[case.complaint_id] for case in cases]


def given_in(house: Database, case: Case) -> int:
    with house.session() as session:
        kinds = session.scalars(sa.select(HistoryEntry.kind).where(HistoryEntry.subject_id == case.complaint_id))
        return sum(kind == Action.ASSIGN for kind in kinds)


def test_the_preview_says_who_gets_what_and_what_is_left_out(
    client: Client,
    house: Database,
    profile: Institution,
    ratna: Officer,
    bambang: Officer,
    manager: Officer,
    lang: str,
) -> None:
    fresh, others, theirs = (a_case(house, profile, name) for name in ("Agus", "Budi", "Citra"))
    put(house, others, holder_id=bambang.id)
    put(house, theirs, holder_id=ratna.id)
    closed = a_case(house, profile, columns={"status": Status.WITHDRAWN, "closed_at": NOW, "due_on": None})
    untouched = a_case(house, profile)
    page = preview(client, [fresh, others, theirs, closed], str(ratna.id), lang)
    gets = {"id": "Ratna mendapat 2 pengaduan", "en": "Ratna gets 2 complaints"}[lang]
    assert [node.text for node in page.all("#give h2")] == [gets]
    moved = f"{others.number} Budi, {dict(id='sampai sekarang pada', en='until now with')[lang]} Bambang"
    # With the clock standing, ids and so the order are random.
    assert {node.text for node in page.all("#give li")} == {f"{fresh.number} Agus", moved}
    left_out = {node.text.partition(" ")[0]: node.text for node in page.all("#left-out li")}
    assert set(left_out) == {theirs.number, closed.number}
    has_it = {"id": "Petugas ini sudah menanganinya", "en": "This officer has it already"}[lang]
    assert left_out[theirs.number].endswith(has_it)
    assert left_out[closed.number].endswith({"id": "Sudah ditutup", "en": "It is closed"}[lang])
    # Looking changes nothing.
    assert holders(house, fresh, others) == [None, bambang.id]

    done = page.form("#give").submit()
    assert done.path == f"/{lang}/desk"
    told = {"id": "2 pengaduan sudah diberikan", "en": "2 complaints were given"}[lang]
    assert told in done.one('.notice [role="status"]').text
    assert holders(house, fresh, others, theirs, closed, untouched) == [ratna.id, ratna.id, ratna.id, None, None]
    assert [given_in(house, case) for case in (fresh, others, theirs, closed, untouched)] == [1, 1, 0, 0, 0]


def test_sharing_out_goes_to_who_has_the_fewest(
    client: Client, house: Database, profile: Institution, ratna: Officer, bambang: Officer, manager: Officer
) -> None:
    for _ in range(2):
        a_case(house, profile, columns={"holder_id": ratna.id})
    held = a_case(house, profile, columns={"holder_id": bambang.id})
    fresh = [a_case(house, profile) for _ in range(4)]
    page = preview(client, [*fresh, held], "evenly")
    assert "takes nothing away" in page.one("#left-out").text
    page.form("#give").submit()
    # Bambang had one and Ratna two; the manager takes no part.
    now = holders(house, *fresh)
    assert (now.count(bambang.id), now.count(ratna.id), now.count(manager.id)) == (3, 1, 0)
    assert holders(house, held) == [bambang.id]


def test_what_has_changed_since_the_preview_stops_everything(
    client: Client, house: Database, profile: Institution, ratna: Officer, bambang: Officer, manager: Officer, lang: str
) -> None:
    """Two officers never overwrite each other: the second one sees what the first did."""
    first, second = a_case(house, profile), a_case(house, profile)
    page = preview(client, [first, second], str(ratna.id), lang)
    with house.session() as session:
        row = writing(session, session.get_one(Complaint, second.complaint_id))
        handling.take(session, row, officer=bambang, now=NOW + timedelta(minutes=1))
        session.commit()
    again = page.form("#give").submit(status=422)
    assert again.errors[0].startswith(
        {"id": "Ada yang berubah sementara itu", "en": "Something has changed meanwhile"}[lang]
    )
    assert "Bambang" in again.one("#give").text
    assert holders(house, first, second) == [None, bambang.id]
    # What is shown now is what happens now.
    again.form("#give").submit()
    assert holders(house, first, second) == [ratna.id, ratna.id]


def test_an_officer_who_left_gets_nothing(
    client: Client, house: Database, profile: Institution, ratna: Officer, bambang: Officer, manager: Officer
) -> None:
    case = a_case(house, profile)
    seat(house, profile, OfficerRole.ADMINISTRATOR, name="Administrator")
    page = preview(client, [case], str(ratna.id))
    with house.session() as session:
        session.begin_write()
        officers.disable(session, ratna.id, now=NOW)
        session.commit()
    again = page.form("#give").submit(status=422)
    assert "Ratna" not in [node.text for node in again.all("#to option")]
    assert holders(house, case) == [None]


@pytest.mark.parametrize(
    ("ticked", "to", "faults"),
    [
        (False, True, ["Choose the complaints in the list first"]),
        (True, False, ["Choose an officer"]),
        (False, False, ["Choose an officer"]),
    ],
)
def test_nothing_chosen_is_said(
    client: Client,
    house: Database,
    profile: Institution,
    ratna: Officer,
    manager: Officer,
    ticked: bool,
    to: bool,
    faults: list[str],
) -> None:
    case = a_case(house, profile)
    page = preview(client, [case] if ticked else [], str(ratna.id) if to else "", status=422)
    assert page.errors == faults
    assert not page.has("#give")
    if ticked:
        # What was ticked is still chosen.
        assert page.form("#choose").fill(to=str(ratna.id)).submit().has("#give")


def test_made_up_gifts_do_nothing(
    client: Client, house: Database, profile: Institution, ratna: Officer, manager: Officer
) -> None:
    auditor = seat(house, profile, OfficerRole.AUDITOR, name="Auditor")
    case = a_case(house, profile)
    page = preview(client, [case], str(ratna.id))
    for gift in (
        Gift(an_id(), 1, ratna.id),
        Gift(case.complaint_id, 1, auditor.id),
        Gift(case.complaint_id, 9, ratna.id),
    ):
        page.form("#give").tamper(give=gift.text()).submit(status=422)
    page.form("#give").tamper(csrf_token="forged").submit(status=422)
    assert holders(house, case) == [None]
    assert given_in(house, case) == 0


@pytest.mark.parametrize("role", [role for role in OfficerRole if role is not OfficerRole.CS_MANAGER])
def test_only_a_manager_gives_complaints_away(
    client: Client, house: Database, profile: Institution, clock: object, role: OfficerRole
) -> None:
    case = a_case(house, profile)
    divisions = ["operations"] if role is OfficerRole.DIVISION_MEMBER else []
    someone = sit(client, house, profile, role, divisions=divisions)
    page = client.get("/en/desk")
    assert not page.has("tbody input") and not page.has("#choose")
    token = page.all("[name=csrf_token]")[0]["value"]
    body = {"csrf_token": token, "to": str(someone.id), "case": str(case.complaint_id)}
    gift = Gift(case.complaint_id, 1, someone.id).text()
    for path in ("/en/desk/assign", GIVE):
        answer = client.http.post(path, data={**body, "give": gift}, base_url=client.base_url)
        assert answer.status_code == 403
        assert case.number not in answer.text
    assert holders(house, case) == [None]


# ── the plan itself ──────────────────────────────────────────────────────────────────────────────


def test_a_gift_survives_its_form() -> None:
    gift = Gift(an_id(), 7, an_id())
    assert read_gift(gift.text()) == gift
    for text in ("", "a.b.c", f"{gift.complaint_id.hex}.7", gift.text() + ".1"):
        assert read_gift(text) is None


def test_a_plan_of_nothing_is_empty() -> None:
    assert plan([], None, {}) == ([], [])
