"""Which links Discord shows as links, and which with their brackets. Pure.

It shows a link raw when it leads elsewhere than to http, https or Discord, and when an emoji, a mention or an address
stands in its words; a backslash in them is read.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from adapters.discord.marks import pairs_in
from adapters.rendering.direction import Bit

_SCHEMES = ("http://", "https://", "discord://")
# A trade mark's and a copyright's sign are emoji to Unicode alone.
_EMOJI = (
    r"(?:[\p{Extended_Pictographic}--[™©®]]|[\U0001f1e6-\U0001f1ff]|[0-9#*]\ufe0f?\u20e3)"
    r"(?:[\ufe0e\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|(?<=\u200d)\p{Extended_Pictographic})*"
    r"|:[A-Za-z0-9_+-]+:"
)
_EMOJIS = regex.compile(_EMOJI, regex.VERSION1)
_AROUND = regex.compile(rf"((?:\s*(?:{_EMOJI}))*\s*)(.*?)((?:\s*(?:{_EMOJI}))*\s*)", regex.VERSION1 | regex.DOTALL)
_UNFIT = regex.compile(r"(?i:https?://|steam:/|discord(?:app)?\.(?:gg|com))|<[@#:/a-z][^<>\n]*[>]|@everyone|@here")
# What a backslash before it would be needed for.
_TROUBLE = frozenset("[]()\\`<>")


def leads_somewhere(target: str) -> bool:
    """Whether Discord makes a link of an address."""
    return target.lower().startswith(_SCHEMES)


def fits(words: str) -> bool:
    """Whether a link's words may be what they are."""
    return not _EMOJIS.search(words) and not _UNFIT.search(words)


def parted(words: str) -> tuple[str, str, str]:
    """Return a link's words without the emoji they begin and end with, and those."""
    found = _AROUND.fullmatch(words)
    return (found[1], found[2], found[3]) if found else ("", words, "")


def as_words(bits: Sequence[Bit]) -> list[Bit] | None:
    """Write a link's words without backslashes; None where they would be read otherwise."""
    written = []
    for bit in bits:
        if bit.raw == f"\\{bit.seen}" and bit.seen:
            if bit.seen in _TROUBLE:
                return None
            written.append(Bit(bit.seen, bit.seen, fixed=True))
        elif bit.raw == bit.seen and not bit.whole:
            written.append(Bit(bit.raw, bit.seen, fixed=True))
        else:
            written.append(bit)
    read = "".join(bit.raw for bit in written if bit.fixed)
    has_marks = any(not bit.seen or bit.whole for bit in written)
    has_signs = any(sign in read for sign in ("*", "_", "~~", "||"))
    return None if pairs_in(read) or (has_marks and has_signs) else written
