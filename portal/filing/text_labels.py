"""The words for texts that wait for a choice."""

from flask_babel import lazy_gettext as _l

TOO_MANY_TEXTS = _l(
    "Too many different texts wait here for your choice. Choose among them first; this one is not saved yet"
)
TEXTS_CHANGED = _l("Something else was written meanwhile. Look at the texts once more")
CHOOSE = _l("Choose what should stand here")
KEEP_BOTH = _l("Both, one below the other")
FIRST = _l("What was saved first")
TICKED, NOT_TICKED, NOTHING = _l("Ticked"), _l("Not ticked"), _l("Nothing")
