"""Long answers while they grow: a character at a time through the layout, as people see it at each moment."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice, pairwise

import pytest

from adapters.delivery.layout import Layout, Rules
from adapters.delivery.page import Page
from adapters.discord.dialect import to_discord
from adapters.slack.dialect import to_slack
from bot.domain import Completion, Delta, FinishReason
from tests.adapters.markdown_reading import open_fence
from tests.adapters.test_below_answers import BOTH, Render, Screen
from tests.costs import calls

END = Completion(reason=FinishReason.STOP, model="m")


def under(lead: str, lines: str) -> str:
    return "\n".join(lead + line for line in lines.split("\n"))


CODE = "\n".join(f"value_{number} = compute({number})  # `x` **y**" for number in range(14))
ROWS = "\n".join(f"| owl {number} | {'eyes ' * (number % 4)} |" for number in range(14))
ITEMS = "\n".join(
    f"{number}. An **item** with `code` and [a link](https://owl.example/{number})" for number in range(1, 10)
)
ANSWERS = {
    "a fence": f"Look at this:\n\n```py\n{CODE}\n```\n\nDone.",
    "a fence behind text": f"Here:```py\n{CODE}\n```\nDone **well**.",
    "a fence with blanks": f"Here: ``` python\n{CODE}\n``` and so on",
    "a longer fence": f"````md\n# Title\n```py\n{CODE}\n```\nmore\n````\nDone.",
    "tildes": f"~~~md\n```py\n{CODE}\n```\n~~~\nDone.",
    "a fence in an item": "1. So:\n   ```py\n" + under("   ", CODE) + "\n   ```\n2. Done",
    "a fence behind an item": "1. So ```py\n" + under("   ", CODE) + "\n   ```\n2. Done",
    "a fence in a quote": "> So:\n> ```py\n" + under("> ", CODE) + "\n> ```\n\nDone.",
    "a fence behind a quote": "> So ```\n" + under("> ", CODE) + "\n> ```\nDone.",
    "a fence that ends behind code": f"```py\n{CODE}```\n\nDone.\n\n```sh\nls```\nand more.",
    "an open fence": f"```py\n{CODE}",
    "a table": f"Some owls:\n\n| owl | eyes |\n|---|---|\n{ROWS}\n\nDone.",
    "a list": f"Some owls:\n\n{ITEMS}\n\nDone.",
    "inline code": "Use `a` or ``b ` c`` or ```d``` " * 20,
    "long code": f"So `{'word ' * 100}` and **{'bold ' * 100}**.",
    "hebrew": f"שלום לכולם, זה Python:\n\n```py\n{CODE}\n```\n\n{'מילים רבות בעברית. ' * 30}",
}  # fmt: skip


def growing(answer: str, render: Render, *, size: int = 1, message_chars: int = 300) -> list[list[str]]:
    """Return what the messages read before the first piece, after each, and at the end."""
    return [[], *stages(answer, render, size=size, message_chars=message_chars)]


def stages(answer: str, render: Render, *, size: int, message_chars: int) -> Iterator[list[str]]:
    """Yield what the messages read after each piece, and at the end."""
    page = Page("en")
    layout = Layout(page, Screen(render, message_chars=message_chars), Rules())
    state: list[str] = []
    for start in range(0, len(answer), size):
        page.take(Delta(answer[start : start + size]))
        state = [content.text for content in layout.contents(posted=len(state))]
        yield state
    page.take(END)
    page.is_over = True
    yield [content.text for content in layout.contents(posted=len(state))]


@cache
def states_of(kind: str, render: Render) -> list[list[str]]:
    """Return what the messages of an answer read after each character, grown once for all who look at it."""
    return growing(ANSWERS[kind], render)


@BOTH
@pytest.mark.parametrize("kind", ANSWERS)
def test_no_message_that_is_shown_has_an_open_fence(render: Render, kind: str) -> None:
    states = states_of(kind, render)

    assert not [text for state in states for text in state if open_fence(text)]


@BOTH
@pytest.mark.parametrize("kind", ANSWERS)
def test_no_message_is_taken_back(render: Render, kind: str) -> None:
    states = states_of(kind, render)

    assert all(len(before) <= len(after) for before, after in pairwise(states))
    assert all(before[:-1] == after[: len(before[:-1])] for before, after in pairwise(states)) or kind == "a table"


@BOTH
@pytest.mark.parametrize("kind", ANSWERS)
def test_the_end_is_the_layout_of_the_whole(render: Render, kind: str) -> None:
    at_once = growing(ANSWERS[kind], render, size=100_000)

    assert states_of(kind, render)[-2:] == at_once[-2:]


PROSE = "Owls hunt by **night**, in `silence`, and they hear [well](https://owl.example).\n\n"
LONG = {
    "prose": PROSE,
    "code": f"{PROSE}```py\n{CODE}\n\n{CODE}\n```\n\n",
    "a list": "- Owls hunt by **night**, in `silence`.\n",
    "one fence": f"{CODE}\n",
    "hebrew": "אני כותב טקסט ארוך על Python ועל C++ עם `code` ועוד מילים.\n\n",
}


@pytest.mark.parametrize(
    ("render", "message_chars"), [(to_discord, 2_000), (to_slack, 12_000)], ids=["discord", "slack"]
)
@pytest.mark.parametrize("kind", LONG)
def test_an_answer_that_grows_does_not_cost_the_square_of_its_length(
    render: Render, kind: str, message_chars: int
) -> None:
    def grown(size: int) -> Iterator[list[str]]:
        text = ("```py\n" * (kind == "one fence") + LONG[kind] * size)[:size]
        return stages(text, render, size=24, message_chars=message_chars)

    list(grown(1_000))
    growing_on = grown(24_000)
    half = calls(lambda: list(islice(growing_on, 12_000 // 24)))
    whole = half + calls(lambda: list(growing_on))

    # Twice as long may cost twice as much; what is laid out anew as a whole each time costs four times as much.
    assert whole < 3 * half
