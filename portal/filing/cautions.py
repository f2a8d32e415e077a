"""What a customer is told to look at once more before they send: secrets in their text, numbers that look wrong.

All of it is a guess and none of it a ground to refuse what was written. Pure.
"""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum


def ending(number: str) -> str:
    """The end of a number by which its owner knows it: four characters, of a short one a third."""
    return number[-(4 if len(number) >= 8 else max(1, len(number) // 3)) :]


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────


class Exposed(StrEnum):
    """What a customer should take out of their text before they send it, because we never need it."""

    CARD = "card"
    SECRET = "secret"


CARD = re.compile(r"(?<![\d])\d(?:[ .-]?\d){12,18}(?![\d])")
# A word for a secret with digits close behind it: "PIN saya 123456", "OTP: 48 12 33". The word alone is no secret.
SECRET = re.compile(
    r"\b(?:pin|otp|cvv2?|cvc2?|kode\s+verifikasi|verification\s+code)\b[^\d\n]{0,24}\d(?:[ .-]?\d){2,7}(?!\d)"
    r"|\b(?:password|passcode|kata\s+sandi)\b(?:\s+(?:saya|my|is|adalah|nya))*\s*[:=]\s*\S",
    re.IGNORECASE,
)


def exposed(text: str) -> set[Exposed]:
    """What a text seems to give away: a whole card number (13 to 19 digits that pass Luhn's check), a PIN or code."""
    found = {Exposed.CARD for digits in _card_like(text) if passes_luhn(digits)}
    if SECRET.search(text):
        found.add(Exposed.SECRET)
    return found


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812: every second digit from the right counts double."""
    doubled = "0246813579"
    total = sum(int(digit) for digit in digits[-1::-2]) + sum(int(doubled[int(digit)]) for digit in digits[-2::-2])
    return total % 10 == 0


def _card_like(text: str) -> Iterator[str]:
    for match in CARD.finditer(text):
        yield re.sub(r"\D", "", match[0])


# ── a KTP's number ───────────────────────────────────────────────────────────────────────────────

NIK_LENGTH = 16
# In a woman's number 40 is added to the day of birth.
WOMAN = 40


class NikDoubt(StrEnum):
    """What looks wrong about a population number (NIK)."""

    LENGTH = "length"
    DATE = "date"


def nik_doubt(number: str, *, today: date) -> NikDoubt | None:
    """What looks wrong about the number of a KTP, if anything; read with blanks and separators taken out.

    It has sixteen digits, of which the seventh to twelfth are the date of birth as DDMMYY. There is no
    check digit; the region is that of the first registration, and the number stays when birth data are
    corrected: whoever has such a number on their card sends it as it stands.
    """
    if len(number) != NIK_LENGTH or not (number.isascii() and number.isdigit()):
        return NikDoubt.LENGTH
    day, month, year = (int(number[start : start + 2]) for start in (6, 8, 10))
    # Of the two centuries that two digits leave open, the latest past one.
    century = today.year // 100 * 100
    full = century + year if century + year <= today.year else century - 100 + year
    try:
        date(full, month, day - WOMAN if day > WOMAN else day)
    except ValueError:
        return NikDoubt.DATE
    return None
