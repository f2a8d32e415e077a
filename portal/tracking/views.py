"""The customer's pages of one complaint: sign in, follow, withdraw, a lost code, leave."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts.rules import CodePurpose, CodeSpent
from portal.accounts.service import check_code
from portal.complaints import access, codes, queries
from portal.complaints.access import case_holder, case_watcher, current_holder
from portal.complaints.clocks import derivation_of
from portal.complaints.codes import Holder
from portal.complaints.labels import REFUSALS, STATUS_MARKS
from portal.complaints.models import Complaint, Party
from portal.complaints.numbers import Number, spelled
from portal.complaints.queries import OpenCase, RunningClock
from portal.complaints.rules import CLOSED, Action, NotAllowed, allowed
from portal.complaints.service import add_documents as take_documents
from portal.complaints.service import withdraw
from portal.evidence import labels as evidence_labels
from portal.evidence import service as evidence
from portal.evidence.forms import FilesForm
from portal.evidence.queries import documents
from portal.evidence.receiving import Delivery, receive
from portal.evidence.rules import OTHER, Fault, Filed
from portal.evidence.scanner import scanner_of
from portal.evidence.storage import Depot
from portal.filing.access import held, my_draft, take_back
from portal.filing.rules import ending
from portal.filing.service import forget_sent
from portal.institution import ics
from portal.institution.deadlines import run
from portal.institution.labels import BASES, CALENDARS, STARTED
from portal.institution.models import Institution
from portal.sealing import open_box
from portal.tracking import labels, service
from portal.tracking.forms import NO_MATCH, NO_MATCH_ONCE, KeptForm, LostCodeForm, NewCodeForm, SignInForm, WithdrawForm
from portal.web import limits, throttle
from portal.web.access import keeps_typed, public
from portal.web.floor import floor, institution, session, settings, writing
from portal.web.language import language
from portal.web.network import client_network
from portal.web.pages import go_to, render, wants_part
from portal.web.typed import print_phone
from portal.web.uploads import Request
from portal.workdays.rules import Derivation, local_day

bp = Blueprint("tracking", __name__, url_prefix="/<any(id, en):lang>")

# The doors at which attempts are counted, each by itself.
SIGN_IN, LOST_CODE, NEW_CODE = "track", "lost code", "new code"
# And what one network may do there with one number after the other: each code asked for is a mail.
ASKING = limits.Pace("one-time codes", burst=20, every=timedelta(minutes=1))
GIVING = limits.Pace("new codes", burst=40, every=timedelta(seconds=30))


# ── in and out ───────────────────────────────────────────────────────────────────────────────────


@bp.route("/track", methods=["GET", "POST"])
@public
@keeps_typed
def sign_in() -> ResponseReturnValue:
    """Number and access code. Unknown number and wrong code differ in nothing that can be seen or measured."""
    if request.method == "GET" and current_holder(seen=False):
        return go_to("tracking.case")
    form = SignInForm(prefix=institution().prefix)
    page = "tracking/sign_in.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form, **_why_here())
    door = _door(SIGN_IN, form.subject)
    if wait := throttle.admit(floor().database, door, now=clock.now()):
        return _too_soon(page, form, wait)
    code = codes.find_by_code(session(), number=form.registration, account=form.account, code=form.code.data)
    if code is None:
        form.code.errors.append(NO_MATCH)
        return render(page, status=422, form=form)
    throttle.forgive(floor().database, door)
    access.release()
    session().begin_write()
    token = codes.begin_session(session(), code, now=clock.now())
    session().commit()
    access.hold(token)
    return go_to("tracking.case")


@bp.post("/track/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the login; without one there is nothing to end.

    The receipt goes with it: who files and follows in one browser and then signs out must not leave the
    access code of this complaint there. A draft of another one stays.
    """
    answer = go_to("tracking.sign_in", out=1)
    holder, mine = current_holder(seen=False), my_draft()
    if holder and mine and mine.draft.complaint_id == holder.complaint.id:
        if draft := held(mine):
            forget_sent(session(), draft)
        take_back(answer)
    access.release()
    session().commit()
    return answer


