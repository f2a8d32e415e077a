"""Anchors: what a chain alone cannot prove, because it was replaced as a whole, is found by them."""

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from portal import history
from portal.db import Database, Session, uuid7, writing
from portal.history import anchors
from portal.history.models import Anchor, AppendOnly, HistoryEntry
from portal.history.rules import GENESIS, AnchorFacts, Fault
from portal.history.shelf import AlreadyKept, Shelf
from portal.sealing import Purpose, destroy_key
from tests.history import parcels
from tests.history.parcels import (
    NOW,
    Parcel,
    add,
    columns_of,
    delete,
    edit,
    make,
    names,
    row_of,
    set_row,
    sql,
    verify,
    verify_all,
)

MONDAY = date(2026, 3, 9)


def anchor(session: Session, shelf: Shelf, day: int) -> list[AnchorFacts]:
    """The anchor of a day, as the job draws and records it."""
    on = MONDAY + timedelta(days=day)
    drawn = anchors.draw(session, shelf, on=on, now=NOW + timedelta(days=day))
    session.begin_write()
    for facts in drawn:
        anchors.record(session, facts)
    session.commit()
    return drawn


def name(day: int) -> str:
    return f"{MONDAY + timedelta(days=day)}.txt"


def kept(tmp_path: Path, day: int) -> Path:
    return tmp_path / "evidence" / "anchors" / name(day)


def lines(tmp_path: Path, day: int) -> list[str]:
    return kept(tmp_path, day).read_text().splitlines()


def anchored(faults: list[Fault]) -> list[tuple[str, str]]:
    """The faults of anchors: what and which."""
    return sorted((str(fault.kind), str(fault.name)) for fault in faults)


# ── drawing ──────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_states_every_head_and_the_root_before(session: Session, shelf: Shelf, tmp_path: Path) -> None:
    one, other = make(session, entries=2), make(session, entries=3)
    make(session, entries=0)
    (facts,) = anchor(session, shelf, 0)
    assert lines(tmp_path, 0) == [
        "aduan history anchor 1",
        "on 2026-03-09",
        "at 2026-03-13 03:00:00.123456",
        f"previous {GENESIS.hex()}",
        "key chain-1",
        f"{one.id} 2 {one.history_head.hex()}",
        f"{other.id} 3 {other.history_head.hex()}",
        f"through {facts.through.hex()}",
        "streams 2",
        f"root {facts.root.hex()}",
        f"mac {facts.mac.hex()}",
    ]
    row = session.scalars(sa.select(Anchor)).one()
    assert (row.anchored_on, row.at, row.streams, row.root, row.previous_root) == (MONDAY, NOW, 2, facts.root, GENESIS)
    (following,) = anchor(session, shelf, 1)
    assert following.previous_root == facts.root
    assert verify_all(session.database, shelf=shelf) == []


def test_only_heads_that_moved_are_stated_again(
    session: Session, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchors, "LOOK_BACK", timedelta(0))
    moved, still = make(session, entries=2), make(session, entries=3)
    # Ids tell moments to the millisecond, and the anchor looks on from the newest entry that it saw.
    time.sleep(0.005)
    newest = make(session, entries=1)
    (first,) = anchor(session, shelf, 300)
    add(session, moved, 3)
    anchor(session, shelf, 301)
    assert first.streams == 3
    assert {head.subject_id for head in anchors.heads(shelf, name(301))} == {moved.id, newest.id}
    assert f"{moved.id} 3 {moved.history_head.hex()}" in lines(tmp_path, 301)
    add(session, still, 4)
    assert verify_all(session.database, shelf=shelf) == []


def test_an_anchor_is_drawn_when_nothing_has_ever_happened(session: Session, shelf: Shelf) -> None:
    (first,), (second,) = anchor(session, shelf, 0), anchor(session, shelf, 1)
    assert (first.streams, first.through, second.previous_root) == (0, b"", first.root)
    assert verify_all(session.database, shelf=shelf) == []


