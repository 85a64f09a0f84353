"""A text as it comes, without the reasoning in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.reasoning.dialects import DIALECTS, Marks, ReasoningDialect
from bot.reasoning.text_places import BlockPlace, ProsePlace, TextPlace

# More of a line is not needed to see whether a fence may begin in it.
LINE_CHARS = 80
_PROSE = ProsePlace(Marks(DIALECTS))


@dataclass(slots=True)
class ReasoningFilter:
    """Takes the reasoning out of one text. What comes of it is the same, however the text was cut into pieces.

    A mark that closes what never opened tells that all before it was reasoning: `withdrawals` counts how often
    everything that was handed out until then is to be taken back. Behind a first block such a mark at the very end says
    nothing.
    """

    dialects: Sequence[ReasoningDialect] = DIALECTS
    withdrawals: int = 0
    _place: TextPlace = _PROSE
    _rest: str = ""
    _line: str = ""
    _out: list[str] = field(default_factory=list)
    _lead: str | None = ""
    _trims: bool = False
    _last: str = " "
    _has_closed: bool = False
    _is_stray: bool = False

    def __post_init__(self) -> None:
        if self.dialects is not DIALECTS:
            self._place = ProsePlace(Marks(self.dialects))

    @property
    def is_reasoning(self) -> bool:
        """Whether what comes now is reasoning that began with its mark."""
        return isinstance(self._place, BlockPlace)

    @property
    def has_closed(self) -> bool:
        """Whether reasoning has ended so far."""
        return self._has_closed

    def feed(self, text: str) -> str:
        """Take the next piece of the text; return what of it can be shown by now."""
        self._rest += text
        return self._read(is_end=False)

    def finish(self) -> str:
        """Return what was left unclear. Reasoning without an end is left out."""
        said = self._read(is_end=True)
        if self._lead and not self._trims:
            said, self._lead = said + self._lead, None
        return said

    def _read(self, *, is_end: bool) -> str:
        while self._rest:
            read = self._place.read(self._rest, self._line, is_end=is_end)
            if not read.length and read.then is self._place:
                break
            text, self._rest = self._rest[: read.length], self._rest[read.length :]
            was_reasoning, self._place = self.is_reasoning, read.then
            if read.is_shown:
                self._show(text)
                self._line = (self._line + text).rpartition("\n")[2][:LINE_CHARS]
            elif read.is_stray:
                self._close(is_stray=True)
            elif was_reasoning and not self.is_reasoning:
                self._close(is_stray=False)
        said = "".join(self._out)
        self._out.clear()
        return said

    def _show(self, text: str) -> None:
        if self._lead is not None:
            self._lead += text
            if not (visible := self._lead.lstrip()):
                return
            if self._is_stray:
                self._withdraw()
            text, self._lead = visible if self._trims else self._lead, None
        if text:
            self._out.append(text)
            self._last = text[-1]

    def _close(self, *, is_stray: bool) -> None:
        """Go on behind reasoning: with one white space where two would meet, and with none at the beginning."""
        if is_stray and not self._has_closed:
            self._withdraw()
        elif is_stray:
            # Whether this takes back what was said since the last block is told by what follows.
            self._is_stray = True
        self._trims = self._last.isspace()
        self._lead = ""
        self._has_closed = True

    def _withdraw(self) -> None:
        self.withdrawals += 1
        self._out.clear()
        self._last, self._trims, self._is_stray = " ", True, False


def without_reasoning(text: str) -> str:
    """Return a whole text without the reasoning in it."""
    screen = ReasoningFilter()
    said = screen.feed(text)
    before = screen.withdrawals
    rest = screen.finish()
    return rest if screen.withdrawals > before else said + rest
