"""`history`: what an operator or auditor asks of the chains."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext

from portal.db import Session
from portal.history.checking import Report, check
from portal.history.models import every_subject
from portal.history.reading import logs_of
from portal.history.rules import Fault, FaultKind
from portal.history.shelf import Shelf
from portal.web.floor import floor

# The id of the subject that an operator names, or None for a name that no subject can have.
FindSubject = Callable[[Session, str], UUID | None]

# What each fault means, said of the history of one case.
SAYS = {
    FaultKind.EDITED: "entry {seq} was edited after it was written",
    FaultKind.CONTENT: "the sealed content of entry {seq} was changed or exchanged",
    FaultKind.DELETED: "{entries} deleted",
    FaultKind.CUT: "the tail was cut: {entries} deleted",
    FaultKind.REORDERED: "entry {seq} was written as entry {true_seq}: it was reordered",
    FaultKind.MOVED: "entry {seq} was moved here from the history of {other}",
    FaultKind.FORGED: "entry {seq} carries a mac that was computed without the key: it was inserted or replaced",
    FaultKind.SPLICED: "entry {seq} was written after another entry than the one before it",
    FaultKind.REPLAYED: "the row is older than its history, which goes on to entry {last_seq}: it was set back",
    FaultKind.UNSEALED: "count or head on the row were set without the key, as after cutting the tail",
    FaultKind.ORPHANED: "the row is gone, but its history ({last_seq} entries) is still there",
    FaultKind.GONE: "row and history are gone, but an anchor knows them",
    FaultKind.BEHIND_ANCHOR: "the anchor of {anchor} counts {last_seq} entries, the row fewer: the tail was cut",
    FaultKind.OTHER_THAN_ANCHOR: "entry {seq} is not the one that the anchor of {anchor} saw: it was replaced",
    FaultKind.CHAIN_KEY: "entry {seq} cannot be checked: the chain key {name!r} is not in the ring",
    FaultKind.DATA_KEY: "the data key is missing, changed or another case's, and was not destroyed by an erasure",
    FaultKind.ANCHOR_EDITED: "the anchor of {anchor} was edited in the database",
    FaultKind.ANCHOR_DELETED: "the anchor of {anchor} was deleted from the database; its copy is still there",
    FaultKind.ANCHOR_UNLINKED: "the anchor of {anchor} does not follow the one before it: one between them is gone",
    FaultKind.COPY_MISSING: "the kept copy of the anchor of {anchor} is missing",
    FaultKind.COPY_CHANGED: "the kept copy {name} was changed, or was not made by us",
}


def commands(find: FindSubject) -> click.Group:
    """The group `history`; `find` reads what an operator calls a case."""

    @click.group("history")
    def group() -> None:
        """The histories of cases: complete, and as they were written."""

    @group.command()
    @click.option("--case", "named", metavar="ID", help="Check only this case.")
    @click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
    @with_appcontext
    def verify(named: str | None, as_json: bool) -> None:
        """Check every history against its row and the anchors; exits with 1 when anything was changed."""
        with floor().database.session() as session:
            subject_id = None if named is None else find(session, named)
            if named is not None and subject_id is None:
                raise click.ClickException("There is no such case.")
            only = None if subject_id is None else (subject_id, *logs_of(session, subject_id))
            report = check(session, every_subject(), shelf=Shelf.at(floor().settings.evidence_url), only=only)
        if subject_id is not None and not report.subjects and not report.found:
            raise click.ClickException("There is no such case.")
        click.echo(json.dumps(as_data(report)) if as_json else as_text(report))
        if report.found:
            raise SystemExit(1)

    return group


def by_id(_session: Session, named: str) -> UUID | None:
    """The id that was named, if it is one."""
    try:
        return UUID(named)
    except ValueError:
        return None


def says(fault: Fault) -> str:
    """One sentence on a fault, without its subject."""
    where = asdict(fault) | {"anchor": fault.anchor or fault.name}
    last = fault.last_seq or fault.seq
    where["entries"] = f"entry {fault.seq} was" if fault.seq == last else f"entries {fault.seq} to {last} were"
    return SAYS[fault.kind].format(**where)


def as_text(report: Report) -> str:
    """The report for people: one line a fault, the totals last."""
    lines = [f"{fault.subject_id or 'anchors'}: {says(fault)}." for fault in report.faults]
    if report.found > len(report.faults):
        lines.append(f"And {report.found - len(report.faults):,} more.")
    last = f", the last of {report.anchored_on}" if report.anchored_on else ""
    erased = f" ({report.erased:,} erased)" if report.erased else ""
    lines.append(
        f"{_counted(report.subjects, 'history', 'histories')}{erased}, "
        f"{_counted(report.entries, 'entry', 'entries')}, {_counted(report.anchors, 'anchor', 'anchors')}{last}: "
        + (f"{_counted(report.found, 'fault', 'faults')}." if report.found else "nothing was changed.")
    )
    return "\n".join(lines)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def as_data(report: Report) -> dict[str, Any]:
    """The report for programs."""
    return {
        "subjects": report.subjects,
        "entries": report.entries,
        "erased": report.erased,
        "anchors": report.anchors,
        "anchored_on": report.anchored_on and report.anchored_on.isoformat(),
        "found": report.found,
        "faults": [_as_data(fault) for fault in report.faults],
    }


def _as_data(fault: Fault) -> dict[str, Any]:
    known = {name: value for name, value in asdict(fault).items() if value is not None}
    plain = {name: value if isinstance(value, int) else str(value) for name, value in known.items()}
    return plain | {"says": says(fault)}


history = commands(by_id)
