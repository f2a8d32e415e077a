"""What an invented customer does after filing: brings, writes, takes back, decides, objects, turns to a forum."""

from collections.abc import Mapping
from datetime import timedelta

from portal.complaints import messages, service
from portal.complaints.disputes import deciding, drafts, forums, objecting
from portal.complaints.disputes.withdrawing import withdraw
from portal.db import uuid7
from portal.demo.scene import Act, Scene
from portal.evidence import fingerprints
from portal.evidence import service as evidence
from portal.evidence.queries import documents
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.sealing import open_box
from portal.workdays.rules import local_day


def _bring(scene: Scene) -> None:
    came, purposes = uuid7(), scene.told["documents"]
    for purpose in purposes:
        service.add_documents(
            scene.session,
            scene.complaint,
            purpose=purpose,
            delivery=came,
            more=purpose != purposes[-1],
            arrived=[scene.draw(purpose)],
            limits=evidence.limits_of(scene.profile.uploads),
            scanner=scanner_of(scene.floor.settings),
            base_url=scene.floor.settings.base_url,
            **scene.by_party,
        )


def _reply(scene: Scene) -> None:
    messages.reply(scene.session, scene.complaint, text=scene.told["text"], **scene.by_party)


def _withdraw(scene: Scene) -> None:
    withdraw(scene.session, scene.complaint, base_url=scene.floor.settings.base_url, **scene.by_party)


def _agree(scene: Scene) -> None:
    deciding.agree(scene.session, scene.complaint, base_url=scene.floor.settings.base_url, **scene.by_party)


def _disagree(scene: Scene) -> None:
    deciding.disagree(scene.session, scene.complaint, base_url=scene.floor.settings.base_url, **scene.by_party)


def _rate(scene: Scene) -> None:
    deciding.rate(scene.session, scene.complaint, satisfaction=scene.told["satisfaction"], **scene.by_party)


def _object(scene: Scene) -> None:
    """Objects with a letter that nobody here has seen, whose pages are compared with all that came before."""
    session, complaint, settings = scene.session, scene.complaint, scene.floor.settings
    draft = drafts.save(session, complaint, party=scene.party, words=scene.told["words"], now=scene.at)
    drafts.bring(
        session,
        complaint,
        draft,
        purpose=scene.told["purpose"],
        delivery_id=uuid7(),
        arrived=[scene.draw_letter(scene.told["letter"])],
        limits=evidence.limits_of(scene.profile.uploads),
        scanner=scanner_of(settings),
        now=scene.at,
    )
    opened = objecting.lodge(session, complaint, draft, base_url=settings.base_url, **scene.by_party)
    assert complaint.folder_id is not None
    compared_at = scene.at + objecting.FIRST_LOOK
    for document in documents(session, complaint.folder_id, open_box(session, complaint.key_id)):
        fingerprints.note(session, document.id, depot=Depot.at(settings.evidence_url), now=compared_at)
    objecting.look(session, complaint, opened, now=compared_at)


def _tell_forum(scene: Scene) -> None:
    forums.tell(
        scene.session,
        scene.complaint,
        forum=scene.told["forum"],
        taken_on=local_day(scene.at, scene.profile.zone) - timedelta(days=scene.told["days_ago"]),
        reference=scene.told.get("reference"),
        **scene.by_party,
    )


ACTS: Mapping[str, Act] = {
    "bring": _bring,
    "reply": _reply,
    "withdraw": _withdraw,
    "agree": _agree,
    "disagree": _disagree,
    "rate": _rate,
    "object": _object,
    "tell_forum": _tell_forum,
}
