"""What officers do with an invented complaint before they answer it."""

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from portal.complaints import checks, documents, extending, handling, messages, passing
from portal.complaints.linking import service as linking
from portal.complaints.models import Pass
from portal.demo.scene import Act, Scene
from portal.evidence import queries as evidence
from portal.sealing import open_box
from portal.workdays.rules import local_day


def _take(scene: Scene) -> None:
    handling.take(scene.session, scene.complaint, **scene.by_officer)


def _verify(scene: Scene) -> None:
    checks.verify(
        scene.session,
        scene.complaint,
        party=scene.party,
        compared=scene.told["compared"],
        agreed=True,
        remark=None,
        profile=scene.profile,
        **scene.by_officer,
    )


def _accept(scene: Scene) -> None:
    """Everything that the customer has brought so far is taken for what it is to show."""
    assert scene.complaint.folder_id is not None
    box = open_box(scene.session, scene.complaint.key_id)
    for document in evidence.documents(scene.session, scene.complaint.folder_id, box):
        documents.accept(scene.session, scene.complaint, document, **scene.by_officer)


def _check(scene: Scene) -> None:
    told = scene.told
    checks.record_check(scene.session, scene.complaint, system=told["system"], found=told["found"], **scene.by_officer)


def _note(scene: Scene) -> None:
    messages.note(scene.session, scene.complaint, text=scene.told["text"], **scene.by_officer)


def _write(scene: Scene) -> None:
    messages.write(
        scene.session,
        scene.complaint,
        text=scene.told["text"],
        interim=scene.told.get("interim", False),
        **scene.writing_to_them,
        **scene.by_officer,
    )


def _pass_on(scene: Scene) -> None:
    passing.pass_on(
        scene.session,
        scene.complaint,
        division=scene.told["division"],
        question=scene.told["question"],
        due_on=local_day(scene.at, scene.profile.zone) + timedelta(days=scene.told["within_days"]),
        **scene.writing_to_them,
        **scene.by_officer,
    )


def _report_back(scene: Scene) -> None:
    report = scene.session.scalars(
        sa.select(Pass).where(Pass.complaint_id == scene.complaint.id, Pass.answered_at.is_(None))
    ).one()
    passing.report_back(scene.session, scene.complaint, report, text=scene.told["text"], **scene.by_officer)


def _involve(scene: Scene) -> None:
    told = scene.told
    passing.involve(scene.session, scene.complaint, party=told["party"], question=told["question"], **scene.by_officer)


def _extend(scene: Scene) -> None:
    extending.extend(
        scene.session,
        scene.complaint,
        ground=scene.told["ground"],
        party=scene.told.get("party"),
        **scene.writing_to_them,
        **scene.by_officer,
    )


def _merge(scene: Scene) -> None:
    into = scene.earlier[scene.told["into"]]
    linking.merge(scene.session, scene.complaint, into, **scene.writing_to_them, **scene.by_officer)


ACTS: Mapping[str, Act] = {
    "take": _take,
    "verify": _verify,
    "accept": _accept,
    "check": _check,
    "note": _note,
    "write": _write,
    "pass_on": _pass_on,
    "report_back": _report_back,
    "involve": _involve,
    "extend": _extend,
    "merge": _merge,
}
