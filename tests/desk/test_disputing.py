"""What officers do after a response, by HTTP: what the customer told us, objections, forums, taking up again."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image, ImageChops, ImageStat

from portal.accounts.rules import OfficerRole
from portal.complaints.models import Complaint, Round
from portal.complaints.rules import Action, Status
from portal.complaints.states import Novelty, RoundKind, RoundOutcome
from portal.db import Database
from portal.history.queries import entries
from portal.history.rules import Audience
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from tests.accounts.people import Known, an_officer, sign_in
from tests.complaints.answers import answer
from tests.complaints.cases import Case, file_case
from tests.evidence import papers
from tests.page import Client, Page
from tests.tracking.test_objection import look, send


@pytest.fixture
def environment(environment: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    marker = request.node.get_closest_marker("institution")
    return environment | {"PORTAL_INSTITUTION": marker.args[0] if marker else "muamalat"}


@pytest.fixture
def answered(clock: object, house: Database, profile: Institution) -> Case:
    case = file_case(house, profile)
    answer(house, profile, case)
    return case


@pytest.fixture
def manager(clock: object, house: Database, profile: Institution) -> Known:
    return an_officer(house, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari")


def path_of(case: Case, act: str = "", lang: str = "en") -> str:
    return f"/{lang}/desk/cases/{case.complaint_id}" + (f"/{act}" if act else "")


def do(client: Client, case: Case, act: str, /, *, lang: str = "en", status: int = 200, **answers: Any) -> Page:
    page = client.get(path_of(case, act, lang))
    return page.form(path_of(case, act, lang)).fill(answers).submit(status=status)


def of(house: Database, case: Case) -> Complaint:
    with house.session() as session:
        return session.get_one(Complaint, case.complaint_id)


def rounds(house: Database, case: Case) -> list[Round]:
    with house.session() as session:
        asked = sa.select(Round).where(Round.complaint_id == case.complaint_id).order_by(Round.ordinal)
        return list(session.scalars(asked))


def last(house: Database, case: Case) -> tuple[str, dict[str, Any]]:
    """The newest entry of the history: what was done, and its payload."""
    with house.session() as session:
        told = entries(session, session.get_one(Complaint, case.complaint_id), audience=Audience.OFFICERS)[0]
        return told.kind, dict(told.payload or {})


def notices(house: Database, case: Case, kind: NoticeKind) -> list[str]:
    with house.session() as session:
        asked = sa.select(Notice.id).where(Notice.subject_id == case.complaint_id, Notice.kind == kind)
        return [str(one) for one in session.scalars(asked)]


def customer(another: Callable[..., Client], case: Case, lang: str = "en") -> Client:
    """The customer of the case, signed in on a device of their own."""
    device = another()
    device.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=case.number, code=case.code).submit()
    return device


def test_what_the_customer_told_by_telephone_is_recorded(
    client: Client, agent: Known, house: Database, answered: Case, lang: str
) -> None:
    """BM-22, BM-38."""
    sign_in(client, agent, lang)
    page = do(client, answered, "agreed", lang=lang, how="Lewat telepon, identitas cocok")
    assert of(house, answered).status is Status.AGREED
    assert "Lewat telepon, identitas cocok" in page.text
    assert len(notices(house, answered, NoticeKind.CLOSED)) == 1


def test_a_no_told_by_telephone_sends_the_forum_information_and_proves_it(
    client: Client, agent: Known, house: Database, profile: Institution, answered: Case, lang: str
) -> None:
    """SQ-34, BM-41: in the same transaction; the entry names the notice and the forums."""
    sign_in(client, agent, lang)
    page = do(client, answered, "not-agreed", lang=lang, how="Di cabang Bandung")
    kind, payload = last(house, answered)
    assert kind == Action.RECORD_NOT_AGREED and payload["how"] == "Di cabang Bandung"
    assert payload["notices"] == notices(house, answered, NoticeKind.FORUMS) != []
    assert payload["forums"] == list(profile.forums)
    assert "Bank Indonesia" in page.one(".timeline").text


def test_an_objection_by_post_needs_something_new_or_a_reason(
    client: Client, agent: Known, house: Database, answered: Case, lang: str
) -> None:
    """SQ-31, BM-40: every override stands in the history."""
    sign_in(client, agent, lang)
    told = {"words": "Bukti baru terlampir", "how": "Surat 3 Desember", "brings": "no"}
    page = do(client, answered, "objection", lang=lang, status=422, **told)
    assert len(page.errors) == 1 and of(house, answered).status is Status.ANSWERED
    page = page.form(path_of(answered, "objection", lang)).fill(reason="Nasabah sakit, berkas menyusul").submit()
    assert of(house, answered).status is Status.IN_PROCESS and of(house, answered).due_on is not None
    second = rounds(house, answered)[1]
    assert (second.kind, second.novelty) == (RoundKind.OBJECTION, Novelty.CONFIRMED)
    assert last(house, answered)[1]["reason"] == "Nasabah sakit, berkas menyusul"
    assert "Bukti baru terlampir" in page.one("[aria-labelledby=rounds]").text


def objects(device: Client, sent: tuple[str, bytes], again: tuple[str, bytes]) -> None:
    """Add one file to the complaint, and object to its answer with another one."""
    adding = device.get("/en/track/case/documents").form("/en/track/case/documents")
    adding.fill(files=[sent]).submit()
    send(device, again)


@pytest.fixture
def doubted(another: Callable[..., Client], house: Database, settings: Any, answered: Case) -> Case:
    """An objection that brought a picture saved anew, which the worker has compared."""
    struk = papers.receipt()
    objects(customer(another, answered), ("struk.png", papers.png(struk)), ("struk.jpg", papers.jpeg(struk)))
    look(house, settings)
    return answered


def test_a_near_repeat_is_shown_beside_the_earlier_file_and_confirmed(
    client: Client, agent: Known, house: Database, doubted: Case
) -> None:
    """BM-40."""
    sign_in(client, agent)
    page = client.get(path_of(doubted))
    brought = page.one("[aria-labelledby=rounds] .files").text.replace("\u00a0", " ")
    assert "struk.jpg" in brought and "Shows what was submitted before" in brought
    assert "sent on Monday 23 November 2026 as struk.png" in brought
    # Both can be opened, and looked at as pictures side by side.
    sides = page.all("[aria-labelledby=rounds] .twins img")
    assert [side["alt"] for side in sides] == ["With the objection: struk.jpg", "Before: struk.png"]
    for side in sides:
        assert client.http.get(side["src"], base_url=client.base_url).content_type.startswith("image/")
    do(client, doubted, "confirm-objection", reason="Di foto baru terbaca nomor rekeningnya")
    assert rounds(house, doubted)[1].novelty is Novelty.CONFIRMED
    assert last(house, doubted)[1]["reason"] == "Di foto baru terbaca nomor rekeningnya"
    assert not client.get(path_of(doubted)).has(f"a[href='{path_of(doubted, 'end-objection')}']")


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("en", ["With the objection: page {} of pindai.pdf", "Before: page {} of rekening.pdf"]),
        ("id", ["Menyertai keberatan: halaman {} dari pindai.pdf", "Sebelumnya: halaman {} dari rekening.pdf"]),
    ],
)
def test_each_page_that_looks_the_same_is_shown_beside_the_one_that_it_repeats(
    client: Client,
    another: Callable[..., Client],
    agent: Known,
    house: Database,
    settings: Any,
    answered: Case,
    lang: str,
    texts: list[str],
) -> None:
    """BM-40, SQ-30: the third page of the statement came first, and its first page second."""
    pages = [papers.smaller(papers.statement(number), 0.5) for number in (1, 2, 3)]
    again = [papers.scanned(page, noise=6) for page in (pages[2], pages[0])]
    objects(
        customer(another, answered),
        ("rekening.pdf", papers.printed(*pages)),
        ("pindai.pdf", papers.printed(*again)),
    )
    look(house, settings)
    sign_in(client, agent, lang)
    page = client.get(path_of(answered, lang=lang))
    shown = page.all("[aria-labelledby=rounds] .twins img")
    assert [one["alt"] for one in shown] == [
        text.format(number) for pair in ((1, 3), (2, 1)) for text, number in zip(texts, pair, strict=True)
    ]
    assert {one["loading"] for one in shown} == {"lazy"}
    # Each opens by itself as well, and both files as a whole.
    assert [one["src"] for one in shown] == [one["href"] for one in page.all(".twins a[target]")]
    assert [one.text for one in page.all(".twins a[download]")] == ["pindai.pdf", "rekening.pdf"]
    for one, paper in zip(shown, (again[0], pages[2], again[1], pages[0]), strict=True):
        answer = client.http.get(one["src"], base_url=client.base_url)
        picture = Image.open(io.BytesIO(answer.data)).convert("L")
        others = [page for page in (*pages, *again) if page is not paper]
        nearest = min((paper, *others), key=lambda page: far(picture, page))
        assert nearest is paper, one["alt"]


def far(picture: Image.Image, paper: Image.Image) -> float:
    other = paper.convert("L").resize(picture.size)
    return float(ImageStat.Stat(ImageChops.difference(picture, other)).mean[0])


def test_an_objection_with_nothing_new_is_ended_with_the_reason_and_takes_no_right(
    client: Client, another: Callable[..., Client], agent: Known, house: Database, doubted: Case
) -> None:
    """BM-40, SQ-34: it ends not agreed, is told so, with the forum information; a new one is still a right."""
    waiting = customer(another, doubted).get("/en/track/case").one("#case-rounds").text.replace("\u00a0", " ")
    assert "struk.jpg" in waiting and "You sent this on Monday 23 November 2026 as struk.png." in waiting
    assert "Our time to answer runs all the same." in waiting
    sign_in(client, agent)
    do(client, doubted, "end-objection", reason="Ini struk yang sama, disimpan ulang")
    kind, payload = last(house, doubted)
    assert kind == Action.END_OBJECTION and payload["notices"] == notices(house, doubted, NoticeKind.FORUMS) != []
    ended = rounds(house, doubted)[1]
    assert (ended.outcome, ended.novelty) == (RoundOutcome.ENDED, Novelty.ENDED)
    assert of(house, doubted).status is Status.NOT_AGREED
    assert len(notices(house, doubted, NoticeKind.OBJECTION_NOT_NEW)) == 1
    device = customer(another, doubted)
    page = device.get("/en/track/case")
    assert "Objection ended: nothing new" in page.text
    assert "You sent this on" in page.one("#case-rounds").text and "runs all the same" not in page.text
    assert "Ini struk yang sama, disimpan ulang" in page.one(".timeline").text
    send(device, ("mutasi.jpg", papers.jpeg(papers.statement())))
    assert of(house, doubted).status is Status.IN_PROCESS and len(rounds(house, doubted)) == 3


def test_a_closed_case_is_taken_up_again_with_a_reason_and_a_clock(
    client: Client, another: Callable[..., Client], agent: Known, house: Database, answered: Case, lang: str
) -> None:
    sign_in(client, agent, lang)
    do(client, answered, "agreed", lang=lang, how="Menelepon pukul 10")
    do(client, answered, "reopen", lang=lang, reason="Uangnya belum masuk seperti yang kami janjikan")
    now = of(house, answered)
    assert now.status is Status.IN_PROCESS and now.closed_at is None and now.due_on is not None
    assert [one.kind for one in rounds(house, answered)] == [RoundKind.COMPLAINT, RoundKind.REOPENED]
    assert len(notices(house, answered, NoticeKind.REOPENED)) == 1
    page = customer(another, answered, lang).get(f"/{lang}/track/case")
    assert "Uangnya belum masuk seperti yang kami janjikan" in page.text


def test_a_withdrawal_told_to_us_gets_its_notice(client: Client, agent: Known, house: Database, answered: Case) -> None:
    sign_in(client, agent)
    do(client, answered, "withdrawn", how="Menelepon pukul 10")
    assert of(house, answered).status is Status.WITHDRAWN
    assert len(notices(house, answered, NoticeKind.WITHDRAWN)) == 1


@pytest.mark.institution("kredifazz")
def test_a_question_is_closed_as_settled_and_never_agreed(
    client: Client, clock: object, agent: Known, house: Database, profile: Institution
) -> None:
    """KF-18: an answer to a question asks for no decision."""
    case = file_case(house, profile, kind="question", transactions=())
    answer(house, profile, case)
    sign_in(client, agent)
    page = client.get(path_of(case))
    assert not page.has(f"a[href='{path_of(case, 'agreed')}']")
    page.form(path_of(case, "settle")).submit()
    assert of(house, case).status is Status.SETTLED


def test_a_forum_keeps_the_case_until_a_manager_ends_that(
    client: Client,
    another: Callable[..., Client],
    agent: Known,
    manager: Known,
    house: Database,
    answered: Case,
) -> None:
    sign_in(client, agent)
    page = do(client, answered, "forum", forum="bi", reference="BI-2026-17")
    assert of(house, answered).held_at is not None
    told = page.one("[aria-labelledby=rounds]").text
    assert "Bank Indonesia" in told and "BI-2026-17" in told and "Kept: nothing is deleted" in told
    assert client.get(path_of(answered, "end-hold")).path == path_of(answered)
    device = another()
    sign_in(device, manager)
    do(device, answered, "end-hold", reason="BI menutup perkaranya pada 1 Maret")
    assert of(house, answered).held_at is None
