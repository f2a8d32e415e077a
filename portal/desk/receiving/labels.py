"""The words of an officer's questions: about the customer, not to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.handed_in import CodeFor, NoticeGiven
from portal.complaints.states import ContactSource
from portal.filing.rules import CUSTOMER, REPRESENTATIVE, Slug

NOTICES: Mapping[NoticeGiven, LazyString] = {
    NoticeGiven.READ_OUT: _l("Read out"),
    NoticeGiven.PAPER: _l("Given on paper"),
    NoticeGiven.SENT: _l("Sent, or its link"),
}

SOURCES: Mapping[ContactSource, LazyString] = {
    ContactSource.OWN: _l("The customer gave it"),
    ContactSource.REPRESENTATIVE: _l("The representative gave it: no letter goes there"),
    ContactSource.RECORDS: _l("From our own records"),
}

CODES: Mapping[CodeFor, LazyString] = {
    CodeFor.COUNTER: _l("Print it now and hand it over"),
    CodeFor.APART: _l("The customer fetches it with a one-time code, which we send to their contact"),
}

WHO: Mapping[str, LazyString] = {
    CUSTOMER: _l("The customer"),
    REPRESENTATIVE: _l("A representative, for the customer"),
}

# The headings of the page on which an officer asks everything.
HEADINGS: Mapping[Slug, LazyString] = {
    Slug.IDENTITY: _l("The customer"),
    Slug.REPRESENTATIVE: _l("The representative"),
    Slug.AUTHORITY: _l("The power of attorney"),
    Slug.CONTACT: _l("Contact"),
    Slug.CUSTOMER_CONTACT: _l("Contact of the customer"),
    Slug.ACCOUNT: _l("The number with us"),
    Slug.GUIDE: _l("When it was"),
    Slug.TRANSACTIONS: _l("Transactions"),
    Slug.STORY: _l("What happened"),
    Slug.LOSS: _l("Loss and request"),
}
HOW_IT_CAME = _l("How it came")
TRANSACTION = _l("Transaction %(number)s")
CONTACT_OF_REPRESENTATIVE = _l("Contact of the representative")
MESSAGE = _l("Message")


@dataclass(frozen=True, slots=True)
class Words:
    """How a question of the customer's form reads where an officer asks it; None leaves what stands there."""

    label: LazyString | None = None
    hint: LazyString | str | None = None
    missing: LazyString | None = None


WORDS: Mapping[tuple[Slug, str], Words] = {
    (Slug.WHO, "role"): Words(_l("Who complains?"), missing=_l("Choose who complains")),
    (Slug.WHO, "capacity"): Words(
        _l("The customer’s part"), missing=_l("Choose which part it is; the last answer fits everybody else")
    ),
    (Slug.IDENTITY, "name"): Words(_l("The customer’s full name")),
    (Slug.REPRESENTATIVE, "name"): Words(_l("The representative’s full name")),
    (Slug.REPRESENTATIVE, "relation"): Words(
        _l("What they are to the customer"), missing=_l("Write what they are to the customer")
    ),
    (Slug.REPRESENTATIVE, "acting"): Words(_l("They act as"), missing=_l("Choose as what they act")),
    (Slug.REPRESENTATIVE, "firm"): Words(hint=_l("Only if they act as a firm or office.")),
    (Slug.AUTHORITY, "scope"): Words(hint=_l("As it stands on the paper: for which matter, and what they may do.")),
    (Slug.CONTACT, "phone"): Words(hint=""),
    (Slug.CONTACT, "prefers"): Words(_l("If we have a question, we reach them"), hint=""),
    (Slug.CONTACT, "needs"): Words(
        _l("What helps them to deal with us"),
        hint=_l("For example an interpreter, sign language, large print, or more time on the telephone."),
    ),
    (Slug.STORY, "story"): Words(
        hint=_l("In the customer’s own words: what happened first, and then, whom they talked to, what we said."),
        missing=_l("Write what happened"),
    ),
    (Slug.LOSS, "wish"): Words(_l("What the customer asks of us"), missing=_l("Write what the customer asks of us")),
}
# What takes the short path tells no story of a problem.
SHORT_STORY = Words(_l("Message"), hint="", missing=_l("Write the message"))

CITIZEN = _l("The customer has the citizenship of %(country)s")
CITIZEN_REPRESENTATIVE = _l("The representative has the citizenship of %(country)s")
