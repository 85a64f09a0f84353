"""Units: the smallest parts of a lesson's text that can be quoted by themselves. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_ROW = re.compile(r"^\s*\|.*\|?\s*$")
_RULE = re.compile(r"^[\s|:*_=-]+$")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+")
# Where a sentence ends: Latin, Arabic, Devanagari marks before white space, Chinese and Japanese ones anywhere.
_SENTENCE_END = re.compile(r"(?<=[.!?؟।][\s\"'”)\]*_])\s*(?=\S)|(?<=[。！？])(?=\S)")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->")
# A list item or a table row begins with its subject: bold words, or what stands before a colon or a dash.
_BOLD_LEAD = re.compile(r"\*\*[^*\n]+\*\*:?")
_LEAD_CHARS = 90


class UnitKind(StrEnum):
    """What a unit is."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class QuotableUnit:
    """A sentence, list item, table row or line of code, as it is quoted."""

    text: str
    kind: UnitKind

    @property
    def lead(self) -> str:
        """What a list item or a table row is about, shorter than the whole; the text itself where it is short."""
        if self.kind not in {UnitKind.ITEM, UnitKind.ROW} or len(self.text) <= _LEAD_CHARS:
            return self.text
        bold = _BOLD_LEAD.search(self.text[: 2 * _LEAD_CHARS])
        if bold:
            return f"{self.text[: bold.end()].rstrip(':')} …"
        return f"{self.text[: _clause_end(self.text)].rstrip()} …"


def units(text: str) -> list[QuotableUnit]:
    """Cut a passage into units in reading order; rules, images, empty rows and headings are left out."""
    return [unit for unit in _units(text) if re.search(r"\w", unit.text)]


def _units(text: str) -> Iterator[QuotableUnit]:
    fence = ""
    paragraph: list[str] = []
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence or mark:
            yield from _sentences(paragraph)
            paragraph = []
            if fence and mark and mark[1].startswith(fence):
                fence = ""
            elif not fence and mark:
                fence = mark[1]
            else:
                yield QuotableUnit(line.rstrip(), UnitKind.CODE)
            continue
        if not line.strip() or _RULE.match(line) or _HEADING.match(line):
            yield from _sentences(paragraph)
            paragraph = []
        elif _ROW.match(line):
            yield from _sentences(paragraph)
            paragraph = []
            yield QuotableUnit(_row(line), UnitKind.ROW)
        elif _ITEM.match(line):
            yield from _sentences(paragraph)
            paragraph = [line]
        else:
            paragraph.append(line)
    yield from _sentences(paragraph)


def _sentences(lines: list[str]) -> Iterator[QuotableUnit]:
    """Turn the lines of a paragraph or a list item into sentences; an item's first one keeps its mark."""
    text = plain(" ".join(line.strip().lstrip(">").strip() for line in lines))
    if not text:
        return
    mark = _ITEM.match(text)
    if mark:
        yield QuotableUnit(text, UnitKind.ITEM)
        return
    for sentence in _SENTENCE_END.split(text):
        if sentence.strip():
            yield QuotableUnit(sentence.strip(), UnitKind.SENTENCE)


def plain(text: str) -> str:
    """Return inline Markdown without images, link targets and HTML; emphasis and code marks stay."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    return " ".join(_TAG.sub(" ", text).split())


def _row(line: str) -> str:
    cells = [plain(cell) for cell in line.strip().strip("|").split("|")]
    return " | ".join(cell for cell in cells if cell)


def _clause_end(text: str) -> int:
    """Return where the first clause ends: before a colon, a dash, a cell's border, or between two words."""
    for mark in (": ", " – ", " - ", " | ", ", ", "، "):
        at = text.find(mark, 12, _LEAD_CHARS)
        if at > 0:
            return at
    at = text.rfind(" ", 0, _LEAD_CHARS)
    return at if at > 0 else _LEAD_CHARS
