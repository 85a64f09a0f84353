"""Characters that nobody sees and that do something all the same, taken out of what a model writes. Pure.

What writing needs stays: joiners of emoji and of letters, forms of signs, combining marks, marks of direction, and
isolates that are closed in their line. What changes the order of letters, hides words or steers a terminal goes.
"""

from __future__ import annotations

import re

# Controls but for what parts words and lines; soft hyphens, joiners of words, signs of mathematics that have no shape,
# what was deprecated, fillers, and what is no character.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u180e\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff]"
)
# Where no spaces part words, it says where a line may break.
_BREAK = re.compile("(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b(?![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])")
# They spell out the flags of England, Scotland and Wales, behind a black flag alone.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0000-\U000e007f]+")
_EMBEDDINGS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CLOSED_BY = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
_SUSPECT = re.compile(f"{_UNSEEN.pattern[:-1]}\u200b\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def is_suspect(text: str) -> bool:
    """Whether a text has characters that may have to be taken out."""
    return _SUSPECT.search(text) is not None


def harmless(text: str) -> str:
    """Return words without characters that do something unseen."""
    text = _BREAK.sub("", _UNSEEN.sub("", text))
    return _TAGS.sub(lambda found: found[1] or "", text)


def without_open_embeddings(text: str) -> str:
    """Return a text without marks that embed, override or isolate, in lines where one of them is not closed."""
    if not _EMBEDDINGS.search(text):
        return text
    return "\n".join(line if _is_closed(line) else _EMBEDDINGS.sub("", line) for line in text.split("\n"))


def _is_closed(line: str) -> bool:
    """Whether every mark in a line is closed there, and none overrides the order of letters."""
    opened: list[str] = []
    for mark in _EMBEDDINGS.findall(line):
        if mark in _CLOSED_BY:
            opened.append(_CLOSED_BY[mark])
        elif not opened or opened.pop() != mark:
            return False
    return not opened
