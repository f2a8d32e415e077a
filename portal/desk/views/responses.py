"""Writing a response, looking at it as the customer will, and sending it or sending it back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as Answered

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.complaints.models import Complaint
from portal.complaints.responses import paragraphs, refusing, service
from portal.complaints.responses.letter import About, response_letter
from portal.complaints.responses.queries import newest_response
from portal.complaints.responses.refusing import NotRefusable
from portal.complaints.responses.rules import Response, SentAnswer, Unfinished, gaps, languages_of
from portal.complaints.rules import Action, NotAllowed
from portal.complaints.sight import READERS, lawful
from portal.complaints.states import AnswerKind, AnswerState
from portal.desk import acts, case_labels
from portal.desk.access import ACTORS
from portal.desk.act_forms import Asking
from portal.desk.blueprint import bp
from portal.desk.case_file import CaseFile
from portal.desk.responding import labels as responding
from portal.desk.responding import resting
from portal.desk.responding.forms import RefusalForm, ResponseForm, SendBackForm, response_form
from portal.desk.responding.preview import announced
from portal.desk.views.case import opened, printed_number
from portal.sealing import open_box
from portal.web.floor import institution, session, settings, writing
from portal.web.language import language
from portal.web.pages import go_to, render
from portal.workdays.rules import local_day

PAGES: Mapping[AnswerKind, tuple[str, str, str]] = {
    AnswerKind.ANSWER: ("answer", "desk.answer", "desk/answer.html"),
    AnswerKind.FIRST_LINE: ("first-line", "desk.first_line", "desk/first_line.html"),
    AnswerKind.REFUSAL: ("refuse", "desk.refuse", "desk/refuse.html"),
}


@bp.route("/cases/<uuid:case_id>/answer", methods=["GET", "POST"])
@officer(*ACTORS)
def answer(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The response to each of the customer's points."""
    return _write(AnswerKind.ANSWER, case_id, officer)


