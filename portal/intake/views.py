"""The customer's way from the privacy notice to a registered complaint."""

from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.complaints.handed_in import Acknowledged
from portal.evidence.delivering import deliver
from portal.evidence.forms import FilesForm
from portal.evidence.receiving import Delivery
from portal.filing import service
from portal.filing.access import Mine, hand_out, held, my_draft, take_back
from portal.filing.files import files_form, keep_files
from portal.filing.forms.asking import StepForm
from portal.filing.forms.matter import TransactionForm, TransactionsForm
from portal.filing.queries import sent_as
from portal.filing.rules import (
    MOST_TRANSACTIONS,
    AlreadySent,
    Answer,
    Slug,
    Told,
    Unfinished,
    is_none_in_particular,
    is_open,
    next_step,
    typed_rows,
    unread_row,
)
from portal.filing.steps import BY_SLUG, Step
from portal.intake.access import unsent
from portal.intake.again import resolved_before, say_something_else
from portal.intake.guard import BEGIN, SEND, hindrance
from portal.intake.lost import gone, late
from portal.intake.pages import (
    asking,
    documents_page,
    sent_page,
    step_page,
    tasks_page,
    transaction_page,
    transactions_page,
)
from portal.intake.saving import part_of, remove_row, switched, take, torn
from portal.web.access import keeps_typed, public
from portal.web.floor import institution, session, settings
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part

bp = Blueprint("intake", __name__, url_prefix="/<any(id, en):lang>/file")


# ── step by step ─────────────────────────────────────────────────────────────────────────────────


@bp.get("")
@public
def tasks() -> ResponseReturnValue:
    """All steps with how each stands: from here a filing that was left is taken up again."""
    mine = unsent()
    if not isinstance(mine, Mine):
        return mine
    return render("intake/tasks.html", **tasks_page(service.told(session(), mine.draft), mine))


@bp.route("/<step>", methods=["GET", "POST"])
@public
@keeps_typed
def step(step: str) -> ResponseReturnValue:
    """One step: its questions, and what was answered so far. A step beyond a gap leads to the gap."""
    if step not in BY_SLUG or (step == Slug.CHECK and request.method == "POST"):
        abort(404)
    here, mine = BY_SLUG[Slug(step)], my_draft()
    if request.method == "POST" and here.slug is not Slug.PRIVACY:
        told = service.told(session(), mine.draft) if mine else None
        return take(here, _form(here, told), mine, told, show=partial(_step_page, here, mine))
    if mine and mine.draft.complaint_id:
        if here.slug is not Slug.PRIVACY or service.kept_code(mine.draft, token=mine.token, now=clock.now()):
            return go_to("intake.sent")
        mine = None
    told = service.told(session(), mine.draft) if mine else None
    if not is_open(told, here.slug, institution()):
        return go_to("intake.step", step=next_step(told, institution()))
    if mine and (choice := torn(mine, here.slug) or resolved_before(told, here.slug)):
        return choice
    form = _form(here, told)
    if not form.validate_on_submit():
        return _step_page(here, mine, form, told, 422 if form.errors else 200)
    if mine is None and (stop := hindrance(BEGIN, lambda wait: _step_page(here, mine, form, told, wait=wait))):
        return stop
    return _begin(mine)


def _step_page(
    here: Step, mine: Mine | None, form: StepForm, told: Told | None, status: int = 200, **more: Any
) -> Response:
    return render(here.template, status=status, **step_page(here, form, told, mine), **more)


def _form(here: Step, told: Told | None) -> StepForm:
    answer = told.answers.get(here.slug) if told else None
    return here.form(asking(told), answer.typed if answer and request.method == "GET" else None)


def _begin(mine: Mine | None) -> Response:
    """The notice was acknowledged: open a draft, or note that it was acknowledged once more."""
    now, profile = clock.now(), institution()
    acknowledged = Acknowledged(profile.privacy.version, language(), now)
    draft = held(mine)
    if mine and draft:
        token = mine.token
        try:
            service.acknowledge(session(), draft, acknowledged=acknowledged, profile=profile, now=now)
        except AlreadySent:
            return go_to("intake.sent")
    else:
        session().begin_write()
        draft, token = service.begin(session(), acknowledged=acknowledged, profile=profile, now=now)
    told = service.told(session(), draft)
    session().commit()
    return hand_out(go_to("intake.step", step=next_step(told, profile)), token)


class Opened(NamedTuple):
    """A step that may be visited, and the draft that it belongs to."""

    here: Step
    mine: Mine
    told: Told


def _opened(slug: Slug, *, reached: bool = False) -> Opened | Response:
    """A step with an address of its own, or the way to where its visitor has to go instead.

    `reached`: its visitor was there already, whatever another window has changed since.
    """
    mine = my_draft()
    if mine and mine.draft.complaint_id:
        return go_to("intake.sent")
    told = service.told(session(), mine.draft) if mine else None
    if not mine or not told or not (reached or is_open(told, slug, institution())):
        return go_to("intake.step", step=next_step(told, institution()))
    return Opened(BY_SLUG[slug], mine, told)


