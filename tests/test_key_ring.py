"""The ring of keys, its macs and its blind indexes."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sealing import (
    BadKeys,
    KeyRing,
    Purpose,
    Ring,
    blind_index,
    blind_indexes,
    framed,
)

# ── the ring ─────────────────────────────────────────────────────────────────────────────────────


def test_a_ring_comes_back_from_its_json(keys: KeyRing) -> None:
    again = KeyRing.from_json(keys.to_json())
    for purpose in Purpose:
        assert again.ids(purpose) == keys.ids(purpose) == (f"{purpose}-1",)
        assert again.key(purpose) == keys.key(purpose)
        assert len(keys.key(purpose)) == 32
    assert len({keys.key(purpose) for purpose in Purpose}) == len(Purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_rotating_one_purpose_touches_no_other(keys: KeyRing, purpose: Purpose) -> None:
    rotated = keys.rotated(purpose, "next")
    for other in Purpose:
        assert keys.key(other, f"{other}-1") == rotated.key(other, f"{other}-1")
        if other is not purpose:
            assert rotated.ids(other) == keys.ids(other)
            assert rotated.mac(other, "x") == keys.mac(other, "x")
    assert rotated.ids(purpose) == ("next", f"{purpose}-1")
    assert rotated.mac(purpose, "x") != keys.mac(purpose, "x") == rotated.mac(purpose, "x", key_id=f"{purpose}-1")


@pytest.mark.parametrize("taken", ["master-1", ""])
def test_a_key_in_use_is_never_replaced_by_rotating(keys: KeyRing, taken: str) -> None:
    """What the key of that id had wrapped could never be opened again."""
    with pytest.raises(ValueError, match="new id"):
        keys.rotated(Purpose.MASTER, taken)


def test_an_unknown_id_is_no_key(keys: KeyRing) -> None:
    for unknown in ("", "master-9"):
        with pytest.raises(KeyError):
            keys.key(Purpose.MASTER, unknown)


def test_no_key_is_shown_by_who_shows_the_ring(keys: KeyRing) -> None:
    ring = Ring("m", {"m": b"secret bytes"})
    assert "secret" not in repr(ring)
    assert base64.b64encode(keys.key(Purpose.CHAIN)).decode() not in repr(keys)


def broken(change: Callable[[Any], Any]) -> list[str]:
    data = json.loads(KeyRing.generate().to_json())
    change(data)
    with pytest.raises(BadKeys) as caught:
        KeyRing.from_json(json.dumps(data))
    assert str(caught.value) == "; ".join(caught.value.reasons)
    return caught.value.reasons


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.pop("chain"), "the chain keys are missing"),
        (lambda data: data["chain"].update(keys={}), "the chain keys are missing"),
        (lambda data: data.update(chain=[]), "the chain keys are missing"),
        (lambda data: data.update(cookie={}), "unknown purpose 'cookie'"),
        (lambda data: data["code"].update(current="c9"), "the current code key 'c9' is not among its keys"),
        (lambda data: data["code"].update(current=["c9"]), "the current code key ['c9'] is not among its keys"),
        (lambda data: data["code"].pop("current"), "the current code key None is not among its keys"),
        (lambda data: data["master"]["keys"].update({"master-1": "%%%"}), "master key 'master-1' is not base64"),
        (lambda data: data["master"]["keys"].update({"master-1": 7}), "master key 'master-1' is not base64"),
        (
            lambda data: data["master"]["keys"].update({"master-1": encoded(bytes(16))}),
            "master key 'master-1' has 16 bytes instead of 32",
        ),
        (
            lambda data: data["master"]["keys"].update({"master-1": encoded(b"password" * 4)}),
            "master key 'master-1' is not random",
        ),
        (
            lambda data: data["master"]["keys"].update(data["index"]["keys"]),
            "index-1",
        ),
        (
            lambda data: data["master"]["keys"].update({"": encoded(bytes(range(32)))}),
            "a master key has no id",
        ),
    ],
)
def test_a_bad_ring_says_what_is_wrong(change: Callable[[Any], Any], reason: str) -> None:
    (told,) = broken(change)
    assert reason in told


@pytest.mark.parametrize(("text", "reason"), [("{", "it is not valid JSON"), ("[]", "it is not a JSON object")])
def test_what_is_no_ring_at_all(text: str, reason: str) -> None:
    with pytest.raises(BadKeys) as caught:
        KeyRing.from_json(text)
    assert caught.value.reasons == [reason]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    def change(data: Any) -> None:
        del data["session"]
        data["extra"] = {}
        data["master"]["keys"]["master-1"] = encoded(bytes(32))
        data["index"]["keys"]["index-2"] = data["chain"]["keys"]["chain-1"]
        data["code"]["current"] = "gone"

    assert broken(change) == [
        "unknown purpose 'extra'",
        "the session keys are missing",
        "master key 'master-1' is not random",
        "the current code key 'gone' is not among its keys",
        "chain key 'chain-1' is the same as index key 'index-2'",
    ]


def test_no_reason_shows_a_key() -> None:
    key = encoded(bytes(range(31)))
    (reason,) = broken(lambda data: data["master"]["keys"].update({"master-1": key}))
    assert key not in reason


# ── macs and blind indexes ───────────────────────────────────────────────────────────────────────


@given(st.lists(st.text() | st.binary(), max_size=4), st.lists(st.text() | st.binary(), max_size=4))
def test_no_two_lists_are_framed_alike(one: list[str | bytes], other: list[str | bytes]) -> None:
    def plain(parts: list[str | bytes]) -> list[bytes]:
        return [part.encode() if isinstance(part, str) else part for part in parts]

    assert (framed(*one) == framed(*other)) == (plain(one) == plain(other))


def test_a_mac_depends_on_purpose_key_and_every_part(keys: KeyRing) -> None:
    macs = {
        keys.mac(Purpose.CODE, "ab", "c"),
        keys.mac(Purpose.CODE, "a", "bc"),
        keys.mac(Purpose.CODE, "abc"),
        keys.mac(Purpose.CHAIN, "ab", "c"),
        KeyRing.generate().mac(Purpose.CODE, "ab", "c"),
    }
    assert len(macs) == 5
    assert {len(mac) for mac in macs} == {32}


def test_a_row_is_found_by_its_blind_index_after_the_index_key_was_rotated(keys: KeyRing) -> None:
    rotated = keys.rotated(Purpose.INDEX, "index-2")
    old, new = blind_index(keys, "account", "7001234567"), blind_index(rotated, "account", "7001234567")
    assert old != new
    assert blind_indexes(rotated, "account", "7001234567") == [new, old]
    assert blind_indexes(keys, "account", "7001234567") == [old]


def test_equal_values_of_two_kinds_have_different_indexes(keys: KeyRing) -> None:
    assert blind_index(keys, "account", "7001234567") != blind_index(keys, "phone", "7001234567")
