"""What anybody may read: what this service is for, what happens and by when, conditions, privacy, accessibility."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from portal import clock
from portal.filing.rules import Slug
from portal.forums.finder import last_day
from portal.forums.loader import load as load_forums
from portal.forums.rules import Known, Standing
from portal.guidance import diagram, queries
from portal.guidance.forms import FinderForm
from portal.guidance.labels import CONFIDENCES, SECTORS
from portal.institution import disputes
from portal.institution.calendars.queries import calendars
from portal.institution.labels import BASES, CALENDARS, STARTED
from portal.institution.telling import told
from portal.web.access import public
from portal.web.floor import institution, session
from portal.web.language import language, preferred
from portal.web.pages import go_to, render
from portal.words import LANGUAGES
from portal.workdays.rules import local_day

bp = Blueprint("guidance", __name__, url_prefix=f"/<any({','.join(LANGUAGES)}):lang>")

# When somebody last went through the accessibility statement and found it true.
ACCESSIBILITY_REVIEWED_ON = date(2026, 11, 21)
# An answer older than this is no longer counted for: a page need not list the days of a century.
LONGEST_AGO = timedelta(days=3660)


front = Blueprint("front", __name__)


@front.get("/")
@public
def door() -> ResponseReturnValue:
    """The bare address: on to the start page in the browser's language, which from then on stands in the URL."""
    answer = redirect(url_for("guidance.start", lang=preferred(request.accept_languages)))
    answer.vary.add("Accept-Language")
    return answer


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """What the service is for, what to have at hand, what happens by when, and the other ways."""
    now, of = clock.now(), calendars(session()).of
    answers = queries.answer_if_sent(institution(), now, of)
    return render(
        "guidance/start.html",
        first_step=next(iter(Slug)),
        channels=queries.channels_now(institution(), now, of),
        # A date that a decree may still move is not named at the door.
        answers=[] if any(one.provisional for one in answers) else answers,
        asked=institution().files_asked(representative=False),
        guided=any(topic.guide for topic in institution().topics.values()),
        now=now,
    )


@bp.get("/customer-service")
@public
def customer_service() -> ResponseReturnValue:
    """Who handles complaints, by which channels they are reached, and whether they are there now (SQ-01 … SQ-09)."""
    now, of = clock.now(), calendars(session()).of
    profile = institution()
    return render(
        "guidance/customer_service.html",
        own=queries.own_channel_now(profile, now, of),
        channels=queries.channels_now(profile, now, of),
        now=now,
    )


@bp.get("/procedure")
@public
def procedure() -> ResponseReturnValue:
    """What happens to a complaint, drawn and told (SQ-36, KF-01, BM-01)."""
    steps = [step.title[language()] for step in institution().texts.procedure]
    outcomes = [_("You agree: complete"), _("You do not agree: object, or go to another forum")]
    return render("guidance/procedure.html", diagram=diagram.draw(steps, outcomes))


@bp.get("/service-levels")
@public
def service_levels() -> ResponseReturnValue:
    """Every time limit with its start, calendar and source (BM-28)."""
    profile = institution()
    return render(
        "guidance/service_levels.html",
        levels=queries.levels(profile),
        started=STARTED,
        calendars=CALENDARS,
        bases=BASES,
    )


@bp.get("/service-levels/today")
@public
def deadline() -> ResponseReturnValue:
    """The date for a complaint sent here now, counted day by day, with its rule and source (BM-28)."""
    now = clock.now()
    return render(
        "guidance/deadline.html",
        answers=queries.answer_if_sent(institution(), now, calendars(session()).of),
        now=now,
        started=STARTED,
        bases=BASES,
        calendars=CALENDARS,
    )


@bp.get("/service-levels/today.txt")
@public
def deadline_text() -> ResponseReturnValue:
    """The same as plain text."""
    answers = queries.answer_if_sent(institution(), clock.now(), calendars(session()).of)
    parts = ["\n".join(told(institution(), derivation, language())) for derivation in answers]
    return Response("\n\n".join(parts) + "\n", mimetype="text/plain")


@bp.get("/conditions")
@public
def conditions() -> ResponseReturnValue:
    """Who may complain, with which documents, and on which grounds a complaint may be refused."""
    return render("guidance/conditions.html", documents=queries.documents_by_party(institution()))


