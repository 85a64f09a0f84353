"""A lesson's file read as a page: its sections with GitHub's headings and anchors, and what it says of itself.

Markdown and notebooks become the same `LessonPage`. Knows nothing of where files are, and cuts nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.lessons.reading.inline import BADGE
from bot.lessons.reading.lesson_text import front_of, lesson_only
from bot.lessons.reading.markdown_dialects import plain_markdown
from bot.lessons.reading.section_blocks import Block, blocks_of
from bot.lessons.sites.slugs import Slugs

# markdown-it's tokens for one: its begin, its words, its end.
HEADING_TOKENS = 3
MARKDOWN = MarkdownIt("commonmark").enable("table")
# What names a heading for links behind its words: `{#name}`, `[[name]]`, `{.unnumbered}`.
MARKS = re.compile(r"\s*(?:\{[#.:-][^{}]*\}|\[\[[^\WA-Z][^\W A-Z]*(?:[.-][^\WA-Z]+)*\]\]|\[#[\w.-]+\])\s*$")
TOLD_ANCHOR = re.compile(r"\{#([^{}\s]+)\}\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it up to the next one. `level` 0 is what stands before the first."""

    number: int = 0
    level: int = 0
    path: tuple[str, ...] = ()
    anchor: str = ""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage:
    """A file as it was read.

    `told_title` is what its front matter calls it, `title` its first heading of level 1, `opening` the heading it
    begins with, `banner` the text of the picture it begins with; each "" where there is none. `links` are the labels of
    its links by address, as tables of contents have them. `has_parts`: it has several headings of level 1, and words
    before the first of them, which is none of the whole page then.
    """

    sections: tuple[Section, ...]
    told_title: str = ""
    title: str = ""
    opening: str = ""
    banner: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    has_parts: bool = False


class NotANotebook(ValueError):
    """The file is no notebook, or a damaged one."""


