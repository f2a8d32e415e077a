"""What the parts of a complaint can be: closed lists, whose members are kept as their values. Pure."""

from enum import StrEnum


class RoundKind(StrEnum):
    """The complaint itself is the first round; each objection, and each reopening by us, opens one more."""

    COMPLAINT = "complaint"
    OBJECTION = "objection"
    REOPENED = "reopened"


class RoundOutcome(StrEnum):
    """How a round ended. `OBJECTED`: an objection led to the next one; `REOPENED`: we took it up again ourselves."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    NO_REACTION = "no_reaction"
    SETTLED = "settled"
    REFUSED = "refused"
    OBJECTED = "objected"
    ENDED = "ended"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    DEEMED_WITHDRAWN = "deemed_withdrawn"
    MERGED = "merged"


class Novelty(StrEnum):
    """Whether an objection brought a document that was not submitted before (SQ-30, BM-40).

    `DOUBTED`: only a near repeat came. The objection runs from its arrival until an officer confirms it or
    ends it with a reason. `NOT_NEEDED`: the institution asks for no new document, so nobody looked for one.
    """

    NEW = "new"
    DOUBTED = "doubted"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    NOT_NEEDED = "not_needed"


class AnswerKind(StrEnum):
    """A response after an investigation; all information or the solution at once (KF-18); or a refusal on a ground."""

    ANSWER = "answer"
    FIRST_LINE = "first_line"
    REFUSAL = "refusal"


class AnswerState(StrEnum):
    """A response is written, shown to a second pair of eyes where the institution asks for it, and sent."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SENT = "sent"


class Outcome(StrEnum):
    """What a response amounts to; several may come together (domain.md 1.3, K3-20)."""

    EXPLANATION = "explanation"
    APOLOGY = "apology"
    CORRECTION = "correction"
    COMPENSATION = "compensation"
    DISBURSEMENT = "disbursement"
    NOT_UPHELD = "not_upheld"


class PointState(StrEnum):
    """How a response treats one of the customer's points: answered, or marked as not for us to decide."""

    OPEN = "open"
    ANSWERED = "answered"
    MARKED = "marked"


class LinkKind(StrEnum):
    """How two complaints belong together. `EARLIER`: the linked one is the same complaint, made before (ground 2)."""

    RELATED = "related"
    EARLIER = "earlier"
    MERGED = "merged"
    SPLIT = "split"


class Term(StrEnum):
    """By what a complaint can be found without reading it. `NAME` is one word of a party's name.

    `REFERENCE` is the reference number of a transaction complained of.
    """

    ACCOUNT = "account"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    REFERENCE = "reference"


class WordsOf(StrEnum):
    """Whose words a plain index holds: an officer's own, or, where the profile allows it, the customer's."""

    OFFICER = "officer"
    CUSTOMER = "customer"


class ClockPurpose(StrEnum):
    """Whose time a clock counts: ours to answer, or the customer's to complete the documents or to decide."""

    ANSWER = "answer"
    DOCUMENTS = "documents"
    DECISION = "decision"


class CheckKind(StrEnum):
    """What was checked: who somebody is, or how a matter stands in another system."""

    IDENTITY = "identity"
    SYSTEM = "system"


class ContactSource(StrEnum):
    """Who vouches for a party's e-mail address and telephone number.

    What only the representative gave of the customer is no contact: a letter to it could go to the
    representative. From the institution's own records an officer enters the customer's.
    """

    OWN = "own"
    REPRESENTATIVE = "representative"
    RECORDS = "records"


class AuthorityState(StrEnum):
    """How a special power of attorney stands. Whether it has ended is a matter of its last day."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    LAID_DOWN = "laid_down"
