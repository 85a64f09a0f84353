"""A run of Markdown text, styled: emphasis, code, links with where they lead, formulas as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from adapters.console.paper import harmless
from adapters.rendering.latex import readable
from adapters.rendering.parsing import pieces
from adapters.rendering.pieces import Kind, Piece, code_content, seen
from adapters.rendering.tags import without_tags

CODE = Style(bold=True, color="cyan")
_LINK = Style(underline=True)
_ADDRESS = Style(dim=True)
_MARKS = {"**": Style(bold=True), "~~": Style(strike=True), "*": Style(italic=True)}
_BREAK = re.compile(r"(?:\\| +)\n")


def styled(text: str, *, is_cell: bool = False) -> Text:
    """Return a run of Markdown text as it reads in a terminal; lines end where the model ended them."""
    writing = _Writing()
    writing.take(without_tags(pieces(_BREAK.sub("\n", text)), is_cell=is_cell))
    return writing.text


class _Writing:
    """Writes pieces one after the other."""

    def __init__(self) -> None:
        self.text = Text()
        self._open: list[str] = []

    def take(self, parts: Sequence[Piece], *, style: Style = Style()) -> None:  # noqa: B008 - a style never changes
        is_half = False
        for part in parts:
            match part.kind:
                case Kind.MARK if part.is_strong and is_half:
                    is_half = False
                case Kind.MARK:
                    self._mark(part)
                    # Of strong words each mark is two pieces, of which one says what both are.
                    is_half = part.is_strong and len(part.raw) == 1
                case Kind.CODE:
                    self._add(code_content(part.raw).replace("\n", " "), style + CODE)
                case Kind.LINK | Kind.IMAGE:
                    self._link(part, style)
                case Kind.MATH:
                    self._add((readable(part.target) or part.raw), style)
                case Kind.URL:
                    self._add(seen([part]), style + _LINK)
                case Kind.TAG:
                    self._add(part.raw, style)
                case _:
                    self._add(seen([part]), style)

    def _mark(self, part: Piece) -> None:
        mark = "**" if part.is_strong else part.raw.replace("_", "*")
        if not part.target.startswith("/"):
            self._open.append(mark)
        elif mark in self._open:
            self._open.remove(mark)

    def _link(self, part: Piece, style: Style) -> None:
        """Write a link's words, and where it leads where they do not say so."""
        words = seen(part.inner)
        if part.inner:
            self.take(part.inner, style=style + _LINK)
        address = part.target.removeprefix("mailto:")
        if address and words.strip() not in (address, part.target):
            self._add(f" ({part.target})" if words.strip() else part.target, style + _ADDRESS)

    def _add(self, words: str, style: Style) -> None:
        marks = Style.combine([Style.null(), *(_MARKS[mark] for mark in self._open if mark in _MARKS)])
        self.text.append(harmless(words), marks + style)
