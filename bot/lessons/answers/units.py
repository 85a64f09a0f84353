"""Units: the smallest parts of a lesson's text that can be quoted by themselves. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from textwrap import dedent

from bot.lessons.answers.sentences import sentences
from bot.lessons.language.words import HTML_TAG

_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_ROW = re.compile(r"^\s*\|.*\|?\s*$")
_RULE = re.compile(r"^[\s|:*_=-]+$")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
# Code inside a line is kept letter for letter: a tag in it is what the lesson speaks of.
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# What an entity stands for must not become a mark.
_MARKUP = re.compile(r"[*_`\[\]]")
# A list item or a table row begins with its subject: bold words, or what stands before a colon or a dash.
_BOLD_LEAD = re.compile(r"\*\*[^*\n]+\*\*:?")
_LEAD_CHARS = 90

CODE_LINES = 15
"""Code of more lines is not quoted: a part of it is none that runs."""


class UnitKind(StrEnum):
    """What a unit is."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class QuotableUnit:
    """A sentence, list item, table row or block of code in its fence, as it is quoted."""

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

    @property
    def label(self) -> str:
        """What an item or a row names in the bold words, or the cell, it begins with; "" where it does not."""
        if self.kind is UnitKind.ROW:
            return self.text.partition(" | ")[0].strip("* ")
        bold = _BOLD_LEAD.match(_ITEM.sub("", self.text)) if self.kind is UnitKind.ITEM else None
        return bold[0].strip("*: ") if bold else ""


def units(text: str) -> list[QuotableUnit]:
    """Cut a passage into units in reading order; rules, images, empty rows, headings and long code are left out."""
    return [unit for unit in _units(text) if re.search(r"\w", unit.text)]


def _units(text: str) -> Iterator[QuotableUnit]:
    fence = ""
    code: list[str] = []
    paragraph: list[str] = []
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence or mark:
            yield from _sentences(paragraph)
            paragraph = []
            code.append(line)
            if fence and mark and mark[1].startswith(fence) and not line.strip(" >`~"):
                yield from _code(code, fence)
                fence, code = "", []
            elif not fence and mark:
                fence = mark[1]
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
    if code:
        yield from _code([*code, fence], fence)


def _code(lines: Sequence[str], fence: str) -> Iterator[QuotableUnit]:
    """Turn a fenced block, its fences included, into one unit without the indentation it stands in."""
    inside = [re.sub(r"^\s*(?:>\s?)+", "", line) if line.lstrip().startswith(">") else line for line in lines]
    opening, *body, _ = inside
    if any(line.strip() for line in body) and len(body) <= CODE_LINES:
        label = opening.strip().lstrip("`~").strip().partition(" ")[0]
        shift = len(opening) - len(opening.lstrip())
        outdented = [line[min(shift, len(line) - len(line.lstrip())) :].rstrip() for line in body]
        said = dedent("\n".join(outdented)) if shift else "\n".join(outdented)
        yield QuotableUnit(f"{fence}{label}\n{said}\n{fence}", UnitKind.CODE)


def _sentences(lines: list[str]) -> Iterator[QuotableUnit]:
    """Turn the lines of a paragraph or a list item into sentences; an item's first one keeps its mark."""
    text = plain(" ".join(line.strip().lstrip(">").strip() for line in lines))
    if not text:
        return
    mark = _ITEM.match(text)
    if mark:
        yield QuotableUnit(text, UnitKind.ITEM)
        return
    for sentence in sentences(text):
        yield QuotableUnit(sentence, UnitKind.SENTENCE)


def plain(text: str) -> str:
    """Return inline Markdown without images, link targets and HTML; emphasis and code marks stay, code as it is."""
    spans: list[str] = []

    def aside(found: re.Match[str]) -> str:
        spans.append(" ".join(found[0].split()))
        return f"\0{len(spans) - 1}\0"

    # A link is read with the code in its words.
    prose = _LINK.sub(r"\1", _IMAGE.sub("", _CODE.sub(aside, text.replace("\0", ""))))
    spoken = " ".join(_decoded(HTML_TAG.sub(" ", prose)).split())
    return re.sub("\0(\\d+)\0", lambda mark: spans[int(mark[1])], spoken)


def _decoded(text: str) -> str:
    """Return what entities stand for, none of it as a mark."""
    return re.sub(r"&#?\w{1,31};", lambda entity: _MARKUP.sub(r"\\\g<0>", unescape(entity[0])), text)


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
