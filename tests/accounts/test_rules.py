"""How a one-time code is read."""

import pytest

from portal.accounts.rules import CODE_TRIES, CODES_AN_HOUR, read_code


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("407316", "407316"),
        (" 407 316\n", "407316"),
        ("407-316", "407316"),
        ("407–316", "407316"),
        ("\u200b407\u00a0316\ufeff", "407316"),
        ("４０７３１６", "407316"),
        ("٤٠٧٣١٦", "407316"),
        ("๔๐๗๓๑๖", "407316"),
        ("", ""),
        ("kode", "kode"),
    ],
)
def test_a_code_is_read_as_it_was_meant(typed: str, read: str) -> None:
    assert read_code(typed) == read


def test_a_guesser_has_fifteen_in_a_million_an_hour() -> None:
    assert CODE_TRIES * CODES_AN_HOUR == 15
