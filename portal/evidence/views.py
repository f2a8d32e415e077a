"""The one view that gives out documents: its right asked at every request, and nothing in it runs or is kept."""

from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.http import parse_range_header

from portal.evidence import labels, queries, service
from portal.evidence.access import folder_holder, right_to
from portal.evidence.copying import Copy
from portal.evidence.models import Document, Folder
from portal.evidence.rules import Filed, Media, NotReadable, Right, copy_name, given, pages_of
from portal.evidence.storage import Depot
from portal.sealing import Box, KeyDestroyed, open_box
from portal.web.floor import session, settings

log = structlog.get_logger("portal.evidence")
bp = Blueprint("evidence", __name__, url_prefix="/<any(id, en):lang>/documents")

# Should a browser show it all the same, then without scripts, forms, plugins or an origin.
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@bp.get("/<uuid:document_id>")
@folder_holder
def document(document_id: UUID) -> ResponseReturnValue:
    """A document as it came, whole or one range of it; or our copy, for who may have no more, or asks by `?copy`;
    or one page of it as a picture that a browser shows, by `?page=2`.

    Another case's document answers like one that does not exist, and so does one that is still to be judged
    before its reader may have it.
    """
    row = queries.find(session(), document_id)
    right = right_to(row) if row else Right.NONE
    if row is None:
        abort(404)
    return give(row, right)


def give(row: Document, right: Right) -> Response:
    """The answer with a document for who has this right to its folder, which the caller has asked at this request.

    404 where they may have nothing of it (yet) and for a page that there is not, 403 for what the scanner has
    locked, 422 where the decoder can make no copy.
    """
    if right is Right.NONE:
        abort(404)
    try:
        box = open_box(session(), session().get_one(Folder, row.folder_id).key_id)
    except KeyDestroyed:
        abort(404)
    filed = queries.told(box, row)
    if filed.locked:
        abort(403)
    right = given(right, filed.scan)
    if right is Right.NONE:
        abort(404)
    if "page" in request.args:
        return _copy(box, filed, page=_asked_page(row))
    return _copy(box, filed) if right is Right.COPY or "copy" in request.args else _original(box, filed)


def _asked_page(row: Document) -> int:
    page = request.args.get("page", 0, type=int)
    if not 1 <= page <= pages_of(row.facts):
        abort(404)
    return page


def _original(box: Box, filed: Filed) -> Response:
    asked = _range(filed)
    if asked is None:
        return Response(status=416, headers={"Content-Range": f"bytes */{filed.size}"})
    start, stop = asked
    pieces = service.content(Depot.at(settings().evidence_url), box, filed, start=start, stop=stop)
    partial = (start, stop) != (0, filed.size)
    headers = _headers(filed.shown, filed.media) | {"Accept-Ranges": "bytes"}
    answer = Response(_first_at_once(pieces), status=206 if partial else 200, headers=headers)
    answer.headers["Content-Length"] = str(stop - start)
    if partial:
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{filed.size}"
    return answer


def _copy(box: Box, filed: Filed, *, page: int | None = None) -> Response:
    """Made now, and whole: it is kept nowhere, so that there is nothing to give a range of later."""
    # A decoder takes its time, and nothing more is asked of the database.
    session().rollback()
    try:
        copy = Copy(service.content(Depot.at(settings().evidence_url), box, filed), filed.media, page=page)
    except NotReadable as refused:
        log.info("evidence.not_copied", document=str(filed.id), fault=refused.fault)
        return Response(str(labels.NOT_MADE), status=422, mimetype="text/plain")
    word = labels.COPY if page is None else labels.page_word(page)
    name = copy_name(filed.name, str(word), copy.media)
    answer = Response(copy, headers=_headers(name, copy.media))
    if page is not None:
        # A picture that we drew: it can do nothing, and is there to be looked at.
        answer.headers["Content-Disposition"] = disposition(name, "inline")
    answer.headers["Content-Length"] = str(copy.size)
    return answer


def _range(filed: Filed) -> tuple[int, int] | None:
    """The bytes asked for, from and to before; None where there are none such. Several ranges get the whole."""
    # We give no validator, so whoever makes the range depend on one cannot have it from us.
    header = None if "If-Range" in request.headers else request.headers.get("Range")
    found = parse_range_header(header)
    if found is None or found.units != "bytes" or len(found.ranges) != 1:
        return 0, filed.size
    return found.range_for_length(filed.size)


def _first_at_once(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, the first of them read now: bytes that are gone or changed are an error page, not half a file."""
    first = next(pieces, b"")

    def all_of_them() -> Iterator[bytes]:
        yield first
        yield from pieces

    return all_of_them()


def _headers(name: str, media: Media) -> dict[str, str]:
    return {
        "Content-Type": media,
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def disposition(name: str, kind: str = "attachment") -> str:
    """Save it under this name (RFC 6266): the name in RFC 8187 form, and a plain one for what does not read that."""
    plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\%/' else "_" for sign in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