# ── several transactions ─────────────────────────────────────────────────────────────────────────


@bp.route("/transactions", methods=["GET", "POST"])
@public
@keeps_typed
def transactions() -> ResponseReturnValue:
    """The transactions told so far (SQ-19): one can be added, changed or taken out. While there is none, the first
    is asked for."""
    opened = _opened(Slug.TRANSACTIONS)
    if not isinstance(opened, Opened):
        return opened
    here, mine, told = opened
    if request.method == "GET" and (earlier := resolved_before(told, here.slug)):
        return earlier
    answer = told.answers.get(here.slug)
    if answer is None or is_none_in_particular(answer) or not typed_rows(answer.typed):
        # What another tab has emptied meanwhile is begun anew.
        return _transaction(1, opened) if request.method == "GET" else go_to("intake.transactions")
    form = TransactionsForm(asking(told))
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render("intake/transactions.html", status=status, **transactions_page(here, form, told, answer))
    unwanted = request.form.get("remove", type=int)
    if unwanted is None:
        wrong = unread_row(answer, institution())
        if wrong:
            return go_to("intake.transaction", number=wrong)
        return go_to("intake.step", step=next_step(told, institution()))
    draft = held(mine)
    if not draft:
        return go_to("intake.step", step=Slug.PRIVACY)
    before = service.told(session(), draft).answers.get(here.slug)
    try:
        remove_row(draft, here.slug, before or answer, unwanted)
    except AlreadySent:
        return go_to("intake.sent")
    session().commit()
    return hand_out(go_to("intake.transactions"), mine.token)


@bp.route("/transactions/<int:number>", methods=["GET", "POST"])
@public
@keeps_typed
def transaction(number: int) -> ResponseReturnValue:
    """One of the transactions, or one more. Whoever has another goes on to it straight from here."""
    if request.method == "POST":
        mine = my_draft()
        return _take_transaction(number, mine, service.told(session(), mine.draft) if mine else None)
    opened = _opened(Slug.TRANSACTIONS)
    return _transaction(number, opened) if isinstance(opened, Opened) else opened


def _transaction(number: int, opened: Opened) -> Response:
    """The form of one transaction."""
    here, mine, told = opened
    if not 1 <= number <= _last_transaction(told):
        return go_to("intake.transactions")
    if choice := torn(mine, part_of(here.slug, number)):
        return choice
    form = _transaction_form(number, told, typed=True)
    return render("intake/transaction.html", **transaction_page(here, form, told))


def _take_transaction(number: int, mine: Mine | None, told: Told | None) -> Response:
    """Take one transaction. One that another window has taken out meanwhile comes back as the last."""
    here = BY_SLUG[Slug.TRANSACTIONS]
    number = min(max(number, 1), _last_transaction(told))
    form = _transaction_form(number, told, typed=False)

    def show(form: StepForm, told: Told | None, status: int) -> Response:
        return render("intake/transaction.html", status=status, **transaction_page(here, form, told))

    def onward(told: Told) -> Response:
        rows = len(typed_rows(told.answers[here.slug].typed))
        if "more" in request.form and not form.without and rows < MOST_TRANSACTIONS:
            return go_to("intake.transaction", number=rows + 1)
        return go_to("intake.step", step=next_step(told, institution()))

    return take(here, form, mine, told, show=show, onward=onward)


def _transaction_form(number: int, told: Told | None, *, typed: bool) -> TransactionForm:
    """The form of a transaction, bound to what the draft holds of it or to what was sent."""
    answer = told.answers.get(Slug.TRANSACTIONS) if told else None
    rows = typed_rows(answer.typed) if answer else []
    held = rows[number - 1] if typed and number <= len(rows) else None
    return TransactionForm(asking(told), held, number=number, alone=number == 1 and len(rows) < 2)


def _last_transaction(told: Told | None) -> int:
    """The highest number that a transaction may have: one more than there are, unless there is none in particular."""
    answer = told.answers.get(Slug.TRANSACTIONS) if told else None
    if answer is None or is_none_in_particular(answer):
        return 1
    return min(len(typed_rows(answer.typed)) + 1, MOST_TRANSACTIONS)


# ── documents ────────────────────────────────────────────────────────────────────────────────────

# The page, and the part of it that a script gets which sends each file by itself.
DOCUMENTS = ("intake/documents.html", "intake/_documents.html")


@bp.route("/documents", methods=["GET", "POST"])
@public
@keeps_typed
def documents() -> ResponseReturnValue:
    """The step at which files come. Each is kept at once and stands in the list; none is needed to go on.

    The body is parsed only after right, limit and origin were looked at, while no transaction is open.
    """
    opened = _documents_opened()
    if not isinstance(opened, Opened):
        return opened
    here, mine, told = opened
    page, part = DOCUMENTS
    if request.method != "POST":
        return render(page, **documents_page(here, files_form(mine.draft, told, now=clock.now()), told, mine))
    return deliver(
        mine.draft.key_id,
        form=partial(files_form, mine.draft, told, now=clock.now()),
        show=lambda form, status: render(page, part=part, status=status, **documents_page(here, form, told, mine)),
        take=partial(_take, here, mine),
    )


