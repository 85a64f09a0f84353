"""Every row of the table of dialects: what it marks is never shown, however the text comes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reasoning import DIALECTS, Hold, MarkKind, ModelDialect, ReasoningFilter, Screen, Speakers, without_reasoning
from bot.reasoning.expressions import example
from tests.costs import is_ever, seconds
from tests.reasoning.test_filtering import cuts, pieced

THOUGHT = "ZQ ZZQQ, Z_Q.\n\nQZ: `ZQ`"
LEFT_OUT = frozenset("ZQ")


def named(dialect: ModelDialect) -> str:
    return f"{dialect.kind.name} {dialect.opening}"


def texts(dialect: ModelDialect) -> Iterator[tuple[str, str]]:
    """Return texts that use a dialect in every way it can be used, and what is left of each."""
    opening, closings = example(dialect.opening), [example(mark) for mark in dialect.closings]
    match dialect.kind:
        case MarkKind.REASONING | MarkKind.CALL:
            yield f"{opening}{THOUGHT}", ""
            yield from ((f"{opening}{THOUGHT}{closing}\n\nHello!", "Hello!") for closing in closings)
            if not dialect.is_first:
                yield from ((f"\n{opening}{closing}Hello!", "Hello!") for closing in closings)
            yield from ((f"{opening}{THOUGHT}{closing}", "") for closing in closings)
            if not dialect.is_first:
                yield from (
                    (f"One. {opening}{THOUGHT}{closing}Two. {opening}{THOUGHT}{closing}", "One. Two. ")
                    for closing in closings
                    if closing.endswith(">") and "final" not in closing
                )
                yield f"```\n{opening}a\n```", f"```\n{opening}a\n```"
                yield f"It is `{opening}`.", f"It is `{opening}`."
                yield f'It is "{opening}" or “{opening}”.', f'It is "{opening}" or “{opening}”.'
        case MarkKind.TURN:
            yield f"Paris.\n{opening}\n{THOUGHT}", "Paris."
            yield f"Paris. {opening}{THOUGHT}{closings[0]}Rome.", "Paris."
            yield f"{opening}{THOUGHT}{closings[0]}\nParis.", "Paris."
            yield f"{closings[0]}\nParis.", "Paris."
        case MarkKind.END:
            yield f"Paris.{opening}", "Paris."
            yield f"Paris.\n{opening}\n\nHuman: {THOUGHT}", "Paris."
            yield f"{opening}Paris.", "Paris."
            yield f"It is `{opening}`.", f"It is `{opening}`."
        case MarkKind.ANSWER:
            yield f"{THOUGHT}{opening}Paris.", "Paris."
            yield f"{opening}Paris.", "Paris."
        case MarkKind.WRAPPER:
            yield f"{opening}\nParis.\n{closings[0]}", "Paris."
            yield f"<think>{THOUGHT}</think>{opening}Paris.{closings[0]}", "Paris."
            yield f"Write {opening}a{closings[0]}.", f"Write {opening}a{closings[0]}."
        case MarkKind.TEXT:
            yield f"Say {opening} now.", f"Say {opening} now."
        case MarkKind.TOKEN:
            yield f"{opening} Paris.", "Paris."


TEXTS = [
    pytest.param(text, left, id=f"{named(dialect)} {number}")
    for dialect in DIALECTS
    for number, (text, left) in enumerate(texts(dialect))
]


@pytest.mark.parametrize(("text", "left"), TEXTS)
def test_what_a_row_marks_is_left_out(text: str, left: str) -> None:
    assert without_reasoning(text).strip() == left.strip()


@pytest.mark.parametrize(("text", "left"), TEXTS)
def test_it_does_not_matter_where_a_text_with_marks_is_cut(text: str, left: str) -> None:
    whole = without_reasoning(text)
    random = Random(text)
    ways = [list(text), *cuts(text, 1), *(pieces(text, random) for _ in range(20))]

    assert {pieced(way) for way in ways} == {whole}
    assert whole.strip() == left.strip()


@pytest.mark.parametrize(
    "dialect", [each for each in DIALECTS if each.closings and each.kind is not MarkKind.WRAPPER], ids=named
)
@pytest.mark.parametrize("hold", [Hold.NOTHING, Hold.OPENING])
def test_no_sign_of_what_stands_between_marks_is_ever_shown(dialect: ModelDialect, hold: Hold) -> None:
    for closing in dialect.closings:
        screen = Screen(hold)
        text = f"{example(dialect.opening)}{THOUGHT}{example(closing)}hello"
        shown = [screen.feed(sign) for sign in text]
        shown.append(screen.finish(is_whole=True))

        assert not LEFT_OUT & set("".join(words.text for words in shown))
        assert not any(words.withdraws for words in shown)


@pytest.mark.parametrize(
    "dialect", [each for each in DIALECTS if each.kind is MarkKind.REASONING and each.closes_alone], ids=named
)
def test_a_closing_mark_alone_takes_back_all_before_it(dialect: ModelDialect) -> None:
    for closing in map(example, dialect.closings):
        assert pieced(list(f"{THOUGHT}{closing}\n\nHello!")) == "Hello!"


MARKS = [example(mark) for each in DIALECTS for mark in (each.opening, *each.closings)]
SIGNS = [
    *"`~\n \\a>\"'“”*<[|:-",
    "```",
    "\n\n",
    "\nBob:",
    "Bob: ",
    "Lyceum: ",
    "**Bob**:",
    "<think a=1>",
    "word ",
    "\u200b",
]


@given(st.lists(st.sampled_from(SIGNS) | st.sampled_from(MARKS), max_size=12))
def test_no_mixture_of_marks_depends_on_its_pieces(parts: list[str]) -> None:
    speakers, text = Speakers(own="Lyceum", others=["Bob"]), "".join(parts)
    whole = without_reasoning(text, speakers=speakers)

    assert pieced(parts, speakers) == pieced(list(text), speakers) == whole


def test_no_mark_is_the_beginning_of_another() -> None:
    marks = {mark for each in DIALECTS for mark in (each.opening, *each.closings) if "{name}" not in mark}
    written = {mark: example(mark).lower() if mark[0] in "<◁|" else example(mark) for mark in marks}

    assert [(a, b) for a in marks for b in marks if a != b and written[b].startswith(written[a])] == []


def test_every_row_says_where_it_is_known_from() -> None:
    assert [each for each in DIALECTS if not each.models or not each.source] == []


SIGNS_OF_MARKS = pytest.mark.parametrize(
    "sign", ["<", "[", "<|", "</", "`<", "a", "assistant", "<think", "\n", '"<', "*", "◁", "`", "<x "]
)
LONG = 24_000
LEAST_S = 0.05


@SIGNS_OF_MARKS
def test_a_text_costs_as_much_as_it_is_long(sign: str) -> None:
    def read(length: int) -> None:
        screen = ReasoningFilter()
        screen.feed((sign * length)[:length])
        screen.finish()

    def is_even() -> bool:
        took_s = seconds(partial(read, LONG))
        return took_s < LEAST_S or took_s < 3 * seconds(partial(read, LONG // 2))

    assert is_ever(is_even)


@SIGNS_OF_MARKS
def test_a_text_costs_as_much_as_it_is_long_sign_by_sign(sign: str) -> None:
    def is_even() -> bool:
        screen = ReasoningFilter()
        text = (sign * LONG)[:LONG]
        half_s = seconds(lambda: [screen.feed(each) for each in text[: LONG // 2]])
        rest_s = seconds(lambda: [screen.feed(each) for each in text[LONG // 2 :]]) + seconds(screen.finish)
        return half_s + rest_s < LEAST_S or half_s + rest_s < 3 * half_s

    assert is_ever(is_even)


def pieces(text: str, random: Random) -> list[str]:
    """Return a text in pieces of any length."""
    left, cut = text, []
    while left:
        length = random.randint(1, 9)
        cut.append(left[:length])
        left = left[length:]
    return cut
