"""Support: whether a lesson says what a sentence says, told by its wording. Pure.

Every number, name and address has to stand in the passage, and what belongs together in the sentence has to belong
together there.
"""

from __future__ import annotations

import re

from bot.domain import Passage
from bot.lessons.answers.clause_support import borne_out
from bot.lessons.answers.lesson_clauses import LessonClauses, lesson_clauses
from bot.lessons.answers.unit_scores import grams
from bot.lessons.answers.units import UnitKind, units
from bot.lessons.language.amounts import amounts
from bot.lessons.language.stop_words import ENGLISH, binds, language_told
from bot.lessons.language.telling import light
from bot.lessons.language.word_forms import are_one
from bot.lessons.language.words import folded, words

_NAME = re.compile(r"(?<![A-Za-z])(?:[A-Z][A-Za-z0-9]*[A-Z0-9][A-Za-z0-9]*|[A-Z][a-z]{2,})(?![a-z])")
_MARKER = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*+#]+)\s+")
_ADDRESS = re.compile(r"(?:https?://|www\.|(?<![\w@])(?:[\w-]+\.)+[a-z]{2,}/)[^\s)>\]]*", re.IGNORECASE)


def supports(passage: Passage, sentence: str) -> bool:
    """Whether the passage says what the sentence, which is in its language, says."""
    return facts_stand(passage, sentence) and borne_out(_MARKER.sub("", sentence), _clauses(passage))


def _clauses(passage: Passage) -> LessonClauses:
    text = passage.chunk.text
    parts = tuple(unit.text for unit in units(text) if unit.kind is not UnitKind.CODE) or (text,)
    around = " ".join((*passage.chunk.heading_path, passage.document.title))
    return lesson_clauses(parts, around, language_told(text) or passage.chunk.language)


def facts_stand(passage: Passage, sentence: str) -> bool:
    """Whether every number, name and address of the sentence stands in the passage or its headings."""
    all_of_it = " ".join((*passage.chunk.heading_path, passage.document.title, passage.chunk.text))
    text, known = folded(all_of_it), set(words(all_of_it))
    body = _MARKER.sub("", sentence)
    addresses = [folded(address.rstrip(".,;:!?")) for address in _ADDRESS.findall(body)]
    return (
        amounts(body) <= amounts(all_of_it)
        and all(_stands(name, text, known) for name in _names(body, all_of_it, passage.chunk.language))
        and all(address in text for address in addresses)
    )


def _stands(name: str, text: str, known: set[str]) -> bool:
    return folded(name) in text or any(are_one(folded(name), word) for word in known)


def coverage(sentence: str, text: str) -> float:
    """Return the share of the sentence's character n-grams that the text holds, 0 for a sentence without words."""
    asked = grams(sentence)
    return len(asked & grams(text)) / len(asked) if asked else 0.0


def holds_code(passage: Passage, block: str) -> bool:
    """Whether every line of a fenced block stands in the passage."""
    known = {" ".join(line.split()) for line in passage.chunk.text.split("\n")}
    said = [" ".join(line.split()) for line in block.strip().split("\n")[1:] if line.strip().strip("`~")]
    return bool(said) and all(line in known for line in said)


def _names(body: str, lesson: str, language: str = ENGLISH) -> list[str]:
    """Return the proper names in Latin letters; a sentence's first word may have its capital for being that."""
    found = [match[0] for match in _NAME.finditer(body)]
    first = _NAME.search(body)
    is_first = first is not None and not body[: first.start()].strip(" *_\"'`-•")
    return found[1:] if is_first and not _is_name(found[0], lesson, language) else found


def _is_name(word: str, lesson: str, language: str) -> bool:
    """Whether a word that begins a sentence is a name, as far as a lesson shows it."""
    if not word[1:].islower():
        return True
    plain = folded(word)
    if (
        binds(plain, ENGLISH)
        or binds(plain, language)
        or plain in light()
        or re.search(rf"(?<![^\W\d_]){plain[:4]}", lesson)
    ):
        return False
    return not re.search(r"(?:s|ing|ed|ly|er|tion)$", plain) or word in lesson
