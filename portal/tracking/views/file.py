"""What a party takes along: the whole file of their case as one page to print, and as an archive with the originals."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.complaints import queries, standing
from portal.complaints.access import case_holder
from portal.complaints.codes import Holder
from portal.complaints.labels import STATUS_MARKS
from portal.complaints.recording import ACTOR_KINDS, printed
from portal.complaints.rules import Role
from portal.evidence import service as evidence
from portal.evidence.storage import Depot
from portal.evidence.views import SANDBOX, disposition
from portal.history.reading import note_file
from portal.history.rules import Actor
from portal.institution.calendars.queries import calendars
from portal.notices.queries import all_kept
from portal.papers import zipping
from portal.papers.rules import Entry
from portal.sealing import open_box
from portal.tracking import labels
from portal.tracking.after import after_of
from portal.tracking.answers import answer_letters
from portal.tracking.blueprint import bp
from portal.tracking.bundle import LISTING, PAGE, bundle, papers_of
from portal.tracking.sections import Ground, sections
from portal.tracking.told import told
from portal.tracking.views.forums import forum_names
from portal.web import assets
from portal.web.floor import floor, institution, session, settings
from portal.web.language import language
from portal.web.pages import render
from portal.workdays.rules import local_day


@bp.get("/track/case/file")
@case_holder
def file(holder: Holder) -> ResponseReturnValue:
    """Everything of the case in order on one page, made for paper: what was told, sent, counted, done and written."""
    return render("tracking/file.html", **_file_page(holder))


@bp.get("/track/case/file.zip")
@case_holder
def archive(holder: Holder) -> ResponseReturnValue:
    """The same page with the originals and a list of hashes, as an archive that is made while it is sent.

    It is made anew each time, so no part of it can be asked for. Each one is noted in the reading log. A document
    whose bytes are gone is an error page; one that turns out to be broken on the way ends the archive before its
    end, so that nobody takes it for whole.
    """
    page, now = _file_page(holder), clock.now()
    number = page["number"]
    packed = bundle(
        number,
        render_template("tracking/file/whole.html", **page, style=_style()),
        render_template("tracking/file/list.txt", **page),
        page["papers"],
        language(),
        zone=institution().zone,
        now=now,
    )
    answer = Response(
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": disposition(f"{number}.zip"),
            "Content-Security-Policy": SANDBOX,
            "Cache-Control": "no-store",
            "Accept-Ranges": "none",
        }
    )
    if request.method != "HEAD":
        box, depot = open_box(session(), holder.complaint.key_id), Depot.at(settings().evidence_url)
        # Each is looked for before the first byte leaves: what is missing is an error page, not half an archive.
        papers = [(entry, evidence.content(depot, box, document)) for entry, document in packed.papers]
        # Nothing more is asked of the database, however long this is sent.
        session().rollback()
        _note(holder)
        answer.response = zipping.stream(_in_order(packed.pages, papers))
    answer.headers["Content-Length"] = str(zipping.length(packed.entries))
    return answer


def _in_order(
    pages: Iterable[tuple[Entry, bytes]], papers: Iterable[tuple[Entry, Iterator[bytes]]]
) -> Iterator[tuple[Entry, Iterable[bytes]]]:
    for entry, text in pages:
        yield entry, (text,)
    yield from papers


def _note(holder: Holder) -> None:
    party = holder.party
    customer = next((other.id for other in holder.others if other.role is Role.CUSTOMER), None)
    reader = Actor(ACTOR_KINDS[party.role], party.id, customer if party.role is Role.REPRESENTATIVE else None)
    case = holder.complaint
    note_file(floor().database, case_id=case.id, key_id=case.key_id, party=reader, now=clock.now())


def _style() -> str:
    """The page's own style in it: it is opened where there is nothing of ours."""
    return assets.read("css/app.css") + institution().colours.stylesheet


def _file_page(holder: Holder) -> dict[str, Any]:
    profile, complaint, party, now, lang = institution(), holder.complaint, holder.party, clock.now(), language()
    today = local_day(now, profile.zone)
    found = queries.case_file(session(), complaint, party, holder.others, today=today)
    facts = told(found, complaint, party, profile, lang, today=today)
    papers = papers_of(found.documents, profile, lang)
    after = after_of(session(), complaint, party, profile, today=today)
    reads = after is not None and after.reads
    ground = Ground(
        complaint=complaint,
        party=party,
        file=found,
        facts=facts,
        clocks=standing.counted(session(), complaint.id),
        papers=papers,
        letters=all_kept(session(), complaint.id, party_id=party.id),
        after=after,
        answers=answer_letters(session(), complaint, found.people, profile, lang) if reads else (),
        forums=forum_names(profile, lang),
        profile=profile,
        language=lang,
        calendars=calendars(session()).of,
        today=today,
    )
    return facts | {
        "now": now,
        "complaint": complaint,
        "number": printed(complaint, profile),
        "standing": labels.words(lang).statuses[complaint.status],
        "mark": STATUS_MARKS[complaint.status],
        "papers": papers,
        "left_out": sum(paper.path is None for paper in papers),
        "sections": sections(ground),
        "page_name": PAGE[lang],
        "list_name": LISTING[lang],
    }
