"""What we ask of a party: the documents that have not come, those that we ask for once more, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.complaints.queries import OpenParty
from portal.complaints.representing import mends, of_representatives
from portal.complaints.rules import Refusal
from portal.complaints.standing import Asked, Running
from portal.institution.models import Institution
from portal.tracking.labels import document_name


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that we ask for. `again`: one has come, and our time does not wait for the other."""

    code: str
    name: str
    hint: str | None
    again: bool


@dataclass(frozen=True, slots=True)
class Bringing:
    """The customer's own time: until when to bring what is missing, and how that day came about."""

    until: date
    since: datetime
    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class AskedOf:
    """What a party is asked for, and by when. Without a day the institution sets none."""

    documents: tuple[Wanted, ...] = ()
    bringing: Bringing | None = None

    @property
    def missing(self) -> tuple[Wanted, ...]:
        """What our time to answer may wait for."""
        return tuple(wanted for wanted in self.documents if not wanted.again)

    @property
    def again(self) -> tuple[Wanted, ...]:
        """What we ask for once more without stopping our time."""
        return tuple(wanted for wanted in self.documents if wanted.again)


NOTHING = AskedOf()


def asked_of(
    running: Running,
    party: OpenParty,
    profile: Institution,
    language: str,
    *,
    closed: bool,
    why_not: Refusal | None,
) -> AskedOf:
    """What this party is asked for. Of a closed complaint that is nothing, and who may not act is asked only for
    what would mend their power."""
    wanted: Iterable[Asked] = () if closed else (*running.missing, *running.questioned)
    if why_not is not None:
        power = party.authority
        wanted = [asked for asked in wanted if power and mends(power.state, asked.code, profile)]
    # In the order in which the profile names them everywhere else.
    place = {code: at for at, code in enumerate(profile.documents)}
    in_order = sorted(wanted, key=lambda asked: place.get(asked.code, len(place)))
    documents = tuple(_wanted(asked, profile, language) for asked in in_order)
    clock = running.documents
    if clock is None or clock.due_on is None or clock.started_at is None or not documents:
        return AskedOf(documents)
    amount = clock.amount + sum(clock.steps)
    return AskedOf(documents, Bringing(clock.due_on, clock.started_at, amount, clock.unit))


def _wanted(asked: Asked, profile: Institution, language: str) -> Wanted:
    known = profile.documents.get(asked.code)
    # The hint of what only a representative is asked for says when it is asked for, which is now.
    apart = asked.code in of_representatives(profile)
    hint = known.hint[language] if known and known.hint and not apart else None
    return Wanted(asked.code, document_name(asked.code, profile, language), hint, again=asked.arrived_at is not None)
