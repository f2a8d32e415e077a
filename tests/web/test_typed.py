"""What people type is read as they meant it, or not at all."""

import unicodedata
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from itertools import product

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.web import typed

# Everything that keyboards, word processors and attackers put into a text.
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)
AWKWARD = st.text(
    st.sampled_from(
        "aZ9é\u0301 \t\n\r\x00\x0b\x85\u00a0\u200b\u200c\u200d\u200e\u202e\u2028\u2066\ufeff👩👧\ufe0f漢ن.-"
    ),
    max_size=40,
)


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


@given(ANYTHING | AWKWARD)
def test_cleaning_a_line_twice_changes_nothing_more(text: str) -> None:
    once = typed.line(text)
    assert typed.line(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(ANYTHING | AWKWARD)
def test_a_line_is_one_line_without_anything_unseen(text: str) -> None:
    once = typed.line(text)
    assert once == once.strip() and len(once.splitlines()) <= 1
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in once)
    assert not set(once) & set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad")


@given(ANYTHING | AWKWARD)
def test_cleaning_lines_twice_changes_nothing_more(text: str) -> None:
    once = typed.lines(text)
    assert typed.lines(once) == once
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in once)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "M"), exclude_characters="\u034f"), max_size=80))
def test_what_can_be_seen_stays(text: str) -> None:
    kept = typed.lines(text)
    assert all(c in kept for c in unicodedata.normalize("NFC", text) if not typed.INVISIBLE.match(c))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Siti \t Rahmawati ", "Siti Rahmawati"),
        ("Siti\u202eRahmawati\u202c", "SitiRahmawati"),
        ("a\x00b", "a b"),
        ("Re\u0301my", "Rémy"),
        # An invisible character between a letter and its accent does not keep them apart.
        ("e\u200b\u0301", "é"),
        # The joiners of an emoji and of a script belong to them; elsewhere they only hide.
        ("👩\u200d👩\u200d👧 in", "👩\u200d👩\u200d👧 in"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("a\u200db\u200c", "ab"),
        ("x\U000e0061\U000e0062", "x"),
        ("one\u2028two\x0bthree", "one two three"),
    ],
)
def test_lines_are_cleaned(text: str, line: str) -> None:
    assert typed.line(text) == line


def test_every_kind_of_line_break_is_one() -> None:
    assert typed.lines("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h\n\n  i ") == "a\nb\nc\nd\ne\nf\ng\nh\n\n  i"


@pytest.mark.parametrize(
    ("text", "number"),
    [("123-456 7702", "1234567702"), (" bm.26/k7qx ", "BM26K7QX"), ("１２３", "123"), ("12\u200b34", "1234"), ("", "")],
)
def test_numbers_lose_their_separators(text: str, number: str) -> None:
    assert typed.number_like(text) == number


@given(
    st.text("0123456789ABCXYZ", min_size=1, max_size=30),
    st.sampled_from([" ", "-", ".", "/", " - ", "\u2013", "\u00a0"]),
)
def test_a_number_is_the_same_however_it_is_grouped(number: str, mark: str) -> None:
    grouped = mark.join(number[i : i + 4] for i in range(0, len(number), 4))
    assert typed.number_like(grouped.lower()) == number


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["{}", "{:02}", " {} "]))
def test_every_date_is_read_from_its_three_parts(day: date, shape: str) -> None:
    assert typed.read_date(shape.format(day.day), shape.format(day.month), str(day.year)) == day


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_year_of_two_digits_is_of_this_century(day: date) -> None:
    assert typed.read_date(str(day.day), str(day.month), f"{day.year % 100:02}") == day


@pytest.mark.parametrize("month", ["Maret", "march", "MAR", "mar.", "3", "03", " Mar "])
def test_months_have_names_in_both_languages(month: str) -> None:
    assert typed.read_date("9", month, "2026") == date(2026, 3, 9)


@pytest.mark.parametrize(
    "parts",
    [
        ("31", "2", "2026"),
        ("0", "1", "2026"),
        ("1", "13", "2026"),
        ("", "1", "2026"),
        ("1", "", "2026"),
        ("1", "1", ""),
        ("1", "1", "1899"),
        ("1", "1", "20266"),
        ("+1", "1", "2026"),
        ("1_0", "1", "2026"),
        ("satu", "1", "2026"),
        ("1", "mars", "2026"),
        ("9" * 5000, "1", "2026"),
    ],
)
def test_what_is_no_date_is_refused(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError):
        typed.read_date(*parts)


