"""A deployment's settings, tried: what only the rooms can judge is a fault of its variable too."""

from portal.config import Settings, SettingsError
from portal.institution.loader import ProfileError, load
from portal.institution.models import Institution
from portal.notices.rules import Channel
from portal.notices.senders import BadSmtpUrl, Origin, sender_for


def profile_of(settings: Settings) -> Institution:
    """The institution's profile. Raises `SettingsError` for an unknown or broken one and for a mail server
    that could not be used, all at once: nothing may show only at the first mail."""
    try:
        profile = load(settings.institution)
    except ProfileError as fault:
        raise SettingsError([f"PORTAL_INSTITUTION: {line}" for line in str(fault).splitlines()]) from None
    try:
        sender_for(settings, Channel.EMAIL, Origin.of(profile, settings.base_url))
    except BadSmtpUrl as fault:
        raise SettingsError([f"PORTAL_SMTP_URL: {reason}" for reason in fault.reasons]) from None
    return profile
