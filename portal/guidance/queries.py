"""What the public pages read from the profile and the calendar for this moment."""

from datetime import datetime

from portal.institution import deadlines, hours
from portal.institution.models import Channel, Institution
from portal.workdays.rules import Derivation, Start


def channels_now(profile: Institution, now: datetime) -> list[tuple[Channel, hours.State]]:
    """Every channel but this portal, and whether it is served now."""
    return [(channel, hours.state(channel, now, profile.zone)) for channel in profile.other_channels]


def answer_if_sent(profile: Institution, now: datetime) -> tuple[Derivation, ...]:
    """By when a complaint is answered that is sent through this portal now and is complete: the binding date first.

    Limits that run beside it follow. Nothing where the calendar is not decreed that far: the public
    page then names the limit alone.
    """
    form = profile.channels[profile.own_channel].form
    found = deadlines.answer_by(profile, "complaint", form, {Start.RECEIVED: now, Start.COMPLETE: now})
    if any(derivation.provisional for derivation in found.running):
        return ()
    return tuple(sorted(found.running, key=lambda derivation: derivation.counted_on))
