"""Blocks of Markdown as rows: headings, lists, quotes, tables, rules, and code between fences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markdown_it.token import Token
from rich.style import Style
from rich.syntax import Syntax
from rich.text import Text

from adapters.console.paper import LEAST_COLUMNS, TAB_COLUMNS, Paper, harmless_code
from adapters.console.tables import table_rows
from adapters.console.words import styled
from adapters.fences import Fence
from adapters.rendering import code_languages
from adapters.rendering.blocks import blocks
from adapters.rendering.code import Line, LineRole
from adapters.rendering.latex import readable

_DIM = Style(dim=True)
_HEADINGS = {1: Style(bold=True, underline=True, color="magenta"), 2: Style(bold=True, color="magenta")}
_HEADING = Style(bold=True)
_TASKS = ("[ ] ", "[x] ", "[X] ")
RULE_COLUMNS = 12
# A line is read with so much code above it: what began there, such as a long string, colours it.
_LINES_ABOVE = 100
_INDENTED = "    "


class Blocks:
    """Writes the lines of a text as rows, in as many calls as it comes in.

    A blank line of the text is a blank row, however many there are; none stands above the first words.
    """

    def __init__(self) -> None:
        self._is_begun = False
        self._gap = False
        self._code_above: list[str] = []

    def copy(self) -> Blocks:
        """Return what goes on from here, to look ahead."""
        other = Blocks()
        other._is_begun, other._gap, other._code_above = self._is_begun, self._gap, [*self._code_above]
        return other

    def rows(self, lines: Sequence[Line], paper: Paper, *, may_be_broken: bool) -> list[Text]:
        """Return the next lines as rows; with `may_be_broken` long lines of code are left to the terminal to break."""
        written: list[Text] = []
        for is_text, run in groupby(lines, lambda line: line.role is LineRole.TEXT):
            if is_text:
                written += self._text([line.text for line in run], paper)
            else:
                written += self._code([*run], paper, may_be_broken=may_be_broken)
        return written

    def _text(self, lines: Sequence[str], paper: Paper) -> Iterator[Text]:
        """Write text as deep as it is indented: without what it stands in, its first lines would be code."""
        indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
        for row in Layout([line[indent:] for line in lines], paper).rows(paper.columns - indent, is_first=indent == 0):
            if row is None:
                self._gap = True
                continue
            yield from self._after_gap(row if not indent else Text(" " * indent).append_text(row))

    def _after_gap(self, row: Text) -> Iterator[Text]:
        if self._gap and self._is_begun:
            yield Text()
        self._gap, self._is_begun = False, True
        yield row

    def _code(self, lines: Sequence[Line], paper: Paper, *, may_be_broken: bool) -> Iterator[Text]:
        colours = self._coloured([line for line in lines if line.role is LineRole.CODE])
        for line in lines:
            assert line.fence
            before = _lead(line.lead if line.role is LineRole.OPENING else line.fence.lead, paper)
            room = max(paper.columns - before.cell_len, LEAST_COLUMNS)
            if line.role is not LineRole.CODE:
                self._code_above = []
                yield from self._after_gap(Text.assemble(before, _edge(line, paper)))
                continue
            row = next(colours)
            whole = not before.plain and may_be_broken
            for part in [row] if whole else paper.folded(row, room):
                yield from self._after_gap(Text.assemble(before, part))

    def _coloured(self, lines: Sequence[Line]) -> Iterator[Text]:
        """Return lines of one fence in the colours of its language."""
        written: list[Text] = []
        for _, run in groupby(lines, lambda line: line.fence):
            same = [*run]
            assert same[0].fence
            code = [harmless_code(_content(line)) for line in same]
            shown = _highlighted([*self._code_above, *code], same[0].fence)
            written += shown[len(self._code_above) :]
            self._code_above = [*self._code_above, *code][-_LINES_ABOVE:]
        return iter(written)


def _lead(lead: str, paper: Paper) -> Text:
    """Return what stands before code: bars of quotes, the mark of an item that begins with it, blanks."""
    signs = paper.signs
    return Text(
        "".join(
            {">": signs.bar, "-": signs.item, "*": signs.item, "+": signs.item}.get(sign, sign)
            for sign in lead.expandtabs(TAB_COLUMNS)
        )
    )


def _content(line: Line) -> str:
    """Return a line of code without what its fence stands in."""
    assert line.fence
    *_, rest = line.text.split(">", line.fence.depth) if line.fence.depth else [line.text]
    *_, own = line.fence.lead.rsplit(">", 1)
    blanks = len(rest) - len(rest.lstrip(" "))
    return rest[min(blanks, len(own)) :]


def _edge(line: Line, paper: Paper) -> Text:
    """Return the row that begins code, with its language, or ends it."""
    assert line.fence
    edge = Text(paper.signs.rule * 3, style=_DIM)
    language = line.fence.language if line.role is LineRole.OPENING else ""
    return edge.append(f" {harmless_code(language)}", style=_DIM) if language else edge


def _highlighted(code: Sequence[str], fence: Fence) -> list[Text]:
    language = code_languages.named(fence.info) or "text"
    syntax = Syntax("", language, theme="ansi_dark", tab_size=TAB_COLUMNS)
    text = syntax.highlight("\n".join(code))
    lines = [*text.split("\n", allow_blank=True)]
    # A lexer that takes or adds something at the ends, or elsewhere, does not have its colours.
    if [line.plain for line in lines[: len(code)]] != [*code]:
        return [Text(line) for line in code]
    return lines[: len(code)]


class Layout:
    """Lays out blocks of text; None among its rows is a blank line."""

    def __init__(self, lines: Sequence[str], paper: Paper) -> None:
        self._lines = lines
        self._paper = paper
        self._tokens = blocks("\n".join(lines))

    def rows(self, columns: int, *, is_first: bool) -> Iterator[Text | None]:
        """Yield the rows; `is_first`: lines that are indented by four columns are code."""
        at = 0
        self._is_outermost = is_first
        for start, end in _siblings(self._tokens, 0, len(self._tokens)):
            top = self._tokens[start].map or [at, at]
            yield from self._gaps(at, top[0])
            yield from self._block(start, end, max(columns, LEAST_COLUMNS))
            at = _end_of(self._lines, *top)
        yield from self._gaps(at, len(self._lines))

    def _gaps(self, start: int, end: int) -> Iterator[None]:
        if any(not line.strip(" \t>") for line in self._lines[start:end]):
            yield None

    def _inner(self, start: int, end: int, columns: int) -> Iterator[Text | None]:
        """Yield the rows of the blocks between two tokens."""
        at: int | None = None
        for first, last in _siblings(self._tokens, start, end):
            top = self._tokens[first].map or [0, 0]
            if at is not None:
                yield from self._gaps(at, top[0])
            yield from self._block(first, last, max(columns, LEAST_COLUMNS))
            at = _end_of(self._lines, *top)

    def _block(self, start: int, end: int, columns: int) -> Iterator[Text | None]:
        token = self._tokens[start]
        match token.type:
            case "heading_open":
                yield from self._heading(token, self._tokens[start + 1].content, columns)
            case "paragraph_open":
                yield from self._paragraph(token, self._tokens[start + 1].content, columns)
            case "bullet_list_open" | "ordered_list_open":
                yield from self._inner(start + 1, end, columns)
            case "list_item_open":
                yield from self._item(start, end, columns)
            case "blockquote_open":
                bar = Text(f"{self._paper.signs.bar} ", style=_DIM)
                yield from _under(bar, bar, self._inner(start + 1, end, columns - 2))
            case "table_open":
                yield from table_rows(self._tokens[start : end + 1], self._lines, self._paper, columns)
            case "formula":
                yield from self._paper.wrapped(Text(readable(token.content.strip()) or token.content), columns)
            case "hr":
                yield Text(self._paper.signs.rule * min(RULE_COLUMNS, columns), style=_DIM)

    def _heading(self, token: Token, content: str, columns: int) -> Iterator[Text]:
        words = styled(content)
        words.stylize(_HEADINGS.get(int(token.tag[1:]), _HEADING))
        yield from self._paper.wrapped(words, columns)

    def _paragraph(self, token: Token, content: str, columns: int) -> Iterator[Text]:
        lines = self._lines[slice(*token.map)] if token.map else []
        if (
            self._is_outermost
            and token.level == 0
            and all(line.expandtabs(TAB_COLUMNS).startswith(_INDENTED) for line in lines)
        ):
            for line in lines:
                yield from self._paper.folded(Text(harmless_code(line)), columns)
            return
        yield from self._paper.wrapped(styled(content), columns)

    def _item(self, start: int, end: int, columns: int) -> Iterator[Text | None]:
        token, signs = self._tokens[start], self._paper.signs
        mark = f"{token.info}{token.markup} " if token.info else f"{signs.item} "
        inner = start + 2
        if self._tokens[start + 1].type == "paragraph_open" and self._tokens[inner].content.startswith(_TASKS):
            content = self._tokens[inner].content
            mark = f"{signs.open_box if content[1] == ' ' else signs.ticked_box} "
            self._tokens[inner].content = content[4:]
        first, rest = Text(mark, style=Style(bold=True)), Text(" " * len(mark))
        written = [*self._inner(start + 1, end, columns - len(mark))]
        yield from _under(first, rest, written or [Text()])


def _siblings(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each block between two places begins and ends."""
    at = start
    while at < end:
        last, depth = at, int(tokens[at].nesting)
        while depth > 0:
            last += 1
            depth += tokens[last].nesting
        yield at, last
        at = last + 1


def _end_of(lines: Sequence[str], start: int, end: int) -> int:
    """Return where a block ends without the blank lines behind it, which a list counts as its own."""
    while end > start + 1 and not lines[end - 1].strip(" \t>"):
        end -= 1
    return end


def _under(first: Text, rest: Text, rows: Iterator[Text | None] | Sequence[Text | None]) -> Iterator[Text | None]:
    """Set something before the first row, and before each other one; blank rows of a quote have its bar."""
    before = first
    for row in rows:
        if row is None and not rest.plain.strip():
            yield None
        else:
            # Joined, and not added: what is added takes the style of what stands before it.
            yield Text.assemble(before, row or "")
            before = rest
