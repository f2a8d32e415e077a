"""The words for officers' roles and for what is wrong with them."""

from collections.abc import Collection, Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.accounts.rules import AccountAct, Door, Factor, Officer, OfficerRole, PasswordFault, PersonState, RolesFault
from portal.institution.models import Institution

ROLES: Mapping[OfficerRole, LazyString] = {
    OfficerRole.AGENT: _l("Agent"),
    OfficerRole.CS_MANAGER: _l("Customer service manager"),
    OfficerRole.DIVISION_MEMBER: _l("Division member"),
    OfficerRole.AUDITOR: _l("Auditor"),
    OfficerRole.ADMINISTRATOR: _l("Administrator"),
}

ROLE_HINTS: Mapping[OfficerRole, LazyString] = {
    OfficerRole.AGENT: _l("Receives, checks and answers complaints"),
    OfficerRole.CS_MANAGER: _l("Supervises the agents and can take over each case"),
    OfficerRole.DIVISION_MEMBER: _l("Sees only what was passed to the person’s own divisions"),
    OfficerRole.AUDITOR: _l("Reads everything and changes nothing"),
    OfficerRole.ADMINISTRATOR: _l("People, calendar and texts; no complaints"),
}

ROLES_FAULTS: Mapping[RolesFault, LazyString] = {
    RolesFault.NO_ROLE: _l("Choose at least one role"),
    RolesFault.NO_DIVISION: _l("Choose the division of the division member"),
    RolesFault.DIVISION_WITHOUT_ROLE: _l("A division goes only with the role of division member"),
    RolesFault.UNKNOWN_DIVISION: _l("Choose divisions from the list"),
}

PASSWORD_FAULTS: Mapping[PasswordFault, LazyString] = {
    PasswordFault.SHORT: _l("A password needs at least 12 characters"),
    PasswordFault.LONG: _l("A password may have at most 256 characters"),
    PasswordFault.GUESSABLE: _l("This password is guessed first. Choose another, for example four words in a row"),
}

FACTORS: Mapping[Factor, LazyString] = {
    Factor.TOTP: _l("Authenticator app"),
    Factor.PASSKEY: _l("Passkey"),
    Factor.RECOVERY_CODE: _l("Recovery code"),
}


ACTS: Mapping[AccountAct, LazyString] = {
    AccountAct.ADDED: _l("Added"),
    AccountAct.INVITED: _l("Invited"),
    AccountAct.JOINED: _l("Accepted the invitation and chose a password"),
    AccountAct.CHANGED: _l("Name, roles or divisions changed"),
    AccountAct.DISABLED: _l("Disabled; every session ended"),
    AccountAct.ENABLED: _l("Let in again"),
    AccountAct.FACTORS_RESET: _l("Second factors reset; password and every session ended"),
    AccountAct.SESSIONS_ENDED: _l("Every session ended"),
    AccountAct.PASSWORD_CHANGED: _l("Changed the password"),
    AccountAct.FACTOR_ADDED: _l("Added a second factor"),
    AccountAct.FACTOR_REMOVED: _l("Removed a second factor"),
    AccountAct.CODES_MADE: _l("Made new recovery codes"),
    AccountAct.SIGNED_IN: _l("Signed in to the desk"),
    AccountAct.REFUSED: _l("Sign-in refused"),
}

DOORS: Mapping[Door, LazyString] = {
    Door.PASSWORD: _l("wrong password"),
    Door.FACTOR: _l("right password, wrong second factor"),
    Door.AGAIN: _l("wrong password, asked once more in a session"),
}


STATES: Mapping[PersonState, LazyString] = {
    PersonState.INVITED: _l("Invited"),
    PersonState.ACTIVE: _l("Active"),
    PersonState.WITHOUT_WAY_IN: _l("Needs an invitation"),
    PersonState.DISABLED: _l("Disabled"),
}

# The mark that stands before the word; its shape says the same without colour.
STATE_MARKS: Mapping[PersonState, str] = {
    PersonState.INVITED: "wait",
    PersonState.ACTIVE: "done",
    PersonState.WITHOUT_WAY_IN: "late",
    PersonState.DISABLED: "",
}


def roles_of(officer: Officer) -> list[LazyString]:
    """The officer's roles in words, in the order of the table."""
    return roles_in_words(officer.roles)


def roles_in_words(roles: Collection[OfficerRole]) -> list[LazyString]:
    """Roles in words, in the order of the table."""
    return [label for role, label in ROLES.items() if role in roles]


def divisions_of(codes: Collection[str], profile: Institution, lang: str) -> list[str]:
    """Divisions in words, in the order of the profile; one that it no longer names, by its code."""
    known = [division.label[lang] for code, division in profile.divisions.items() if code in codes]
    return known + sorted(set(codes) - set(profile.divisions))
