"""Where a dispute with this institution can be taken: its profile's facts put into the forums' rule.

The same for everybody who asks: the public finder, and a page or letter of a case.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.forums.facts import Forum
from portal.forums.finder import Answers, Found, find
from portal.forums.loader import load
from portal.forums.rules import Elsewhere, Known, Matter, Role, Sector, Standing
from portal.institution.models import Institution
from portal.workdays.rules import CalendarOf


def prefilled(
    profile: Institution,
    *,
    standing: Standing,
    topic: str | None = None,
    amount: Decimal | None = None,
    answered_on: date | None = None,
    elsewhere: Elsewhere = Elsewhere.NO,
) -> Answers:
    """What is known of a case before its customer is asked: the defaults of every answer that a case has none for.

    `topic` is the complaint's, `amount` its loss or else the sum of its transactions in rupiah,
    `answered_on` the local day of the newest answer. A topic that the profile no
    longer has says nothing. What no profile knows (which forum the contract names, whether both sides
    agree) stays unknown; that a bank of sharia has sharia contracts is known.
    """
    known = profile.topics.get(topic or "")
    matter = known.matter if known else Matter.UNKNOWN
    if not asks_matter(profile):
        matter = Matter.OTHER
    return Answers(
        elsewhere=elsewhere,
        standing=standing,
        sector=profile.sector,
        matter=matter,
        sharia=Known.YES if profile.sector is Sector.SHARIA_BANK else Known.UNKNOWN,
        amount=amount,
        answered_on=answered_on if standing is Standing.ANSWERED else None,
    )


def as_query(answers: Answers) -> dict[str, str]:
    """The same answers as the public finder reads them from its address."""
    query: dict[str, str] = {
        "elsewhere": answers.elsewhere,
        "standing": answers.standing,
        "sector": answers.sector,
        "matter": answers.matter,
        "sharia": answers.sharia,
        "clause": answers.clause,
        "agreement": answers.agreement,
    }
    if answers.amount is not None:
        query["amount"] = format(answers.amount, "f")
    if on := answers.answered_on:
        query |= {"answered_on-d": str(on.day), "answered_on-m": str(on.month), "answered_on-y": str(on.year)}
    return query


def asks_matter(profile: Institution) -> bool:
    """Whether it matters what a dispute is about: one of the institution’s forums takes only some matters."""
    return any(forum.matters for forum in listed_by(profile))


def found_for(profile: Institution, answers: Answers, *, today: date, calendars: CalendarOf) -> Found:
    """The forums for these answers, ranked, and the closed ones with their reasons."""
    return find(load(), answers, listed=profile.forums, today=today, calendars=calendars)


def listed_by(profile: Institution) -> Iterator[Forum]:
    """The forums that the profile lists, in its order."""
    known = load().forums
    return (known[code] for code in profile.forums)


def guide(profile: Institution) -> tuple[list[Forum], list[Forum]]:
    """The forums of the guide: those that the profile lists and the ways in to them, then the others that may apply."""
    known = load().forums
    listed = list(listed_by(profile))
    # A way in is told right after the first forum that it leads to.
    for forum in tuple(listed):
        if forum.via and known[forum.via] not in listed:
            listed.insert(listed.index(forum) + 1, known[forum.via])
    others = [
        forum
        for forum in known.values()
        if forum not in listed and forum.role is not Role.WAY_IN and not forum.supervises
    ]
    return listed, others
