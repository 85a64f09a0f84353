"""Reasoning in a text, whole and in pieces."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reasoning import ModelDialect, ReasoningFilter, Speakers, without_reasoning
from bot.reasoning.speakers import NOBODY

THOUGHT = "They want three words."
NAMES = ("think", "thinking", "thought", "reasoning")
MENTION = "The `<think>` tag marks reasoning: `<think>…</think>`."
FENCE = "Write it so:\n\n```xml\n<think>\nHmm.\n</think>\n```\n\nDone."

WITHOUT = {
    f"<think>{THOUGHT}</think>\n\nHello!": "Hello!",
    f"{THOUGHT}\n</think>\n\nHello my friend": "Hello my friend",
    f"{THOUGHT}</think>Hello": "Hello",
    f"<think>{THOUGHT} I should": "",
    "<think>\n\n</think>\n\nHello!": "Hello!",
    "<think></think>Hello!": "Hello!",
    "<think>I have to say nothing.</think>": "",
    "I have to say nothing.\n</think>": "",
    "\n\n<think>Hm.</think>\n\nHello!": "Hello!",
    f"Let me see. <think>{THOUGHT}</think>It is four.": "Let me see. It is four.",
    "Let me see. <think>a</think> It is <think>b</think> four.": "Let me see. It is four.",
    "One.\n\n<think>a</think>\n\nTwo.": "One.\n\nTwo.",
    "<think>a</think>\n<think>b</think>\nHello!": "Hello!",
    f"<THINK>{THOUGHT}</THINK>Hello!": "Hello!",
    f"<Think>{THOUGHT}</tHiNk>Hello!": "Hello!",
    "<think>They ask what `</think>` means.</think>It ends reasoning.": "It ends reasoning.",
    "<think>They wrote `x and\n</think>Hello!": "Hello!",
    "<think>a</think>\n\n</think>\n\nHello!": "Hello!",
    "<think>a</think>Hello!\n</think>": "Hello!\n",
    "<think>They ask for </think> tags. So:</think>Hello!": "Hello!",
    "Hm.\n</think>\nHello!\n</think>": "Hello!\n",
    "<think>a</think>```py\nx = '<think>'\n```": "```py\nx = '<think>'\n```",
    "A `tick <think>Hm.</think>\n\nand more": "A `tick\n\nand more",
    **{f"<{name}>{THOUGHT}</{name}>\nHello!": "Hello!" for name in NAMES},
    **{f"{THOUGHT}\n</{name}>\nHello!": "Hello!" for name in NAMES},
}
UNCHANGED = (
    MENTION,
    FENCE,
    "Here:```xml\n<think>a</think>\n```\nDone.",
    "> ```\n> <think>a</think>\n> ```\n> Done.",
    "1. So:\n   ~~~\n   <think>\n   ~~~\n2. Done.",
    "````md\n```\n<think>\n```\n````",
    "```\n<think>\nis cut off",
    "Two ticks: `` a ` <think> ``.",
    r"Escaped: \<think>.",
    "x < y and y <think or> z, a </b> c <thin",
    "Plain words, ~~struck~~ ones, `code`.\n",
    "  indented",
    "\n",
    "",
)


def pieced(pieces: list[str], speakers: Speakers = NOBODY) -> str:
    """Return what a reader has in the end of a text that came in these pieces."""
    screen, shown = ReasoningFilter(speakers=speakers), ""
    for piece in [*pieces, None]:
        before = screen.withdrawals
        said = screen.finish() if piece is None else screen.feed(piece)
        shown = said if screen.withdrawals > before else shown + said
    return shown


def cuts(text: str, count: int) -> list[list[str]]:
    """Return every way to cut a text at so many places."""
    ways = combinations(range(len(text) + 1), count)
    return [[text[a:b] for a, b in zip((0, *way), (*way, len(text)), strict=True)] for way in ways]


@pytest.mark.parametrize(("text", "left"), WITHOUT.items())
def test_what_a_model_reasons_is_taken_out(text: str, left: str) -> None:
    assert without_reasoning(text) == left


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_is_no_reasoning_stays_as_it_is(text: str) -> None:
    assert without_reasoning(text) == text


@pytest.mark.parametrize("text", [*WITHOUT, *UNCHANGED])
def test_it_does_not_matter_where_a_text_is_cut(text: str) -> None:
    whole = without_reasoning(text)
    ways = [*cuts(text, 1), *cuts(text, 2), list(text)]

    assert {pieced(way) for way in ways} == {whole}


@given(
    st.lists(st.sampled_from([*"`~\n \\a>", "```", "\n\n", "<think>", "</think>", "<", "</thi", "py\n"]), max_size=14)
)
def test_no_mixture_of_marks_and_code_depends_on_its_pieces(pieces: list[str]) -> None:
    text = "".join(pieces)

    assert pieced(pieces) == pieced(list(text)) == without_reasoning(text)


@pytest.mark.parametrize("name", NAMES)
def test_reasoning_between_its_marks_is_never_handed_out(name: str) -> None:
    screen = ReasoningFilter()
    handed_out = "".join(screen.feed(character) for character in f"<{name}>{THOUGHT}</{name}>Hello!") + screen.finish()

    assert handed_out == "Hello!"
    assert screen.withdrawals == 0


def test_words_are_handed_out_as_soon_as_they_can_be_no_mark() -> None:
    screen = ReasoningFilter()

    assert [screen.feed(piece) for piece in ("Is 1 ", "<", " = 2", "? `x", "<b", "` Yes")] == [
        "Is 1",
        "",
        " < = 2",
        "? `x",
        "",
        "<b` Yes",
    ]


def test_a_dialect_is_a_row_of_its_table() -> None:
    screen = ReasoningFilter(dialects=(ModelDialect("[THINK]", ("[/THINK]",)),))
    handed_out = screen.feed("[THINK]Hm.[/THINK]Hello <think>!") + screen.finish()

    assert handed_out == "Hello <think>!"


@pytest.mark.parametrize("opening", ["", "<think>"])
def test_reasoning_of_many_words_is_taken_out_as_well(opening: str) -> None:
    text = f"{opening}{'Hm. ' * 5_000}</think>Hello!"

    assert pieced(list(text)) == "Hello!"
