"""What one turn is answered with: what was said before it, and the model that was chosen where it was asked."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import StoredMessage, Turn
from bot.engine.selection import ModelSelector, Selection
from bot.ports import RecentHistory


class TurnContext:
    """Asks for both when they are needed, and once: whoever has a part in the answer goes by the same."""

    def __init__(self, turn: Turn, *, history: RecentHistory, selector: ModelSelector) -> None:
        self.turn = turn
        self._stored = history
        self._selector = selector
        self._history: Sequence[StoredMessage] | None = None
        self._selection: Selection | None = None
        self._is_model_gone = False

    async def history(self) -> Sequence[StoredMessage]:
        """Return what was said before the turn, oldest first. Raises `Unavailable`, and may be asked again then."""
        if self._history is None:
            turn = self.turn
            self._history = await self._stored.recent(turn.conversation_id, before_turn=turn.question_turn)
        return self._history

    async def selection(self) -> Selection:
        """Return the model that answers. Raises `BotError` where there is none, and may be asked again then."""
        if self._is_model_gone:
            await self._selector.refresh()
            self._is_model_gone = False
        if self._selection is None:
            message = self.turn.message
            self._selection = await self._selector.select(message.address, message.person.id)
        return self._selection

    def without_model(self) -> None:
        """Give the selected model up: the host does not have it any more."""
        self._selection, self._is_model_gone = None, True

    async def forget_before(self, message_id: int) -> None:
        """Leave older messages out of later prompts."""
        await self._stored.forget_before(self.turn.conversation_id, message_id=message_id)