def test_an_entry_with_an_id_from_a_clock_that_ran_ahead_hides_no_later_ones(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = make(session, entries=1)
    writing(session, early)
    with monkeypatch.context() as patch:
        ahead = UUID(int=uuid7().int | 0xFFFF << 112)
        patch.setattr("portal.db.uuid7", lambda: ahead)
        parcels.note(session, early, 2)
    session.commit()
    anchor(session, shelf, 0)
    late = make(session)
    (facts,) = anchor(session, shelf, 1)
    assert facts.through == ahead.bytes
    assert late.id in {head.subject_id for head in anchors.heads(shelf, name(1))}


def test_a_day_has_one_anchor(session: Session, shelf: Shelf) -> None:
    make(session)
    assert len(anchor(session, shelf, 0)) == 1
    assert anchor(session, shelf, 0) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Anchor)) == 1


def test_no_anchor_is_drawn_for_a_day_before_the_last(session: Session, shelf: Shelf) -> None:
    anchor(session, shelf, 5)
    assert anchor(session, shelf, 4) == []


def test_a_copy_without_its_row_is_taken_over(session: Session, shelf: Shelf) -> None:
    """The job died between the copy and the commit; the next try finds the copy."""
    make(session)
    (lost,) = anchors.draw(session, shelf, on=MONDAY, now=NOW)
    make(session)
    assert anchor(session, shelf, 0) == [lost]
    assert verify_all(session.database, shelf=shelf) == []


def test_a_copy_without_its_row_is_taken_over_by_the_next_day(session: Session, shelf: Shelf) -> None:
    (lost,) = anchors.draw(session, shelf, on=MONDAY, now=NOW)
    taken, drawn = anchor(session, shelf, 1)
    assert (taken, drawn.previous_root) == (lost, lost.root)
    assert verify_all(session.database, shelf=shelf) == []


def test_something_else_in_the_place_of_the_days_copy_is_refused(session: Session, shelf: Shelf) -> None:
    shelf.keep(name(0), b"something else\n")
    with pytest.raises(anchors.NotOurs):
        anchor(session, shelf, 0)
    # The next day goes on; what lies there is reported.
    anchor(session, shelf, 1)
    assert anchored(verify_all(session.database, shelf=shelf)) == [("copy-changed", name(0))]


def test_a_copy_is_never_overwritten(shelf: Shelf) -> None:
    shelf.keep("2026-03-09.txt", b"one")
    with pytest.raises(AlreadyKept):
        shelf.keep("2026-03-09.txt", b"two")
    assert list(shelf.lines("2026-03-09.txt")) == [b"one"]


def test_our_own_code_can_neither_change_nor_delete_an_anchor(session: Session, shelf: Shelf) -> None:
    anchor(session, shelf, 0)
    session.begin_write()
    row = session.scalars(sa.select(Anchor)).one()
    row.streams = 7
    with pytest.raises(AppendOnly):
        session.flush()


def test_a_forged_head_is_not_anchored(session: Session, shelf: Shelf, database: Database) -> None:
    parcel = make(session)
    last = columns_of(database, parcel, 5)
    parcels.insert(database, HistoryEntry, **last | {"id": uuid7(), "seq": 6})
    anchor(session, shelf, 0)
    (head,) = anchors.heads(shelf, name(0))
    assert (head.subject_id, head.length, head.mac) == (parcel.id, 5, parcel.history_head)


def test_a_rotated_chain_key_keeps_older_anchors_genuine(session: Session, shelf: Shelf, database: Database) -> None:
    make(session)
    anchor(session, shelf, 0)
    keys = session.keys.rotated(Purpose.CHAIN, "chain-2")
    rotated = Database(database.url.render_as_string(hide_password=False), keys)
    with rotated.session() as fresh:
        make(fresh)
        (facts,) = anchor(fresh, shelf, 1)
        assert facts.chain_key_id == "chain-2"
        assert history.verify_all(fresh, [Parcel], shelf=shelf).found == 0
    rotated.dispose()


