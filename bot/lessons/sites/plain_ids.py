"""Docutils' identifiers: ASCII letters, digits and single dashes, beginning with a letter (docutils/nodes.py)."""

from __future__ import annotations

import re
from unicodedata import normalize

# Letters that do not decompose into ASCII ones and are written as others.
LETTERS = str.maketrans({
    "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t", "ƀ": "b", "ƃ": "b", "ƈ": "c", "ƌ": "d", "ƒ": "f",
    "ƙ": "k", "ƚ": "l", "ƞ": "n", "ƥ": "p", "ƫ": "t", "ƭ": "t", "ƴ": "y", "ƶ": "z", "ǥ": "g", "ȥ": "z", "ȴ": "l",
    "ȵ": "n", "ȶ": "t", "ȷ": "j", "ȼ": "c", "ȿ": "s", "ɀ": "z", "ɇ": "e", "ɉ": "j", "ɋ": "q", "ɍ": "r", "ɏ": "y",
    "ß": "sz", "æ": "ae", "œ": "oe", "ȸ": "db", "ȹ": "qp",
})  # fmt: skip


def docutils_id(text: str) -> str:
    """Return the identifier made of a text, "" where nothing of it stays."""
    plain = normalize("NFKD", text.lower().translate(LETTERS)).encode("ascii", "ignore").decode()
    dashed = re.sub(r"[^a-z0-9]+", "-", " ".join(plain.split()))
    return re.sub(r"^[-0-9]+|-+$", "", dashed)
