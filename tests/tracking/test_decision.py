"""What a customer decides about our response, by HTTP: they agree, they do not, they say how content they are."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock as moments
from portal.complaints.handed_in import Person, Representation
from portal.complaints.models import Authority, Complaint, Round
from portal.complaints.rules import Action, Status
from portal.complaints.states import AuthorityState, RoundOutcome
from portal.db import Database
from portal.history.queries import entries
from portal.history.rules import ActorKind, Audience
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.answers import answer
from tests.complaints.cases import Case, file_case
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


REPRESENTATIVE = Representation(
    person=Person(name="Andi Wijaya", language="en", email="andi@example.id"),
    relation="saudara",
    scope="mengurus pengaduan ini",
    given_on=date(2026, 11, 1),
)


def accept(house: Database, case: Case) -> None:
    """An officer has accepted the power of attorney."""
    with house.session() as session:
        power = session.scalars(sa.select(Authority).where(Authority.complaint_id == case.complaint_id)).one()
        session.begin_write()
        session.execute(
            sa.update(Authority)
            .where(Authority.id == power.id)
            .values(state=AuthorityState.ACCEPTED, decided_at=moments.now())
        )
        session.commit()


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


@pytest.mark.parametrize("lang", ["en", "id"])
def test_who_does_not_agree_is_told_where_next_and_the_history_proves_it(
    client: Client, house: Database, profile: Institution, answered: Case, sign_in: Callable[..., Page], lang: str
) -> None:
    """SQ-33, SQ-34, SQ-35, BM-22, BM-39, BM-41: the notice goes out with the decision, and the entry names it."""
    sign_in(answered.number, answered.code, lang=lang)
    form = client.get(f"/{lang}/track/case/disagree").form()
    assert form.submit(status=422).errors
    page = client.get(f"/{lang}/track/case/disagree").form().fill(sure=True).submit()
    assert page.path == f"/{lang}/track/case/forums"
    for forum in ("Bank Indonesia", "OJK", "LAPS SJK"):
        assert forum in plain(page.text)
    now = complaint(house, answered)
    assert now.status is Status.NOT_AGREED
    with house.session() as session:
        (letter,) = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.FORUMS)).all()
        told = entries(session, now, audience=Audience.CUSTOMER)[0]
        assert told.kind == Action.DISAGREE and told.payload is not None
        assert told.payload["notices"] == [str(letter.id)] and told.payload["forums"] == list(profile.forums)
        assert "LAPS" in open_box(session, letter.key_id).open(letter)["body"]
    # The closed case leads on: an objection is still a right, and so are the forums; it is not made once more.
    page = client.get(f"/{lang}/track/case")
    assert SAYS[lang]["not_agreed"] in plain(page.text)
    assert page.has(f"a[href='/{lang}/track/case/objection']") and page.has(f"a[href='/{lang}/track/case/forums']")


def test_a_forum_that_has_the_matter_is_told_once_and_keeps_the_case(
    client: Client, house: Database, answered: Case, sign_in: Callable[..., Page], app: Flask
) -> None:
    """What is with a forum is not erased; its number there is sealed."""
    sign_in(answered.number, answered.code)
    client.get("/en/track/case/disagree").form().fill(sure=True).submit()
    page = client.get("/en/track/case/forums").follow("/en/track/case/forums/told")
    assert page.form().submit(status=422).errors == ["Choose where you took it"]
    day = {"taken_on-d": "24", "taken_on-m": "12", "taken_on-y": "2026"}
    page = client.get("/en/track/case/forums/told").form().fill(forum="ojk", **day).submit(status=422)
    assert page.errors == ["The day must be today or earlier"]
    page = client.get("/en/track/case/forums/told").form()
    page = page.fill(
        {"taken_on-d": "23", "taken_on-m": "11", "taken_on-y": "2026"}, forum="ojk", reference="OJK-17"
    ).submit()
    told = plain(page.one("#case-rounds").text)
    assert "Monday 23 November 2026" in told and "Number there: OJK-17." in told
    assert "As long as it is there we delete nothing of it." in told
    done = app.test_cli_runner().invoke(args=["complaints", "erase", answered.number, "--yes"])
    assert done.exit_code == 1 and "it is kept until a manager" in done.output


def test_a_representative_decides_only_with_a_power_that_was_accepted(
    client: Client, house: Database, profile: Institution, clock: object, sign_in: Callable[..., Page]
) -> None:
    """SQ-31: what they do is attributed to them, on behalf of the customer."""
    case = file_case(house, profile, representation=REPRESENTATIVE)
    answer(house, profile, case)
    sign_in(case.number, case.code)
    for path in ("answer", "agree", "objection"):
        assert client.get(f"/en/track/case/{path}").path == "/en/track/case"
    accept(house, case)
    page = client.get("/en/track/case").follow("/en/track/case/agree").form().fill(sure=True).submit()
    assert page.path == "/en/track/case/rating"
    with house.session() as session:
        told = entries(session, session.get_one(Complaint, case.complaint_id), audience=Audience.CUSTOMER)[0]
    assert (told.kind, told.actor.kind) == (Action.AGREE, ActorKind.REPRESENTATIVE) and told.actor.behalf is not None
    page = client.get("/en/track/case")
    assert "By you, on behalf of Siti Rahmawati" in page.one(".timeline").text


@pytest.mark.institution("kredifazz")
def test_an_answer_to_a_question_asks_for_no_decision(
    client: Client, clock: object, house: Database, profile: Institution, sign_in: Callable[..., Page]
) -> None:
    """KF-18: who has more to ask writes again."""
    case = file_case(house, profile, kind="question", transactions=())
    answer(house, profile, case)
    page = sign_in(case.number, case.code)
    assert "We have answered; nothing is asked of you." in page.one("#case-asked").text
    page = page.follow("/en/track/case/answer")
    assert page.has("a[href='/en/track/case/message']") and not page.has("a[href='/en/track/case/agree']")
    for path in ("agree", "disagree", "objection"):
        assert client.get(f"/en/track/case/{path}").path == "/en/track/case"


@pytest.mark.parametrize(
    "profile_code",
    [pytest.param(code, marks=pytest.mark.institution(code)) for code in ("sequis_am", "kredifazz", "kredi360")],
)
def test_every_institution_offers_the_choice_and_its_own_forums(
    client: Client,
    clock: object,
    house: Database,
    profile: Institution,
    sign_in: Callable[..., Page],
    profile_code: str,
) -> None:
    """SQ-29 to SQ-35: the forums are those of the profile."""
    case = file_case(house, profile)
    answer(house, profile, case)
    sign_in(case.number, case.code)
    client.get("/en/track/case/disagree").form().fill(sure=True).submit()
    with house.session() as session:
        told = entries(session, complaint(house, case), audience=Audience.CUSTOMER)[0]
        assert told.payload is not None and told.payload["forums"] == list(profile.forums)
    page = client.get("/en/track/case/forums")
    assert "LAPS SJK" in plain(page.text)
    # The finder takes over what the case knows.
    form = page.follow("Correct the answers").form()
    assert (form.values["amount"], form.values["standing"]) == ("1250000", "answered")
