"""Where marks of emphasis may open and close, and which of them pair. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline, link_pairs
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token

from adapters.rendering.found import FoundSpan
from adapters.rendering.pieces import Kind

# GitHub's rule: more tildes than these strike nothing out, and here one alone does not either.
_STRIKE = "~~"
_EMPHASIS = "*_"


class InlineState(StateInline):
    """Reads emphasis beside the signs of Chinese, Japanese and Korean as their writers mean it, and tildes as GitHub.

    The standard takes `**` between a full-width bracket and a letter for no mark, since no space parts words there.
    Text makes no tokens: nobody reads them. A delimiter's `token` is its place in the text.
    """

    def append_pending(self, text: str) -> None:
        """Keep no text."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """See `markdown_it.rules_inline.StateInline.push`."""
        token = Token(ttype, tag, nesting)
        if nesting < 0:
            self.level -= 1
            self.delimiters = self._prev_delimiters.pop()
        elif nesting:
            self.level += 1
            self._prev_delimiters.append(self.delimiters)
            self.delimiters = []
            meta: dict[str, Any] = {"delimiters": self.delimiters}
            self.tokens_meta.append(meta)
        self.tokens.append(token)
        return token

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the parser's own name
        """See `markdown_it.rules_inline.StateInline.scanDelims`."""
        source, mark, end = self.src, self.src[start], start + 1
        while end < self.posMax and source[end] == mark:
            end += 1
        before, behind = source[start - 1 : start] or " ", source[end] if end < self.posMax else " "
        is_blank, is_sign = _is_blank(before), _is_punctuation(before)
        is_blank_behind, is_sign_behind = _is_blank(behind), _is_punctuation(behind)
        is_left = not is_blank_behind and (not is_sign_behind or is_blank or is_sign)
        is_right = not is_blank and (not is_sign or is_blank_behind or is_sign_behind)
        opens = is_left and (canSplitWord or not is_right or is_sign)
        closes = is_right and (canSplitWord or not is_left or is_sign_behind)
        if mark == "_" or (before + behind).isascii() or not (_is_wide(before) or _is_wide(behind)):
            return Scanned(opens, closes, end - start)
        return Scanned(
            not behind.isspace() and (_is_wide(before) or opens or _opens(behind)),
            not before.isspace() and (_is_wide(behind) or closes or _ends(before)),
            end - start,
        )

    def mark(self) -> bool:
        """Take in the marks at this place; those that neither open nor close anything are text."""
        start, sign = self.pos, self.src[self.pos]
        scanned = self.scanDelims(start, sign != "_")
        self.pos = end = start + scanned.length
        if not (scanned.can_open or scanned.can_close):
            return True
        if sign in _EMPHASIS:
            places, length = range(start, end), scanned.length
        elif scanned.length == len(_STRIKE):
            places, length = range(start, start + 1), 0
        else:
            return True
        self.delimiters += [
            Delimiter(ord(sign), length, place, -1, scanned.can_open, scanned.can_close) for place in places
        ]
        return True

    def marks(self) -> Iterator[FoundSpan]:
        """Yield the marks that have found each other, once all text was read."""
        link_pairs(self)
        yield from _paired(self.delimiters, self.src)
        for meta in self.tokens_meta:
            if meta:
                yield from _paired(meta["delimiters"], self.src)


def _paired(delimiters: Sequence[Delimiter], source: str) -> Iterator[FoundSpan]:
    """Yield marks that have found each other: two beside each other are one of strong words."""
    index = len(delimiters) - 1
    while index >= 0:
        opening = delimiters[index]
        if opening.end >= 0:
            closing = delimiters[opening.end]
            if source[opening.token] == "~":
                yield _mark(opening.token, "strike", size=len(_STRIKE))
                yield _mark(closing.token, "/strike", size=len(_STRIKE))
            elif _is_strong(delimiters, index):
                yield from (_mark(opening.token, "strong"), _mark(opening.token - 1, "strong"))
                yield from (_mark(closing.token, "/strong"), _mark(closing.token + 1, "strong"))
                index -= 1
            else:
                yield from (_mark(opening.token, ""), _mark(closing.token, "/"))
        index -= 1


def _is_strong(delimiters: Sequence[Delimiter], index: int) -> bool:
    """Whether the mark before one that has found its end is beside it, and its end beside the other end."""
    opening, before = delimiters[index], delimiters[index - 1]
    return (
        index > 0
        and before.end == opening.end + 1
        and before.marker == opening.marker
        and before.token == opening.token - 1
        and delimiters[opening.end + 1].token == delimiters[opening.end].token + 1
    )


def _mark(place: int, target: str, *, size: int = 1) -> FoundSpan:
    return FoundSpan(Kind.MARK, place, place + size, target=target)


@cache
def _is_blank(character: str) -> bool:
    return isWhiteSpace(ord(character))


@cache
def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _opens(character: str) -> bool:
    return _is_wide(character) and unicodedata.category(character) in ("Ps", "Pi")


def _ends(character: str) -> bool:
    return _is_wide(character) and unicodedata.category(character) in ("Pe", "Pf", "Po")


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
