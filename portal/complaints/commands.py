"""Operators' commands on single complaints."""

import contextlib
from uuid import UUID

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from portal import clock
from portal.complaints import service
from portal.complaints.models import Complaint
from portal.complaints.numbers import WrongNumber, read_number
from portal.db import Session, writing
from portal.web.floor import floor, institution


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
