"""`/context`: how full the window is, what of a conversation a model still reads, and what became of the rest."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence

from bot.domain import CommandCall, ContextWindow, ModelCard, Notice, PromptMessage, ReplyPart, Role, StoredMessage
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.commands import CommandRun
from bot.engine.model_languages import understood
from bot.engine.personas import system_of
from bot.engine.prompt import answered, as_prompt, head
from bot.engine.selection import Selection, Selector
from bot.engine.token_gauge import PromptFit
from bot.engine.turn_answers import TurnAnswerer
from bot.ports import EVERY_TURN, History

BAR_CHARS = 20


class ContextCommand:
    """Tells of a conversation as the model that answers there would read it now, measured as the answerer measures."""

    def __init__(
        self, history: History, selector: Selector, answer_policy: AnswerPolicy, answerer: TurnAnswerer
    ) -> None:
        self._history = history
        self._selector = selector
        self._answer_policy = answer_policy
        self._gauge = answerer.gauge
        self._languages = answerer.languages

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs the command, by its name in the table."""
        return {"context": self.told}

    def window_of(self, card: ModelCard) -> int:
        """Return how many tokens a model reads and writes at once here."""
        return self._answer_policy.context_of(card)

    async def told(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Yield what the command says.

        Raises:
            BotError: no model answers here, or the store does not.
        """
        selection = await self._selector.select(call.address, call.person.id)
        card = selection.card
        conversation_id = await self._history.conversation_at(call.address)
        window, read = ContextWindow(), list[StoredMessage]()
        if conversation_id is not None:
            window = await self._history.window(conversation_id, model=card.name)
            said = await self._history.recent(conversation_id, before_turn=EVERY_TURN, from_turn=window.from_turn)
            read = [*understood(answered(said), card, self._languages)]
        tokens = self._tokens(selection, conversation_id or 0, window, read, is_shared=not call.direct)
        yield self._fullness(card, tokens)
        for notice in _reading(window, read):
            yield notice

    def _tokens(
        self,
        selection: Selection,
        conversation_id: int,
        window: ContextWindow,
        read: Sequence[StoredMessage],
        *,
        is_shared: bool,
    ) -> int:
        """Estimate how many tokens the next prompt has before its question."""
        card, fit = selection.card, PromptFit(self._gauge, conversation_id=conversation_id)
        fit.seed(card.name, window.bytes_per_token)
        own = system_of(self._answer_policy, selection.assistant, card, is_shared=is_shared)
        system = PromptMessage(Role.SYSTEM, head(own, window))
        return fit.count(card.name)([system, *(as_prompt(message, is_shared=is_shared) for message in read)])

    def _fullness(self, card: ModelCard, tokens: int) -> Notice:
        window, answer = self._answer_policy.context_of(card), self._answer_policy.answer_of(card)
        share = min(1.0, tokens / (window - answer))
        full = round(share * BAR_CHARS)
        return Notice(
            "context.head",
            {
                "model": card.name,
                "bar": "█" * full + "░" * (BAR_CHARS - full),
                "percent": round(share * 100),
                "tokens": f"{tokens:,}",
                "most": f"{window - answer:,}",
                "window": f"{window:,}",
                "answer": f"{answer:,}",
            },
        )


def _reading(window: ContextWindow, read: Sequence[StoredMessage]) -> list[Notice]:
    """Return what is read, what was dropped and when, and what stands for it."""
    if not window.is_cut:
        return [Notice("context.all", {"count": len(read)}) if read else Notice("context.nothing")]
    when = f"{window.cut_at:%Y-%m-%d %H:%M}" if window.cut_at else "?"
    dropped = Notice("context.dropped", {"count": window.dropped, "when": when})
    return [
        Notice("context.newest", {"count": len(read)}),
        dropped,
        Notice("context.summary" if window.summary else "context.gap"),
    ]
