"""Operators' commands on single complaints."""

import contextlib
from uuid import UUID

import click
import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from portal import clock
from portal.accounts.queries import officer_known_as
from portal.complaints import authority, parties, service
from portal.complaints.models import Complaint
from portal.complaints.numbers import WrongNumber, read_number
from portal.complaints.rules import NotAllowed
from portal.complaints.states import ContactSource
from portal.db import Session, writing
from portal.sealing import KeyDestroyed
from portal.web.floor import floor, institution, settings
from portal.web.typed import read_phone


@click.group()
def complaints() -> None:
    """Act on a single complaint."""


@complaints.command()
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@with_appcontext
def erase(number: str, yes: bool) -> None:
    """Erase a complaint for good: its key, indexes, codes and sessions. Chain and counts stay true."""
    with floor().database.session() as session:
        complaint = complaint_with(session, number, institution().prefix)
        if not yes:
            click.confirm("What the customer wrote can never be read again. Erase it?", abort=True)
        try:
            service.erase(session, writing(session, complaint), now=clock.now())
        except service.KeptForForum:
            raise click.ClickException(
                "The customer has taken this to a forum: it is kept until a manager of customer service ends that."
            ) from None
        session.commit()
    click.echo("Erased.")


@complaints.command()
@click.argument("number")
@click.option("--officer", "address", required=True, help="E-mail address of the officer who looked into the records.")
@with_appcontext
def contact(number: str, address: str) -> None:
    """Enter a represented customer's contact from the institution's own records, and write to them at once.

    E-mail address and telephone number are asked for, one of them may be left empty. They are no options: a
    command line stays in the shell's history and shows in the list of processes.
    """
    with floor().database.session() as session:
        complaint = complaint_with(session, number, institution().prefix)
        officer = officer_known_as(session, address)
        if officer is None:
            raise click.ClickException("There is no active officer with this e-mail address.")
        if parties.customer_of(session, complaint.id).contact is ContactSource.OWN:
            raise click.ClickException("The customer gave their contact themselves; it stays as they gave it.")
        # Nothing stays open while somebody types.
        session.rollback()
        email = click.prompt("E-mail address", default="", show_default=False, value_proc=_email)
        phone = click.prompt("Telephone number", default="", show_default=False, value_proc=_phone)
        if not email and not phone:
            raise click.ClickException("Without an address and a number there is nothing to enter.")
        try:
            authority.record_contact(
                session,
                writing(session, complaint),
                email=email,
                phone=phone,
                profile=institution(),
                base_url=settings().base_url,
                officer=officer,
                now=clock.now(),
            )
        except NotAllowed:
            raise click.ClickException("This officer may not enter a contact: an agent or a manager may.") from None
        except KeyDestroyed:
            raise click.ClickException("This complaint was erased.") from None
        session.commit()
    click.echo("Entered. The customer's receipt is on its way to them.")


def _email(typed: str) -> str | None:
    if not typed.strip():
        return None
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise click.BadParameter("write it in full, for example siti@example.id") from None


def _phone(typed: str) -> str | None:
    if not typed.strip():
        return None
    try:
        return read_phone(typed)
    except ValueError:
        raise click.BadParameter("write one that can be called, for example 0812 3456 7890") from None


def find_case(session: Session, named: str) -> UUID | None:
    """The id of the complaint that an operator names by registration number or id."""
    with contextlib.suppress(ValueError):
        return UUID(named)
    return complaint_with(session, named, institution().prefix).id


def complaint_with(session: Session, number: str, prefix: str) -> Complaint:
    """The complaint with this registration number. Raises `click.ClickException` where there is none."""
    try:
        read = read_number(number, prefix)
    except WrongNumber:
        raise click.ClickException("This number was mistyped: its check character does not fit.") from None
    found = read and session.scalar(sa.select(Complaint).where(Complaint.registration == read.canonical))
    if not found:
        raise click.ClickException("There is no complaint with this number.")
    return found
