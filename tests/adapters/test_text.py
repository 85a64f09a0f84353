from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.text import split

line = st.text(st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=90)
documents = st.lists(
    st.one_of(line, st.sampled_from(["```", "```python", "~~~", "", "שלום עולם", "    x = 1"])), max_size=60
)


@given(documents, st.integers(min_value=64, max_value=400))
def test_no_part_is_over_the_limit_and_none_is_empty(lines: list[str], limit: int) -> None:
    parts = split("\n".join(lines), limit)

    assert all(part.strip() and len(part) <= limit for part in parts)


@given(st.lists(st.text("abcdef ", max_size=60), max_size=40), st.integers(min_value=64, max_value=200))
def test_joining_the_parts_gives_the_words_back(lines: list[str], limit: int) -> None:
    text = "\n".join(lines)

    assert "".join("".join(split(text, limit)).split()) == "".join(text.split())


@given(documents, line, st.integers(min_value=64, max_value=400))
def test_a_part_never_changes_when_text_follows(lines: list[str], more: str, limit: int) -> None:
    before = split("\n".join(lines), limit)

    after = split("\n".join(lines) + more, limit)

    assert after[: len(before) - 1] == before[:-1]


def test_a_fence_open_at_a_cut_is_closed_and_opened_again_with_its_language() -> None:
    code = "\n".join(f"    line_{number} = {number}" for number in range(40))

    parts = split(f"Look:\n\n```python\n{code}\n```\nDone.", 300)

    assert all(part.count("```") % 2 == 0 for part in parts)
    assert all(part.startswith("```python\n") for part in parts[1:])
    body = [line for part in parts for line in part.splitlines() if line.startswith("    line_")]
    assert body == code.splitlines()


def test_a_short_text_is_one_part_and_an_empty_one_none() -> None:
    assert split("Hi", 100) == ["Hi"]
    assert split(" \n ", 100) == []


def test_a_combining_mark_stays_on_its_letter() -> None:
    parts = split("e\u0301" * 100, 64)

    assert all(not part.startswith("\u0301") for part in parts)
