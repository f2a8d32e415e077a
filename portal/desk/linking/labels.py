"""The words for complaints that belong together."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.labels import STATUSES
from portal.complaints.linking.rules import Unmergeable
from portal.complaints.numbers import Number
from portal.complaints.states import LinkKind
from portal.institution.models import Institution

if TYPE_CHECKING:
    from portal.desk.case_file import CaseFile

# How an officer may link two complaints by hand.
KINDS: Mapping[LinkKind, LazyString] = {
    LinkKind.RELATED: _l("They belong together"),
    LinkKind.EARLIER: _l("The other one is the same complaint, made earlier"),
}
# What the other one is to the complaint whose page it stands on: from it, and towards it.
OUTWARD: Mapping[LinkKind, LazyString] = {
    LinkKind.RELATED: _l("Belongs together with this one"),
    LinkKind.EARLIER: _l("The same complaint, made earlier"),
    LinkKind.MERGED: _l("This one goes on there"),
    LinkKind.SPLIT: _l("Was split off from this one"),
}
INWARD: Mapping[LinkKind, LazyString] = {
    LinkKind.RELATED: _l("Belongs together with this one"),
    LinkKind.EARLIER: _l("The same complaint, made again later"),
    LinkKind.MERGED: _l("Was merged into this one"),
    LinkKind.SPLIT: _l("This one was split off from it"),
}

REASONS: Mapping[Unmergeable, LazyString] = {
    Unmergeable.ITSELF: _l("This is the complaint itself. Write the number of the other one"),
    Unmergeable.NOT_HANDLED: _l("One of the two is answered or closed. Link them instead"),
    Unmergeable.OTHER_CUSTOMER: _l(
        "No account, telephone number or e-mail address is the same in both, so they may be of two customers. "
        "Link them instead"
    ),
    Unmergeable.OTHER_KIND: _l("The two are not of the same kind. Link them instead"),
    Unmergeable.WOULD_LENGTHEN: _l(
        "The other one is answered later than we have promised here. Merge the other one into this one instead"
    ),
}


class LinkedLine(NamedTuple):
    """Another complaint as the page of a case names it: its number, what it is to this one, how it stands."""

    id: UUID
    number: str
    words: LazyString
    standing: LazyString
    due_on: date | None


def linked_lines(file: "CaseFile", profile: Institution) -> list[LinkedLine]:
    """The complaints that belong to this one, in the order given."""
    return [
        LinkedLine(
            one.id,
            Number(one.registration, profile.prefix).printed,
            (OUTWARD if one.outward else INWARD)[one.kind],
            STATUSES[one.status],
            one.due_on,
        )
        for one in file.linked
    ]
