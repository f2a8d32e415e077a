"""What people type, made regular: text, dates in parts, times, amounts, phone numbers. Pure."""

import re
import unicodedata
from datetime import date, time
from decimal import Decimal

import phonenumbers

# Zero-width characters, marks of direction and the soft hyphen: pasted along unseen, never meant.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
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
TIME = re.compile(r"(?:pukul|jam|at)?\s*(\d{1,2})(?:\s*[.:,h]\s*|\s+)?(\d{2})?\s*(?:wib|wita|wit)?", re.IGNORECASE)
AMOUNT = re.compile(r"(?:rp\.?|idr)?\s*([\d.,\s]+?)\s*(?:,-|rupiah)?", re.IGNORECASE)


def line(text: str) -> str:
    """One line: composed, without invisible or control characters, blanks folded."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(CONTROL.sub(" ", text).split())


def lines(text: str) -> str:
    """Several lines: as `line`, but line breaks and the blanks inside lines stay."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    return CONTROL.sub("", text).strip()


def number_like(text: str) -> str:
    """A number somebody copied from a card or letter: upper case, without blanks and separators."""
    return re.sub(r"[\s.\-/_·–—]", "", line(text)).upper()


def read_date(day: str, month: str, year: str) -> date:
    """The date typed in three parts; months as number or name, years with two or four digits.

    Raises `ValueError` where there is no such day.
    """
    name = line(month).lower().rstrip(".")
    number = MONTHS.get(name) or int(name)
    full = int(line(year))
    if full < 100:
        full += 2000
    if not 1900 <= full <= 2200:
        raise ValueError("year")
    return date(full, number, int(line(day)))


def read_time(text: str) -> time:
    """A time of day such as 14.30, 14:30, 1430 or 9. Raises `ValueError` for anything else."""
    found = TIME.fullmatch(line(text))
    if not found:
        raise ValueError("time")
    return time(int(found[1]), int(found[2] or 0))


def read_amount(text: str) -> Decimal:
    """An amount of rupiah in Indonesian or English writing: 1.250.000, 1,250,000.50, Rp 1250000,-.

    A last group of one or two digits is the sen; groups of three are thousands. Raises `ValueError`.
    """
    found = AMOUNT.fullmatch(line(text))
    if not found:
        raise ValueError("amount")
    digits = re.sub(r"\s", "", found[1])
    whole, fraction = digits, ""
    if tail := re.fullmatch(r"(.*\d)[.,](\d{1,2})", digits):
        whole, fraction = tail[1], tail[2]
    if not re.fullmatch(r"\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+", whole):
        raise ValueError("amount")
    value = Decimal(re.sub(r"[.,]", "", whole) + (f".{fraction}" if fraction else ""))
    if value <= 0 or value >= Decimal(10) ** 15:
        raise ValueError("amount")
    return value


def read_phone(text: str, region: str = "ID") -> str:
    """A phone number as E.164. Raises `ValueError` for what cannot be called.

    Written without a plus, 62… would be read as an Indonesian landline and 0062… not at all.
    """
    digits = re.sub(r"[^\d+]", "", line(text))
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
