"""What the public pages read from the profile and the calendar for this moment."""

from dataclasses import dataclass
from datetime import datetime

from portal.institution import deadlines, hours
from portal.institution.models import Institution
from portal.institution.profile.asking import Document, Kind
from portal.institution.profile.channels import Channel
from portal.institution.profile.limits import Limit
from portal.institution.rules import Form, Needed
from portal.workdays.rules import CalendarOf, Derivation, Start


def channels_now(profile: Institution, now: datetime, calendars: CalendarOf) -> list[tuple[Channel, hours.State]]:
    """Every channel but this portal, and whether it is served now."""
    return [
        (channel, hours.state(channel, now, profile.zone, calendars=calendars)) for channel in profile.other_channels
    ]


def own_channel_now(profile: Institution, now: datetime, calendars: CalendarOf) -> tuple[Channel, hours.State]:
    """This portal as one of the channels (SQ-09, BM-27)."""
    channel = profile.channels[profile.own_channel]
    return channel, hours.state(channel, now, profile.zone, calendars=calendars)


def answer_if_sent(profile: Institution, now: datetime, calendars: CalendarOf) -> tuple[Derivation, ...]:
    """By when a complaint is answered that is sent through this portal now and is complete: the binding date first.

    Limits that run beside it follow.
    """
    form = profile.channels[profile.own_channel].form
    moments = {Start.RECEIVED: now, Start.COMPLETE: now}
    found = deadlines.answer_by(profile, "complaint", form, moments, calendars=calendars)
    return tuple(sorted(found.running, key=lambda derivation: derivation.counted_on))


@dataclass(frozen=True, slots=True)
class Level:
    """Within which limits these kinds are answered that come in these forms; the earliest binds."""

    kinds: tuple[Kind, ...]
    forms: tuple[Form, ...]
    limits: tuple[Limit, ...]


def levels(profile: Institution) -> list[Level]:
    """The published limits for an answer, each stated once for all kinds and forms that share it (BM-28, KF-31)."""
    sharing: dict[tuple[tuple[Limit, ...], tuple[Limit, ...]], list[Kind]] = {}
    for kind in profile.kinds.values():
        verbal, written = (profile.answer_limits(kind.code, form) for form in (Form.VERBAL, Form.WRITTEN))
        # A limit is the same one only if it is the same row of the profile.
        sharing.setdefault((verbal, written), []).append(kind)
    found = []
    for (verbal, written), kinds in sharing.items():
        if verbal == written:
            found.append(Level(tuple(kinds), (Form.VERBAL, Form.WRITTEN), written))
        else:
            found += [Level(tuple(kinds), (Form.VERBAL,), verbal), Level(tuple(kinds), (Form.WRITTEN,), written)]
    return found


def documents_by_party(profile: Institution) -> dict[Needed, list[Document]]:
    """What is asked of everybody, of a representative, of a firm, by a topic, and what may come besides."""
    asked: dict[Needed, list[Document]] = {needed: [] for needed in Needed}
    for document in profile.documents.values():
        asked[document.needed].append(document)
    return asked
