"""The vocabulary of a profile: the closed lists from which an institution's file chooses."""

from enum import StrEnum


class Regulator(StrEnum):
    OJK = "ojk"
    BI = "bi"


class Form(StrEnum):
    """Whether what comes in by a channel is a verbal or a written complaint. That fixes its time limit (BM-09)."""

    VERBAL = "verbal"
    WRITTEN = "written"


class Weekday(StrEnum):
    """In the order of `date.weekday()`."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class Receipt(StrEnum):
    """When something counts as received that arrives outside a channel's hours."""

    ARRIVAL = "arrival"
    NEXT_OPENING = "next_opening"


class Path(StrEnum):
    """How much a customer is asked: the whole complaint, or topic, text and contact alone."""

    FULL = "full"
    SHORT = "short"


class Needed(StrEnum):
    """Who is asked for a document. `FIRM` is a representative that is a firm; `TOPIC` is asked by a topic's guide."""

    ALWAYS = "always"
    REPRESENTATIVE = "representative"
    FIRM = "firm"
    TOPIC = "topic"
    OPTIONAL = "optional"


class GivenAs(StrEnum):
    """A document may be a file, the answers in the form, or either."""

    FILE = "file"
    ANSWERS = "answers"
    EITHER = "either"


class IdentityCheck(StrEnum):
    """How the institution makes sure who complains: by a document, by comparing data, or only where needed."""

    DOCUMENT = "document"
    DATA = "data"
    IF_NEEDED = "if_needed"


class IdentityMark(StrEnum):
    """What the data are compared by; any one of those that a profile lists is enough."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    FULL_NAME = "full_name"
    ACCOUNT = "account"


class Passing(StrEnum):
    """What it means that documents did not come in time."""

    WITHDRAWN = "withdrawn"
    REFUSAL = "refusal"


class RefusalGround(StrEnum):
    """The four grounds on which a complaint may be refused; a profile holds the institution's own reading of each."""

    INCOMPLETE = "incomplete"
    SETTLED = "settled"
    NO_DIRECT_LOSS = "no_direct_loss"
    NOT_OURS = "not_ours"


class PrivacyTopic(StrEnum):
    """What a privacy notice must tell (UU 27/2022 art. 21, and where to turn). A notice that lacks one is refused."""

    CONTROLLER = "controller"
    BASIS = "basis"
    PURPOSES = "purposes"
    DATA = "data"
    DISCLOSURE = "disclosure"
    RETENTION = "retention"
    PERIOD = "period"
    RIGHTS = "rights"
    CHANGES = "changes"
    CONTACT = "contact"
