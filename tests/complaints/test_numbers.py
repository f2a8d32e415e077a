"""Registration numbers: every typing error shows, every way of writing is read, nothing can be guessed."""

import random
import re
from collections import Counter

import pytest

from portal.complaints import numbers
from portal.complaints.numbers import ALPHABET, CODE_ALPHABET, Number, WrongNumber, new_number, read_number, spelled

PREFIXES = ("BM", "SQ", "KF", "K3")
# What a finger or an ear may put in the place of a character: every letter and digit, ours or not.
TYPABLE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def drawn(count: int, prefix: str = "BM") -> list[Number]:
    """Numbers of many years, drawn from a fixed seed, so that a failure comes back."""
    draw = random.Random(26)
    return [new_number(prefix, draw.randrange(2020, 2060), draw.choice) for _ in range(count)]


def refuses(text: str, prefix: str) -> bool:
    try:
        return read_number(text, prefix) is None
    except WrongNumber:
        return True


def says_so(text: str, prefix: str) -> bool:
    try:
        read_number(text, prefix)
    except WrongNumber:
        return True
    return False


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_wrong_character_is_said_at_once(prefix):
    for number in drawn(120, prefix):
        for place, right in enumerate(number.canonical):
            for wrong in TYPABLE.replace(right, ""):
                mistyped = number.canonical[:place] + wrong + number.canonical[place + 1 :]
                assert says_so(mistyped, prefix), f"{mistyped} for {number.canonical}"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_swap_of_neighbours_is_said_at_once(prefix):
    for number in drawn(600, prefix):
        right = number.canonical
        for place in range(len(right) - 1):
            swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
            assert swapped == right or says_so(swapped, prefix), f"{swapped} for {right}"


def test_no_two_numbers_lie_one_typing_error_apart():
    """The arithmetic itself, without the alphabet's help: all weights, all pairs of values."""
    for weight in range(1, numbers.length("ABCDE") + 1):
        for one in range(36):
            for other in range(36):
                if one != other:
                    assert weight * (one - other) % numbers.MODULUS
                    assert (weight * one + (weight + 1) * other - weight * other - (weight + 1) * one) % numbers.MODULUS


def test_a_character_too_few_or_too_many_after_the_prefix_is_said_at_once():
    for number in drawn(200):
        right = number.canonical
        for place in range(2, len(right)):
            assert says_so(right[:place] + right[place + 1 :], "BM"), right
            for extra in ALPHABET:
                longer = right[:place] + extra + right[place:]
                assert says_so(longer, "BM"), f"{longer} for {right}"


def test_a_number_is_read_however_it_is_written():
    number = drawn(1)[0]
    ways = (
        number.canonical,
        number.printed,
        number.printed.lower(),
        f"  {number.printed.replace('-', ' ')} ",
        number.printed.replace("-", "\u2011"),
        number.printed.replace("-", " – "),
        number.printed.replace("-", "/"),
        " ".join(number.canonical.lower()),
        "\u200b".join(number.canonical),
        # Wide and Arabic-Indic digits, as other keyboards type them.
        "".join(chr(ord(c) + 0xFEE0) for c in number.canonical),
        "".join(chr(0x660 + int(c)) if c.isdigit() else c for c in number.canonical),
    )
    for way in ways:
        assert read_number(way, "BM") == number, way


def test_the_printed_number_fits_groups_and_one_message():
    for number in drawn(50):
        assert re.fullmatch(r"BM-\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}", number.printed)


def test_an_account_number_is_not_taken_for_a_registration_number():
    """BM-35: the same field takes both. Only what can be one of ours is checked as one of ours."""
    for text in (
        "3010012345678",
        "1234567890",
        "BM202600012345678",
        "BM2600123456",
        "KFPK20240123",
        "POL-2024-000123",
        "9988776655443322",
        "",
        "-",
        "siti@example.id",
        "a" * 500,
    ):
        assert read_number(text, "BM") is None, text
    # An account number that begins like ours and goes on in digits, as long as ours.
    assert read_number("KF2024234567", "KF") is None


def test_the_refusal_carries_no_number():
    """An error may be logged; a number may not."""
    number = drawn(1)[0].canonical
    with pytest.raises(WrongNumber) as refusal:
        read_number(number[:-1] + ("2" if number[-1] != "2" else "3"), "BM")
    assert refusal.value.args == ()


def test_numbers_are_drawn_evenly_and_never_count_up():
    found = [new_number("BM", 2026) for _ in range(4000)]
    assert len({number.canonical for number in found}) == len(found)
    assert all(number.canonical.startswith("BM26") for number in found)
    for place in range(4, numbers.length("BM")):
        seen = Counter(number.canonical[place] for number in found)
        # 4,000 draws over 25 characters: 160 each, and far outside ±75 only once in many million runs.
        assert set(seen) == set(ALPHABET)
        assert min(seen.values()) > 85 and max(seen.values()) < 235


def test_the_alphabet_has_no_look_alikes():
    assert not set(ALPHABET) & set("01ILO8BSZUV")
    assert not set(CODE_ALPHABET) & set("01IO")


def test_a_number_always_keeps_a_letter_through_a_typing_error():
    for prefix in PREFIXES:
        for number in drawn(500, prefix):
            assert sum(c.isalpha() for c in number.canonical[len(prefix) :]) >= 2


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_number_can_be_read_over_the_telephone(language):
    words = spelled("BM26K7QX4MTR", language)
    assert [character for character, _ in words] == list("BM26K7QX4MTR")
    said = [word for _, word in spelled(TYPABLE, language)]
    assert len(set(said)) == len(TYPABLE)
    # A letter's word begins with the letter, as its hearer expects.
    for character, word in spelled("".join(c for c in TYPABLE if c.isalpha()), language):
        assert word[0].upper() == character


# ── access codes ─────────────────────────────────────────────────────────────────────────────────


def test_an_access_code_has_sixty_bits_in_three_groups():
    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) == 32
    codes = [numbers.new_access_code() for _ in range(2000)]
    assert len(set(codes)) == len(codes)
    for code in codes:
        groups = code.split("-")
        assert [len(group) for group in groups] == [4, 4, 4]
        assert set("".join(groups)) <= set(CODE_ALPHABET)
    # Five bits a character, twelve of them, and every character occurs at every place.
    for place in range(numbers.CODE_LENGTH):
        assert {numbers.read_code(code)[place] for code in codes} == set(CODE_ALPHABET)


def test_an_access_code_is_read_however_it_is_written():
    for written in ("K7QX-4MTR-2WYA", "k7qx4mtr2wya", " k7qx 4mtr 2wya ", "K7QX–4MTR–2WYA", "K7QX\u20114MTR\u20112WYA"):
        assert numbers.read_code(written) == "K7QX4MTR2WYA"
