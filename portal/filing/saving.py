"""What a page sent, put into its draft beside what other windows have put there (service of the room, cut by noun)."""

from collections.abc import Mapping
from datetime import datetime

from portal.db import Session
from portal.filing.merging import Traces
from portal.filing.models import Draft
from portal.filing.queries import OpenDraft
from portal.filing.rules import Answer, Slug
from portal.filing.service import refuse_unless_open, save
from portal.institution.models import Institution
from portal.sealing import open_box


def traces(session: Session, draft: Draft | OpenDraft) -> dict[str, Traces]:
    """Who wrote what into each part of the draft, and what waits beside it for a choice.

    A part is what one form asks: a step, or one of several rows of it.
    """
    if draft.windows is None:
        return {}
    told = open_box(session, draft.key_id).open_from(Draft.__tablename__, draft.id, draft.windows, "windows")
    return {part: Traces.from_json(one) for part, one in told.items()}


def keep(
    session: Session,
    draft: Draft,
    slug: Slug,
    answer: Answer,
    *,
    traces: Mapping[str, Traces],
    language: str,
    profile: Institution,
    now: datetime,
) -> None:
    """Keep a step's answer together with all traces of the draft. Raises `AlreadySent`; the caller commits."""
    save(session, draft, slug, answer, language=language, profile=profile, now=now)
    trace(session, draft, traces)


def forget_row(session: Session, draft: Draft, name: str, number: int) -> None:
    """A row of a step was taken out and the later ones moved up: so do their traces. The caller commits."""
    if draft.windows is None:
        return
    refuse_unless_open(session, draft)
    moved = {}
    for part, one in traces(session, draft).items():
        step, _, row = part.rpartition("-")
        if step != name or not row.isdigit() or int(row) < number:
            moved[part] = one
        elif int(row) > number:
            moved[f"{step}-{int(row) - 1}"] = one
    trace(session, draft, moved)


def trace(session: Session, draft: Draft, traces: Mapping[str, Traces]) -> None:
    """Keep all traces of a draft that is held. The caller commits."""
    open_box(session, draft.key_id).seal(
        draft, {part: one.to_json() for part, one in traces.items() if one.by or one.beside}, "windows"
    )
    session.flush()
