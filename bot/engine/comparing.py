"""Comparisons: several models answer one question, and nobody sees whose answer is whose before they have voted.

The models answer one after another, the loaded one first, those of comparisons that run at once together, so that the
host swaps as little as possible; their words are shown when all have ended, for how fast words come would tell whose
they are. Which of them is A is drawn by the turn.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Address,
    Button,
    Completion,
    Delta,
    Doing,
    FinishReason,
    ModelCard,
    Notice,
    Offer,
    ReplyPart,
    State,
    Turn,
    Withdrawal,
)
from bot.engine.answer import Answerer
from bot.engine.answer_request import AnswerRequest
from bot.engine.catalog import Catalog, tidy_name
from bot.engine.generation import Writing
from bot.engine.open_code import closed
from bot.engine.personas import ChosenAssistant
from bot.engine.selection import ModelSelector, Selection
from bot.engine.shared_loads import SharedLoads
from bot.engine.turn_context import TurnContext
from bot.errors import BotError, UserError
from bot.i18n import sentence
from bot.ports import ComparedAnswer, Comparisons, RecentHistory

LABELS = "ABC"
TIE, BOTH_BAD = "tie", "bad"
"""What may be voted beside a label."""


@dataclass(slots=True)
class _Heard:
    """What one model has said; `first_s` is when its first word came, in seconds."""

    card: ModelCard
    pieces: list[str] = field(default_factory=list)
    completion: Completion | None = None
    error: BotError | None = None
    begun_at: float = 0.0
    first_s: float = 0.0

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()

    @property
    def is_broken(self) -> bool:
        """Whether there is more that was not said: the host failed, or the answer grew too long."""
        return self.error is not None or bool(self.completion and self.completion.reason is FinishReason.LENGTH)

    @property
    def is_remote(self) -> bool:
        return self.card.is_remote or bool(self.completion and self.completion.is_remote)

    def take(self, part: ReplyPart, *, now: float) -> None:
        """Take in the next part of its answer; what it does meanwhile would tell whose answer it is."""
        match part:
            case Delta(text=text):
                self.first_s = self.first_s or now - self.begun_at
                self.pieces.append(text)
            case Withdrawal():
                self.pieces.clear()
            case Completion():
                self.completion = part


class OneModel:
    """See `ModelSelector`: this model answers, whoever chose what."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card

    async def select(self, address: Address, person_id: str, chosen: ChosenAssistant | None = None) -> Selection:  # noqa: ARG002 - see the protocol
        """See `ModelSelector.select`."""
        return Selection(self._card, None)

    async def refresh(self) -> None:
        """See `ModelSelector.refresh`."""


class ModelByName(ModelSelector):
    """See `ModelSelector`: the model of this name answers, whoever chose what."""

    def __init__(self, catalog: Catalog, name: str) -> None:
        self._catalog = catalog
        self._name = name

    async def select(
        self,
        address: Address,  # noqa: ARG002 - see the protocol
        person_id: str,  # noqa: ARG002 - see the protocol
        chosen: ChosenAssistant | None = None,  # noqa: ARG002 - see the protocol
    ) -> Selection:
        """See `ModelSelector.select`."""
        return Selection(await self._catalog.require(self._name), None)

    async def refresh(self) -> None:
        """See `ModelSelector.refresh`."""
        await self._catalog.refresh()


