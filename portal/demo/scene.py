"""One act in the life of an invented complaint: whom it is about, who does it, and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from portal.accounts.queries import with_role
from portal.accounts.rules import Officer, OfficerRole
from portal.complaints.models import Complaint, Party
from portal.complaints.responses.rules import languages_of
from portal.db import Session
from portal.evidence.rules import Arrived
from portal.institution.models import Institution
from portal.web.floor import Floor


@dataclass(frozen=True)
class Scene:
    """A complaint at the moment of one act; the caller holds it for writing.

    `told` is what the story says of the act. `earlier` are the complaints of the stories told before, by their
    customers' names. `draw` seals a paper for a purpose, and `draw_letter` somebody else's letter.
    """

    session: Session
    floor: Floor
    complaint: Complaint
    party: Party
    told: Mapping[str, Any]
    at: datetime
    earlier: Mapping[str, Complaint]
    draw: Callable[[str], Arrived]
    draw_letter: Callable[[Mapping[str, Any]], Arrived]

    @property
    def profile(self) -> Institution:
        profile: Institution = self.floor.institution
        return profile

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages a response goes out."""
        return languages_of(self.complaint.language, self.profile)

    @cached_property
    def officer(self) -> Officer:
        """Who acts: the first officer with the part that the act names, or the first agent."""
        return officer(self.session, OfficerRole(self.told.get("by", OfficerRole.AGENT)))

    @property
    def by_officer(self) -> dict[str, Any]:
        """What every service asks of an officer's act."""
        return {"officer": self.officer, "now": self.at}

    @property
    def by_party(self) -> dict[str, Any]:
        """What every service asks of an act of the customer, or of who acts for them."""
        return {"party": self.party, "profile": self.profile, "now": self.at}

    @property
    def writing_to_them(self) -> dict[str, Any]:
        """What a service needs besides, whose act is told by letter."""
        return {"profile": self.profile, "base_url": self.floor.settings.base_url}


Act = Callable[[Scene], object]


def officer(session: Session, role: OfficerRole) -> Officer:
    """The first officer with this role."""
    account = with_role(session, role)[0]
    return Officer(account.id, account.name, "id", frozenset({role}), frozenset(), shortcuts=True)
