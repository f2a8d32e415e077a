"""The words for the steps of a filing, for what can be chosen, and for what a customer should look at once more."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.filing.cautions import Exposed, NikDoubt
from portal.filing.rules import CUSTOMER, REPRESENTATIVE, Slug, Standing

# Short, as they stand in the margin of every step and in the list of all.
TITLES: Mapping[Slug, LazyString] = {
    Slug.PRIVACY: _l("Your data"),
    Slug.KIND: _l("What you send us"),
    Slug.WHO: _l("Who complains"),
    Slug.IDENTITY: _l("Identity"),
    Slug.REPRESENTATIVE: _l("The representative"),
    Slug.AUTHORITY: _l("The power of attorney"),
    Slug.CONTACT: _l("How to reach you"),
    Slug.CUSTOMER_CONTACT: _l("How to reach the customer"),
    Slug.ACCOUNT: _l("The number with us"),
    Slug.TOPIC: _l("What it is about"),
    Slug.GUIDE: _l("When it was"),
    Slug.ADVICE: _l("What you should know"),
    Slug.TRANSACTIONS: _l("The transactions"),
    Slug.STORY: _l("What happened"),
    Slug.LOSS: _l("Loss and request"),
    Slug.DOCUMENTS: _l("Documents"),
    Slug.CHECK: _l("Check and send"),
}
# What takes the short path tells no story of a problem.
YOUR_MESSAGE = _l("Your message")

STANDINGS: Mapping[Standing, LazyString] = {
    Standing.DONE: _l("Done"),
    Standing.NEXT: _l("Next"),
    Standing.TO_CORRECT: _l("To correct"),
    Standing.LATER: _l("Later"),
    Standing.NOT_NEEDED: _l("Not needed"),
}
# The mark that stands before the word; its shape says the same without colour.
STANDING_MARKS: Mapping[Standing, str] = {
    Standing.DONE: "done",
    Standing.NEXT: "now",
    Standing.TO_CORRECT: "late",
    Standing.LATER: "",
    Standing.NOT_NEEDED: "",
}

# The sections of the check.
WHO_COMPLAINS = _l("Who complains")
REACHED = _l("How to reach you")
THE_PROBLEM = _l("The problem")

# ── what can be chosen ───────────────────────────────────────────────────────────────────────────

ROLES: Mapping[str, LazyString] = {
    CUSTOMER: _l("For myself"),
    REPRESENTATIVE: _l("For somebody else, as their representative"),
}
NO_PARTY = _l("Neither, or I do not know")
NO_TRANSACTION = _l("It is not about a particular transaction")

PERSON, FIRM = "person", "firm"
FIRMS: Mapping[str, LazyString] = {PERSON: _l("A person"), FIRM: _l("A firm or office, such as a law firm")}

SETTLED, UNTIL = "settled", "until"
LASTINGS: Mapping[str, LazyString] = {
    SETTLED: _l("Until the matter is settled"),
    UNTIL: _l("Until a day that stands on the paper"),
}

LASTS = _l("until the matter is settled")

# What each answer to a guide's question amounts to: who does not know leaves it open.
OPEN: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}
OPEN_ANSWERS: Mapping[str, LazyString] = {"yes": _l("Yes"), "no": _l("No"), "unknown": _l("I do not know")}

# Letters are written in one of these; each is named in the reader's own language.
LETTER_LANGUAGES: Mapping[str, LazyString] = {"id": _l("Indonesian"), "en": _l("English")}

# Where identity is not shown by a document, a KTP's number may stand for it.
KTP_NUMBER = _l("KTP number")


@cache
def country(code: str, language: str) -> str:
    """A country (ISO 3166) by its name in a language."""
    return str(Locale.parse(language).territories[code])


# ── what to look at once more ────────────────────────────────────────────────────────────────────

EXPOSED: Mapping[Exposed, LazyString] = {
    Exposed.CARD: _l(
        "Your answers seem to contain a whole card number. We need its last four digits at most: delete the rest."
    ),
    Exposed.SECRET: _l(
        "Your answers seem to contain a PIN, password or one-time code. Nobody but you may know it: delete it."
    ),
}

NIK_DOUBTS: Mapping[NikDoubt, LazyString] = {
    NikDoubt.LENGTH: _l(
        "A KTP number usually has 16 digits; this one does not. Compare it with the card. If the card says the same, "
        "leave it."
    ),
    NikDoubt.DATE: _l(
        "The seventh to twelfth digits of a KTP number are a date of birth; in this one they are not. Compare it with "
        "the card. If the card says the same, leave it."
    ),
}
