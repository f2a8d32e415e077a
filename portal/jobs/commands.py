"""The operators' commands of the job table: `flask --app wsgi jobs …`."""

import json
from uuid import UUID

import click
from flask.cli import with_appcontext

from portal import clock
from portal.jobs import queries, service
from portal.jobs.rules import NotDead
from portal.web.floor import floor


@click.group()
def jobs() -> None:
    """Look at the background jobs and revive the dead ones."""


@jobs.command()
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@with_appcontext
def status(as_json: bool) -> None:
    """Say how many jobs are in each state, and how long the oldest has waited."""
    with floor().database.session() as session:
        counts = queries.counts(session)
        waited = queries.oldest_waiting_age(session)
        done = queries.last_done_age(session)
    if as_json:
        ages = {
            "oldest_waiting_seconds": None if waited is None else round(waited.total_seconds(), 1),
            "last_done_seconds": None if done is None else round(done.total_seconds(), 1),
        }
        click.echo(json.dumps({"jobs": counts, **ages}))
        return
    for state, number in counts.items():
        click.echo(f"{state:8} {number}")
    if waited is not None:
        click.echo(f"The oldest job that is due has waited for {waited.total_seconds():.0f} s.")
    if done is not None:
        click.echo(f"A worker last finished a job {done.total_seconds():.0f} s ago.")


@jobs.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@with_appcontext
def dead(limit: int, as_json: bool) -> None:
    """List the jobs that were given up, the latest first."""
    with floor().database.session() as session:
        found = [
            {
                "id": str(job.id),
                "kind": job.kind,
                "tries": job.tries,
                "error": job.error,
                "died_at": job.settled_at.isoformat(timespec="seconds") if job.settled_at else None,
                "payload": job.payload,
            }
            for job in queries.dead(session, limit=limit)
        ]
    if as_json:
        click.echo(json.dumps(found))
        return
    for job in found:
        click.echo(f"{job['id']}  {job['died_at']}  {job['kind']}  {job['error']} after {job['tries']} tries")
    if not found:
        click.echo("No job is dead.")


@jobs.command()
@click.argument("job_id", type=click.UUID, required=False)
@click.option("--kind", help="Revive all dead jobs of this kind instead of one.")
@with_appcontext
def revive(job_id: UUID | None, kind: str | None) -> None:
    """Let the dead job JOB_ID, or all of one --kind, run again with all their tries."""
    if (job_id is None) == (kind is None):
        raise click.UsageError("Name either one job or a --kind.")
    with floor().database.session() as session:
        session.begin_write()
        if kind is not None:
            revived = service.revive_all(session, kind, now=clock.now())
        else:
            assert job_id is not None
            try:
                service.revive(session, job_id, now=clock.now())
            except NotDead:
                raise click.ClickException("There is no dead job with this id.") from None
            revived = 1
        session.commit()
    click.echo(f"{revived} jobs will run again.")
