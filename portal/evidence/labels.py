"""The words for what became of a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.evidence.rules import FROM_US, OTHER, Arrived, Fault, Filed, Limits, Right, ScanState, given, shown_name
from portal.institution.models import Institution

MB = 1024 * 1024

STATES: Mapping[ScanState, LazyString] = {
    ScanState.WAITING: _l("Being checked"),
    ScanState.CLEAN: _l("Saved"),
    ScanState.INFECTED: _l("Locked: the scanner found a virus"),
    ScanState.UNAVAILABLE: _l("Saved, still to be checked"),
    ScanState.NOT_SCANNED: _l("Saved"),
}

OTHER_EVIDENCE = _l("Other evidence")
SENT_BY_US = _l("Sent by us")
# In the name of a file that we made anew from somebody's; never of the original.
COPY = _l("copy")
# What a reader gets in place of a copy that could not be made.
NOT_MADE = _l("We cannot show this file: it is damaged, has a password or is too large. It is kept as it came.")

# The mark that stands before the word; its shape says the same without colour.
STATE_MARKS: Mapping[ScanState, str] = {
    ScanState.WAITING: "now",
    ScanState.CLEAN: "done",
    ScanState.INFECTED: "late",
    ScanState.UNAVAILABLE: "now",
    ScanState.NOT_SCANNED: "done",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A document in a list. `given` is how much of it who reads the list may have now."""

    id: UUID
    name: str = field(repr=False)
    purpose: str
    size: int
    state: LazyString
    mark: str
    given: Right
    added_at: datetime

    @property
    def only_a_copy(self) -> bool:
        return self.given is Right.COPY


def lines(
    documents: Iterable[Filed], profile: Institution, language: str, *, right: Right = Right.ORIGINAL
) -> list[Line]:
    """The documents as who has this right to their folder sees them, in the order given."""
    return [
        Line(
            id=one.id,
            name=one.shown,
            purpose=purpose(one.purpose, profile, language),
            size=one.size,
            state=STATES[one.scan],
            mark=STATE_MARKS[one.scan],
            given=given(right, one.scan),
            added_at=one.created_at,
        )
        for one in documents
    ]


def page_word(page: int) -> LazyString:
    """Which page a picture shows, in the name of its file."""
    return _l("page %(page)s", page=page)


def purpose(code: str, profile: Institution, language: str) -> str:
    """What a file shows, in words. A code that the profile no longer knows is other evidence."""
    if code == FROM_US:
        return str(SENT_BY_US)
    known = profile.documents.get(code)
    return known.label[language] if known else str(OTHER_EVIDENCE)


def purposes(profile: Institution, language: str, *, representative: bool = False) -> dict[str, str]:
    """What files can show, as offered to a customer: the profile's documents, and always "other evidence".

    `representative`: somebody acts for the customer, which the case's documents must show too.
    """
    found = {document.code: document.label[language] for document in profile.purposes(representative=representative)}
    return {**found, OTHER: str(OTHER_EVIDENCE)}


@dataclass(frozen=True, slots=True)
class Refused:
    """What became of a file, or of a delivery, that was not taken: why, and in words what to do."""

    fault: Fault
    sentence: LazyString = field(repr=False)


# A page that was open for too long: its text comes back, files cannot.
ONCE_MORE = Refused(Fault.FAILED, _l("The files were not kept. Choose them once more, and upload them"))


def refusals(arrived: Iterable[Arrived], limits: Limits) -> list[Refused]:
    """The files that were not taken."""
    return [Refused(one.fault, _sentence(one, limits)) for one in arrived if one.fault]


def _sentence(arrived: Arrived, limits: Limits) -> LazyString:
    name, size = shown_name(arrived.name), limits.file_bytes // MB
    match arrived.fault:
        case Fault.TYPE:
            return _l("%(name)s: we take JPG, PNG, WebP, HEIC and PDF. Send a photo of it, or a PDF", name=name)
        case Fault.SIZE:
            return _l(
                "%(name)s is larger than %(most)s MB. Send it in parts, or as a smaller photo", name=name, most=size
            )
        case Fault.EMPTY:
            return _l("%(name)s is empty. Choose the file once more", name=name)
        case Fault.TOO_MANY:
            return _l(
                "%(name)s: at most %(most)s files can be uploaded at once. Upload it by itself",
                name=name,
                most=limits.delivery_files,
            )
        case Fault.CASE_FULL:
            return _l(
                "%(name)s: a complaint can hold %(most)s files and %(size)s MB, and this is reached",
                name=name,
                most=limits.case_files,
                size=limits.case_bytes // MB,
            )
        case Fault.PASSWORD:
            return _l("%(name)s has a password. Save it without one, and upload it once more", name=name)
        case Fault.BROKEN:
            return _l(
                "%(name)s is damaged or incomplete. Open it on your device, save it anew, and upload it", name=name
            )
        case Fault.HEAVY:
            return _l("%(name)s has too many pixels or pages. Send it in parts, or as a smaller photo", name=name)
        case Fault.TWICE:
            return _l(
                "%(name)s: you have already added this file as %(other)s",
                name=name,
                other=shown_name(arrived.same_as or arrived.name),
            )
        case _:
            return _l("%(name)s was not saved. Upload it once more", name=name)


def whole(fault: Fault, limits: Limits) -> Refused:
    """What became of a delivery as a whole that brought nothing."""
    if fault is Fault.DELIVERY_SIZE:
        most = limits.delivery_bytes // MB
        return Refused(fault, _l("Together the files are larger than %(most)s MB. Upload fewer at once", most=most))
    return Refused(fault, _l("Choose at least one file"))
