"""Blocks parted from the item or the quote right above them, which would take them in once they are written. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

# Blocks that may be written as a line of text, and what would take such a line for its own.
_BECOMES_TEXT = frozenset(("heading_open", "hr", "formula"))
_ENCLOSES = frozenset(("bullet_list_close", "ordered_list_close", "blockquote_close"))


def parted(
    written: Sequence[str] | None, tokens: Sequence[Token], index: int, source: Sequence[str]
) -> Sequence[str] | None:
    """Part what was a block of its own from the item or quote right above, whose words it would go on with as text.

    `written` is None for a block that stays as its source has it.
    """
    start, end = tokens[index].map or (0, 0)
    is_behind = index > 0 and tokens[index - 1].type in _ENCLOSES and source[start - 1].strip(" \t>")
    if not is_behind or not (tokens[index].type in _BECOMES_TEXT or _is_behind_heading(tokens, index)):
        return written
    if written is None:
        written = source[start:end]
    if not written:
        return written
    lead = written[0][: len(written[0]) - len(written[0].lstrip(" \t>"))]
    is_block = written[0][len(lead) :].startswith(("# ", "## ", "### ", "```"))
    return written if is_block else [lead if ">" in lead else "", *written]


def _is_behind_heading(tokens: Sequence[Token], index: int) -> bool:
    """Whether a paragraph comes behind an item or a quote that ends with a heading, which may become a line of text."""
    last = index - 1
    while last > 0 and (tokens[last].type in _ENCLOSES or tokens[last].type == "list_item_close"):
        last -= 1
    return tokens[index].type == "paragraph_open" and 0 < last < index - 1 and tokens[last].type == "heading_close"
