"""An institution that asks for no new document: an objection in words alone is received, by HTTP (`new_document`)."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.accounts.rules import OfficerRole
from portal.complaints.models import Complaint, Round
from portal.complaints.rules import Status
from portal.complaints.states import Novelty
from portal.db import Database
from portal.institution.models import Institution
from portal.jobs.models import Job
from tests.accounts.people import an_officer
from tests.accounts.people import sign_in as sit_down
from tests.complaints.answers import answer
from tests.complaints.cases import Case, file_case
from tests.institution.specimens import LUMBUNG
from tests.page import Client, Page

SAYS = {
    "en": {
        "means": "Then we examine it once more, within its own time limit.",
        "needs": "You need a document that you have not sent us before.",
        "novelty": "No new document is needed",
    },
    "id": {
        "means": "Kami memeriksanya sekali lagi, dengan batas waktu tersendiri.",
        "needs": "dokumen yang belum pernah Anda kirim",
        "novelty": "Dokumen baru tidak diperlukan",
    },
}


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The invented institution, which here asks for no new document."""
    told = LUMBUNG.read_text(encoding="utf-8")
    before = "[objection]\nrounds = 2\n"
    assert told.count(before) == 1
    profile = tmp_path / "lumbung.toml"
    profile.write_text(told.replace(before, f"{before}new_document = false\n"), encoding="utf-8")
    return environment | {"PORTAL_INSTITUTION": str(profile)}


@pytest.fixture
def answered(clock: object, house: Database, profile: Institution) -> Case:
    case = file_case(house, profile)
    answer(house, profile, case)
    return case


def newest(house: Database, case: Case) -> tuple[Status, Round]:
    with house.session() as session:
        asked = sa.select(Round).where(Round.complaint_id == case.complaint_id).order_by(Round.ordinal.desc())
        return session.get_one(Complaint, case.complaint_id).status, session.scalars(asked).first()  # type: ignore[return-value]


@pytest.mark.parametrize("lang", ["en", "id"])
def test_words_alone_are_an_objection(
    client: Client, house: Database, answered: Case, sign_in: Callable[..., Page], lang: str
) -> None:
    """Its page asks for no new document, and nothing is doubted or left to an officer."""
    says = SAYS[lang]
    choices = sign_in(answered.number, answered.code, lang=lang).one("#case-asked").text
    assert says["means"] in choices and says["needs"] not in choices
    path = f"/{lang}/track/case/objection"
    page = client.get(path)
    assert says["needs"] not in page.one("#objection-form").text
    assert page.form(path).submit("object", status=422).errors
    page = client.get(path).form(path).fill(words="Uangnya belum kembali.").submit("object")
    assert page.path == f"/{lang}/track/case"
    assert "Uangnya belum kembali." in page.one("#case-rounds").text
    assert says["novelty"] in page.one("#case-rounds").text
    status, opened = newest(house, answered)
    assert (status, opened.novelty) == (Status.IN_PROCESS, Novelty.NOT_NEEDED)
    with house.session() as session:
        assert not session.scalars(sa.select(Job).where(Job.kind == "complaints.judge_objection")).all()


def test_an_officer_takes_it_down_without_a_reason_and_cannot_end_it_for_want_of_anything_new(
    client: Client, house: Database, profile: Institution, answered: Case
) -> None:
    sit_down(client, an_officer(house, profile, OfficerRole.AGENT))
    case = f"/en/desk/cases/{answered.complaint_id}"
    form = client.get(f"{case}/objection").form(f"{case}/objection")
    form.fill(words="Uangnya belum kembali.", how="Dari kantor Makassar", brings="no").submit()
    status, opened = newest(house, answered)
    assert (status, opened.novelty) == (Status.IN_PROCESS, Novelty.NOT_NEEDED)
    page = client.get(case)
    assert "No new document is needed" in page.one("[aria-labelledby=rounds]").text
    assert not page.has(f"a[href='{case}/end-objection']")