@bp.route("/cases/<uuid:case_id>/first-line", methods=["GET", "POST"])
@officer(*ACTORS)
def first_line(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """All information or the solution at once (KF-18)."""
    return _write(AnswerKind.FIRST_LINE, case_id, officer)


@bp.route("/cases/<uuid:case_id>/refuse", methods=["GET", "POST"])
@officer(*ACTORS)
def refuse(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """Refusing on a ground of the profile; an institution without grounds has no such page."""
    if not refusing.grounds_of(institution()):
        abort(404)
    return _write(AnswerKind.REFUSAL, case_id, officer)


@bp.route("/cases/<uuid:case_id>/response", methods=["GET", "POST"])
@officer(*READERS)
def response(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The response as the customer reads it; before it is sent whoever may sends it, proposes it or sends it back."""
    file = opened(officer, case_id)
    if ordinal := request.args.get("round", type=int):
        sent = next((one for one in file.answers if one.ordinal == ordinal), None)
        return _shown(file, officer, sent) if sent else abort(404)
    if file.response is None:
        abort(404)
    if file.response.state is AnswerState.SENT:
        if request.method == "POST":
            # Somebody was faster; the case says what happened.
            return go_to("desk.case", case_id=case_id)
        return _shown(file, officer, file.answers[-1])
    form = SendBackForm(_asking(file))
    if request.method != "POST":
        form.version.data = _stamp(file.complaint, file.response)
        return _shown(file, officer, file.response, form)
    return _sent(file, officer, form)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _write(kind: AnswerKind, case_id: UUID, officer: Officer) -> ResponseReturnValue:
    file = opened(officer, case_id)
    act = acts.BY_SLUG[PAGES[kind][0]]
    if act not in acts.open_to(officer, file, institution()):
        return go_to("desk.case", case_id=case_id)
    form = _form(kind, file)
    if request.method != "POST":
        form.version.data = str(file.complaint.version)
        form.show(file.response)
        return _form_page(kind, file, form)
    if request.form.get("do") == "insert":
        _insert(form, file)
        return _form_page(kind, file, form)
    if not form.validate_on_submit():
        return _form_page(kind, file, form, status=422)
    complaint = writing(file.complaint)
    if form.seen != complaint.version or (form.draft.data or "") != _drafted(_newest(complaint)):
        session().rollback()
        session().expire_all()
        return _moved(kind, opened(officer, case_id), form)
    told: dict[str, Any] = {"officer": officer, "now": clock.now()}
    try:
        if isinstance(form, RefusalForm):
            refusing.prepare(
                session(),
                complaint,
                ground=form.chosen,
                words=form.texts("words"),
                number=form.number.data,
                checked=form.checked.data,
                finding=form.finding.data,
                profile=institution(),
                **told,
            )
        else:
            service.save(session(), complaint, form.read(), **told)
    except NotRefusable as refusal:
        session().rollback()
        assert isinstance(form, RefusalForm)
        form.refuse(refusal.bar)
        return _form_page(kind, opened(officer, case_id), form, status=422)
    except (NotAllowed, service.NotFirstLine):
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    session().commit()
    if request.form.get("do") == "save":
        return go_to(PAGES[kind][1], case_id=case_id)
    lacking = _gaps(opened(officer, case_id), officer, closing=False)
    if not lacking:
        return go_to("desk.response", case_id=case_id)
    file = opened(officer, case_id)
    form.draft.data = _drafted(file.response)
    form.tell(lacking)
    return _form_page(kind, file, form, status=422)


def _form(kind: AnswerKind, file: CaseFile) -> ResponseForm:
    languages = languages_of(file.complaint.language, institution())
    form = response_form(kind, _asking(file), languages=languages, points=file.points)
    found = paragraphs.paragraphs(session())
    form.offer((str(one.paragraph_id), one.title[language()]) for one in found)
    return form


def _insert(form: ResponseForm, file: CaseFile) -> None:
    """Put the chosen paragraph into the chosen field, its placeholders filled in."""
    found = paragraphs.paragraphs(session())
    chosen = next((one for one in found if str(one.paragraph_id) == form.paragraph.data), None)
    if chosen is None:
        return
    form.insert(
        lambda lang: paragraphs.fill(
            chosen.text[lang],
            number=printed_number(file),
            name=file.customer.person.name,
            due_on=file.complaint.due_on,
            language=lang,
        )
    )


def _moved(kind: AnswerKind, file: CaseFile, form: ResponseForm) -> Answered:
    """What was typed, with what another officer has done or saved meanwhile; sent once more it counts."""
    since = case_labels.since(file, form.seen, institution(), language())
    theirs = _form(kind, file)
    theirs.process()
    theirs.show(file.response)
    typed = form.inputs()
    others = []
    if (form.draft.data or "") != _drafted(file.response):
        shown = {field.name: field for field in theirs.areas}
        others = [
            (field.label.text, field.data)
            for name, field in shown.items()
            if (field.data or "") != typed.get(name, field.data or "")
        ]
    form.version.data, form.draft.data = str(file.complaint.version), _drafted(file.response)
    return _form_page(kind, file, form, status=409, since=since, others=others, moved=True)


def _form_page(kind: AnswerKind, file: CaseFile, form: ResponseForm, *, status: int = 200, **more: Any) -> Answered:
    facts: dict[str, Any] = {"since": [], "others": [], "moved": False, "may_save": kind is not AnswerKind.REFUSAL}
    if kind is AnswerKind.REFUSAL:
        facts |= resting.grounds(session(), file, institution(), language(), clock.now())
    return render(
        PAGES[kind][2],
        status=status,
        act=acts.BY_SLUG[PAGES[kind][0]],
        form=form,
        file=file,
        number=printed_number(file),
        labels=case_labels,
        **facts | more,
    )


# ── looking at it, and sending it ────────────────────────────────────────────────────────────────


def _sent(file: CaseFile, officer: Officer, form: SendBackForm) -> ResponseReturnValue:
    """Send it, propose it or send it back; whoever looked at an older state of it looks again first."""
    do, case_id = request.form.get("do"), file.complaint.id
    seen = form.version.data
    form.validate_on_submit()
    if do != "send_back" and not form.forged:
        form.reason.errors = []
    if form.forged or (do == "send_back" and form.errors):
        return _shown(file, officer, _of(file), form, status=422)
    complaint = writing(file.complaint)
    if seen != _stamp(complaint, _newest(complaint)):
        session().rollback()
        session().expire_all()
        file = opened(officer, case_id)
        if file.response is None or file.response.state is AnswerState.SENT:
            return go_to("desk.case", case_id=case_id)
        form.version.data = _stamp(file.complaint, file.response)
        return _shown(file, officer, file.response, form, status=409, moved=True)
    by: dict[str, Any] = {"officer": officer, "now": clock.now()}
    try:
        if do == "send_back":
            service.send_back(session(), complaint, reason=form.reason.data or "", **by)
        elif do == "propose":
            service.propose(session(), complaint, profile=institution(), **by)
        else:
            send = refusing.refuse if _of(file).kind is AnswerKind.REFUSAL else service.send
            send(session(), complaint, profile=institution(), base_url=settings().base_url, **by)
    except (Unfinished, service.OneOfTwo, service.NotFirstLine, NotRefusable) as refusal:
        session().rollback()
        form.form_errors.extend(_why(refusal))
        return _shown(opened(officer, case_id), officer, None, form, status=422, gaps=[])
    except (NotAllowed, service.NothingWritten):
        session().rollback()
        return go_to("desk.case", case_id=case_id)
    session().commit()
    return go_to("desk.case", case_id=case_id)


def _why(refusal: Exception) -> list[Any]:
    match refusal:
        case Unfinished():
            return [responding.gap(found) for found in refusal.gaps]
        case NotRefusable():
            return [responding.NOT_REFUSABLE[refusal.bar]]
        case service.NotFirstLine():
            return [responding.NOT_FIRST_LINE]
        case _:
            return [responding.ONE_OF_TWO]


def _shown(
    file: CaseFile,
    officer: Officer,
    written: Response | None,
    form: SendBackForm | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> Answered:
    written = written or _of(file)
    profile, complaint, lang = institution(), file.complaint, language()
    number = printed_number(file)
    about = About(number, file.customer.person.name, complaint.topic, complaint.kind)
    facts: dict[str, Any] = {"gaps": [], "moved": False, "mail": None, "message": None}
    if form is not None and not isinstance(written, SentAnswer):
        lacking = _gaps(file, officer, closing=True)
        mail, message = announced(
            session(), complaint, written, file.customer, profile, settings().base_url, clock.now()
        )
        facts |= _choices(file, officer, written) | {
            "mail": mail,
            "message": message,
            "gaps": [responding.gap(found) for found in lacking],
        }
        if Action.ANSWER not in lawful(officer, complaint.status):
            form = None
    return render(
        "desk/response.html",
        status=status,
        form=form,
        file=file,
        number=number,
        written=written,
        word=responding.SENT_WORDS[written.kind],
        response=response_letter(written, about, profile=profile, language=lang),
        responding=responding,
        labels=case_labels,
        resting=resting.rests_on(file, written, profile, lang),
        edit_url=None if isinstance(written, SentAnswer) else _edit_url(written, complaint.id),
        **facts | more,
    )


def _choices(file: CaseFile, officer: Officer, written: Response) -> dict[str, bool]:
    """What this officer may do with it now: with four eyes its author proposes it and another one sends it."""
    if not institution().responses.four_eyes:
        return {"may_send": True, "may_propose": False, "may_send_back": False, "waits_for_another": False}
    proposed, mine = written.state is AnswerState.PROPOSED, written.author_id == officer.id
    return {
        "may_send": proposed and not mine,
        "may_propose": not proposed,
        "may_send_back": proposed and not mine,
        "waits_for_another": proposed and mine,
    }


def _edit_url(written: Response, case_id: UUID) -> str:
    return url_for(PAGES[written.kind][1], case_id=case_id)


def _gaps(file: CaseFile, officer: Officer, *, closing: bool) -> list[Any]:
    """What is missing before it can be sent; `closing`: also the report to the manager."""
    written = _of(file)
    reported = not closing or service.is_reported(file.complaint, officer)
    points = [point.id for point in file.points]
    languages = languages_of(file.complaint.language, institution())
    return gaps(service.draft_of(written), points, languages, reported=reported)


def _of(file: CaseFile) -> Response:
    assert file.response is not None
    return file.response


def _newest(complaint: Complaint) -> Response | None:
    """The response as it stands under the complaint's lock."""
    return newest_response(session(), open_box(session(), complaint.key_id), complaint.id)


def _drafted(written: Response | None) -> str:
    """The moment of the draft, by which a form tells that somebody saved another one meanwhile."""
    return written.written_at.isoformat() if written and written.state is not AnswerState.SENT else ""


def _stamp(complaint: Complaint, written: Response | None) -> str:
    """What a preview showed: the case's version and the draft's moment."""
    return f"{complaint.version} {_drafted(written)}"


def _asking(file: CaseFile) -> Asking:
    today = local_day(clock.now(), institution().zone)
    return Asking(file=file, profile=institution(), language=language(), today=today)
