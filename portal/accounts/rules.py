"""One-time codes: how long they live, how often they may be tried and asked for. Pure."""

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum

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
