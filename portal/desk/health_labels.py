"""The words of the health page: what each check found, and the kinds of background work."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.notices.labels import why_failed
from portal.web import formats

CHECKS: Mapping[str, LazyString] = {
    "database": _l("Database"),
    "storage": _l("Storage of documents"),
    "queue": _l("Background work"),
    "scanner": _l("Virus scanner"),
    "mail": _l("Mail server"),
    "gateway": _l("SMS and WhatsApp"),
    "notices": _l("Notices to customers"),
    "keys": _l("Keys"),
    "addresses": _l("Our own addresses"),
    "calendars": _l("Calendar of working days"),
    "forums": _l("Facts about the forums"),
}

LEVELS: Mapping[str, LazyString] = {
    "ok": _l("in order"),
    "warning": _l("to be seen to"),
    "fault": _l("out of order"),
}
MARKS: Mapping[str, str] = {"ok": "done", "warning": "wait", "fault": "late"}

_FOUND: Mapping[tuple[str, str], LazyString] = {
    ("database", "ok"): _l("It answers, and its tables are up to date."),
    ("database", "pending"): _l("Its tables are older than the portal. The operators must run the migration."),
    ("storage", "ok"): _l("It takes documents and gives them back."),
    ("queue", "ok"): _l("Nothing waits for too long."),
    ("queue", "late"): _l(
        "Something has been due for %(count)s minutes. No worker seems to run: notices are not sent and dates not "
        "watched until one does."
    ),
    ("queue", "dead"): _l("Given up after many tries: %(count)s. They stand below."),
    ("scanner", "ok"): _l("It answers: %(version)s."),
    ("scanner", "none"): _l("There is none. Officers get copies of documents that we have drawn anew."),
    ("scanner", "away"): _l("It does not answer. New documents are held until it does."),
    ("mail", "ok"): _l("It lets us in."),
    ("mail", "none"): _l("There is none: mails are shown on the console of this machine."),
    ("mail", "away"): _l("It does not let us in (%(failure)s). Mails wait and are tried again."),
    ("gateway", "ok"): _l("The message service can be reached."),
    ("gateway", "none"): _l("There is none. Who gives only a telephone number gets no message from this installation."),
    ("gateway", "console"): _l("There is none: messages are shown on the console of this machine."),
    ("gateway", "away"): _l("The message service cannot be reached (%(failure)s). Messages wait and are tried again."),
    ("notices", "ok"): _l("All have arrived or are on their way."),
    ("notices", "undelivered"): _l("Not delivered: %(count)s. They stand in the outbox."),
    ("keys", "ok"): _l("Everything is sealed under the current master key, %(key)s."),
    ("keys", "lost"): _l("Complaints are sealed under master keys that are missing: %(keys)s. They cannot be read."),
    ("keys", "rewrap"): _l(
        "The master key was changed, and %(count)s complaints and drafts still need the older one. The operators must "
        "run the re-wrapping before it is taken away."
    ),
    ("keys", "old"): _l("The key %(key)s should be changed before %(on)s. The operators can do it."),
    ("addresses", "ok"): _l("Every address on the customers’ pages is confirmed."),
    ("addresses", "doubtful"): _l("Not confirmed as our own: %(addresses)s."),
    ("calendars", "ok"): _l("The holidays are known until %(on)s."),
    ("calendars", "unused"): _l("No limit is counted in working days."),
    ("calendars", "out"): _l("The known holidays ended on %(on)s. Every new date is provisional."),
    ("calendars", "ends"): _l("The known holidays end on %(on)s. Enter the new decree before then."),
    ("calendars", "doubts"): _l(
        "Changes that do not fit the published holidays: %(count)s. The operators can list them."
    ),
    ("forums", "ok"): _l("Each was checked within the last %(days)s days."),
    ("forums", "aged"): _l(
        "To be checked again: %(count)s (%(keys)s). Until then customers read “check with …” and nothing is closed by "
        "them."
    ),
}
_NO_ANSWER = _l("It does not answer.")

JOBS: Mapping[str, LazyString] = {
    "waiting": _l("Waiting"),
    "running": _l("Running"),
    "done": _l("Done"),
    "dead": _l("Given up"),
}


def found(check: str, code: str, facts: Mapping[str, Any], language: str) -> str:
    """What a check found, as a person says it."""
    sentence = _FOUND.get((check, code), _NO_ANSWER)
    said = {name: _said(name, value, language) for name, value in facts.items()}
    return str(sentence) % said


def _said(name: str, value: Any, language: str) -> str:
    if name == "on":
        return formats.day(value, language)
    if name == "failure":
        return str(why_failed(value))
    return formats.number(value, language) if isinstance(value, int) else str(value)
