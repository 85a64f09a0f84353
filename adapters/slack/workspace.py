"""What the rooms of one connection share, and the little things they all do."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters.base import Content, Poster, PostFailed, Undeliverable
from adapters.clock import Clock
from adapters.delivery.deliver import deliver
from adapters.delivery.layout import Rules
from adapters.slack.buttons import Controls
from adapters.slack.calls import CALL_ERRORS, Web
from adapters.slack.people import People
from adapters.slack.place import Corner, Identity
from adapters.slack.private_poster import PrivatePoster
from adapters.tasks import Tasks
from bot.domain import CommandCall, Notice, ReplyPart
from bot.engine.engine import Engine
from bot.errors import BotError
from bot.i18n import sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One connection to one workspace."""

    engine: Engine
    web: Web
    people: People
    identity: Identity
    tasks: Tasks
    clock: Clock
    rules: Rules
    controls: Controls = field(default_factory=Controls)

    def spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        """Run something to its end, in a task that the connection owns."""
        self.tasks.spawn(work, name=f"slack {name}")

    def private_poster(self, corner: Corner, locale: str, turn_id: int | None = None) -> PrivatePoster:
        """Make the poster of what one person alone reads."""
        return PrivatePoster(web=self.web, corner=corner, locale=locale, turn_id=turn_id)

    async def run(self, call: CommandCall, poster: Poster) -> None:
        """Run a command that was accepted, and show what it says."""
        await self._deliver(self.engine.execute(call), poster, call)

    async def run_openly(self, call: CommandCall, poster: Poster, corner: Corner) -> None:
        """Run a command whose answer is for everybody; what it refuses, its caller alone is told."""
        async with aclosing(self.engine.execute(call)) as parts:
            try:
                first = await anext(parts, None)
            except BotError as error:
                await self.refuse(error, corner, call.person.locale)
                return
            if first is not None:
                await self._deliver(_from(first, parts), poster, call)

    async def refuse(self, error: BotError, corner: Corner, locale: str) -> None:
        """Tell one person why not, in the words deliveries fail in."""
        await self.refuse_by(self.private_poster(corner, locale), error, locale=locale)

    async def refuse_by(self, poster: Poster, error: BotError, *, locale: str, key: str = "refusal") -> None:
        """Say by a poster why not."""
        await deliver(_one(error), poster, key=key, locale=locale, rules=self.rules)

    async def _deliver(self, reply: AsyncGenerator[ReplyPart, None], poster: Poster, call: CommandCall) -> None:
        key, locale = f"call-{call.event_id}", call.person.locale
        await deliver(reply, poster, key=key, locale=locale, rules=self.rules)

    async def tell(self, notice: Notice, corner: Corner, locale: str) -> None:
        """Tell one person something; where that fails, it costs a convenience."""
        try:
            await self.private_poster(corner, locale).post(Content(sentence(notice, locale)), key="")
        except (PostFailed, Undeliverable) as error:
            log.info("slack.not_told", error=str(error))

    async def quietly(self, call: Coroutine[Any, Any, Any]) -> bool:
        """Carry out a call whose failure costs a convenience, no answer; return whether it succeeded."""
        try:
            await call
        except CALL_ERRORS as error:
            log.info("slack.call_failed", error=type(error).__name__)
            return False
        return True


async def _from(first: ReplyPart, rest: AsyncGenerator[ReplyPart, None]) -> AsyncGenerator[ReplyPart, None]:
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part


async def _one(error: BotError) -> AsyncGenerator[ReplyPart, None]:
    yield Notice(error.key, error.parameters)
