"""The vocabulary of disputes: what a forum's facts and a customer's answers are told in. Pure."""

from enum import StrEnum


class Sector(StrEnum):
    """What an institution does. Dispute forums have different ceilings for different sectors."""

    BANK = "bank"
    SHARIA_BANK = "sharia_bank"
    RURAL_BANK = "rural_bank"
    PAYMENT_SERVICE = "payment_service"
    SECURITIES = "securities"
    INVESTMENT_MANAGER = "investment_manager"
    LIFE_INSURANCE = "life_insurance"
    GENERAL_INSURANCE = "general_insurance"
    PENSION_FUND = "pension_fund"
    FINANCING = "financing"
    VENTURE_CAPITAL = "venture_capital"
    GUARANTEE = "guarantee"
    PAWN = "pawn"
    P2P_LENDING = "p2p_lending"


class Matter(StrEnum):
    """What a dispute is about, as far as a forum takes one and not another. Cash services count as payment."""

    PAYMENT = "payment"
    MARKET = "market"
    OTHER = "other"
    UNKNOWN = "unknown"


class Elsewhere(StrEnum):
    """Whether the matter was taken to a forum already, and what became of it there.

    `FACILITATED`: a regulator brought both sides together, without agreement. `ENDED`: mediation by a
    dispute resolution institution ended without agreement. `DECIDED`: somebody gave a decision or award.
    """

    NO = "no"
    PENDING = "pending"
    FACILITATED = "facilitated"
    ENDED = "ended"
    DECIDED = "decided"


class Standing(StrEnum):
    """How far the institution itself has come with the complaint. `LATE`: its time is over, and no answer came."""

    NOT_YET = "not_yet"
    WAITING = "waiting"
    LATE = "late"
    ANSWERED = "answered"


class Known(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a forum does with a dispute. A `WAY_IN` only passes it on: it is shown with the forum it leads to."""

    FACILITATES = "facilitates"
    MEDIATES = "mediates"
    ARBITRATES = "arbitrates"
    JUDGES = "judges"
    WAY_IN = "way_in"


class Agreement(StrEnum):
    """Whether both sides must agree to the forum: never, before anything happens there, or before it is taken."""

    NONE = "none"
    TO_PROCEED = "to_proceed"
    NEEDED = "needed"


class Unanswered(StrEnum):
    """Whether a forum takes a matter that the institution did not answer in time."""

    TAKEN = "taken"
    ASK = "ask"


class Price(StrEnum):
    """What going there costs at some amount: nothing, something, or what has to be asked."""

    FREE = "free"
    FEES = "fees"
    ASK = "ask"


class Verdict(StrEnum):
    """Whether a forum is open to a case, best first. `ASK`: something has to be found out first."""

    OPEN = "open"
    ASK = "ask"
    NOT_YET = "not_yet"
    CLOSED = "closed"


class Bearing(StrEnum):
    """What a reason does: it speaks for the forum, is still to be done, has to be found out, or shuts it."""

    FOR = "for"
    STILL = "still"
    UNSURE = "unsure"
    AGAINST = "against"


class Why(StrEnum):
    """A reason for a verdict. Each has its bearing in `finder`, and its sentence on the page."""

    # The institution comes first.
    FIRST_HERE = "first_here"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    UNANSWERED_ASK = "unanswered_ask"
    # One case, one forum.
    PENDING = "pending"
    FACILITATED = "facilitated"
    ENDED = "ended"
    DECIDED = "decided"
    # What it takes.
    MATTER = "matter"
    MATTER_UNKNOWN = "matter_unknown"
    OTHER_MATTER = "other_matter"
    NOT_SUPERVISED = "not_supervised"
    SHARIA = "sharia"
    NOT_SHARIA = "not_sharia"
    CONVENTIONAL = "conventional"
    NOT_CONVENTIONAL = "not_conventional"
    SHARIA_UNKNOWN = "sharia_unknown"
    # What the contract names.
    NAMED = "named"
    NAMED_AGAINST_RULE = "named_against_rule"
    NOT_NAMED = "not_named"
    CLAUSE_UNKNOWN = "clause_unknown"
    ARBITRATION = "arbitration"
    OTHER_NAMED = "other_named"
    # How much.
    WITHIN_CEILING = "within_ceiling"
    ABOVE_CEILING = "above_ceiling"
    ABOVE_CEILING_ASK = "above_ceiling_ask"
    AMOUNT_UNKNOWN = "amount_unknown"
    # By when.
    IN_TIME = "in_time"
    TOO_LATE = "too_late"
    TOO_LATE_ASK = "too_late_ask"
    # What both sides want.
    BOTH_AGREE = "both_agree"
    AGREEMENT_TO_PROCEED = "agreement_to_proceed"
    AGREEMENT_UNKNOWN = "agreement_unknown"
    NO_AGREEMENT = "no_agreement"
