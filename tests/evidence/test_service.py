"""Documents in folders: added, judged, removed, swept; first the bytes, then the row, then the commit."""

import hashlib
import secrets
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal.clock import now as real_now
from portal.db import Session, uuid7
from portal.evidence import cipher, queries, service, tasks
from portal.evidence.models import Document, Folder
from portal.evidence.rules import Arrived, Fault, Filed, Limits, Media, Right, ScanState, Stored, Verdict, given
from portal.evidence.scanner import Clamd, NoScanner, ScannerUnavailable
from portal.evidence.storage import Depot, Missing, StorageFailed
from portal.jobs.models import Job
from portal.jobs.rules import Work
from portal.sealing import Box, Tampered, destroy_key
from tests.builders import NOW, a_box
from tests.evidence import files
from tests.evidence.conftest import Daemon

LIMITS = Limits(file_bytes=1000, delivery_files=3, delivery_bytes=3000, case_files=4, case_bytes=2500)


def store(depot: Depot, box: Box, content: bytes) -> Stored:
    writing = depot.write()
    sealer = cipher.Sealer(service.file_key(box, writing.name))
    writing.write(sealer.header + b"".join(sealer.update(content)) + sealer.finish())
    writing.keep()
    return Stored(writing.name, len(content), hashlib.sha256(content).digest())


def arrive(depot: Depot, box: Box, name: str, content: bytes) -> Arrived:
    return Arrived(name, stored=store(depot, box, content), verdict=Verdict(Media.PDF, {"pages": 1}))


def add(
    session: Session, folder_id: UUID, box: Box, *arrived: Arrived, purpose: str = "identity", scanner: object = None
) -> list[Arrived]:
    session.begin_write()
    done = service.add(
        session,
        folder_id,
        box=box,
        purpose=purpose,
        delivery_id=uuid7(),
        arrived=arrived,
        limits=LIMITS,
        scanner=scanner or NoScanner(),  # type: ignore[arg-type]
        now=NOW,
    )
    session.commit()
    return done


def read(depot: Depot, box: Box, filed: Filed) -> bytes:
    return b"".join(service.content(depot, box, filed))


def test_a_document_comes_back_as_it_was_with_its_name_and_hash(
    session: Session, depot: Depot, box: Box, folder_id: UUID
) -> None:
    content = secrets.token_bytes(900)
    add(session, folder_id, box, arrive(depot, box, "nota\u202egpj.exe", content))
    (filed,) = queries.documents(session, folder_id)
    assert (filed.name, filed.shown) == ("nota\u202egpj.exe", "nota\ufffdgpj.exe")
    assert filed.sha256 == hashlib.sha256(content).hexdigest()
    assert (filed.size, filed.media, filed.scan) == (900, Media.PDF, ScanState.NOT_SCANNED)
    assert read(depot, box, filed) == content


def test_nothing_in_the_storage_or_the_open_columns_tells_what_it_is(
    session: Session, depot: Depot, box: Box, folder_id: UUID, tmp_path: Path
) -> None:
    content = b"KTP 3171234567890001" * 20
    add(session, folder_id, box, arrive(depot, box, "KTP Siti.pdf", content))
    row = session.scalars(sa.select(Document)).one()
    assert hashlib.sha256(content).digest() not in (row.digest, row.sealed)
    assert b"Siti" not in row.sealed
    files = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert len(files) == 1 and b"3171" not in files[0].read_bytes()


def test_the_same_bytes_are_recognised_within_a_case_and_purpose_only(
    session: Session, depot: Depot, box: Box, folder_id: UUID
) -> None:
    content = b"a statement"
    assert add(session, folder_id, box, arrive(depot, box, "mutasi.pdf", content))[0].fault is None
    again = add(session, folder_id, box, arrive(depot, box, "mutasi (1).pdf", content))
    assert (again[0].fault, again[0].same_as) == (Fault.TWICE, "mutasi.pdf")
    # Twice in one delivery too.
    one, two = (arrive(depot, box, name, b"another") for name in ("a.pdf", "b.pdf"))
    assert [done.fault for done in add(session, folder_id, box, one, two)] == [None, Fault.TWICE]
    other = add(session, folder_id, box, arrive(depot, box, "ktp.pdf", content), purpose="chronology")
    assert other[0].fault is None
    # Removed is not there any more.
    first = queries.documents(session, folder_id)[0]
    session.begin_write()
    assert service.remove(session, first.id, folder_id, now=NOW)
    session.commit()
    assert add(session, folder_id, box, arrive(depot, box, "mutasi.pdf", content))[0].fault is None


