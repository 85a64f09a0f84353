"""Admission: whether an accepted question is answered, when its turn to be answered has come."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.domain import ChatMessage, Notice, Turn
from bot.engine.access import right_to
from bot.engine.authority import Authority
from bot.engine.quotas import Quotas
from bot.engine.running_turns import RunningTurns
from bot.engine.stored_text import named_files
from bot.errors import BotError, OverLimit, UserError
from bot.ports import History

log = structlog.get_logger(__name__)


class Admission:
    """Lets turns in, and closes those it does not."""

    def __init__(self, authority: Authority, quotas: Quotas, at_work: RunningTurns, history: History) -> None:
        self._authority = authority
        self._quotas = quotas
        self._at_work = at_work
        self._history = history

    async def admit(self, turn: Turn) -> Sequence[Notice]:
        """Let a turn in; return what the person is told of their quotas.

        Raises:
            BotError: it is not answered.
        """
        await self._check(turn.message)
        # Work on a host's models is no question to a model.
        return [] if turn.message.job else await self._quotas.take(turn)

    async def refuse(self, turn: Turn, refusal: BotError) -> None:
        """Close a turn that is not let in.

        Nothing is kept that somebody said whom the lists have shut out since then; another's question stays.
        """
        await self._at_work.refuse(turn, refusal)
        is_shut_out = isinstance(refusal, UserError) and not isinstance(refusal, OverLimit)
        if turn.about or not turn.message.text or not is_shut_out:
            return
        try:
            await self._history.withdraw(turn.message.address, message_id=turn.message.message_id)
        except BotError as error:
            log.warning("turn.message_kept", turn=turn.id, error=error.key)

    async def _check(self, message: ChatMessage) -> None:
        # What goes on after a restart is let go on by those alone who still may.
        right = right_to(message.job.command if message.job else "")
        await self._authority.check(right, person=message.person, address=message.address)
        if not message.text:
            raise UserError(message.hint or "error.empty_message", files=named_files(message.unseen))