@bp.post("/leave")
@public
# Leaving must work from a page of any age, so no token is asked for. A forged request has nothing to
# end: other sites' requests do not carry our cookies.
@keeps_typed
def leave() -> ResponseReturnValue:
    """Quick exit: the login ends, the browser forgets every cookie of ours, and a neutral page follows."""
    access.release()
    session().commit()
    answer = redirect(url_for("tracking.left"), 303)
    for name in request.cookies:
        answer.delete_cookie(name, secure=settings().secure, httponly=True, samesite="Lax")
    return answer


@bp.get("/left")
@public
def left() -> ResponseReturnValue:
    """The neutral page, which names neither us nor what we do."""
    return render("tracking/left.html")


# ── the case ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/track/case")
@case_holder
def case(holder: Holder) -> ResponseReturnValue:
    """Everything about the complaint, by need: what we ask, the date, the history (BM-34)."""
    return render("tracking/case.html", **_case_page(holder))


@bp.get("/track/case/timeline")
@case_watcher
def timeline(version: int) -> ResponseReturnValue:
    """What has changed since version `v` of the page: nothing (204), or the timeline and what hangs on it."""
    if request.args.get("v", type=int) == version:
        return "", 204
    if not wants_part():
        return go_to("tracking.case")
    holder = current_holder(seen=False)
    if holder is None:
        return access.sign_in_first()
    return render("tracking/_timeline.html", **_case_page(holder, refreshed=True))


@bp.get("/track/case/deadline")
@case_holder
def deadline(holder: Holder) -> ResponseReturnValue:
    """The date by which the customer is answered, counted day by day, with its rule and source (BM-30)."""
    profile, closed = institution(), holder.complaint.status in CLOSED
    running = () if closed else queries.running(session(), holder.complaint.id).answer
    today = local_day(clock.now(), profile.zone)
    found = _deadline(running[0] if running else None, today)
    if found is None:
        return go_to("tracking.case")
    # Limits that run beside it: an extension lengthens its own limit only, so theirs may bind then (KF-33).
    others = [other for beside in running[1:] if (other := _deadline(beside, today))]
    last = min((other.due_on for other in others), default=date.max)
    limit = profile.limits[found.derivation.limit.key]
    steps = limit.extension.most if limit.extension and found.derivation.started_at else 0
    return render(
        "tracking/deadline.html",
        now=clock.now(),
        number=_printed(holder.complaint),
        deadline=found,
        others=[(profile.limits[other.derivation.limit.key], other) for other in others],
        at_receipt=found.derivation.started_at == holder.complaint.received_at,
        limit=limit,
        started=STARTED[found.derivation.limit.start],
        basis=BASES[found.derivation.limit.basis],
        calendar=CALENDARS[found.derivation.calendar],
        extended=[
            min(last, run(profile, limit, found.derivation.started_at, extensions=step).counted_on)
            for step in range(1, steps + 1)
            if found.derivation.started_at
        ],
        grounds=[profile.extension_grounds[code].label for code in limit.extension.grounds] if limit.extension else [],
    )


