"""Where blocks of Markdown start: before which line of a text one may cut, and how gladly."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token

from adapters.block_parser import BlockParser
from adapters.fences import FencedLine

# A fence is shown to the parser as a rule, which holds its place in lists and quotes whatever the code may be.
_STAND_IN = "___"
# What is put before the text takes two lines and stands at most so far in.
_SHIFT = 2
_DEEPEST = 16
_GROUPS = frozenset({"bullet_list_open", "ordered_list_open", "blockquote_open"})
_INTRODUCES = (":", "：")
# A line that makes a heading, or a table's head, of the line above it, as far as it is there.
_UNDERLINE = re.compile(r"[ \t>]*[-=|:][-=|: \t]*")


# From so many lines on, of so few characters each, a text is read by the beginnings of its lines alone.
_MANY_LINES = 64
_SCRAP_CHARS, _SCRAP_OF_TABLE_CHARS = 20, 8
_LEAST_LINES_A_TABLE = 8
_GROUPED = re.compile(r"\s*(?:>|(?:[-+*]|\d{1,9}[.)])(?=\s))")


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find a table as `markdown_it.rules_block.table` does, of its rows not the cells: nobody asks for them."""
    if not table(state, start, end, True):
        return False
    if silent:
        return True
    first = line = start + 2
    ends = state.md.block.ruler.getRules("blockquote")
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if state.is_code_block(line) or any(rule(state, line, end, True) for rule in ends):
            break
        line += 1
    state.push("table_open", "table", 1).map = [start, line]
    if line > first:
        state.push("tbody_open", "tbody", 1).map = [first, line]
        for number in range(first, line):
            state.push("tr_open", "tr", 1).map = [number, number + 1]
            state.push("tr_close", "tr", -1)
        state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)
    state.line = line
    return True


