"""The words for the steps of a filing and for what a customer should take out of their text."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.filing.rules import Exposed, Slug

# Short, as they stand in the margin of every step.
TITLES: Mapping[Slug, LazyString] = {
    Slug.PRIVACY: _l("Your data"),
    Slug.WHO: _l("Your name"),
    Slug.CONTACT: _l("How to reach you"),
    Slug.ACCOUNT: _l("Your number with us"),
    Slug.TOPIC: _l("The problem"),
    Slug.TRANSACTION: _l("The transaction"),
    Slug.STORY: _l("What happened"),
    Slug.DOCUMENTS: _l("Documents"),
    Slug.CHECK: _l("Check and send"),
}

# The sections of the check.
ABOUT_YOU = _l("About you")
THE_PROBLEM = _l("The problem")
DOCUMENTS = _l("Documents")

EXPOSED: Mapping[Exposed, LazyString] = {
    Exposed.CARD: _l(
        "Your answers seem to contain a whole card number. We need its last four digits at most: delete the rest."
    ),
    Exposed.SECRET: _l(
        "Your answers seem to contain a PIN, password or one-time code. Nobody but you may know it: delete it."
    ),
}

# Letters are written in one of these; each is named in the reader's own language.
LETTER_LANGUAGES: Mapping[str, LazyString] = {"id": _l("Indonesian"), "en": _l("English")}
