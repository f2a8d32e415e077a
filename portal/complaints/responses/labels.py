"""The words for what a response amounts to, and for what is still lacking in one."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.states import Outcome, PointState

OUTCOMES: Mapping[Outcome, LazyString] = {
    Outcome.EXPLANATION: _l("An explanation"),
    Outcome.APOLOGY: _l("An apology"),
    Outcome.CORRECTION: _l("A correction"),
    Outcome.COMPENSATION: _l("Goodwill or compensation, with an amount"),
    Outcome.DISBURSEMENT: _l("Disbursement made at once"),
    Outcome.NOT_UPHELD: _l("Not upheld"),
}

TREATMENTS: Mapping[PointState, LazyString] = {
    PointState.ANSWERED: _l("We answer it"),
    PointState.MARKED: _l("It is not ours to decide; we say why"),
}