def test_after_an_erasure_anchors_still_agree(session: Session, shelf: Shelf) -> None:
    parcel = make(session)
    anchor(session, shelf, 0)
    writing(session, parcel)
    destroy_key(session, parcel.key_id, now=NOW)
    session.commit()
    assert verify_all(session.database, shelf=shelf) == []


# ── what only an anchor finds ────────────────────────────────────────────────────────────────────


def test_a_replayed_older_state_is_found(session: Session, shelf: Shelf, database: Database) -> None:
    """The tail is cut and the row's complete older state, seal included, put back: the chain alone is whole."""
    parcel = make(session, entries=3)
    older = row_of(database, parcel)
    add(session, parcel, 4, 5)
    anchor(session, shelf, 0)
    delete(database, parcel, 4, 5)
    set_row(database, parcel, **older)
    assert verify(database, parcel) == []
    (fault,) = verify(database, parcel, shelf=shelf)
    assert (fault.kind, fault.last_seq, fault.anchor) == ("behind-anchor", 5, MONDAY)
    assert names(verify_all(database, shelf=shelf)) == [("behind-anchor", None)]


def test_another_life_after_a_replayed_state_is_found(session: Session, shelf: Shelf, database: Database) -> None:
    parcel = make(session, entries=3)
    older = row_of(database, parcel)
    add(session, parcel, 4, 5)
    anchor(session, shelf, 0)
    delete(database, parcel, 4, 5)
    set_row(database, parcel, **older)
    with database.session() as fresh:
        add(fresh, fresh.get_one(Parcel, parcel.id), 4, 5, 6)
    assert verify(database, parcel) == []
    (fault,) = verify(database, parcel, shelf=shelf)
    assert (fault.kind, fault.seq, fault.anchor) == ("other-than-anchor", 5, MONDAY)


def test_a_subject_that_is_gone_without_a_trace_is_found(session: Session, shelf: Shelf, database: Database) -> None:
    parcel = make(session)
    make(session)
    anchor(session, shelf, 0)
    sql(database, "DELETE FROM history_entries WHERE subject_id = :id", id=parcel.id)
    sql(database, "DELETE FROM test_parcels WHERE id = :id", id=parcel.id)
    assert verify_all(database) == []
    (fault,) = verify_all(database, shelf=shelf)
    assert (fault.kind, fault.subject_id) == ("gone", parcel.id)


def test_each_loss_is_told_once_however_many_anchors_know_it(
    session: Session, shelf: Shelf, database: Database
) -> None:
    parcel = make(session)
    for day in range(4):
        anchor(session, shelf, day)
    sql(database, "DELETE FROM history_entries WHERE subject_id = :id", id=parcel.id)
    sql(database, "DELETE FROM test_parcels WHERE id = :id", id=parcel.id)
    assert names(verify_all(database, shelf=shelf)) == [("gone", None)]


def test_a_subject_that_has_grown_since_agrees_with_its_anchors(session: Session, shelf: Shelf) -> None:
    parcel = make(session)
    for day in range(3):
        anchor(session, shelf, day)
        add(session, parcel, 6 + day)
    assert verify_all(session.database, shelf=shelf) == []


# ── anchors attacked ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def three(session: Session, shelf: Shelf) -> Parcel:
    """Three days, each with its anchor."""
    parcel: Parcel = make(session)
    for day in range(3):
        anchor(session, shelf, day)
        add(session, parcel, 6 + day)
    return parcel


ROW_EDITS: dict[str, Any] = {
    "through": uuid4(),
    "streams": 99,
    "previous_root": b"x" * 32,
    "root": b"x" * 32,
    "chain_key_id": "chain-9",
    "mac": b"x" * 32,
}


