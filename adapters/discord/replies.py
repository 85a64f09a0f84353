"""What the bot replies: turns, commands and single sentences, each delivered by the poster of its place."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import replace
from typing import Any

import discord

from adapters.base import Poster
from adapters.clock import Clock
from adapters.delivery.deliver import deliver
from adapters.delivery.keys import turn_key
from adapters.delivery.layout import Rules
from adapters.discord.interaction_tokens import Grant, thinking
from adapters.discord.interactions import to_user
from adapters.discord.poster import ChannelPoster
from adapters.discord.private_poster import TokenPoster
from adapters.discord.threads import ThreadPoster, begins_thread
from bot.domain import ChatMessage, CommandCall, Notice, Person, ReplyPart, Turn
from bot.engine.engine import Engine
from bot.errors import BotError, UserError


class Replies:
    """Hands what people say to the engine and shows what it answers. Never raises but for cancellation."""

    def __init__(self, *, client: discord.Client, engine: Engine, rules: Rules, clock: Clock) -> None:
        self._client = client
        self._engine = engine
        self._rules = rules
        self._clock = clock

    async def admits(self, interaction: discord.Interaction[Any], call: CommandCall) -> bool:
        """Ask whether a call may be made here, before anything of it is shown; a refusal its caller alone is told."""
        try:
            self._engine.check(person=call.person, address=call.address, command=call.command)
        except UserError as error:
            await self.tell_alone(interaction, raised(error), locale=call.person.locale)
            return False
        return True

    async def tell_alone(
        self, interaction: discord.Interaction[Any], reply: AsyncGenerator[ReplyPart, None], *, locale: str
    ) -> None:
        """Answer an interaction for the person alone."""
        if grant := await thinking(interaction):
            await self.show(reply, self.through(grant, to_user(interaction)), str(interaction.id), locale)

    async def answer(self, said: ChatMessage) -> None:
        """Accept a message and answer it; one that is known already is answered elsewhere."""
        try:
            turn = await self._engine.accept(said)
        except BotError as error:
            await self.refuse(error, self.to(said), said.event_id, said.person.locale)
            return
        if turn is not None:
            await self.reply(turn)

    def may_speak(self, said: ChatMessage) -> bool:
        """Tell whether a message may be answered at all."""
        try:
            self._engine.check(person=said.person, address=said.address)
        except UserError:
            return False
        return True

    async def reply(self, turn: Turn, *, grant: Grant | None = None) -> None:
        """Answer an accepted turn: through a grant, the one it was asked with by default, else in its channel."""
        grant = grant or Grant.read(turn.message.reply_to)
        if grant is None:
            in_thread = begins_thread(turn.message)
            poster = ThreadPoster(self._client, turn) if in_thread else ChannelPoster.for_turn(self._client, turn)
            await self._deliver(turn, poster)
            return
        by_token = self.through(grant, turn.message.person, turn=turn)
        async with by_token.open():
            await self._deliver(turn, by_token)

    async def _deliver(self, turn: Turn, poster: Poster) -> None:
        await deliver(
            self._engine.reply(turn),
            poster,
            key=turn_key(turn.id),
            locale=turn.message.person.locale,
            rules=self._rules,
            turn=turn,
            note_post=self._engine.note_post,
        )

    async def run(self, call: CommandCall, poster: Callable[[], Poster]) -> None:
        """Run a command, once; `poster` is made where there is something to say."""
        locale = call.person.locale
        try:
            is_new = await self._engine.accept_call(call)
        except BotError as error:
            await self.refuse(error, poster(), call.event_id, locale)
            return
        if is_new:
            await self.show(self._engine.execute(call), poster(), call.event_id, locale)

    async def say(self, notice: Notice, said: ChatMessage) -> None:
        """Say one sentence to a message."""
        await self.show(spoken([notice]), self.to(said), said.event_id, said.person.locale)

    async def refuse(self, error: BotError, poster: Poster, event_id: str, locale: str) -> None:
        """Tell an error."""
        await self.show(raised(error), poster, event_id, locale)

    async def show(self, reply: AsyncGenerator[ReplyPart, None], poster: Poster, event_id: str, locale: str) -> None:
        """Deliver what answers an event and is no turn."""
        await deliver(reply, poster, key=f"discord {event_id}", locale=locale, rules=self._rules)

    def through(self, grant: Grant, person: Person, *, turn: Turn | None = None) -> TokenPoster:
        """Return the poster that answers a person through a grant."""
        return TokenPoster(self._client, grant, person=person, clock=self._clock, turn=turn)

    def to(self, said: ChatMessage) -> Poster:
        """Return the poster that replies to a message, where that was said."""
        if grant := Grant.read(said.reply_to):
            return self.through(grant, said.person)
        asked_id, locale = int(said.message_id), said.person.locale
        address = replace(said.address, thread="") if begins_thread(said) else said.address
        return ChannelPoster(self._client, address, asked_id=asked_id, locale=locale)


async def spoken(parts: Iterable[ReplyPart]) -> AsyncGenerator[ReplyPart, None]:
    """Make a reply of parts."""
    for part in parts:
        yield part


async def raised(error: BotError) -> AsyncGenerator[ReplyPart, None]:
    """Make a reply of an error."""
    raise error
    yield  # type: ignore[unreachable] # makes this a stream
