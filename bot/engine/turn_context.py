"""What one turn is answered with: what was said before it, and the model that was chosen where it was asked."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.domain import ContextWindow, StoredMessage, Turn
from bot.engine.personas import NOBODY, ChosenAssistant, Personas
from bot.engine.selection import ModelSelector, Selection
from bot.errors import BotError
from bot.ports import RecentHistory

log = structlog.get_logger(__name__)


class TurnContext:
    """Asks for both when they are needed, and once: whoever has a part in the answer goes by the same."""

    def __init__(
        self, turn: Turn, *, history: RecentHistory, selector: ModelSelector, personas: Personas | None = None
    ) -> None:
        self.turn = turn
        self._stored = history
        self._selector = selector
        self._personas = personas
        self._chosen: ChosenAssistant | None = None
        self._history: Sequence[StoredMessage] | None = None
        self._begins = 0
        self._windows: dict[str, ContextWindow] = {}
        self._selection: Selection | None = None
        self._is_model_gone = False

    async def history(self) -> Sequence[StoredMessage]:
        """Return what was said before the turn, oldest first, as far as the selected model reads it, if one is.

        Raises `Unavailable`, and may be asked again then.
        """
        if self._history is None:
            turn, window = self.turn, ContextWindow()
            if self._selection:
                window = await self.window(self._selection.card.name)
            self._begins = window.from_turn
            self._history = await self._stored.recent(
                turn.conversation_id, before_turn=turn.question_turn, from_turn=self._begins
            )
        return self._history

    async def chosen(self) -> ChosenAssistant:
        """Return which assistant answers, as it is when it is first asked for. Raises `Unavailable`."""
        if self._personas is None:
            return NOBODY
        if self._chosen is None:
            message = self.turn.message
            self._chosen = await self._personas.chosen(message.address, message.person.id)
        return self._chosen

    async def selection(self) -> Selection:
        """Return the model that answers. Raises `BotError` where there is none, and may be asked again then."""
        if self._is_model_gone:
            await self._selector.refresh()
            self._is_model_gone = False
        if self._selection is None:
            message = self.turn.message
            chosen = await self.chosen()
            self._selection = await self._selector.select(message.address, message.person.id, chosen)
        return self._selection

    def without_model(self) -> None:
        """Give the selected model up: the host does not have it any more. Another may read more of what was said."""
        self._selection, self._is_model_gone = None, True
        if self._begins:
            self._history = None

    async def window(self, model: str) -> ContextWindow:
        """Return what a model reads of the conversation. Raises `Unavailable`, and may be asked again then."""
        if model not in self._windows:
            self._windows[model] = await self._stored.window(self.turn.conversation_id, model=model)
        return self._windows[model]

    async def cut(self, model: str, *, from_turn: int, dropped: int) -> None:
        """Leave out of the model's later prompts what is older; where the store is in trouble, the next one does it."""
        try:
            await self._stored.cut(self.turn.conversation_id, model=model, from_turn=from_turn, dropped=dropped)
        except BotError as error:
            log.info("window.not_cut", turn=self.turn.id, error=error.key)

    async def calibrate(self, model: str, bytes_per_token: float) -> None:
        """Keep what the model's tokens were measured to be; a store in trouble costs the measurement alone."""
        try:
            await self._stored.calibrate(self.turn.conversation_id, model=model, bytes_per_token=bytes_per_token)
        except BotError as error:
            log.info("window.not_calibrated", turn=self.turn.id, error=error.key)
