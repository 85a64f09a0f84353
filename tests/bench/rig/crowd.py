"""People who ask one bot: each conversation asks, reads its answer to the end, and asks again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count

from adapters.base import Call, Content, Limits
from adapters.delivery.deliver import deliver
from bot.domain import Address, ChatMessage, Delta, Person, ReplyPart
from bot.engine.engine import Engine
from tests.engine.talk import accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one process is asked: `turns` questions in each of the conversations, by their numbers.

    `period_s` is the least time between two questions of a conversation, 0 for the next as soon as one is answered.
    `name` is of this load alone, so that its conversations are new.
    """

    name: str
    conversations: Sequence[int]
    turns: int
    period_s: float = 0.0


class NullPoster:
    """See `adapters.base.Poster`: a platform that takes everything at once and shows it to nobody."""

    @property
    def limits(self) -> Limits:
        """See `Poster.limits`."""
        return Limits(message_chars=4000, edit_interval_s=1.0)

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:  # noqa: ARG002 - nobody counts
        """See `Poster.bucket`."""
        return ""

    async def show_state(self, text: str, *, holds: bool = False) -> str:  # noqa: ARG002 - nobody is shown anything, here and below
        """See `Poster.show_state`."""
        return ""

    def render(self, markdown: str) -> str:
        """See `Poster.render`."""
        return markdown

    async def post(self, content: Content, *, key: str) -> str:  # noqa: ARG002
        """See `Poster.post`."""
        return key

    async def edit(self, message_id: str, content: Content) -> None:
        """See `Poster.edit`."""

    async def remove(self, message_id: str) -> None:
        """See `Poster.remove`."""

    async def find(self, key: str) -> str:  # noqa: ARG002
        """See `Poster.find`."""
        return ""

    def footnote(self, text: str) -> str:
        """See `Poster.footnote`."""
        return text


@dataclass
class Crowd:
    """Asks an engine as adapters do. `first_words_s` are the seconds from each event to its first word."""

    engine: Engine
    worker: str
    first_words_s: list[float] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    async def ask_all(self, load: Load) -> None:
        """Put the whole load on the engine. Paced conversations begin one after another."""
        async with asyncio.TaskGroup() as group:
            for place, conversation in enumerate(load.conversations):
                late_s = load.period_s * place / len(load.conversations)
                group.create_task(self._converse(f"{load.name} {conversation}", load, late_s=late_s))

    async def _converse(self, conversation: str, load: Load, *, late_s: float) -> None:
        due = time.monotonic() + late_s
        for _ in range(load.turns):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic() + load.period_s
            await self._ask(conversation)

    async def _ask(self, conversation: str) -> None:
        began = time.monotonic()
        turn = await accepted(self.engine, self._message(conversation))
        assert turn is not None
        reply = self._timed(self.engine.reply(turn), began)
        await deliver(
            reply, NullPoster(), key=f"turn-{turn.id}", locale="en", turn=turn, note_post=self.engine.note_post
        )

    async def _timed(self, reply: AsyncGenerator[ReplyPart, None], began: float) -> AsyncGenerator[ReplyPart, None]:
        is_first = True
        async with aclosing(reply):
            async for part in reply:
                if is_first and isinstance(part, Delta):
                    self.first_words_s.append(time.monotonic() - began)
                    is_first = False
                yield part

    def _message(self, conversation: str) -> ChatMessage:
        name = f"{self.worker} {next(self._numbers)} in {conversation}"
        return ChatMessage(
            event_id=name,
            message_id=name,
            address=Address("bench", "workspace", "channel", conversation),
            person=Person(conversation, "Somebody"),
            text="A question of a few words, as people ask them?",
        )
