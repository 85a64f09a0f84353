"""What is read in fewer steps reads as in all of them: blocks, addresses, and paragraphs of the plainest marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink

from adapters.block_parser import BlockParser
from adapters.discord.dialect import to_discord
from adapters.rendering import render as rendering
from adapters.rendering.parsing import _PARSER
from adapters.rendering.remembered import forget_texts
from adapters.rendering.simple import is_simple
from adapters.slack.dialect import to_slack

Render = Callable[[str], str]
LINES = (
    "words", "- a", "+ b", "* c", "1. d", "2) e", "> f", ">> g", "# h", "###", "---", "===", "=", "-", "* * *", "___",
    "    code", "\tcode", "```", "~~~", "|a|b|", "|-|-|", "a|b", "-|-", "|1|2|", "", "", " ", "  in", "      deep",
    "<div>", "</div>", "[a]: /b", "[a]:", "> ```", "> |a|", "> |-|", "- > q", "10. long", "1.", "-", "#no", "`a`",
    ":-:",
)  # fmt: skip
PIECES = (
    "owl", "Owls hunt", " ", " ", ", ", ". ", ": ", "! ", "? ", "- ", "-", "(", ")", "'s", "\n", "**bold**", "*words*",
    "**a b:**", "`x_y`", "`a*b`", "`||`", "[here](https://owl.example/a-b?c=d)", "[a b](http://x.y)", "**", "*", "`",
    "[", "]", "](", "https://a.b", "1", "5*3", "–", "“so”", "é", "日本", "「a」", "🦉", "\ufe0f", "\u200b", "$5", "&",
    "<", "_a_", "~", "|", "#", "\\", ">", "+", "=", "1. ", "  ", "[x](/y)", "[a.b](https://c.d)", "``", "`` ` ``", "@a",
    ":a:",
)  # fmt: skip


ADDRESS = r"https?://[a-zA-Z0-9.\-]{1,8}(:[0-9]{0,6})?[/?#a-zA-Z0-9\-._~=&+,;:@!$*()'%|\[\]]{0,12}"


def shape(tokens: Sequence[object]) -> list[object]:
    names = ("type", "tag", "map", "content", "markup", "level", "hidden")
    return [[getattr(token, name) for name in names] for token in tokens]


@given(st.lists(st.sampled_from(LINES), max_size=12))
@example(["> a", "words", "==="])
@example([">> a", "words", "=", "==="])
@example(["- a", "  ---", "b"])
def test_blocks_are_those_of_the_parser_itself(lines: list[str]) -> None:
    text = "\n".join(lines)
    known, ours = MarkdownIt("commonmark").enable("table"), BlockParser.of(MarkdownIt("commonmark").enable("table"))

    assert shape(ours.parse(text)) == shape(known.parse(text))


@given(st.from_regex(ADDRESS, fullmatch=True))
@example("https://owl.example/a_b?c=d&e=%20#f")
@example("https://OWL.example")
@example("http://a..b")
def test_an_address_is_written_as_the_parser_itself_would(address: str) -> None:
    assert _PARSER.normalizeLink(address) == normalizeLink(address)


@pytest.mark.parametrize("render", [to_discord, to_slack])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join))
@example("**Note:** Owls see `x_y` [here](https://owl.example), *so*.")
@example("a [b](https://c.d)[e](https://f.g)")
@example("`a``b`")
@example("a\n- \nb")
def test_a_paragraph_of_the_plainest_marks_is_written_as_any_other(render: Render, text: str) -> None:
    forget_texts()
    shortly = render(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "is_simple", lambda lines: False)  # noqa: ARG005 - as it is called
        forget_texts()
        fully = render(text)
    forget_texts()

    assert shortly == fully


@pytest.mark.parametrize(
    "text",
    ["Owls hunt by **night**, in `silence`: see [here](https://owl.example).", "Plain – words, it’s “so”; R(1)!"],
)
def test_what_most_paragraphs_of_answers_are_takes_the_short_way(text: str) -> None:
    assert is_simple([text])
