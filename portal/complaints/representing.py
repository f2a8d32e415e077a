"""What a representative may do and read, by how their special power of attorney stands. Pure.

Nobody has examined a power that is only claimed: until an officer accepts it, its holder may add to
what they sent and learn where the complaint stands, and sees nothing that others brought (SQ-18, BM-17).
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal.complaints.rules import Action, Refusal, Role
from portal.complaints.states import AuthorityState
from portal.history.rules import Told
from portal.institution.models import Institution
from portal.institution.rules import Needed


class Reach(StrEnum):
    """How much of a complaint a party may read: all, what they sent and where it stands, or what they sent alone."""

    WHOLE = "whole"
    STANDING = "standing"
    OWN = "own"


ENDINGS: Mapping[AuthorityState, Refusal] = {
    AuthorityState.REJECTED: Refusal.REJECTED,
    AuthorityState.REVOKED: Refusal.REVOKED,
    AuthorityState.LAID_DOWN: Refusal.LAID_DOWN,
}

# What becomes of the power itself concerns who claims it, however it stands.
OF_THE_POWER = frozenset(
    {
        Action.ACCEPT_AUTHORITY,
        Action.REJECT_AUTHORITY,
        Action.RECORD_REVOCATION,
        Action.REVOKE_AUTHORITY,
        Action.LAY_DOWN_AUTHORITY,
    }
)
# Where the complaint stands, which tells nothing that anybody brought or wrote.
OF_THE_STANDING = OF_THE_POWER | {
    Action.TAKE,
    Action.ESCALATE,
    Action.COMPLETE,
    Action.REOPEN_DOCUMENTS,
    Action.ASK_DOCUMENTS,
    Action.EXTEND_DOCUMENTS,
    Action.WARN,
    Action.CONVERT,
    Action.EXTEND,
    Action.ANSWER,
    Action.REFUSE,
    Action.WITHDRAW,
    Action.DEEM_WITHDRAWN,
}


def why_not_acting(state: AuthorityState, ends_on: date | None, *, today: date) -> Refusal | None:
    """Why a representative may no longer act; None while they may: on the last day of the power still."""
    if state in ENDINGS:
        return ENDINGS[state]
    return Refusal.ENDED if ends_on is not None and ends_on < today else None


def mends(state: AuthorityState, code: str, profile: Institution) -> bool:
    """Whether this document may mend a rejected power: what a power lacks, its holder must be able to bring."""
    return state is AuthorityState.REJECTED and code in of_representatives(profile)


def of_representatives(profile: Institution) -> frozenset[str]:
    """The codes of the documents that are asked for only because somebody acts for the customer."""
    return frozenset(
        one.code for one in profile.documents.values() if one.needed in (Needed.REPRESENTATIVE, Needed.FIRM)
    )


def reach(role: Role, state: AuthorityState | None, ends_on: date | None, *, today: date) -> Reach:
    """How much a party may read: the customer everything, a representative what their power allows today."""
    if role is Role.CUSTOMER:
        return Reach.WHOLE
    if state is None or why_not_acting(state, ends_on, today=today):
        return Reach.OWN
    return Reach.WHOLE if state is AuthorityState.ACCEPTED else Reach.STANDING


def told_to(told: Told, reach: Reach, party_id: UUID) -> bool:
    """Whether an entry of the history is told to a party with this reach.

    Their own acts always are, and what an officer did for them.
    """
    if reach is Reach.WHOLE or party_id in (told.actor.id, told.actor.behalf):
        return True
    if told.kind == Action.LOCK_DOCUMENT:
        # Without a name it came with the complaint, and so from who filed it.
        return (told.payload or {}).get("added_by") in (None, str(party_id))
    return told.kind in (OF_THE_STANDING if reach is Reach.STANDING else OF_THE_POWER)
