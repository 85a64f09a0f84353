"""Summaries of what a full window will drop: made ahead, by the model itself, while nobody waits for its host.

What is asked begins with the conversation's own prompt, byte for byte, so that the host evaluates little more than the
wish; and it is made before the window is full, so that the prefix changes once, when it is. Where there was no such
moment, the gap is stated instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import accumulate

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Account,
    Assistant,
    ChatRequest,
    Delta,
    ModelCard,
    PromptMessage,
    Role,
    StoredMessage,
    is_blank,
)
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.model_languages import understood
from bot.engine.personas import system_of
from bot.engine.prompt import MESSAGE_BYTES, answered, as_prompt, boundaries, head
from bot.engine.selection import is_capable
from bot.engine.token_gauge import PromptFit, TokenGauge
from bot.engine.work_book import WorkBook
from bot.errors import BotError
from bot.ports import EVERY_TURN, LanguageTeller, ModelBackend, RecentHistory
from bot.reasoning import broken, without_reasoning

# How full a window is when its summary is made, and how much of a full one is dropped.
PLAN_SHARE, DROPPED_SHARE = 0.7, 0.5
MOST_BYTES = 1_200
BEGINNING_CHARS = 80
# A host counts as idle when nobody has waited here for so long.
IDLE_S = 2.0
LOOK_EVERY_S = 0.25
MOST_WISHES = 100
WISH = (
    "Sum up the conversation above, only what comes before the message that begins “{beginning}”. Keep what was asked, "
    "found and settled, with names and figures, in the language of the conversation and in at most 100 words. "
    "Write the summary and nothing else."
)
Key = tuple[int, str]  # conversation and model
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SummaryWish:
    """A conversation whose window will soon be full for a model.

    `account` is what its summary goes on; `assistant` answers in it, None for none.
    """

    conversation_id: int
    card: ModelCard
    is_shared: bool
    account: Account = field(default_factory=Account)
    assistant: Assistant | None = None


class Summaries:
    """Makes the summaries that are wished for, one at a time, and gives way to whoever asks something."""

    def __init__(
        self,
        *,
        backend: ModelBackend,
        history: RecentHistory,
        answer_policy: AnswerPolicy,
        gauge: TokenGauge,
        languages: LanguageTeller | None = None,
        work_book: WorkBook | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._backend = backend
        self._work_book = work_book or WorkBook(clock=clock)
        self._history = history
        self._answer_policy = answer_policy
        self._gauge = gauge
        self._languages = languages
        self._clock = clock
        self._wishes: dict[Key, SummaryWish] = {}

    def note(self, wish: SummaryWish, *, tokens: int) -> None:
        """Take in how long a prompt was; one that comes near to its budget is wished a summary for."""
        wants = {"gap": False, "summary": not wish.card.is_demonstration, "auto": is_capable(wish.card)}
        if wants[self._answer_policy.dropped] and tokens >= PLAN_SHARE * self._budget(wish.card):
            self._wishes[wish.conversation_id, wish.card.name] = wish
            if len(self._wishes) > MOST_WISHES:
                del self._wishes[next(iter(self._wishes))]

    async def keep_making(self, is_idle: Callable[[], bool]) -> None:
        """Make what is wished for whenever nobody waits, until cancelled."""
        idle_since = self._clock.now()
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            if not is_idle():
                idle_since = self._clock.now()
            elif self._wishes and self._clock.now() - idle_since >= IDLE_S:
                await self._make_next(is_idle)

    async def _make_next(self, is_idle: Callable[[], bool]) -> None:
        """Make one, or leave it for later as soon as somebody asks something."""
        wish = self._wishes.pop(next(iter(self._wishes)))
        making = asyncio.create_task(self._made(wish), name=f"summary {wish.conversation_id}")
        looking = asyncio.create_task(self._until_busy(is_idle), name="summary gives way")
        try:
            await asyncio.wait({making, looking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (making, looking):
                task.cancel()
            await asyncio.wait({making, looking})
        if making.cancelled():
            return
        match making.exception():
            case None:
                pass
            case BotError() as error:
                log.info("summary.not_made", conversation=wish.conversation_id, error=error.key)
            case error:
                raise error

    async def _until_busy(self, is_idle: Callable[[], bool]) -> None:
        while is_idle():
            await self._clock.sleep(LOOK_EVERY_S)

    async def _made(self, wish: SummaryWish) -> None:
        model, conversation_id = wish.card.name, wish.conversation_id
        window = await self._history.window(conversation_id, model=model)
        if window.next_turn:
            return
        said = await self._history.recent(conversation_id, before_turn=EVERY_TURN, from_turn=window.from_turn)
        read = understood(answered(said), wish.card, self._languages)
        own = system_of(self._answer_policy, wish.assistant, wish.card, is_shared=wish.is_shared)
        system = head(own, window)
        before = [PromptMessage(Role.SYSTEM, system), *(as_prompt(each, is_shared=wish.is_shared) for each in read)]
        fit = PromptFit(self._gauge, conversation_id=conversation_id)
        fit.seed(model, window.bytes_per_token)
        first = self._first_kept(read, share=DROPPED_SHARE * self._budget(wish.card) / fit.count(model)(before))
        if first is None:
            return
        prompt = (*before, asked_for(first))
        if fit.count(model)(prompt) > self._budget(wish.card):
            return
        summary = await self._written(self._answer_policy.request_of(wish.card, prompt), wish)
        older = [message for message in said if message.turn < first.turn]
        if summary and await self._history.plan_cut(
            conversation_id, model=model, from_turn=first.turn, summary=summary, rests_on=older, upon=window.summary
        ):
            log.info("summary.made", conversation=conversation_id, model=model, messages=len(older))

    def _first_kept(self, read: Sequence[StoredMessage], *, share: float) -> StoredMessage | None:
        """Return the message that the next window begins with; None where no turn begins near there."""
        sizes = list(accumulate((MESSAGE_BYTES + len(each.text.encode()) for each in read), initial=0))
        begins = boundaries(read)
        wanted = min(begins, key=lambda index: abs(sizes[index] - share * sizes[-1]), default=0)
        return read[wanted] if wanted and read[wanted].turn else None

    async def _written(self, request: ChatRequest, wish: SummaryWish) -> str:
        """Have it written; what grows longer than it should is ended, and left out."""
        text = ""
        chat = self._work_book.metered(self._backend.chat(request), request, card=wish.card, account=wish.account)
        async with aclosing(chat) as events:
            async for event in events:
                text += event.text if isinstance(event, Delta) else ""
                if len(text.encode()) > 2 * MOST_BYTES:
                    break
        words = broken(without_reasoning(text)).strip()
        return "" if is_blank(words) or len(words.encode()) > MOST_BYTES else words

    def _budget(self, card: ModelCard) -> int:
        return self._answer_policy.context_of(card) - self._answer_policy.answer_of(card)


def asked_for(first: StoredMessage) -> PromptMessage:
    """Return the wish for a summary of what is older than this message."""
    beginning = " ".join(first.text.split())[:BEGINNING_CHARS]
    return PromptMessage(Role.USER, broken(WISH.format(beginning=beginning)))
