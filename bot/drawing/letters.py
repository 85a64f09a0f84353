"""Texts in a picture: which signs its fonts have, how wide a text is drawn, which way it reads, how it is cut.

The renderer takes a base direction from left to right whatever the text, and draws a sign that no font has as a box.
"""

from __future__ import annotations

import re
import unicodedata

from bot.reasoning import harmless

ELLIPSIS = "…"
MISSING = "?"
"""Stands for signs that no font of ours has."""
# Of Heebo and Noto Sans Arabic, read from their tables of signs.
_SHOWN = re.compile(
    "[^ -~\u00a0-\u00ac\u00ae-\u0107\u010a-\u0113\u0116-\u011b\u011e-\u0123\u0139-\u013e\u0141-\u0148\u0150-\u015b"
    "\u015e-\u0161\u016a-\u017e\u05b0-\u05bc\u05be\u05bf\u05c1\u05c2\u05d0-\u05ea\u05f3\u05f4\u060c\u061b\u061f"
    "\u0620-\u0669\u066e-\u06d3\u06f0-\u06f9\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u20aa\u20ac\u2212]+"
)
# How wide signs are, in ems, rounded up; bold ones are a little wider.
_WIDTHS = {
    sign: width
    for width, signs in (
        (0.29, "',;:l| ij!.·`I[]-ון\u0627י"),
        (0.37, '"t(r{})fזנ'),
        (0.48, "ג/\\*_?yv\u0631\u0632\u0629"),
        (0.56, "רxzךkלcsדeב+<=>L^aכץ±−FJhnuצ$0123456789bdgp"),
        (0.63, "EoqעSהףTYZח#&BRטקתKPX~מפ"),
        (0.72, "VאםסACUD–…GOQHN"),
        (0.80, "%w—ש"),
        (0.92, "MmW@"),
    )
    for sign in signs
}
_USUAL, _ARABIC, BOLD = 0.72, 0.9, 1.09
# Of a text's size: how far its letters reach below the line they stand on, and Arabic ones.
BELOW, _ARABIC_BELOW = 0.24, 0.46
_TO_THE_LEFT = ("R", "AL")
_EMBEDDED, _ENDED = "\u202b", "\u202c"


def shown(text: str) -> str:
    """Return a text as it can be drawn, on one line."""
    return _SHOWN.sub(MISSING, " ".join(harmless(text).split()))


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return how wide a text is at most, drawn at this size."""
    return sum(map(_ems, text)) * size * (BOLD if is_bold else 1)


def depth_of(text: str, size: float) -> float:
    """Return how far a text reaches below the line it stands on."""
    return size * (_ARABIC_BELOW if any(map(_is_arabic, text)) else BELOW)


def is_to_the_left(text: str) -> bool:
    """Whether a text reads from right to left: its first letter does."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind in _TO_THE_LEFT for kind in kinds if kind in {"L", *_TO_THE_LEFT}), False)


def directed(text: str) -> str:
    """Return a text that is drawn in its own direction."""
    return f"{_EMBEDDED}{text}{_ENDED}" if is_to_the_left(text) else text


def shortened(name: str, size: float, *, most: float) -> str:
    """Return a name that is at most so wide; the middle is left out, as its end tells variants of a model apart."""
    name = shown(name)
    if width_of(name, size) > most and "/" in name:
        name = name.rpartition("/")[2]
    for kept in range(len(name), 1, -1):
        end = kept // 2
        cut = name if kept == len(name) else f"{name[: kept - end]}{ELLIPSIS}{name[len(name) - end :]}"
        if width_of(cut, size) <= most:
            return cut
    return ELLIPSIS


def fitted(text: str, size: float, *, most: float, is_bold: bool = False) -> str:
    """Return a sentence that is at most so wide: its end is left out."""
    text = shown(text)
    if width_of(text, size, is_bold=is_bold) <= most:
        return text
    while text and width_of(f"{text}{ELLIPSIS}", size, is_bold=is_bold) > most:
        text = text[:-1]
    return f"{text.rstrip()}{ELLIPSIS}"


def _ems(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    return _WIDTHS.get(sign, _ARABIC if _is_arabic(sign) else _USUAL)


def _is_arabic(sign: str) -> bool:
    return "\u0600" <= sign <= "\u06ff"
