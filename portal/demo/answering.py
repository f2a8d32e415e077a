"""The response to an invented complaint: after an investigation, at once, or a refusal; and the end of a question."""

from collections.abc import Mapping

from portal.complaints import completeness
from portal.complaints.disputes import deciding
from portal.complaints.responses import points, queries, refusing, service
from portal.complaints.responses.rules import Draft, Reply
from portal.complaints.states import AnswerKind, Outcome, PointState
from portal.demo.scene import Act, Scene
from portal.institution.rules import RefusalGround
from portal.sealing import open_box


def _answer(scene: Scene) -> None:
    session, complaint, told = scene.session, scene.complaint, scene.told
    points.break_down(session, complaint, [(None, one["point"]) for one in told["points"]], **scene.by_officer)
    box = open_box(session, complaint.key_id)
    opened = completeness.newest_round(session, complaint)
    replies = {
        there.id: Reply(PointState.ANSWERED, dict.fromkeys(scene.languages, one["reply"]))
        for there, one in zip(queries.points_of(session, box, opened.id), told["points"], strict=True)
    }
    draft = Draft(
        kind=AnswerKind.ANSWER,
        replies=replies,
        findings=dict.fromkeys(scene.languages, told["findings"]),
        outcomes=tuple(Outcome(code) for code in told["outcomes"]),
    )
    _send(scene, draft)


def _answer_at_once(scene: Scene) -> None:
    _send(scene, Draft(kind=AnswerKind.FIRST_LINE, words=dict.fromkeys(scene.languages, scene.told["words"])))


def _send(scene: Scene, draft: Draft) -> None:
    service.save(scene.session, scene.complaint, draft, **scene.by_officer)
    service.send(scene.session, scene.complaint, **scene.writing_to_them, **scene.by_officer)


def _refuse(scene: Scene) -> None:
    session, complaint, told = scene.session, scene.complaint, scene.told
    refusing.prepare(
        session,
        complaint,
        ground=RefusalGround(told["ground"]),
        words=dict.fromkeys(scene.languages, told["words"]),
        checked=told["checked"],
        finding=told["finding"],
        profile=scene.profile,
        **scene.by_officer,
    )
    refusing.refuse(session, complaint, **scene.writing_to_them, **scene.by_officer)


def _settle(scene: Scene) -> None:
    deciding.settle(scene.session, scene.complaint, **scene.writing_to_them, **scene.by_officer)


ACTS: Mapping[str, Act] = {
    "answer": _answer,
    "answer_at_once": _answer_at_once,
    "refuse": _refuse,
    "settle": _settle,
}
