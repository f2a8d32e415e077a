"""What an officer may be, which passwords and targets are taken, and how long each way in lives."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.rules import (
    DESK_IDLE,
    DESK_LONGEST,
    HALF_LONGEST,
    OfficerRole,
    PasswordFault,
    RolesFault,
    desk_alive,
    desk_path,
    desk_target,
    device_of,
    password_fault,
    read_recovery_code,
    roles_fault,
    totp_steps,
)

NOW = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
AGENT, MEMBER = OfficerRole.AGENT, OfficerRole.DIVISION_MEMBER


@pytest.mark.parametrize(
    ("roles", "divisions", "fault"),
    [
        ([AGENT], [], None),
        ([MEMBER], ["payments"], None),
        ([AGENT, MEMBER], ["payments", "collection"], None),
        ([], [], RolesFault.NO_ROLE),
        ([], ["payments"], RolesFault.NO_ROLE),
        ([MEMBER], [], RolesFault.NO_DIVISION),
        ([AGENT], ["payments"], RolesFault.DIVISION_WITHOUT_ROLE),
        ([MEMBER], ["payments", "somewhere"], RolesFault.UNKNOWN_DIVISION),
    ],
)
def test_roles_and_divisions_fit_together(roles: list[OfficerRole], divisions: list[str], fault: object) -> None:
    assert roles_fault(roles, divisions, ["payments", "collection"]) is fault


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("kuda hijau minum kopi", None),
        ("päßwörter-mit-ümläuten", None),
        ("密码密码一二三四五六七八", None),
        ("elevensigns", PasswordFault.SHORT),
        ("x" * 257, PasswordFault.LONG),
        ("aaaaaaaaaaaaaaaa", PasswordFault.GUESSABLE),
        ("12121212121212", PasswordFault.GUESSABLE),
        ("ratna.wulandari@bank.example.id", PasswordFault.GUESSABLE),
        ("Bank Muamalat 2026", PasswordFault.GUESSABLE),
    ],
)
def test_a_password_is_long_and_no_guess(password: str, fault: object) -> None:
    assert password_fault(password, "ratna.wulandari@bank.example.id", "Bank Muamalat") is fault


@pytest.mark.parametrize("path", ["/id/desk", "/en/desk", "/en/desk/", "/id/desk/account"])
def test_these_paths_are_the_desks(path: str) -> None:
    assert desk_path(path)


@pytest.mark.parametrize("path", ["/", "/en", "/desk", "/en/desks", "/en/track/desk", "/de/desk", "/EN/desk"])
def test_these_paths_are_not_the_desks(path: str) -> None:
    assert not desk_path(path)


@pytest.mark.parametrize("asked", ["/id/desk", "/en/desk/account", "/en/desk/cases/BM-26-K7QX-4MTR?tab=notes&q=a%20b"])
def test_after_signing_in_one_goes_where_one_wanted_to(asked: str) -> None:
    assert desk_target(asked) == asked


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "",
        "https://evil.example/en/desk",
        "//evil.example/en/desk",
        "/\\evil.example/en/desk",
        "/en/desk\\@evil.example",
        "/en/desk//evil.example",
        "/en/desk/../../track",
        "/en/desk/%2e%2E/track",
        "/en/desk/.%2e/track",
        "/en/track",
        "/en/desktop",
        "javascript:alert(1)",
        "/en/desk\r\nSet-Cookie: a=b",
        "/en/desk/\t",
        "/en/desk/é",
        "/en/desk/" + "a" * 2000,
        " /en/desk",
    ],
)
def test_nowhere_else(asked: str | None) -> None:
    assert desk_target(asked) is None


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Chrome, Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122.0",
            "Samsung Internet, Android",
        ),
        ("curl/8.10.1", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_in_words_of_ours_alone(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_a_code_counts_for_its_half_minute_and_one_beside_it() -> None:
    step = int(NOW.timestamp()) // 30
    assert list(totp_steps(NOW)) == [step - 1, step, step + 1]


@pytest.mark.parametrize("typed", ["K7QXM-4MTRH", "k7qxm4mtrh", " k7qxm – 4mtrh\n", "Ｋ７ＱＸＭ４ＭＴＲＨ"])
def test_a_recovery_code_is_read_as_it_was_meant(typed: str) -> None:
    assert read_recovery_code(typed) == "K7QXM4MTRH"


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("confirmed", "age", "idle", "alive"),
    [
        (True, DESK_IDLE, DESK_IDLE, True),
        # What was seen in the minute before is not written down.
        (True, DESK_IDLE + MINUTE, DESK_IDLE + MINUTE, False),
        (True, DESK_LONGEST - MINUTE, MINUTE, True),
        (True, DESK_LONGEST, MINUTE, False),
        (False, HALF_LONGEST - MINUTE, MINUTE, True),
        (False, HALF_LONGEST, MINUTE, False),
    ],
)
def test_how_long_a_session_lives(confirmed: bool, age: timedelta, idle: timedelta, alive: bool) -> None:
    """NIST SP 800-63B, 4.2.3: half an hour without use, twelve hours at the latest."""
    assert desk_alive(confirmed=confirmed, created_at=NOW - age, last_seen_at=NOW - idle, now=NOW) is alive
