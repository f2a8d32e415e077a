"""The operators' commands on single complaints, as an operator runs them."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from portal.accounts.rules import OfficerRole
from portal.complaints.models import Complaint, Party
from portal.complaints.rules import Role
from portal.complaints.states import ContactSource
from portal.db import Database, writing
from portal.institution.models import Institution
from portal.notices.models import Notice
from portal.notices.rules import NoticeKind
from portal.sealing import open_box
from tests.accounts.people import an_invitation
from tests.builders import NOW
from tests.complaints.cases import Case, file_case
from tests.complaints.test_completeness import acting

AGENT, AUDITOR = "ratna@bank.example.id", "auditor@bank.example.id"
Run = Callable[..., Result]


@dataclass(frozen=True)
class Told:
    """A letter as it was written."""

    kind: NoticeKind
    party_id: object
    language: str
    address: str
    body: str


@pytest.fixture
def house(app: Flask) -> Database:
    return app.extensions["aduan"].database


@pytest.fixture
def represented(house: Database, profile: Institution) -> Case:
    """Budi Santoso has filed for Siti Rahmawati, whose contact only he gave."""
    an_invitation(house, profile, OfficerRole.AGENT, email=AGENT)
    an_invitation(house, profile, OfficerRole.AUDITOR, email=AUDITOR)
    return file_case(house, profile, representation=acting())


@pytest.fixture
def run(app: Flask) -> Run:
    """`complaints contact`, with what the operator types when asked."""

    def contact(number: str, *typed: str, officer: str = AGENT) -> Result:
        arguments = ["complaints", "contact", number, "--officer", officer]
        return app.test_cli_runner().invoke(args=arguments, input="".join(f"{line}\n" for line in typed))

    return contact


def letters(house: Database) -> list[Told]:
    with house.session() as session:
        rows = session.scalars(
            sa.select(Notice).where(Notice.kind != NoticeKind.OFFICER_INVITATION).order_by(Notice.created_at, Notice.id)
        ).all()
        told = [(row, open_box(session, row.key_id).open(row)) for row in rows]
        return [Told(row.kind, row.party_id, row.language, each["address"], each["body"]) for row, each in told]


def customer(house: Database) -> Party:
    with house.session() as session:
        return session.scalars(sa.select(Party).where(Party.role == Role.CUSTOMER)).one()


def test_a_represented_customer_gets_their_receipt_once_their_contact_is_entered(
    represented: Case, house: Database, run: Run, app: Flask
) -> None:
    """SQ-21: until then nothing is written to the address that only the representative gave."""
    assert [one.address for one in letters(house)] == ["budi@example.id"]
    done = run(represented.number, "siti.asli@example.id", "0812 1111 4419")
    assert done.exit_code == 0, done.output
    assert done.output.endswith("Entered. The customer's receipt is on its way to them.\n")
    receipt = letters(house)[-1]
    assert (receipt.kind, receipt.address) == (NoticeKind.RECEIPT, "siti.asli@example.id")
    assert "Budi Santoso mengajukan pengaduan kepada kami atas nama Anda." in receipt.body
    assert represented.number in receipt.body
    assert customer(house).contact is ContactSource.RECORDS
    assert app.test_cli_runner().invoke(args=["history", "verify", "--case", represented.number]).exit_code == 0


def test_a_contact_that_was_wrong_is_entered_again(represented: Case, house: Database, run: Run) -> None:
    assert run(represented.number, "salah@example.id", "").exit_code == 0
    assert run(represented.number, "", "+62 812 1111 4419").exit_code == 0
    assert [one.address for one in letters(house)] == ["budi@example.id", "salah@example.id", "+6281211114419"]


def test_what_is_mistyped_is_asked_for_once_more(represented: Case, house: Database, run: Run) -> None:
    done = run(represented.number, "siti@", "siti.asli@example.id", "0812", "")
    assert done.exit_code == 0, done.output
    assert "write it in full, for example siti@example.id" in done.output
    assert "write one that can be called, for example 0812 3456 7890" in done.output
    assert letters(house)[-1].address == "siti.asli@example.id"


@pytest.mark.parametrize(
    ("officer", "typed", "sentence"),
    [
        ("nobody@bank.example.id", (), "There is no active officer with this e-mail address."),
        (
            AUDITOR,
            ("siti.asli@example.id", ""),
            "This officer may not enter a contact: an agent or a manager may.",
        ),
        (AGENT, ("", ""), "Without an address and a number there is nothing to enter."),
    ],
)
def test_what_cannot_be_entered_changes_nothing(
    represented: Case, house: Database, run: Run, officer: str, typed: tuple[str, ...], sentence: str
) -> None:
    done = run(represented.number, *typed, officer=officer)
    assert done.exit_code == 1
    assert sentence in done.output
    assert customer(house).contact is ContactSource.REPRESENTATIVE
    assert len(letters(house)) == 1


def test_whoever_complains_for_themselves_keeps_the_contact_that_they_gave(
    represented: Case, house: Database, profile: Institution, run: Run
) -> None:
    own = file_case(house, profile)
    done = run(own.number, "lain@example.id", "")
    assert "The customer gave their contact themselves; it stays as they gave it." in done.output
    assert "lain@example.id" not in {one.address for one in letters(house)}


def test_an_erased_complaint_takes_no_contact(represented: Case, house: Database, run: Run) -> None:
    from portal.complaints.service import erase

    with house.session() as session:
        erase(session, writing(session, session.get_one(Complaint, represented.complaint_id)), now=NOW)
        session.commit()
    done = run(represented.number, "siti.asli@example.id", "")
    assert (done.exit_code, "This complaint was erased." in done.output) == (1, True)
