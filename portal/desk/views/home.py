"""Recovery codes until they are kept."""

from flask.typing import ResponseReturnValue

from portal.accounts import access, sessions
from portal.accounts.access import EVERYBODY, officer
from portal.accounts.rules import Officer
from portal.desk.blueprint import bp
from portal.desk.forms import KeptCodesForm
from portal.web.floor import session
from portal.web.pages import go_to, render


@bp.route("/recovery-codes", methods=["GET", "POST"])
@officer(*EVERYBODY)
def recovery_codes(officer: Officer) -> ResponseReturnValue:
    """Fresh recovery codes, as often as they are asked for until their owner has kept them."""
    login = access.current_login()
    codes = sessions.shown_codes(session(), login) if login else []
    if login is None or not codes:
        return go_to("desk.home")
    form = KeptCodesForm()
    if not form.validate_on_submit():
        return render("desk/recovery_codes.html", status=422 if form.errors else 200, form=form, codes=codes)
    session().begin_write()
    sessions.keep_codes(session(), login.session_id)
    session().commit()
    return go_to("desk.home")
