"""Streams that are being begun: which message without a key is whose, whatever process answers.

Slack takes no key with the start of a stream, and shows it before the call is answered. So what is about to be begun is
noted first, and whoever looks for a message of their own leaves alone what others may have begun.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import structlog

from bot.clock import Clock
from bot.domain import BEGUN, LOST, Address, Post, Turn
from bot.engine.engine import Engine
from bot.errors import BotError

# A call that is answered at all is answered by then; a process that ended is missed by then.
SETTLED_WITHIN_S = 10.0
LOOK_EVERY_S = 0.25
log = structlog.get_logger(__name__)


class Beginnings:
    """The streams that one turn begins, beside those of the other turns of its conversation.

    `left` are those of an earlier process that perhaps stand.
    """

    def __init__(
        self, turn_id: int, address: Address, *, engine: Engine, clock: Clock, left: Sequence[Post] = ()
    ) -> None:
        self._turn_id = turn_id
        self._address = address
        self._engine = engine
        self._clock = clock
        self._keys = {post.key for post in left}
        self._left = [post.key for post in left if post.message_id == BEGUN]

    async def take_over(self) -> None:
        """Tell that what the turn's earlier process was beginning is not being begun any more."""
        for key in self._left:
            await self.lose(key)

    async def begin(self, key: str) -> bool:
        """Note that a stream is about to be begun; False where that cannot be noted, so that none may be."""
        try:
            await self._engine.note_begun(self._turn_id, key)
        except BotError as error:
            log.warning("slack.stream_not_noted", turn=self._turn_id, error=error.key)
            return False
        self._keys.add(key)
        return True

    async def lose(self, key: str) -> None:
        """Note that a stream was not begun, or that nobody knows whether it was."""
        await self._engine.note_post(self._turn_id, Post(key, LOST))

    def may_stand(self, key: str) -> bool:
        """Whether a message without a key may be this one: only a stream that was about to be begun is."""
        return key in self._keys

    async def others(self) -> Collection[str] | None:
        """Return the messages of the conversation's other turns, once all of theirs are known.

        None where that takes too long: any message without a key may be one of theirs. An earlier turn that lost one
        looks for it first.
        """
        until = self._clock.now() + SETTLED_WITHIN_S
        while True:
            try:
                turns = await self._engine.open_at(self._address)
            except BotError as error:
                log.warning("slack.open_turns_unread", error=error.key)
                return None
            others = [turn for turn in turns if turn.id != self._turn_id]
            if not any(self._is_before(turn) for turn in others):
                return {post.message_id for turn in others for post in turn.posts}
            if self._clock.now() >= until:
                return None
            await self._clock.sleep(LOOK_EVERY_S)

    def _is_before(self, other: Turn) -> bool:
        """Whether another turn is to know its messages first."""
        return bool(other.unknown) and (
            other.id < self._turn_id or any(post.message_id == BEGUN for post in other.unknown)
        )
