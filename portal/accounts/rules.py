"""One-time codes and officers' accounts: who may be what, how long each way in lives, what is refused. Pure."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5
# Who mistyped, or waits for a slow mailbox, needs two or three. With five tries each that leaves a
# guesser 15 of a million an hour for one case, and a customer whom somebody pesters three mails.
CODES_AN_HOUR = 3
HOUR = timedelta(hours=1)


class CodePurpose(StrEnum):
    """What a code lets its holder do. A code for one purpose is none for another."""

    NEW_ACCESS_CODE = "new_access_code"


class TooManyCodes(Exception):
    """As many codes as an hour allows were made for this purpose; the page must not tell."""


class CodeSpent(Exception):
    """A code that was right a moment ago has been used, replaced or has expired meanwhile."""


def read_code(typed: str) -> str:
    """The code as it was meant: digits of any script in ASCII, without spaces and dashes."""
    digits = "".join(str(unicodedata.digit(sign, sign)) for sign in typed)
    return re.sub(r"[\s\u200b-\u200f\u2060\ufeff‐-―-]+", "", digits)


# ── officers ─────────────────────────────────────────────────────────────────────────────────────


class OfficerRole(StrEnum):
    """In which part an officer works; one person may have several."""

    AGENT = "agent"
    CS_MANAGER = "cs_manager"
    # Sees only what was passed to a division of theirs.
    DIVISION_MEMBER = "division_member"
    # Reads everything and changes nothing.
    AUDITOR = "auditor"
    # People, calendar and texts; no case content.
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Officer:
    """Who is signed in at the desk, as views and rules see them. `divisions` are codes of the profile."""

    id: UUID
    name: str
    language: str
    roles: frozenset[OfficerRole]
    divisions: frozenset[str]
    # Whether single-letter keys work for them.
    shortcuts: bool

    def has(self, *roles: OfficerRole) -> bool:
        """Whether they have at least one of these roles."""
        return not self.roles.isdisjoint(roles)


def plain_email(address: str) -> str:
    """The one spelling of an address that officers are known by."""
    return address.strip().lower()


class AccountAct(StrEnum):
    """What is done to an officer's account, by themselves or by others."""

    ADDED = "added"
    INVITED = "invited"
    JOINED = "joined"
    CHANGED = "changed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    FACTORS_RESET = "factors_reset"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES_MADE = "codes_made"
    SIGNED_IN = "signed_in"
    REFUSED = "refused"


class Door(StrEnum):
    """Where a sign-in can be refused: at the password, at the second factor, at the password asked once more."""

    PASSWORD = "password"
    FACTOR = "factor"
    AGAIN = "again"


class PersonState(StrEnum):
    """How far an officer is: invited and not yet in, active, without a way in, disabled."""

    INVITED = "invited"
    ACTIVE = "active"
    WITHOUT_WAY_IN = "without_way_in"
    DISABLED = "disabled"


class RolesFault(StrEnum):
    """Why roles and divisions do not fit together."""

    NO_ROLE = "no_role"
    NO_DIVISION = "no_division"
    DIVISION_WITHOUT_ROLE = "division_without_role"
    UNKNOWN_DIVISION = "unknown_division"


def roles_fault(
    roles: Collection[OfficerRole], divisions: Collection[str], known: Collection[str]
) -> RolesFault | None:
    """What is wrong with a person's roles and divisions, or None. `known` are the profile's divisions.

    A member of no division would see nothing, and a division gives nothing to who is no member.
    """
    if not roles:
        return RolesFault.NO_ROLE
    if OfficerRole.DIVISION_MEMBER in roles and not divisions:
        return RolesFault.NO_DIVISION
    if divisions and OfficerRole.DIVISION_MEMBER not in roles:
        return RolesFault.DIVISION_WITHOUT_ROLE
    return None if set(divisions) <= set(known) else RolesFault.UNKNOWN_DIVISION


class BadRoles(Exception):
    """Roles and divisions do not fit together; `fault` says why."""

    def __init__(self, fault: RolesFault) -> None:
        super().__init__(fault)
        self.fault = fault


class EmailTaken(Exception):
    """Another officer, who may be disabled, already has this e-mail address."""


class LastAdministrator(Exception):
    """Nobody would be left who can invite and disable people."""


# ── officers' ways in ────────────────────────────────────────────────────────────────────────────

