"""What an officer may say of how a complaint reached the institution. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from portal.complaints.handed_in import NoticeGiven
from portal.complaints.states import ContactSource
from portal.filing.merging import Traces
from portal.filing.rules import Slug, Told, path
from portal.institution.models import Institution
from portal.institution.profile.channels import Channel

# What is older was hardly left lying for so long: the date is mistyped, often in its year.
OLDEST = timedelta(days=180)

# What an officer asks on one page, in its order; each belongs to it only where the customer's way has it.
ON_ONE_PAGE = (
    Slug.IDENTITY,
    Slug.REPRESENTATIVE,
    Slug.AUTHORITY,
    Slug.CONTACT,
    Slug.CUSTOMER_CONTACT,
    Slug.ACCOUNT,
    Slug.GUIDE,
    Slug.TRANSACTIONS,
    Slug.STORY,
    Slug.LOSS,
)

# The pages of an intake on which two windows may write different things.
FRAME, TOLD = "frame", "told"
# A question of one of the transactions.
ROW = re.compile(r"transactions-(\d{1,3})-(.+)")
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Frame:
    """How a complaint reached the institution: by which channel, when, in which language, with which notice given."""

    channel: str
    arrived_at: datetime
    language: str
    notice: NoticeGiven


class Framed(Protocol):
    """What says how a complaint reached the institution: the row of its intake."""

    channel: Any
    arrived_at: Any
    language: Any
    notice: Any


def frame_of(intake: Framed) -> Frame:
    """How it reached the institution, as it was said so far."""
    return Frame(intake.channel, intake.arrived_at, intake.language, intake.notice)


def channels_of(profile: Institution) -> Mapping[str, Channel]:
    """The channels by which officers receive complaints: all but the portal itself (BM-02 … BM-08, K3-24)."""
    return {code: channel for code, channel in profile.channels.items() if code != profile.own_channel}


def is_plausible(arrived_at: datetime, *, now: datetime) -> bool:
    """Whether something can have arrived at this moment and be entered now."""
    return now - OLDEST <= arrived_at <= now


def asked_on_one_page(told: Told | None, profile: Institution) -> tuple[Slug, ...]:
    """What is asked of this customer, by the answers so far (KF-14)."""
    steps = path(told, profile)
    return tuple(slug for slug in ON_ONE_PAGE if slug in steps)


def sources(*, representing: bool) -> tuple[ContactSource, ...]:
    """Who can vouch for the customer's contact: what only the representative gave of them is none (SQ-21)."""
    return (ContactSource.REPRESENTATIVE if representing else ContactSource.OWN, ContactSource.RECORDS)


def moved(traces: Traces, places: Mapping[int, int]) -> Traces:
    """The traces of a page whose transactions have the numbers of `places` from now on.

    Those of a transaction that is not kept go with it.
    """

    def of(named: Mapping[str, One]) -> dict[str, One]:
        found = {}
        for name, one in named.items():
            row = ROW.fullmatch(name)
            if row is None:
                found[name] = one
            elif int(row[1]) in places:
                found[f"transactions-{places[int(row[1])]}-{row[2]}"] = one
        return found

    return Traces(of(traces.by), of(traces.beside))
