"""Operators' commands on officers: `flask --app wsgi officer …`."""

import click
import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from portal import clock
from portal.accounts import officers, queries
from portal.accounts.models import OfficerAccount
from portal.accounts.rules import (
    INVITATION_LIFETIME,
    BadRoles,
    EmailTaken,
    LastAdministrator,
    OfficerRole,
    RolesFault,
    plain_email,
)
from portal.db import Session
from portal.web.floor import floor, institution, settings
from portal.words import LANGUAGES

FAULTS = {
    RolesFault.NO_ROLE: "An officer needs at least one --role.",
    RolesFault.NO_DIVISION: "A division_member needs at least one --division.",
    RolesFault.DIVISION_WITHOUT_ROLE: "A --division goes only with --role division_member.",
    RolesFault.UNKNOWN_DIVISION: "The institution's profile has no such division.",
}


@click.group()
def officer() -> None:
    """Add, list and disable the officers of the desk."""


@officer.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice([str(role) for role in OfficerRole]))
@click.option("--division", "divisions", multiple=True, help="A division of the institution's profile, by its code.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@with_appcontext
def add(email: str, name: str, roles: tuple[str, ...], divisions: tuple[str, ...], language: str) -> None:
    """Add an officer and print the link by which they choose their password; it is mailed too where mail is set up."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise click.ClickException(f"{email} is not an e-mail address.") from None
    if not name.strip():
        raise click.ClickException("The officer needs a name.")
    now = clock.now()
    with floor().database.session() as session:
        session.begin_write()
        try:
            account = officers.add(
                session,
                email=address,
                name=" ".join(name.split()),
                language=language,
                roles=[OfficerRole(role) for role in roles],
                divisions=divisions,
                profile=institution(),
                now=now,
            )
        except BadRoles as refusal:
            raise click.ClickException(FAULTS[refusal.fault]) from None
        except EmailTaken:
            raise click.ClickException("Another officer has this e-mail address.") from None
        link = _invite(session, account)
        session.commit()
    _tell(link)


@officer.command("list")
@with_appcontext
def list_officers() -> None:
    """List every officer with their roles, divisions and state."""
    with floor().database.session() as session:
        for person in queries.people(session, now=clock.now()):
            roles = ", ".join([*person.roles, *person.divisions])
            click.echo(f"{person.email}  {person.name}  {roles}  {person.state}")


@officer.command()
@click.argument("email")
@with_appcontext
def disable(email: str) -> None:
    """Shut an officer out at once: every session of theirs ends."""
    with floor().database.session() as session:
        account = _officer_with(session, email)
        session.begin_write()
        try:
            officers.disable(session, account.id, now=clock.now())
        except LastAdministrator:
            raise click.ClickException("This is the last administrator. Add another one first.") from None
        session.commit()
    click.echo("Disabled.")


@officer.command("reset-second-factor")
@click.argument("email")
@with_appcontext
def reset_second_factor(email: str) -> None:
    """Remove an officer's second factors and print a new invitation: password and factor are chosen anew."""
    with floor().database.session() as session:
        found = _officer_with(session, email)
        if found.disabled_at is not None:
            raise click.ClickException("This officer is disabled.")
        session.begin_write()
        link = _invite(session, officers.reset_factors(session, found.id, now=clock.now()))
        session.commit()
    _tell(link)


def _invite(session: Session, account: OfficerAccount) -> str:
    return officers.invite(
        session,
        account,
        base_url=settings().base_url,
        mailed=settings().smtp_url is not None,
        profile=institution(),
        now=clock.now(),
    )


def _tell(link: str) -> None:
    hours = int(INVITATION_LIFETIME.total_seconds() // 3600)
    click.echo(f"Give this link to the officer. It works once, within {hours} hours:\n{link}")


def _officer_with(session: Session, email: str) -> OfficerAccount:
    found = session.scalar(sa.select(OfficerAccount).where(OfficerAccount.email == plain_email(email)))
    if found is None:
        raise click.ClickException("There is no officer with this e-mail address.")
    return found