def _documents_opened() -> Opened | Response:
    """The step of the documents. Files are taken even while an earlier step is open again in another window."""
    mine = my_draft()
    if request.method != "POST" or (mine and mine.draft.complaint_id is None):
        return _opened(Slug.DOCUMENTS, reached=request.method == "POST")
    return late(None) if mine else gone(BY_SLUG[Slug.DOCUMENTS], None)


def _take(here: Step, mine: Mine, form: FilesForm, delivery: Delivery) -> Response:
    """Keep what came, remove what is not wanted, and go on if that was asked and nothing went wrong."""
    profile, now = institution(), clock.now()
    draft = held(mine)
    if not draft:
        return gone(here, None)
    if draft.complaint_id:
        return late(None)
    refused = keep_files(draft, form, delivery, now=now)
    if "on" in request.form and not refused:
        service.save(session(), draft, here.slug, Answer({}, {}), language=language(), profile=profile, now=now)
    told = service.told(session(), draft)
    session().commit()
    page, part = DOCUMENTS
    if refused:
        form.tell(refused)
        return render(page, part=part, status=422, **documents_page(here, form, told, mine))
    if wants_part() and "on" not in request.form:
        # A script that sent one file, or removed one, and shows what there is now.
        return hand_out(render(page, part=part, **documents_page(here, form, told, mine)), mine.token)
    following = next_step(told, profile) if "on" in request.form else here.slug
    return hand_out(switched() or go_to("intake.step", step=following), mine.token)


@bp.post("/something-else")
@public
def something_else() -> ResponseReturnValue:
    """Who was shown their own case that was resolved before says that this is something else, and goes on (BM-22)."""
    say_something_else()
    mine = my_draft()
    return go_to("intake.step", step=next_step(service.told(session(), mine.draft) if mine else None, institution()))


@bp.post("/discard")
@public
def discard() -> ResponseReturnValue:
    """Delete an unfinished draft and begin anew."""
    mine = my_draft()
    draft = held(mine)
    if draft:
        try:
            service.discard(session(), draft, now=clock.now())
        except AlreadySent:
            return go_to("intake.sent")
        session().commit()
    return take_back(go_to("intake.step", step=Slug.PRIVACY))


# ── sent ─────────────────────────────────────────────────────────────────────────────────────────


@bp.route("/send", methods=["GET", "POST"])
@public
@keeps_typed
def send() -> ResponseReturnValue:
    """Register the complaint. Sending twice, at once or later, leads to the same one."""
    if request.method == "GET":
        # Where the language link or the reload of a page leads that was refused here.
        return go_to("intake.step", step=Slug.CHECK)
    mine = my_draft()
    if mine and not mine.draft.complaint_id:
        told, here = service.told(session(), mine.draft), BY_SLUG[Slug.CHECK]
        if not is_open(told, here.slug, institution()):
            return go_to("intake.step", step=next_step(told, institution()))
        form = _form(here, told)
        if not form.validate_on_submit():
            return render(here.template, status=422, **step_page(here, form, told, mine))
        if stop := hindrance(SEND, lambda wait: render(here.template, wait=wait, **step_page(here, form, told, mine))):
            return stop
    draft = held(mine)
    if not mine or not draft:
        return go_to("intake.step", step=Slug.PRIVACY)
    try:
        service.send(
            session(),
            draft,
            token=mine.token,
            language=language(),
            profile=institution(),
            base_url=settings().base_url,
            now=clock.now(),
        )
    except Unfinished as unfinished:
        return go_to("intake.step", step=unfinished.gap)
    session().commit()
    return hand_out(go_to("intake.sent"), mine.token)


@bp.get("/sent")
@public
def sent() -> ResponseReturnValue:
    """The confirmation (SQ-21, BM-10, BM-11): number, moment, access code while it is kept, and what follows."""
    mine = my_draft()
    complaint = sent_as(session(), mine.draft) if mine else None
    if not mine or not complaint:
        return go_to("intake.step", step=Slug.CHECK if mine else Slug.PRIVACY)
    return render("intake/sent.html", **sent_page(mine, complaint))


@bp.post("/kept")
@public
def kept() -> ResponseReturnValue:
    """The customer has kept number and code: our copy of the code is destroyed and this browser forgets the draft."""
    mine = my_draft()
    draft = held(mine)
    if draft:
        if not draft.complaint_id:
            return go_to("intake.step", step=Slug.CHECK)
        service.forget_sent(session(), draft)
        session().commit()
    return take_back(go_to("tracking.sign_in"))
