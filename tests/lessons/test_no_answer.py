"""A model that finds no answer says so as it was told to, or in its own words."""

from __future__ import annotations

import pytest

from bot.lessons.answers.no_answer import is_refusal


@pytest.mark.parametrize(
    "said",
    [
        "NO ANSWER",
        "**No answer.**",
        "The passages do not mention the price of a ticket.",
        "The passage doesn't provide information about who invented the game.",
        "Los pasajes no contienen información sobre el precio.",
        "Der Text enthält keine Angaben zum Preis.",
        "הקטעים אינם מציינים את המחיר.",
        "لا يذكر النص ثمن التذكرة.",
        "文中没有提到票价。",
    ],
)
def test_it_is_taken_for_a_refusal(said: str) -> None:
    assert is_refusal(said)


@pytest.mark.parametrize(
    "said",
    [
        "The ferry does not stop at the south pier.",
        "The lesson tells how waves break.",
        "Der Text ist nicht lang.",
        "渡轮冬天不停靠南码头。",
    ],
)
def test_what_denies_something_else_is_none(said: str) -> None:
    assert not is_refusal(said)
