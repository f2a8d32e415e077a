"""What was done to officers' accounts: a chain for each, read by administrators and auditors, and verified."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal import clock as portal_clock
from portal.accounts import chronicle
from portal.accounts.rules import AccountAct, OfficerRole
from portal.accounts.tasks import note_refused
from portal.config import Settings
from portal.db import Database, uuid7
from portal.history import verify_all
from portal.history.models import AccountEntry, AccountLog, AppendOnly
from portal.institution.models import Institution
from portal.jobs.models import Job
from portal.jobs.rules import Work
from tests.accounts.people import Known, an_officer, give_password, sign_in
from tests.page import Client, Page

WORDS = {
    "id": {
        "added": "Ditambahkan",
        "changed": "Nama, peran, atau divisi diubah",
        "from_to": "Sebelumnya: Agen. Sekarang: Agen, Auditor.",
        "disabled": "Dinonaktifkan; semua sesi diakhiri",
        "reset": "Faktor kedua diatur ulang; kata sandi dan semua sesi diakhiri",
        "signed_in": "Masuk ke meja",
        "refused": "Masuk ditolak kata sandi salah",
        "factor": "kata sandi benar, faktor kedua salah",
        "unknown": "Tidak diketahui",
    },
    "en": {
        "added": "Added",
        "changed": "Name, roles or divisions changed",
        "from_to": "Before: Agent. Now: Agent, Auditor.",
        "disabled": "Disabled; every session ended",
        "reset": "Second factors reset; password and every session ended",
        "signed_in": "Signed in to the desk",
        "refused": "Sign-in refused wrong password",
        "factor": "right password, wrong second factor",
        "unknown": "Unknown",
    },
}


@pytest.fixture
def note(house: Database, settings: Settings) -> Callable[[], None]:
    """Do what refused sign-ins have enqueued."""

    def done() -> None:
        with house.session() as session:
            jobs = session.scalars(sa.select(Job).where(Job.kind == chronicle.REFUSED).order_by(Job.id)).all()
            payloads = [job.payload for job in jobs]
        for payload in payloads:
            with house.session() as session:
                note_refused(Work(session, payload, portal_clock.now(), settings, uuid7(), 1))
                session.commit()

    return done


def rows(page: Page) -> list[str]:
    """Each row of the list, the newest first."""
    return [node.text for node in page.all("tbody tr")]


def test_who_did_what_to_whose_account_is_told(
    client: Client,
    administrator: Known,
    house: Database,
    profile: Institution,
    clock: time_machine.Traveller,
    lang: str,
) -> None:
    said = WORDS[lang]
    ratna = an_officer(house, profile, OfficerRole.AGENT, name="Fajar Nugroho")
    clock.shift(60)
    sign_in(client, administrator, lang)
    here = f"/{lang}/desk/people/{ratna.id}"
    client.get(here).form(here).fill(roles=["agent", "auditor"]).submit()
    # Saving what is there already is nothing that happened.
    client.get(here).form(here).submit()
    clock.shift(1)
    client.get(here).form(f"{here}/reset-second-factor").submit()
    clock.shift(1)
    client.get(here).form(f"{here}/disable").submit()
    page = client.get(f"/{lang}/desk/people/history?of={ratna.id}")
    told = rows(page)
    assert said["disabled"] in told[0] and any(said["reset"] in row for row in told[1:3])
    assert said["changed"] in told[3] and said["from_to"] in told[3]
    assert (
        all("Fajar Nugroho" in row for row in told) and administrator.name in told[0] and administrator.name in told[3]
    )
    assert len(told) == 7 and any(said["added"] in row for row in told[4:])
    everybody = rows(client.get(f"/{lang}/desk/people/history"))
    assert any(said["signed_in"] in row and administrator.name in row for row in everybody)


def test_refused_sign_ins_are_told_once_in_ten_minutes_and_nothing_of_who_tried(
    client: Client,
    another: Callable[..., Client],
    agent: Known,
    administrator: Known,
    clock: time_machine.Traveller,
    note: Callable[[], None],
    lang: str,
) -> None:
    said = WORDS[lang]
    thief = another()
    for wrong in ("salah sama sekali", "masih salah juga"):
        clock.shift(timedelta(minutes=1))
        page = thief.get(f"/{lang}/desk/sign-in").form(f"/{lang}/desk/sign-in")
        page.fill(email=agent.email, password=wrong).submit(status=422)
    clock.shift(timedelta(minutes=20))
    give_password(thief, agent, lang).form().fill(code="000000").submit(status=422)
    # Somebody whom nobody knows leaves no trace in anybody's account.
    page = thief.get(f"/{lang}/desk/sign-in").form(f"/{lang}/desk/sign-in")
    page.fill(email="nobody@bank.example.id", password="salah sama sekali").submit(status=422)
    note()
    clock.shift(timedelta(minutes=1))
    sign_in(client, administrator, lang)
    told = rows(client.get(f"/{lang}/desk/people/history?of={agent.id}"))
    refused = [row for row in told if said["unknown"] in row]
    assert len(refused) == 2
    assert sorted((said["factor"] in row, said["refused"] in row) for row in refused) == [(False, True), (True, False)]


def test_an_auditor_reads_it_and_an_agent_does_not(
    client: Client, another: Callable[..., Client], agent: Known, house: Database, profile: Institution
) -> None:
    sign_in(client, an_officer(house, profile, OfficerRole.AUDITOR))
    page = client.get("/en/desk").follow("Account history")
    assert page.heading == "Account history" and len(rows(page)) >= 3
    other = another()
    sign_in(other, agent)
    other.get("/en/desk/people/history", status=403)


def test_a_long_list_goes_on_page_by_page(
    client: Client, administrator: Known, house: Database, clock: time_machine.Traveller
) -> None:
    with house.session() as session:
        session.begin_write()
        for _ in range(60):
            clock.shift(1)
            chronicle.note(
                session, administrator.id, AccountAct.CODES_MADE, by=administrator.id, now=portal_clock.now()
            )
        session.commit()
    sign_in(client, administrator)
    page = client.get("/en/desk/people/history")
    first = rows(page)
    rest = rows(page.follow("Next 50"))
    assert len(first) == 50 and 10 <= len(rest) < 50


def test_the_chains_are_append_only_and_a_change_is_found(
    house: Database, agent: Known, clock: object, profile: Institution
) -> None:
    with house.session() as session:
        assert verify_all(session, [AccountLog]).faults == []
        entry = session.scalars(sa.select(AccountEntry).limit(1)).one()
        session.begin_write()
        entry.kind = AccountAct.ENABLED
        with pytest.raises(AppendOnly):
            session.flush()
        session.rollback()
    with house.short_write() as connection:
        connection.execute(sa.update(AccountEntry.__table__).where(AccountEntry.seq == 1).values(actor_id=agent.id))
    with house.session() as session:
        assert {fault.kind for fault in verify_all(session, [AccountLog]).faults} == {"edited"}


def test_an_account_from_before_the_chains_begins_one(house: Database, agent: Known) -> None:
    with house.short_write() as connection:
        connection.execute(sa.delete(AccountEntry.__table__))
        connection.execute(sa.delete(AccountLog.__table__))
    with house.session() as session:
        session.begin_write()
        chronicle.note(session, agent.id, AccountAct.CODES_MADE, by=agent.id, now=portal_clock.now())
        session.commit()
    with house.session() as session:
        assert [one.act for one in chronicle.noted(session)] == [AccountAct.CODES_MADE]
        assert verify_all(session, [AccountLog]).found == 0
