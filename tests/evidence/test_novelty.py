"""Whether a document was submitted before: the rule, the looks of real papers, and what a folder's documents are."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from portal.db import Database, Session, uuid7
from portal.evidence import cipher, fingerprints, looking
from portal.evidence.confined import BOUNDS
from portal.evidence.inspection import inspect
from portal.evidence.models import Document, Fingerprint
from portal.evidence.novelty import Note, Novelty, Seen, Twin, candidates, novelty
from portal.evidence.rules import Arrived, Fault, Filed, Limits, Media, NotReadable, ScanState, Stored, sniff
from portal.evidence.scanner import NoScanner
from portal.evidence.service import FINGERPRINT, add, file_key, remove, settle
from portal.evidence.storage import Depot
from portal.evidence.tasks import fingerprint_all
from portal.jobs.models import Job
from portal.jobs.rules import Work
from portal.sealing import Box, destroy_key
from tests.builders import NOW
from tests.evidence import files, papers

ROOT = Path(__file__).parent.parent.parent
LIMITS = Limits(2**30, 20, 2**30, 100, 2**30)

# ── the rule ─────────────────────────────────────────────────────────────────────────────────────


def a_document(name: str = "struk.jpg", sha256: str = "", **changes: object) -> Filed:
    told: dict[str, object] = {
        "id": uuid4(), "folder_id": uuid4(), "delivery_id": uuid4(), "purpose": "identity", "added_by": None,
        "name": name, "storage": name, "sha256": sha256 or name, "size": 1, "media": Media.JPEG,
        "scan": ScanState.CLEAN, "created_at": NOW,
    }  # fmt: skip
    return Filed(**{**told, **changes})  # type: ignore[arg-type]


OLD, OLDER = a_document("mutasi.pdf"), a_document("struk.pdf")


@pytest.mark.parametrize(
    ("pages", "twins", "found", "named"),
    [
        ((0, 1, 2), {OLD.id: {0: 0, 1: 1, 2: 2}}, Novelty.NEAR, (Twin(OLD, ((0, 0), (1, 1), (2, 2))),)),
        # A part of what was sent, or the same in another order, is nothing new.
        ((0,), {OLD.id: {0: 4}}, Novelty.NEAR, (Twin(OLD, ((0, 4),)),)),
        # One page more is.
        ((0, 1, 2), {OLD.id: {0: 0, 1: 1}}, Novelty.NEW, ()),
        ((0, 1), {}, Novelty.NEW, ()),
        # Put together from two that were sent: the one with most of it is named first.
        (
            (0, 1, 2),
            {OLDER.id: {0: 3, 1: 9}, OLD.id: {1: 1, 2: 0}},
            Novelty.NEAR,
            (Twin(OLDER, ((0, 3), (1, 9))), Twin(OLD, ((2, 0),))),
        ),
        # Page 1 is empty, so it is not among them.
        ((0, 2), {OLD.id: {0: 1, 2: 2}}, Novelty.NEAR, (Twin(OLD, ((0, 1), (2, 2))),)),
    ],
)
def test_a_document_is_new_by_one_page_that_is_in_no_other(
    pages: tuple[int, ...], twins: Mapping[UUID, Mapping[int, int]], found: Novelty, named: tuple[Twin, ...]
) -> None:
    """BM-40, SQ-30: an objection comes with documents that were not submitted before."""
    verdict = novelty(a_document(), [OLDER, OLD], Seen(pages, twins))
    assert (verdict.novelty, verdict.twins) == (found, named)
    assert verdict.counts is (found is Novelty.NEW)


def test_the_same_bytes_are_the_same_whatever_is_known_of_their_looks() -> None:
    renamed = a_document("bukti-baru.jpg", sha256="mutasi.pdf")
    assert novelty(renamed, [OLDER, OLD], None).twins == (Twin(OLD),)
    assert novelty(renamed, [OLDER, OLD], None).novelty is Novelty.SAME


@pytest.mark.parametrize(
    ("document", "seen", "found", "note"),
    [
        (a_document(), None, Novelty.PENDING, None),
        (a_document(), Seen(fault=Fault.BROKEN), Novelty.NEW, Note.UNREADABLE),
        (a_document(), Seen(fault=Fault.HEAVY), Novelty.NEW, Note.TOO_LONG),
        (a_document(), Seen(), Novelty.NEW, Note.BLANK),
        (a_document(scan=ScanState.INFECTED), None, Novelty.NEW, Note.LOCKED),
    ],
)
def test_what_nobody_could_look_at_is_for_an_officer_to_judge(
    document: Filed, seen: Seen | None, found: Novelty, note: Note | None
) -> None:
    verdict = novelty(document, [OLD], seen)
    assert (verdict.novelty, verdict.note) == (found, note)


def test_candidates_are_the_nearest_pages_and_the_one_at_the_same_place() -> None:
    def page(bits: int) -> bytes:
        return 2 * ((1 << bits) - 1).to_bytes(32, "big")

    pages = [page(0), b"", page(10)]
    others = [page(40), b"", page(30), page(20), page(11), page(9), page(10)]
    assert candidates(pages, others)[2] == [6, 4, 5, 3, 2]
    assert candidates(pages, others)[0] == [5, 6, 4, 3, 2, 0]
    assert 1 not in candidates(pages, others)
    assert candidates([bytes(64)], [b"\xff" * 64]) == {}


# ── real papers ──────────────────────────────────────────────────────────────────────────────────

RECEIPT, STATEMENT, PHOTOGRAPH = papers.receipt(), papers.statement(), papers.photograph()
SENT = papers.jpeg(RECEIPT)


def has_twins(new: bytes, earlier: bytes) -> bool:
    """Whether every page of the new one is found in the earlier one."""
    kinds = [sniff(one[:1024]) for one in (new, earlier)]
    assert kinds[0] and kinds[1]
    pages, others = (looking.hashes([one], kind) for one, kind in zip((new, earlier), kinds, strict=True))
    near = candidates(pages, others)
    found = looking.twins([new[:99], new[99:]], kinds[0], len(new), [earlier], kinds[1], near) if near else {}
    return len(found) == len([page for page in pages if page])


@pytest.mark.parametrize(
    ("again", "sent"),
    [
        pytest.param(papers.jpeg(RECEIPT, 60), SENT, id="saved again at quality 60"),
        pytest.param(papers.jpeg(papers.smaller(RECEIPT, 0.5), 60), SENT, id="half the size"),
        pytest.param(papers.png(RECEIPT), SENT, id="a screenshot"),
        pytest.param(SENT[:2] + b"\xff\xfe\x00\x06Siti" + SENT[2:], SENT, id="other metadata"),
        pytest.param(papers.printed(RECEIPT), SENT, id="put into a PDF"),
        pytest.param(papers.jpeg(papers.scanned(RECEIPT), 80), SENT, id="scanned"),
        pytest.param(papers.jpeg(PHOTOGRAPH, 60), papers.jpeg(PHOTOGRAPH), id="a photograph saved again"),
        pytest.param(papers.printed_again(papers.printed(STATEMENT)), papers.printed(STATEMENT), id="printed again"),
        pytest.param(
            papers.printed(papers.scanned(STATEMENT, degrees=-1.3, gamma=1.2)),
            papers.printed(STATEMENT),
            id="rescanned",
        ),
    ],
)
def test_a_paper_that_is_sent_again_in_another_guise_is_recognised(again: bytes, sent: bytes) -> None:
    """BM-40, SQ-30."""
    assert has_twins(again, sent)


@pytest.mark.parametrize(
    ("new", "sent"),
    [
        pytest.param(papers.jpeg(papers.receipt("1.260.000")), SENT, id="one digit of the amount"),
        pytest.param(papers.jpeg(papers.receipt(reference="FT26112000418")), SENT, id="one digit of the reference"),
        pytest.param(papers.jpeg(papers.scanned(papers.receipt("1.260.000"))), SENT, id="one digit, scanned"),
        pytest.param(
            papers.jpeg(papers.smaller(papers.receipt("1.260.000"), 0.5)), SENT, id="one digit, half the size"
        ),
        pytest.param(
            papers.printed(papers.statement(balance=1)), papers.printed(STATEMENT), id="one digit of 40 lines"
        ),
        pytest.param(papers.printed(papers.statement(2)), papers.printed(STATEMENT), id="another month"),
        pytest.param(papers.jpeg(papers.photograph(2)), papers.jpeg(PHOTOGRAPH), id="another photograph"),
    ],
)
def test_papers_of_the_same_bank_that_differ_in_one_digit_are_not_the_same(new: bytes, sent: bytes) -> None:
    """BM-40, SQ-30: nothing is said to be a repeat that says something else."""
    assert not has_twins(new, sent)


def test_a_document_of_too_many_pages_is_not_looked_at() -> None:
    with pytest.raises(NotReadable) as refused:
        looking.hashes([files.pdf(4)], Media.PDF, replace(BOUNDS, pages=3))
    assert refused.value.fault is Fault.HEAVY


# ── the documents of a folder ────────────────────────────────────────────────────────────────────


def stored(depot: Depot, box: Box, data: bytes) -> Stored:
    writing = depot.write()
    sealer = cipher.Sealer(file_key(box, writing.name))
    writing.write(sealer.header + b"".join(sealer.update(data)) + sealer.finish())
    writing.keep()
    return Stored(writing.name, len(data), hashlib.sha256(data).digest())


@pytest.fixture
def arrive(session: Session, depot: Depot, box: Box, folder_id: UUID) -> Callable[..., UUID]:
    """Let a file come into the folder; gives its id."""

    def come(name: str, data: bytes, *, purpose: str = "other-evidence", seen: bool = True) -> UUID:
        media = sniff(data[:1024])
        assert media
        kept = stored(depot, box, data)
        verdict = inspect([data], media)
        session.begin_write()
        add(
            session, folder_id, box=box, purpose=purpose, delivery_id=uuid7(), limits=LIMITS, scanner=NoScanner(),
            arrived=[Arrived(name, stored=kept, verdict=verdict)], now=NOW,
        )  # fmt: skip
        session.commit()
        document_id = session.scalars(sa.select(Document.id).order_by(Document.position.desc())).first()
        assert document_id
        if seen:
            fingerprints.note(session, document_id, depot=depot, now=NOW)
            session.commit()
        return document_id

    return come


def test_each_document_is_named_beside_the_one_that_it_repeats(
    session: Session, folder_id: UUID, box: Box, depot: Depot, arrive: Callable[..., UUID]
) -> None:
    """BM-40, SQ-30: which file it was, when it was sent, and under what name."""
    # Small ones, which are looked at fast: many are compared with many.
    one, other = (papers.smaller(papers.statement(number), 0.3) for number in (1, 2))
    receipt, another = (papers.smaller(paper, 0.4) for paper in (RECEIPT, papers.receipt("7.250.000")))
    arrive("struk.jpg", papers.jpeg(receipt))
    sent = arrive("mutasi.pdf", papers.printed(one, other))
    new = [
        arrive("baru.jpg", papers.jpeg(receipt), purpose="identity"),
        arrive("struk-scan.png", papers.png(receipt)),
        arrive("dibalik.pdf", papers.printed(other, one)),
        arrive("tambah.pdf", papers.printed(another, one, other)),
        arrive("kosong.pdf", files.pdf()),
        arrive("nanti.jpg", papers.jpeg(papers.photograph()), seen=False),
    ]
    found = {one.document.name: one.verdict for one in fingerprints.compare(session, folder_id, new)}
    assert [
        (name, verdict.novelty, [one.document.name for one in verdict.twins]) for name, verdict in found.items()
    ] == [
        ("baru.jpg", Novelty.SAME, ["struk.jpg"]),
        ("struk-scan.png", Novelty.NEAR, ["struk.jpg"]),
        ("dibalik.pdf", Novelty.NEAR, ["mutasi.pdf"]),
        ("tambah.pdf", Novelty.NEW, []),
        ("kosong.pdf", Novelty.NEW, []),
        ("nanti.jpg", Novelty.PENDING, []),
    ]
    assert found["kosong.pdf"].note is Note.BLANK
    assert found["baru.jpg"].twins[0].document.created_at == NOW
    # Which page of the one is which of the other.
    assert found["dibalik.pdf"].twins[0].pages == ((0, 1), (1, 0))
    assert found["struk-scan.png"].twins[0].pages == ((0, 0),)
    fingerprints.note(session, new[-1], depot=depot, now=NOW)
    session.commit()
    # The other way round the earlier ones are the repeats: which of two was looked at later does not matter.
    (turned,) = fingerprints.compare(session, folder_id, [new[2]], box=box)
    assert turned.verdict.novelty is Novelty.NEAR
    turned, _ = fingerprints.compare(session, folder_id, [sent, new[2]], box=box)
    (twin,) = turned.verdict.twins
    assert (twin.document.name, twin.pages) == ("tambah.pdf", ((0, 1), (1, 2)))


def test_two_new_ones_that_are_the_same_count_once(
    session: Session, folder_id: UUID, arrive: Callable[..., UUID]
) -> None:
    small = papers.smaller(RECEIPT, 0.4)
    new = [arrive("satu.jpg", papers.jpeg(small)), arrive("dua.jpg", papers.jpeg(small, 60))]
    found = fingerprints.compare(session, folder_id, new)
    assert [one.verdict.novelty for one in found] == [Novelty.NEW, Novelty.NEAR]
    assert fingerprints.compare(session, folder_id, [uuid4()]) == []


def test_documents_that_were_looked_at_in_the_same_moment_are_compared_afterwards(
    session: Session, database: Database, folder_id: UUID, depot: Depot, arrive: Callable[..., UUID],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    small = papers.smaller(RECEIPT, 0.4)
    first = arrive("satu.jpg", papers.jpeg(small), seen=False)
    second = arrive("dua.jpg", papers.jpeg(small, 60), seen=False)
    before = looking.hashes

    def meanwhile(*given: object) -> list[bytes]:
        monkeypatch.setattr(looking, "hashes", before)
        with database.session() as other:
            fingerprints.note(other, first, depot=depot, now=NOW)
            other.commit()
        return before(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(looking, "hashes", meanwhile)
    fingerprints.note(session, second, depot=depot, now=NOW)
    session.commit()
    (pending,) = fingerprints.compare(session, folder_id, [second])
    assert pending.verdict.novelty is Novelty.PENDING
    jobs = session.scalars(sa.select(Job.key).where(Job.kind == FINGERPRINT)).all()
    assert f"fingerprint:{second}:0" in jobs
    fingerprints.note(session, second, depot=depot, now=NOW)
    session.commit()
    (known,) = fingerprints.compare(session, folder_id, [second])
    assert known.verdict.novelty is Novelty.NEAR


def test_what_is_there_already_is_looked_at_too_and_a_decoder_that_is_away_is_waited_for(
    session: Session, settings: object, folder_id: UUID, depot: Depot, arrive: Callable[..., UUID],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    old, locked, gone = (arrive(name, SENT, purpose=name, seen=False) for name in ("a", "b", "c"))
    session.begin_write()
    session.execute(sa.delete(Job))
    session.execute(sa.update(Document).where(Document.id == locked).values(scan=ScanState.WAITING))
    settle(session, locked, ScanState.INFECTED, now=NOW)
    remove(session, gone, folder_id, now=NOW)
    session.commit()
    work = Work(session, {"slot": "1"}, NOW.replace(hour=23), settings, uuid7(), 1)  # type: ignore[arg-type]
    fingerprint_all(work)
    session.commit()
    jobs = session.scalars(sa.select(Job).where(Job.kind == FINGERPRINT)).all()
    assert [job.payload for job in jobs] == [{"document": str(old)}]

    def away(*_: object) -> list[bytes]:
        raise OSError("no process")

    monkeypatch.setattr(looking, "hashes", away)
    with pytest.raises(OSError, match="no process"):
        fingerprints.note(session, old, depot=depot, now=NOW)
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Fingerprint)) == 0
    # Nobody looks at what is locked or gone.
    for one in (locked, gone):
        fingerprints.note(session, one, depot=depot, now=NOW)


def test_a_fingerprint_tells_nothing_without_the_cases_key_and_goes_with_its_document(
    session: Session, folder_id: UUID, box: Box, depot: Depot, arrive: Callable[..., UUID]
) -> None:
    document_id = arrive("struk.jpg", SENT)
    row = session.scalars(sa.select(Fingerprint)).one()
    assert box.open(row)["pages"][0].encode() not in row.sealed
    session.begin_write()
    destroy_key(session, box.id, now=NOW)
    session.commit()
    fingerprints.note(session, document_id, depot=depot, now=NOW)
    session.begin_write()
    session.execute(sa.delete(Document))
    session.commit()
    assert session.scalar(sa.select(sa.func.count()).select_from(Fingerprint)) == 0


MANY = """
import resource, sys
from uuid import uuid4
from portal.evidence import looking, novelty
from tests.evidence import papers
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
kinds = [papers.jpeg(papers.smaller(papers.photograph(n), 0.12)) for n in range(4)]
prints = [looking.hashes([kinds[0]], looking.Media.JPEG)]
before = peak()
for n in range(99):
    prints.append(looking.hashes([kinds[n % 4]], looking.Media.JPEG))
near = sum(bool(novelty.candidates(prints[n], prints[m])) for n in range(100) for m in range(n))
print(peak() - before, near)
"""


def test_a_hundred_documents_are_looked_at_in_bounded_memory() -> None:
    """The worker's memory grows by 8 MiB at most: what is decoded is decoded elsewhere."""
    done = subprocess.run([sys.executable, "-c", MANY], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    grown, near = map(int, done.stdout.split())
    assert grown <= 8
    # Each photograph is a candidate of itself, and of no other: 26, 25, 25 and 24 times.
    assert near == sum(times * (times - 1) // 2 for times in (26, 25, 25, 24))
