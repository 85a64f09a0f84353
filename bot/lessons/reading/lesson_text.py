"""A lesson's bytes as text; its front matter, and what translators add, are taken apart from the lesson itself."""

from __future__ import annotations

import codecs
import json
import re

from bot.lessons.language.languages import tag_of
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


def decoded(raw: bytes) -> str | None:
    """Return the text of a file with plain line ends, without its byte order mark; None where it is no text."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", "replace")
    elif b"\0" in raw:
        return None
    else:
        text = raw.decode("utf-8-sig", "replace")
    if text.count("\ufffd") > DAMAGE * len(text):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


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