def test_the_keyed_digest_of_the_same_bytes_differs_from_case_to_case(session: Session, depot: Depot) -> None:
    for _ in range(2):
        box = a_box(session)
        folder = service.make_folder(session, key_id=box.id, now=NOW)
        add(session, folder.id, box, arrive(depot, box, "x.pdf", b"same"))
    one, two = session.scalars(sa.select(Document.digest))
    assert one != two


def test_a_case_is_full_by_number_and_by_size(session: Session, depot: Depot, box: Box, folder_id: UUID) -> None:
    large = [arrive(depot, box, f"{n}.pdf", bytes([n]) * 1000) for n in range(3)]
    assert [one.fault for one in add(session, folder_id, box, *large)] == [None, None, Fault.CASE_FULL]
    small = [arrive(depot, box, f"s{n}.pdf", bytes([n])) for n in range(3)]
    assert [one.fault for one in add(session, folder_id, box, *small)] == [None, None, Fault.CASE_FULL]
    assert len(queries.documents(session, folder_id)) == 4


def test_a_row_pointed_at_other_bytes_is_refused(session: Session, depot: Depot, box: Box, folder_id: UUID) -> None:
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"), arrive(depot, box, "b.pdf", b"two"))
    first, second = session.scalars(sa.select(Document).order_by(Document.position))
    session.begin_write()
    mine, theirs = first.storage, second.storage
    second.storage = "documents/elsewhere"
    session.flush()
    first.storage = theirs
    session.commit()
    with pytest.raises(Tampered):
        queries.documents(session, folder_id)
    assert mine != theirs


def test_bytes_that_were_swapped_cut_or_lost_are_noticed(
    session: Session, depot: Depot, box: Box, folder_id: UUID, tmp_path: Path
) -> None:
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"), arrive(depot, box, "b.pdf", b"two"))
    one, two = queries.documents(session, folder_id)
    place = tmp_path / "evidence"
    mine = (place / one.storage).read_bytes()
    (place / one.storage).write_bytes((place / two.storage).read_bytes())
    with pytest.raises(Tampered):
        read(depot, box, one)
    (place / one.storage).write_bytes(mine[:-1])
    with pytest.raises(Tampered):
        read(depot, box, one)
    (place / one.storage).unlink()
    with pytest.raises(Missing):
        read(depot, box, one)


def test_only_the_folders_own_document_can_be_removed(
    session: Session, depot: Depot, box: Box, folder_id: UUID
) -> None:
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"))
    (filed,) = queries.documents(session, folder_id)
    session.begin_write()
    assert not service.remove(session, filed.id, uuid7(), now=NOW)
    assert service.remove(session, filed.id, folder_id, now=NOW)
    assert not service.remove(session, filed.id, folder_id, now=NOW)
    session.commit()
    assert queries.documents(session, folder_id) == [] and queries.find(session, filed.id) is None


# ── judged by a scanner ──────────────────────────────────────────────────────────────────────────


class Away:
    first = ScanState.WAITING

    def scan(self, content: object) -> ScanState:
        raise ScannerUnavailable("away")


def test_a_document_waits_until_the_scanner_has_judged_it(
    session: Session, depot: Depot, box: Box, folder_id: UUID, clamd: Clamd
) -> None:
    clean, infected = arrive(depot, box, "a.pdf", files.pdf()), arrive(depot, box, "b.pdf", files.EICAR)
    add(session, folder_id, box, clean, infected, scanner=clamd)
    one, two = queries.documents(session, folder_id)
    assert (one.scan, given(Right.COPY, one.scan)) == (ScanState.WAITING, Right.NONE)
    assert session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.kind == service.SCAN)) == 2
    for each, expected in ((one, ScanState.CLEAN), (two, ScanState.INFECTED)):
        state = service.judge(session, each.id, depot=depot, scanner=clamd)
        assert state is expected
        session.begin_write()
        assert service.settle(session, each.id, expected, now=NOW)
        session.commit()
    session.expire_all()
    scans = [filed.scan for filed in queries.documents(session, folder_id)]
    assert [given(Right.COPY, scan) for scan in scans] == [Right.ORIGINAL, Right.NONE]
    # A judgement that was given stays.
    assert service.judge(session, two.id, depot=depot, scanner=clamd) is None
    session.begin_write()
    assert not service.settle(session, two.id, ScanState.CLEAN, now=NOW)


