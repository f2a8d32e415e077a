"""The indexes by which a complaint is found: blind ones over who it is about, a plain one over words.

The plain index holds the words of what officers write, and those of the customer's description only
where the profile allows it (`search_descriptions`). It is one table of words on both databases:
whole words are looked up, the newest complaint first, and no rank is reckoned.
"""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from portal.complaints.models import SearchTerm, SearchWord
from portal.complaints.rules import words_of
from portal.complaints.states import WordsOf
from portal.db import Session


def note_words(session: Session, complaint_id: UUID, text: str) -> None:
    """Let a complaint be found by what an officer has written into it: a note, a reason, a finding.

    The caller holds the complaint. Words that are there already are left alone.
    """
    there = session.scalars(
        sa.select(SearchWord.word).where(SearchWord.complaint_id == complaint_id, SearchWord.source == WordsOf.OFFICER)
    )
    _add(session, complaint_id, words_of(text) - set(there), WordsOf.OFFICER)


def index_description(session: Session, complaint_id: UUID, text: str) -> None:
    """Let a complaint that is being filed be found by its description. Only where the profile allows it."""
    _add(session, complaint_id, words_of(text), WordsOf.CUSTOMER)


def forget(session: Session, complaint_id: UUID) -> None:
    """Nothing finds the complaint any more but its registration number: its case is being erased."""
    session.execute(sa.delete(SearchTerm).where(SearchTerm.complaint_id == complaint_id))
    session.execute(sa.delete(SearchWord).where(SearchWord.complaint_id == complaint_id))


def _add(session: Session, complaint_id: UUID, words: Iterable[str], source: WordsOf) -> None:
    for word in sorted(words):
        session.add(SearchWord(word=word, complaint_id=complaint_id, source=source))
