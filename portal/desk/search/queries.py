"""Finding complaints: the newest first, read from the ends of indexes, and only what the officer sees.

Ids grow with time, so an index that ends in a complaint's id gives its newest complaints first. Of
several words the rarest is read from its indexes, and what they give is looked up under the others.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.complaints.models import Complaint, SearchTerm, SearchWord
from portal.complaints.sight import visible
from portal.complaints.states import Term, WordsOf
from portal.db import Session
from portal.desk.queue.queries import Asking, Rows, some
from portal.desk.queue.rules import COUNTED, PAGE
from portal.desk.search.rules import Ask, topics_called
from portal.sealing import KeyRing, blind_indexes

# For a count so many complaints of the rarest word are looked through: common words have very many.
LOOKED_THROUGH = 2000

Condition = sa.ColumnElement[bool]


class Source(NamedTuple):
    """One index that gives complaints: the column with their ids, and what narrows it."""

    id: Any
    where: tuple[Condition, ...]


class Ways(NamedTuple):
    """All that together finds a search's complaints: any of `sources`, if the other words fit.

    `surveyable`: none of the sources holds more than is looked through for a count.
    """

    sources: Sequence[Source]
    others: Sequence[str]
    surveyable: bool


def find(session: Session, ask: Ask, asking: Asking, *, before: UUID | None = None) -> Rows:
    """The newest complaints that fit, or those older than one of them, and one more where there are more.

    An officer's own sorting and the customer's both count as the topic. The description's words are
    looked up only where the profile allows it.
    """
    found: dict[UUID, None] = {}
    for ways in _ways(session, ask, asking):
        found |= dict.fromkeys(session.scalars(_newest(session.keys, ways, asking, PAGE + 1, before=before)))
    newest = sorted(found, reverse=True)[: PAGE + 1]
    if not newest:
        return []
    return some(session, [Complaint.id.in_(newest)], lambda row: [row.id.desc()], PAGE + 1)


def count(session: Session, ask: Ask, asking: Asking) -> tuple[int, bool]:
    """How many complaints fit, counted as far as `COUNTED`, and whether there may be more than that."""
    found: set[UUID] = set()
    more = False
    for ways in _ways(session, ask, asking):
        through = None if ways.surveyable or not ways.others else LOOKED_THROUGH
        found |= set(session.scalars(_newest(session.keys, ways, asking, COUNTED + 1, through=through)))
        more = more or through is not None
    return min(len(found), COUNTED), more or len(found) > COUNTED


def numbered(session: Session, ask: Ask, asking: Asking) -> UUID | None:
    """The complaint whose registration number was asked for, if the officer sees it."""
    if ask.number is None:
        return None
    return session.scalar(
        sa.select(Complaint.id).where(Complaint.registration == ask.number.canonical, visible(asking.officer))
    )


# ── the ways to what is asked for ────────────────────────────────────────────────────────────────


def _ways(session: Session, ask: Ask, asking: Asking) -> list[Ways]:
    if ask.number is not None:
        return [Ways([Source(Complaint.id, (Complaint.registration == ask.number.canonical,))], (), True)]
    keys = session.keys
    values = ((Term.PHONE, ask.phone), (Term.ACCOUNT, ask.account), (Term.EMAIL, ask.email))
    whole = [_of_term(keys, kind, value) for kind, value in values if value]
    ways = [Ways(whole, (), True)] if whole else []
    if not ask.words:
        return ways
    by_word = {word: _of_word(keys, word, asking) for word in ask.words}
    if len(ask.words) == 1:
        return [*ways, Ways(by_word[ask.words[0]], (), True)]
    held = _how_many(session, by_word)
    rarest = min(ask.words, key=held.__getitem__)
    if not held[rarest]:
        return ways
    others = [word for word in ask.words if word != rarest]
    return [*ways, Ways(by_word[rarest], others, held[rarest] <= LOOKED_THROUGH)]


def _of_term(keys: KeyRing, kind: Term, value: str) -> Source:
    return Source(SearchTerm.complaint_id, (SearchTerm.kind == kind, _is_one_of(SearchTerm.term, keys, kind, value)))


def _of_word(keys: KeyRing, word: str, asking: Asking) -> list[Source]:
    """Where a single word may stand: in a party's name, in officers' words, in the name of the topic."""
    topics = topics_called(word, asking.profile)
    return [
        _of_term(keys, Term.NAME, word),
        Source(SearchWord.complaint_id, (SearchWord.word == word, *_searchable(SearchWord, asking))),
        # Each topic by itself: only then its complaints stand in the index in the order of their ids.
        *(
            Source(Complaint.id, (column == code,))
            for column in (Complaint.topic, Complaint.desk_topic)
            for code in topics
        ),
    ]


def _has_word(keys: KeyRing, word: str, asking: Asking, complaint_id: Any) -> Condition:
    """Whether a complaint that was found by another word has this one too."""
    term, said, whole = aliased(SearchTerm), aliased(SearchWord), aliased(Complaint)
    topics = topics_called(word, asking.profile)
    found = [
        _any(term.complaint_id == complaint_id, term.kind == Term.NAME, _is_one_of(term.term, keys, Term.NAME, word)),
        _any(said.word == word, said.complaint_id == complaint_id, *_searchable(said, asking)),
    ]
    if topics:
        found.append(_any(whole.id == complaint_id, sa.or_(whole.topic.in_(topics), whole.desk_topic.in_(topics))))
    return sa.or_(*found)


def _any(*where: Condition) -> Condition:
    """Whether there is such a row, looked up for each complaint that is looked through.

    Not EXISTS: PostgreSQL may then read every row that has the word into a table of its own, once for all, and a
    common word has more of them the more complaints there are.
    """
    return sa.select(sa.literal(1)).where(*where).limit(1).scalar_subquery().is_not(None)


def _is_one_of(column: Any, keys: KeyRing, kind: Term, value: str) -> Condition:
    terms = blind_indexes(keys, kind, value)
    # A single one is asked for by equality: then the index gives its complaints in order.
    one: Condition = column == terms[0] if len(terms) == 1 else column.in_(terms)
    return one


def _searchable(words: Any, asking: Asking) -> tuple[Condition, ...]:
    # What was indexed while the profile allowed it is not looked up once it does not any more.
    return () if asking.profile.search_descriptions else (words.source == WordsOf.OFFICER,)


# ── statements ───────────────────────────────────────────────────────────────────────────────────


def _how_many(session: Session, by_word: dict[str, list[Source]]) -> dict[str, int]:
    """How many complaints each word may give, counted until it is known to be common."""
    few = [
        sum((_some(source, LOOKED_THROUGH + 1) for source in sources), start=sa.literal(0))
        for sources in by_word.values()
    ]
    return dict(zip(by_word, session.execute(sa.select(*few)).one(), strict=True))


def _some(source: Source, limit: int) -> Any:
    found = sa.select(source.id).where(*source.where).limit(limit).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _newest(
    keys: KeyRing,
    ways: Ways,
    asking: Asking,
    limit: int,
    *,
    before: UUID | None = None,
    through: int | None = None,
) -> sa.Select[tuple[UUID]]:
    """The newest ids, each once: every source gives as many as are wanted, and they are merged.

    `through`: only so many of each source are looked through, however few of them fit.
    """
    branches = [_branch(keys, source, ways.others, asking, limit, before, through) for source in ways.sources]
    merged = sa.union(*(sa.select(branch.subquery().c.id) for branch in branches)).subquery()
    return sa.select(merged.c.id).order_by(merged.c.id.desc()).limit(limit)


def _branch(
    keys: KeyRing,
    source: Source,
    others: Iterable[str],
    asking: Asking,
    limit: int,
    before: UUID | None,
    through: int | None,
) -> sa.Select[Any]:
    column, found = source.id, sa.select(source.id.label("id")).where(*source.where)
    if before is not None:
        found = found.where(column < before)
    if through is not None:
        first = found.order_by(column.desc()).limit(through).subquery()
        column, found = first.c.id, sa.select(first.c.id)
    fits = [_has_word(keys, word, asking, column) for word in others]
    return found.where(visible(asking.officer, column), *fits).order_by(column.desc()).limit(limit)
