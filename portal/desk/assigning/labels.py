"""The words for why a complaint is left out."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.desk.assigning.rules import Skip

SKIPS: Mapping[Skip, LazyString] = {
    Skip.CLOSED: _l("It is closed"),
    Skip.THEIRS: _l("This officer has it already"),
    Skip.HELD: _l("An officer has it already, and sharing out takes nothing away"),
}