def judged(session: Session, depot: Depot, folder_id: UUID, scanner: object) -> list[ScanState | None]:
    """What the scanner says now of each document of the folder, written down."""
    states = []
    for each in queries.documents(session, folder_id):
        states.append(service.judge(session, each.id, depot=depot, scanner=scanner))  # type: ignore[arg-type]
        session.begin_write()
        if states[-1]:
            service.settle(session, each.id, states[-1], now=NOW)
        session.commit()
    session.expire_all()
    return states


def test_what_a_pdf_carries_is_scanned_unpacked(
    session: Session, depot: Depot, box: Box, folder_id: UUID, clamd: Clamd
) -> None:
    """EICAR attached to a PDF, packed; in an archive that is attached; in a script; and clean attachments."""
    given = {
        "lampiran.pdf": files.with_attachment(files.EICAR),
        "arsip.pdf": files.with_attachment(files.archive(files.EICAR)),
        "aktif.pdf": files.armed_pdf(),
        "skrip.pdf": files.with_script(files.EICAR),
        "bersih.pdf": files.with_attachment(b"a clean statement " * 100),
        "polos.pdf": files.pdf(2),
    }
    limits = replace(LIMITS, case_files=10, case_bytes=100_000)
    session.begin_write()
    arrived = [arrive(depot, box, name, content) for name, content in given.items()]
    service.add(
        session, folder_id, box=box, purpose="identity", delivery_id=uuid7(), arrived=arrived, limits=limits,
        scanner=clamd, now=NOW,
    )  # fmt: skip
    session.commit()
    assert judged(session, depot, folder_id, clamd) == [ScanState.INFECTED] * 4 + [ScanState.CLEAN] * 2


def test_what_cannot_be_unpacked_for_the_scanner_is_not_clean(
    session: Session, depot: Depot, box: Box, folder_id: UUID, clamd: Clamd
) -> None:
    add(session, folder_id, box, arrive(depot, box, "rusak.pdf", b"%PDF-1.7 and no more"), scanner=clamd)
    assert judged(session, depot, folder_id, clamd) == [ScanState.UNAVAILABLE]


def test_a_scanner_that_stops_holds_documents_back_and_judges_them_when_it_is_there_again(
    session: Session, depot: Depot, box: Box, folder_id: UUID, daemon: Daemon
) -> None:
    """Stopped, frozen, and dying in mid-scan: unavailable, never clean. Back again: judged."""
    clean, infected = files.picture(), files.picture() + files.EICAR
    pictures = [replace(arrive(depot, box, f"{n}.jpg", each), verdict=Verdict(Media.JPEG, {})) for n, each in
                enumerate((clean, infected))]  # fmt: skip
    impatient = replace(daemon.scanner, step_seconds=0.3, whole_seconds=1.0)
    add(session, folder_id, box, *pictures, scanner=impatient)

    daemon.stop()
    assert judged(session, depot, folder_id, impatient) == [ScanState.UNAVAILABLE] * 2
    work = Work(session, {"slot": "1"}, NOW + timedelta(hours=1), told_of(daemon), uuid7(), 1)  # type: ignore[arg-type]
    queued = sa.select(sa.func.count()).select_from(Job).where(Job.kind == service.SCAN)
    before = session.scalar(queued)
    tasks.rescan(work)
    assert session.scalar(queued) == before

    daemon.start()
    daemon.process.send_signal(signal.SIGSTOP)
    assert judged(session, depot, folder_id, impatient) == [ScanState.UNAVAILABLE] * 2
    daemon.process.send_signal(signal.SIGCONT)

    def dying() -> Iterator[bytes]:
        yield clean
        daemon.stop()
        yield from [bytes(100_000)] * 20

    with pytest.raises(ScannerUnavailable):
        daemon.scanner.scan(dying())

    daemon.start()
    tasks.rescan(work)
    session.commit()
    assert session.scalar(queued) == before + 2
    assert judged(session, depot, folder_id, daemon.scanner) == [ScanState.CLEAN, ScanState.INFECTED]


def told_of(daemon: Daemon) -> object:
    from types import SimpleNamespace

    return SimpleNamespace(clamd=daemon.scanner.url)


def test_an_absent_scanner_never_means_clean(session: Session, depot: Depot, box: Box, folder_id: UUID) -> None:
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"), scanner=Away())
    (filed,) = queries.documents(session, folder_id)
    assert service.judge(session, filed.id, depot=depot, scanner=Away()) is ScanState.UNAVAILABLE  # type: ignore[arg-type]
    session.begin_write()
    service.settle(session, filed.id, ScanState.UNAVAILABLE, now=NOW)
    session.commit()
    session.expire_all()
    (filed,) = queries.documents(session, folder_id)
    assert (filed.scan, given(Right.COPY, filed.scan)) == (ScanState.UNAVAILABLE, Right.NONE)
    assert queries.held_back(session, before=NOW + timedelta(minutes=1)) == [filed.id]


