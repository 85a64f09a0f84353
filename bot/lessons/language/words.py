"""Words as they are compared: folded, without vowel points and punctuation, Chinese and Japanese runs apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

WIDE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
"""The letters of scripts that put no spaces between words, as a range of a regular expression."""

# Vowel points and other marks that are written or left out at will, and what is invisible.
_MARKS = re.compile("[\u0591-\u05c7\u064b-\u0652\u0640\u200b-\u200f\u2060-\u2069\u00ad\ufeff]")
# Between Hebrew letters they belong to the word: צ'אט.
_GERESH = re.compile("(?<=[\u05d0-\u05ea])['\"׳״’](?=[\u05d0-\u05ea])")
# Letters and digits; the vowel signs of Indian and Thai scripts are no letters to `\w`.
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0dff\u0e00-\u0eff])+")
_RUN = re.compile(f"[{WIDE}]+|[^{WIDE}]+")
_LINK = re.compile(r"(?<=\])\([^)\s]*(?:\s[^)]*)?\)|https?://[^\s)>\]]+")
_ELEMENTS = (
    "a|abbr|address|article|aside|audio|b|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details"
    "|dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd"
    "|label|li|link|main|mark|meta|nav|object|ol|option|p|picture|pre|q|rp|rt|ruby|s|samp|script|section|select|small"
    "|source|span|strike|strong|style|sub|summary|sup|svg|path|table|tbody|td|template|textarea|tfoot|th|thead|time|tr"
    "|track|tt|u|ul|var|video|wbr"
)
HTML_TAG = re.compile(
    rf"<(?:{_ELEMENTS})(?:\s[^<>]*)?/?>|</[A-Za-z][\w.-]*\s*>|<[A-Za-z][\w.-]*\s+[\w:-]+\s*=[^<>]*>|<[A-Z]\w*\s*/>|<!--.*?-->",
    re.IGNORECASE,
)
"""A tag of HTML, or of a component with attributes; "List<String>" and "<branch>" are words."""
_WIDE = re.compile(f"[{WIDE}]")


def folded(text: str) -> str:
    """Return the text in lower case, each letter in one form."""
    return _GERESH.sub("", _MARKS.sub("", normalize("NFKC", text).lower()))


def words(text: str) -> list[str]:
    """Return the words of a text in their order, folded; a run without spaces is one word."""
    return [run for word in _WORD.findall(folded(text)) for run in _RUN.findall(word)]


def lesson_words(markdown: str) -> list[str]:
    """Return the words a lesson says; addresses and HTML tags are not said."""
    return words(HTML_TAG.sub(" ", _LINK.sub(" ", markdown)))


def is_wide(word: str) -> bool:
    """Whether a word is a run of a script without spaces."""
    return _WIDE.match(word) is not None


def pieces(word: str) -> Sequence[str]:
    """Return what is looked for when a word is: itself, or the pairs of letters of a run without spaces."""
    if not is_wide(word) or len(word) < 2:  # noqa: PLR2004 - a pair
        return (word,)
    return tuple(dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1)))
