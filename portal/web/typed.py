"""What people type, made regular: text, dates in parts, times, amounts, phone numbers. Pure."""

import re
import unicodedata
from datetime import date, time
from decimal import Decimal

# Zero-width characters, marks and isolates of direction, the soft hyphen, fillers and tags: pasted along
# unseen, never meant. U+200C and U+200D are not among them: see `_STRAY_JOINER`.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
# Joiners hold an emoji together and shape letters of some scripts; between other signs they only hide.
_STRAY_JOINER = re.compile(
    "(?<![^\x00-\u02ff\u2000-\u206f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\u02ff\u2000-\u206f])"
)
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# A word processor's soft line break, a page break, and the separators of lines and paragraphs.
LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# What cannot be a date, time, amount or phone number, however it is written.
LONGEST_VALUE = 100

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu agt aug ags",
            "september sep sept",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
TIME = re.compile(
    r"(?:pukul|jam|at)?\s*(\d{1,2})(?:\s*[.:,h]\s*|\s+)?(\d{2})?\s*(am|pm|a\.m\.|p\.m\.)?\s*(?:wib|wita|wit)?",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"(?:rp\.?|idr)?\s*([\d., ]*\d)\s*(?:,--?|rupiah)?", re.IGNORECASE)
PLAIN = re.compile(r"(?P<whole>\d+)(?:[.,](?P<sen>\d{1,2}))?")
# The sen are parted by another mark than the thousands are: 1.250.00 has lost a digit and means nothing.
GROUPED = re.compile(r"(?P<whole>\d{1,3}(?P<mark>[., ])\d{3}(?:(?P=mark)\d{3})*)(?:(?!(?P=mark))[.,](?P<sen>\d{1,2}))?")


def line(text: str) -> str:
    """One line: composed, without invisible or control characters, blanks folded."""
    return " ".join(_composed(CONTROL.sub(" ", LINE_BREAK.sub(" ", text))).split())


def lines(text: str) -> str:
    """Several lines: as `line`, but line breaks and the blanks inside lines stay."""
    return _composed(CONTROL.sub("", LINE_BREAK.sub("\n", text))).strip()


def number_like(text: str) -> str:
    """A number somebody copied from a card or letter: upper case, without blanks and separators."""
    return re.sub(r"[\s.,:\-/_·‐-―−]", "", unicodedata.normalize("NFKC", line(text))).upper()


def read_date(day: str, month: str, year: str) -> date:
    """The date typed in three parts; months as number or name, years with two or four digits.

    Raises `ValueError` where there is no such day.
    """
    name = line(month).lower().rstrip(".")
    number = MONTHS.get(name) or _digits(name, 2)
    full = _digits(year, 4)
    if full < 100:
        full += 2000
    if not 1900 <= full <= 2200:
        raise ValueError("year")
    return date(full, number, _digits(day, 2))


# 2026-04-06 as a browser's own field sends it; 6/4/2026, 6.4.2026, 6 April 2026 as people type it.
DAY = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<day>\d{1,2})[\s./-]+(?P<month>\w+)[\s./-]+(?P<year>\d+)"
)


def read_day(text: str) -> date:
    """A date in one field, the year first or the day first. Raises `ValueError` where there is no such day."""
    found = DAY.fullmatch(_short(text))
    if not found:
        raise ValueError("day")
    if found["y"]:
        return read_date(found["d"], found["m"], found["y"])
    return read_date(found["day"], found["month"], found["year"])


def read_time(text: str) -> time:
    """A time of day such as 14.30, 14:30, 1430, 9 or 2.30 pm. Raises `ValueError` for anything else."""
    found = TIME.fullmatch(_short(text))
    if not found:
        raise ValueError("time")
    hour = int(found[1])
    if found[3]:
        if not 1 <= hour <= 12:
            raise ValueError("hour")
        hour = hour % 12 + (12 if found[3][0] in "pP" else 0)
    return time(hour, int(found[2] or 0))


def read_amount(text: str) -> Decimal:
    """An amount of rupiah in Indonesian or English writing: 1.250.000, 1,250,000.50, Rp 1250000,-.

    A last group of one or two digits is the sen; groups of three are thousands. Raises `ValueError`
    where the marks could be read in two ways, for nothing, and from a thousand million million on.
    """
    found = AMOUNT.fullmatch(_short(text))
    if not found:
        raise ValueError("amount")
    parts = PLAIN.fullmatch(found[1]) or GROUPED.fullmatch(found[1])
    if not parts:
        raise ValueError("amount")
    value = Decimal(re.sub(r"[., ]", "", parts["whole"]) + (f".{parts['sen']}" if parts["sen"] else ""))
    if value <= 0 or value >= Decimal(10) ** 15:
        raise ValueError("amount")
    return value


def read_phone(text: str, region: str = "ID") -> str:
    """A phone number as E.164. Raises `ValueError` for what cannot be called, and for one with words in it.

    Written without a plus, 62… would be read as an Indonesian landline and 0062… not at all.
    """
    # Its tables take a while to load, and most pages have no phone number to read.
    import phonenumbers

    told = unicodedata.normalize("NFKC", _short(text))
    if re.search(r"[^\W\d_]", told):
        # An extension, or whose number it is: dropping the words would join two numbers into a wrong one.
        raise ValueError("phone")
    digits = re.sub(r"[^\d+]", "", told)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("62") and region == "ID":
        digits = "+" + digits
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        raise ValueError("phone") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# An Indonesian mobile number, in the library's own groups.
MOBILE = re.compile(r"\+62(8[1-35-9]\d)(\d{3}(?=\d{3}$)|\d{4})(\d{3,5})")


def print_phone(e164: str, region: str = "ID") -> str:
    """An E.164 number as people of a region read it: 0812-3456-7890, from abroad +60 12-345 6789."""
    if region == "ID" and (mobile := MOBILE.fullmatch(e164)):
        # What nearly everybody has; the library takes as long as ten other lines of a page.
        return f"0{mobile[1]}-{mobile[2]}-{mobile[3]}"
    import phonenumbers

    number = phonenumbers.parse(e164)
    at_home = phonenumbers.region_code_for_number(number) == region
    kind = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, kind)


def _composed(text: str) -> str:
    # Composed last: what stood between a letter and its accent is gone by then.
    return unicodedata.normalize("NFC", _STRAY_JOINER.sub("", INVISIBLE.sub("", text)))


def _short(text: str) -> str:
    told = line(text)
    if len(told) > LONGEST_VALUE:
        raise ValueError("long")
    return told


def _digits(text: str, most: int) -> int:
    told = line(text)
    if not re.fullmatch(rf"\d{{1,{most}}}", told):
        raise ValueError("digits")
    return int(told)
