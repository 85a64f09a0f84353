"""Blocks parted from the item or the quote right above them, which would take them in once they are written. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

# Blocks that may be written as a line of text, and what would take such a line for its own.
_BECOMES_TEXT = frozenset(("heading_open", "hr", "formula"))
# Where the first item of a list is that comes right behind a heading, the first of a text: behind four tokens.
_BEHIND_FIRST_HEADING = 4
_ENCLOSES = frozenset(("bullet_list_close", "ordered_list_close", "blockquote_close"))


def parted(
    written: Sequence[str] | None, tokens: Sequence[Token], index: int, source: Sequence[str]
) -> Sequence[str] | None:
    """Part what was a block of its own from the item or quote right above, whose words it would go on with as text.

    `written` is None for a block that stays as its source has it.
    """
    start, end = tokens[index].map or (0, 0)
    if _is_empty_item_below_heading(tokens, index):
        return ["", *source[start:end]]
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


def _is_empty_item_below_heading(tokens: Sequence[Token], index: int) -> bool:
    """Whether a list right below a heading that becomes a line of text begins with nothing: there it would be text."""
    is_empty = tokens[index].type == "list_item_open" and tokens[index + 1].type == "list_item_close"
    if not is_empty or index < _BEHIND_FIRST_HEADING:
        return False
    below, closed, opened = tokens[index - 1], tokens[index - 2], tokens[index - 4]
    is_first = below.type in {"bullet_list_open", "ordered_list_open"} and closed.type == "heading_close"
    return is_first and opened.map is not None and below.map is not None and opened.map[1] == below.map[0]
