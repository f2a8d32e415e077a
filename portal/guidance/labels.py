"""The words for a customer's answers about a dispute, and for how well a fact is attested."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.forums.rules import Elsewhere, Known, Matter, Sector
from portal.workdays.rules import Confidence

ELSEWHERE: Mapping[Elsewhere, LazyString] = {
    Elsewhere.NO: _l("No, nowhere yet"),
    Elsewhere.PENDING: _l("Yes, another forum or a court is handling it now"),
    Elsewhere.FACILITATED: _l("Yes, OJK or Bank Indonesia brought us together, without agreement"),
    Elsewhere.ENDED: _l("Yes, mediation by LAPS SJK ended without agreement"),
    Elsewhere.DECIDED: _l("Yes, and there is a decision or an award"),
}

SECTORS: Mapping[Sector, LazyString] = {
    Sector.BANK: _l("Bank"),
    Sector.SHARIA_BANK: _l("Sharia bank"),
    Sector.RURAL_BANK: _l("Rural bank (BPR)"),
    Sector.PAYMENT_SERVICE: _l("Electronic money or another payment service"),
    Sector.SECURITIES: _l("Securities"),
    Sector.INVESTMENT_MANAGER: _l("Mutual fund or another managed investment"),
    Sector.LIFE_INSURANCE: _l("Life insurance"),
    Sector.GENERAL_INSURANCE: _l("General insurance"),
    Sector.PENSION_FUND: _l("Pension fund"),
    Sector.FINANCING: _l("Financing (multifinance)"),
    Sector.VENTURE_CAPITAL: _l("Venture capital"),
    Sector.GUARANTEE: _l("Guarantee"),
    Sector.PAWN: _l("Pawn"),
    Sector.P2P_LENDING: _l("Online lending"),
}

MATTERS: Mapping[Matter, LazyString] = {
    Matter.PAYMENT: _l("Yes: a transfer, a card, QRIS, electronic money or a rupiah cash service"),
    Matter.MARKET: _l("It is about a transaction in the money or foreign exchange market"),
    Matter.OTHER: _l("No: financing, savings, a deposit or another product"),
    Matter.UNKNOWN: _l("I do not know"),
}

KNOWN: Mapping[Known, LazyString] = {
    Known.YES: _l("Yes"),
    Known.NO: _l("No"),
    Known.UNKNOWN: _l("I do not know"),
}

# What is said beside a fact that is not attested by a primary text or several current sources.
CONFIDENCES: Mapping[Confidence, LazyString] = {
    Confidence.MEDIUM: _l("One good source."),
    Confidence.LOW: _l("A weak or old source."),
    Confidence.UNVERIFIED: _l("Not confirmed."),
}
