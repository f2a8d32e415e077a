"""The report on one case: what it was, why, what was looked into and how it ended, on a page to print (K3-10)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.access import officer
from portal.accounts.rules import Officer
from portal.complaints.rules import Action
from portal.complaints.sight import READERS
from portal.desk.blueprint import bp
from portal.desk.views.case import case_page, opened
from portal.web.pages import render


@bp.get("/cases/<uuid:case_id>/report")
@officer(*READERS)
def report(case_id: UUID, officer: Officer) -> ResponseReturnValue:
    """The report of a case as it stands (K3-10, K3-21, K3-32, K3-39)."""
    file = opened(officer, case_id)
    reasons = [
        told.payload["reason"]
        for told in reversed(file.history)
        if told.kind == Action.CATEGORISE and told.payload and told.payload.get("reason")
    ]
    page: dict[str, Any] = case_page(officer, file)
    return render(
        "desk/report.html",
        reasons=reasons,
        made_at=clock.now(),
        **page | {"acts": ()},
    )
