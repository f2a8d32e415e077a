"""Decisions, objections and forums in the history, told to officers."""

from collections.abc import Mapping

from flask_babel import gettext as _

from portal.complaints.disputes.labels import SATISFACTIONS
from portal.complaints.rules import Action
from portal.forums.loader import load
from portal.history.rules import Told


def forum(code: str, language: str) -> str:
    """A forum by its name."""
    known = load().forums.get(code)
    return known.label[language] if known else str(_("Somewhere else"))


def said_of(told: Told, language: str) -> str | None:
    """What an entry about a decision, an objection or a forum tells officers; None where it says nothing more."""
    payload = told.payload or {}
    match told.kind:
        case Action.RECORD_AGREED | Action.RECORD_NOT_AGREED | Action.RECORD_WITHDRAWAL:
            return " ".join(filter(None, (str(payload["how"]), _informed(payload, language))))
        case Action.DISAGREE | Action.REFUSE:
            return _informed(payload, language)
        case Action.OBJECT:
            parts = (payload.get("how"), payload.get("reason"))
            return " ".join(part for part in parts if part) or None
        case Action.CONFIRM_OBJECTION | Action.REOPEN | Action.END_HOLD:
            return str(payload.get("reason") or _("By itself: it brought a document that was not submitted before."))
        case Action.END_OBJECTION:
            return " ".join(filter(None, (str(payload["reason"]), _informed(payload, language))))
        case Action.TELL_FORUM:
            return forum(payload["forum"], language)
        case Action.RATE:
            return str(SATISFACTIONS[payload["satisfaction"]])
        case _:
            return None


def _informed(payload: Mapping[str, object], language: str) -> str | None:
    """The proof that the forum information was sent: how many notices, and which forums they name (SQ-34)."""
    forums, notices = payload.get("forums"), payload.get("notices")
    if not isinstance(forums, list) or not isinstance(notices, list) or not forums:
        return None
    named = ", ".join(forum(str(code), language) for code in forums)
    return str(_("Forum information sent, %(count)s notices: %(forums)s.", count=len(notices), forums=named))
