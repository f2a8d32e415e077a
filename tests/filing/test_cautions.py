"""What a customer is told to look at once more: secrets in their text, numbers that look wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.filing import cautions
from portal.filing.cautions import Exposed, NikDoubt, nik_doubt

TODAY = date(2026, 11, 23)

# ── what nobody should see ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "end"), [("1234567702", "7702"), ("12345678", "5678"), ("1234567", "67"), ("1234", "4"), ("12", "2")]
)
def test_a_number_is_shown_by_its_end(number: str, end: str) -> None:
    assert cautions.ending(number) == end


def with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if cautions.passes_luhn(body + digit))


@given(st.text("0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-", "."]))
def test_a_whole_card_number_is_noticed_however_it_is_grouped(body: str, mark: str) -> None:
    number = with_check_digit(body)
    grouped = mark.join(number[i : i + 4] for i in range(0, len(number), 4))
    assert cautions.exposed(f"My card {grouped} was swallowed.") == {Exposed.CARD}


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_notices_every_wrong_digit(body: str, place: int, by: int) -> None:
    number = with_check_digit(body)
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not cautions.passes_luhn(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "PIN saya 123456",
        "my pin is 1234",
        "Kode OTP: 48 12 33",
        "cvv 123",
        "Kata sandi saya: rahasia",
        "password=hunter2",
        "kode verifikasi 445566",
    ],
)
def test_a_secret_with_its_value_is_noticed(text: str) -> None:
    assert cautions.exposed(text) == {Exposed.SECRET}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Petugas meminta PIN dan OTP saya, tetapi tidak saya berikan.",
        "I never told anybody my password.",
        "Saya dipinjami Rp1.250.000 pada 9 Maret 2026 pukul 09.12.",
        "Rekening 1234567702, telepon 0812-3456-7890.",
        "1234567890123456",
        "pinang 123456",
    ],
)
def test_the_word_alone_or_another_number_is_no_secret(text: str) -> None:
    assert cautions.exposed(text) == set()


# ── a KTP's number ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "doubt"),
    [
        # A man, born on 12 November 1987.
        ("3602041211870001", None),
        # A woman, born on 12 March 1988: 40 is added to the day.
        ("3174015203880007", None),
        # Printed on a web page as a correct example: day 34, month 56.
        ("3276123456789012", NikDoubt.DATE),
        ("3174010013880007", NikDoubt.DATE),
        ("3174013104880007", NikDoubt.DATE),
        # 29 February: there was one in 2024 and 1988, none in 1990; 26 is still 2026, 27 was 1927.
        ("3174012902240007", None),
        ("3174016902880007", None),
        ("3174012902900007", NikDoubt.DATE),
        ("3174012902270007", NikDoubt.DATE),
        ("317401520388000", NikDoubt.LENGTH),
        ("31740152038800071", NikDoubt.LENGTH),
        ("317401520388000A", NikDoubt.LENGTH),
        ("٣١٧٤٠١٥٢٠٣٨٨٠٠٠٧", NikDoubt.LENGTH),
    ],
)
def test_a_ktp_number_that_looks_wrong_is_doubted(number: str, doubt: NikDoubt | None) -> None:
    """BM-12: sixteen digits with a date of birth in them; there is no check digit and no list of regions."""
    assert nik_doubt(number, today=TODAY) is doubt


@given(st.dates(date(1927, 1, 1), TODAY), st.booleans(), st.integers(0, 999_999), st.integers(1, 9_999))
def test_no_true_number_is_doubted(born: date, woman: bool, region: int, serial: int) -> None:
    day = born.day + 40 * woman
    number = f"{region:06}{day:02}{born:%m%y}{serial:04}"
    assert nik_doubt(number, today=TODAY) is None
