"""A payment received, and booked with an SMS to the registered number."""

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Officer
from portal.db import Database
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.complaints.cases import Case, file_case
from tests.desk.responding.doing import letters, path_of
from tests.page import Client


@pytest.mark.institution("kredi360")
def test_a_payment_received_and_then_booked_is_told_by_sms_to_the_registered_number(
    client: Client, agent: Officer, house: Database, profile: Institution
) -> None:
    """K3-26, K3-27, K3-30: never to the number that stands only in the customer's form."""
    case = file_case(house, profile, topic="payment_confirmation")
    client.get(path_of(case)).form(path_of(case, "payment-received")).submit()
    (letter,) = letters(house, case, NoticeKind.PAYMENT_RECEIVED)
    assert "SMS" in letter
    page = client.get(path_of(case, "payment-booked"))
    assert page.one("#phone")["value"] == ""
    refused = page.form(path_of(case, "payment-booked")).fill(phone="0813 1111 2222").submit(status=422)
    assert refused.errors == ["Confirm that the number stands in our own records"]
    refused.form(path_of(case, "payment-booked")).fill(confirmed=True).submit()
    with house.session() as session:
        row = session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.PAYMENT_BOOKED)).one()
        told = open_box(session, row.key_id).open(row)
    assert (row.channel, told["address"]) == ("sms", "+6281311112222")
    assert "1250000" not in told["body"] and "1.250.000" not in told["body"]


@pytest.mark.institution("kredi360")
def test_a_payment_is_told_only_where_one_is_awaited(client: Client, agent: Officer, case: Case) -> None:
    assert not client.get(path_of(case)).all(f"form[action='{path_of(case, 'payment-received')}']")
    assert client.get(path_of(case, "payment-booked")).url.endswith(str(case.complaint_id))
