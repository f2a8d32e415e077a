"""What can be chosen, as text in one language.

A step's page is asked for again and again, and looking a lazy text up costs more than showing it: so
every list is made once for a profile and language. `language` is the request's.
"""

from collections.abc import Mapping
from functools import cache

from wtforms.fields.choices import SelectChoice

from portal.complaints.handed_in import Preference
from portal.complaints.labels import PREFERENCES
from portal.filing import labels
from portal.institution.models import Institution
from portal.institution.profile.parts import Labelled

# What is no code of a profile contains a hyphen. Who has no transaction to name must not have to invent
# one, and who is neither lender nor borrower need not be either.
NO_TRANSACTION = "no-transaction"
NO_PARTY = "no-party"

Choices = tuple[SelectChoice, ...]


@cache
def kinds(profile: Institution, language: str) -> Choices:
    """What customers send (KF-02, KF-03, KX-11)."""
    return _rows(profile.kinds, language)


@cache
def topics(profile: Institution, kind: str, language: str) -> Choices:
    """What it can be about; every profile has a topic for everything else."""
    return tuple(SelectChoice(topic.code, topic.label[language]) for topic in profile.topics_of(kind))


@cache
def parties(profile: Institution, language: str) -> Choices:
    """In which capacity the customer deals with the institution, such as lender or borrower."""
    return (*_rows(profile.parties, language), SelectChoice(NO_PARTY, str(labels.NO_PARTY)))


@cache
def proofs(profile: Institution, language: str) -> Choices:
    """The identity documents that are accepted (BM-12, BM-13)."""
    return _rows(profile.identity.proofs, language)


@cache
def transaction_types(profile: Institution, language: str, *, none_in_particular: bool) -> Choices:
    """The kinds of financial transaction (SQ-19, SQ-38), and perhaps that there is none in particular."""
    found = _rows(profile.transaction_types, language)
    return (*found, SelectChoice(NO_TRANSACTION, str(labels.NO_TRANSACTION))) if none_in_particular else found


@cache
def hints(profile: Institution, table: str, language: str) -> Mapping[str, str]:
    """The hints of a profile's table, by code."""
    rows: Mapping[str, Labelled] = profile.identity.proofs if table == "proofs" else getattr(profile, table)
    return {code: row.hint[language] for code, row in rows.items() if row.hint}


@cache
def roles(language: str) -> Choices:
    """For whom somebody complains."""
    return tuple(SelectChoice(role, str(words)) for role, words in labels.ROLES.items())


@cache
def firms(language: str) -> Choices:
    """Whether a representative is a person or a firm."""
    return tuple(SelectChoice(code, str(words)) for code, words in labels.FIRMS.items())


@cache
def lastings(language: str) -> Choices:
    """How long a power of attorney lasts."""
    return tuple(SelectChoice(code, str(words)) for code, words in labels.LASTINGS.items())


@cache
def letter_languages(language: str) -> Choices:
    """The languages of our letters, each named in the reader's own."""
    return tuple(SelectChoice(code, str(words)) for code, words in labels.LETTER_LANGUAGES.items())


@cache
def preferences(language: str, *, whatsapp: bool) -> Choices:
    """How somebody would rather be reached; by WhatsApp only where there is a sender for it."""
    offered = (code for code in PREFERENCES if whatsapp or code is not Preference.WHATSAPP)
    return tuple(SelectChoice(code, str(PREFERENCES[code])) for code in offered)


@cache
def open_answers(language: str) -> Choices:
    """Whether a matter still stands open."""
    return tuple(SelectChoice(code, str(words)) for code, words in labels.OPEN_ANSWERS.items())


def _rows(table: Mapping[str, Labelled], language: str) -> Choices:
    return tuple(SelectChoice(code, row.label[language]) for code, row in table.items())