def read_markdown(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read a lesson in Markdown."""
    reader = _Reader(has_anchors=True, told_title=front_of(text).title)
    reader.add(plain_markdown(lesson_only(text, is_translation=is_translation)))
    return reader.page()


def read_words(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read what was made into plain Markdown of another format, whose headings have no anchors on GitHub."""
    reader = _Reader(has_anchors=False, told_title=front_of(text).title)
    reader.add(lesson_only(text, is_translation=is_translation))
    return reader.page()


def read_anchored(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read what was made into plain Markdown of another format, with the anchors its headings name: `{#name}`."""
    reader = _Reader(has_anchors=False, has_told_anchors=True)
    reader.add(lesson_only(text, is_translation=is_translation))
    return reader.page()


def read_notebook(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read a Jupyter notebook: its words as Markdown, its code fenced, no outputs. GitHub gives it no anchors.

    `is_translation`: a last paragraph about the translation is left out.

    Raises:
        NotANotebook: it cannot be read.
    """
    cells = list(_cells(text))
    first = cells[0].source if cells and not cells[0].is_code else ""
    reader = _Reader(has_anchors=False, told_title=front_of(first).title)
    for cell in cells:
        if cell.is_code:
            reader.add(_fenced(cell.source, cell.language))
        else:
            reader.add(plain_markdown(lesson_only(cell.source, is_translation=is_translation)))
    return reader.page()


def prose_of(text: str) -> str:
    """Return the words of a notebook, as the Markdown of one text.

    Raises:
        NotANotebook: it cannot be read.
    """
    return "\n\n".join(cell.source for cell in _cells(text) if not cell.is_code)


@dataclass(frozen=True, slots=True)
class _Cell:
    source: str
    language: str
    is_code: bool


def _cells(text: str) -> Iterator[_Cell]:
    """Yield a notebook's cells, in either of its two formats; a cell without words or code says nothing."""
    try:
        notebook = json.loads(text)
        cells = (
            notebook["cells"]
            if "cells" in notebook
            else [e for sheet in notebook["worksheets"] for e in sheet["cells"]]
        )
        language = _language(notebook.get("metadata"))
        for cell in cells or ():
            kind, source = str(cell["cell_type"]), cell.get("source", cell.get("input"))
            said = source if isinstance(source, str) else "".join(map(str, source or ()))
            yield _Cell(
                "#" * int(cell.get("level") or 1) + f" {said}" if kind == "heading" else said, language, kind == "code"
            )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotANotebook from error


def _language(metadata: object) -> str:
    """Return the language of a notebook's code, "" where nothing is said of it."""
    for group, name in (("kernelspec", "language"), ("language_info", "name")):
        told = metadata.get(group) if isinstance(metadata, dict) else None
        if isinstance(told, dict) and isinstance(told.get(name), str):
            return str(told[name])
    return ""


def _fenced(source: str, language: str) -> str:
    if not source.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`{3,}", source)), default=2)
    return f"{'`' * (longest + 1)}{language}\n{source.rstrip()}\n{'`' * (longest + 1)}"


class _Reader:
    """Collects sections over one text or many: a notebook has one for each cell."""

    def __init__(self, *, has_anchors: bool, has_told_anchors: bool = False, told_title: str = "") -> None:
        self._has_anchors = has_anchors
        self._has_told_anchors = has_told_anchors
        self._told_title = told_title
        self._slugs = Slugs()
        self._sections: list[Section] = []
        self._above: list[tuple[int, str]] = []
        self._current = Section()
        self._blocks: list[Block] = []
        self._title = ""
        self._opening = ""
        self._banner = ""
        self._has_spoken = False
        self._parts: list[bool] = []
        self._links: dict[str, str] = {}

    def add(self, text: str) -> None:
        """Read on."""
        env: dict[str, dict[str, dict[str, str]]] = {}
        tokens = MARKDOWN.parse(text, env)
        references = {name: target["href"] for name, target in env.get("references", {}).items()}
        lines = text.split("\n")
        start = 0
        for at, token in enumerate(tokens):
            self._note(token)
            if token.type == "heading_open" and token.level == 0 and (said := rendered(tokens[at + 1])):
                self._blocks += blocks_of(tokens[start:at], lines, references)
                self._begin(int(token.tag[1:]), said)
                start = at + HEADING_TOKENS
        self._blocks += blocks_of(tokens[start:], lines, references)

    def page(self) -> LessonPage:
        """Return all that was read."""
        self._end()
        return LessonPage(
            sections=tuple(self._sections),
            told_title=self._told_title,
            title=self._title,
            opening=self._opening,
            banner=self._banner,
            links=self._links,
            has_parts=len(self._parts) > 1 and self._parts[0],
        )

    def _begin(self, level: int, said: str) -> None:
        """Begin a section; the anchor is of what GitHub shows, mark and all, the heading what people read."""
        heading = MARKS.sub("", said) or said
        if not self._has_spoken:
            self._opening = heading
        self._end()
        self._above = [above for above in self._above if above[0] < level] + [(level, heading)]
        if level == 1:
            self._parts.append(self._has_spoken)
        self._title = self._title or (heading if level == 1 else "")
        self._current = Section(
            number=self._current.number + 1,
            level=level,
            path=tuple(each for _, each in self._above),
            anchor=self._slugs(said) if self._has_anchors else self._told_anchor(said),
        )

    def _told_anchor(self, said: str) -> str:
        found = TOLD_ANCHOR.search(said) if self._has_told_anchors else None
        return found[1] if found else ""

    def _end(self) -> None:
        current = self._current
        self._sections.append(
            Section(
                number=current.number,
                level=current.level,
                path=current.path,
                anchor=current.anchor,
                blocks=tuple(self._blocks),
            )
        )
        self._blocks = []

    def _note(self, token: Token) -> None:
        """Keep the text of the picture the page begins with, and where links lead."""
        target, label = "", ""
        said = "" if token.type == "inline" else re.sub(r"<[^>]*>", "", token.content)
        for child in token.children or ():
            if child.type == "image" and not (self._banner or self._has_spoken or _is_badge(child)):
                self._banner = child.content.strip()
            if child.type == "link_open":
                target, label = str(child.attrs.get("href", "")), ""
            elif child.type == "link_close" and label.strip():
                self._links.setdefault(target, label.strip())
            elif child.type in {"text", "code_inline"}:
                label += child.content
                said += child.content
        self._has_spoken = self._has_spoken or bool(said.strip())


def _is_badge(picture: Token) -> bool:
    return BADGE.search(str(picture.attrs.get("src", ""))) is not None


def rendered(inline: Token) -> str:
    """Return a heading as GitHub renders it: words and code, no pictures, no tags."""
    return "".join(_words(inline.children or ())).strip()


def _words(children: Sequence[Token]) -> Iterator[str]:
    for child in children:
        if child.type in {"text", "code_inline", "text_special"}:
            yield child.content
        elif child.type in {"softbreak", "hardbreak"}:
            yield " "