@pytest.mark.parametrize("day", [0, 1, 2])
@pytest.mark.parametrize("column", ROW_EDITS)
def test_an_edited_row_is_found(three: Parcel, shelf: Shelf, database: Database, column: str, day: int) -> None:
    on: Any = MONDAY + timedelta(days=day)
    statement = f"UPDATE history_anchors SET {column} = :value WHERE anchored_on = :day"
    sql(database, statement, value=ROW_EDITS[column], day=str(on) if database.is_sqlite else on)
    assert anchored(verify_all(database, shelf=shelf)) == [("anchor-edited", name(day))]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("assignment", ["at = 'x'", "through = 'x'", "streams = 'x'", "root = 7", "mac = x''"])
def test_a_row_that_cannot_be_read_is_found(three: Parcel, shelf: Shelf, database: Database, assignment: str) -> None:
    assert sql(database, f"UPDATE history_anchors SET {assignment} WHERE anchored_on = :day", day=str(MONDAY))
    assert anchored(verify_all(database, shelf=shelf)) == [("anchor-edited", name(0))]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_dated_otherwise_is_found(three: Parcel, shelf: Shelf, database: Database) -> None:
    sql(database, "UPDATE history_anchors SET anchored_on = 'never' WHERE anchored_on = :day", day=str(MONDAY))
    assert anchored(verify_all(database, shelf=shelf)) == [
        ("anchor-deleted", name(0)),
        ("anchor-edited", "never.txt"),
        ("copy-missing", "never.txt"),
    ]


@pytest.mark.parametrize("day", [0, 1, 2])
def test_a_deleted_row_is_found(three: Parcel, shelf: Shelf, database: Database, day: int) -> None:
    on: Any = MONDAY + timedelta(days=day)
    sql(database, "DELETE FROM history_anchors WHERE anchored_on = :d", d=str(on) if database.is_sqlite else on)
    assert anchored(verify_all(database, shelf=shelf)) == [("anchor-deleted", name(day))]


def test_all_rows_deleted_are_found(three: Parcel, shelf: Shelf, database: Database) -> None:
    sql(database, "DELETE FROM history_anchors")
    assert anchored(verify_all(database, shelf=shelf)) == [("anchor-deleted", name(day)) for day in range(3)]


@pytest.mark.parametrize("day", [0, 1, 2])
def test_a_missing_copy_is_found(three: Parcel, shelf: Shelf, tmp_path: Path, database: Database, day: int) -> None:
    kept(tmp_path, day).unlink()
    assert anchored(verify_all(database, shelf=shelf)) == [("copy-missing", name(day))]


@pytest.mark.parametrize("day", [0, 1])
def test_an_anchor_deleted_with_its_copy_leaves_a_gap(
    three: Parcel, shelf: Shelf, tmp_path: Path, database: Database, day: int
) -> None:
    on: Any = MONDAY + timedelta(days=day)
    sql(database, "DELETE FROM history_anchors WHERE anchored_on = :d", d=str(on) if database.is_sqlite else on)
    kept(tmp_path, day).unlink()
    assert anchored(verify_all(database, shelf=shelf)) == [("anchor-unlinked", name(day + 1))]


@pytest.mark.parametrize("line", range(11))
def test_an_edited_line_of_a_copy_is_found(
    three: Parcel, shelf: Shelf, tmp_path: Path, database: Database, line: int
) -> None:
    changed = lines(tmp_path, 1)
    if line == 10:
        changed.append("")
    else:
        changed[line] = changed[line][:-1] + ("0" if changed[line][-1] != "0" else "1")
    kept(tmp_path, 1).write_text("\n".join(changed) + "\n")
    assert anchored(verify_all(database, shelf=shelf)) == [("copy-changed", name(1))]


@pytest.mark.parametrize("keep", [0, 1, 40, 200, -1, -80])
def test_a_truncated_copy_is_found(three: Parcel, shelf: Shelf, tmp_path: Path, database: Database, keep: int) -> None:
    content = kept(tmp_path, 2).read_bytes()
    kept(tmp_path, 2).write_bytes(content[:keep])
    assert anchored(verify_all(database, shelf=shelf)) == [("copy-changed", name(2))]


