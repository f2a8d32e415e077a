"""The page that says which keys the desk knows. Its part is what the `?` key shows in any other page."""

from flask.typing import ResponseReturnValue

from portal.accounts.access import EVERYBODY, officer
from portal.accounts.rules import Officer
from portal.desk.blueprint import bp
from portal.web.pages import render


@bp.get("/keys")
@officer(*EVERYBODY, seen=False)
def keys(officer: Officer) -> ResponseReturnValue:
    """What each key does, and where they are switched off."""
    return render("desk/keys.html", on=officer.shortcuts)