class Comparing:
    """Has several models answer a turn, side by side and blind."""

    def __init__(
        self,
        *,
        answerer: Answerer,
        history: RecentHistory,
        catalog: Catalog,
        comparisons: Comparisons,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._answerer = answerer
        self._history = history
        self._catalog = catalog
        self._comparisons = comparisons
        self._clock = clock
        self._loads = SharedLoads(clock=clock)

    async def parts(self, turn: Turn, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Yield the parts of the answer: how far it is, then all answers under their labels and what to vote.

        Raises:
            UserError: fewer than two models, or one that cannot answer.
            BotError: none of the models answered.
        """
        cards = await self._cards(turn)
        if turn.message.pictures and not all(card.can_see for card in cards):
            yield Notice("notice.compare_vision")
        drawn = [_Heard(card) for card in shuffled(cards, seed=turn.message.event_id)]
        unheard = list(drawn)
        while unheard and not writing.is_stopped:
            yield State(Doing.COMPARING, {"number": len(drawn) - len(unheard) + 1, "most": len(drawn)})
            unheard.remove(await self._hear_one(unheard, turn, writing))
        answered = [heard for heard in drawn if heard.text]
        if not answered and not writing.is_stopped:
            raise next(heard.error for heard in drawn if heard.error)
        if answered:
            await self._comparisons.keep(
                turn.id, [_kept(label, heard) for label, heard in zip(LABELS, drawn, strict=False)]
            )
            yield Delta(side_by_side(drawn, locale=turn.message.person.locale))
        if any(heard.is_remote for heard in answered):
            yield Notice("compare.remote")
        if len(answered) > 1 and not writing.is_stopped:
            yield Notice("compare.vote")
            yield Offer(tuple(_ballot(turn, drawn)))
        yield _end(drawn, writing)

    async def _cards(self, turn: Turn) -> list[ModelCard]:
        names = list(dict.fromkeys(tidy_name(name) for name in turn.message.compares))
        cards = [await self._catalog.require(name) for name in names]
        if len(cards) < 2:  # noqa: PLR2004 - one model compares with nothing
            raise UserError("error.compare_one")
        return cards

    async def _hear_one(self, unheard: Sequence[_Heard], turn: Turn, writing: Writing) -> _Heard:
        """Hear one of these models, for which the host swaps least; none where Stop came first."""
        cards = [heard.card for heard in unheard]
        async with self._loads.one_of(cards, is_stopped=lambda: writing.is_stopped) as card:
            heard = next(each for each in unheard if each.card is card)
            if not writing.is_stopped:
                await self._hear(heard, turn, writing)
        return heard

    async def _hear(self, heard: _Heard, turn: Turn, writing: Writing) -> None:
        """Hear one model to its end; that it fails is its own affair."""
        context = TurnContext(turn, history=self._history, selector=OneModel(heard.card))
        heard.begun_at = self._clock.now()
        # The place was taken for the model that would have answered: this one may be on another host.
        writing.host = ""
        try:
            async with aclosing(self._answerer.parts(AnswerRequest(message=turn.message), context, writing)) as parts:
                async for part in parts:
                    heard.take(part, now=self._clock.now())
        except BotError as error:
            heard.error = error
        finally:
            # How it reasoned would tell whose answer it is.
            writing.reasoning = ""


def shuffled(cards: Sequence[ModelCard], *, seed: str) -> list[ModelCard]:
    """Return the models in an order drawn by the event: each is as often the first; one event always draws the same."""
    return sorted(cards, key=lambda card: hashlib.sha256(f"{seed}\n{card.name}".encode()).digest())


def side_by_side(drawn: Sequence[_Heard], *, locale: str) -> str:
    """Return all answers under their labels, each apart from the others, and with a word where it is not whole."""
    silence, broken = (sentence(Notice(key), locale) for key in ("compare.no_answer", "compare.broken"))
    told = (
        "\n\n".join([closed(heard.text), *([broken] if heard.is_broken else [])]) if heard.text else silence
        for heard in drawn
    )
    return "\n\n".join(f"**{label}**\n\n{words}" for label, words in zip(LABELS, told, strict=False))


def _ballot(turn: Turn, drawn: Sequence[_Heard]) -> list[Button]:
    of_labels = [
        _button(turn, label.lower(), Notice("button.vote", {"label": label}))
        for label, heard in zip(LABELS, drawn, strict=False)
        if heard.text
    ]
    both_bad = _button(turn, BOTH_BAD, Notice("button.vote_bad"), asks="reason")
    return [*of_labels, _button(turn, TIE, Notice("button.vote_tie")), both_bad]


def _button(turn: Turn, choice: str, label: Notice, *, asks: str = "") -> Button:
    return Button(label, "vote", {"turn": str(turn.id), "ballot": choice}, asks)


def _kept(label: str, heard: _Heard) -> ComparedAnswer:
    said = heard.completion
    return ComparedAnswer(
        label=label.lower(),
        model=heard.card.name,
        digest=heard.card.digest,
        chars=len(heard.text),
        first_s=round(heard.first_s, 3),
        answer_s=said.answer_s if said else 0.0,
        answer_tokens=said.answer_tokens if said else 0,
    )


def _end(drawn: Sequence[_Heard], writing: Writing) -> Completion:
    """Return the end of all of them, without a name: it stands under the answers."""
    said = [heard.completion for heard in drawn if heard.completion]
    return Completion(
        reason=FinishReason.STOPPED if writing.is_stopped else FinishReason.STOP,
        model="",
        prompt_tokens=sum(each.prompt_tokens for each in said),
        answer_tokens=sum(each.answer_tokens for each in said),
    )
