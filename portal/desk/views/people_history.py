"""What was done to officers' accounts, by whom, and who was let in or refused: for administrators and auditors."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal.accounts import chronicle
from portal.accounts.access import officer
from portal.accounts.queries import names
from portal.accounts.rules import Officer, OfficerRole
from portal.desk.account_labels import lines
from portal.desk.blueprint import bp
from portal.web.floor import institution, session
from portal.web.language import language
from portal.web.pages import render


@bp.get("/people/history")
@officer(OfficerRole.ADMINISTRATOR, OfficerRole.AUDITOR)
def people_history(officer: Officer) -> ResponseReturnValue:
    """The newest first, of everybody or of the officer `of`; a page begins before the entry `before`."""
    known = names(session())
    whose, before = (request.args.get(name, type=UUID) for name in ("of", "before"))
    whose = whose if whose in known else None
    found = chronicle.noted(session(), officer_id=whose, before=before)
    following = found[chronicle.PAGE - 1].id if len(found) > chronicle.PAGE else None
    return render(
        "desk/people_history.html",
        lines=lines(found[: chronicle.PAGE], names=known, profile=institution(), language=language()),
        people=sorted(known.items(), key=lambda one: one[1].casefold()),
        whose=whose,
        goes_on=before is not None,
        following=following,
    )
