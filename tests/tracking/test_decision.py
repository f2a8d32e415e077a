"""What a customer decides about our response, by HTTP: they agree, they do not, they say how content they are."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from portal.complaints.models import Complaint, Round
from portal.complaints.rules import RoundOutcome, Status
from portal.db import Database
from portal.institution.models import Institution
from tests.complaints.answers import answer
from tests.complaints.cases import Case
from tests.page import Client, Page

SAYS = {
    "en": {
        "asked": "We have answered. Read our response, then decide:",
        "until": "We keep the complaint open for your reply until ",
        "silence": "If you say nothing, that is no agreement",
        "found": "The transfer was held by the receiving bank.",
        "agreed": "This complaint was completed with agreement",
        "not_agreed": "This complaint was closed on",
        "status": "Completed, agreed",
    },
    "id": {
        "asked": "Kami sudah menjawab. Baca tanggapan kami, lalu putuskan:",
        "until": "Kami menunggu balasan Anda atas pengaduan ini sampai ",
        "silence": "Jika Anda tidak membalas, itu bukan persetujuan",
        "found": "Transfer itu tertahan di bank penerima.",
        "agreed": "Dengan kesepakatan, pengaduan ini selesai",
        "not_agreed": "Tanpa kesepakatan, pengaduan ini ditutup",
        "status": "Selesai, disepakati",
    },
}


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


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
        return list(
            session.scalars(sa.select(Round).where(Round.complaint_id == case.complaint_id).order_by(Round.ordinal))
        )


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_choice_comes_with_the_response_and_agreeing_completes_it(
    client: Client, house: Database, answered: Case, sign_in: Callable[..., Page], lang: str
) -> None:
    """BM-37, BM-38, KF-04: the choice stands first; who agrees is asked one question and may skip it."""
    page, says = sign_in(answered.number, answered.code, lang=lang), SAYS[lang]
    asked = plain(page.one("#case-asked").text)
    assert says["asked"] in asked and says["until"] in asked and says["silence"] in asked
    page = page.follow(f"/{lang}/track/case/answer")
    assert says["found"] in page.all(".letter")[0].text
    form = page.follow(f"/{lang}/track/case/agree").form()
    assert form.submit(status=422).errors
    page = client.get(f"/{lang}/track/case/agree").form().fill(sure=True).submit()
    assert page.path == f"/{lang}/track/case/rating"
    page = page.form().fill(satisfaction="4").submit()
    assert says["agreed"] in plain(page.text) and says["status"] in page.one("#case-facts").text
    assert complaint(house, answered).status is Status.AGREED
    (first,) = rounds(house, answered)
    assert (first.outcome, first.satisfaction) == (RoundOutcome.AGREED, 4)
    # Asked once, and what was agreed cannot be objected to.
    assert client.get(f"/{lang}/track/case/rating").path == f"/{lang}/track/case"
    assert client.get(f"/{lang}/track/case/objection").path == f"/{lang}/track/case"
