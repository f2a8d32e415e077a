"""Registration numbers and access codes: how they are made, read and spelled. Pure.

A registration number is a name, not a secret: the profile's prefix, the year, seven random characters
and a check character, in an alphabet without look-alikes. The access code is the secret.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

# No 0 O 1 I L, no 8 B, 5 stays and S goes, 2 stays and Z goes, no U beside V: what is left is told apart by eye.
ALPHABET = "2345679ACDEFGHJKMNPQRTWXY"
RANDOM_LENGTH = 7
MODULUS = 37
# 32 characters carry five bits each: twelve of them are the sixty bits of an access code.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12
# Blanks, every hyphen and dash that a keyboard or a word processor makes, and what people put between groups.
SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad\-\u2010-\u2015\u2212_./:·]+")
# Registration numbers hold at least so many letters after the year. A mistyped one still holds a letter
# then, and is told from an account number that begins with the same letters and goes on in digits.
LEAST_LETTERS = 2

_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_ENGLISH = (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa "
    "Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu "
    "zero one two three four five six seven eight nine"
)
# Names of places that are heard everywhere in the country.
_INDONESIAN = (
    "Ambon Bandung Cirebon Denpasar Ende Flores Garut Halmahera Irian Jakarta Kendari Lombok Medan Nias "
    "Ombilin Padang Quebec Rembang Surabaya Ternate Ubud Viktor Wonogiri X-ray Yogyakarta Zebra "
    "nol satu dua tiga empat lima enam tujuh delapan sembilan"
)
SPELLED = {
    "id": dict(zip(_CHARACTERS, _INDONESIAN.split(), strict=True)),
    "en": dict(zip(_CHARACTERS, _ENGLISH.split(), strict=True)),
}


class WrongNumber(ValueError):
    """The text is a registration number with a typing error in it. Carries nothing: errors are logged."""


@dataclass(frozen=True, slots=True)
class Number:
    """A registration number in its canonical form: upper case, without separators."""

    canonical: str
    prefix: str

    @property
    def printed(self) -> str:
        """The number in groups, as it stands on the receipt: BM-26-K7QX-4MTR."""
        rest = self.canonical[len(self.prefix) :]
        return "-".join((self.prefix, rest[:2], rest[2:6], rest[6:]))


def value_of(character: str) -> int:
    """0 to 35 for 0-9 and A-Z. Raises `ValueError` for anything else."""
    value = int(character, 36)
    if len(character) != 1:
        raise ValueError(character)
    return value


def check_sum(canonical: str) -> int:
    """The weighted sum modulo 37 over the whole number; zero for a right one.

    The check character weighs 1 and each one before it one more. All weights and all differences of
    neighbouring weights are prime to 37, so every wrong character and every swap of neighbours shows.
    """
    return sum(weight * value_of(c) for weight, c in enumerate(reversed(canonical), start=1)) % MODULUS


def new_number(prefix: str, year: int, choose: Callable[[str], str] = secrets.choice) -> Number:
    """Draw a registration number for a year of four digits.

    Drawn again while the check would be the 37th value or a character outside the alphabet, and
    while fewer than two of the last eight characters are letters.
    """
    while True:
        body = f"{prefix}{year % 100:02d}" + "".join(choose(ALPHABET) for _ in range(RANDOM_LENGTH))
        missing = -check_sum(body + "0") % MODULUS
        for character in ALPHABET:
            if value_of(character) == missing and _letters(body[len(prefix) :] + character) >= LEAST_LETTERS:
                return Number(body + character, prefix)


def regular(text: str) -> str:
    """A number or code as it was meant: in capitals and ASCII digits, without separators.

    Keyboards of other scripts type wide or foreign digits; they mean the same.
    """
    composed = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.digit(sign, sign)) for sign in composed)
    return SEPARATORS.sub("", digits).upper()


def read_number(text: str, prefix: str) -> Number | None:
    """The number meant by a text, in any case and with or without separators; None if it is none of ours.

    Raises `WrongNumber` for one of ours with a typing error in it: a wrong check character, a
    character outside the alphabet, two neighbours swapped, one character too few or too many. That is
    arithmetic alone and tells nothing about which numbers exist.
    """
    canonical = regular(text)
    if _is_right(canonical, prefix):
        return Number(canonical, prefix)
    if _is_nearly_ours(canonical, prefix):
        raise WrongNumber
    return None


def _is_right(canonical: str, prefix: str) -> bool:
    year, rest = canonical[len(prefix) : len(prefix) + 2], canonical[len(prefix) + 2 :]
    return (
        len(canonical) == length(prefix)
        and canonical.startswith(prefix)
        and year.isascii()
        and year.isdigit()
        and all(c in ALPHABET for c in rest)
        and check_sum(canonical) == 0
    )


def _is_nearly_ours(canonical: str, prefix: str) -> bool:
    """Whether a text that is no right number is one of ours with a typing error, not an account number."""
    if canonical.startswith(prefix):
        rest = canonical[len(prefix) :]
        strange = sum(not c.isdigit() for c in rest[:2]) + sum(c not in ALPHABET for c in rest[2:])
        # Two, because a swap over the end of the year puts a letter into the year and a digit behind it.
        return abs(len(canonical) - length(prefix)) <= 1 and strange <= 2 and _letters(rest) > 0
    if len(canonical) != length(prefix):
        return False
    # The error sits in the prefix: one character of it is wrong, or one is swapped with its neighbour.
    candidates = [canonical[:i] + canonical[i + 1] + canonical[i] + canonical[i + 2 :] for i in range(len(prefix))]
    if sum(a != b for a, b in zip(canonical, prefix, strict=False)) == 1:
        candidates.append(prefix + canonical[len(prefix) :])
    return any(_is_right(candidate, prefix) for candidate in candidates)


def _letters(text: str) -> int:
    return sum(c.isalpha() for c in text)


def length(prefix: str) -> int:
    """How many characters a canonical number with this prefix has."""
    return len(prefix) + 2 + RANDOM_LENGTH + 1


def spelled(canonical: str, language: str) -> list[tuple[str, str]]:
    """Each character with the word that says it over the telephone."""
    return [(character, SPELLED[language][character]) for character in canonical]


def new_access_code() -> str:
    """A new access code: sixty bits from the system's random source, in three groups."""
    return print_code("".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)))


def print_code(canonical: str) -> str:
    return "-".join(canonical[i : i + 4] for i in range(0, len(canonical), 4))


def read_code(text: str) -> str:
    """The canonical form of whatever was typed as an access code; it may still be a wrong one."""
    return regular(text)
