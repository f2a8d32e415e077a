"""What a job is, when it is tried again, when a cron slot falls due, and what a payload may hold."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from portal.config import Settings
    from portal.db import Session

BACK_OFF = timedelta(seconds=30)
BACK_OFF_CAP = timedelta(hours=6)
# The longest distance between two slots of a cron is a week. A settled slot is what stops the same
# slot from being enqueued again, so it must be kept for longer than that.
KEEP_DONE = timedelta(days=14)
DAY = timedelta(days=1)

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
ID = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class PermanentFailure(Exception):
    """Trying again would not help (the mail server said 550): the job is dead at once."""


class NotAnId(ValueError):
    """A payload held something other than ids. Names the place, never the value."""


class NotDead(Exception):
    """The job that was to be revived is not among the dead: gone, or revived by somebody else."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler gets.

    `session` reads. The handler does its outside effect while it reads, then calls
    `session.begin_write()` (or `writing(row)`), changes rows and returns; the runner settles the job
    in that same transaction and commits. A handler never commits itself.
    """

    session: "Session"
    payload: Mapping[str, Any]
    now: datetime
    settings: "Settings"
    job_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of job: its handler, how often it is tried at most, and how long one try may take.

    Tries are counted when a worker takes the job, so a job that kills its worker uses them up too.
    A try that outlives `limit` is given up: another worker takes the job when the lease has run out.
    A task that `yields` may take minutes and nobody waits for it: it gives way to all that do not, so
    that no notice to a customer stands behind it.
    """

    kind: str
    run: Callable[[Work], None]
    tries: int = 8
    limit: timedelta = timedelta(seconds=60)
    yields: bool = False

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.kind):
            raise ValueError(f"the kind {self.kind!r} must look like room.verb")
        if self.tries < 1 or self.limit <= timedelta(0):
            raise ValueError(f"{self.kind} needs at least one try and some time")


@dataclass(frozen=True, slots=True)
class Cron:
    """A job enqueued by the clock on the wall of the institution: either daily at `hour`:`minute`
    (weekly with `weekday`, Monday is 0), or `every` so often, counted from local midnight.

    The job's payload is `{"slot": <ISO local time with offset>}`. Rule for missed slots: when no
    worker ran, the newest missed slot is made up for as soon as one runs, the older ones never.
    """

    name: str
    kind: str
    hour: int | None = None
    minute: int = 0
    weekday: int | None = None
    every: timedelta | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"the cron name {self.name!r} must look like room.verb")
        if (self.hour is None) == (self.every is None):
            raise ValueError(f"{self.name} needs either an hour or a distance")
        if self.every is not None:
            if self.minute or self.weekday is not None:
                raise ValueError(f"{self.name}: minute and weekday go with an hour")
            if not timedelta(seconds=1) <= self.every <= DAY or DAY % self.every:
                raise ValueError(f"{self.name}: a day must be a whole number of distances")
        if not (0 <= (self.hour or 0) < 24 and 0 <= self.minute < 60 and 0 <= (self.weekday or 0) < 7):
            raise ValueError(f"{self.name}: no such time")

    def slot(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest slot that is not later than `now`, in local time.

        Where summer time begins, a slot in the hour that the clock skips falls an hour later; where
        it ends, the hour that comes twice has its slots once, the first time.
        """
        local = now.astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.every is not None:
            # Aware moments of one zone subtract as the clock on the wall shows them.
            return midnight + (local - midnight) // self.every * self.every
        assert self.hour is not None
        slot = midnight.replace(hour=self.hour, minute=self.minute, fold=0)
        if slot.astimezone(UTC) > now.astimezone(UTC):
            slot -= DAY
        if self.weekday is not None:
            slot -= DAY * ((slot.weekday() - self.weekday) % 7)
        return slot

    def key(self, slot: datetime) -> str:
        """The unique key of a slot's job: every worker tries to enqueue it, one succeeds."""
        return f"cron:{self.name}:{slot.isoformat()}"


@dataclass(frozen=True, slots=True)
class Roster:
    """The tasks that a worker knows, by kind, and the crons it keeps. It leaves other kinds alone:
    during a rolling upgrade the old workers wait for the new ones."""

    tasks: Mapping[str, Task]
    crons: tuple[Cron, ...] = ()

    @property
    def turns(self) -> tuple[tuple[str, ...], ...]:
        """The kinds whose turn comes first, then those that give way to them."""
        kinds = tuple(tuple(kind for kind, task in self.tasks.items() if task.yields is last) for last in (False, True))
        return tuple(one for one in kinds if one)

    @property
    def pressing(self) -> "Roster":
        """The same without what gives way."""
        return Roster({kind: task for kind, task in self.tasks.items() if not task.yields}, self.crons)

    @classmethod
    def of(cls, tasks: Iterable[Task], crons: Iterable[Cron] = ()) -> "Roster":
        """Raises `ValueError` for two tasks of one kind, two crons of one name, a cron without its task."""
        by_kind: dict[str, Task] = {}
        for task in tasks:
            if task.kind in by_kind:
                raise ValueError(f"two tasks are called {task.kind}")
            by_kind[task.kind] = task
        by_name: dict[str, Cron] = {}
        for cron in crons:
            if cron.name in by_name:
                raise ValueError(f"two crons are called {cron.name}")
            if cron.kind not in by_kind:
                raise ValueError(f"the cron {cron.name} enqueues {cron.kind}, which no task handles")
            by_name[cron.name] = cron
        return cls(by_kind, tuple(by_name.values()))


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take in the worker; tests run it faster.

    `lease` is how long a job belongs to who took it; it is renewed at a third of that. `poll` is the
    pause between two looks for work.
    """

    lease: timedelta = timedelta(seconds=60)
    poll: timedelta = timedelta(seconds=1)
    back_off: timedelta = BACK_OFF

    @property
    def beat(self) -> timedelta:
        return self.lease / 3


def back_off(tries: int, *, chance: float, first: timedelta = BACK_OFF) -> timedelta:
    """How long to wait after the try with this number (the first is 1): 30 s × 2ⁿ ± 20 %, at most 6 h.

    `chance` is a random number in [0, 1): jobs that failed together do not come back together.
    """
    # The power is bounded because a wait that long was cut to the cap many tries ago.
    longest = BACK_OFF_CAP / 1.2
    return min(first * (1 << min(tries - 1, 32)), longest) * (0.8 + 0.4 * chance)


def pause(poll: timedelta, *, chance: float) -> float:
    """Seconds until the next look for work: the poll ± 30 %, so that workers do not march in step."""
    return poll.total_seconds() * (0.7 + 0.6 * chance)


def checked(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload as it may be stored: ids, numbers and lists of them, UUIDs as text.

    The job table is not sealed, so nothing that a person wrote may stand in it: a text must be a
    short word of letters, digits and `_ . : + -`. Raises `NotAnId` otherwise.
    """
    return {name: _checked(name, value) for name, value in payload.items()}


def _checked(name: str, value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, bool | int) or (isinstance(value, str) and ID.fullmatch(value)):
        return value
    if isinstance(value, list | tuple):
        return [_checked(name, item) for item in value]
    raise NotAnId(f"{name} is not an id")
