"""Two windows on one draft: nothing that was told to be saved is gone, unless somebody who saw it replaced it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.filing.merging import (
    JOINED,
    KEPT,
    LATEST_TURN,
    MOST_BESIDE,
    Merged,
    TextsChanged,
    TooManyTexts,
    Traces,
    Window,
    all_of,
    choose,
    fingerprint,
    group_of,
    merge,
)
from tests.builders import NOW

Groups = dict[str, dict[str, str]]


def groups(**texts: str) -> Groups:
    return {name: {name: text} for name, text in texts.items()}


@dataclass
class Page:
    """A page of a browser: opened on what the draft held, sending what is written into it."""

    draft: "Draft"
    window: Window
    ticks: "count[int]" = field(default_factory=count)

    def send(
        self, *, script: bool = True, keep: bool = False, at: datetime = NOW, turn: int | None = None, **texts: str
    ) -> None:
        """`keep`: the page's script notes from the answer what is saved."""
        now = Window(self.window.mark, next(self.ticks) if turn is None and script else turn, self.window.seen)
        merged = merge(self.draft.held, self.draft.traces, groups(**texts), now, at=at)
        self.draft.take(merged)
        if keep:
            self.window = merged.window


@dataclass
class Draft:
    held: dict[str, str] | None = None
    traces: Traces = field(default_factory=Traces)
    marks: "count[int]" = field(default_factory=count)

    def open(self, *names: str) -> Page:
        shown = {name: {name: (self.held or {}).get(name, "")} for name in names or ("story",)}
        return Page(self, Window(f"window-{next(self.marks)}").shows(shown))

    def take(self, merged: Merged) -> None:
        # As it comes back from the database.
        self.held, self.traces = merged.typed, Traces.from_json(merged.traces.to_json())

    def beside(self, name: str = "story") -> list[str]:
        return [text for one in self.traces.beside.get(name, ()) for text in one.typed.values()]


# ── one window ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("script", [True, False])
def test_one_window_writes_as_it_likes(script: bool) -> None:
    draft = Draft()
    page = draft.open()
    for text in ("a", "ab", "", "c"):
        page.send(story=text, script=script)
        assert draft.held == {"story": text} and not draft.traces.beside


def test_of_two_savings_on_their_way_the_slower_one_changes_nothing() -> None:
    draft = Draft()
    page = draft.open()
    page.send(story="the whole text", turn=20)
    page.send(story="the whole", turn=10)
    assert draft.held == {"story": "the whole text"} and not draft.traces.beside


def test_a_page_that_comes_back_to_life_is_the_same_window() -> None:
    draft = Draft()
    page = draft.open()
    page.send(story="first")
    # By the back button, with what the browser had kept of it: nothing newer was shown to it.
    page.send(story="second", script=False)
    assert draft.held == {"story": "second"} and not draft.traces.beside


# ── two windows ──────────────────────────────────────────────────────────────────────────────────


def test_the_later_of_two_different_texts_is_kept_beside_the_earlier() -> None:
    draft = Draft()
    one, other = draft.open(), draft.open()
    one.send(story="from the one")
    other.send(story="from the other")
    assert draft.held == {"story": "from the one"} and draft.beside() == ["from the other"]
    # Both go on writing, and none of it is lost.
    one.send(story="from the one, longer")
    other.send(story="from the other, longer")
    assert draft.held == {"story": "from the one, longer"} and draft.beside() == ["from the other, longer"]
    third = draft.open()
    third.send(story="third")
    assert draft.held == {"story": "third"} and draft.beside() == ["from the other, longer"]
    one.send(story="from the one once more")
    assert draft.beside() == ["from the other, longer", "from the one once more"]


def test_the_same_text_twice_is_one_text() -> None:
    draft = Draft()
    one, other = draft.open(), draft.open()
    one.send(story="the same")
    other.send(story="the same")
    assert draft.held == {"story": "the same"} and not draft.traces.beside


def test_whoever_comes_round_to_the_others_text_has_nothing_to_choose() -> None:
    draft = Draft()
    one, other = draft.open(), draft.open()
    one.send(story="Tuesday")
    other.send(story="Monday")
    other.send(story="Tuesday")
    assert draft.held == {"story": "Tuesday"} and not draft.traces.beside


def test_a_window_that_wrote_nothing_overwrites_nothing() -> None:
    draft = Draft({"story": "old"})
    idle, other = draft.open(), draft.open()
    other.send(story="new")
    idle.send(story="old")
    assert draft.held == {"story": "new"} and not draft.traces.beside


def test_two_windows_in_two_fields_are_no_quarrel() -> None:
    draft = Draft({"email": "", "phone": ""})
    one, other = draft.open("email", "phone"), draft.open("email", "phone")
    one.send(email="siti@example.id", phone="")
    other.send(email="", phone="0812")
    one.send(email="siti@example.com", phone="")
    assert draft.held == {"email": "siti@example.com", "phone": "0812"} and not draft.traces.beside


def test_a_window_that_has_seen_the_text_may_change_it() -> None:
    draft = Draft()
    draft.open().send(story="draft")
    draft.open().send(story="final")
    assert draft.held == {"story": "final"} and not draft.traces.beside


