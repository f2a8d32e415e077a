"""The indexes by which a complaint is found: what is written into them, and that erasing empties them."""

import pytest
import sqlalchemy as sa

from portal.complaints import search, service
from portal.complaints.models import Complaint, SearchTerm, SearchWord
from portal.complaints.rules import LONGEST_WORD
from portal.complaints.states import WordsOf
from portal.db import Database, Session, writing
from portal.institution.models import Institution
from tests.builders import NOW
from tests.complaints.cases import Case, file_case


def note(session: Session, case: Case, text: str) -> None:
    writing(session, session.get_one(Complaint, case.complaint_id))
    search.note_words(session, case.complaint_id, text)
    session.commit()


def words_in(session: Session, case: Case) -> set[tuple[str, str]]:
    rows = session.execute(
        sa.select(SearchWord.word, SearchWord.source).where(SearchWord.complaint_id == case.complaint_id)
    )
    return {(word, source) for word, source in rows}


def officers(*words: str) -> set[tuple[str, str]]:
    return {(word, WordsOf.OFFICER) for word in words}


def test_officers_words_are_noted_once_and_plainly(session: Session, case: Case) -> None:
    note(session, case, "Bank penerima: belum menjawab. Café, FT26-112!")
    assert words_in(session, case) == officers("bank", "penerima", "belum", "menjawab", "cafe", "ft26", "112")
    note(session, case, "Menjawab hari ini, a " + "x" * (LONGEST_WORD + 1))
    assert words_in(session, case) == officers(
        "bank", "penerima", "belum", "menjawab", "cafe", "ft26", "112", "hari", "ini"
    )


@pytest.mark.parametrize("allowed", [False, True])
def test_a_description_is_indexed_only_where_the_profile_says_so(
    database: Database, session: Session, profile: Institution, allowed: bool
) -> None:
    profile = profile.model_copy(update={"search_descriptions": allowed})
    case = file_case(database, profile, story="Saldo saya berkurang")
    customers = {(word, WordsOf.CUSTOMER) for word in ("saldo", "saya", "berkurang")}
    assert words_in(session, case) == (customers if allowed else set())


def test_no_institution_of_ours_indexes_descriptions(profile: Institution) -> None:
    assert profile.search_descriptions is False


def test_erasing_a_case_empties_both_indexes_of_it_alone(
    database: Database, session: Session, profile: Institution
) -> None:
    profile = profile.model_copy(update={"search_descriptions": True})
    gone, stays = (file_case(database, profile) for _ in range(2))
    for case in (gone, stays):
        note(session, case, "Bank penerima belum menjawab")
    service.erase(session, writing(session, session.get_one(Complaint, gone.complaint_id)), now=NOW)
    session.commit()
    for table in (SearchTerm, SearchWord):
        left = session.scalars(sa.select(table.complaint_id).distinct()).all()
        assert left == [stays.complaint_id]
