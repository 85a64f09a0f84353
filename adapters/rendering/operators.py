"""Which stars are signs of a calculation, a path or a comment, though the standard may take them for emphasis. Pure.

`5*3 and 4*2`, `x**2 + y**2` and `/api/*/a, /api/*/b` are written in sentences far more often than emphasis begins in
the middle of a word of Latin letters. Chinese and Japanese know no blanks between words: it may begin anywhere there.
"""

from __future__ import annotations

import re

# Nothing that a star belongs to is looked for farther back.
_REACH = 200
_BEFORE = re.compile(r"[A-Za-z0-9)\]]\Z")
_BEHIND = re.compile(r"[A-Za-z0-9(\[]")
# A power: of a number, a bracket or a letter that is a word; to a number, a bracket or such a letter.
_BASE = re.compile(r"(?:[0-9)\]]|(?<![A-Za-z0-9_*])[A-Za-z])\Z")
_EXPONENT = re.compile(r"[0-9(]|[A-Za-z](?![A-Za-z0-9_*])")
_NUMBER = re.compile(r"[0-9]")
# Any name in a path, and where a comment begins.
_ANY_NAME = re.compile(r"/|\.\w")
_COMMENT = re.compile(r"(?:^|[\s;{},(])/\Z")
# The next stars, where they end a word: what begins in a word and ends with it is emphasis.
_ENDING = re.compile(r"[^*]{0,200}?[^\s*]\*+(?![A-Za-z0-9(\[*])")
_OPENED = {stars: re.compile(rf"(?:^|[^\w)\]*/])\*{{{stars}}}(?![\s*])[^*]*\Z") for stars in (1, 2)}


def is_operator(text: str, start: int, end: int) -> bool:
    """Whether the stars from one place to another mark nothing, whatever stands farther on."""
    if end - start not in _OPENED:
        return False
    before = text[max(0, start - _REACH) : start]
    if before.endswith("/"):
        return bool(_ANY_NAME.match(text, end) or _COMMENT.search(before))
    if not (_BEFORE.search(before) and _BEHIND.match(text, end)):
        return False
    if _OPENED[end - start].search(before) or _ENDING.match(text, end):
        return False
    if end - start == 1:
        return True
    return bool(_NUMBER.match(text, end) or (_BASE.search(before) and _EXPONENT.match(text, end)))