def test_the_inputs_of_one_field_stay_together() -> None:
    """The day of one date with the month of another would be a third."""
    held = {"on-d": "1", "on-m": "1", "on-y": "2026"}
    seen = Window("window-0").shows({"on": held})
    other = Window("window-1", seen=seen.seen)
    first = merge(held, Traces(), {"on": held | {"on-d": "9"}}, seen, at=NOW)
    second = merge(first.typed, first.traces, {"on": held | {"on-m": "3"}}, other, at=NOW)
    assert second.typed == held | {"on-d": "9"}
    assert [one.typed for one in second.traces.beside["on"]] == [held | {"on-m": "3"}]


def test_a_page_that_names_no_window_overwrites_nothing_different() -> None:
    draft = Draft({"story": "there"})
    for _ in range(3):
        draft.take(merge(draft.held, draft.traces, groups(story="nameless"), Window(), at=NOW))
    assert draft.held == {"story": "there"} and draft.beside() == ["nameless"]


def test_texts_that_wait_for_a_choice_have_an_end() -> None:
    draft = Draft()
    pages = [draft.open() for _ in range(MOST_BESIDE + 2)]
    for number, page in enumerate(pages[:-1]):
        page.send(story=f"text {number}")
    with pytest.raises(TooManyTexts):
        pages[-1].send(story="one too many")
    assert len(draft.beside()) == MOST_BESIDE


@settings(max_examples=300, deadline=None)
@given(
    st.booleans(),
    st.lists(
        st.one_of(
            st.just(("open", 0, "")),
            st.tuples(st.just("write"), st.integers(0, 5), st.sampled_from("abcdef")),
        ),
        max_size=25,
    ),
)
def test_no_text_goes_unless_who_had_seen_it_replaced_it(script: bool, acts: list[tuple[str, int, str]]) -> None:
    draft = Draft()
    pages = [draft.open()]
    # What each page was shown or has saved itself, and what must be there: who wrote it, and the text.
    known = [{""}]
    kept: list[tuple[int, str]] = []
    for act, which, text in acts:
        if act == "open":
            pages.append(draft.open())
            known.append({(draft.held or {}).get("story", "")})
            continue
        number = which % len(pages)
        before = (draft.held or {}).get("story")
        pages[number].send(story=text, script=script, keep=script)
        held = (draft.held or {}).get("story")
        replaced = held != before and before in known[number]
        kept = [(writer, old) for writer, old in kept if writer != number and not (replaced and old == before)]
        if text not in known[number]:
            # Otherwise the page only sends what it was given.
            kept.append((number, text))
        if held == text:
            known[number].add(text)
        assert {old for _, old in kept} <= {held, *draft.beside()}


# ── choosing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def quarrel() -> Draft:
    draft = Draft()
    one, other = draft.open(), draft.open()
    one.send(story="from the one")
    other.send(story="from the other", at=NOW + timedelta(minutes=3))
    return draft


def decide(draft: Draft, choice: str, shown: str | None = None) -> None:
    held = draft.held or {}
    row = draft.traces.beside["story"]
    seen = all_of(group_of(held, "story"), row) if shown is None else shown
    draft.take(choose(held, draft.traces, {"story": choice}, {"story": seen}, window=Window("window-9")))


def test_the_earlier_the_later_or_both(quarrel: Draft) -> None:
    (later,) = quarrel.traces.beside["story"]
    for choice, text in (
        (KEPT, "from the one"),
        (fingerprint(later.typed), "from the other"),
        (JOINED, "from the one\n\nfrom the other"),
    ):
        draft = Draft(dict(quarrel.held or {}), quarrel.traces)
        decide(draft, choice)
        assert draft.held == {"story": text} and not draft.traces.beside


def test_what_came_while_somebody_chose_is_not_passed_over(quarrel: Draft) -> None:
    held = quarrel.held or {}
    shown = all_of(group_of(held, "story"), quarrel.traces.beside["story"])
    third = Window("window-7", 1, {"story": fingerprint({"story": ""})})
    quarrel.take(merge(held, quarrel.traces, groups(story="a third"), third, at=NOW))
    with pytest.raises(TextsChanged):
        decide(quarrel, KEPT, shown)
    assert quarrel.beside() == ["from the other", "a third"]


@pytest.mark.parametrize("choice", ["", "neither", "0" * 16])
def test_a_choice_that_is_none_decides_nothing(quarrel: Draft, choice: str) -> None:
    with pytest.raises(TextsChanged):
        decide(quarrel, choice)


# ── what a form says of its window ───────────────────────────────────────────────────────────────


def test_a_window_is_carried_by_a_form() -> None:
    window = Window("Abcdefgh_-12", 7).shows({"story": {"story": "x"}, "on": {"on-d": "1"}})
    assert Window.read(window.mark, "7", window.told) == window


@pytest.mark.parametrize("mark", ["", "short", "x" * 33, "<script>alert(1)</script>", "with blanks"])
def test_what_is_no_mark_is_no_window(mark: str) -> None:
    assert Window.read(mark, "", "").mark == ""


@pytest.mark.parametrize("turn", ["", "-1", "1.5", "²", "x", str(LATEST_TURN + 1), "9" * 100])
def test_what_is_no_turn_is_none(turn: str) -> None:
    assert Window.read("window-00", turn, "").turn is None


def test_what_nobody_can_have_seen_counts_as_not_seen() -> None:
    assert Window.read("window-00", "1", "nonsense story:x :: on:").seen == {
        "": "nonsense",
        "story": "x",
        ":": "",
        "on": "",
    }
