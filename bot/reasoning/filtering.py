"""A text as it comes, without what is no part of the answer in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.reasoning.characters import STEERING, has_seen
from bot.reasoning.dialects import DIALECTS
from bot.reasoning.left_out import BlockPlace
from bot.reasoning.marks import Marks, TextBefore
from bot.reasoning.model_dialect import MarkKind, ModelDialect
from bot.reasoning.reads import Effect, TextPlace
from bot.reasoning.speakers import NOBODY, Speakers
from bot.reasoning.text_places import ProsePlace

# More of a line is not needed to see whether a fence may begin in it.
LINE_CHARS = 80
MOST_KEPT_CHARS = 20_000
"""How much of a model's reasoning is kept; what is longer is cut."""
_MARKS = Marks(DIALECTS)
# What may stand behind the sign that ends a sentence.
_MOST_CLOSING = 8
_CLOSING = "\"'”’»)]*_`"
# A line may be drawn between the answer and what follows.
_CLOSING_OR_LINE = f"{_CLOSING}- \n"
# A term that a glossary explains; what a model writes before its own answer is none.
_ENTRY = re.compile(
    r"(?!(?:Answer|Response|Reply|Output|Result|A|Q|Assistant|AI|Bot|Chatbot|User|Human)\b)"
    r"[A-Z][\w/-]*(?: [\w/-]+){0,3}: ?[A-Z\d]"
)


@dataclass(slots=True)
class ReasoningFilter:
    """Takes out of one text what is not the answer. What comes of it is the same, however the text was cut into pieces.

    A mark that closes what never opened tells that all before it was reasoning: `withdrawals` counts how often
    everything that was handed out until then is to be taken back. Behind a first block such a mark at the very end says
    nothing. White space is handed out with the word behind it. `reasoned` is what was reasoning, but for what had been
    handed out.
    """

    dialects: Sequence[ModelDialect] = DIALECTS
    speakers: Speakers = NOBODY
    withdrawals: int = 0
    reasoned: str = ""
    _place: TextPlace = field(init=False)
    _rest: str = ""
    _line: str = ""
    _out: list[str] = field(default_factory=list)
    _lead: str | None = ""
    _blank: str = ""
    _trims: bool = False
    _last: str = "  "
    _has_said: bool = False
    _has_closed: bool = False
    _is_stray: bool = False
    _is_wrapped: bool = False
    _above: str = ""
    _is_spoken: bool = False
    _is_listed: bool = False
    _is_entry: bool = False
    _has_ended: bool = False

    def __post_init__(self) -> None:
        marks = _MARKS if self.dialects is DIALECTS else Marks(self.dialects)
        self._place = ProsePlace(marks, self.speakers)

    @property
    def is_reasoning(self) -> bool:
        """Whether what comes now is reasoning that began with its mark."""
        return isinstance(self._place, BlockPlace) and self._place.dialect.kind is MarkKind.REASONING

    @property
    def has_closed(self) -> bool:
        """Whether reasoning has ended so far."""
        return self._has_closed

    def feed(self, text: str) -> str:
        """Take the next piece of the text; return what of it can be shown by now."""
        self._rest += text.translate(STEERING)
        return self._read(is_end=False)

    def finish(self) -> str:
        """Return what was left unclear. Reasoning without an end is left out."""
        said = self._read(is_end=True)
        if self._lead and self._lead.isspace() and not self._trims and not self._has_ended:
            said, self._lead = said + self._lead, None
        if not self._has_ended:
            said, self._blank = said + self._blank, ""
        return said

    def _read(self, *, is_end: bool) -> str:
        text, at = self._rest, 0
        while at < len(text):
            read = self._place.read(text, at, self._before(), is_end=is_end)
            if read.end == at and read.then is self._place:
                break
            piece, at, place, self._place = text[at : read.end], read.end, self._place, read.then
            if isinstance(place, BlockPlace):
                self._keep(place.without_closing(piece))
            self._take(read.effect, piece)
        self._rest = text[at:]
        said = "".join(self._out)
        self._out.clear()
        return said

    def _before(self) -> TextBefore:
        is_lead = self._lead is not None
        return TextBefore(
            self._line,
            self._last,
            not self._has_said,
            is_lead,
            self._is_wrapped,
            self._above.rstrip(_CLOSING_OR_LINE)[-1:],
            self._is_spoken,
            self._is_listed,
            self._is_entry,
        )

    def _take(self, effect: Effect, piece: str) -> None:
        match effect:
            case Effect.SHOWN | Effect.LISTED:
                self._is_listed = self._is_listed or effect is Effect.LISTED
                self._show(piece)
                above, newline, line = piece.rpartition("\n")
                if newline:
                    last = above.rpartition("\n")
                    self._is_entry = _ENTRY.match(last[2] if last[1] else self._line + last[2]) is not None
                self._line = (line if newline else self._line + line)[:LINE_CHARS]
                return
            case Effect.UNMASKED:
                self._unmask()
            case Effect.STARTED if self._has_said:
                self._unmask()
            case Effect.SPOKEN:
                self._is_spoken = True
            case Effect.WRAPPED:
                self._is_wrapped = True
            case Effect.ENDED:
                self._has_ended = True
        if effect in (Effect.UNMASKED, Effect.STARTED):
            self._has_ended = False
        if effect in (Effect.REASONED, Effect.UNMASKED, Effect.STARTED):
            self._has_closed = True
        self._go_on_behind()

    def _show(self, text: str) -> None:
        if self._lead is not None:
            self._lead += text
            if not has_seen(text):
                return
            if self._is_stray:
                self._withdraw()
            text, self._lead = self._joined(self._lead) if self._trims else self._lead, None
        if not text:
            return
        self._has_said = True
        text = self._blank + text
        shown = text.rstrip()
        self._blank = text[len(shown) :]
        self._out.append(shown)
        self._above = (self._above + shown)[-_MOST_CLOSING:]
        self._last = (self._last + text)[-2:]

    def _joined(self, lead: str) -> str:
        """Return what goes on behind white space; where a line ended behind what was left out, it ends there."""
        rest = lead.lstrip()
        blank = lead[: len(lead) - len(rest)]
        if self._has_said and blank.count("\n") > self._blank.count("\n"):
            self._blank = blank
        return rest

    def _go_on_behind(self) -> None:
        """Go on behind what was left out: one white space where two would meet, and none at the beginning."""
        self._trims = self._last[-1:].isspace()
        self._lead = ""

    def _unmask(self) -> None:
        """Take back what was said; behind a first block, what follows tells whether that is to be."""
        if self._has_closed:
            self._is_stray = True
        else:
            self._withdraw()

    def _keep(self, reasoning: str) -> None:
        self.reasoned = (self.reasoned + reasoning)[:MOST_KEPT_CHARS]

    def _withdraw(self) -> None:
        self.withdrawals += 1
        self._keep("".join(self._out))
        self._out.clear()
        self._last, self._trims, self._is_stray, self._has_said, self._blank = "  ", True, False, False, ""
        self._above, self._is_spoken, self._is_listed, self._is_entry = "", False, False, False


def without_reasoning(text: str, *, speakers: Speakers = NOBODY) -> str:
    """Return the answer in a whole text: without reasoning, calls, tokens, and what others are made to say."""
    screen = ReasoningFilter(speakers=speakers)
    said = screen.feed(text)
    before = screen.withdrawals
    rest = screen.finish()
    return rest if screen.withdrawals > before else said + rest