def _make_parser() -> MarkdownIt:
    """Return a parser of blocks alone: what is inside a paragraph has no places in the parser's tokens."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    return BlockParser.of(parser)


_PARSER = _make_parser()


class Before(Enum):
    """What a cut before a line of text would part: blocks, items, rows, or lines that belong together."""

    BLOCK = auto()
    ITEM = auto()
    INNER = auto()
    ROW = auto()
    LINE = auto()
    # The first block after a heading, or after a line that announces it.
    TITLED = auto()
    ANNOUNCED = auto()
    # A table's first row, or the line under a heading: one does not cut here.
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Blocks:
    """By line: before what one cuts there; first line and end of each list and quote; of tables the first row too."""

    before: dict[int, Before] = field(default_factory=dict)
    groups: list[tuple[int, int]] = field(default_factory=list)
    tables: list[tuple[int, int, int]] = field(default_factory=list)

    def is_in_group(self, number: int, *, within: bool = False) -> bool:
        """Whether a cut before the line, or within it, cuts a list or a quote."""
        return _is_inside(number, self.groups, within=within)

    def is_in_table(self, number: int, *, within: bool = False) -> bool:
        """Whether a cut before the line, or within it, cuts a table."""
        return _is_inside(number, self.tables, within=within)


def _is_inside(number: int, ranges: Sequence[tuple[int, ...]], *, within: bool) -> bool:
    """Whether a line is in one of the ranges, which stand in order and begin and end with a number."""
    index = bisect_left(ranges, (number + within,)) - 1
    return index >= 0 and number < ranges[index][-1]


def read(lines: Sequence[FencedLine]) -> Blocks:
    """Read the blocks of a text that may start, and end, in the middle of one."""
    blocks = Blocks()
    titles: set[int] = set()
    if _is_of_scraps(lines):
        _read_roughly(lines, blocks, titles)
    else:
        for token in _PARSER.parse(_indented("\n".join(map(_shown, lines)), first=lines[0].text)):
            if token.map:
                _take(token, blocks, titles)
    _tie(lines, blocks.before, titles)
    return blocks


def _is_of_scraps(lines: Sequence[FencedLine]) -> bool:
    """Whether a text has so many lines of so few characters that parsing them takes long."""
    if len(lines) < _MANY_LINES or lines[-1].start > _SCRAP_CHARS * len(lines):
        return False
    tables = sum(
        "|" in line.text and "-" in line.text and _UNDERLINE.fullmatch(line.text) is not None for line in lines
    )
    is_one = lines[-1].start >= _SCRAP_OF_TABLE_CHARS * len(lines) and tables * _LEAST_LINES_A_TABLE < len(lines)
    return not tables or not is_one


def _read_roughly(lines: Sequence[FencedLine], blocks: Blocks, titles: set[int]) -> None:
    """Read where blocks, items and quotes begin, by the beginnings of lines."""
    is_fresh, group = True, -1
    for number, line in enumerate(lines):
        text = line.text
        if line.fence or not text.strip():
            is_fresh = not line.fence
            continue
        is_marked = _GROUPED.match(text) is not None
        is_indented = text[0].isspace()
        if group >= 0 and not is_marked and not is_indented and is_fresh:
            blocks.groups.append((group, number))
            group = -1
        if is_indented:
            kind = Before.INNER if is_marked or is_fresh else None
        elif is_marked:
            kind = Before.ITEM if group >= 0 else Before.BLOCK
            group = group if group >= 0 else number
        else:
            kind = Before.BLOCK if is_fresh or line.opens or text[0] == "#" else None
        if kind:
            blocks.before[number] = kind
        if text[0] == "#":
            titles.add(number)
        is_fresh = False
    if group >= 0:
        blocks.groups.append((group, len(lines)))


def _indented(text: str, *, first: str) -> str:
    """Put an item of a list before a text that starts indented: it goes on with one."""
    width = min(len(first[: len(first) - len(first.lstrip())].expandtabs(4)), _DEEPEST)
    return f"{'- ' * (width // 2)}{' ' * (width % 2)}x\n\n{text}"


def _shown(line: FencedLine) -> str:
    """Return the line as the parser is to read it."""
    if line.fence:
        return ">" * line.fence.depth
    if line.opens:
        return line.text[: len(line.opens.lead)] + _STAND_IN
    return line.text.replace("\r", " ")


def _take(token: Token, blocks: Blocks, titles: set[int]) -> None:
    first, end = (number - _SHIFT for number in token.map or ())
    if token.type in _GROUPS and not token.level:
        blocks.groups.append((first, end))
    elif token.type == "tbody_open":
        blocks.before[first] = Before.NEVER
        blocks.tables[-1] = (blocks.tables[-1][0], first, end)
    elif token.type == "table_open":
        blocks.tables.append((first, end, end))
    elif token.type == "heading_open":
        titles.add(first)
    # Tokens come from the outside to the inside: the first one says it.
    blocks.before.setdefault(first, _before(token))


def _before(token: Token) -> Before:
    match token.type, token.level:
        case "tr_open", _:
            return Before.ROW
        case _, 0:
            return Before.BLOCK
        case "list_item_open", 1:
            return Before.ITEM
    return Before.INNER


def _tie(lines: Sequence[FencedLine], before: dict[int, Before], titles: set[int]) -> None:
    """Tie to the line above what should not stand apart from it."""
    above = None
    for number, line in enumerate(lines):
        if not line.text.strip():
            continue
        kind = before.get(number)
        if above is not None and kind in (Before.BLOCK, Before.INNER):
            if above in titles:
                before[number] = Before.TITLED
            elif lines[above].is_text and lines[above].text.rstrip().endswith(_INTRODUCES):
                before[number] = Before.ANNOUNCED
        elif kind is None and line.is_text:
            before[number] = Before.LINE
        above = number
    last = len(lines) - 1
    if lines[last].is_text and last and lines[last - 1].text.strip() and _UNDERLINE.fullmatch(lines[last].text):
        before[last] = Before.NEVER
