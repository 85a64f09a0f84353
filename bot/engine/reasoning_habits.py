"""What models are known to do with their reasoning, learnt from their answers."""

from __future__ import annotations

import re

import structlog

from bot.domain import Completion, FinishReason, ModelCard
from bot.errors import BotError
from bot.ports import Notes
from bot.reasoning import Hold, Screen

# So many answers without reasoning until a model's words are shown as they come; more of one that may think.
ENOUGH, ENOUGH_OF_A_THINKER = 1, 3
UNMASKED = "unmasked"
MOST_DIGITS = 9
# Models made to think say so in their names; a host does not know it of every file.
_THINKER = re.compile(r"think|reason|magistral|qwq|(?<![a-z0-9])[ro]1(?![a-z0-9])", re.IGNORECASE)
log = structlog.get_logger(__name__)


class ReasoningHabits:
    """How much of an answer each model of one host must have held back: in memory, and in the notes for the next start.

    A model that once ended reasoning which it had not marked as begun is not shown before it did so again, or ended.
    A store in trouble costs what was learnt in other processes, never the answer.
    """

    def __init__(self, *, host: str, notes: Notes | None = None) -> None:
        self._host = host
        self._notes = notes
        self._known: dict[str, str] = {}

    async def hold_for(self, card: ModelCard) -> Hold:
        """Return what of the model's next answer is held back."""
        if card.is_demonstration:
            return Hold.NOTHING
        known = await self._of(card)
        if known == UNMASKED:
            return Hold.REASONING
        if _count(known) >= _enough(card):
            return Hold.NOTHING
        return Hold.ANSWER if may_think(card) else Hold.OPENING

    async def learn(self, card: ModelCard, screen: Screen, completion: Completion | None) -> None:
        """Take in how an answer was; one that did not end by itself tells nothing, but for reasoning in it."""
        known = await self._of(card)
        if card.is_demonstration or known == UNMASKED:
            return
        if screen.is_unmasked:
            await self._note(card, UNMASKED)
        elif _is_whole(completion) and screen.has_spoken and _count(known) < _enough(card):
            await self._note(card, str(_count(known) + 1))

    async def _note(self, card: ModelCard, learnt: str) -> None:
        self._known[card.name] = learnt
        if self._notes:
            try:
                await self._notes.write(self._name(card), learnt)
            except BotError as error:
                log.info("habit.not_noted", model=card.name, error=error.key)

    async def _of(self, card: ModelCard) -> str:
        if card.name not in self._known:
            self._known[card.name] = await self._noted(card)
        return self._known[card.name]

    async def _noted(self, card: ModelCard) -> str:
        if self._notes is None:
            return ""
        try:
            return await self._notes.read(self._name(card)) or ""
        except BotError:
            return ""

    def _name(self, card: ModelCard) -> str:
        return f"reasoning:{self._host}:{card.name}"


def may_think(card: ModelCard) -> bool:
    """Whether a model is made to reason before it answers, by what its host says of it or by its name."""
    return card.can_think or _THINKER.search(card.name) is not None


def _is_whole(completion: Completion | None) -> bool:
    return completion is not None and completion.reason is FinishReason.STOP


def _enough(card: ModelCard) -> int:
    return ENOUGH_OF_A_THINKER if may_think(card) else ENOUGH


def _count(known: str) -> int:
    """Return how many answers are noted. No note of ours has more than a few digits."""
    return int(known) if len(known) <= MOST_DIGITS and known.isascii() and known.isdecimal() else 0