@bp.get("/track/case/deadline.ics")
@case_holder
def deadline_file(holder: Holder) -> ResponseReturnValue:
    """The date promised as a calendar file. It names no number: calendars are shared."""
    profile, now = institution(), clock.now()
    closed = holder.complaint.status in CLOSED
    running = None if closed else queries.running(session(), holder.complaint.id).binding
    found = _deadline(running, local_day(now, profile.zone))
    if found is None:
        return go_to("tracking.case")
    limit = profile.limits[found.derivation.limit.key]
    text = f"{limit.label[language()]}. {limit.source[language()]}."
    if found.derivation.provisional:
        text += " " + _("This date is provisional.")
    told = ics.day_event(
        uid=f"{sha256(holder.complaint.id.bytes).hexdigest()[:32]}@{settings().host.rsplit(':', 1)[0]}",
        on=found.due_on,
        title=_("%(name)s answers your complaint by this day", name=profile.name),
        text=text.replace("\u00a0", " "),
        now=now,
    )
    answer = Response(told, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="deadline.ics"'
    return answer


@bp.route("/track/case/withdraw", methods=["GET", "POST"], endpoint="withdraw")
@case_holder
def withdraw_case(holder: Holder) -> ResponseReturnValue:
    """Take the complaint back, after reading what that means."""
    if Action.WITHDRAW not in allowed(holder.complaint.status, holder.party.role):
        return go_to("tracking.case")
    form = WithdrawForm()
    page: dict[str, Any] = {"form": form, "number": _printed(holder.complaint)}
    if not form.validate_on_submit():
        return render("tracking/withdraw.html", status=422 if form.errors else 200, **page)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        withdraw(session(), complaint, party=party, now=clock.now())
    except NotAllowed as refusal:
        session().rollback()
        form.sure.errors.append(REFUSALS[refusal.reason])
        return render("tracking/withdraw.html", status=422, **page)
    session().commit()
    return go_to("tracking.case")


# ── documents ────────────────────────────────────────────────────────────────────────────────────


@bp.route("/track/case/documents", methods=["GET", "POST"], endpoint="documents")
@case_holder
@keeps_typed
def add_documents(holder: Holder) -> ResponseReturnValue:
    """Add documents to the complaint; each delivery is an entry of its history.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    if holder.complaint.folder_id is None or Action.ADD_DOCUMENTS not in allowed(
        holder.complaint.status, holder.party.role
    ):
        return go_to("tracking.case")
    if request.method != "POST":
        return _documents_page(holder, _files_form(holder), saved="saved" in request.args)
    box, limits = open_box(session(), holder.complaint.key_id), evidence.limits_of(institution().uploads)
    session().rollback()
    with receive(
        cast(Request, request),
        box=box,
        depot=Depot.at(settings().evidence_url),
        limits=limits,
        origin=settings().base_url,
    ) as delivery:
        if delivery.fault:
            form = _files_form(holder, read=False)
            form.tell([evidence_labels.whole(delivery.fault, limits)])
            return _documents_page(holder, form, status=413)
        form = _files_form(holder)
        if not form.validate_on_submit():
            form.tell([evidence_labels.ONCE_MORE] if delivery.arrived else [])
            return _documents_page(holder, form, status=422)
        return _take(holder, form, delivery)


def _take(holder: Holder, form: FilesForm, delivery: Delivery) -> Response:
    limits = evidence.limits_of(institution().uploads)
    if not delivery.arrived:
        form.tell([evidence_labels.whole(Fault.NONE, limits)])
        return _documents_page(holder, form, status=422)
    party = session().get_one(Party, holder.party.id)
    complaint = writing(session().get_one(Complaint, holder.complaint.id))
    try:
        arrived = take_documents(
            session(),
            complaint,
            party=party,
            purpose=form.purpose.data,
            delivery_id=delivery.id,
            arrived=delivery.arrived,
            limits=limits,
            scanner=scanner_of(settings()),
            profile=institution(),
            base_url=settings().base_url,
            now=clock.now(),
        )
    except NotAllowed:
        session().rollback()
        return go_to("tracking.case")
    delivery.hand_over(arrived)
    session().commit()
    if refused := evidence_labels.refusals(arrived, limits):
        form.tell(refused)
        return _documents_page(holder, form, status=422)
    if wants_part():
        # A script that sends each file by itself, and shows what there is now.
        return _documents_page(holder, form)
    return go_to("tracking.documents", saved=1)


def _files_form(holder: Holder, *, read: bool = True) -> FilesForm:
    offered = evidence_labels.purposes(institution(), language())
    there = {one.purpose for one in _documents_of(holder)}
    first = next((code for code in offered if code not in there), OTHER)
    return FilesForm(purposes=offered, first=first, **({} if read else {"formdata": None}))


def _documents_of(holder: Holder) -> list[Filed]:
    return documents(session(), holder.complaint.folder_id) if holder.complaint.folder_id else []


def _documents_page(holder: Holder, form: FilesForm, *, status: int = 200, saved: bool = False) -> Response:
    return render(
        "tracking/documents.html",
        part="tracking/_documents.html",
        status=status,
        form=form,
        saved=saved,
        limits=institution().uploads,
        number=_printed(holder.complaint),
        documents=evidence_labels.lines(_documents_of(holder), institution(), language()),
    )


# ── a lost code ──────────────────────────────────────────────────────────────────────────────────


@bp.route("/track/lost-code", methods=["GET", "POST"])
@public
@keeps_typed
def lost_code() -> ResponseReturnValue:
    """Ask for a one-time code to the contact on file. The answer is the same whether there is such a case."""
    form = LostCodeForm(prefix=institution().prefix)
    page = "tracking/lost_code.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form)
    if wait := _wait(LOST_CODE, form.subject, ASKING):
        return _too_soon(page, form, wait)
    session().begin_write()
    role = form.party
    codes.report_lost(session(), number=form.registration, account=form.account, role=role, now=clock.now())
    session().commit()
    return render("tracking/new_code.html", form=_new_code_form(form), sent=True)


@bp.route("/track/new-code", methods=["GET", "POST"])
@public
@keeps_typed
def new_code() -> ResponseReturnValue:
    """Number and one-time code: who has both gets a new access code and is signed in."""
    form = NewCodeForm(prefix=institution().prefix)
    page = "tracking/new_code.html"
    if not form.validate_on_submit():
        return render(page, status=422 if form.errors else 200, form=form, sent=False)
    if wait := _wait(NEW_CODE, form.subject, GIVING):
        return _too_soon(page, form, wait, sent=False)
    found = queries.find_party(session(), number=form.registration, account=form.account, role=form.party)
    one_time = check_code(
        session(),
        subject_id=found.complaint_id if found else None,
        party_id=found.party_id if found else None,
        purpose=CodePurpose.NEW_ACCESS_CODE,
        code=form.code.data,
        now=clock.now(),
    )
    if found is None or one_time is None:
        return _no_match_once(form)
    throttle.forgive(floor().database, _door(NEW_CODE, form.subject))
    party = session().get_one(Party, found.party_id)
    complaint = writing(session().get_one(Complaint, found.complaint_id))
    try:
        token = service.renew_code(session(), complaint, party=party, one_time=one_time, now=clock.now())
    except CodeSpent:
        session().rollback()
        return _no_match_once(form)
    access.release()
    session().commit()
    access.hold(token)
    return go_to("tracking.code")


@bp.route("/track/case/code", methods=["GET", "POST"])
@case_holder
def code(holder: Holder) -> ResponseReturnValue:
    """The new access code, as often as it is asked for until the customer has kept it."""
    if holder.new_code is None:
        return go_to("tracking.case")
    form = KeptForm()
    if not form.validate_on_submit():
        number = _printed(holder.complaint)
        return render(
            "tracking/code.html",
            status=422 if form.errors else 200,
            form=form,
            number=number,
            code=holder.new_code,
            spelled=spelled(holder.complaint.registration, language()),
        )
    session().begin_write()
    codes.keep_new_code(session(), holder.session_id)
    session().commit()
    return go_to("tracking.case")


# ── what the pages share ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Deadline:
    """The date promised, and how it is counted now. A decree since the promise may part the two."""

    due_on: date
    today: date
    derivation: Derivation

    @property
    def moved(self) -> bool:
        return self.due_on != self.derivation.counted_on

    @property
    def overdue(self) -> bool:
        return self.today > self.due_on


def _deadline(clock: RunningClock | None, today: date) -> Deadline | None:
    """The clock's date; None while it has not started."""
    derivation = derivation_of(clock, institution()) if clock else None
    if clock is None or derivation is None or clock.due_on is None:
        return None
    return Deadline(clock.due_on, today, derivation)


# A calendar of days tells nothing of a person and takes as long to draw as the rest of the page; it is
# the same until midnight.
@lru_cache(maxsize=2048)
def _draw_deadline(
    clock: RunningClock | None, today: date, closed: bool, refreshed: bool, profile: Institution, lang: str
) -> Markup:
    """The part of the page with the date by which the customer is answered.

    `profile` and `lang` are the page's own: they stand here because the part depends on them.
    """
    deadline = None if closed else _deadline(clock, today)
    return Markup(render_template("tracking/_due.html", deadline=deadline, closed=closed, refreshed=refreshed))


def _case_page(holder: Holder, *, refreshed: bool = False) -> dict[str, Any]:
    profile, complaint, now = institution(), holder.complaint, clock.now()
    file = queries.case_file(session(), complaint, holder.party)
    topic = profile.topics.get(complaint.topic)
    closed = complaint.status in CLOSED
    return {
        "now": now,
        "complaint": complaint,
        "file": file,
        "number": _printed(complaint),
        "topic": topic.label[language()] if topic else None,
        "standing": labels.words(language()).statuses[complaint.status],
        "mark": STATUS_MARKS[complaint.status],
        "due": _draw_deadline(
            file.running.binding, local_day(now, profile.zone), closed, refreshed, profile, language()
        ),
        "events": labels.timeline(file.history, language()),
        "letters": labels.letters(file.notices, language()),
        "documents": evidence_labels.lines(_documents_of(holder), profile, language()),
        "may_add": Action.ADD_DOCUMENTS in allowed(complaint.status, holder.party.role),
        "account_end": ending(file.account) if file.account else None,
        "phone": print_phone(file.person.phone) if file.person.phone else None,
        "movements": labels.movements(file.transactions, profile, language()),
        "new_code": holder.new_code is not None,
        "closed": closed,
        "may_withdraw": Action.WITHDRAW in allowed(complaint.status, holder.party.role),
        "refreshed": refreshed,
    }


def _printed(complaint: OpenCase) -> str:
    return Number(complaint.registration, institution().prefix).printed


def _door(name: str, subject: str) -> bytes:
    return throttle.digest_of(floor().database.keys, name, subject, client_network(request))


def _wait(name: str, subject: str, pace: limits.Pace) -> timedelta:
    """How long the next attempt must wait: for this number from this network, and for this network at all."""
    wait = throttle.admit(floor().database, _door(name, subject), now=clock.now())
    return wait or limits.admit(floor().database, pace, client_network(request), now=clock.now())


def _too_soon(page: str, form: SignInForm | LostCodeForm | NewCodeForm, wait: timedelta, **more: Any) -> Response:
    """The page as it was sent, without the code: what to wait, in words and as Retry-After."""
    seconds = math.ceil(wait.total_seconds())
    if "code" in form:
        form["code"].data = ""
    answer = render(page, status=429, form=form, wait=seconds, **more)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _no_match_once(form: NewCodeForm) -> Response:
    form.code.errors.append(NO_MATCH_ONCE)
    return render("tracking/new_code.html", status=422, form=form, sent=False)


def _new_code_form(asked: LostCodeForm) -> NewCodeForm:
    """The form for the one-time code with what was just told; nothing else was sent."""
    told = {"number": asked.number.raw, "role": asked.role.data}
    return NewCodeForm(prefix=institution().prefix, formdata=None, data=told)


def _why_here() -> dict[str, Any]:
    """Why somebody finds themselves at the sign-in: their login has ended, or they ended it."""
    return {"ended": "ended" in request.args, "out": "out" in request.args}
