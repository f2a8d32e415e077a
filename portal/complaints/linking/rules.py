"""When one complaint may go on in another. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from portal.complaints.rules import HANDLED, Status
from portal.complaints.states import Term

# By these two complaints are of the same person or about the same account; by a name they need not be.
SAME = frozenset({Term.ACCOUNT, Term.PHONE, Term.EMAIL})


class Unmergeable(StrEnum):
    """Why a complaint cannot go on in another one."""

    ITSELF = "itself"
    NOT_HANDLED = "not_handled"
    OTHER_CUSTOMER = "other_customer"
    OTHER_KIND = "other_kind"
    WOULD_LENGTHEN = "would_lengthen"


def why_not_merged(
    *,
    status: Status,
    into_status: Status,
    kind: str,
    into_kind: str,
    terms: Collection[bytes],
    into_terms: Collection[bytes],
    due_on: date | None,
    into_due_on: date | None,
) -> Unmergeable | None:
    """Why one complaint may not be merged into another; None where it may.

    Both must be ours to handle, of the same kind, and of the same customer: by account, telephone or e-mail
    address, for a name is no proof. A date once promised is kept: who has been told a day is not put under a
    later one, nor under none.
    """
    if status not in HANDLED or into_status not in HANDLED:
        return Unmergeable.NOT_HANDLED
    if kind != into_kind:
        return Unmergeable.OTHER_KIND
    if set(terms).isdisjoint(into_terms):
        return Unmergeable.OTHER_CUSTOMER
    if due_on is not None and (into_due_on is None or into_due_on > due_on):
        return Unmergeable.WOULD_LENGTHEN
    return None
