"""Every sentence about a cause is told of that cause, and of no other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.i18n import DEFAULT_LOCALE, sentences
from tests.engine.causes import CAUSES
from tests.engine.causes_elsewhere import AT_DOORS, ELSEWHERE, OPERATORS, OPERATORS_ALONE, UNTOLD

ROOT = Path(__file__).parents[2]
SECTIONS = ("error", "notice", "place", "about", "lessons")
SENTENCES = sentences(DEFAULT_LOCALE)
# Stated by rows, and by what its own file says, beside one another.
ROWS = [*CAUSES, *(key for rows in ELSEWHERE.values() for key in rows)]


def states_a_cause(key: str) -> bool:
    """Whether a sentence tells people of a cause."""
    is_operators = (key.startswith(OPERATORS) and key not in ROWS) or key in OPERATORS_ALONE
    return (key.split(".", maxsplit=1)[0] in SECTIONS and not is_operators and key not in UNTOLD) or key in AT_DOORS


@pytest.mark.parametrize("key", CAUSES)
async def test_a_cause_is_told_as_itself_and_as_none_of_the_others(key: str) -> None:
    told = await CAUSES[key]()

    assert key in told
    assert (set(ROWS) & set(told)) == {key}


def test_every_sentence_about_a_cause_has_one_row() -> None:
    assert sorted(key for key in SENTENCES if states_a_cause(key)) == sorted(set(ROWS))
    assert [key for key, count in Counter(ROWS).items() if count > 1] == []


@pytest.mark.parametrize("file", ELSEWHERE)
def test_a_file_shows_the_causes_it_is_named_for(file: str) -> None:
    """Words that stand in one sentence alone: where they are read, no neighbour's sentence was."""
    shown = (ROOT / file).read_text(encoding="utf-8")
    for key, words in ELSEWHERE[file].items():
        assert (words or f'"{key}"') in shown, key
        assert not words or [each for each, said in SENTENCES.items() if words in said] == [key]
