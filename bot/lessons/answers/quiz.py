"""Quizzes: questions made of a lesson's own words, without a model. Pure, and the same for the same lesson."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain import Passage, QuizItem
from bot.lessons.answers.units import UnitKind, units

OPTIONS = 4
FEWEST_OPTIONS = 3
# A platform's button holds 80 characters.
TERM_CHARS = 60
CLUE_CHARS = (25, 400)
# "**Term**: what it means", "**Term** – what it means", "Term | what it means".
_BOLD = re.compile(r"^(?:[-*+]|\d{1,3}[.)])?\s*\*\*(?P<term>[^*]+?)[:.]?\*\*\s*(?:[:–—-]|\s)\s*(?P<clue>.+)$")
_ROW = re.compile(r"^(?P<term>[^|]+?) \| (?P<clue>[^|]+)")
_MARKS = re.compile(r"[*_`]")


class _Term(NamedTuple):
    id: str
    term: str
    clue: str
    passage: Passage


def quiz(passages: Sequence[Passage]) -> list[QuizItem]:
    """Return every question a document gives, in reading order; `passages` are all of its chunks."""
    terms = list(_terms(passages))
    names = list(dict.fromkeys(each.term for each in terms))
    if len(names) >= FEWEST_OPTIONS:
        return [_item(each, names) for each in terms]
    sections = list(_sections(passages))
    headings = list(dict.fromkeys(each.term for each in sections))
    if len(headings) < FEWEST_OPTIONS:
        return []
    return [_item(each, headings, is_section=True) for each in sections]


def _item(right: _Term, names: Sequence[str], *, is_section: bool = False) -> QuizItem:
    others = sorted((name for name in names if name != right.term), key=lambda name: _order(right.id, name))
    options = sorted([right.term, *others[: OPTIONS - 1]], key=lambda name: _order(name, right.id))
    return QuizItem(
        id=right.id,
        clue=right.clue,
        options=tuple(options),
        answer=options.index(right.term),
        passage=right.passage,
        is_section=is_section,
    )


def _terms(passages: Sequence[Passage]) -> Iterator[_Term]:
    """Yield what the document explains by name: in lists and in tables."""
    seen: set[str] = set()
    for passage in passages:
        for order, unit in enumerate(units(passage.chunk.text)):
            found = _BOLD.match(unit.text) if unit.kind in {UnitKind.ITEM, UnitKind.SENTENCE} else None
            found = _ROW.match(unit.text) if unit.kind is UnitKind.ROW else found
            if found is None:
                continue
            term, clue = _bare(found["term"]), _without(found["clue"], _bare(found["term"]))
            if _is_usable(term, clue) and term.casefold() not in seen:
                seen.add(term.casefold())
                yield _Term(f"{passage.id}.{order}", term, clue, passage)


def _sections(passages: Sequence[Passage]) -> Iterator[_Term]:
    """Yield the first good sentence of each section."""
    seen: set[str] = set()
    for passage in passages:
        heading = _bare(passage.chunk.heading)
        if heading in seen or len(passage.chunk.heading_path) < 2:  # noqa: PLR2004 - below the title
            continue
        for order, unit in enumerate(units(passage.chunk.text)):
            clue = _without(unit.text, heading)
            if unit.kind is UnitKind.SENTENCE and _is_usable(heading, clue):
                seen.add(heading)
                yield _Term(f"{passage.id}.{order}", heading, clue, passage)
                break


def _is_usable(term: str, clue: str) -> bool:
    shortest, longest = CLUE_CHARS
    return 1 < len(term) <= TERM_CHARS and shortest <= len(clue) <= longest


def _bare(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split()).strip(" :.-–—")


def _without(clue: str, term: str) -> str:
    """Return the clue with the term itself blanked out."""
    return re.sub(re.escape(term), "…", clue.strip(), flags=re.IGNORECASE)


def _order(one: str, other: str) -> bytes:
    """Return a sort key that looks like chance and is the same every time."""
    return hashlib.sha256(f"{one}\n{other}".encode()).digest()