# ── times ────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.times(), st.sampled_from(["{}.{:02}", "{}:{:02}", "{:02}{:02}", "{} {:02}", "pukul {}.{:02} WIB", "{}h{:02}"])
)
def test_every_minute_of_the_day_is_read(at: time, shape: str) -> None:
    assert typed.read_time(shape.format(at.hour, at.minute)) == time(at.hour, at.minute)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9", time(9)),
        ("jam 9", time(9)),
        ("2.30 pm", time(14, 30)),
        ("2:30PM", time(14, 30)),
        ("12 am", time(0)),
        ("12.15 p.m.", time(12, 15)),
        ("00.00", time(0)),
    ],
)
def test_other_ways_to_write_a_time(text: str, at: time) -> None:
    assert typed.read_time(text) == at


@pytest.mark.parametrize("text", ["siang", "24.00", "14.60", "14.3", "13 pm", "0 am", "14.30.15.", "1" * 5000, "-1"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        typed.read_time(text)


# ── amounts ──────────────────────────────────────────────────────────────────────────────────────


def written(amount: int, mark: str) -> str:
    return f"{amount:,}".replace(",", mark)


@given(
    st.integers(1, 10**15 - 1),
    st.sampled_from([".", ",", " ", ""]),
    st.sampled_from(["{}", "Rp{}", "Rp {}", "IDR {}", "{},-", "{} rupiah"]),
)
def test_an_amount_is_the_same_in_every_writing(amount: int, mark: str, shape: str) -> None:
    assert typed.read_amount(shape.format(written(amount, mark))) == amount


@given(st.integers(1000, 10**12), st.integers(0, 99), st.sampled_from([".,", ",."]))
def test_the_sen_stand_after_the_other_mark(whole: int, sen: int, marks: str) -> None:
    assert typed.read_amount(f"{written(whole, marks[0])}{marks[1]}{sen:02}") == Decimal(f"{whole}.{sen:02}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-5",
        "1.250.00",  # A digit got lost: neither 1,250 nor 1,250,000 may be guessed.
        "1,250.000",
        "12.34.567",
        "1 2 3",
        "1.250.000.000.000.000",
        "sejuta",
        "1e9",
        "1" * 5000,
        ".",
        ",-",
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        typed.read_amount(text)


# ── phone numbers ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("0812 3456 7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("62 812-3456-7890", "+6281234567890"),
        ("0062 812 3456 7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("(021) 5089 0517", "+622150890517"),
        ("+60 12-345 6789", "+60123456789"),
        ("０８１２３４５６７８９０", "+6281234567890"),
    ],
)
def test_phone_numbers_become_e164(text: str, e164: str) -> None:
    assert typed.read_phone(text) == e164
    assert typed.read_phone(e164) == e164
    assert typed.read_phone(typed.print_phone(e164)) == e164


@pytest.mark.parametrize(
    "text",
    ["", "123", "0812 3456", "0812 3456 7890 ext 12", "WA saja", "0812-1111-2222 / 0813-1111-2222", "+", "0" * 5000],
)
def test_what_cannot_be_called_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        typed.read_phone(text)


# The first one loads the tables of phone numbers.
@settings(deadline=None)
@given(ANYTHING | AWKWARD)
def test_readers_refuse_with_a_value_error_and_nothing_else(text: str) -> None:
    for read in (typed.read_time, typed.read_amount, typed.read_phone, lambda t: typed.read_date(t, t, t)):
        with suppress(ValueError):
            read(text)


def test_a_mobile_number_is_grouped_as_the_library_groups_it():
    """The short way for what nearly everybody has must not differ from the long one."""
    for prefix, length in product(range(810, 900), range(9, 14)):
        e164 = f"+62{prefix}{'1234567890'[: length - 3]}"
        number = phonenumbers.parse(e164)
        if phonenumbers.is_valid_number(number):
            national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            assert typed.print_phone(e164) == national
