"""What the pages of an intake show: each function gives one page's context."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal import clock
from portal.accounts.queries import names
from portal.accounts.rules import Officer
from portal.complaints.models import Complaint
from portal.complaints.numbers import spelled
from portal.complaints.parties import parties_of
from portal.complaints.queries import person_in
from portal.complaints.recording import printed
from portal.complaints.rules import COMPLAINT
from portal.complaints.standing import running
from portal.desk.receiving import labels, queries
from portal.desk.receiving.forms import FrameForm, RegisterForm, ToldForm
from portal.desk.receiving.models import Intake
from portal.evidence import labels as evidence_labels
from portal.evidence import queries as evidence_queries
from portal.evidence.forms import FilesForm
from portal.evidence.rules import Filed, Right, purposes_of
from portal.filing.forms.asking import Asking
from portal.filing.forms.choosing import Quarrel
from portal.filing.handing_in import guided_of, papers_of
from portal.filing.labels import EXPOSED, NIK_DOUBTS
from portal.filing.models import Draft
from portal.filing.rules import Slug, Told, first_gap, guide_of, kind_of
from portal.filing.service import kept_code
from portal.filing.steps import Section, doubted_by, exposed_by, summary
from portal.filing.windows import opened
from portal.institution.calendars.queries import calendars
from portal.institution.deadlines import answer_by
from portal.institution.hours import received_at
from portal.institution.profile.limits import Limit
from portal.institution.rules import Form
from portal.sealing import open_box
from portal.web.floor import institution, session
from portal.web.forms import Form as WebForm
from portal.web.language import language
from portal.workdays.rules import Start, local_day

# Where the page that asks a step stands: by its endpoint.
PLACES = {
    Slug.PRIVACY: "desk.receive_frame",
    Slug.KIND: "desk.receive_frame",
    Slug.WHO: "desk.receive_frame",
    Slug.TOPIC: "desk.receive_frame",
    Slug.DOCUMENTS: "desk.receive_documents",
}


def place_of(gap: Slug | None) -> str:
    """Where an officer goes on: to the page that asks what is still missing, else to the check."""
    return "desk.receive_check" if gap is None else PLACES.get(gap, "desk.receive_told")


def asking(told: Told | None) -> Asking:
    """An officer asks. Who has no e-mail address is still received: letters and calls reach them."""
    return Asking(profile=institution(), language=language(), now=clock.now(), email_required=False, told=told)


def _place(intake: Intake | None, told: Told | None, here: str) -> dict[str, Any]:
    """Which pages of the intake may be visited, and which of them this is."""
    profile = institution()
    gap = first_gap(told, profile) if told else Slug.PRIVACY
    order = ("desk.receive_frame", "desk.receive_told", "desk.receive_documents", "desk.receive_check")
    reached = order.index(place_of(gap)) if intake else 0
    channel = profile.channels.get(intake.channel) if intake else None
    return {
        "intake": intake,
        "step": here,
        "reached": order[: reached + 1],
        "channel": channel,
        "is_complaint": kind_of(told, profile) == COMPLAINT,
    }


# ── how it came ──────────────────────────────────────────────────────────────────────────────────


def start_page(officer: Officer, form: FrameForm) -> dict[str, Any]:
    """The form for something new, with what was begun and not registered above it."""
    profile, lang, people = institution(), language(), names(session())
    left = []
    for one in queries.unfinished(session(), officer, now=clock.now()):
        topic = profile.topics.get((one.told.read(Slug.TOPIC) or {}).get("topic", ""))
        channel = profile.channels.get(one.intake.channel)
        left.append(
            {
                "id": one.intake.id,
                "name": one.name,
                "topic": topic.label[lang] if topic else None,
                "channel": channel.label[lang] if channel else one.intake.channel,
                "saved_at": one.draft.updated_at,
                "deleted_on": local_day(one.draft.expires_at, profile.zone),
                "officer": None if one.intake.officer_id == officer.id else people.get(one.intake.officer_id),
            }
        )
    return {"form": form, "unfinished": left, **_place(None, None, "desk.receive_new")}


def frame_page(intake: Intake, told: Told, form: FrameForm) -> dict[str, Any]:
    window = opened(form.window, form.contested())
    return {"form": form, "window": window, "unfinished": [], **_place(intake, told, "desk.receive_frame")}


# ── what they tell ───────────────────────────────────────────────────────────────────────────────


def told_page(intake: Intake, told: Told, form: ToldForm) -> dict[str, Any]:
    """Everything that is asked of this customer, and what the topic's guide says beside it."""
    profile, asked = institution(), asking(told)
    guide, guided = guide_of(told, profile), guided_of(told, profile)
    over_at = guide.over_at(guided.moment) if guide and guided else None
    groups: list[dict[str, Any]] = []
    for part in form.shown:
        if part.number is not None and groups and groups[-1]["slug"] is part.slug:
            groups[-1]["parts"].append(part)
            continue
        heading: Any = labels.HEADINGS[part.slug]
        if part.slug is Slug.CONTACT and asked.representing:
            heading = labels.CONTACT_OF_REPRESENTATIVE
        elif part.slug is Slug.STORY and asked.short:
            heading = labels.MESSAGE
        groups.append({"slug": part.slug, "heading": heading, "parts": [part]})
    return {
        "form": form,
        "window": opened(form.window, form.contested()),
        "groups": groups,
        # The customer's own contact is the one whose source is asked.
        "sourced": Slug.CUSTOMER_CONTACT if asked.representing else Slug.CONTACT,
        "guide": guide,
        "over": None if over_at is None else over_at <= clock.now(),
        **_place(intake, told, "desk.receive_told"),
    }


