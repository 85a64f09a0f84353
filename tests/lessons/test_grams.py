"""How much of a word a text holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.language.words import words
from bot.lessons.search.grams import Postings, grams

TEXTS = ["the bowline is a knot", "knots and ropes", "tides", "潮の満ち引き", "x"]


def holders(word: str) -> list[int]:
    """Return which texts hold something of a word, the most first."""
    held = Postings([words(text) for text in TEXTS]).held(grams(word))
    return sorted((at for at in range(len(TEXTS)) if held[at] > 0), key=lambda at: -held[at])


@pytest.mark.parametrize(
    ("word", "found"),
    [("knot", [0, 1]), ("knots", [1, 0]), ("bowlines", [0]), ("潮の", [3]), ("x", [4]), ("sail", []), ("", [])],
)
def test_a_word_is_found_in_texts_that_hold_parts_of_it_the_whole_one_first(word: str, found: list[int]) -> None:
    assert holders(word) == found


def test_parts_do_not_run_over_the_edge_of_a_text() -> None:
    postings = Postings([["ab"], ["cd"]])

    assert postings.held(grams("abcd")).tolist() == [0, 0]


def test_an_index_of_nothing_holds_nothing() -> None:
    assert Postings([]).held(grams("knot")).tolist() == []


def test_a_text_too_long_for_one_batch_is_no_different() -> None:
    many = Postings([["knot"]] * 1_000 + [["tide"]])

    assert many.held(grams("tide")).nonzero()[0].tolist() == [1_000]


@given(st.lists(st.text(), max_size=8), st.text(max_size=12))
def test_a_share_is_a_share(texts: list[str], word: str) -> None:
    postings = Postings([words(text) for text in texts])
    held, present = postings.held(grams(word)), postings.present(grams(word))

    assert all(0 <= share <= whole + 1e-3 <= 1.01 for share, whole in zip(held, present, strict=True))
