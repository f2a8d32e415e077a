"""What establishes who somebody is, and what a special power of attorney must show. Pure."""

from collections.abc import Collection
from enum import StrEnum

from portal.institution.models import Institution
from portal.institution.rules import IdentityCheck, IdentityMark

# The comparison of an identity document with the institution's own data, beside the marks of a profile.
DOCUMENT = "document"


def marks(profile: Institution) -> tuple[str, ...]:
    """By what the institution establishes who somebody is: codes of `IdentityMark`, and `DOCUMENT`."""
    compared = [mark.value for mark in profile.identity.any_of]
    return tuple([DOCUMENT, *compared] if profile.identity.proofs else compared)


def enough(compared: Collection[str], profile: Institution) -> bool:
    """Whether these marks establish identity under the profile (SQ-14, KF-13, K3-03, K3-13, BM-12).

    Where a document is asked for, nothing else will do. A full name alone finds a record and never
    discloses one: there are many of the same name.
    """
    if profile.identity.check is IdentityCheck.DOCUMENT:
        return DOCUMENT in compared
    return bool(set(compared) - {IdentityMark.FULL_NAME.value})


class Point(StrEnum):
    """What a special power of attorney can show (KUHPerdata art. 1795; SEMA's practice)."""

    PARTIES = "parties"
    MATTER = "matter"
    SIGNED = "signed"
    CUSTOMER_ID = "customer_id"
    REPRESENTATIVE_ID = "representative_id"
    FIRM = "firm"
    ABROAD = "abroad"


# What every power must show. A firm's must show who acts for it; whether one made abroad needs more, the
# officer judges: courts have been laxer than the circular.
NEEDED = (Point.PARTIES, Point.MATTER, Point.SIGNED, Point.CUSTOMER_ID, Point.REPRESENTATIVE_ID)


def lacking(shown: Collection[Point], *, firm: bool) -> list[Point]:
    """What a power that shows these points still lacks, in the order of the list."""
    return [point for point in (*NEEDED, *((Point.FIRM,) if firm else ())) if point not in shown]
