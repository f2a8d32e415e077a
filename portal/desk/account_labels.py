"""What was done to officers' accounts, told to administrators and auditors."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import LazyString
from flask_babel import gettext as _

from portal.accounts.chronicle import Noted
from portal.accounts.labels import ACTS, DOORS, FACTORS, divisions_of, roles_in_words
from portal.accounts.rules import AccountAct, Door, Factor, OfficerRole
from portal.institution.models import Institution


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when, whose account, what happened, by whom, and what more there is to say."""

    at: datetime
    officer_id: UUID
    whose: str
    act: LazyString
    by: str
    text: str
    mark: str


def lines(found: Iterable[Noted], *, names: Mapping[UUID, str], profile: Institution, language: str) -> list[Line]:
    """The entries in the order given."""
    return [
        Line(
            at=one.at,
            officer_id=one.officer_id,
            whose=names.get(one.officer_id, ""),
            act=ACTS[one.act],
            by=_by(one, names),
            text=_text(one, profile, language),
            mark="late" if one.act is AccountAct.REFUSED else "",
        )
        for one in found
    ]


def _by(one: Noted, names: Mapping[UUID, str]) -> str:
    if one.act is AccountAct.REFUSED:
        return str(_("Unknown"))
    return names.get(one.by, "") if one.by else str(_("Command line"))


def _text(one: Noted, profile: Institution, language: str) -> str:
    told = one.payload
    match one.act:
        case AccountAct.ADDED:
            return _parts(told, profile, language)
        case AccountAct.CHANGED:
            before = _parts(told["before"], profile, language)
            said = str(_("Before: %(before)s. Now: %(now)s.", before=before, now=_parts(told, profile, language)))
            return f"{said} {_('Renamed.')}" if told["renamed"] else said
        case AccountAct.INVITED:
            return str(_("By mail") if told["mailed"] else _("The link was shown to who invited."))
        case AccountAct.FACTOR_ADDED | AccountAct.FACTOR_REMOVED:
            return str(FACTORS[Factor(told["factor"])])
        case AccountAct.SIGNED_IN:
            return ", ".join(
                part for part in (str(FACTORS[Factor(told["factor"])]), told["device"], told["network"]) if part
            )
        case AccountAct.REFUSED:
            return str(DOORS[Door(told["door"])])
        case _:
            return ""


def _parts(told: Mapping[str, Collection[str]], profile: Institution, language: str) -> str:
    roles = [str(words) for words in roles_in_words([OfficerRole(role) for role in told["roles"]])]
    return ", ".join([*roles, *divisions_of(told["divisions"], profile, language)])
