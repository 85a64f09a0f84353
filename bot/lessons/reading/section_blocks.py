"""The blocks of a section, as a tree: from whole lists down to the paragraph, the fence and the table.

`blocks_of` makes it of what markdown-it read. A block's text is the lesson's own, tidied; `gap` is what parts it from
the block before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from markdown_it.token import Token

from bot.lessons.reading.html_markdown import markdown_of
from bot.lessons.reading.inline import plain, without_invisible

CONTAINERS = frozenset({"bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open"})
# What only a browser runs.
HIDDEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
CODE = r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)"
HIDDEN_INLINE = re.compile(rf"{CODE}|<(script|style)\b[^>]*>.*?</\2\s*>", re.DOTALL | re.IGNORECASE)
BREAK = re.compile(rf"{CODE}|[ \t]*<(?:/?br[ \t]*/?|p[ \t]*/)>[ \t]*\n?", re.DOTALL | re.IGNORECASE)
# Items and paragraphs within a cell of a table.
APART = re.compile(rf"{CODE}|</(?:li|p|div|dt|dd)>\s*<(?:li|p|div|dt|dd)\b[^>]*>", re.DOTALL | re.IGNORECASE)
FIRST = re.compile(rf"{CODE}|<li\b[^>]*>", re.DOTALL | re.IGNORECASE)
RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")


PAIR = 2


class BlockKind(Enum):
    """How a block can be cut."""

    TEXT = auto()
    FENCE = auto()
    TABLE = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section. Where it has `parts`, its text is theirs, each after its gap."""

    kind: BlockKind
    text: str
    gap: str = "\n\n"
    parts: tuple[Block, ...] = ()


def blocks_of(tokens: Sequence[Token], lines: Sequence[str], references: Mapping[str, str]) -> Iterator[Block]:
    """Yield the blocks of tokens of one depth and what is within them; those that say nothing are left out."""
    previous = None
    for token, inner in _grouped(tokens):
        if token.type == "hr" or token.map is None:
            continue
        start, end = token.map
        block = _block(token, inner, lines, references)
        if block.text.strip():
            gap = "\n" if previous is not None and not _is_parted(lines, previous, start) else "\n\n"
            yield Block(block.kind, block.text, gap, block.parts)
            previous = _last_line(lines, start, end)


def _block(token: Token, inner: Sequence[Token], lines: Sequence[str], references: Mapping[str, str]) -> Block:
    start, end = token.map or (0, 0)
    source = "\n".join(lines[start : _last_line(lines, start, end) + 1])
    if token.type in CONTAINERS and inner:
        parts = tuple(blocks_of(inner, lines, references))
        return Block(
            BlockKind.TEXT, "".join(part.gap * (index > 0) + part.text for index, part in enumerate(parts)), "", parts
        )
    if token.type == "fence":
        said = _closed(without_invisible(source), token.markup) if token.content.strip() else ""
        return Block(BlockKind.FENCE, said)
    if token.type == "code_block":
        return Block(BlockKind.FENCE, _fenced(without_invisible(token.content.rstrip())))
    if token.type == "table_open":
        cells = _put(FIRST, "", _put(APART, "; ", _put(BREAK, " ", source)))
        return Block(BlockKind.TABLE, "\n".join(map(squeezed, plain(cells, references).split("\n"))))
    if token.type == "html_block":
        return Block(BlockKind.TEXT, plain(markdown_of(HIDDEN.sub("", source)), references).strip())
    return Block(BlockKind.TEXT, _put(BREAK, "\n", plain(_put(HIDDEN_INLINE, "", source), references)))


def _put(mark: re.Pattern[str], words: str, source: str) -> str:
    """Return text with words in the place of a mark; one that is written as code is a word itself."""
    return mark.sub(lambda found: found[0] if found[1] else words, source)


def _closed(source: str, markup: str) -> str:
    """Return fenced code with its end, which whoever wrote it may have forgotten."""
    first, *rest = source.split("\n")
    end = re.compile(rf"[\s>]*{markup[0]}{{{len(markup)},}}\s*")
    return source if rest and end.fullmatch(rest[-1]) else f"{source}\n{first[: first.index(markup)]}{markup}"


def _fenced(code: str) -> str:
    """Return indented code in a fence; a fence that somebody indented becomes one again."""
    lines = code.split("\n")
    mark = re.match(r"`{3,}|~{3,}", lines[0])
    if mark and code.count(mark[0]) <= PAIR:
        return _closed(code, mark[0])
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    return f"{'`' * (longest + 1)}\n{code}\n{'`' * (longest + 1)}"


def squeezed(row: str) -> str:
    """Return a row of a table without the padding of its columns."""
    if RULE.fullmatch(row.strip()):
        return re.sub(r"-+", "---", re.sub(r"[ \t]", "", row))
    return re.sub(r"[ \t]*(?<!\\)\|[ \t]*", " | ", re.sub(r"[ \t]{2,}", " ", row)).strip()


def _grouped(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """Yield each token of the first depth with those between it and its end."""
    at = 0
    while at < len(tokens):
        end = at
        if tokens[at].nesting == 1:
            end = next(i for i in range(at + 1, len(tokens)) if tokens[i].level == tokens[at].level)
        yield tokens[at], tokens[at + 1 : end]
        at = end + 1


def _last_line(lines: Sequence[str], start: int, end: int) -> int:
    """Return the last line of a block that is not blank."""
    return next((i for i in range(min(end, len(lines)) - 1, start, -1) if lines[i].strip(" \t>")), start)


def _is_parted(lines: Sequence[str], previous: int, start: int) -> bool:
    return any(not line.strip(" \t>") for line in lines[previous + 1 : start])
