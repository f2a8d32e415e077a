"""Signs of a machine, and the challenge: bound to a network, a door and a moment, good once, never the only way."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from portal.db import Database
from portal.sealing import KeyRing, Purpose
from portal.web import bots
from portal.web.bots import Answer, Challenge, answered, signs
from tests.builders import NOW

HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"
SECOND = timedelta(seconds=1)


def solve(challenge: Challenge) -> str:
    """What the browser's module does."""
    for number in count():
        digest = hashlib.sha256(f"{challenge.token}:{number}".encode()).digest()
        if int.from_bytes(digest) >> (256 - challenge.bits) == 0:
            return str(number)
    raise AssertionError


def a_challenge(keys: KeyRing, excess: int = 1) -> Challenge:
    return Challenge.new(keys, door="begin", network=HERE, excess=excess, now=NOW)


def read(keys: KeyRing, token: str, **changes: object) -> Challenge | None:
    given = {"door": "begin", "network": HERE, "now": NOW + SECOND, **changes}
    return Challenge.read(keys, token, **given)  # type: ignore[arg-type]


# ── signs ────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_gives_no_sign(keys: KeyRing) -> None:
    form = {bots.MOMENT: bots.moment(keys, "begin", now=NOW), bots.TRAP: ""}
    assert signs(keys, form, "begin", now=NOW + bots.SOONEST) == 0
    # However long the page was open, and after the keys were changed.
    rotated = keys.rotated(Purpose.SESSION, "session-2")
    assert signs(rotated, form, "begin", now=NOW + timedelta(days=30)) == 0


def test_haste_a_filled_trap_and_a_forged_moment_are_signs(keys: KeyRing) -> None:
    made = bots.moment(keys, "begin", now=NOW)
    hasty = signs(keys, {bots.MOMENT: made}, "begin", now=NOW + bots.SOONEST - SECOND)
    assert hasty == bots.HASTY
    later = NOW + timedelta(minutes=5)
    assert signs(keys, {bots.MOMENT: made, bots.TRAP: "Cheap loans"}, "begin", now=later) == bots.TRAPPED
    at, _, mark = made.partition(".")
    for forged in ("", "x", f"{at}.", f"1.{mark}", f".{mark}", made + "x", bots.moment(keys, "send", now=NOW)):
        assert signs(keys, {bots.MOMENT: forged}, "begin", now=later) == bots.HASTY, forged


# ── the challenge ────────────────────────────────────────────────────────────────────────────────


def test_the_more_a_network_misbehaves_the_more_it_has_to_do(keys: KeyRing) -> None:
    given = [a_challenge(keys, excess) for excess in (1, 2, 4, 8, 100)]
    bits, waits = [one.bits for one in given], [one.wait for one in given]
    assert bits == sorted(bits) and (bits[0], bits[-1]) == (bots.LEAST_BITS, bots.MOST_BITS)
    assert waits == sorted(waits) and (waits[0], waits[-1]) == (bots.LEAST_WAIT, bots.MOST_WAIT)


def test_a_token_is_for_its_network_its_door_and_a_quarter_of_an_hour(keys: KeyRing) -> None:
    challenge = a_challenge(keys)
    assert read(keys, challenge.token) == challenge
    assert read(keys.rotated(Purpose.SESSION, "session-2"), challenge.token) == challenge
    assert read(keys, challenge.token, network=ELSEWHERE) is None
    assert read(keys, challenge.token, door="send") is None
    assert read(keys, challenge.token, now=NOW + bots.LIFETIME) == challenge
    assert read(keys, challenge.token, now=NOW + bots.LIFETIME + SECOND) is None


def test_no_token_can_be_made_up(keys: KeyRing) -> None:
    told, _, mark = a_challenge(keys).token.partition(".")
    easier = a_challenge(keys, 8).token.partition(".")[0]
    for forged in ("", ".", told, f"{told}.", f".{mark}", f"{easier}.{mark}", f"{told}.{mark[:-1]}", "x" * 100_000):
        assert read(keys, forged) is None, forged[:50]


def test_the_right_number_answers_at_once_and_another_does_not(database: Database, keys: KeyRing) -> None:
    challenge = a_challenge(keys)
    number = solve(challenge)
    for wrong in ("", "x", str(int(number) + 1), number + "0", "9" * 1000):
        assert answered(database, challenge, wrong, now=NOW + SECOND) is Answer.TOO_SOON, wrong[:50]
    assert answered(database, challenge, number, now=NOW + SECOND) is Answer.GIVEN


def test_without_javascript_waiting_answers(database: Database, keys: KeyRing) -> None:
    challenge = a_challenge(keys)
    assert challenge.left(NOW + 4 * SECOND) == bots.LEAST_WAIT - 4 * SECOND
    assert answered(database, challenge, "", now=NOW + bots.LEAST_WAIT - SECOND) is Answer.TOO_SOON
    assert answered(database, challenge, "", now=NOW + bots.LEAST_WAIT) is Answer.GIVEN


@pytest.mark.parametrize("waited", [False, True])
def test_a_token_counts_once_for_all_processes(database: Database, keys: KeyRing, waited: bool) -> None:
    challenge = a_challenge(keys)
    number, now = ("", NOW + bots.LEAST_WAIT) if waited else (solve(challenge), NOW + SECOND)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: answered(database, challenge, number, now=now), range(8)))
    assert answers.count(Answer.GIVEN) == 1 and answers.count(Answer.NONE) == 7
