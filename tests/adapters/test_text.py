"""Long answers, cut: what always holds, whatever the text."""

from __future__ import annotations

from itertools import pairwise

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.cutting import Cutter, Part, cut
from tests.adapters.markdown_reading import open_fence

LIMITS = st.integers(min_value=64, max_value=400)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=120)
LINES = st.sampled_from(
    [
        "",
        "",
        "```",
        "```python",
        "````",
        "````markdown",
        "~~~",
        "   ```js",
        "   ```",
        "> ```",
        "> ```c",
        "> code",
        "- item",
        "- ```sh",
        "  ```",
        "1. one",
        "   2. two",
        "# Title",
        "| a | b |",
        "|---|---|",
        "| 1 | 2 |",
        "> quoted",
        "\tx = 1",
        "    y = 2",
        "text\r",
        "``",
        "`",
        "===",
        "---",
        "**bold text that goes on** and *on*",
        "a [link](https://example.org/a_b) and `code ` here",
        "שלום עולם, זה טקסט בעברית.",
        "مرحبا بالعالم.",
        "\u2067ימין\u2069 and left",
        "👩‍👩‍👧‍👦🇮🇱🇫🇷e\u0301क्षि각",
        "x" * 90,
        "[x" * 30,
        "**" * 20,
        "```x```",
    ]
)
TEXTS = st.one_of(
    st.lists(st.one_of(LINES, LINES, LINES, WORDS), max_size=60).map("\n".join),
    st.text(st.sampled_from("`~ \n>-ab|*_[]()\t\u2067\u2069\u0301"), max_size=700),
)


def moved(name: str) -> str:
    return f"The code is in {name}."


def read(parts: list[Part]) -> list[str]:
    return [part.text for part in parts]


@given(TEXTS, LIMITS)
def test_the_sources_of_the_parts_are_the_text(text: str, limit: int) -> None:
    parts = cut(text, limit, moved=moved)

    assert "".join(part.source for part in parts) == (text if text.strip() else "")


@given(TEXTS, LIMITS)
def test_no_part_is_over_the_limit_or_without_words(text: str, limit: int) -> None:
    parts = read(cut(text, limit))

    assert all(part.strip() and len(part) <= limit for part in parts)


@given(TEXTS, LIMITS)
def test_cutting_a_part_gives_that_part(text: str, limit: int) -> None:
    parts = read(cut(text, limit))

    assert [read(cut(part, limit)) for part in parts] == [[part] for part in parts]


@given(TEXTS, TEXTS, LIMITS)
def test_a_part_that_is_not_the_last_never_changes_when_text_follows(text: str, more: str, limit: int) -> None:
    settled = cut(text, limit, moved=moved)[:-1]

    after = cut(text + more, limit, moved=moved)

    assert after[: len(settled)] == settled


@settings(max_examples=20)
@given(TEXTS, LIMITS)
def test_a_part_never_changes_while_an_answer_grows_by_characters(text: str, limit: int) -> None:
    states = [cut(text[:end], limit, moved=moved) for end in range(len(text) + 1)]

    assert all(after[: len(before[:-1])] == before[:-1] for before, after in pairwise(states))


@settings(max_examples=30)
@given(TEXTS, TEXTS, LIMITS)
def test_a_cutter_that_has_seen_the_beginning_cuts_as_one_that_has_not(text: str, other: str, limit: int) -> None:
    cutter = Cutter(limit, moved=moved)
    texts = [*(text[:end] for end in range(len(text) + 1)), other, text]

    assert all(cutter.cut(each) == cut(each, limit, moved=moved) for each in texts)


@given(TEXTS, LIMITS)
def test_every_fence_is_closed_where_it_was_opened(text: str, limit: int) -> None:
    parts = read(cut(text, limit))

    assert [open_fence(part) for part in parts] == [""] * len(parts)


@given(st.lists(WORDS, max_size=30).map(" ".join), LIMITS)
def test_no_character_as_people_see_it_is_torn(text: str, limit: int) -> None:
    whole = regex.findall(r"\X", text)
    parts = cut(text, limit)

    torn = [part.source for part in parts if max(map(len, [*whole, ""])) < limit]

    assert [character for source in torn for character in regex.findall(r"\X", source)] == (whole if torn else [])