@pytest.mark.parametrize(("what", "new"), [(" 6 ", " 3 "), ("streams 1", "streams 2"), ("\n", "\r\n"), ("on ", "on  ")])
def test_a_changed_copy_is_found(
    three: Parcel, shelf: Shelf, tmp_path: Path, database: Database, what: str, new: str
) -> None:
    content = kept(tmp_path, 1).read_bytes()
    assert what.encode() in content
    kept(tmp_path, 1).write_bytes(content.replace(what.encode(), new.encode()))
    assert anchored(verify_all(database, shelf=shelf)) == [("copy-changed", name(1))]


def test_a_copy_in_another_days_place_is_found(three: Parcel, shelf: Shelf, tmp_path: Path, database: Database) -> None:
    kept(tmp_path, 1).write_bytes(kept(tmp_path, 0).read_bytes())
    assert anchored(verify_all(database, shelf=shelf)) == [("copy-changed", name(1))]


def test_a_foreign_file_among_the_copies_is_found(three: Parcel, shelf: Shelf, database: Database) -> None:
    shelf.keep("notes.txt", b"\xff\xfe")
    assert anchored(verify_all(database, shelf=shelf)) == [("copy-changed", "notes.txt")]


def test_a_changed_copy_is_not_believed(three: Parcel, shelf: Shelf, tmp_path: Path, database: Database) -> None:
    """Whoever can write the copy can raise an alarm, but not against a case of their choice."""
    content = kept(tmp_path, 0).read_bytes()
    kept(tmp_path, 0).write_bytes(content.replace(b" 5 ", b" 9 "))
    assert anchored(verify_all(database, shelf=shelf)) == [("copy-changed", name(0))]


def test_the_next_anchor_goes_on_from_what_is_genuine(
    three: Parcel, session: Session, shelf: Shelf, database: Database
) -> None:
    """An edited last row neither hides what came after it nor breaks the chain of anchors."""
    on: Any = MONDAY + timedelta(days=2)
    through = UUID(int=2**128 - 1)
    statement = "UPDATE history_anchors SET through = :through, root = :root WHERE anchored_on = :day"
    sql(database, statement, through=through, root=b"x" * 32, day=str(on) if database.is_sqlite else on)
    (facts,) = anchor(session, shelf, 3)
    assert facts.streams == 1
    assert anchored(verify_all(database, shelf=shelf)) == [("anchor-edited", name(2))]


def test_without_the_copies_the_rows_are_still_checked(three: Parcel, database: Database) -> None:
    assert verify_all(database) == []
    sql(database, "UPDATE history_anchors SET streams = 9")
    assert anchored(verify_all(database)) == [("anchor-edited", name(day)) for day in range(3)]


def test_the_report_tells_how_far_the_anchors_reach(three: Parcel, session: Session, shelf: Shelf) -> None:
    report = history.verify_all(session, [Parcel], shelf=shelf)
    assert (report.anchors, report.anchored_on) == (3, MONDAY + timedelta(days=2))


def test_edits_below_an_anchor_are_told_once(three: Parcel, shelf: Shelf, database: Database) -> None:
    edit(database, three, 5, kind="withdrawn")
    assert names(verify_all(database, shelf=shelf)) == [("edited", 5)]


def test_a_copy_is_read_in_pieces(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that two pieces share is one line."""
    content = b"".join(b"%d\n" % number for number in range(1000)) + b"end"
    shelf.keep("long.txt", content)

    class Pieces:
        def stream(self) -> Any:
            yield from (content[start : start + 7] for start in range(0, len(content), 7))

    monkeypatch.setattr("portal.history.shelf.obstore.get", lambda *_: Pieces())
    assert list(shelf.lines("long.txt")) == content.splitlines(keepends=True)
