"""What the pages of the journey show: each function gives one page's context."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import url_for

from portal import clock
from portal.complaints.models import Complaint
from portal.complaints.numbers import spelled
from portal.complaints.parties import parties_of
from portal.complaints.queries import person_in
from portal.complaints.recording import printed
from portal.complaints.rules import COMPLAINT, Role
from portal.complaints.standing import running
from portal.complaints.states import ContactSource
from portal.evidence import labels as evidence_labels
from portal.evidence import queries as evidence_queries
from portal.evidence.forms import FilesForm
from portal.evidence.rules import Filed, purposes_of
from portal.filing import service
from portal.filing.access import Mine
from portal.filing.forms.asking import Asking, StepForm
from portal.filing.forms.matter import TransactionForm
from portal.filing.handing_in import guided_of, papers_of
from portal.filing.labels import EXPOSED, NIK_DOUBTS, STANDING_MARKS, STANDINGS
from portal.filing.rules import (
    MOST_TRANSACTIONS,
    Answer,
    Slug,
    Told,
    guide_of,
    is_representing,
    is_short,
    kind_of,
    next_step,
    path,
    standings,
    step_before,
    topic_of,
    typed_rows,
)
from portal.filing.steps import Step, doubted_by, exposed_by, summary, titles, transaction_lines
from portal.filing.windows import opened
from portal.institution.calendars.queries import calendars
from portal.institution.deadlines import answer_by
from portal.institution.models import Institution
from portal.institution.profile.limits import Limit
from portal.notices.rules import Channel
from portal.sealing import open_box
from portal.web.floor import institution, session, settings
from portal.web.language import language
from portal.workdays.rules import Start

# ── every step ───────────────────────────────────────────────────────────────────────────────────


def asking(told: Told | None) -> Asking:
    """Who asks this request's questions."""
    return Asking(
        profile=institution(),
        language=language(),
        now=clock.now(),
        email_required=Channel.SMS not in settings().messages_by,
        told=told,
        whatsapp=Channel.WHATSAPP in settings().messages_by,
    )


def place(slug: Slug, told: Told | None) -> dict[str, Any]:
    """Where a step stands among the others, and what may be called a complaint on its page."""
    profile, code = institution(), language()
    steps, before = path(told, profile), step_before(slug, told, profile)
    if slug not in steps:
        # The page was opened before another window made this step unnecessary.
        steps = (*steps, slug)
    return {
        "here": slug,
        "here_url": step_url(slug, code),
        "steps": titles(steps, is_short(told, profile), code),
        "current": steps.index(slug) + 1,
        "back_url": step_url(before, code) if before else url_for("guidance.start"),
        "representing": is_representing(told, profile),
        "is_complaint": kind_of(told, profile) == COMPLAINT,
    }


@cache
def step_url(slug: Slug, code: str) -> str:
    """The address of a step in a language: every page needs several, and building one costs more than showing it."""
    return url_for("intake.step", lang=code, step=slug)


def step_page(here: Step, form: StepForm, told: Told | None, mine: Mine | None) -> dict[str, Any]:
    """A step's form, where it stands among the others, and what it shows besides."""
    page: dict[str, Any] = {"form": form, **place(here.slug, told), **typed_in(here, form)}
    match here.slug:
        case Slug.PRIVACY:
            page |= {"draft": mine and mine.draft, "going_on": next_step(told, institution())}
        case Slug.GUIDE | Slug.ADVICE if told:
            page |= _guide_page(told)
        case Slug.CHECK if told and mine:
            page |= _check_page(told, mine)
    return page


def typed_in(here: Step, form: StepForm) -> dict[str, Any]:
    """What a page carries whose form is saved while it is written: its window, and the form's id for other buttons."""
    if here.slug in (Slug.PRIVACY, Slug.CHECK):
        return {}
    return {"window": opened(form.window, form.groups()), "switch_form": "step"}


def _guide_page(told: Told) -> dict[str, Any]:
    """The guide of the topic, and how it stands with the time that it speaks of (K3-15, K3-16, K3-28)."""
    profile = institution()
    topic, guide = topic_of(told, profile), guide_of(told, profile)
    guided = guided_of(told, profile)
    page: dict[str, Any] = {"topic": topic, "guide": guide, "over_at": None, "over": False}
    if guide and guided and (over_at := guide.over_at(guided.moment)):
        page |= {"over_at": over_at, "over": over_at <= clock.now()}
        page["document"] = profile.documents[guide.document] if guide.document else None
    return page


def tasks_page(told: Told | None, mine: Mine) -> dict[str, Any]:
    """All steps with how they stand, so that a filing can be left and taken up again anywhere."""
    profile, code = institution(), language()
    found = standings(told, profile)
    names = titles(tuple(slug for slug, _ in found), is_short(told, profile), code)
    going_on = next_step(told, profile)
    reached = path(told, profile)
    open_until = reached.index(going_on)
    return {
        "tasks": [
            {
                "title": name,
                "url": step_url(slug, code) if slug in reached[: open_until + 1] else None,
                "hint": None,
                "tag": STANDINGS[standing],
                "kind": STANDING_MARKS[standing],
            }
            for name, (slug, standing) in zip(names, found, strict=True)
        ],
        "going_on_url": step_url(going_on, code),
        "at_the_check": going_on is Slug.CHECK,
        "draft": mine.draft,
    }


