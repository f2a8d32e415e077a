"""The words of the acts that the customer waits for: why something cannot be done, and what is still lacking."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.responses.rules import ExtensionBar, Gap, Lack, RefusalBar
from portal.complaints.states import AnswerKind, AnswerState
from portal.web import formats

# Each says the rule.
NOT_EXTENDABLE: Mapping[ExtensionBar, LazyString] = {
    ExtensionBar.VERBAL: _l("The limit of a verbal complaint has no extension. If it needs longer, go on in writing"),
    ExtensionBar.NONE: _l("This limit has no extension"),
    ExtensionBar.INCOMPLETE: _l("Our time has not begun: the documents are incomplete, so there is nothing to extend"),
    ExtensionBar.NOT_RUNNING: _l("No time of ours is running"),
    ExtensionBar.LATE: _l("The limit has ended. An extension is told before its last day is over, or not at all"),
    ExtensionBar.SPENT: _l("Every extension that the rules allow has been used. No ground lengthens the time further"),
    ExtensionBar.BINDS: _l("Another limit ends first and has no extension, so that nothing would move"),
    ExtensionBar.GROUND: _l("Only the grounds listed here lengthen this limit"),
    ExtensionBar.PARTY: _l("This ground rests on somebody outside: name the party"),
}

NOT_REFUSABLE: Mapping[RefusalBar, LazyString] = {
    RefusalBar.GROUND: _l("A complaint is refused on one of the grounds listed here, and on no other"),
    RefusalBar.SHORT: _l("What is no complaint is answered, never refused"),
    RefusalBar.WITHDRAWS: _l("Documents that do not come mean withdrawal here. It comes about by itself"),
    RefusalBar.COMPLETE: _l("Nothing is missing: the documents are complete"),
    RefusalBar.RUNNING: _l("The customer’s time to bring the documents is not over"),
    RefusalBar.UNTOLD: _l("No notice told the customer what is missing"),
    RefusalBar.UNREAD: _l("A document waits that nobody has read. It may be what was missing: read it first"),
    RefusalBar.NO_CASE: _l("No complaint that you may see has this number"),
    RefusalBar.ITSELF: _l("This is the number of this complaint itself"),
    RefusalBar.ANOTHERS: _l("That complaint is another customer’s: account, telephone and address all differ"),
    RefusalBar.UNRESOLVED: _l("That complaint is not resolved. Only a resolved one is a ground, agreed or not"),
    RefusalBar.UNCHECKED: _l("Write which agreement or transaction you checked, and what it says"),
}

# What lacks in one language; where a response has one language alone it is the same sentence.
_IN: Mapping[tuple[Lack, str], LazyString] = {
    (Lack.REPLY, "id"): _l("Answer this point in Indonesian, or say why it is not ours to decide"),
    (Lack.REPLY, "en"): _l("Answer this point in English, or say why it is not ours to decide"),
    (Lack.FINDINGS, "id"): _l("Write in Indonesian what the investigation found"),
    (Lack.FINDINGS, "en"): _l("Write in English what the investigation found"),
    (Lack.WORDS, "id"): _l("Write it in Indonesian"),
    (Lack.WORDS, "en"): _l("Write it in English"),
}
_LACKS: Mapping[Lack, LazyString] = {
    Lack.POINTS: _l("First list the customer’s points: each of them is answered"),
    Lack.OUTCOME: _l("Choose what the response amounts to"),
    Lack.AMOUNT: _l("Enter the amount"),
    Lack.ON: _l("Enter the day of the disbursement"),
    Lack.REFERENCE: _l("Enter the reference number of the disbursement"),
    Lack.REPORT: _l("It leaves the customer unsolved: pass it to the manager first, or let a manager send it"),
}

SENT_WORDS: Mapping[AnswerKind, LazyString] = {
    AnswerKind.ANSWER: _l("Response"),
    AnswerKind.FIRST_LINE: _l("First-line answer"),
    AnswerKind.REFUSAL: _l("Refusal"),
}
STATES: Mapping[AnswerState, LazyString] = {
    AnswerState.DRAFT: _l("Draft"),
    AnswerState.PROPOSED: _l("Before a second officer"),
    AnswerState.SENT: _l("Sent"),
}
STATE_MARKS: Mapping[AnswerState, str] = {
    AnswerState.DRAFT: "wait",
    AnswerState.PROPOSED: "now",
    AnswerState.SENT: "done",
}

ONE_OF_TWO = _l("Another officer than the one who wrote it must send it")
NOT_FIRST_LINE = _l("It was passed on or is with the manager, so that it needs a response to each point")


def gap(found: Gap) -> LazyString:
    """What is missing, as a sentence that says what to do."""
    return _IN[found.lack, found.language] if found.language else _LACKS[found.lack]


def span(since: datetime, until: datetime, language: str) -> str:
    """How long something took: minutes below an hour, whole hours below two days, then days (KF-32)."""
    minutes = max(0, int((until - since).total_seconds()) // 60)
    if minutes >= 2 * 24 * 60:
        return formats.days(minutes // (24 * 60), "calendar", language)
    return formats.elapsed(max(1, minutes) if minutes < 60 else minutes // 60 * 60, language)