@bp.get("/topics")
@public
def topics() -> ResponseReturnValue:
    """What the institution asks and answers by topic before anything is sent. 404 where its profile guides none."""
    guided = [topic for topic in institution().topics.values() if topic.guide]
    if not guided:
        abort(404)
    return render("guidance/topics.html", topics=guided, first_step=next(iter(Slug)))


@bp.get("/forums")
@public
def forums() -> ResponseReturnValue:
    """Where a dispute can go after the answer: in and out of court, each forum in brief (SQ-34, SQ-35, BM-41)."""
    listed, others = disputes.guide(institution())
    return render("guidance/forums.html", listed=listed, others=others, file=load_forums(), today=_today())


@bp.get("/forums/<code>")
@public
def forum(code: str) -> ResponseReturnValue:
    """Every fact that is known of one forum, with its source and the day it was checked. 404 for an unknown one."""
    file = load_forums()
    if code not in file.forums:
        abort(404)
    forum = file.forums[code]
    return render("guidance/forum.html", forum=forum, file=file, confidences=CONFIDENCES, today=_today())


@bp.get("/forums/find")
@public
def forum_finder() -> ResponseReturnValue:
    """The questions: empty at first, or filled with what the address says. Nothing is kept."""
    known = disputes.prefilled(institution(), standing=Standing.ANSWERED)
    form = _finder(request.args or None, data={"sharia": _if_known(known.sharia)})
    return render("guidance/forum_finder.html", form=form, switch_form="finder")


@bp.get("/forums/found")
@public
def forums_found() -> ResponseReturnValue:
    """Which forums are open to what was answered, ranked, and which are closed and why. 422 asks again."""
    if not request.args:
        return go_to("guidance.forum_finder")
    form = _finder(request.args)
    if (switch := request.args.get("switch")) in LANGUAGES:
        # The answers go along into the other language as they stand, finished or not.
        kept: dict[str, Any] = {**form.inputs(), "lang": switch}
        return redirect(url_for("guidance.forum_finder", **kept), 303)
    if not form.validate():
        return render("guidance/forum_finder.html", status=422, form=form, switch_form="finder")
    found = disputes.found_for(institution(), form.answers(), today=_today(), calendars=calendars(session()).of)
    return render("guidance/forums_found.html", found=found, sectors=SECTORS, change=form.inputs())


@bp.get("/forums/<code>/last-day/<day>")
@public
def forum_last_day(code: str, day: str) -> ResponseReturnValue:
    """The last day for a forum after an answer of that day, counted day by day. 404 where no limit is known."""
    file, today = load_forums(), _today()
    try:
        answered_on = date.fromisoformat(day)
    except ValueError:
        abort(404)
    # Beyond these years nothing was answered, and no calendar is counted.
    if code not in file.forums or not timedelta(0) <= today - answered_on <= LONGEST_AGO:
        abort(404)
    forum = file.forums[code]
    by = last_day(file, forum, answered_on, today=today, calendars=calendars(session()).of)
    if by is None:
        abort(404)
    return render("guidance/forum_last_day.html", forum=forum, by=by, file=file, today=today, calendars=CALENDARS)


def _finder(formdata: MultiDict[str, str] | None, **given: Any) -> FinderForm:
    return FinderForm(profile=institution(), language=language(), today=_today(), formdata=formdata, **given)


def _if_known(known: Known) -> Known | None:
    """An answer to begin with; what nobody knows is asked."""
    return None if known is Known.UNKNOWN else known


def _today() -> date:
    return local_day(clock.now(), institution().zone)


@bp.get("/disclaimer")
@public
def disclaimer() -> ResponseReturnValue:
    """The risks in plain words, marked as a summary (KX-12). 404 where the profile has none."""
    if institution().texts.disclaimer is None:
        abort(404)
    return render("guidance/disclaimer.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """The profile's privacy notice, with its version."""
    return render("guidance/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """What works with which aids, what was checked how, and whom to tell."""
    return render("guidance/accessibility.html", reviewed_on=ACCESSIBILITY_REVIEWED_ON)
