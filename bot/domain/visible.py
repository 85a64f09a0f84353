"""What of a text is seen. Pure."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

# Letters and signs that have no shape, though their categories say otherwise.
_SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"))
# A character by its name or number.
_NAMED = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,30});")
# Tags that say how a text is laid out or set, and hold none of it themselves.
_EMPTY_TAGS = re.compile(
    r"<(p|div|span|center|font|small|big|section|article|ul|ol|li|u|ins|b|strong|i|em|s|del|strike|mark|sub|sup|th"
    r"|details|summary|h[1-6])"
    r"(?:\s[^<>]*)?>\s*</\1\s*>",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"</?br\s*/?>", re.IGNORECASE)
_EMPTY_CODE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*[\w+#-]{0,20}[ \t]*\n\s*\1[ \t]*$", re.MULTILINE)
_MOST_DEPTH = 20


def is_seen(character: str) -> bool:
    """Whether a character has a shape."""
    return (
        unicodedata.category(character) not in _UNSEEN
        and character not in _SHAPELESS
        and not _SELECTORS.match(character)
    )


def _if_unseen(found: re.Match[str]) -> str:
    """Return the character of a name or number where it is none to see; else the name."""
    character = unescape(found[0])
    return found[0] if any(map(is_seen, character)) else character


def is_blank(markdown: str) -> bool:
    """Whether nobody would see anything of a text: spaces, invisible characters, tags and fences with nothing in them.

    Characters by name or number are what they stand for.
    """
    text = "".join(
        character for character in _NAMED.sub(_if_unseen, markdown) if character.isspace() or is_seen(character)
    )
    for _ in range(_MOST_DEPTH):
        text, count = _EMPTY_TAGS.subn("", text)
        if not count:
            break
    return not _EMPTY_CODE.sub("", _BREAKS.sub("", text)).strip()
