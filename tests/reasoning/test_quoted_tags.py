"""What it costs to look for reasoning in a whole text: nobody waits for it, whatever the text quotes."""

from __future__ import annotations

import pytest

from bot.reasoning import without_reasoning
from tests.costs import is_ever, seconds

MOST_S = 0.050
CHARS = 24_000
QUOTED = (
    '"<think>" ',
    "'</think>' ",
    "“<think>” ",
    "`<think>` ",
    '"<reasoning>" ',
    '"</answer>" ',
    "(<b>) ",
    "<|",
    "[a",
    "<",
)


@pytest.mark.parametrize("part", QUOTED)
def test_a_long_text_of_quoted_tags_holds_nobody_up(part: str) -> None:
    text = f"Tags: {part * (CHARS // len(part))}"

    assert without_reasoning(text) == text
    assert is_ever(lambda: seconds(lambda: without_reasoning(text)) < MOST_S)
