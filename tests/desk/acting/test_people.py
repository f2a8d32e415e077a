"""Who the people of a case are: identity compared, contact entered, a power of attorney examined."""

from collections.abc import Callable

import pytest

from portal.db import Database
from portal.notices.rules import NoticeKind
from tests.accounts.people import Known, sign_in
from tests.complaints.cases import Case
from tests.desk.acting.doing import do, letters, of, path_of
from tests.page import Client

# ── identity ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "wrong", "right"),
    [
        ("en", "This does not establish who it is: compare more", "Identity established"),
        ("id", "Ini belum memastikan identitasnya: cocokkan data lain", "Identitas pasti"),
    ],
)
def test_a_full_name_alone_establishes_nobody(
    client: Client, agent: Known, case: Case, lang: str, wrong: str, right: str
) -> None:
    """K3-03, K3-13, KF-13: any one of the marks is enough, except the name."""
    sign_in(client, agent, lang)
    refused = do(client, case, "verify", lang=lang, compared=["full_name"], agreed="yes", remark="Baik", status=422)
    assert refused.errors == [wrong]
    page = refused.form().fill(compared=["full_name", "phone"]).submit()
    people = page.one("[aria-labelledby=party-1]").text
    assert right in people and agent.name in people


def test_an_identity_that_does_not_agree_is_recorded_as_such(client: Client, agent: Known, case: Case) -> None:
    sign_in(client, agent)
    page = do(client, case, "verify", compared=["full_name"], agreed="no")
    assert "Identity does not agree" in page.text and "Tell them nothing from our records." in page.text


@pytest.mark.institution("muamalat")
def test_where_a_document_is_asked_for_nothing_else_establishes_identity(
    client: Client, agent: Known, case: Case
) -> None:
    """SQ-14, BM-12."""
    sign_in(client, agent)
    page = client.get(path_of(case, "verify"))
    assert [box["value"] for box in page.all("[name=compared]")] == ["document"]
    assert "Identity established" in do(client, case, "verify", compared=["document"], agreed="yes").text


@pytest.mark.institution("kredifazz")
def test_the_customer_is_asked_to_call(client: Client, agent: Known, house: Database, case: Case) -> None:
    """KF-24: where identity cannot be verified in writing, the user is told to call the service number."""
    sign_in(client, agent)
    client.get(path_of(case)).form(path_of(case, "call-us")).submit()
    (letter,) = letters(house, case, NoticeKind.CALL_US)
    assert "021-5089-0517" in letter.replace("\u00a0", " ") and case.number in letter
    assert "siti" not in letter.lower().replace("yth. siti rahmawati", "")
    assert of(house, case).first_response_at is not None


@pytest.mark.institution("kredifazz")
def test_who_was_not_recognised_can_still_be_asked_to_call_and_who_was_needs_not(
    client: Client, agent: Known, house: Database, case: Case
) -> None:
    sign_in(client, agent)
    marks = [box["value"] for box in client.get(path_of(case, "verify")).all("[name=compared]")]
    page = do(client, case, "verify", compared=marks, agreed="no")
    page.form(path_of(case, "call-us")).submit()
    assert len(letters(house, case, NoticeKind.CALL_US)) == 1
    do(client, case, "verify", compared=marks, agreed="yes")
    assert not client.get(path_of(case)).all('form[action$="/call-us"]')


# ── somebody acts for the customer ───────────────────────────────────────────────────────────────


def test_the_customers_contact_from_our_records_tells_them_at_once(
    client: Client, agent: Known, house: Database, represented: Case
) -> None:
    """SQ-21: nothing goes to a contact that only the representative gave; our own is written to, and says who acts."""
    sign_in(client, agent)
    assert "given by the representative only" in client.get(path_of(represented)).text
    assert len(letters(house, represented, NoticeKind.RECEIPT)) == 1
    refused = do(client, represented, "contact", status=422)
    assert refused.errors == ["Enter an e-mail address or a phone number from our records"]
    page = refused.form().fill(email="siti.asli@example.id").submit()
    assert "from our own records" in page.text
    told = [text for text in letters(house, represented, NoticeKind.RECEIPT) if "Yth. Siti Rahmawati" in text]
    assert len(told) == 1 and "Andi Wijaya" in told[0] and "hubungi kami" in told[0]


ALL_POINTS = ["parties", "matter", "signed", "customer_id", "representative_id"]


def test_a_power_is_rejected_with_what_would_mend_it_then_accepted(
    client: Client, agent: Known, house: Database, represented: Case
) -> None:
    """SQ-18, BM-17: against the list; accepted with scope and end, or rejected with what would mend it."""
    sign_in(client, agent)
    lacks = do(client, represented, "power", points=["parties"], decision="yes", status=422)
    assert lacks.errors == ["To be accepted it must also show: It names this complaint or its matter"]
    silent = lacks.form().fill(decision="no").submit(status=422)
    assert silent.errors == ["Write what would mend it"]
    page = silent.form().fill(mending="Tanda tangan pemberi kuasa belum ada").submit()
    assert "Rejected" in page.one("[aria-labelledby=power]").text
    (letter,) = letters(house, represented, NoticeKind.AUTHORITY_DECIDED)
    assert "cannot accept it" in letter and "Tanda tangan" not in letter
    page = do(
        client,
        represented,
        "power",
        points=ALL_POINTS,
        decision="yes",
        scope="Mengurus pengaduan ini saja",
        **{"ends_on-d": "31", "ends_on-m": "12", "ends_on-y": "2026"},
    )
    power = page.one("[aria-labelledby=power]").text
    assert "Accepted" in power and "Mengurus pengaduan ini saja" in power and "31 December 2026" in power
    assert not page.all(f"a[href={path_of(represented, 'power')}]")


def test_the_customers_no_ends_what_the_representative_may_do(
    client: Client, another: Callable[..., Client], agent: Known, represented: Case
) -> None:
    sign_in(client, agent)
    page = do(client, represented, "revocation", how="Nasabah menelepon hari ini")
    assert "Revoked by the customer" in page.one("[aria-labelledby=power]").text
    assert not page.all(f"a[href={path_of(represented, 'revocation')}]")
