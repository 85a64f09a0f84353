"""The connection: one discord.py client for one run, its events handed on as values and answered in owned tasks."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import discord
import structlog
import yarl

from adapters.base import PostFailed, Undeliverable
from adapters.clock import Clock
from adapters.delivery.layout import Rules
from adapters.discord import commands, events, interactions
from adapters.discord.calls import called
from adapters.discord.interaction_tokens import thinking
from adapters.discord.presses import Presses
from adapters.discord.questions import Asking
from adapters.discord.quotes import Quotes
from adapters.discord.rates import tracing
from adapters.discord.replies import Replies
from adapters.discord.threads import Threads, in_thread, may_open
from bot import ports
from bot.domain import Address, ChatMessage, CommandCall, Notice, Turn
from bot.engine.commands import CommandKind, kind_of
from bot.engine.engine import Engine
from bot.engine.questions import to_question
from bot.errors import BotError

RATE_LIMIT_WAIT_MOST_S = 120.0
# "Ready" comes when no guild has come for so long; messages are answered before it.
GUILDS_WAIT_S = 1.0
# Discord repeats an event only to the session that had it, soon after.
INTERACTIONS_REMEMBERED = 1000
_NOT_AS_DOCUMENTED = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_HANDSHAKE = ("READY", "RESUMED")

log = structlog.get_logger(__name__)


class Client(discord.AutoShardedClient):
    """Hears Discord and answers with the engine. `ready` is set while every shard is connected."""

    def __init__(
        self,
        *,
        engine: Engine,
        notes: ports.Notes,
        ready: asyncio.Event,
        rules: Rules,
        message_content: bool,
        gateway_url: str | None,
        clock: Clock,
        threads: Threads,
    ) -> None:
        super().__init__(
            intents=_intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=False, replied_user=True),
            max_messages=None,  # nothing is read back from discord.py's caches but guilds, channels and roles
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=GUILDS_WAIT_S,
            max_ratelimit_timeout=RATE_LIMIT_WAIT_MOST_S,
            http_trace=tracing(rules.governor),
        )
        self._engine = engine
        self._replies = Replies(client=self, engine=engine, rules=rules, clock=clock)
        self._threads = threads
        self._asking = Asking(replies=self._replies, threads=threads, quotes=Quotes(client=self, clock=clock))
        presses = Presses(engine=engine, replies=self._replies, asking=self._asking)
        self._interaction_answers = {
            discord.InteractionType.application_command: self._call,
            discord.InteractionType.autocomplete: self._complete,
            discord.InteractionType.component: presses.press,
            discord.InteractionType.modal_submit: presses.submit,
        }
        self._notes = notes
        self._ready_flag = ready
        self._message_content = message_content
        self._gateway_url = gateway_url
        self._interactions: deque[int] = deque(maxlen=INTERACTIONS_REMEMBERED)
        self._tasks: set[asyncio.Task[None]] = set()
        self._connected_shards: set[int] = set()
        self._tolerate_odd_events()

    async def finish(self) -> None:
        """Cancel the answers under way and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def resume(self, turn: Turn) -> None:
        """Answer a turn that was accepted elsewhere, or before this connection."""
        self._own(self._replies.reply(turn))

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard, to the gateway of the settings where they name one rather than the one Discord names."""
        chosen = yarl.URL(self._gateway_url) if self._gateway_url else gateway
        await super().launch_shard(chosen, shard_id, initial=initial)

    # discord.py finds these by their names.

    async def on_ready(self) -> None:
        """Register the commands if they have changed."""
        log.info("discord.ready", guilds=len(self.guilds), shards=self.shard_count)
        if self.application_id:
            self._own(commands.register(self.http, self.application_id, self._notes, threads=self._threads))

    async def on_shard_connect(self, shard_id: int) -> None:
        """A shard has a new session; its guilds follow."""
        self._note_shard(shard_id, is_connected=True)
        log.info("discord.shard_connected", shard=shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A shard has its old session back, and what it missed."""
        self._note_shard(shard_id, is_connected=True)
        log.info("discord.resumed", shard=shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A shard has lost its connection; discord.py connects again by itself."""
        self._note_shard(shard_id, is_connected=False)
        log.info("discord.disconnected", shard=shard_id)

    async def on_message(self, message: discord.Message) -> None:
        """Answer what people say to the bot."""
        bot, message_content = self.user, self._message_content
        if bot is None or not events.is_for_bot(message, bot, message_content=message_content):
            return
        if events.is_withheld(message, bot, message_content=message_content):
            self._own(self._hint(message, bot))
            return
        match events.to_incoming(message, bot):
            case ChatMessage() as said:
                self._own(self._replies.answer(in_thread(said) if self._opens_thread(message) else said))
                if self._replies.may_speak(said):
                    self._follow(message.channel)
            case CommandCall() as call:
                said = events.to_chat_message(message, bot)
                wants_thread = self._threads is Threads.REQUEST and bool(call.arguments.get("thread"))
                self._own(self._obey(call, in_thread(said) if self._opens_thread(message, wants_thread) else said))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a command, a completion, a press or a form asks. One delivered again is answered already."""
        if interaction.id in self._interactions:
            return
        self._interactions.append(interaction.id)
        if answer := self._interaction_answers.get(interaction.type):
            self._own(answer(interaction))

    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Forget what a person took back."""
        self._own(self._withdraw(deleted.channel_id, deleted.guild_id, [deleted.message_id]))

    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget what a moderator removed."""
        self._own(self._withdraw(deleted.channel_id, deleted.guild_id, sorted(deleted.message_ids)))

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what one event broke; the others go on."""
        log.error("discord.event_failed", event_method=event_method, exc_info=sys.exception())

    def _follow(self, channel: object) -> None:
        """Join the thread, so that Discord remembers that the bot is part of it: the intent lets it read on there."""
        if self._message_content and isinstance(channel, discord.Thread) and channel.me is None:
            self._own(_join(channel))

    def _opens_thread(self, message: discord.Message, wanted: bool = False) -> bool:  # noqa: FBT001, FBT002
        """Whether the answer to a message of a channel gets a thread of its own."""
        if message.guild is None or not (wanted or self._threads is Threads.ALWAYS):
            return False
        channel, me = message.channel, message.guild.me
        if not (isinstance(channel, discord.TextChannel) and isinstance(me, discord.Member)):
            return False
        return may_open(channel, channel.permissions_for(me))

    async def _obey(self, call: CommandCall, said: ChatMessage) -> None:
        """Do what a command says that was written as a message: everybody reads it, so nothing is private."""
        if kind_of(call.command) is CommandKind.QUESTION:
            asked = {name: value for name, value in call.arguments.items() if name != "private"}
            question = to_question(replace(call, arguments=asked, message_id=said.message_id))
            await self._replies.answer(replace(question, address=said.address))
        else:
            await self._replies.run(call, lambda: self._replies.to(said))

    async def _hint(self, message: discord.Message, bot: discord.ClientUser) -> None:
        said = events.to_chat_message(message, bot)
        if self._replies.may_speak(said):
            await self._replies.say(Notice("discord.withheld", {"bot": bot.mention}), said)
        else:
            await self._replies.answer(said)  # with the refusal

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        if interactions.is_message_command(interaction):
            await self._asking.open_form(interaction)
            return
        call = interactions.to_command_call(interaction)
        if kind_of(call.command) is CommandKind.QUESTION:
            await self._asking.ask(interaction, call)
        elif grant := await thinking(interaction):
            await self._replies.run(call, lambda: self._replies.through(grant, call.person))

    async def _complete(self, interaction: discord.Interaction[Any]) -> None:
        asked, address = interactions.to_typing(interaction), interactions.to_interaction_address(interaction)
        names = self._engine.suggest(
            asked.command, asked.option, asked.typed, person=interactions.to_user(interaction), address=address
        )
        choices = [discord.app_commands.Choice(name=name, value=name) for name in commands.to_choices(names)]
        try:
            await called(interaction.response.autocomplete(choices))
        except (Undeliverable, PostFailed) as error:  # late: the person has typed on
            log.info("discord.completion_lost", cause=str(error.__cause__))

    async def _withdraw(self, channel_id: int, guild_id: int | None, message_ids: list[int]) -> None:
        address = self._address(channel_id, guild_id)
        for message_id in map(str, message_ids):
            try:
                await self._engine.withdraw(address, message_id=message_id)
                if guild_id and not address.thread:  # it may have begun a thread of its own
                    await self._engine.withdraw(replace(address, thread=message_id), message_id=message_id)
            except BotError as error:
                log.warning("discord.withdrawal_failed", error=error.key)

    def _note_shard(self, shard_id: int, *, is_connected: bool) -> None:
        (self._connected_shards.add if is_connected else self._connected_shards.discard)(shard_id)
        is_ready = len(self._connected_shards) == self.shard_count
        (self._ready_flag.set if is_ready else self._ready_flag.clear)()

    def _address(self, channel_id: int, guild_id: int | None) -> Address:
        channel = self.get_channel(channel_id) or discord.Object(channel_id)
        return events.to_address(channel, guild_id)

    def _own(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("discord.answer_failed", exc_info=error)

    def _tolerate_odd_events(self) -> None:
        # In discord.py an event it cannot read ends the whole connection, and with it every answer under way.
        parsers = self._connection.parsers
        for name in parsers.keys() - _HANDSHAKE:
            parsers[name] = _tolerant(name, parsers[name])


def _tolerant(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def parsed(data: Any) -> None:
        try:
            parse(data)
        except _NOT_AS_DOCUMENTED:
            log.exception("discord.event_not_understood", dispatch=name)

    return parsed


async def _join(thread: discord.Thread) -> None:
    try:
        await called(thread.join())
    except (Undeliverable, PostFailed) as error:
        log.info("discord.thread_not_joined", cause=str(error.__cause__))


def _intents(*, message_content: bool) -> discord.Intents:
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = message_content
    return intents