# RFC 2606: nobody can own an address in it. What everybody knows of demo officers opens nothing in production.
DEMO_DOMAIN = "demo.invalid"
INVITATION_LIFETIME = timedelta(hours=72)
# NIST SP 800-63B, 4.2.3: at the second assurance level a session ends after half an hour without use
# and after twelve hours at the latest.
DESK_IDLE = timedelta(minutes=30)
DESK_LONGEST = timedelta(hours=12)
# Long enough to find the telephone, or to install an app and scan a picture.
HALF_LONGEST = timedelta(minutes=20)
# What changes a way in asks for the password again after this time.
PROOF_LIFETIME = timedelta(minutes=15)
DESK_SEEN_EVERY = timedelta(minutes=1)
LONGEST_TARGET = 2000

# ASVS 5.0, 6.2: at least 12 characters and nothing asked of their kinds; longer ones than anybody types only cost.
PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 256
PASSWORD_FEWEST_SIGNS = 5

TOTP_SECONDS = 30
# The clocks of telephone and server may be one step apart.
TOTP_STEPS_APART = 1
RECOVERY_CODES = 10


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    GUESSABLE = "guessable"


def password_fault(password: str, *known: str) -> PasswordFault | None:
    """What is wrong with a new password, or None. `known` are words that a guesser tries first."""
    if len(password) < PASSWORD_SHORTEST:
        return PasswordFault.SHORT
    if len(password) > PASSWORD_LONGEST:
        return PasswordFault.LONG
    plain = password.casefold()
    for word in known:
        plain = plain.replace(word.casefold(), "")
    # What is left besides such a word, or of a sign held down, must still be a password.
    if len(set(plain)) < PASSWORD_FEWEST_SIGNS or len(plain) < PASSWORD_SHORTEST // 2:
        return PasswordFault.GUESSABLE
    return None


class Factor(StrEnum):
    """A second factor, as sessions and lists name it."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


class InvitationGone(Exception):
    """The invitation is unknown, used, replaced or expired; nothing tells which."""


class WrongFactor(Exception):
    """The second factor is wrong, was used before, or is no more."""


class LastFactor(Exception):
    """Without it the account would have no second factor."""


def read_recovery_code(typed: str) -> str:
    """A recovery code as it was meant: capitals and ASCII digits, without spaces and dashes."""
    return read_code(unicodedata.normalize("NFKC", typed)).upper()


def totp_steps(now: datetime) -> range:
    """The steps (RFC 6238) whose codes count at this moment."""
    step = int(now.timestamp()) // TOTP_SECONDS
    return range(step - TOTP_STEPS_APART, step + TOTP_STEPS_APART + 1)


def desk_alive(*, confirmed: bool, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether an officer's session may go on. One without its second factor lives only as long as that may take."""
    if not confirmed:
        return now - created_at < HALF_LONGEST
    return now - last_seen_at < DESK_IDLE + DESK_SEEN_EVERY and now - created_at < DESK_LONGEST


def desk_path(path: str) -> bool:
    """Whether a path belongs to the desk, which has a cookie of its own."""
    return re.match(r"/(?:id|en)/desk(?:/|$)", path) is not None


def desk_target(asked: str | None) -> str | None:
    """Where to go on after signing in: a path of the desk with its query, or None for anything else.

    What browsers read differently from us is refused: backslashes, control characters, dots as a segment.
    """
    if not asked or len(asked) > LONGEST_TARGET or not re.fullmatch(r"[!-\[\]-~]+", asked):
        return None
    path = re.split(r"[?#]", asked, maxsplit=1)[0]
    if not desk_path(path) or "//" in path or re.search(r"/(?:\.|%2e)+(?:/|$)", path, re.IGNORECASE):
        return None
    return asked


# ── what a session shows of its device ───────────────────────────────────────────────────────────

_BROWSERS = (
    ("Edge", r"Edgi?A?(?:OS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"(?:Firefox|FxiOS)/"),
    ("Chrome", r"(?:Chrome|CriOS)/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux"),
)


def device_of(user_agent: str) -> str:
    """Browser and system by their names, "Chrome, Windows"; empty where neither is known.

    It is a hint for the officer's own list of sessions. Whoever sends it can say what they like, so
    nothing of it is kept but names of ours.
    """
    found = (
        next((name for name, pattern in table if re.search(pattern, user_agent)), None)
        for table in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in found if name)
