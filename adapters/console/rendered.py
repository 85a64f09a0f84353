"""A message in a terminal, its Markdown rendered as it streams: only what is not finished is drawn again."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from adapters.base import Content
from adapters.console.blocks import Blocks
from adapters.console.growth import Growth
from adapters.console.pane import Pane
from adapters.console.paper import Paper
from adapters.console.terminal import Screen
from adapters.rendering import code

_OWN = Style(dim=True)


class Rendered:
    """One message. What the bot says itself stands dim below what a model wrote."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._paper = Paper(screen.size.columns, is_unicode=screen.is_unicode)
        self._begin()

    def _begin(self) -> None:
        self._growth, self._blocks, self._pane = Growth(), Blocks(), Pane(self._screen)

    def show(self, content: Content) -> None:
        """See `poster.Shown`. Words that were taken back are wiped off the screen."""
        written = content.text[: len(content.text) - content.own_chars]
        if not self._growth.goes_on_with(written):
            self._pane.clear()
            self._begin()
        self._fit()
        finished, growing = self._growth.take(written)
        stay = self._blocks.rows(finished, self._paper, may_be_broken=True)
        if content.running:
            live = self._blocks.copy().rows(growing, self._paper, may_be_broken=False)
        else:
            stay += self._blocks.rows(growing, self._paper, may_be_broken=True)
            stay += self._own(content.text[len(written) :], is_below=bool(written))
            live = []
        self._pane.show(self._paper.rows(stay), self._paper.rows(live))
        if not content.running:
            self._pane.end()

    def _own(self, text: str, *, is_below: bool) -> list[Text]:
        rows = self._blocks.rows(code.read(text), self._paper, may_be_broken=True)
        for row in rows if is_below else ():
            row.stylize(_OWN)
        return rows

    def _fit(self) -> None:
        """Write on as many columns as the terminal has now."""
        if self._paper.columns != (columns := self._screen.size.columns):
            self._paper = Paper(columns, is_unicode=self._screen.is_unicode)
