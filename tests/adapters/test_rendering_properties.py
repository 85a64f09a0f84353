"""What holds for whatever a model writes, finished or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import count, cycle, pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.discord.dialect import to_discord
from adapters.rendering.direction import without_controls
from adapters.slack.dialect import to_slack
from tests.costs import Yardstick, is_ever, seconds

Render = Callable[[str], str]
RENDERS: tuple[Render, ...] = (to_discord, to_slack)
BOTH = pytest.mark.parametrize("render", RENDERS, ids=["discord", "slack"])

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8) | st.text("אבגדהו", min_size=2, max_size=8)
CODE_LINE = st.text(st.characters(codec="utf-8", exclude_characters="`~<\r\n"), max_size=40)
SIGNS = st.sampled_from(
    ["#", "####", "|", "---", "\n", "\n\n", "```", "~~~", "`", "**", "_", "__", "[", "](", ")", "![", "<b>", "</b>",
     "<br>", "<", ">", "> ", "- ", "+ ", "1. ", "    ", "\t", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\", "&lt;",
     "[^1]", "[ ]", "https://a.b", "x^2", "\\frac{a}", "א", "word", "5", "\u2068", "\u200f", "<code>", "</code>",
     "<a href='https://a.b'>", "</a>", "|---|---|\n"]
)  # fmt: skip
ANYTHING = st.lists(SIGNS | st.characters(codec="utf-8"), max_size=40).map("".join)


def in_construct(word: str, kind: int) -> str:
    return (
        word,
        f"**{word}**",
        f"*{word}*,",
        f"`{word}`",
        f"[{word}](https://a.b)",
        f"<b>{word}</b>",
        f"({word})",
        f"\\({word}\\)",
        f"H<sup>{word}</sup>",
        f"<kbd>{word}</kbd>",
        f"{word}<br>",
        f"<u>{word}",
    )[kind]


CONSTRUCTS = st.tuples(WORD, st.integers(0, 11))
RUNS = st.lists(CONSTRUCTS, min_size=1, max_size=8)
BLOCKS = st.tuples(st.sampled_from(["", "# ", "##### ", "- ", "> ", "1. ", "- [ ] ", "+ "]), RUNS)


def written(blocks: list[tuple[str, list[tuple[str, int]]]]) -> list[str]:
    return [before + " ".join(in_construct(word, kind) for word, kind in run) for before, run in blocks]


def in_order(words: list[str], text: str) -> bool:
    """Whether each word stands in the text behind the one before."""
    return re.search(".*?".join(words), without_controls(text), re.DOTALL) is not None


@BOTH
@given(text=ANYTHING)
def test_no_text_fails(render: Render, text: str) -> None:
    assert isinstance(render(text), str)


# The address gets angles, and before those the marks open nothing.
MARKS_BEFORE_ADDRESS = re.compile(r"\w[*~_]+https?:")


@BOTH
@given(text=ANYTHING.map(lambda text: text.replace("<", "").replace("__", "_")))
def test_a_second_pass_over_a_text_without_tags_and_underlines_changes_nothing(render: Render, text: str) -> None:
    assume(not MARKS_BEFORE_ADDRESS.search(text))
    once = render(text)

    assert render(once) == once


@BOTH
@pytest.mark.parametrize(
    "text",
    ["אhttps://a.b~~~#", "-  שלום \n ####  שלום", "- \\\nword\n- ", "``` שלום", "``` word", "~~~", "- a\n---\nb",
     "> a\n#### b", "1. a\n##### b\nc", "- a\n  - b\n***", "- a\n$$x^2$$", "これは**「重要」**です"],
)  # fmt: skip
def test_a_second_pass_over_what_was_read_otherwise_once_changes_nothing(render: Render, text: str) -> None:
    once = render(text)

    assert render(once) == once


@BOTH
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- a\n#### b", "- a\n\n**b**"),
        ("1. a\n---\nb", "1. a\n\n────────────\nb"),
        ("> a\n#### b", "> a\n\n**b**"),
        ("> - a\n> #### b", "> - a\n> \n> **b**"),
        ("- a\n\n#### b", "- a\n\n**b**"),
        ("a\n#### b", "a\n**b**"),
    ],
)
def test_a_heading_and_a_rule_are_no_words_of_the_item_above(render: Render, text: str, shown: str) -> None:
    assert render(text) == shown


@BOTH
@pytest.mark.parametrize("text", ["``` word", "```word", "``` שלום", "a\n\n``` הנה"])
def test_words_behind_a_fence_that_nothing_follows_stay(render: Render, text: str) -> None:
    assert text.rsplit(maxsplit=1)[-1].strip("`") in render(text)


@BOTH
@pytest.mark.parametrize(
    "text", ["|---|---|\n\xa0", "\xa0\nowl", "\x1c\nowl", "owl\n\x1c\nowl", "- \x0b\n  owl", "\u2028\nowl\u2028"]
)
def test_lines_that_only_look_empty_are_no_trouble(render: Render, text: str) -> None:
    assert render(text) == text


@BOTH
@given(blocks=st.lists(BLOCKS, min_size=1, max_size=6))
def test_every_word_is_there_in_order(render: Render, blocks: list[tuple[str, list[tuple[str, int]]]]) -> None:
    words = [word for _, run in blocks for word, kind in run if kind != 8]

    assert in_order(words, render("\n\n".join(written(blocks))))


@BOTH
@given(cells=st.lists(st.tuples(WORD, WORD, WORD), min_size=2, max_size=6))
def test_every_word_of_a_table_is_there(render: Render, cells: list[tuple[str, str, str]]) -> None:
    header, *rows = (f"| {' | '.join(row)} |" for row in cells)
    rendered = render("\n".join([header, "|---|---|---|", *rows]))

    assert in_order([word for row in cells[1:] for word in row], rendered)
    assert all(word in without_controls(rendered) for word in cells[0])


@BOTH
@given(code=st.lists(CODE_LINE, min_size=1, max_size=12), before=ANYTHING, end=st.sampled_from([[], ["```"]]))
def test_every_line_of_code_stays_as_it_is(render: Render, code: list[str], before: str, end: list[str]) -> None:
    block = "\n".join(["```", *code, *end])

    assert render(f"word\n\n{block}").endswith(block)
    assert render(before.replace("`", "").replace("~", "").replace("<", "") + f"\n\n{block}").endswith(block)


@BOTH
@given(blocks=st.lists(BLOCKS, min_size=2, max_size=6), count=st.integers(1, 5))
def test_what_stands_before_the_last_block_never_changes(
    render: Render, blocks: list[tuple[str, list[tuple[str, int]]]], count: int
) -> None:
    whole = written(blocks)
    beginning = render("\n\n".join([*whole[:count], "word"])).removesuffix("word")

    assert render("\n\n".join([*whole[:count], "word", *whole[count:]])).startswith(beginning)


PROSE = (
    "Owls hunt by **night**, in `silence`. They see [well](https://owl.example), and\nhear well.\n\n- one\n- two\n\n"
)


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "Owls hunt at night, in silence.\n\n# They\n\n- see\n- hear\n\n```python\n$x$\n```\n",
        "שלום לכולם, מה שלומכם היום? טוב.",
    ],
)
def test_plain_text_only_grows(render: Render, text: str) -> None:
    shown = [render(text[:length]).rstrip() for length in range(len(text) + 1)]

    assert [later for now, later in pairwise(shown) if not later.startswith(now)] == []


SIX_KB = {
    "prose": PROSE,
    "hebrew": "אני כותב טקסט ארוך על Python ועל C++ עם `code` ועוד מילים רבות, וגם (GPT-4!) או 50%.\n\n- פריט\n\n",
    "mixed": PROSE
    + "| owl | eyes |\n|---|---|\n| snowy | 2 |\n| elf | 2 |\n\n#### So $x^2$<br>is\n\n> \\(a < b\\)\n\n---\n\n",
}


@BOTH
@pytest.mark.parametrize("kind", SIX_KB)
def test_six_kilobytes_that_have_grown_by_a_word_take_no_time_to_speak_of(render: Render, kind: str) -> None:
    text = (SIX_KB[kind] * 100)[:6000]
    grown = cycle(text + " owl" * number for number in range(8))

    # Some 3 to 8 ms on two busy cores; the bound leaves room for slower ones.
    assert is_ever(lambda: seconds(lambda: render(next(grown))) < 0.030)


@BOTH
@pytest.mark.parametrize(
    "part",
    ["[", "](", "[a](", "![", "`", "`a``", "*", "**a", "_a", "~~", "<", "<b>", "</b>", "<a href='x'>", "$", "$x$",
     "$$\n", "\\(", "\\[\n", "|", "|-|\n", "a|b|c\n|-|\n", "> ", "- ", "\n\n", "://", "https://a", "&", "&amp;", "[^1]",
     "א", "אa ", "א(", "א1+", "a.", "x\n=\n"],
)  # fmt: skip
def test_no_text_takes_more_than_its_length_explains(render: Render, part: str) -> None:
    numbers = count(1)  # nothing is remembered of a text that was never there

    def read(size: int) -> None:
        render((part * size)[:size] + "x" * next(numbers))

    assert Yardstick(partial(read, 4_000), least_s=0.025).outlasts(partial(read, 16_000), times=12)


# What was ever seen to take long, and its neighbours: quotes, brackets, angles, marks, code, references, tables.
HOSTILE = (
    "\n> ```\n<sub>", "> - \n|-|\n", "> a\n=\n ---\n", "> # a\nb\n", "> a\nb\n", "> > > a\n> b\n",
    "- > a\n> - ~~~\n", "- - - - - - - - a\n", "- a\n\n  ", "[", "![", "](", "[a](", "[[a] ", "<", "<b>",
    "<b>a", "<p>a</p>", "<div>{", "<https://a|b>", "*a *", "**a", "***a", "_*", "a_", "__a__ ", "~~a~~ ",
    "||", "a||b", "`", "`a``", "`*` *", "&amp;", "&#42;", "\\(", "\\[\n", "$a ", "$$\n", "\\", "|-|\n",
    "a|b|c\n|-|\n", "|a|b\n|-|-|\n|`a||b`|c|\n", "א_", "א_a ", "ש _", "א(", "（**a**）", "\u202e", "\u2066",
    "[📖](https://a.b) ", "#### **a**\n", ">>> \n",
)  # fmt: skip
LONG = 24_000


RANDOM = Random(1)


def prose() -> str:
    """A text as models write it, no paragraph of it twice, nor in an earlier one: nothing of it is remembered."""
    return "\n\n".join(PROSE.strip().replace("hear", f"hear {RANDOM.random()}") for _ in range(LONG // 100))[:LONG]


def reading_prose(render: Render) -> Yardstick:
    return Yardstick(lambda: render(prose()))


PLAIN = dict(zip(RENDERS, map(reading_prose, RENDERS), strict=True))


@BOTH
@pytest.mark.parametrize("shape", HOSTILE)
def test_the_time_a_text_takes_grows_with_its_length_alone(render: Render, shape: str) -> None:
    numbers, text = count(1), shape * LONG

    # Worst today: 14 times what prose takes. What grew with the square of the length took 150 times.
    assert PLAIN[render].outlasts(lambda: render(f"&amp;{'x' * next(numbers)}{text}"[:LONG]), times=40)
