"""The queue: the first page of the desk for whoever may see cases, its filters in the address, kept fresh."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.accounts.access import EVERYBODY, current_login, officer
from portal.accounts.labels import roles_of
from portal.accounts.queries import names
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.handling import assignable
from portal.complaints.sight import READERS, sees_all
from portal.desk.blueprint import bp
from portal.desk.queue import labels, queries
from portal.desk.queue.forms import FilterForm
from portal.desk.queue.queries import Asking, saved_views
from portal.desk.queue.rules import EVENLY, VIEWS, Cursor, Filters, next_closure, own_calendar, read_cursor, views_of
from portal.institution.calendars.queries import calendars
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import go_to, render, wants_part
from portal.workdays.rules import local_day

# In a link: after which row the page begins, and how the list looked that is shown already.
AFTER, SEEN = "after", "v"


@bp.get("")
@officer(*EVERYBODY)
def home(officer: Officer) -> ResponseReturnValue:
    """The queue; for who may see no case, who is signed in and as what."""
    if not officer.has(*READERS):
        return render("desk/home.html", officer=officer, roles=roles_of(officer))
    return _queue(officer)


@bp.get("/queue")
@officer(*READERS, seen=False)
def refresh(officer: Officer) -> ResponseReturnValue:
    """What has changed in a list since it looked as `v` says: nothing (204), or the list anew."""
    if not wants_part():
        return go_to("desk.home", **{name: value for name, value in request.args.items() if name != SEEN})
    return _queue(officer, seen=request.args.get(SEEN))


def _queue(officer: Officer, *, seen: str | None = None) -> ResponseReturnValue:
    """The page of a list, or its part. `seen` is how the list looked that is shown already."""
    asking = ask_as(officer)
    form = filter_form(asking, request.args)
    valid = form.validate()
    filters = form.filters()
    own = [(view, read_query(view.query, asking)) for view in saved_views(session(), officer.id, own_key())]
    after = read_cursor(request.args.get(AFTER, ""), filters)
    found = queries.rows(session(), filters, asking, after=after)
    views = views_of(officer, four_eyes=asking.profile.responses.four_eyes)
    lists = [*(VIEWS[view] for view in views), *(narrowing for _, narrowing in own)]
    counted = queries.counts(session(), [*lists, filters], asking)
    version = queries.fingerprint(found, counted, asking.today)
    if version == seen:
        return "", 204
    return render(
        "desk/queue.html",
        part="desk/_queue.html",
        status=200 if valid else 422,
        form=form,
        views=[
            (words, each.query(), labels.count(number, language()), each == filters)
            for words, each, number in zip(
                [*(labels.VIEWS[view] for view in views), *(view.name for view, _ in own)], lists, counted, strict=False
            )
        ],
        has_own_views=bool(own),
        may_save=valid and filters not in lists,
        given=request.args.get("given", type=int) if seen is None else None,
        count=labels.count(counted[-1], language()),
        refreshed=seen is not None,
        refresh={**_page(filters, after), SEEN: version},
        **list_page(asking, found),
        **_links(filters, after, found),
        **_day(asking),
    )


def own_key() -> UUID:
    """The data key of who is signed in."""
    login = current_login()
    assert login is not None, "a page for officers has one"
    return login.key_id


def read_query(query: Mapping[str, str], asking: Asking) -> Filters:
    """The filters of a saved view; what its officer may name no more narrows nothing."""
    form = filter_form(asking, MultiDict(query))
    form.validate()
    return form.filters()


def ask_as(officer: Officer) -> Asking:
    """The officer who asks, on this day and by the institution's calendar."""
    profile = institution()
    calendar = calendars(session()).of(own_calendar(profile))
    return Asking(officer, local_day(clock.now(), profile.zone), calendar, profile)


def list_page(asking: Asking, found: queries.Rows) -> dict[str, Any]:
    """What every list of complaints shows of its rows."""
    everything = sees_all(asking.officer)
    return {
        "lines": labels.lines(
            queries.listed(session(), found, asking),
            profile=asking.profile,
            calendar=asking.calendar,
            today=asking.today,
            divisions=None if everything else asking.officer.divisions,
            names=names(session()),
            language=language(),
        ),
        # A manager can give each of them away.
        "colleagues": [(one.id, one.name) for one in assignable(session())]
        if asking.officer.has(OfficerRole.CS_MANAGER)
        else [],
        "evenly": EVENLY,
        "has_kinds": len(asking.profile.kinds) > 1,
    }


def filter_form(asking: Asking, told: MultiDict[str, str]) -> FilterForm:
    """The form of the filters, bound to what an address or a saved view says."""
    profile, everything = asking.profile, sees_all(asking.officer)
    return FilterForm(
        formdata=told,
        profile=profile,
        language=language(),
        divisions=[code for code in profile.divisions if everything or code in asking.officer.divisions],
        holders=[(str(one.id), one.name) for one in queries.holders(session(), asking)],
        has_cases=asking.officer.has(OfficerRole.AGENT, OfficerRole.CS_MANAGER),
    )


def _links(filters: Filters, after: Cursor | None, found: queries.Rows) -> dict[str, Any]:
    """Where the list goes on, where it begins, and where it stands now."""
    following = queries.next_page(found, filters)
    return {
        "by_due_date": filters.by_due_date,
        "narrowed": filters != Filters(),
        "first": filters.query(),
        "again": _page(filters, after),
        "following": _page(filters, following) if following else None,
        "goes_on": after is not None,
    }


def _page(filters: Filters, after: Cursor | None) -> dict[str, str]:
    return {**filters.query(), **({AFTER: after.text()} if after else {})}


def _day(asking: Asking) -> dict[str, Any]:
    """What kind of day it is."""
    return {
        "now": clock.now(),
        "working": asking.calendar.is_working(asking.today),
        "closure": next_closure(asking.calendar, asking.today),
    }
