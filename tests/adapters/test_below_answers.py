"""What the bot says below an answer is read as its own words, whatever the answer left open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.delivery.layout import Layout, Rules
from adapters.delivery.page import Page
from adapters.discord.dialect import footnote, to_discord
from adapters.slack.dialect import to_slack
from bot.domain import Completion, Delta, FinishReason, Notice, Source, Sources
from tests.adapters import discord_reading
from tests.adapters.markdown_reading import code_lines, open_fence
from tests.walls import Wall

BOTH = pytest.mark.parametrize("render", [to_discord, to_slack], ids=["discord", "slack"])
Render = Callable[[str], str]
END = Completion(reason=FinishReason.LENGTH, model="falcon:7b", answer_tokens=40, answer_s=2.0)
CUT_SHORT = "The answer reached its length limit."


class Screen(Wall):
    def __init__(self, render: Render, *, message_chars: int, footnote: Render | None = None) -> None:
        super().__init__(message_chars=message_chars)
        self._render = render
        self._footnote = footnote or super().footnote

    def render(self, markdown: str) -> str:
        return self._render(markdown)

    def footnote(self, text: str) -> str:
        return self._footnote(text)


def shown(
    answer: str,
    render: Render,
    *,
    end: Completion = END,
    message_chars: int = 2000,
    file_chars: int = 0,
    footnote: Render | None = None,
) -> list[str]:
    page = Page("en")
    for part in (Delta(answer), Sources((Source("Owls", "https://owl.example"),)), Notice("notice.length"), end):
        page.take(part)
    page.is_over = True
    rules = Rules(has_footer=True, file_chars=file_chars)
    layout = Layout(page, Screen(render, message_chars=message_chars, footnote=footnote), rules)
    return [content.text for content in layout.contents(posted=0)]


@BOTH
@pytest.mark.parametrize(
    ("answer", "above"),
    [
        ("Here is code:\n```py\nx0 = 0\nx1 =", "Here is code:\n```py\nx0 = 0\nx1 =\n```\n\n[1] "),
        ("```", "```\n```\n\n[1] "),
        ("```py\nx", "```py\nx\n```\n\n[1] "),
        ("Here:```py\nx", "Here:\n```py\nx\n```\n\n[1] "),
        ("~~~\nx", "```\nx\n```\n\n[1] "),
        ("> ```\n> x", "> ```\n> x\n> ```\n\n[1] "),
        ("1. a\n   ```sh\n   ls", "1. a\n   ```sh\n   ls\n   ```\n\n[1] "),
        ("```py\nx = 1```", "```py\nx = 1\n```\n\n[1] "),
        ("Words", "Words\n\n[1] "),
    ],
)
def test_a_fence_is_closed_before_what_stands_below(render: Render, answer: str, above: str) -> None:
    (text,) = shown(answer, render)

    assert text.startswith(above)
    assert not open_fence(text)
    assert text.count(CUT_SHORT) == text.count("falcon:7b") == 1
    assert not any(CUT_SHORT in line for line in code_lines(text))


@pytest.mark.parametrize(("render", "marks"), [(to_discord, "```"), (to_slack, "````")])
def test_a_long_fence_is_closed_before_what_stands_below(render: Render, marks: str) -> None:
    (text,) = shown("````md\na", render)

    assert text.startswith(f"{marks}md\na\n{marks}\n\n[1] ")


@BOTH
def test_a_stopped_answer_says_so_outside_its_code(render: Render) -> None:
    (text,) = shown("```py\nx = 1\ny", render, end=Completion(reason=FinishReason.STOPPED, model="m"))

    assert "\ny\n```\n\n[1] " in text
    assert not any("Stopped" in line for line in code_lines(text))


@BOTH
def test_a_long_answer_closes_its_last_fence_too(render: Render) -> None:
    *_, last = shown("```py\n" + "x = 1\n" * 100, render, message_chars=400)

    assert not open_fence(last)
    assert not any(CUT_SHORT in line for line in code_lines(last))


@BOTH
def test_a_preview_closes_its_fence_too(render: Render) -> None:
    (text,) = shown("```py\n" + "x = 1\n" * 100, render, message_chars=600, file_chars=100)

    assert not any(CUT_SHORT in line for line in code_lines(text))


LONE = [
    "a ``` b", "a ``` b\n\n```py\nx\n```", "a ``` b\n```py\nx", "`` a", "`a", "a ` b `` c ``` d", "**a", "__a", "||a",
    "~~a", "- ``` b c", "> a ``` b", "| a | b |\n|---|---|\n| ``` | `c |", "שלום ``` עולם", "你好 ``` 世界 `",
]  # fmt: skip


@pytest.mark.parametrize("answer", LONE)
@pytest.mark.parametrize("before", ["", "Words.\n\n", "> quoted\n\n", "```py\nx\n```\n"])
def test_no_lone_mark_takes_in_what_stands_below_on_discord(answer: str, before: str) -> None:
    (text,) = shown(before + answer, to_discord, footnote=footnote)
    seen = discord_reading.read(text)

    assert not any(CUT_SHORT in code for code in seen.code)
    assert [CUT_SHORT in line for line in discord_reading.small_lines(text)] == [True, False]
    assert "falcon:7b" in seen.code
    assert not seen.hidden


def test_no_quote_takes_in_what_stands_below_on_discord() -> None:
    (text,) = shown(">>> print(1)\n1\n\n```py\n>>> a\n```\n\nDone.", to_discord)

    assert text.startswith("\\>>> print(1)\n1\n\n```py\n>>> a\n```\n\nDone.\n\n[1] ")
