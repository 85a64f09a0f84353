"""The blocks of a Markdown text, and the lines they stand on. Pure.

Read as chat platforms show it: code stands between fences only (indenting makes none), HTML is text, and a table ends
where its bars do. Definitions of links are text, so that what comes later never changes what came before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, blockquote, fence, table
from markdown_it.token import Token

from adapters.block_parser import BlockParser
from adapters.rendering.formulas import is_bracketed_formula, is_priced_formula

# No formula has more lines; bounds how far the end of one is looked for.
_MOST_LINES = 50
# `-` alone is a list that begins.
_SHORTEST_UNDERLINE = 3
_FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}(?=[^~]*$)")
# A heading, a drawn line.
_ONE_LINE = re.compile(r"#{1,6}(?: |$)|(?:[-*_][ \t]*){3,}$")
_PROMPT = re.compile(r">>>(?: |$)")
_CLOSING = {"\\[": "\\]", "$$": "$$"}


def blocks(text: str) -> Sequence[Token]:
    """Return the tokens of the blocks, with the lines they take; lines end with a line feed alone."""
    return _PARSER.parse(text)


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find a table; a line without a bar ends it."""
    if not table(state, start, end, True):
        return False
    if silent:
        return True
    last = start + 2
    while last < end and "|" in _line(state, last):
        last += 1
    before = state.bMarks[start] + state.tShift[start] - state.src.rfind("\n", 0, state.bMarks[start]) - 1
    count = len(state.tokens)
    found = table(state, start, last, False)
    state.tokens[count].meta["prefix_chars"] = before
    return found


def _fenced(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find code between fences; `~~~a~~~` on one line, which the standard takes for a beginning, is words."""
    if _line(state, start).startswith("~~~") and _FENCE.match(_line(state, start)) is None:
        return False
    return fence(state, start, end, silent)


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find a quote; a line behind `>>> ` is a program's, and would hold all that follows elsewhere."""
    if _PROMPT.match(_line(state, start)):
        return False
    return blockquote(state, start, end if silent else _end_of_quote(state, start, end), silent)


def _end_of_quote(state: StateBlock, start: int, end: int) -> int:
    """Return the line behind those with a quote's mark, and behind those that go on with its last paragraph.

    Such a line ends there if it may begin another block. Else each quote would be looked for up to the text's end.
    """
    number, opened, goes_on = start, "", False
    while number < end and (line := _line(state, number)).startswith(">"):
        content = line.lstrip("> \t")
        marks = _FENCE.match(content)
        if opened:
            is_closed = marks is not None and content.rstrip() == marks[0] and marks[0].startswith(opened)
            opened, goes_on = "" if is_closed else opened, False
        elif marks:
            opened, goes_on = marks[0], False
        else:
            goes_on = bool(content.strip()) and not _ONE_LINE.match(content)
        number += 1
    while goes_on and number < end and (line := _line(state, number)).strip() and not line.startswith(">"):
        number += 1
        goes_on = line[0].isalpha()
    return number


def _formula(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find a formula on lines of its own."""
    first = _line(state, start)
    closing = _CLOSING.get(first[:2])
    if closing is None:
        return False
    lines = [first[2:]]
    for number in range(start, min(end, start + _MOST_LINES)):
        if number > start:
            lines.append(_line(state, number))
        is_other = number > start and closing != first[:2] and lines[-1].startswith(first[:2])
        if is_other or not _line(state, number).strip() or state.sCount[number] < state.blkIndent:
            return False
        before, found, behind = lines[-1].partition(closing)
        if found:
            content = "\n".join((*lines[:-1], before))
            # Between lines of their own its marks mean nothing else; on one line they may be brackets.
            if behind.strip() or not content.strip() or (number == start and not _is_one(content, first[:2])):
                return False
            if not silent:
                token = state.push("formula", "", 0)
                token.content = content
                token.map, token.markup = [start, number + 1], first[:2]
                state.line = number + 1
            return True
    return False


def _is_one(content: str, opening: str) -> bool:
    if opening == "\\[":
        return is_bracketed_formula(content, is_square=True, before="")
    return is_priced_formula(content.strip(), "")


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["block"])
    parser.block.ruler.disable(["code", "html_block", "reference"])
    interrupts: RuleOptionsType = {"alt": ["paragraph", "blockquote", "list"]}
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.at("fence", _fenced, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.block.ruler.at("blockquote", _quote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.block.ruler.before("blockquote", "formula", _formula, interrupts)
    return BlockParser.of(parser, shortest_underline=_SHORTEST_UNDERLINE)


_PARSER = _make_parser()
