"""One section of a text, its blocks written as the dialect's platform reads them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from markdown_it.token import Token

from adapters.fences import Fence
from adapters.rendering import code
from adapters.rendering.blocks import blocks
from adapters.rendering.code import Line, LineRole
from adapters.rendering.dialect import Dialect
from adapters.rendering.direction import Bit, has_right_to_left, reads_right_to_left, without_controls
from adapters.rendering.latex import readable
from adapters.rendering.lines import Order, joined, line_of, lines_of, ordered
from adapters.rendering.parsing import pieces
from adapters.rendering.parting import parted
from adapters.rendering.pieces import Kind, raw, without_strong
from adapters.rendering.prefixes import as_deep, before, behind, found_again, under, without_beginning
from adapters.rendering.simple import is_simple, with_angles
from adapters.rendering.source import with_flat_quotes, without_empty_ends
from adapters.rendering.tables import Align, Table, align_of, aligned, rows_of
from adapters.rendering.tags import MOST_DEPTH, RULE, is_layout
from adapters.rendering.unseen import harmless, is_suspect, without_open_embeddings
from adapters.rendering.writing import bits, lines, plain

DEEPEST_HEADING = 3  # that a platform shows as one


@dataclass(frozen=True, slots=True)
class Known:
    """What is known where a section of a text begins.

    Whether it mixes directions, which is its own, the fence and the tags of layout that are open.
    """

    is_mixed: bool
    is_right_to_left: bool | None = None
    fence: Fence | None = None
    opened_tags: tuple[str, ...] = ()


class Rendering:
    """One section of a text on its way."""

    def __init__(self, lines: Sequence[Line], dialect: Dialect, known: Known, *, is_last: bool) -> None:
        self._read_in(lines)
        if dialect.has_flat_quotes and (flat := with_flat_quotes(self._read, self._tokens)) is not None:
            self._read_in(code.read(flat, known.fence))
        self._source = list(dialect.code(self._read))
        self._fences = [number for number, line in enumerate(self._read) if line.role is LineRole.OPENING]
        self._dialect = dialect
        self._open_items = 0
        self._opened_tags = [*known.opened_tags]
        self._has_right_to_left = known.is_mixed
        self._is_right_to_left = known.is_right_to_left
        seen = (number for number, line in enumerate(self._source) if without_controls(line).strip())
        self._last = max(seen, default=0) if is_last else len(self._source)

    def _read_in(self, lines: Sequence[Line]) -> None:
        self._read = lines
        self._tokens = blocks("\n".join(map(code.masked, self._read)))

    def known(self) -> Known:
        """Return what is known behind it."""
        opened = tuple(self._opened_tags[-MOST_DEPTH:])
        return Known(self._has_right_to_left, self._is_right_to_left, code.left_open(self._read), opened)

    def lines(self) -> Iterator[str]:
        """Yield the lines; those of no block that is written anew as they were."""
        at = 0
        for start, end, written in self._rewritten():
            yield from self._source[at:start]
            yield from written
            at = end
        yield from self._source[at:]

    def _rewritten(self) -> Iterator[tuple[int, int, Sequence[str]]]:
        table: list[Token] = []
        for index, token in enumerate(self._tokens):
            self._open_items += token.nesting if token.type.startswith("list_item_") else 0
            if token.type == "list_item_open" and token.markup == "+" and token.map:
                self._begin_with_dash(token.map[0], is_before_rule=self._is_rule(self._tokens[index + 1]))
            if token.type == "table_open" or table:
                table.append(token)
                if token.type == "table_close":
                    yield self._table(table)
                    table = []
            elif token.map is not None and token.type != "inline":
                written = parted(self._block(index, token, *token.map), self._tokens, index, self._source)
                if written is not None:
                    yield (*token.map[:2], written)  # type: ignore[misc] # a map is a pair

    def _is_rule(self, token: Token) -> bool:
        return token.type == "hr" and token.map is not None and self._read[token.map[0]].role is LineRole.TEXT

    def _begin_with_dash(self, number: int, *, is_before_rule: bool) -> None:
        """Let an item begin as every platform knows it; one without words stays: a row of dashes is a rule."""
        # The first plus, since what stands before it are marks of outer blocks.
        line = self._source[number].replace("+", "-", 1)
        if is_before_rule or set(line) - set("- \t>"):
            self._source[number] = line

    def _block(self, index: int, token: Token, start: int, end: int) -> Sequence[str] | None:
        match token.type:
            case "paragraph_open" | "heading_open" | "formula" if self._holds_code(start, end):
                return None
            case "paragraph_open":
                return self._paragraph(index, start, end)
            case "heading_open":
                return self._heading(token, self._tokens[index + 1], start, end)
            case "hr" if self._read[start].role is LineRole.OPENING:
                self._note_code(start)
            case "hr":
                line = self._source[start]
                return [line[: line.find(token.markup[0])] + RULE]
            case "formula":
                return self._formula(token, start, end)
        return None

    # --- blocks

    def _paragraph(self, index: int, start: int, end: int) -> Sequence[str] | None:
        if self._is_simple(start, end):
            return with_angles(self._source[start:end]) if self._dialect.has_angle_addresses else None
        source = [line.rstrip() for line in self._source[start:end]]
        content = found_again(self._tokens[index + 1].content, source)
        if content is None:
            return None
        # A prompt is written so that it is no quote, whatever stands behind it.
        is_guarded = self._dialect.guard is not None or content[0].startswith(">>>")
        if not (is_guarded or any(map(str.isalnum, "".join(content)))):
            return None
        if len(content) == 1 and is_layout(content[0], self._opened_tags):
            return [source[0].removesuffix(content[0]).rstrip()]
        own = self._dialect.own_note
        content = [text.removeprefix(own) for text in content]
        if self._has_right_to_left:
            content = [without_beginning(text) for text in content]
        prefixes = [line[: len(line) - len(text)] for line, text in zip(source, content, strict=True)]
        if self._dialect.has_flat_quotes and self._open_items:
            prefixes = as_deep(prefixes)
        if own:
            prefixes = [prefix.replace(own, self._dialect.note) for prefix in prefixes]
        ends = [line[len(line.rstrip()) :] for line in self._source[start:end]]
        is_item = index > 0 and self._tokens[index - 1].type == "list_item_open"
        written = self._written("\n".join(content), end, is_task=is_item)
        if len(written) == len(prefixes):
            # A line of marks alone stays: written otherwise, it might be a rule.
            changed = [
                line if is_guarded or any(map(str.isalnum, text)) else text
                for line, text in zip(written, content, strict=True)
            ]
            kept = [row for row in zip(prefixes, changed, ends, content, strict=True) if row[1].strip() or not row[3]]
            if kept and not changed[0].strip():  # the item's mark stands before its first words
                kept[0] = (prefixes[0], *kept[0][1:])
            return [f"{prefix}{line}{space}" for prefix, line, space, _ in kept]
        return under(prefixes, without_empty_ends(written) or [""])

    def _is_simple(self, start: int, end: int) -> bool:
        """Whether a paragraph has no marks but the plainest, and stands where none of its lines has to move."""
        moves = self._has_right_to_left or (end > start + 1 and self._open_items)
        return not moves and is_simple(self._source[start:end])

    def _heading(self, token: Token, inline: Token, start: int, end: int) -> Sequence[str] | None:
        content = [line.strip() for line in inline.content.split("\n")]
        prefix = before(self._source[start], token.markup if token.markup[0] == "#" else content[0])
        if len(content) > 1:  # a paragraph and a rule, to whoever wrote it
            return under([prefix], [*self._written("\n".join(content), end), RULE])
        level = int(token.tag[1:])
        parts = pieces(self._cleaned(content[0]))
        is_deep = level > DEEPEST_HEADING or (self._dialect.has_flat_quotes and self._open_items > 0)
        # Where its mark is known, it stands at its line's beginning.
        prefix = prefix.lstrip(" ") if not prefix.strip() else prefix
        words = " ".join(self._written(without_strong(parts) if is_deep else raw(parts), end, is_bold=is_deep)).strip()
        is_growing = is_deep and any(part.kind is Kind.TEXT and "](" in part.raw for part in parts)
        has_words = any(map(str.isalnum, words))
        # A backslash would take the meaning from the marks behind it.
        if is_growing or words.endswith("\\") or not (has_words or (words and self._dialect.guard)):
            return None
        is_torn = self._dialect.guard and any("**" in part.raw for part in parts if part.kind is Kind.CODE)
        if is_deep and (is_torn or not has_words):
            return [f"{prefix}\\{words}" if words.startswith("#") else f"{prefix}{words}"]
        return [f"{prefix}**{words}**" if is_deep else f"{prefix}{'#' * level} {words}"]

    def _holds_code(self, start: int, end: int) -> bool:
        """Whether a fence begins in a block that is none: the parser saw no rule in its place."""
        return bisect_left(self._fences, start) < bisect_left(self._fences, end)

    def _note_code(self, start: int) -> None:
        lines = takewhile(lambda line: line.role is LineRole.CODE, self._read[start + 1 :])
        if self._has_right_to_left and self._is_right_to_left is None:
            self._note([Bit(text := "\n".join(line.text for line in lines), text)])

    def _formula(self, token: Token, start: int, end: int) -> Sequence[str] | None:
        source = self._source[start:end]
        prefix = before(source[0], token.markup)
        text = readable(token.content.strip())
        if text is not None:
            rows = [tuple(plain(row)) for row in text.split("\n")]
            self._note(rows[0])
            order = self._order(end)
            return under([prefix], [line_of(row, order, is_last=row is rows[-1]) for row in rows])
        if "```" in token.content:
            return None
        closing = {"\\[": "\\]"}.get(token.markup, token.markup)
        return under([prefix], ["```latex", *f"{token.markup}{token.content}{closing}".split("\n"), "```"])

    def _table(self, tokens: Sequence[Token]) -> tuple[int, int, Sequence[str]]:
        start, end = tokens[0].map or (0, 0)
        column = int(tokens[0].meta["prefix_chars"])
        source = [self._source[start][column:], *(behind(line, column) for line in self._source[start + 2 : end])]
        rows = rows_of(source)
        aligns = [align_of(token) for token in tokens if token.type == "th_open"]
        count = max(map(len, rows))
        filled = [
            [bits(self._cleaned(cell), self._dialect, is_cell=True) for cell in row] + [()] * (count - len(row))
            for row in rows
        ]
        table = Table(
            (*aligns, *[Align.LEFT] * (count - len(aligns))),
            tuple(tuple("".join(bit.seen for bit in cell).replace("\n", " ") for cell in row) for row in filled),
        )
        return (
            start,
            end,
            under([self._source[start][:column]], self._columns(table, rows) or self._items(filled, start, end)),
        )

    def _columns(self, table: Table, rows: Sequence[Sequence[str]]) -> list[str] | None:
        """Write a table as code; None where that takes something from it: links, or the order of a direction."""
        if any("](" in cell or "://" in cell or "```" in cell for row in rows for cell in row):
            return None
        found = None if any(has_right_to_left(cell) for row in table.rows for cell in row) else aligned(table)
        if found is None:
            return None
        self._note([Bit(found[0], found[0])])
        return ["```", *found, "```"]

    def _items(self, rows: Sequence[Sequence[Sequence[Bit]]], start: int, end: int) -> list[str]:
        """Write each row as an item, its cells as lines that begin with their column's header."""
        written = []
        for row in rows[1:]:
            cells = [(header, cell) for header, cell in zip(rows[0], row, strict=True) if cell]
            for number, (header, cell) in enumerate(cells):
                name = [bit for bit in header if bit.seen]
                titled = [Bit("**", ""), *name, Bit(":", ":"), Bit("**", ""), Bit(" ", " "), *cell] if name else cell
                line = [bit if bit.raw != "\n" else Bit(" ", " ") for bit in titled]
                is_last = row is rows[-1] and number == len(cells) - 1
                self._note(line)
                in_order = ordered(line, self._order(end), is_last=is_last)
                guard = self._dialect.guard
                text = joined(guard([in_order], ends_text=False)[0] if guard else in_order)
                # Dashes alone would draw a line, not be an item's words.
                text = text if any(map(str.isalnum, text)) or text[:1] not in ("-", "*", "_") else f"\\{text}"
                written.append(("  - " if number else "- ") + text.replace("\n", " "))
        headers = [bit for cell in rows[0] for bit in (*cell, Bit(" ", " ")) if bit.seen]
        return written or [f"**{line_of(headers, self._order(start)).strip()}**"]

    # --- lines

    def _cleaned(self, text: str) -> str:
        """Take out what nobody sees and does something, and marks of direction that an earlier pass put in."""
        if is_suspect(text):
            words = pieces(without_open_embeddings(text))
            text = "".join(part.raw if part.kind is Kind.CODE else harmless(part.raw) for part in words)
            # What stood behind one of them at a line's beginning is no mark of a block now.
            text = "\n".join(line.lstrip(" \t") for line in text.split("\n"))
        if not self._has_right_to_left or without_controls(text) == text:
            return text
        return "".join(part.raw if part.kind is Kind.CODE else without_controls(part.raw) for part in pieces(text))

    def _written(self, text: str, end: int, *, is_task: bool = False, is_bold: bool = False) -> tuple[str, ...]:
        """Write a run of text that ends before a line; one that `is_bold` already has no bold words in it."""
        clean = self._cleaned(text)
        if self._has_right_to_left and self._is_right_to_left is None:
            self._note(bits(clean, self._dialect, is_task=is_task))
        return lines_of(
            clean, self._dialect, self._order(end), is_task=is_task, is_bold=is_bold, ends_text=end > self._last
        )

    def _order(self, end: int) -> Order | None:
        if not self._has_right_to_left:
            return None
        return Order(in_right_to_left=bool(self._is_right_to_left), is_last=end > self._last)

    def _note(self, run: Sequence[Bit]) -> None:
        """Let the first line that has a direction decide on the text's."""
        if self._has_right_to_left and self._is_right_to_left is None:
            directions = map(reads_right_to_left, lines(run))
            self._is_right_to_left = next((direction for direction in directions if direction is not None), None)
