"""Grounding: the check of an answer as a model writes it, against the passages it was given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain import Cited, Passage
from bot.lessons.answers.no_answer import is_refusal
from bot.lessons.answers.support import facts_stand, holds_code, supports
from bot.lessons.answers.units import units
from bot.lessons.answers.written import Statement, StatementKind, Statements
from bot.lessons.language.words import words
from bot.ports import Embedder

# Inner product of two e5 vectors, where sentence and passage are of different languages. Of the same sentences against
# the Hebrew passages, 11 of 17 that hold reach it, and none of the 14 others (0.828 at most).
MEANING = 0.83
_LATIN = re.compile(r"[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
_LEADS_IN = (":", "：")


@dataclass(slots=True)
class Grounding:
    """See `ports.Proof`. Statements that only lead in to what follows wait for it, as do the ends of lines."""

    passages: Sequence[Passage]
    embedder: Embedder | None = None
    removed: int = 0
    kept: int = 0
    is_refusal: bool = False
    _pieces: Statements = field(default_factory=Statements)
    _gap: str = ""
    _waiting: list[str] = field(default_factory=list)
    _list_mark: str = ""
    _marks: tuple[int, ...] = ()
    _is_begun: bool = False
    _said: set[tuple[str, ...]] = field(default_factory=set)
    _numbers: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _vectors: dict[int, list[Sequence[float]]] = field(default_factory=dict)

    async def feed(self, text: str) -> Cited:
        """See `ports.Proof.feed`."""
        return await self._checked([*self._pieces.feed(text)])

    async def finish(self) -> Cited:
        """See `ports.Proof.finish`."""
        return await self._checked([*self._pieces.finish()])

    async def _checked(self, pieces: Sequence[Statement]) -> Cited:
        said, cited = "", list[Passage]()
        for piece in pieces:
            if piece.text and not self._is_set_aside(piece):
                index = await self._supporting(piece)
                if index is None:
                    self.removed += 1
                else:
                    said += self._shown(piece, self.passages[index], cited)
            if piece.ends_line:
                self._end_line()
        return Cited(said, tuple(cited))

    def _is_set_aside(self, piece: Statement) -> bool:
        """Whether a piece claims nothing by itself, or nothing new; what it has for the next one is kept."""
        if piece.kind is StatementKind.SENTENCE and is_refusal(piece.text):
            self.is_refusal = True
            return True
        self._list_mark = piece.list_mark or self._list_mark
        if piece.kind is StatementKind.SENTENCE and not words(piece.text):
            self._marks += piece.marks
            return True
        if piece.text.endswith(_LEADS_IN) or piece.text.startswith("#"):
            self._lead_in(piece)
            return True
        return tuple(words(piece.text)) in self._said

    def _lead_in(self, piece: Statement) -> None:
        """Have a heading, or what ends with a colon, wait; one with a number or a name of no passage is left out."""
        if piece.text.startswith("#"):
            self._waiting = []
        if any(facts_stand(passage, piece.text) for passage in self.passages):
            self._waiting.append(f"{self._list_mark}{piece.text}")
        else:
            self.removed += 1
        self._list_mark = ""

    def _shown(self, piece: Statement, passage: Passage, cited: list[Passage]) -> str:
        """Return a piece that holds, behind what waits for it, with its number; one place has one."""
        place = (passage.document.course, passage.document.path, passage.chunk.section)
        if place not in self._numbers:
            cited.append(passage)
        number = self._numbers.setdefault(place, len(self._numbers) + 1)
        body = piece.cited(number)
        lead = "\n".join([*self._waiting, ""]) if self._waiting else ""
        gap = self._gap if self._is_begun else ""
        shown = f"{gap}{lead}{self._list_mark}{body}"
        self._said.add(tuple(words(piece.text)))
        self.kept += 1
        self._gap, self._waiting, self._list_mark, self._marks, self._is_begun = " ", [], "", (), True
        return shown

    def _end_line(self) -> None:
        self._gap = "\n" if self._gap == " " else "\n\n" if self._gap == "\n" and not self._list_mark else self._gap
        self._list_mark = ""
        self._marks = ()

    async def _supporting(self, piece: Statement) -> int | None:
        """Return the passage that supports the piece, those the model named first; None without one."""
        order = [number - 1 for number in (*piece.marks, *self._marks) if 0 < number <= len(self.passages)]
        order += [index for index in range(len(self.passages)) if index not in order]
        for index in order:
            if await self._holds(piece, index):
                return index
        return None

    async def _holds(self, piece: Statement, index: int) -> bool:
        passage = self.passages[index]
        if piece.kind is StatementKind.CODE:
            return holds_code(passage, piece.text)
        if _is_latin(piece.text) == _is_latin(passage.chunk.text):
            return supports(passage, piece.text)
        return facts_stand(passage, piece.text) and await self._means(piece.text, index) >= MEANING

    async def _means(self, sentence: str, index: int) -> float:
        """Return how near in meaning the nearest sentence of the passage is."""
        if self.embedder is None:
            return 0.0
        if index not in self._vectors:
            texts = [unit.text for unit in units(self.passages[index].chunk.text)][:40]
            self._vectors[index] = list(await self.embedder.passages(texts)) if texts else []
        asked = (await self.embedder.passages([sentence]))[0]
        return max((sum(a * b for a, b in zip(asked, row, strict=True)) for row in self._vectors[index]), default=0.0)


def _is_latin(text: str) -> bool:
    """Whether most letters are Latin."""
    letters = _LETTER.findall(text)
    return 2 * len(_LATIN.findall(text)) >= len(letters)
