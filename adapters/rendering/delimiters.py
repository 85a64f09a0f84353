"""Where marks of emphasis may open and close. Pure."""

from __future__ import annotations

import unicodedata

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned

# GitHub's rule: more tildes than these strike nothing out.
_STRIKE = len("~~")


class InlineState(StateInline):
    """Reads emphasis beside the signs of Chinese, Japanese and Korean as their writers mean it, and tildes as GitHub.

    The standard takes `**` between a full-width bracket and a letter for no mark, since no space parts words there.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the parser's own name
        """See `markdown_it.rules_inline.StateInline.scanDelims`."""
        scanned = super().scanDelims(start, canSplitWord)
        if self.src[start] == "~" and scanned.length > _STRIKE:
            return Scanned(False, False, scanned.length)
        before = self.src[start - 1] if start else " "
        behind = self.src[start + scanned.length : start + scanned.length + 1] or " "
        if (before + behind).isascii() or not (_is_wide(before) or _is_wide(behind)) or self.src[start] == "_":
            return scanned
        opens = not behind.isspace() and (_is_wide(before) or scanned.can_open or _opens(behind))
        closes = not before.isspace() and (_is_wide(behind) or scanned.can_close or _ends(before))
        return Scanned(opens, closes, scanned.length)


def _opens(character: str) -> bool:
    return _is_wide(character) and unicodedata.category(character) in ("Ps", "Pi")


def _ends(character: str) -> bool:
    return _is_wide(character) and unicodedata.category(character) in ("Pe", "Pf", "Po")


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
