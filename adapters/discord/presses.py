"""Presses: what buttons under an answer call, and the forms they open. Read from the event alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import discord

from adapters.buttons import decode
from adapters.discord.buttons import STOP_PREFIX
from adapters.discord.forms import ABOUT_PREFIX, asking_for, opened
from adapters.discord.interaction_tokens import Grant, quietly, thinking
from adapters.discord.interactions import is_ephemeral, may_write, to_fields, to_interaction_address, to_press, to_user
from adapters.discord.questions import Asking
from adapters.discord.replies import Replies, raised
from bot.domain import CommandCall, ReplyPart
from bot.engine.commands import CommandKind, find_option, kind_of
from bot.engine.engine import Engine
from bot.engine.numbers import number_in
from bot.errors import BotError, UserError


class Presses:
    """Acknowledges presses within Discord's three seconds, and does what they call."""

    def __init__(self, *, engine: Engine, replies: Replies, asking: Asking) -> None:
        self._engine = engine
        self._replies = replies
        self._asking = asking

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a button calls, or ask first for what it still needs."""
        custom_id = interaction.custom_id or ""
        if custom_id.startswith(STOP_PREFIX):
            await self._told(interaction, self._stopped(interaction))
            return
        try:
            press = decode(custom_id)
        except UserError as error:
            await self._told(interaction, raised(error))
            return
        option = find_option(press.command, press.asks)
        if option is None:
            await self._call(interaction, press.command, press.arguments)
            return
        if await self._replies.admits(interaction, to_press(interaction, press.command, press.arguments)):
            modal = asking_for(option, custom_id=custom_id, locale=to_user(interaction).locale)
            await opened(interaction, modal)

    async def submit(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a button calls whose form was filled in."""
        custom_id = interaction.custom_id or ""
        if custom_id.startswith(ABOUT_PREFIX):
            await self._asking.about(interaction)
            return
        try:
            press = decode(custom_id)
        except UserError as error:
            await self._told(interaction, raised(error))
            return
        words = {name: said for name, said in to_fields(interaction).items() if name == press.asks and said}
        await self._call(interaction, press.command, press.arguments | words)

    async def _call(self, interaction: discord.Interaction[Any], command: str, arguments: Mapping[str, str]) -> None:
        call = to_press(interaction, command, arguments)
        if kind_of(command) is CommandKind.QUESTION:
            await self._asking.ask(interaction, call)
        elif not await self._replies.admits(interaction, call):
            return
        elif kind_of(command) is CommandKind.ANSWER_AGAIN:
            await self._answer(interaction, call)
        elif kind_of(command) is CommandKind.PUBLIC:
            await self._publish(interaction, call)
        elif grant := await thinking(interaction):
            await self._replies.run(call, lambda: self._replies.through(grant, call.person))

    async def _answer(self, interaction: discord.Interaction[Any], call: CommandCall) -> None:
        """Answer where the first answer stands: in the channel, or, where the bot cannot write, through the press."""
        in_channel = may_write(interaction) and not is_ephemeral(interaction)
        grant = await (
            quietly(interaction) if in_channel else thinking(interaction, is_private=call.address.is_private)
        )
        if grant is None:
            return
        try:
            turn = await self._engine.press(call)
        except BotError as error:
            await self._refuse(error, grant, call)
            return
        if turn is not None:
            await self._replies.reply(turn, grant=None if in_channel else grant)

    async def _publish(self, interaction: discord.Interaction[Any], call: CommandCall) -> None:
        """Show everybody what the command says; an error is told to the person alone."""
        grant = await quietly(interaction)
        if grant is None:
            return
        reply = self._engine.execute(call)
        try:
            if not await self._engine.accept_call(call):
                return
            first = await anext(reply)
        except BotError as error:
            await self._refuse(error, grant, call)
            return
        poster = self._replies.through(grant.for_all(), call.person)
        await self._replies.show(_whole(first, reply), poster, call.event_id, call.person.locale)

    async def _refuse(self, error: BotError, grant: Grant, call: CommandCall) -> None:
        poster = self._replies.through(grant, call.person)
        await self._replies.refuse(error, poster, call.event_id, call.person.locale)

    async def _told(self, interaction: discord.Interaction[Any], reply: AsyncGenerator[ReplyPart, None]) -> None:
        """Tell the person alone."""
        await self._replies.tell_alone(interaction, reply, locale=to_user(interaction).locale)

    async def _stopped(self, interaction: discord.Interaction[Any]) -> AsyncGenerator[ReplyPart, None]:
        named = (interaction.custom_id or "").removeprefix(STOP_PREFIX)
        turn_id = number_in(named) or 0  # no turn's: then there is nothing to stop
        address = to_interaction_address(interaction)
        yield await self._engine.stop(turn_id, person=to_user(interaction), address=address)


async def _whole(first: ReplyPart, rest: AsyncGenerator[ReplyPart, None]) -> AsyncGenerator[ReplyPart, None]:
    """Put a reply together again whose first part was looked at."""
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part