def texts_page(intake: Intake, told: Told, form: WebForm, quarrels: Sequence[Quarrel]) -> dict[str, Any]:
    """The questions for which texts of several windows wait."""
    return {"form": form, "quarrels": quarrels, **_place(intake, told, "desk.receive_told")}


# ── documents ────────────────────────────────────────────────────────────────────────────────────


def documents_page(intake: Intake, draft: Draft, told: Told, form: FilesForm) -> dict[str, Any]:
    return {
        "form": form,
        "limits": institution().uploads,
        **_papers(intake, draft, told),
        **_place(intake, told, "desk.receive_documents"),
    }


def _papers(intake: Intake, draft: Draft, told: Told) -> dict[str, Any]:
    profile, code, found = institution(), language(), _found(draft)
    papers, there = papers_of(told, profile, now=clock.now()), purposes_of(found)
    # What is told by telephone needs no paper. If it turns out to, it goes on in writing.
    verbal = profile.channels[intake.channel].form is Form.VERBAL
    missing = () if verbal else papers.missing(there)
    return {
        "documents": evidence_labels.lines(found, profile, code, right=Right.COPY),
        "checklist": [] if verbal else [(one, one.code in there) for one in papers.required],
        "verbal": verbal,
        "missing": missing,
        "waiting": _waiting(intake, told) if missing else None,
    }


def _found(draft: Draft) -> list[Filed]:
    return evidence_queries.documents(session(), draft.folder_id)


def _waiting(intake: Intake, told: Told) -> Limit | None:
    """The limit that begins only when the documents are complete, if there is one."""
    profile = institution()
    limits = profile.answer_limits(kind_of(told, profile), profile.channels[intake.channel].form)
    return next((limit for limit in limits if limit.start is Start.COMPLETE), None)


# ── read back ────────────────────────────────────────────────────────────────────────────────────


def check_page(intake: Intake, draft: Draft, told: Told, form: RegisterForm) -> dict[str, Any]:
    """Everything as it will be registered, what to look at once more, and by when we then answer."""
    asked, profile, of = asking(told), institution(), calendars(session()).of
    papers = _papers(intake, draft, told)
    channel = profile.channels[intake.channel]
    counted_from = received_at(channel, intake.arrived_at, profile.zone, calendars=of)
    moments = {Start.RECEIVED: counted_from}
    if not papers["missing"]:
        moments[Start.COMPLETE] = counted_from
    binding = answer_by(profile, kind_of(told, profile), channel.form, moments, calendars=of).binding
    cautions = [(EXPOSED[what], slug) for what, slug in exposed_by(told, profile)]
    cautions += [(NIK_DOUBTS[what], slug) for what, slug in doubted_by(told, profile, today=asked.today)]
    due_on = binding.counted_on if binding else None
    return {
        "form": form,
        "sections": _sections(asked),
        "places": PLACES,
        "cautions": cautions,
        "notice_given": labels.NOTICES[intake.notice],
        "source": labels.SOURCES[intake.contact] if intake.contact else None,
        "counted_from": counted_from if counted_from != intake.arrived_at else None,
        "answered_by": due_on,
        "passed": due_on is not None and due_on < asked.today,
        **papers,
        **_place(intake, told, "desk.receive_check"),
    }


def _sections(asked: Asking) -> list[Section]:
    """What was told, as it is read back; who complains says an officer in words of their own."""
    found = summary(asked)
    for section in found:
        section.rows[:] = [(slug, row) for slug, row in section.rows if slug not in (Slug.WHO, Slug.KIND)]
    return [section for section in found if section.rows]


# ── registered ───────────────────────────────────────────────────────────────────────────────────


def received_page(intake: Intake, draft: Draft, complaint: Complaint, token: str | None) -> dict[str, Any]:
    """What was registered, for the officer: the number to say aloud, and whether there is a paper to print."""
    profile = institution()
    code = kept_code(draft, token=token, now=clock.now()) if token else None
    return {
        "intake": intake,
        "complaint": complaint,
        "number": printed(complaint, profile),
        "spelled": spelled(complaint.registration, language()),
        "channel": profile.channels[complaint.channel],
        "is_complaint": complaint.kind == COMPLAINT,
        "prints": code is not None,
        "kept_until": draft.kept_until,
        "missing": _missing_labels(complaint.id),
    }


def paper_page(intake: Intake, draft: Draft, complaint: Complaint, code: str) -> dict[str, Any]:
    """The receipt for the customer, with the access code, in the language of the page."""
    profile, lang = institution(), language()
    people = parties_of(session(), complaint.id)
    box = open_box(session(), complaint.key_id)
    topic, kind = profile.topics.get(complaint.topic), profile.kinds.get(complaint.kind)
    return {
        "intake": intake,
        "complaint": complaint,
        "number": printed(complaint, profile),
        "spelled": spelled(complaint.registration, lang),
        "code": code,
        "kept_until": draft.kept_until,
        "name": person_in(box, people[-1]).name,
        "represented": len(people) > 1,
        "topic": topic.label[lang] if topic else None,
        "kind": kind.label[lang] if kind else None,
        "channel": profile.channels[complaint.channel].label[lang],
        "missing": _missing_labels(complaint.id),
    }


def _missing_labels(complaint_id: UUID) -> list[str]:
    standing = running(session(), complaint_id)
    return institution().documents_named((one.code for one in standing.missing), language())
