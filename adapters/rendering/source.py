"""Lines of a text before it is read, and after: what is put right in all of them alike. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from adapters.rendering.code import Line, LineRole
from adapters.rendering.dense import is_dense
from adapters.rendering.direction import CONTROL_SET, without_controls
from adapters.rendering.parsing import pieces
from adapters.rendering.pieces import Kind
from adapters.rendering.prefixes import requoted
from adapters.rendering.unseen import harmless, is_suspect, without_open_embeddings

# What may stand before a block: quote marks, list markers and blanks.
LEAD = r"(?:[ \t>]|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))*"
_LEADING = re.compile(rf"^(?:{LEAD}[{CONTROL_SET}]+)+[ \t]*")


def without_empty_ends(written: Sequence[str]) -> list[str]:
    """Keep of the empty lines those alone that part paragraphs."""
    kept: list[str] = []
    for line in written:
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line)
    return kept if not kept or kept[-1].strip() else kept[:-1]


def with_flat_quotes(read: Sequence[Line], tokens: Sequence[Token]) -> str | None:
    """Write quotes in quotes as one, and every line of one with its mark and a space; None where nothing changes."""
    depths: dict[int, int] = {}
    for token in tokens:
        if token.type == "blockquote_open" and token.map:
            for number in range(*token.map):
                depths[number] = depths.get(number, 0) + 1
    if not depths:
        return None
    source, above = [line.text for line in read], ""
    for number, depth in sorted(depths.items()):
        above, rest = requoted(source[number], depth, above)
        source[number] = above + rest
    return None if all(line.text == text for line, text in zip(read, source, strict=True)) else "\n".join(source)


def without_leading_controls(read: Sequence[Line]) -> str:
    """Take the marks of direction from where lines begin, since a block may begin there; code keeps its own."""
    return "\n".join(_LEADING.sub(_spaces_of, line.text) if line.role is LineRole.TEXT else line.text for line in read)


def without_unseen(read: Sequence[Line]) -> str:
    """Take out what nobody sees and does something, since a block may begin behind it; code keeps its own."""
    return "\n".join(_harmless(line.text) if line.role is LineRole.TEXT else line.text for line in read)


def _harmless(line: str) -> str:
    if not is_suspect(line):
        return line
    if is_dense([Line(line)]):
        return harmless(without_open_embeddings(line))
    parts = pieces(without_open_embeddings(line))
    return "".join(part.raw if part.kind is Kind.CODE else harmless(part.raw) for part in parts)


def _spaces_of(leading: re.Match[str]) -> str:
    """Return what begins a line without its marks of direction; blanks behind one would move an item's words."""
    is_item = without_controls(leading[0]).strip(" \t>")
    return re.sub(rf"[{CONTROL_SET}]+[ \t]*", "", leading[0]) if is_item else without_controls(leading[0])
