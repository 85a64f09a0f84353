"""Sentences: where they end in prose as lessons and models write it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

# An end mark with what closes behind it: Latin, Arabic and Devanagari ones before white space, wide ones anywhere.
_END = re.compile(r"(?P<mark>[.!?؟।]+)[\"'”’»)\]*_`]*(?=\s+\S)|[。！？]+[」』”’）)*_`]*(?=\s*\S)")
# What is not cut: code, emphasis and what stands in brackets. A mark that ends one of them ends its sentence.
_WHOLE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|\*\*[^*]{1,400}\*\*|\([^()]{1,300}\)|（[^（）]{1,300}）")
_SHORT = (
    "e.g i.e vs fig figs dr mr mrs ms prof cf approx eq eqs sec vol pp resp incl nos st ca z.b d.h u.a s.o bzw abb nr "
    "evtl ggf p.ej ej sr sra sres ud uds pág p.ex ex mme т.е т.к напр рис стр см"
)
_SHORTENED = frozenset(_SHORT.split())
"""A dot behind one of these ends no sentence, whatever follows."""

_MAY_END = frozenset({"etc", "al", "usw", "no"})
"""Behind these one ends unless a number follows."""

_LAST_WORD = re.compile(r"[^\s(（\[\"'“«*_]*$")
_INITIAL = re.compile(r"(?:^|[A-ZÀ-Þ][\w.'’-]*\s+)[A-ZÀ-Þ]$")
_NUMBERED = re.compile(r"(?:^|\n)\s*(?:[-*+]\s+)?\d{1,3}$")


def sentence_ends(text: str) -> Iterator[int]:
    """Yield where sentences end inside a text, marks and what closes behind them included; its own end is none."""
    whole = [(found.start(), found.end()) for found in _WHOLE.finditer(text)]
    for found in _END.finditer(text):
        is_inside = any(start < found.start() and found.end() < end for start, end in whole)
        if not is_inside and not (found["mark"] == "." and _goes_on(text, found.start(), found.end())):
            yield found.end()


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph in their order."""
    edges = [0, *sentence_ends(text), len(text)]
    cut = (text[start:end].strip() for start, end in pairwise(edges))
    return [sentence for sentence in cut if sentence]


def _goes_on(text: str, dot: int, end: int) -> bool:
    """Whether a dot stands behind a shortened word, an initial or the number of an item, or before a small letter."""
    before = text[:dot]
    following = text[end:].lstrip()[:1]
    word = _LAST_WORD.search(before)
    last = word[0].lower() if word else ""
    if following.islower():
        return True
    if last in _MAY_END:
        return following.isdigit()
    is_shortened = last in _SHORTENED or (last == "ej" and before.lower().endswith("p. ej"))
    is_split = re.search(r"(?<!\w)(?:[zdu]\. ?[bha]|т\. ?[едпк])$", before.lower()) is not None
    first_half = re.search(r"(?<!\w)[zdupт]$", before) is not None and following.isalpha()
    return is_shortened or is_split or first_half or bool(_INITIAL.search(before)) or bool(_NUMBERED.search(before))
