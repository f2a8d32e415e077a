"""Passwords: which hash is kept, what fits it, and how many are reckoned at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from portal.accounts import passwords


def test_the_hash_is_argon2id_with_the_parameters_of_rfc_9106(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module as it is imported in earnest; the tests otherwise use a cheaper one."""
    monkeypatch.undo()
    parameters = extract_parameters(passwords.hash_password("kuda hijau minum kopi"))
    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (64 * 1024, 3, 4)


def test_only_the_password_fits_its_hash() -> None:
    kept = passwords.hash_password("kuda hijau minum kopi")
    assert passwords.fits("kuda hijau minum kopi", kept)
    assert not passwords.fits("kuda hijau minum kopi ", kept)
    assert kept != passwords.hash_password("kuda hijau minum kopi")


def test_what_looks_the_same_is_the_same_however_the_keyboard_sends_it() -> None:
    assert passwords.fits("cafe\u0301 di jalan besar", passwords.hash_password("caf\u00e9 di jalan besar"))


def test_nobody_has_no_password_and_a_spoiled_hash_fits_none() -> None:
    assert not passwords.fits("", None)
    assert not passwords.fits("kuda hijau minum kopi", "not a hash")


def test_a_hash_of_other_parameters_is_renewed() -> None:
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("kuda hijau minum kopi")
    assert passwords.fits("kuda hijau minum kopi", old)
    new = passwords.renewed("kuda hijau minum kopi", old)
    assert new and passwords.renewed("kuda hijau minum kopi", new) is None


class Slow:
    """A hasher that takes until it is told to go on."""

    def __init__(self) -> None:
        self.go, self.under_way, self.most = Event(), 0, 0

    def hash(self, _: object) -> str:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.go.wait(10)
        self.under_way -= 1
        return "done"


def test_no_more_than_two_are_reckoned_at_once_and_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    monkeypatch.setattr(passwords, "hasher", slow)
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.1)

    def ask(_: int) -> str:
        try:
            return passwords.hash_password("kuda hijau minum kopi")
        except passwords.TooBusy:
            if next(refused) == 5 - passwords.AT_ONCE:
                slow.go.set()
            return "too busy"

    refused = count(1)
    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(ask, range(5)))
    assert answers == ["done"] * passwords.AT_ONCE + ["too busy"] * (5 - passwords.AT_ONCE)
    assert slow.most == passwords.AT_ONCE
