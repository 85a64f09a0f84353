"""What is done about each event: parsed here, the rest is the dispatcher's."""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import structlog

from adapters.base import PostFailed, Undeliverable
from adapters.discord import commands, events, interactions
from adapters.discord.buttons import STOP_PREFIX
from adapters.discord.calls import called
from adapters.discord.forms import ABOUT_PREFIX, OTHERS, QUESTION, READERS, asking_about, opened
from adapters.discord.origins import AskedAbout, Interacted, Written
from adapters.discord.posters import Posters
from adapters.discord.quotes import Quotes
from adapters.discord.threads import Threads, in_thread, may_open
from adapters.dispatch import Dispatcher
from adapters.oddities import ODD_ERRORS, told
from adapters.tasks import Tasks
from bot.domain import Address, CommandCall, Incoming, Notice, is_blank
from bot.engine.commands import ASK, CommandKind, kind_of
from bot.engine.engine import Engine
from bot.engine.questions import is_private
from bot.errors import BotError, UserError

# Discord repeats an event only to the session that had it, soon after.
INTERACTIONS_REMEMBERED = 1000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Hears what people say and do on one connection, each in a task of its own."""

    engine: Engine
    dispatcher: Dispatcher
    tasks: Tasks
    posters: Posters
    quotes: Quotes
    threads: Threads
    message_content: bool
    _seen: deque[int] = field(default_factory=lambda: deque(maxlen=INTERACTIONS_REMEMBERED))

    def on_message(self, message: discord.Message, bot: discord.ClientUser) -> None:
        """Answer what people say to the bot."""
        if not events.is_for_bot(message, bot, message_content=self.message_content):
            return
        if events.is_withheld(message, bot, message_content=self.message_content):
            said, hint = events.to_chat_message(message, bot), Notice("discord.withheld", {"bot": bot.mention})
            telling = self.dispatcher.tell(hint, said, Written(self.posters, said, _nothing))
            self.tasks.spawn(telling, name="hint")
            return
        incoming = self._placed(events.to_incoming(message, bot), message)
        origin = Written(self.posters, incoming, lambda: self._follow(message.channel))
        self.tasks.spawn(self.dispatcher.take(incoming, origin), name="message")

    def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a command, a completion, a press or a form asks. One delivered again is answered already."""
        if interaction.id in self._seen:
            return
        self._seen.append(interaction.id)
        match interaction.type:
            case discord.InteractionType.application_command:
                work = self._call(interaction)
            case discord.InteractionType.autocomplete:
                work = self._complete(interaction)
            case discord.InteractionType.component:
                work = self._press(interaction)
            case discord.InteractionType.modal_submit:
                work = self._submit(interaction)
            case _:
                return
        self.tasks.spawn(_tolerated(work, interaction.type.name), name=interaction.type.name)

    async def withdraw(self, address: Address, *, message_id: str) -> None:
        """Forget what a person took back, or a moderator removed."""
        try:
            await self.engine.withdraw(address, message_id=message_id)
            if address.workspace and not address.thread:  # it may have begun a thread of its own
                await self.engine.withdraw(replace(address, thread=message_id), message_id=message_id)
        except BotError as error:
            log.warning("discord.withdrawal_failed", error=error.key)

    def _placed(self, incoming: Incoming, message: discord.Message) -> Incoming:
        """Return what was said where it is answered: in a thread of its own, if it gets one."""
        wanted = self.threads is Threads.ALWAYS
        if isinstance(incoming, CommandCall):
            if kind_of(incoming.command) is not CommandKind.QUESTION or is_private(incoming):
                return incoming
            wanted = wanted or (self.threads is Threads.REQUEST and bool(incoming.arguments.get("thread")))
        return in_thread(incoming) if wanted and _may_open(message) else incoming

    def _follow(self, channel: object) -> None:
        """Join the thread, so that Discord remembers that the bot is part of it: the intent lets it read on there."""
        if self.message_content and isinstance(channel, discord.Thread) and channel.me is None:
            self.tasks.spawn(_join(channel), name="join")

    def _origin(self, interaction: discord.Interaction[Any]) -> Interacted:
        return Interacted(self.posters, interaction, self.threads)

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        if interactions.is_message_command(interaction):
            await self._ask_about(interaction)
        else:
            await self.dispatcher.take(interactions.to_command_call(interaction), self._origin(interaction))

    async def _press(self, interaction: discord.Interaction[Any]) -> None:
        custom_id, origin = interaction.custom_id or "", self._origin(interaction)
        if custom_id.startswith(STOP_PREFIX):
            call = interactions.to_press(interaction, "stop", {})
            await self.dispatcher.stop(custom_id.removeprefix(STOP_PREFIX), call, origin)
        else:
            await self.dispatcher.press(custom_id, origin)

    async def _submit(self, interaction: discord.Interaction[Any]) -> None:
        custom_id, fields = interaction.custom_id or "", interactions.to_fields(interaction)
        if not custom_id.startswith(ABOUT_PREFIX):
            said = next(iter(fields.values()), "")
            await self.dispatcher.submit(custom_id, said, self._origin(interaction))
            return
        private = {} if fields.get(READERS) == OTHERS else {"private": "yes"}
        call = interactions.to_press(interaction, ASK, {"question": fields.get(QUESTION, ""), **private})
        await self.dispatcher.take(call, AskedAbout(self.posters, interaction, self.threads, self.quotes))

    async def _ask_about(self, interaction: discord.Interaction[Any]) -> None:
        call = interactions.to_press(interaction, ASK, {})

        async def open_form() -> None:
            target = interactions.to_target(interaction)
            if is_blank(target.text):
                raise UserError("about.nothing_to_read")
            form = asking_about(
                target.quoted,
                custom_id=self.quotes.keep(interaction, target),
                locale=call.person.locale,
                is_shared=not interaction.context.dm_channel,
            )
            await opened(interaction, form)

        await self.dispatcher.ask(call, self._origin(interaction), open_form)

    async def _complete(self, interaction: discord.Interaction[Any]) -> None:
        asked, address = interactions.to_typing(interaction), interactions.to_interaction_address(interaction)
        names = await self.engine.suggest(
            asked.command, asked.option, asked.typed, person=interactions.to_user(interaction), address=address
        )
        choices = [discord.app_commands.Choice(name=name, value=name) for name in commands.to_choices(names)]
        try:
            await called(interaction.response.autocomplete(choices))
        except (Undeliverable, PostFailed) as error:  # late: the person has typed on
            log.info("discord.completion_lost", cause=str(error.__cause__))


async def _tolerated(work: Coroutine[Any, Any, None], kind: str) -> None:
    """Do what an interaction asks; one that is not as Discord documents it is dropped."""
    try:
        await work
    except ODD_ERRORS as error:
        log.warning("discord.interaction_not_understood", kind=kind, **told(error))


def _may_open(message: discord.Message) -> bool:
    """Whether the bot can open a thread on a message."""
    channel, me = message.channel, message.guild.me if message.guild else None
    if not (isinstance(channel, discord.TextChannel) and isinstance(me, discord.Member)):
        return False
    return may_open(channel, channel.permissions_for(me))


async def _join(thread: discord.Thread) -> None:
    try:
        await called(thread.join())
    except (Undeliverable, PostFailed) as error:
        log.info("discord.thread_not_joined", cause=str(error.__cause__))


def _nothing() -> None:
    """Do nothing: a hint begins no turn."""
