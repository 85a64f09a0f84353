"""Search by words: BM25 over character 4-grams, that is over parts of words.

Parts of words stand in for stemming in every language, for the prefixes of Hebrew and Arabic, for compounds and for
slips of the pen. Scripts without spaces are cut into pairs of letters. See docs/decisions/0007-lesson-search.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.lessons.language.words import is_wide

Floats = NDArray[np.float32]
Grams = NDArray[np.uint32]

GRAM = 4
PAIR = 2
LONE = 3
"""A single letter with the spaces around it; of no other parts of three the index knows."""

# BM25's constants: how soon a repetition adds nothing, and how much a long chunk is held against it; less than usual,
# as chunks are cut to a length anyhow.
K1 = 1.2
B = 0.5
# Weights of occurrences are kept in a byte each.
STEPS = 255
# So many texts are cut into their parts at once.
AT_ONCE = 400
_MULTIPLIER = np.uint64(1_000_003)
_MIX = np.uint64(0x9E37_79B9_7F4A_7C15)
_WIDE = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3))
_SPACE = 32


def grams(word: str) -> Grams:
    """Return the parts a word is found by, each once; a single letter is found with the spaces around it."""
    codes = _codes(word if is_wide(word) else f" {word} ")
    size = PAIR if is_wide(word) else min(GRAM, len(codes))
    return np.unique(_hashed(codes, size))


class Postings:
    """The parts of words of some texts. Immutable, about 6 bytes an entry."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """Index texts given as their words."""
        self.count = len(texts)
        parts = [_counted(texts[start : start + AT_ONCE], start) for start in range(0, self.count, AT_ONCE)]
        keys = np.concatenate([found for found, _ in parts] or [np.zeros(0, np.uint64)])
        times = np.concatenate([count for _, count in parts] or [np.zeros(0, np.uint16)])
        order = np.argsort(keys, kind="stable")
        keys, times = keys[order], times[order]
        lengths = np.bincount((keys & np.uint64(0xFFFF_FFFF)).astype(np.int64), times, minlength=self.count)
        self._texts = (keys & np.uint64(0xFFFF_FFFF)).astype(np.uint32)
        self._grams, starts = np.unique((keys >> np.uint64(32)).astype(np.uint32), return_index=True)
        self._bounds = np.append(starts, len(keys))
        long = 1 - B + B * lengths / max(lengths.mean(), 1.0) if self.count else lengths
        weights = times / (times + K1 * long[self._texts])
        self._weights = np.round(weights * STEPS).astype(np.uint8)

    def rarity(self, wanted: Grams) -> Floats:
        """Return for each part how much it tells: BM25's inverse document frequency."""
        _, sizes = self._slices(wanted)
        return np.log1p((self.count - sizes + 0.5) / (sizes + 0.5)).astype(np.float32)

    def weight(self, wanted: Grams) -> float:
        """Return how much a word counts: the rarity of its parts, and a little more for a long one."""
        return float(self.rarity(wanted).mean() * np.sqrt(len(wanted))) if len(wanted) else 0.0

    def held(self, wanted: Grams) -> Floats:
        """Return for each text how much of a word it holds and how often, between 0 and 1; rare parts count more."""
        share = np.zeros(self.count, np.float32)
        for start, end, rare in self._parts(wanted):
            share[self._texts[start:end]] += self._weights[start:end] * np.float32(rare / STEPS)
        return share

    def present(self, wanted: Grams) -> Floats:
        """Return for each text how much of a word it holds at all, between 0 and 1."""
        share = np.zeros(self.count, np.float32)
        for start, end, rare in self._parts(wanted):
            share[self._texts[start:end]] += np.float32(rare)
        return share

    def _parts(self, wanted: Grams) -> Iterator[tuple[int, int, float]]:
        """Yield where the entries of each known part begin and end, and its share of the rarity of all parts."""
        starts, sizes = self._slices(wanted)
        rarity = self.rarity(wanted)
        shares = rarity / max(float(rarity.sum()), 1e-9)
        for start, size, share in zip(starts.tolist(), sizes.tolist(), shares.tolist(), strict=True):
            if size:
                yield start, start + size, share

    def _slices(self, wanted: Grams) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where each part's entries begin and how many there are."""
        if not len(self._grams):
            return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
        places = np.minimum(np.searchsorted(self._grams, wanted), len(self._grams) - 1)
        is_known = self._grams[places] == wanted
        sizes = np.where(is_known, self._bounds[places + 1] - self._bounds[places], 0)
        return self._bounds[places], sizes


def _counted(texts: Sequence[Sequence[str]], first: int) -> tuple[NDArray[np.uint64], NDArray[np.uint16]]:
    """Return the parts each text has, as (part, text) in one number, and how often; `first` is the first text's number.

    Some texts at a time: what it takes for a moment is many times what it leaves.
    """
    joined = [f" {' '.join(text)} " for text in texts]
    codes = _codes("".join(joined))
    sizes = np.array([len(text) for text in joined], np.int64)
    owners = np.repeat(np.arange(first, first + len(texts), dtype=np.uint64), sizes)
    wide = np.zeros(len(codes), bool)
    for low, high in _WIDE:
        wide |= (codes >= low) & (codes <= high)
    found = []
    for size in (GRAM, LONE, PAIR):
        kept = _whole(codes, owners, wide if size == PAIR else ~wide, size)
        found.append((_hashed(codes, size)[kept].astype(np.uint64) << np.uint64(32)) | owners[: len(kept)][kept])
    keys, times = np.unique(np.concatenate(found), return_counts=True)
    return keys, np.minimum(times, 0xFFFF).astype(np.uint16)


def _whole(
    codes: NDArray[np.uint64], owners: NDArray[np.uint64], fits: NDArray[np.bool_], size: int
) -> NDArray[np.bool_]:
    """Return which parts of this size lie in one text, in letters that fit, and with spaces at their edges only."""
    count = max(len(codes) - size + 1, 0)
    kept: NDArray[np.bool_] = owners[:count] == owners[size - 1 :]
    for offset in range(size):
        kept &= fits[offset : offset + count]
    for offset in range(1, size - 1):
        kept &= codes[offset : offset + count] != _SPACE
    if size == LONE:
        kept &= (codes[:count] == _SPACE) & (codes[size - 1 :] == _SPACE)
    return kept


def _codes(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)


def _hashed(codes: NDArray[np.uint64], size: int) -> Grams:
    """Return the hash of each part of this size: two different ones of a language hardly ever share one."""
    count = max(len(codes) - size + 1, 0)
    hashed = np.full(count, size, np.uint64)
    for offset in range(size):
        hashed = hashed * _MULTIPLIER + codes[offset : offset + count]
    return ((hashed * _MIX) >> np.uint64(32)).astype(np.uint32)
