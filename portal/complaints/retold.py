"""A history as it is retold to its readers: what the chain keeps file by file is one event to them. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from portal.complaints.rules import Action
from portal.history.rules import Told


def joined(history: Iterable[Told]) -> list[Told]:
    """A history, newest first, with one entry for each delivery: where its last file came, with all its files."""
    told: list[Told] = []
    places: dict[str, int] = {}
    for entry in history:
        payload = entry.payload or {}
        delivery = payload.get("delivery") if entry.kind == Action.ADD_DOCUMENTS else None
        if delivery in places:
            later = told[places[delivery]]
            documents = [*payload["documents"], *(later.payload or {})["documents"]]
            told[places[delivery]] = replace(later, payload={**payload, "documents": documents})
            continue
        if delivery:
            places[delivery] = len(told)
        told.append(entry)
    return told
