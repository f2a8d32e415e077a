"""Texts of two windows that wait for a choice, and texts that found no draft, as a person reads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms import SelectField

from portal.filing.forms.choosing import Quarrel, Text
from portal.filing.merging import JOINED, KEPT, Group, Traces, Window, all_of, fingerprint, group_of
from portal.filing.text_labels import FIRST, KEEP_BOTH, NOT_TICKED, NOTHING, TICKED
from portal.web import formats
from portal.web.fields import BooleanField, LongTextField
from portal.web.forms import Form


@dataclass(frozen=True, slots=True)
class Reading:
    """How a page's questions are read, by the names of what two windows may quarrel about."""

    label: Callable[[str], str]
    words: Callable[[str, Group], str]
    # Whether two answers can stand one below the other.
    joins: Callable[[str], bool]


def reading(field_of: Callable[[str], Any]) -> Reading:
    """The reading of a form's single fields."""
    return Reading(
        label=lambda name: str(field_of(name).label.text),
        words=lambda name, group: words(field_of(name), group),
        joins=lambda name: isinstance(field_of(name), LongTextField),
    )


def words(field: Any, group: Group) -> str:
    """One field's inputs as a person reads them: the words of what was chosen, else what was typed."""
    texts = [text for text in group.values() if text]
    if isinstance(field, BooleanField):
        return str(TICKED if texts else NOT_TICKED)
    if isinstance(field, SelectField):
        return next((str(choice.label) for choice in field.choices if choice.value in texts), " ".join(texts))
    return " ".join(texts)


def told(read: Reading, groups: Mapping[str, Group]) -> list[tuple[str, str]]:
    """What stands in a page's inputs, as pairs of the question and the words of the answer."""
    return [(read.label(name), read.words(name, group)) for name, group in groups.items() if any(group.values())]


def unsaved(groups: Mapping[str, Group], window: Window) -> dict[str, Group]:
    """What a window wrote: of its inputs those in which something else stands than it was given to show."""
    return {name: group for name, group in groups.items() if window.seen.get(name) != fingerprint(group)}


def quarrels(
    read: Reading,
    traces: Traces | None,
    there: Mapping[str, str],
    *,
    language: str,
    zone: ZoneInfo,
    number: int = 0,
) -> list[Quarrel]:
    """The questions for which several texts wait, each with all of them; numbered from `number`."""
    found: list[Quarrel] = []
    for name, row in (traces.beside if traces else {}).items():
        group = group_of(there, name)
        texts = [Text(KEPT, str(FIRST), read.words(name, group) or str(NOTHING))]
        for one in {fingerprint(one.typed): one for one in row}.values():
            at = formats.moment(one.at, language, zone)
            said = read.words(name, one.typed) or str(NOTHING)
            texts.append(Text(fingerprint(one.typed), _("Written %(at)s", at=at), said))
        if read.joins(name):
            texts.append(Text(JOINED, str(KEEP_BOTH), ""))
        found.append(Quarrel(number + len(found), name, read.label(name), tuple(texts), all_of(group, row)))
    return found


def chosen(form: Form, quarrels: Sequence[Quarrel]) -> tuple[dict[str, str], dict[str, str]]:
    """What a form chose for each question, and the texts that it was shown."""
    return {one.name: form[one.choice].data for one in quarrels}, {one.name: form[one.shown].data for one in quarrels}
