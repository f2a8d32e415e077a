"""The forums are read whole, or every fault of the file is told at once; each fact has source, date and confidence."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.forums.facts import Ceiling, Deadline
from portal.forums.loader import FILE, ForumsError, load, read
from portal.web import formats
from portal.workdays.rules import Confidence

NBSP = "\u00a0"


def broken(*changes: tuple[str, str]) -> list[str]:
    """What is found wrong with the file after these replacements, each of the first place."""
    content = FILE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in content, old
        content = content.replace(old, new, 1)
    with pytest.raises(ForumsError) as refused:
        read(content, file="forums.toml")
    return [str(problem) for problem in refused.value.problems]


def test_the_eight_forums_are_there_in_the_order_of_recommendation() -> None:
    assert list(load().forums) == [
        "bi", "laps_sjk", "ojk", "appk", "basyarnas", "religious_court", "district_court", "bpsk",
    ]  # fmt: skip


def test_the_file_is_read_once_and_cannot_be_changed() -> None:
    assert load() is load()
    with pytest.raises(ValidationError):
        load().forums["bi"].free = False  # type: ignore[misc]
    with pytest.raises(TypeError):
        load().forums["new"] = load().forums["bi"]  # type: ignore[index]


def test_a_figure_stands_in_its_text_in_both_languages() -> None:
    """What the rule closes by is what the page says."""
    told = 0
    for key, fact in load().facts():
        if isinstance(fact, Ceiling):
            figures = [formats.round_amount(fact.amount, lang) for lang in ("id", "en")]
        elif isinstance(fact, Deadline):
            figures = [formats.days(fact.amount, fact.unit, lang) for lang in ("id", "en")]
        else:
            continue
        assert figures[0] in fact.text["id"] and figures[1] in fact.text["en"], key
        told += 1
    assert told == 11


def test_no_other_figure_than_the_files_own_closes_anything() -> None:
    """The rule's code names no amount, no number of days and no forum."""
    code = (FILE.parent.parent / "finder.py").read_text()
    assert not re.search(r"\b\d{2,}\b", code)
    assert not [forum for forum in load().forums if re.search(rf"[\"']{forum}[\"']", code)]


def test_every_link_has_its_date() -> None:
    linked = [source for source in load().sources.values() if source.href]
    assert linked and all(source.seen for source in linked)
    assert "sources.bi_page: has a link without the day on which it was last seen" in " ".join(
        broken(("seen = 2026-11-21\n", ""))
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = "padg20"', 'source = "padg21"', "forums.bi.takes.source: names 'padg21', which does not stand in"),
        ('via = "appk"', 'via = "apk"', "forums.laps_sjk.via: names 'apk', which does not stand in [forums]; did you"),
        ('forum = "basyarnas"', 'forum = "bani"', "clauses.basyarnas.forum: names 'bani', which does not stand in"),
        ("amount = 60\n", "amount = 0\n", "forums.bi.deadline.amount: must be at least 1, not 0"),
        ('confidence = "H"', 'confidence = "sure"', "principles.one_forum.confidence: must be 'H', 'M', 'L' or 'U'"),
        ("checked = 2026-11-21\n", "", "principles.one_forum.checked: is missing"),
        ('text.en = "No fee is charged."\n', "", "forums.ojk.cost.text.en: the English text is missing"),
        ('states = ["pending", ', 'states = ["no", ', "forums.bi.excluded.states: keeps out a case"),
        ('matters = ["payment", ', 'matters = ["cards", ', "forums.bi.matters.0: must be 'payment', 'market'"),
        ("[forums.laps_sjk.no_deadline]", "[forums.laps_sjk.nothing]", "forums.laps_sjk.nothing: is not a key"),
        ("[forums.laps_sjk.consent]", "[forums.laps_sjk.above]", "forums.laps_sjk.above: is not a key"),
        ("fresh_days = 365", "fresh_days = 0", "fresh_days: must be at least 1, not 0"),
    ],
)
def test_each_fault_is_told_with_its_key(old: str, new: str, said: str) -> None:
    problems = broken((old, new))
    assert any(problem.startswith(f"forums.toml: {said}") for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ('agreement = "to_proceed"\n', "must say by consent what both sides agree to"),
        ("[[forums.laps_sjk.tiers]]", None),
    ],
)
def test_a_forum_that_does_not_fit_together_is_refused(old: str, said: str | None) -> None:
    content = FILE.read_text(encoding="utf-8")
    if said:
        assert said in " ".join(broken((old, "")))
    else:
        start, end = content.index(old), content.index("[forums.laps_sjk.above_tiers]")
        with pytest.raises(ForumsError, match="must say by above_tiers what it costs above its tiers"):
            read(content[:start] + content[end:], file="forums.toml")


def test_all_faults_are_told_at_once() -> None:
    problems = broken(("amount = 60\n", "amount = 0\n"), ('via = "appk"', 'via = "apk"'), ("fresh_days = 365", ""))
    assert len(problems) == 3


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ForumsError, match=r"mine\.toml: cannot be read: No such file"):
        load(tmp_path / "mine.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ForumsError, match="it is not UTF-8"):
        load(tmp_path / "bytes.toml")
    with pytest.raises(ForumsError, match="is not TOML"):
        read("fresh_days =", file="mine.toml")


def test_what_is_known_less_well_says_so() -> None:
    """Domain facts: OJK's sixty days and BI's market ceiling are one source's, LAPS SJK's address an old copy's."""
    forums = load().forums
    assert forums["bi"].deadline and forums["bi"].deadline.confidence is Confidence.HIGH
    assert forums["ojk"].deadline and forums["ojk"].deadline.confidence is Confidence.MEDIUM
    assert [ceiling.confidence for ceiling in forums["bi"].ceilings] == [Confidence.HIGH, Confidence.MEDIUM]
    assert forums["laps_sjk"].contact.confidence is Confidence.LOW
    assert forums["laps_sjk"].no_deadline and forums["laps_sjk"].no_deadline.confidence is Confidence.UNVERIFIED


def test_the_voice_is_that_of_every_page() -> None:
    """No exclamation marks, no figure parted from its unit; LAPSPI only as what it was."""
    for key, fact in load().facts():
        for text in (fact.text, *fact.points):
            for lang in ("id", "en"):
                assert "!" not in text[lang], key
                assert not re.search(r"\d (hari|days|working|juta|million|miliar|billion)", text[lang]), key
    assert "LAPSPI" not in load().forums["laps_sjk"].label["id"]
    assert f"formerly{' '}LAPSPI" in (load().forums["laps_sjk"].formerly or load().forums["bi"].label)["en"]
