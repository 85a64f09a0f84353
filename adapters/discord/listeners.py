"""What is done about each event: parsed here, the rest is the dispatcher's."""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
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
from adapters.hearing import Follow, Hearing, judged
from adapters.oddities import Unread
from adapters.offered_files import shown_name
from adapters.sent_files import SentFiles
from adapters.tasks import Tasks
from bot.domain import Address, CommandCall, Incoming, Notice, is_blank
from bot.engine.commands import ASK, CommandKind, kind_of
from bot.engine.engine import Engine
from bot.engine.questions import is_private
from bot.engine.stored_text import named_files
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
    files: SentFiles
    message_content: bool
    follow: Follow
    _seen: deque[int] = field(default_factory=lambda: deque(maxlen=INTERACTIONS_REMEMBERED))
    _edited: deque[int] = field(default_factory=lambda: deque(maxlen=INTERACTIONS_REMEMBERED))

    def on_message(self, message: discord.Message, bot: discord.ClientUser) -> None:
        """Answer what people say to the bot."""
        with _understood("MESSAGE_CREATE"):
            if heard := events.to_heard(message, bot):
                verdict = judged(heard, follow=self.follow, reads_all=self.message_content)
                if verdict is Hearing.ANSWERED:
                    self._hear(message, bot)
                elif verdict is Hearing.IF_THEIRS:
                    self.tasks.spawn(self._hear_asker(message, bot), name="followed")

    def on_edit(self, message: discord.Message, bot: discord.ClientUser) -> None:
        """Answer a message that calls the bot since it was edited. One that was answered before is known by its id."""
        with _understood("MESSAGE_UPDATE"):
            if events.calls_by_edit(message, bot) and message.id not in self._edited:
                self._edited.append(message.id)
                self._hear(message, bot)

    def _hear(self, message: discord.Message, bot: discord.ClientUser) -> None:
        if events.is_withheld(message, bot, message_content=self.message_content):
            said, hint = events.to_chat_message(message, bot), Notice("discord.withheld", {"bot": bot.mention})
            telling = self.dispatcher.tell(hint, said, Written(self.posters, said, self.files))
            self.tasks.spawn(telling, name="hint")
            return
        incoming = self._placed(events.to_incoming(message, bot), message)
        origin = Written(self.posters, incoming, self.files, tuple(events.offered(message, bot)))
        self.tasks.spawn(self.dispatcher.take(incoming, origin), name="message")

    async def _hear_asker(self, message: discord.Message, bot: discord.ClientUser) -> None:
        """Answer what somebody says in a thread that the bot opened for them."""
        try:
            asker = await self.engine.asker_of(events.to_chat_message(message, bot).address)
        except BotError as error:
            log.warning("discord.asker_unknown", error=error.key)
            return
        if asker == str(message.author.id):
            self._hear(message, bot)

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
        self.tasks.spawn(_done(work), name=interaction.type.name)

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

    def _origin(self, interaction: discord.Interaction[Any]) -> Interacted:
        return Interacted(self.posters, interaction, self.threads)

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        if interactions.is_message_command(interaction):
            await self._ask_about(interaction)
        else:
            await self.dispatcher.take(interactions.to_command_call(interaction), self._origin(interaction))

    async def _press(self, interaction: discord.Interaction[Any]) -> None:
        custom_id, origin = interactions.to_custom_id(interaction), self._origin(interaction)
        if custom_id.startswith(STOP_PREFIX):
            call = interactions.to_press(interaction, "stop", {})
            await self.dispatcher.stop(custom_id.removeprefix(STOP_PREFIX), call, origin)
        else:
            await self.dispatcher.press(custom_id, origin)

    async def _submit(self, interaction: discord.Interaction[Any]) -> None:
        custom_id, fields = interactions.to_custom_id(interaction), interactions.to_fields(interaction)
        if not custom_id.startswith(ABOUT_PREFIX):
            await self.dispatcher.submit(custom_id, fields, self._origin(interaction))
            return
        private = {} if fields.get(READERS) == OTHERS else {"private": "yes"}
        call = interactions.to_press(interaction, ASK, {"question": fields.get(QUESTION, ""), **private})
        await self.dispatcher.take(call, AskedAbout(self.posters, interaction, self.threads, self.quotes, self.files))

    async def _ask_about(self, interaction: discord.Interaction[Any]) -> None:
        call = interactions.to_press(interaction, ASK, {})

        async def open_form() -> None:
            target = interactions.to_target(interaction)
            if is_blank(target.text) and not any(map(self.files.reads, target.files)):
                files = named_files([shown_name(file.name) for file in target.files])
                raise UserError("about.only_files" if files else "about.nothing_to_read", files=files)
            form = asking_about(
                f"{target.author}: {target.text}",
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


def _may_open(message: discord.Message) -> bool:
    """Whether the bot can open a thread on a message."""
    channel, me = message.channel, message.guild.me if message.guild else None
    if not (isinstance(channel, discord.TextChannel) and isinstance(me, discord.Member)):
        return False
    return may_open(channel, channel.permissions_for(me))


@contextmanager
def _understood(dispatch: str) -> Iterator[None]:
    """Say in the log that an event cannot be read; nothing else comes of it."""
    try:
        yield
    except Unread as error:
        log.warning("discord.event_not_understood", dispatch=dispatch, error=str(error))


async def _done(work: Coroutine[Any, Any, None]) -> None:
    with _understood("INTERACTION_CREATE"):
        await work