# ── transactions ─────────────────────────────────────────────────────────────────────────────────


def transaction_page(here: Step, form: TransactionForm, told: Told | None) -> dict[str, Any]:
    """The form of one transaction."""
    page = {"form": form, **place(here.slug, told), **typed_in(here, form)}
    if not form.alone:
        # From one of several the way back is their list.
        page["back_url"] = page["here_url"]
    return page | {"number": form.number, "several": not form.alone, "room": form.number < MOST_TRANSACTIONS}


def transactions_page(here: Step, form: StepForm, told: Told, answer: Answer) -> dict[str, Any]:
    """The transactions so far: each in words, or as one that is still to be corrected."""
    profile, code = institution(), language()
    reads: Sequence[Any] = answer.read["rows"] if answer.read else []
    rows = []
    for number in range(1, len(typed_rows(answer.typed)) + 1):
        read = reads[number - 1] if number <= len(reads) else None
        known = read if read and read["type"] in profile.transaction_types else None
        rows.append({"number": number, "lines": transaction_lines(known, profile, code) if known else []})
    return {"form": form, **place(here.slug, told), "rows": rows, "room": len(rows) < MOST_TRANSACTIONS}


# ── documents ────────────────────────────────────────────────────────────────────────────────────


def documents_page(here: Step, form: FilesForm, told: Told, mine: Mine) -> dict[str, Any]:
    return {
        **place(here.slug, told),
        **_papers_page(told, mine),
        "form": form,
        "limits": institution().uploads,
        "switch_form": "documents-form",
    }


def _papers_page(told: Told, mine: Mine) -> dict[str, Any]:
    """The draft's documents, those that it needs with whether they are there, and what else would help."""
    profile, code, found = institution(), language(), _found(mine)
    papers = papers_of(told, profile, now=clock.now())
    there = purposes_of(found)
    missing = papers.missing(there)
    return {
        "documents": evidence_labels.lines(found, profile, code),
        "checklist": [(one, one.code in there) for one in papers.required],
        "helpful": [one.label[code] for one in papers.others if one.code not in there],
        "missing": missing,
        "waiting": _waiting(kind_of(told, profile), profile) if missing else None,
    }


def _found(mine: Mine) -> list[Filed]:
    return evidence_queries.documents(session(), mine.draft.folder_id)


def _waiting(kind: str, profile: Institution) -> Limit | None:
    """The limit that begins only when the documents are complete, if there is one."""
    limits = profile.answer_limits(kind, profile.channels[profile.own_channel].form)
    return next((limit for limit in limits if limit.start is Start.COMPLETE), None)


# ── check and confirmation ───────────────────────────────────────────────────────────────────────


def _check_page(told: Told, mine: Mine) -> dict[str, Any]:
    """Everything that will be sent, what to look at once more, and by when we would answer."""
    asked, profile, now = asking(told), institution(), clock.now()
    papers = _papers_page(told, mine)
    moments = {Start.RECEIVED: now} if papers["missing"] else {Start.RECEIVED: now, Start.COMPLETE: now}
    form = profile.channels[profile.own_channel].form
    days = calendars(session()).of
    binding = answer_by(profile, kind_of(told, profile), form, moments, calendars=days).binding
    cautions = [(EXPOSED[what], slug) for what, slug in exposed_by(told, profile)]
    cautions += [(NIK_DOUBTS[what], slug) for what, slug in doubted_by(told, profile, today=asked.today)]
    return {
        "sections": summary(asked),
        "cautions": cautions,
        "answered_by": binding.counted_on if binding else None,
        **papers,
    }


def sent_page(mine: Mine, complaint: Complaint) -> dict[str, Any]:
    """The confirmation of what was sent (SQ-21, BM-10, BM-11): what to keep, what is missing, and what follows."""
    profile, code = institution(), language()
    access_code = service.kept_code(mine.draft, token=mine.token, now=clock.now())
    standing = running(session(), complaint.id)
    missing = profile.documents_named((asked.code for asked in standing.missing), code)
    page: dict[str, Any] = {
        "number": printed(complaint, profile),
        "spelled": spelled(complaint.registration, code),
        "code": access_code,
        # Kept still, but sealed for the browser that sent it.
        "shown_elsewhere": access_code is None
        and mine.draft.kept_until is not None
        and mine.draft.kept_until > clock.now(),
        "kept_until": mine.draft.kept_until,
        "complaint": complaint,
        "is_complaint": complaint.kind == COMPLAINT,
        "kind": profile.kinds.get(complaint.kind),
        "topic": profile.topics.get(complaint.topic),
        "channel": profile.channels[complaint.channel],
        "missing": missing,
        "bring_by": standing.documents.due_on if standing.documents else None,
        "waiting": _waiting(complaint.kind, profile) if missing else None,
        "escalated": complaint.escalated_at is not None,
        "represented": False,
        "person": None,
        "customer": None,
    }
    parties = parties_of(session(), complaint.id)
    page["represented"] = len(parties) > 1
    page["known"] = parties[0].contact is not ContactSource.REPRESENTATIVE
    if access_code:
        # Only as long as the code stands beside it: who may read the one may read the other.
        box = open_box(session(), complaint.key_id)
        filer = next((party for party in parties if party.role is Role.REPRESENTATIVE), parties[0])
        page["person"] = person_in(box, filer)
        page["customer"] = person_in(box, parties[0])
    return page
