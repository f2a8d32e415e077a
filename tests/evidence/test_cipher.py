"""Sealed files: what was changed, cut, swapped, reordered or brought in from elsewhere is refused."""

import secrets
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.evidence.cipher import CHUNK, HEADER, SEALED_CHUNK, Sealer, opened, sealed_size
from portal.sealing import Tampered

KEY = bytes(range(32))


def seal(content: bytes, *, key: bytes = KEY, piece: int = 65_536) -> bytes:
    sealer = Sealer(key)
    parts = [sealer.header]
    for at in range(0, len(content), piece):
        parts += sealer.update(content[at : at + piece])
    return b"".join([*parts, sealer.finish()])


def unseal(sealed: bytes, size: int, *, key: bytes = KEY, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join(opened(key, lambda at, n: sealed[at : at + n], size=size, start=start, stop=stop))


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back(size: int) -> None:
    content = secrets.token_bytes(size)
    sealed = seal(content)
    assert len(sealed) == sealed_size(size)
    assert unseal(sealed, size) == content
    assert content[:32] not in sealed or size < 8


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3 * CHUNK), st.integers(0, 3 * CHUNK), st.integers(100, 600_000))
def test_any_range_comes_back(start: int, stop: int, piece: int) -> None:
    content = (b"0123456789abcdef" * (3 * CHUNK // 16))[: 3 * CHUNK - 5]
    assert unseal(seal(content, piece=piece), len(content), start=start, stop=stop) == content[start : max(start, stop)]


CONTENT = secrets.token_bytes(3 * CHUNK + 100)
TWO = HEADER.size + SEALED_CHUNK


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s[:-1],
        lambda s: s[:TWO],
        lambda s: s[: TWO + SEALED_CHUNK],
        lambda s: s[: HEADER.size],
        lambda s: s[:5],
        lambda s: b"",
        lambda s: s[: HEADER.size] + s[TWO : TWO + SEALED_CHUNK] + s[HEADER.size : TWO] + s[TWO + SEALED_CHUNK :],
        lambda s: s[:100] + bytes([s[100] ^ 1]) + s[101:],
        lambda s: bytes([s[0] ^ 1]) + s[1:],
        lambda s: s[: HEADER.size - 1] + bytes([s[HEADER.size - 1] ^ 1]) + s[HEADER.size :],
        lambda s: seal(CONTENT)[:TWO] + s[TWO:],
        lambda s: seal(CONTENT, key=bytes(32)),
    ],
)
def test_what_was_changed_cut_swapped_or_brought_in_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Tampered):
        unseal(spoil(seal(CONTENT)), len(CONTENT))


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_a_file_cut_at_a_chunk_is_refused_even_where_its_size_was_changed_too(kept: int) -> None:
    sealed = seal(CONTENT)[: HEADER.size + kept * SEALED_CHUNK]
    with pytest.raises(Tampered):
        unseal(sealed, kept * CHUNK)


def test_two_sealings_of_the_same_bytes_share_nothing() -> None:
    assert seal(CONTENT)[HEADER.size :][:64] != seal(CONTENT)[HEADER.size :][:64]
