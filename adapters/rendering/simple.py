"""Paragraphs of words and of the plainest marks, which need no taking apart: every platform reads them the same. Pure.

Most paragraphs of most answers are such ones: bold words, code, a link to an address without anything special in it.
What is not sure to be one is read as all others are (adapters/rendering/parsing.py); both write the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# What a line is read for: marks anywhere, an item's or a quote's beginning, and characters that are not seen.
_SIGN = re.compile(
    r"[\\`*_~|!\[\]<>&$:#\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u1680-\u3000\ufe00-\uffff\U00010000-\U0010ffff]|-\s*$"
)
# Of these none is a mark, is not seen, or turns round what stands beside it.
_WORDS = (
    r"[^\\`*_~|!\[\]<>&$#:\-\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufe00-\uffff\U00010000-\U0001efff\U0001f1e6-\U0001f1ff\U00020000-\U0010ffff]"
)
_PLAIN = rf"(?:{_WORDS}++|:(?!//)|!(?!\[)|-(?![ \t]*$))"
# Marks stand at a word's beginning, and behind one that is over.
_BEGINS = r"(?<!\S)"
_FOLLOWED = r"(?=[\s.,;!?)]|\Z)"
_BOLD = rf"{_BEGINS}\*\*(?=[^\W_]){_PLAIN}++(?<!\s)\*\*{_FOLLOWED}"
_ITALIC = rf"{_BEGINS}\*(?=[^\W_]){_PLAIN}++(?<!\s)\*{_FOLLOWED}"
_CODE = r"(?<!`)`[^`\n\\\x00-\x1f]++`(?!`)"
# Words that name no address, and an address that every reader takes for one.
_LINK = re.compile(
    r"\[(?=[^\W_])([A-Za-z0-9\u00c0-\u024f\u0400-\u04ff ,'()\-]++)\]"
    r"\((https?://[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?(?:[/?#][A-Za-z0-9.~/?=%#+,;@\-]*+)?)\)"
)
_SIMPLE = re.compile(rf"(?:{_PLAIN}|\n|{_BOLD}|{_ITALIC}|{_CODE}|{_LINK.pattern})*+", re.MULTILINE)


def is_simple(lines: Sequence[str]) -> bool:
    """Whether a paragraph is of words and of the plainest marks."""
    return not any(_SIGN.search(line) for line in lines) or _SIMPLE.fullmatch("\n".join(lines)) is not None


def with_angles(lines: Sequence[str]) -> list[str] | None:
    """Write the addresses of such a paragraph's links between angles; None where it has none."""
    return [_LINK.sub(r"[\1](<\2>)", line) for line in lines] if any("](" in line for line in lines) else None
