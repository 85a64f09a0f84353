"""What is written on: how wide it is, which signs and colours it has. Rows of styled text, and how they are sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segments
from rich.text import Text

# What steers a terminal, and what changes the order of letters in the lines of others.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
TAB_COLUMNS = 4
# Less than this is left to nothing, however deep it stands.
LEAST_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Signs:
    """What is drawn: marks of items, boxes, the bar beside a quote, the line of a rule."""

    item: str = "•"
    open_box: str = "☐"
    ticked_box: str = "☑"
    bar: str = "│"
    rule: str = "─"


UNICODE = Signs()
ASCII = Signs("*", "[ ]", "[x]", "|", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is sent, and how many columns it takes; more than there are where the terminal is to break it."""

    sent: str
    cells: int


class Paper:
    """A terminal of this many columns."""

    def __init__(self, columns: int, *, is_unicode: bool) -> None:
        self.columns = columns
        self.is_unicode = is_unicode
        self.signs = UNICODE if is_unicode else ASCII
        self.console = Console(
            file=StringIO(),
            force_terminal=True,
            width=columns,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def wrapped(self, text: Text, columns: int) -> list[Text]:
        """Break a text into rows between words, and words that are wider than a row."""
        return [*text.wrap(self.console, columns, overflow="fold", tab_size=TAB_COLUMNS)]

    def folded(self, line: Text, columns: int) -> list[Text]:
        """Break a line of code where the row is full, as a terminal does."""
        cuts, cells = [], 0
        for place, character in enumerate(line.plain):
            width = cell_len(character)
            if cells + width > columns:
                cuts.append(place)
                cells = 0
            cells += width
        return [*line.divide(cuts)] if cuts else [line]

    def rows(self, texts: Sequence[Text]) -> list[Row]:
        """Return texts as they are sent."""
        return [Row(self._sent(text), text.cell_len) for text in texts]

    def _sent(self, text: Text) -> str:
        with self.console.capture() as sent:
            self.console.print(Segments(text.render(self.console)), end="", crop=False)
        return sent.get()


def harmless(text: str) -> str:
    """Return words without what would steer the terminal or turn other words around."""
    return _STEERING.sub("", text)


def harmless_code(line: str) -> str:
    """Return a line of code, in which such characters are seen."""
    return _STEERING.sub(lambda found: f"<U+{ord(found[0]):04X}>", line.expandtabs(TAB_COLUMNS))
