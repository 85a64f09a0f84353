"""Grounding: whether a passage supports a sentence, and the check of an answer as a model writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain import Cited, Passage
from bot.lessons.answers.quoting import grams
from bot.lessons.answers.units import units
from bot.lessons.language.words import folded
from bot.ports import Embedder

NO_ANSWER = "NO ANSWER"
"""What a model is asked to write where the passages do not answer the question."""

# Share of a sentence's character 4-grams that the passage must hold. Measured on the sample course: 17 sentences
# reworded from their passage have 0.61 to 1.00 of them, 14 that say something else of the same thing 0.12 to 0.59.
SUPPORT = 0.6
# Inner product of two e5 vectors, where sentence and passage are of different languages. Of the same sentences against
# the Hebrew passages, 11 of 17 that hold reach it, and none of the 14 others (0.828 at most).
MEANING = 0.83
_MARK = re.compile(r"\s*\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]")
# A piece ends with its sentence, the marks that follow it included, or with its line.
_PIECE = re.compile(
    r"[^\n]*?(?:[.!?؟।][\"'”)*_]*(?:\s*\[[\d,\s]+\])*(?=\s)|[。！？](?:\s*\[[\d,\s]+\])*(?=[^\[])|\n)\s*"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<![A-Za-z])(?:[A-Z][A-Za-z0-9]*[A-Z0-9][A-Za-z0-9]*|[A-Z][a-z]{2,})(?![a-z])")
_LATIN = re.compile(r"[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
_LEADS_IN = (":", "：")


@dataclass(slots=True)
class Grounding:
    """See `ports.Proof`. Pieces that only lead in to what follows wait for it."""

    passages: Sequence[Passage]
    embedder: Embedder | None = None
    removed: int = 0
    is_refusal: bool = False
    _open: str = ""
    _waiting: str = ""
    _numbers: dict[int, int] = field(default_factory=dict)
    _vectors: dict[int, list[Sequence[float]]] = field(default_factory=dict)

    async def feed(self, text: str) -> Cited:
        """See `ports.Proof.feed`."""
        self._open += text
        pieces, at = [], 0
        while found := _PIECE.match(self._open, at):
            if found.end() == len(self._open) or found.end() == at:
                # The next delta may belong to it: a mark, or a decimal's other half.
                break
            pieces.append(found[0])
            at = found.end()
        self._open = self._open[at:]
        return await self._checked(pieces)

    async def finish(self) -> Cited:
        """See `ports.Proof.finish`."""
        rest, self._open = self._open, ""
        return await self._checked([rest] if rest.strip() else [])

    async def _checked(self, pieces: Sequence[str]) -> Cited:
        said, cited = "", []
        for piece in pieces:
            if piece.strip().upper().startswith(NO_ANSWER):
                self.is_refusal = True
                continue
            words = _MARK.sub("", piece)
            if not _LETTER.search(words):
                said += words if not said and not self._waiting else ""
                continue
            if words.strip().endswith(_LEADS_IN) or words.lstrip().startswith("#"):
                self._waiting += words
                continue
            index = await self._supporting(words, _marked(piece))
            if index is None:
                self.removed += 1
                continue
            if index not in self._numbers:
                cited.append(self.passages[index])
            number = self._numbers.setdefault(index, len(self._numbers) + 1)
            body = words.rstrip()
            said += f"{self._waiting}{body} [{number}]{words[len(body) :]}"
            self._waiting = ""
        return Cited(said, tuple(cited))

    async def _supporting(self, sentence: str, marked: Sequence[int]) -> int | None:
        """Return the passage that supports the sentence, those the model named first; None without one."""
        order = [number - 1 for number in marked if 0 < number <= len(self.passages)]
        order += [index for index in range(len(self.passages)) if index not in order]
        for index in order:
            if _facts_hold(sentence, self.passages[index]) and await self._holds(sentence, index):
                return index
        return None

    async def _holds(self, sentence: str, index: int) -> bool:
        text = self.passages[index].chunk.text
        if _is_latin(sentence) == _is_latin(text):
            return coverage(sentence, text) >= SUPPORT
        return await self._means(sentence, index) >= MEANING

    async def _means(self, sentence: str, index: int) -> float:
        """Return how near in meaning the nearest sentence of the passage is."""
        if self.embedder is None:
            return 0.0
        if index not in self._vectors:
            texts = [unit.text for unit in units(self.passages[index].chunk.text)][:40]
            self._vectors[index] = list(await self.embedder.passages(texts)) if texts else []
        asked = (await self.embedder.passages([sentence]))[0]
        return max((sum(a * b for a, b in zip(asked, row, strict=True)) for row in self._vectors[index]), default=0.0)


def coverage(sentence: str, text: str) -> float:
    """Return the share of the sentence's character n-grams that the text holds, 0 for a sentence without words."""
    asked = set(grams(sentence))
    return len(asked & set(grams(text))) / len(asked) if asked else 0.0


def _facts_hold(sentence: str, passage: Passage) -> bool:
    """Whether every number and every proper name of the sentence stands in the passage or its headings."""
    text = folded(" ".join((*passage.chunk.heading_path, passage.document.title, passage.chunk.text)))
    body = re.sub(r"^\s*(?:\d{1,3}[.)]|[-*+#]+)\s+", "", sentence)
    numbers = set(_NUMBER.findall(text))
    names = _NAME.findall(body)[0 if not _LATIN.match(body.lstrip(" *_\"'")) else 1 :]
    return set(_NUMBER.findall(folded(body))) <= numbers and all(folded(name) in text for name in names)


def _marked(piece: str) -> list[int]:
    return [int(number) for marks in _MARK.findall(piece) for number in re.findall(r"\d+", marks)]


def _is_latin(text: str) -> bool:
    """Whether most letters are Latin."""
    letters = _LETTER.findall(text)
    return 2 * len(_LATIN.findall(text)) >= len(letters)
