"""A deadline as plain text, day by day, for whoever keeps or forwards it without the page. Each line is complete."""

from flask_babel import gettext as _

from portal.institution import labels
from portal.institution.models import Institution
from portal.web import formats
from portal.workdays.rules import Day, Derivation, Why


def told(profile: Institution, derivation: Derivation, language: str) -> list[str]:
    """The rule with its source, the calendar with its revision, every day with its reason, and the result.

    `language` must be the one that is spoken around it: the words come from there.
    """
    rule, unit = profile.limits[derivation.limit.key], derivation.limit.unit
    steps = (derivation.limit.amount, *derivation.extensions)
    length = " + ".join(formats.days(step, unit, language) for step in steps)
    return [
        f"{rule.label[language]}: {length}",
        f"{_('Rule')}: {labels.BASES[rule.basis]}",
        f"{_('Source')}: {rule.source[language]}",
        f"{_('Calendar')}: {labels.CALENDARS[derivation.calendar]} ({_('Revision')} {derivation.revision})",
        "",
        *(_day(day, derivation, language) for day in derivation.days),
        "",
        f"{_('Last day')}: {formats.day(derivation.counted_on, language)}",
        *([_("This date is provisional.")] if derivation.provisional else []),
    ]


def _day(day: Day, derivation: Derivation, language: str) -> str:
    number = "–" if day.counted is None else str(day.counted)
    reason = labels.why(day, derivation.limit.start, derivation.limit.unit, language)
    if day.reason.why is Why.START:
        reason += f". {labels.COUNTING_STARTS[derivation.limit.unit]}"
    return f"{day.on}  {formats.weekday_short(day.on, language)}  {number:>3}  {reason}"
