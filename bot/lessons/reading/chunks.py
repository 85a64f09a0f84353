"""Cutting sections into chunks: small enough to quote, never across a heading, nothing lost between them.

Lists are cut between items, tables between rows with their header repeated, code between lines with its fence
repeated, paragraphs between sentences; within a sentence only where one does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

from bot.domain import Chunk
from bot.lessons.language.languages import language_of
from bot.lessons.reading.pages import LessonPage
from bot.lessons.reading.section_blocks import Block, BlockKind

# Characters; a letter as wide as Chinese ones counts as two, as it says about as much.
SIZE = 1400
# A rest smaller than this part of the size joins the chunk before it.
REST = 1 / 4
# Code and rows are not cut narrower, whatever their fence or header takes.
NARROWEST = 40
BREAKS = (
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…؟।])[\"'”’)\]*_]*\s+|(?<=[。！？])(?![」』）。！？])"),
    re.compile(r"\s+|(?<=[、，；,;])"),
)


def chunks_of(page: LessonPage, *, language: str, size: int = SIZE) -> list[Chunk]:
    """Return a page's chunks in reading order; `language` is the page's, `size` the most width of one."""
    return [
        Chunk(
            section=section.number,
            heading_path=section.path,
            anchor=section.anchor,
            text=text,
            language=language_of(text, declared=language),
        )
        for section in page.sections
        for text in cut(section.blocks, size=size)
    ]


def cut(blocks: Sequence[Block], *, size: int = SIZE) -> list[str]:
    """Return the texts of one section's chunks; a quarter more than `size` at most, where a small rest was left."""
    texts: list[str] = []
    for group in _packed([piece for block in blocks for piece in _pieces(block, size)], size):
        text = _joined(group)
        if texts and width(text) < size * REST and width(texts[-1] + group[0].gap + text) <= size * (1 + REST):
            texts[-1] += group[0].gap + text
        else:
            texts.append(text)
    return texts


def width(text: str) -> int:
    """Return how much room a text takes: its characters, wide ones counted twice."""
    return len(text) if text.isascii() else len(text) + sum(east_asian_width(letter) in "WF" for letter in text)


def _packed(pieces: Sequence[Block], size: int) -> Iterator[list[Block]]:
    """Yield pieces in groups that fit; words that announce what follows go with it."""
    group: list[Block] = []
    for piece in pieces:
        if group and width(_joined([*group, piece])) > size:
            carried = group[-1:] if len(group) > 1 and _announces(group[-1].text) else []
            if width(_joined([*carried, piece])) > size:
                carried = []
            yield group[: len(group) - len(carried)]
            group = carried
        group.append(piece)
    if group:
        yield group


def _announces(text: str) -> bool:
    return text.rstrip("*_ ").endswith((":", "："))


def _joined(group: Sequence[Block]) -> str:
    return "".join(piece.gap * (index > 0) + piece.text for index, piece in enumerate(group))


def _pieces(block: Block, size: int) -> Iterator[Block]:
    """Yield a block, or what it must be cut into; the first with the block's own gap."""
    if width(block.text) <= size:
        yield block
        return
    if block.parts:
        for index, part in enumerate(block.parts):
            yield from _pieces(part if index else Block(part.kind, part.text, block.gap, part.parts), size)
        return
    texts = {BlockKind.TEXT: _text, BlockKind.TABLE: _table, BlockKind.FENCE: _fence}[block.kind](block.text, size)
    for index, (gap, text) in enumerate(texts):
        yield Block(block.kind, text, gap if index else block.gap)


def _table(text: str, size: int) -> Iterator[tuple[str, str]]:
    header, rule, *rows = text.split("\n")
    head = f"{header}\n{rule}\n"
    room = size - width(head)
    if room < size / 3:
        yield from _text(text, size)
        return
    for part in _filled(rows, room):
        yield "\n\n", head + part


def _fence(text: str, size: int) -> Iterator[tuple[str, str]]:
    """Cut code between its lines; the first and the last are the fence."""
    first, *lines, last = text.split("\n")
    for part in _filled(lines, size - width(first) - width(last) - 2):
        yield "\n\n", f"{first}\n{part}\n{last}"


def _filled(lines: Sequence[str], room: int) -> list[str]:
    """Return lines in groups that fit, a small rest with the group before it; a line that alone does not is cut."""
    groups: list[str] = []
    used = room
    for line in (part for whole in lines for part in _line(whole, max(room, NARROWEST))):
        used += width(line) + 1
        if groups and used <= room:
            groups[-1] += f"\n{line}"
        else:
            groups.append(line)
            used = width(line)
    if len(groups) > 1 and width(groups[-1]) < room * REST and width(groups[-2]) <= room:
        rest = groups.pop()
        groups[-1] += f"\n{rest}"
    return groups


def _line(line: str, room: int) -> list[str]:
    return [line] if width(line) <= room else [part for _, part in _text(line, room)]


def _text(text: str, size: int) -> Iterator[tuple[str, str]]:
    """Yield a text in parts that fit, each with what stood before it, cut at the best breaks there are."""
    spans = list(_spans(text, 0, len(text), size))
    end = 0
    for start, stop in spans:
        part = text[start:stop].strip() if start else text[start:stop].rstrip()
        if part:
            lead = text[end:start] + text[start : start + len(text[start:stop]) - len(text[start:stop].lstrip())]
            yield "\n" if "\n" in lead else " " * bool(lead), part
            end = start + len(text[start:stop].rstrip())


def _spans(text: str, start: int, stop: int, size: int, level: int = 0) -> Iterator[tuple[int, int]]:
    """Yield where the parts of a text begin and end: as long as they may be."""
    if width(text[start:stop]) <= size:
        yield start, stop
        return
    if level == len(BREAKS):
        yield from _slices(text, start, stop, size)
        return
    ends = [found.end() for found in BREAKS[level].finditer(text, start, stop)]
    begin = at = start
    for end in [*ends, stop]:
        if width(text[begin:end].rstrip()) > size:
            if at > begin:
                yield begin, at
            begin = at
            if width(text[begin:end].rstrip()) > size:
                *inner, last = _spans(text, begin, end, size, level + 1)
                yield from inner
                begin = last[0]
        at = end
    if begin < stop:
        yield begin, stop


def _slices(text: str, start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield slices of what has no break at all; marks stay with their letters."""
    step = max(1, size // 2)
    while start < stop:
        end = min(start + step, stop)
        while end < stop and end > start + step // 2 and category(text[end])[0] in "MC":
            end -= 1
        yield start, end
        start = end
