"""The text of a Word file: mammoth makes HTML of it, and this makes text of that, with the marks of Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import mammoth

from bot.documents.office_archives import checked_archive

HEADINGS = {f"h{level}": f"{'#' * level} " for level in range(1, 7)}
_ENDS_BLOCK = frozenset({"p", "li", "ul", "ol"})
_APART = frozenset({"p", "br", *HEADINGS})
STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"


def word_html(content: bytes) -> str:
    """Return a Word file as HTML without its pictures. Raises `Stopped`, and what mammoth does on damage."""
    made = mammoth.convert_to_html(
        checked_archive(content),
        style_map=STYLES,
        convert_image=mammoth.images.img_element(lambda _: {}),
    )
    return str(made.value)


def word_blocks(content: bytes) -> Iterator[str]:
    """Yield headings, paragraphs, lists and tables in order. Raises as `word_html` does."""
    blocks = WordBlocks()
    blocks.feed(word_html(content))
    blocks.close()
    yield from blocks.whole()


class WordBlocks(HTMLParser):
    """Takes in HTML as mammoth writes it, and keeps its blocks as text."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[str] = []
        self._words: list[str] = []
        self._lists: list[int] = []
        self._rows: list[list[str]] = []
        self._in_table = 0

    def whole(self) -> list[str]:
        """Return the blocks."""
        self._end()
        return self._blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - none matters
        """Begin what a tag begins."""
        self._in_table += tag == "table"
        if self._in_table:
            self._begin_in_table(tag)
            return
        match tag:
            case "ul" | "ol":
                self._end()
                self._lists.append(0 if tag == "ol" else -1)
            case "li":
                self._end()
                self._words.append(self._bullet())
            case "br":
                self._words.append("\n")
            case _ if tag in HEADINGS:
                self._end()
                self._words.append(HEADINGS[tag])

    def handle_endtag(self, tag: str) -> None:
        """End what a tag ends."""
        if self._in_table:
            self._end_in_table(tag)
            self._in_table -= tag == "table"
        elif tag in _ENDS_BLOCK or tag in HEADINGS:
            self._end()
            if tag in {"ul", "ol"}:
                self._lists.pop()

    def _begin_in_table(self, tag: str) -> None:
        """Begin a part of a table; whatever stands in a cell, tables too, becomes the words of that cell."""
        if self._in_table > 1:
            self._words.append(" ")
        elif tag == "table":
            self._end()
        elif tag == "tr":
            self._rows.append([])
        else:
            self._words.append(" - " if tag == "li" else " " if tag in _APART else "")

    def _end_in_table(self, tag: str) -> None:
        if self._in_table > 1 or tag in _ENDS_BLOCK:
            self._words.append(" ")
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append(" ".join("".join(self._words).split()))
            self._words.clear()
        elif tag == "table":
            self._blocks.append("\n".join(" | ".join(row) for row in self._rows))
            self._rows.clear()
            self._words.clear()

    def handle_data(self, data: str) -> None:
        """Take in words."""
        self._words.append(data)

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return f"{'  ' * (len(self._lists) - 1)}- "
        self._lists[-1] += 1
        return f"{'  ' * (len(self._lists) - 1)}{self._lists[-1]}. "

    def _end(self) -> None:
        words = "".join(self._words).rstrip()
        self._words.clear()
        if words:
            self._blocks.append(words)
