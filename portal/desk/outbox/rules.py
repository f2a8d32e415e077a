"""What the outbox can be narrowed to. Pure."""

from dataclasses import dataclass
from enum import StrEnum

PAGE = 50


class Which(StrEnum):
    """Which notices: those somebody must see to (they failed, or cannot be sent), or those on their way."""

    UNDELIVERED = "undelivered"
    FAILED = "failed"
    HELD = "held"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Filters:
    """`kind` and `channel` are empty where all are meant."""

    which: Which = Which.UNDELIVERED
    kind: str = ""
    channel: str = ""

    def query(self) -> dict[str, str]:
        """The filters as an address holds them."""
        named = {"which": "" if self.which is Which.UNDELIVERED else self.which}
        return {
            name: str(value) for name, value in (named | {"kind": self.kind, "channel": self.channel}).items() if value
        }
