"""What of a model's words is shown at once, and what is held back until it is clear that it is no reasoning.

Some models write no mark where their reasoning begins: their template did. What was shown by then can be taken back by
an edit, and people have read it. docs/decisions/0010-reasoning-in-answers.md has the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from bot.reasoning.filtering import ReasoningFilter
from bot.reasoning.speakers import NOBODY, Speakers


class Hold(Enum):
    """How much of an answer is held back while no mark has told what it is."""

    NOTHING = auto()
    OPENING = auto()  # the first words, until `Screen.release`
    ANSWER = auto()  # all of it: the model may think
    REASONING = auto()  # all of it, and without a mark what was cut off is not shown: the model does think


@dataclass(frozen=True, slots=True)
class Words:
    """What is shown next; with `withdraws` nothing that was shown of this answer before stays."""

    text: str = ""
    withdraws: bool = False


@dataclass(slots=True)
class Screen:
    """Stands before one answer of a model: lets through what is none of its reasoning."""

    hold: Hold
    speakers: Speakers = NOBODY
    _filter: ReasoningFilter = field(init=False)
    _held: str = ""
    _taken_back: str = ""
    _shown: int = 0

    def __post_init__(self) -> None:
        self._filter = ReasoningFilter(speakers=self.speakers)

    @property
    def is_reasoning(self) -> bool:
        """Whether the model is reasoning now, as far as is known."""
        return self._filter.is_reasoning or self.hold is Hold.REASONING

    @property
    def reasoning(self) -> str:
        """What of the model's words was its reasoning, but for what had been shown before that was clear."""
        return (self._taken_back + self._filter.reasoned).strip()

    @property
    def is_unmasked(self) -> bool:
        """Whether the model ended reasoning that it had not marked as begun."""
        return self._filter.withdrawals > 0

    @property
    def has_spoken(self) -> bool:
        """Whether there are words that are no reasoning, shown or held."""
        return bool(self._shown or self._held.strip())

    def feed(self, text: str) -> Words:
        """Take the model's next words in; return what is shown now."""
        before = self._filter.withdrawals
        said = self._filter.feed(text)
        return self._passed(said, withdraws=self._filter.withdrawals > before)

    def release(self) -> Words:
        """Return the opening, if that is what is held: it has been held long enough."""
        if self.hold is not Hold.OPENING:
            return Words()
        return self._let_go()

    def finish(self, *, is_whole: bool, is_broken: bool = False) -> Words:
        """Return what was held to the end; `is_whole`: the model ended by itself, `is_broken`: somebody else ended it.

        Neither says that it was cut at its token limit.
        """
        before = self._filter.withdrawals
        said = self._filter.finish()
        passed = self._passed(said, withdraws=self._filter.withdrawals > before)
        if not is_whole and (self.hold is Hold.REASONING or (is_broken and self.hold is Hold.ANSWER)):
            self._taken_back, self._held = self._taken_back + self._held, ""
        rest = self._let_go()
        return Words(passed.text + rest.text, passed.withdraws)

    def _passed(self, said: str, *, withdraws: bool) -> Words:
        if withdraws:
            self._taken_back += self._held
            had_shown, self._shown, self._held, self.hold = bool(self._shown), 0, "", Hold.NOTHING
            return Words(self._counted(said), had_shown)
        if self.hold is Hold.NOTHING:
            return Words(self._counted(said))
        self._held += said
        return self._let_go() if self._begins_with_reasoning() else Words()

    def _begins_with_reasoning(self) -> bool:
        """Whether reasoning was marked before any other word: then the words behind it are the answer."""
        return not self._held.strip() and (self._filter.is_reasoning or self._filter.has_closed)

    def _let_go(self) -> Words:
        held, self._held, self.hold = self._held, "", Hold.NOTHING
        return Words(self._counted(held))

    def _counted(self, text: str) -> str:
        self._shown += len(text)
        return text
