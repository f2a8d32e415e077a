"""A chain by its rules alone: whatever is changed in it, it is never called whole and never without a fault."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.history.rules import (
    GENESIS,
    AnchorFacts,
    Fault,
    FaultKind,
    Link,
    Origin,
    Standing,
    anchor_parts,
    as_uuid,
    canonical,
    commitment,
    diagnose,
    is_whole,
    link_parts,
    seal_parts,
    written,
)
from portal.sealing import framed

KEY = b"k" * 32
CHAIN_KEYS = ("chain-1", "chain-2")


def mac_of(link: Link) -> bytes | None:
    if link.chain_key_id not in CHAIN_KEYS:
        return None
    return hmac.digest(KEY, framed(*link_parts("entries", link)), hashlib.sha256)


def an_id(number: int) -> bytes:
    return UUID(int=number).bytes


def a_chain(length: int, subject: int = 1) -> list[Link]:
    links: list[Link] = []
    for seq in range(1, length + 1):
        link = Link(
            id=an_id(1000 * subject + seq),
            subject_id=an_id(subject),
            key_id=an_id(subject),
            seq=seq,
            kind="noted",
            actor_kind="officer",
            actor_id=an_id(5),
            behalf_id=b"",
            at="2026-03-13 03:00:00.000000",
            audience="customer",
            commitment=bytes([seq]) * 32,
            chain_key_id="chain-1",
            previous=links[-1].mac if links else GENESIS,
            mac=b"",
        )
        mac = mac_of(link)
        assert mac is not None
        links.append(link._replace(mac=mac))
    return links


def a_standing(links: list[Link], **changes: Any) -> Standing:
    subject, head = an_id(1), links[-1].mac if links else GENESIS
    return Standing(subject, subject, len(links), head, is_sealed=True)._replace(**changes)


def faults(standing: Standing, links: list[Link], *origins: Origin) -> list[Fault]:
    return diagnose(standing, links, mac_of, chain_keys=CHAIN_KEYS, origins=lambda _: origins)


@pytest.mark.parametrize("length", [0, 1, 2, 40])
def test_an_untouched_chain_is_whole(length: int) -> None:
    links = a_chain(length)
    assert is_whole(a_standing(links), links, mac_of)


CHANGES = st.tuples(
    st.integers(0, 7),
    st.one_of(
        *(
            st.tuples(st.just(name), st.sampled_from([b"", an_id(2), bytes(32), b"x" * 32]))
            for name in ("id", "subject_id", "key_id", "actor_id", "behalf_id", "commitment", "previous", "mac")
        ),
        *(
            st.tuples(st.just(name), st.sampled_from(["", "customer", "\0", "chain-2", "chain-3"]))
            for name in ("kind", "actor_kind", "audience", "at", "chain_key_id")
        ),
        st.tuples(st.just("seq"), st.integers(-1, 12)),
    ),
)
MOVES = st.one_of(
    st.tuples(st.just("change"), CHANGES),
    st.tuples(st.just("delete"), st.integers(0, 7)),
    st.tuples(st.just("swap"), st.tuples(st.integers(0, 7), st.integers(0, 7))),
    st.tuples(st.just("repeat"), st.integers(0, 7)),
    st.tuples(st.just("row"), st.sampled_from([{"length": 5}, {"length": 9}, {"head": bytes(32)}])),
    st.tuples(st.just("row"), st.sampled_from([{"is_sealed": False}, {"key_id": an_id(2)}, {"length": -1}])),
)


@given(st.lists(MOVES, min_size=1, max_size=6))
def test_no_mixture_of_changes_goes_unnoticed(moves: list[tuple[str, Any]]) -> None:
    links = written_links = a_chain(8)
    standing = a_standing(links)
    links = list(links)
    for move, how in moves:
        if move == "row":
            standing = standing._replace(**how)
        elif move == "change":
            place, (name, value) = how
            if place < len(links):
                links[place] = links[place]._replace(**{name: value})
        elif move == "delete":
            del links[how : how + 1]
        elif move == "repeat":
            links.extend(links[how : how + 1])
        elif max(how) < len(links):
            one, other = how
            seqs = links[one].seq, links[other].seq
            links[one], links[other] = links[one]._replace(seq=seqs[1]), links[other]._replace(seq=seqs[0])
    links.sort(key=lambda link: link.seq)
    assume((links, standing) != (written_links, a_standing(written_links)))
    assert not is_whole(standing, links, mac_of)
    assert faults(standing, links)


def test_a_mac_says_which_chain_key_is_missing() -> None:
    links = a_chain(4)
    lost = [link._replace(chain_key_id="lost", mac=bytes([link.seq]) * 32) for link in links[:2]]
    told = faults(a_standing(links), lost + links[2:])
    assert [(fault.kind, fault.seq, fault.name) for fault in told] == [
        (FaultKind.CHAIN_KEY, 1, "lost"),
        (FaultKind.CHAIN_KEY, 2, "lost"),
    ]


def test_a_key_id_that_was_edited_is_no_missing_key() -> None:
    links = a_chain(4)
    links[1] = links[1]._replace(chain_key_id="lost")
    assert [fault.kind for fault in faults(a_standing(links), links)] == [FaultKind.EDITED]


def test_an_entry_of_another_subject_is_traced_to_it() -> None:
    links, other = a_chain(3), a_chain(3, subject=2)
    links.append(other[1]._replace(subject_id=an_id(1), seq=4))
    (fault,) = faults(a_standing(links[:3]), links, Origin(an_id(2), 3))
    assert (fault.kind, fault.seq, fault.other) == (FaultKind.MOVED, 4, UUID(int=2))


def test_runs_of_missing_entries_are_told_apart() -> None:
    links = a_chain(9)
    left = [link for link in links if link.seq in (1, 4, 6, 7)]
    told = [(fault.kind, fault.seq, fault.last_seq) for fault in faults(a_standing(links), left)]
    assert told == [(FaultKind.DELETED, 2, 3), (FaultKind.DELETED, 5, 5), (FaultKind.CUT, 8, 9)]


# ── what is committed to ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [name for name in Link._fields if name != "mac"])
def test_the_mac_covers_every_column(name: str) -> None:
    link = a_chain(1)[0]
    value: Any = getattr(link, name)
    changed = value + 1 if isinstance(value, int) else value + (b"x" if isinstance(value, bytes) else "x")
    assert link_parts("entries", link) != link_parts("entries", link._replace(**{name: changed}))
    assert link_parts("entries", link) != link_parts("other", link)


@pytest.mark.parametrize("name", [name for name in AnchorFacts._fields if name != "mac"])
def test_the_mac_of_an_anchor_covers_every_fact(name: str) -> None:
    facts = AnchorFacts("2026-03-13", "2026-03-12 17:05:00.000000", an_id(1), 3, bytes(32), b"r" * 32, "chain-1", b"m")
    value: Any = getattr(facts, name)
    changed = value + 1 if isinstance(value, int) else value + (b"x" if isinstance(value, bytes) else "x")
    assert anchor_parts(facts) != anchor_parts(facts._replace(**{name: changed}))


def test_the_seal_covers_table_subject_count_and_head() -> None:
    parts = {
        seal_parts("complaints", an_id(1), 2, b"head"),
        seal_parts("parcels", an_id(1), 2, b"head"),
        seal_parts("complaints", an_id(2), 2, b"head"),
        seal_parts("complaints", an_id(1), 3, b"head"),
        seal_parts("complaints", an_id(1), 2, b"Head"),
    }
    assert len(parts) == 5


def test_a_payload_has_one_text() -> None:
    assert canonical({"b": 1, "a": ["é", None]}) == '{"a":["é",null],"b":1}'
    assert canonical({"a": ["é", None], "b": 1}) == canonical({"b": 1, "a": ["é", None]})


def test_a_commitment_is_sha256_over_salt_and_text() -> None:
    assert commitment(b"s" * 32, '{"a":1}') == hashlib.sha256(b"s" * 32 + b'{"a":1}').digest()
    assert commitment(b"t" * 32, '{"a":1}') != commitment(b"s" * 32, '{"a":1}')


def test_a_moment_is_written_in_utc_to_the_microsecond() -> None:
    jakarta = datetime(2026, 3, 13, 10, 0, tzinfo=timezone(timedelta(hours=7)))
    assert written(jakarta) == "2026-03-13 03:00:00.000000" == written(jakarta.astimezone(UTC))


def test_what_is_no_id_is_none() -> None:
    assert as_uuid(b"?") is None
    assert as_uuid(an_id(3)) == UUID(int=3)
