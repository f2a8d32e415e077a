"""The words for rounds, how they end, and how content somebody is."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.states import Novelty, RoundKind, RoundOutcome

ROUND_KINDS: Mapping[RoundKind, LazyString] = {
    RoundKind.COMPLAINT: _l("First round"),
    RoundKind.OBJECTION: _l("Objection"),
    RoundKind.REOPENED: _l("Taken up again"),
}

OUTCOMES: Mapping[RoundOutcome, LazyString] = {
    RoundOutcome.AGREED: _l("Agreed"),
    RoundOutcome.NOT_AGREED: _l("Not agreed"),
    RoundOutcome.NO_REACTION: _l("No reply"),
    RoundOutcome.SETTLED: _l("Settled"),
    RoundOutcome.REFUSED: _l("Refused"),
    RoundOutcome.OBJECTED: _l("Objected to"),
    RoundOutcome.ENDED: _l("Ended: nothing new"),
    RoundOutcome.REOPENED: _l("Taken up again"),
    RoundOutcome.WITHDRAWN: _l("Withdrawn"),
    RoundOutcome.DEEMED_WITHDRAWN: _l("Deemed withdrawn"),
    RoundOutcome.MERGED: _l("Goes on in another one"),
}
# The mark that stands before the word; its shape says the same without colour.
OUTCOME_MARKS: Mapping[RoundOutcome, str] = {RoundOutcome.AGREED: "done", RoundOutcome.SETTLED: "done"}

NOVELTIES: Mapping[Novelty, LazyString] = {
    Novelty.NEW: _l("With something new"),
    Novelty.DOUBTED: _l("Whether it is new is still to be seen"),
    Novelty.CONFIRMED: _l("Confirmed by an officer"),
    Novelty.ENDED: _l("Nothing new"),
    Novelty.NOT_NEEDED: _l("No new document is needed"),
}
NOVELTY_MARKS: Mapping[Novelty, str] = {
    Novelty.NEW: "done",
    Novelty.DOUBTED: "wait",
    Novelty.CONFIRMED: "done",
    Novelty.ENDED: "",
    Novelty.NOT_NEEDED: "",
}

# In words, because a number alone says nothing (KF-04).
SATISFACTIONS: Mapping[int, LazyString] = {
    5: _l("Very satisfied"),
    4: _l("Satisfied"),
    3: _l("Neither satisfied nor dissatisfied"),
    2: _l("Dissatisfied"),
    1: _l("Very dissatisfied"),
}
