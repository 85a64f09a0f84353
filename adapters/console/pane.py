"""The rows of one message in a terminal: those that stay, and below them those that may still change."""

from __future__ import annotations

import os
from collections.abc import Sequence

from adapters.console.paper import Row
from adapters.console.terminal import Screen

CLEAR_BELOW = "\x1b[J"


class Pane:
    """Keeps the last rows of the screen like a text that grows; the cursor rests behind the last one.

    Rows that may change never take more than the screen: of more only the last ones are shown until they stay.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._live: list[Row] = []
        self._columns = 0
        # How many rows of the screen the whole message takes.
        self._height = 0

    def show(self, stay: Sequence[Row], live: Sequence[Row]) -> None:
        """Add rows that stay, and show others below them, in the place of those that were shown there."""
        size = self._screen.size
        shown = [*live][-max(1, size.lines - 1) :]
        wanted = [*stay, *shown]
        above = self._height - _height(self._live, self._columns or size.columns)
        self._screen.write(self._way_to(wanted, size.columns))
        self._height = above + _height(wanted, size.columns)
        self._live, self._columns = shown, size.columns

    def clear(self) -> None:
        """Take away what of the message is on the screen."""
        size = self._screen.size
        rows = min(self._height, size.lines)
        self._screen.write(_up(rows - 1) + "\r" + CLEAR_BELOW if rows else "")
        self._live, self._height = [], 0

    def end(self) -> None:
        """Let the cursor stand below the message."""
        self._screen.write("\n" if self._height else "")

    def _way_to(self, wanted: Sequence[Row], columns: int) -> str:
        """Return what makes the rows that may change the ones that are wanted; those that are the same are left."""
        old = self._live
        same = 0
        if columns == self._columns:
            while same < min(len(old), len(wanted)) and old[same] == wanted[same]:
                same += 1
        new = "\n".join(row.sent for row in wanted[same:])
        if same == len(old):
            begins = bool(self._height) and same < len(wanted)
            return ("\n" if begins else "") + new
        rows = _height(old[same:], self._reflowed(columns))
        if same < len(wanted):
            return _up(rows - 1) + "\r" + CLEAR_BELOW + new
        if not wanted and self._height == _height(old, columns):
            return _up(rows - 1) + "\r" + CLEAR_BELOW
        # The cursor goes back behind the last row that stays.
        return (
            _up(rows - 1)
            + "\r"
            + CLEAR_BELOW
            + _up(1)
            + (f"\x1b[{wanted[-1].cells}C" if wanted and wanted[-1].cells else "")
        )

    def _reflowed(self, columns: int) -> int:
        """Return in how many columns the old rows stand now: most terminals break them anew when they get narrower."""
        return min(columns, self._columns) if _breaks_anew() else self._columns


def _breaks_anew() -> bool:
    """Whether rows that were wider than the terminal is now stand on several."""
    is_xterm = "XTERM_VERSION" in os.environ
    is_screen = "STY" in os.environ
    return not (is_xterm or is_screen or os.environ.get("TERM") == "linux")


def _height(rows: Sequence[Row], columns: int) -> int:
    return sum(max(1, -(-row.cells // columns)) for row in rows)


def _up(rows: int) -> str:
    return f"\x1b[{rows}A" if rows > 0 else ""