# ── swept ────────────────────────────────────────────────────────────────────────────────────────


def sweep(session: Session, tmp_path: Path, *, now: object = None) -> None:
    from types import SimpleNamespace

    settings = SimpleNamespace(evidence_url=f"file://{tmp_path / 'evidence'}")
    work = Work(session, {}, now or NOW, settings, uuid7(), 1)  # type: ignore[arg-type]
    tasks.sweep(work)
    session.commit()


def kept(tmp_path: Path) -> set[str]:
    place = tmp_path / "evidence"
    return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}


def test_a_crash_between_bytes_and_row_leaves_bytes_that_the_sweep_deletes(
    session: Session, depot: Depot, box: Box, folder_id: UUID, tmp_path: Path
) -> None:
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"))
    (filed,) = queries.documents(session, folder_id)
    orphan = store(depot, box, b"never got its row")
    session.begin_write()
    service.add(
        session, folder_id, box=box, purpose="identity", delivery_id=uuid7(), limits=LIMITS, scanner=NoScanner(),
        arrived=[Arrived("b.pdf", stored=orphan, verdict=Verdict(Media.PDF, {}))], now=NOW,
    )  # fmt: skip
    session.rollback()
    # It may still be on its way to a row.
    sweep(session, tmp_path, now=real_now())
    assert kept(tmp_path) == {filed.storage, orphan.storage}
    sweep(session, tmp_path, now=real_now() + timedelta(hours=25))
    assert kept(tmp_path) == {filed.storage}


def test_a_kill_in_mid_writing_leaves_a_piece_that_the_sweep_deletes(
    session: Session, depot: Depot, tmp_path: Path
) -> None:
    piece = tmp_path / "evidence" / "documents" / "ab" / "0123#1"
    piece.parent.mkdir(parents=True)
    piece.write_bytes(b"half")
    sweep(session, tmp_path, now=real_now())
    assert piece.exists()
    sweep(session, tmp_path, now=real_now() + timedelta(hours=25))
    assert not piece.exists()


def test_what_is_not_ended_was_never_there(depot: Depot, tmp_path: Path) -> None:
    writing = depot.write()
    writing.write(bytes(3_000_000))
    writing.drop()
    assert kept(tmp_path) == set()


def test_what_was_removed_goes_with_its_bytes(
    session: Session, depot: Depot, box: Box, folder_id: UUID, tmp_path: Path
) -> None:
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"), arrive(depot, box, "b.pdf", b"two"))
    one, two = queries.documents(session, folder_id)
    session.begin_write()
    service.remove(session, one.id, folder_id, now=NOW)
    session.commit()
    sweep(session, tmp_path)
    assert kept(tmp_path) == {two.storage}
    assert session.scalars(sa.select(Document.id)).all() == [two.id]


def test_a_folder_that_is_kept_no_longer_goes_with_everything_in_it(
    session: Session, depot: Depot, box: Box, folder_id: UUID, tmp_path: Path
) -> None:
    other = a_box(session)
    stays = service.make_folder(session, key_id=other.id, now=NOW)
    add(session, stays.id, other, arrive(depot, other, "c.pdf", b"three"))
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"))
    session.begin_write()
    service.release(session, folder_id, now=NOW)
    destroy_key(session, box.id, now=NOW)
    session.commit()
    sweep(session, tmp_path)
    assert session.scalars(sa.select(Folder.id)).all() == [stays.id]
    assert kept(tmp_path) == {queries.documents(session, stays.id)[0].storage}


def test_rows_without_bytes_are_told(
    session: Session, depot: Depot, box: Box, folder_id: UUID, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(session, folder_id, box, arrive(depot, box, "a.pdf", b"one"), arrive(depot, box, "b.pdf", b"two"))
    one, _ = queries.documents(session, folder_id)
    depot.delete(one.storage)
    assert service.sweep_bytes(session, depot, now=NOW).without_bytes == (one.id,)
    # Reported, never deleted: the row still says what was there.
    sweep(session, tmp_path)
    assert len(queries.documents(session, folder_id)) == 2


def test_a_full_disk_is_a_failure_of_the_storage(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorageFailed):
        writing = depot.write()
        # The folder cannot be made where a file of its name lies.
        place = depot._folder / writing.name  # type: ignore[operator]
        place.parent.parent.mkdir(parents=True, exist_ok=True)
        place.parent.write_bytes(b"in the way")
        for _ in range(4):
            writing.write(bytes(1_000_000))
        writing.keep()
