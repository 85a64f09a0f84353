"""A lesson's bytes as text; its front matter, and what translators add, are taken apart from the lesson itself."""

from __future__ import annotations

import codecs
import json
import re

from bot.lessons.language.languages import tag_of
from bot.lessons.language.stop_words import language_told
from bot.lessons.reading.front_matter import FrontMatter, front_matter

METADATA = re.compile(r"\A\s*<!--\s*CO_OP_TRANSLATOR_METADATA:\s*(\{.*?\})\s*-->", re.DOTALL)
DISCLAIMER = re.compile(
    r"<!-- CO-OP TRANSLATOR DISCLAIMER START -->.*?(?:<!-- CO-OP TRANSLATOR DISCLAIMER END -->|\Z)", re.DOTALL
)
# Older ones have no marks: a last paragraph with a label in bold, after a rule or not, that speaks of translation.
LAST_LABELLED = re.compile(
    r"\n(?:[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*\n\s*)?\*\*[^*\n]{2,60}\*\*[ \t]*[:：]?[ \t]*\n?[^\n]+\s*\Z"
)
TRANSLATION = re.compile(
    "co-op translator|translat|traduc|traduç|tradui|traduzi|tradott|übersetz|vertaal|översatt|oversatt|oversat|käännet"
    "|fordít|přelož|prelož|tradus|preveden|tłumacz|çevir|išverst|tõlgi|dịch|diterjemah|isinalin|tafsiri|перевод|перевед"
    "|переклад|превед|превод|μεταφρ|תורגם|תרגום|ترجم|अनुवाद|भाषांतर|অনুবাদ|ਅਨੁਵਾਦ|மொழிபெயர்|అనువ|ಅನುವಾದ|വിവർത്ത|แปล|ဘာသာပြန်"
    "|翻译|翻譯|翻訳|번역",
    re.IGNORECASE,
)
# A file with more unreadable characters than this share is not text.
DAMAGE = 0.01
ASCII = 0x7F
# Windows' quotes, dashes and dots, the same in all its code pages: so many of them say that nothing else is meant.
QUOTES = frozenset({0x85, *range(0x91, 0x98)})
DAMAGE_OF_QUOTES = 0.05
# As many letters with accents as French has at most, with the signs that Western languages write between them.
MOST_ACCENTS = 0.08
ACCENTED = frozenset("àâäáãåçéèêëíîïñóôöõúùûüÿßæøœÀÂÄÁÃÅÇÉÈÊËÍÎÏÑÓÔÖÕÚÙÛÜŸÆØŒ«»°§¿¡…–—‘’“”€·×")
# Bytes that this code page has no sign for, or one that no lesson needs.
UNASSIGNED = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xFF})


def decoded(raw: bytes) -> str | None:
    """Return the text of a file with plain line ends, without its byte order mark; None where it is no text."""
    text = _read(raw)
    if text is None or text.count("\ufffd") > DAMAGE * len(text):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _read(raw: bytes) -> str | None:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    if b"\0" in raw:
        return _wide(raw)
    text = raw.decode("utf-8-sig", "replace")
    return raw.decode("cp1252") if "\ufffd" in text and _is_of_windows(raw, text) else text


def _wide(raw: bytes) -> str | None:
    """Return text in UTF-16 without a byte order mark: every other byte of plain letters is 0."""
    if len(raw) % 2:
        return None
    for half, name in ((raw[1::2], "utf-16-le"), (raw[::2], "utf-16-be")):
        other = raw[::2] if name.endswith("le") else raw[1::2]
        if half.count(0) > len(half) / 10 and not other.count(0):
            text = raw.decode(name, "replace")
            return text if all(letter.isprintable() or letter in "\r\n\t\f" for letter in text) else None
    return None


def _is_of_windows(raw: bytes, text: str) -> bool:
    """Whether a text is in Windows' Western code page: plain letters, and a few signs of it such as its quotes."""
    signs = bytes(each for each in raw if each > ASCII)
    if len(signs) != text.count("\ufffd") or UNASSIGNED.intersection(signs):
        return False
    if len(signs) <= MOST_ACCENTS * len(raw) and ACCENTED.issuperset(signs.decode("cp1252")):
        # The letters of one Western language would be others of another: its words say that it is one.
        return bool(language_told(raw.decode("cp1252"))) or len(signs) <= DAMAGE * len(raw) + 1
    return len(signs) <= (DAMAGE_OF_QUOTES if QUOTES.issuperset(signs) else DAMAGE) * len(raw) + 1


def original_hash_of(text: str) -> str:
    """Return the MD5 of the file a lesson says it was translated from, "" where it says nothing."""
    return _noted(text, "original_hash")


def told_language(text: str) -> str:
    """Return the language a lesson says it is in, "" where it says nothing."""
    return tag_of(_noted(text, "language_code")) or front_of(text).language


def front_of(text: str) -> FrontMatter:
    """Return a file's front matter, which may stand behind what a translator noted."""
    return front_matter(METADATA.sub("", text))


def lesson_only(text: str, *, is_translation: bool) -> str:
    """Return a lesson without notes about the file: metadata, front matter, what translators disclaim."""
    text = METADATA.sub("", text)
    text = DISCLAIMER.sub("", text[front_matter(text).length :])
    last = LAST_LABELLED.search(text) if is_translation else None
    return text[: last.start()] if last and TRANSLATION.search(last[0]) else text


def _noted(text: str, name: str) -> str:
    found = METADATA.match(text)
    try:
        return str(json.loads(found[1])[name]) if found else ""
    except (ValueError, KeyError, TypeError):
        return ""
