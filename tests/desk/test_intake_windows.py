"""Two windows on one officer's intake: the later of two texts is never saved over the earlier, and none is lost."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.rules import OfficerRole
from portal.complaints.models import Complaint
from portal.db import Database
from portal.desk.receiving.models import Intake
from portal.filing.models import Draft
from portal.institution.models import Institution
from portal.sealing import open_box
from tests.accounts.people import Known, an_officer, sign_in
from tests.desk.intake import TOLD, frame, go_on, register, tell
from tests.page import Client, Page

FIRST, SECOND = "Dari jendela pertama.", "Dari jendela kedua."
HEADING = {"id": "1 pertanyaan mempunyai dua jawaban", "en": "One question has two answers"}
WORDS = {
    "id": (
        "Yang tersimpan lebih dulu",
        "Ditulis Senin, 23 November 2026, 10.15 WIB",
        "Keduanya, satu di bawah yang lain",
    ),
    "en": ("What was saved first", "Written Monday 23 November 2026, 10:15 WIB", "Both, one below the other"),
}
languages = pytest.mark.parametrize("lang", ["id", "en"])


@pytest.fixture
def begun(client: Client, agent: Known, profile: Institution) -> str:
    """The address of an intake in which nothing was told yet, without its language."""
    sign_in(client, agent, "en")
    return frame(client, profile, "email").path.removeprefix("/en")


def held(page: Page) -> dict[str, Any]:
    return page.form(".intake").values


def quarrel(client: Client, begun: str, lang: str = "en") -> Page:
    """Two windows, two stories; what the later one is shown."""
    one, other = client.get(f"/{lang}{begun}"), client.get(f"/{lang}{begun}")
    tell(one, **{"story-story": FIRST})
    return tell(other, **{"story-story": SECOND})


@languages
def test_the_later_of_two_texts_is_not_saved_over_the_earlier_and_both_are_shown(
    client: Client, begun: str, lang: str
) -> None:
    page = quarrel(client, begun, lang)
    assert page.path == f"/{lang}{begun}/texts" and page.heading == HEADING[lang]
    first, second, both = WORDS[lang]
    choices = [choice.text.replace("\u00a0", " ") for choice in page.all(".choice")]
    assert choices == [f"{first} {FIRST}", f"{second} {SECOND}", both]
    # Every way on leads here until it is decided, in every window.
    for path in ("", "/check"):
        assert client.get(f"/{lang}{begun}{path}").path == f"/{lang}{begun}/texts"


@pytest.mark.parametrize(("choice", "text"), [(0, FIRST), (1, SECOND), (2, f"{FIRST}\r\n\r\n{SECOND}")])
def test_either_or_both_and_then_it_is_read_through_once_more(
    client: Client, begun: str, house: Database, choice: int, text: str
) -> None:
    page = quarrel(client, begun)
    choices = [node["value"] for node in page.all(".choice input")]
    page = page.form(f"/en{begun}/texts").fill({"choice-0": choices[choice]}).submit()
    assert page.path == f"/en{begun}" and held(page)["story-story"] == text
    register(go_on(page.form(".intake").submit()))
    with house.session() as session:
        complaint = session.scalars(sa.select(Complaint)).one()
        story = open_box(session, complaint.key_id).open(complaint)["story"]
    assert story.split() == text.split()


def test_who_chooses_nothing_is_asked_again(client: Client, begun: str) -> None:
    page = quarrel(client, begun).form(f"/en{begun}/texts").submit(status=422)
    assert page.errors == ["Choose what should stand here"]
    assert FIRST in page.text and SECOND in page.text


def test_what_is_written_while_somebody_chooses_is_shown_before_it_is_decided(client: Client, begun: str) -> None:
    late = client.get(f"/en{begun}")
    page = quarrel(client, begun)
    tell(late, **{"story-story": "Dari jendela ketiga."})
    kept = page.form(f"/en{begun}/texts").fill({"choice-0": "kept"}).submit(status=422)
    assert kept.errors == ["Something else was written meanwhile. Look at the texts once more"]
    assert "Dari jendela ketiga." in kept.text and SECOND in kept.text


def test_two_windows_in_different_questions_are_joined(client: Client, begun: str) -> None:
    one, other = client.get(f"/en{begun}"), client.get(f"/en{begun}")
    one.form(".intake").fill({"story-story": FIRST}).submit(status=422)
    other.form(".intake").fill({"loss-wish": "Kembalikan uang saya."}).submit(status=422)
    found = held(client.get(f"/en{begun}"))
    assert (found["story-story"], found["loss-wish"]) == (FIRST, "Kembalikan uang saya.")


def test_a_window_that_was_only_left_open_and_a_double_click_overwrite_nothing(client: Client, begun: str) -> None:
    stale, one = client.get(f"/en{begun}"), client.get(f"/en{begun}")
    assert tell(one).path.endswith("/documents")
    # The same once more from the same window, and from one that shows the empty page still.
    assert tell(one).path.endswith("/documents")
    stale.form(".intake").submit()
    found = held(client.get(f"/en{begun}"))
    assert (found["story-story"], found["identity-name"]) == (
        TOLD["story-story"].replace("\n", "\r\n"),
        "Siti Rahmawati",
    )


def test_one_window_goes_on_over_errors_and_corrects_itself(client: Client, begun: str) -> None:
    page = tell(client.get(f"/en{begun}"), status=422, **{"loss-amount": "banyak", "story-story": FIRST})
    page = tell(page, **{"story-story": SECOND})
    assert page.path.endswith("/documents")
    assert held(client.get(f"/en{begun}"))["story-story"] == SECOND


@languages
def test_how_it_came_is_one_answer_and_both_are_shown_in_words(
    client: Client, begun: str, profile: Institution, lang: str
) -> None:
    address = f"/{lang}{begun}/frame"
    one, other = client.get(address), client.get(address)
    one.form(".intake").fill(channel="branch").submit()
    page = other.form(".intake").fill(channel="contact_centre").submit()
    assert page.path == f"/{lang}{begun}/texts" and page.heading == HEADING[lang]
    said = [choice.text for choice in page.all(".choice")]
    assert profile.channels["branch"].label[lang] in said[0]
    assert profile.channels["contact_centre"].label[lang] in said[1]
    # It cannot be registered in the meantime.
    assert tell(client.get(f"/{lang}{begun}")).path.endswith("/texts")
    theirs = page.all(".choice input")[1]["value"]
    page.form(f"/{lang}{begun}/texts").fill({"choice-0": theirs}).submit()
    assert held(client.get(address))["channel"] == "contact_centre"


def test_transactions_that_two_windows_add_are_compared_and_a_row_that_goes_takes_its_quarrel_along(
    client: Client, begun: str
) -> None:
    page = tell(client.get(f"/en{begun}"), "more")
    other = client.get(f"/en{begun}?rows=2")
    second = {name.replace("-1-", "-2-"): value for name, value in TOLD.items() if "transactions-1-" in name}
    page.form(".intake").fill(second | {"transactions-2-amount": "77000"}).submit("more")
    page = other.form(".intake").fill(second | {"transactions-2-amount": "88000"}).submit("more")
    assert page.path == f"/en{begun}/texts"
    assert "Transaction 2: Amount" in page.text and "77000" in page.text and "88000" in page.text
    one = client.get(f"/en{begun}/documents")
    assert one.path == f"/en{begun}/texts"
    page.form(f"/en{begun}/texts").fill({"choice-0": "kept"}).submit()
    page = client.get(f"/en{begun}").form(".intake").submit("remove=1")
    assert held(page)["transactions-1-amount"] == "77000" and "transactions-2-type" not in held(page)


def test_an_answer_to_what_another_window_has_made_unnecessary_is_kept(
    client: Client, begun: str, profile: Institution
) -> None:
    """One window says meanwhile that a representative complains; the other one did not know."""
    page = client.get(f"/en{begun}")
    whole = client.get(f"/en{begun}/frame").form(".intake")
    other = next(code for code, topic in profile.topics.items() if not topic.transaction and not topic.guide)
    whole.fill({"topic-topic": other}).submit()
    tell(page)
    back = next(code for code, topic in profile.topics.items() if topic.transaction and not topic.guide)
    client.get(f"/en{begun}/frame").form(".intake").fill({"topic-topic": back}).submit()
    assert held(client.get(f"/en{begun}"))["transactions-1-amount"] == TOLD["transactions-1-amount"]


# ── too late ─────────────────────────────────────────────────────────────────────────────────────

LATE = {
    "id": ("Ini sudah didaftarkan di jendela lain", "Tampilkan yang didaftarkan"),
    "en": ("It was registered in another window", "Show what was registered"),
}
GONE = {"id": "Penerimaan ini sudah tidak ada", "en": "This intake is no longer there"}


@languages
def test_what_is_written_after_it_was_registered_comes_back_beside_the_way_to_it(
    client: Client, begun: str, lang: str
) -> None:
    page = tell(client.get(f"/{lang}{begun}"))
    other, untouched = client.get(f"/{lang}{begun}"), client.get(f"/{lang}{begun}")
    register(go_on(page))
    late = other.form(".intake").fill({"story-story": SECOND}).submit(status=409)
    heading, link = LATE[lang]
    assert late.heading == heading and SECOND in late.text
    # Only what was written anew; the rest is in the case.
    assert "Siti Rahmawati" not in late.one("main").text
    assert late.follow(link).path == f"/{lang}{begun}/registered"
    assert untouched.form(".intake").submit().path == f"/{lang}{begun}/registered"


@languages
def test_what_is_written_into_an_intake_that_was_deleted_comes_back(client: Client, begun: str, lang: str) -> None:
    page, empty = client.get(f"/{lang}{begun}"), client.get(f"/{lang}{begun}")
    client.get(f"/{lang}/desk/receive").form(f"/{lang}{begun}/discard").submit()
    gone = page.form(".intake").fill({"story-story": FIRST, "identity-name": "Siti"}).submit(status=410)
    assert gone.heading == GONE[lang]
    assert FIRST in gone.text and "Siti" in gone.text
    empty.form(".intake").submit(status=404)


# ── two officers ─────────────────────────────────────────────────────────────────────────────────


def test_a_manager_who_takes_over_and_the_agent_who_comes_back_overwrite_nothing(
    another: Callable[..., Client], client: Client, begun: str, house: Database, profile: Institution
) -> None:
    manager = another()
    sign_in(manager, an_officer(house, profile, OfficerRole.CS_MANAGER, name="Dewi Lestari"), "en")
    mine, theirs = client.get(f"/en{begun}"), manager.get(f"/en{begun}")
    tell(theirs, **{"story-story": FIRST})
    page = tell(mine, **{"story-story": SECOND})
    assert page.path == f"/en{begun}/texts"
    assert FIRST in page.text and SECOND in page.text


def test_at_sending_nothing_is_kept_of_the_windows(client: Client, begun: str, house: Database) -> None:
    """What a window wrote is personal data; with the complaint it stands in the complaint alone."""
    register(go_on(tell(client.get(f"/en{begun}"))))
    with house.session() as session:
        draft = session.scalars(sa.select(Draft)).one()
        assert draft.windows is None and draft.complaint_id is not None
        assert session.scalars(sa.select(Intake)).one().draft_id == draft.id
