"""The first page of the desk."""

from flask.typing import ResponseReturnValue

from portal.accounts.access import EVERYBODY, officer
from portal.accounts.labels import roles_of
from portal.accounts.rules import Officer
from portal.desk.blueprint import bp
from portal.web.pages import render


@bp.get("")
@officer(*EVERYBODY)
def home(officer: Officer) -> ResponseReturnValue:
    """Who is signed in, as what, and where their account is."""
    return render("desk/home.html", officer=officer, roles=roles_of(officer))
