"""The words of the outbox."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.desk.outbox.rules import Which
from portal.notices.labels import CHANNELS, KINDS, state_of, why_failed
from portal.notices.rules import Channel

__all__ = ["AGAIN", "CHANNELS", "KINDS", "TOLD", "WHICH", "state_of", "why_failed"]

WHICH: Mapping[Which, LazyString] = {
    Which.UNDELIVERED: _l("Not delivered"),
    Which.FAILED: _l("Failed for good"),
    Which.HELD: _l("No way to send it"),
    Which.WAITING: _l("On its way"),
}

# "%(where)s" is the masked address.
AGAIN: Mapping[Channel, str] = {
    Channel.EMAIL: _l("Send it by e-mail to %(where)s"),
    Channel.SMS: _l("Send it by SMS to %(where)s"),
    Channel.WHATSAPP: _l("Send it by WhatsApp to %(where)s"),
}
TOLD = _l("I have told them by telephone what it says")
