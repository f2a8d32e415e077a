"""The outbox: what has not arrived, sent again by another way or told by telephone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import OfficerRole
from portal.complaints import response_letters
from portal.complaints.handed_in import Person
from portal.complaints.models import Complaint
from portal.db import Database, writing
from portal.history.checking import verify
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import Channel, NoticeKind, NoticeState
from portal.sealing import open_box
from tests.builders import NOW
from tests.complaints.cases import BASE_URL, Case, file_case
from tests.desk.seats import sit
from tests.page import Client

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def case(clock: object, house: Database, profile: Institution) -> Case:
    return file_case(house, profile)


def fail(house: Database, case: Case, *, failure: str = "smtp_550") -> Notice:
    """The case's receipt could not be delivered."""
    with house.short_write() as connection:
        connection.execute(
            sa.update(Notice)
            .where(Notice.subject_id == case.complaint_id)
            .values(state=NoticeState.FAILED, failure=failure, settled_at=LATER, tries=1)
        )
    return of(house, case)[0]


def of(house: Database, case: Case) -> list[Notice]:
    with house.session() as session:
        return list(
            session.scalars(sa.select(Notice).where(Notice.subject_id == case.complaint_id).order_by(Notice.id)).all()
        )


def test_what_failed_stands_in_the_outbox_and_on_its_case(
    client: Client, house: Database, profile: Institution, case: Case, lang: str
) -> None:
    other = file_case(house, profile)
    fail(house, case)
    sit(client, house, profile, OfficerRole.AGENT)
    page = client.get(f"/{lang}/desk/outbox")
    assert page.heading == {"id": "Kotak keluar", "en": "Outbox"}[lang]
    (row,) = page.all("tbody tr")
    assert case.number in row.text and "s•••@example.id" in row.text and "siti@example.id" not in page.text
    assert {"id": "Server surel menolaknya (550)", "en": "The mail server refused it (550)"}[lang] in row.text
    shown = client.get(f"/{lang}/desk/cases/{case.complaint_id}").one("[aria-labelledby=letters]")
    assert "550" in shown.text and shown.one("a")["href"].endswith(f"/desk/outbox/{of(house, case)[0].id}")
    untouched = client.get(f"/{lang}/desk/cases/{other.complaint_id}").one("[aria-labelledby=letters]")
    assert not untouched.has("a")


def test_the_filters_narrow_it(client: Client, house: Database, profile: Institution, case: Case) -> None:
    waiting = file_case(house, profile)
    fail(house, case)
    sit(client, house, profile, OfficerRole.CS_MANAGER)

    def shown(**asked: str) -> list[str]:
        page = client.get("/en/desk/outbox").form("/en/desk/outbox").fill(**asked).submit()
        return [row.one("td .code").text for row in page.all("tbody tr")]

    assert shown() == [case.number]
    assert shown(which="failed", kind="receipt", channel="email") == [case.number]
    assert shown(which="waiting") == [waiting.number]
    assert shown(which="held") == shown(channel="sms") == shown(kind="message") == []


def test_it_is_sent_again_by_another_way_as_it_was_worded(
    client: Client, house: Database, profile: Institution, case: Case
) -> None:
    failed = fail(house, case)
    sit(client, house, profile, OfficerRole.AGENT)
    page = client.get(f"/en/desk/outbox/{failed.id}")
    assert "Kami sudah menerima dan mencatat pengaduan Anda." in page.one("[aria-labelledby=text]").text
    assert [label.text for label in page.all(".choices label")] == [
        "Send it by e-mail to s•••@example.id",
        "Send it by SMS to •••4419",
        "Send it by WhatsApp to •••4419",
        "I have told them by telephone what it says",
    ]
    assert page.form(f"/en/desk/outbox/{failed.id}").submit(status=422).errors == ["Choose what you do about it"]
    done = page.form(f"/en/desk/outbox/{failed.id}").fill(how="sms").submit()
    assert "The notice is on its way again." in done.text and not done.has("tbody")
    first, second = sorted(of(house, case), key=lambda row: row.follows_id is not None)
    assert (first.state, first.handled_at) == (NoticeState.FAILED, NOW)
    assert (second.channel, second.state, second.follows_id) == (Channel.SMS, NoticeState.WAITING, first.id)
    with house.session() as session:
        told = open_box(session, second.key_id).open(second)
        assert told["address"] == "+6281200004419" and told["body"].startswith("Bank Muamalat: pengaduan")
        assert not verify(session, session.get_one(Complaint, case.complaint_id))
    history = client.get(f"/en/desk/cases/{case.complaint_id}").one("[aria-labelledby=history]").text
    assert "Notice sent again (officers only) Acknowledgement of receipt: SMS" in history
    # A second click, or a colleague's, changes nothing.
    again = page.form(f"/en/desk/outbox/{failed.id}").fill(how="email").submit()
    assert "Nothing is left to do about this notice." in again.text
    assert len(of(house, case)) == 2


def test_what_was_told_by_telephone_stands_in_the_history_and_leaves_the_outbox(
    client: Client, house: Database, profile: Institution, case: Case
) -> None:
    failed = fail(house, case)
    sit(client, house, profile, OfficerRole.AGENT, name="Ratna Wulandari")
    form = client.get(f"/en/desk/outbox/{failed.id}").form(f"/en/desk/outbox/{failed.id}")
    done = form.fill(how="phoned").submit()
    assert "Recorded: told by telephone." in done.text and not done.has("tbody")
    event = client.get(f"/en/desk/cases/{case.complaint_id}").all("[aria-labelledby=history] li")[0]
    assert "Told by telephone" in event.text and "Acknowledgement of receipt" in event.text
    assert "Ratna Wulandari" in event.text
    client.forget()
    tracked = client.get("/en/track").form("/en/track").fill(number=case.number, code=case.code).submit()
    assert "Told by telephone" in tracked.text


def test_what_nobody_could_send_is_never_sent_once_it_was_told(
    client: Client, house: Database, profile: Institution, clock: object
) -> None:
    case = file_case(house, profile, customer=Person(name="Siti Rahmawati", language="id", phone="+6281200004419"))
    with house.short_write() as connection:
        connection.execute(sa.update(Notice).values(state=NoticeState.HELD))
    sit(client, house, profile, OfficerRole.AGENT)
    page = client.get("/en/desk/outbox").follow("Acknowledgement of receipt")
    page.form(f"/en/desk/outbox/{of(house, case)[0].id}").fill(how="phoned").submit()
    (told,) = of(house, case)
    assert (told.state, told.failure) == (NoticeState.FAILED, "told_by_phone")


def test_a_booking_is_sent_again_to_the_registered_number_and_nowhere_else(
    client: Client, house: Database, profile: Institution, clock: object
) -> None:
    """K3-27, K3-30."""
    case = file_case(house, profile)
    with house.session() as session:
        complaint = writing(session, session.get_one(Complaint, case.complaint_id))
        response_letters.payment_booked(
            session, complaint, phone="+6281300007788", profile=profile, base_url=BASE_URL, now=NOW
        )
        session.commit()
        booked = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.PAYMENT_BOOKED)).one().id
    fail(house, case)
    sit(client, house, profile, OfficerRole.AGENT)
    ways = [label.text for label in client.get(f"/en/desk/outbox/{booked}").all(".choices label")]
    assert ways == [
        "Send it by SMS to •••7788",
        "Send it by WhatsApp to •••7788",
        "I have told them by telephone what it says",
    ]
