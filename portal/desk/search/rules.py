"""What somebody searches for, as it was understood. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.complaints.numbers import Number
from portal.complaints.rules import words_of
from portal.institution.models import Institution

# More words narrow nothing further, and each of them is looked up.
MOST_WORDS = 8
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """A search: a registration number, or else whole values and words.

    A complaint is found by any of the whole values (BM-35, BM-36), or where each of the words is one
    of a party's name, of its topic, or of what officers wrote.
    """

    number: Number | None = None
    phone: str | None = field(default=None, repr=False)
    account: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)


def topics_called(word: str, profile: Institution) -> tuple[str, ...]:
    """The topics that have this word in their name, in either language."""
    return tuple(code for code, topic in profile.topics.items() if word in _words((topic.label.id, topic.label.en)))


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in words_of(text)}
