"""The connection: one discord.py client for one run, its events handed on as values and answered in owned tasks."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import discord
import structlog
import yarl

from adapters.announcing import announced
from adapters.base import Announcement
from adapters.call_counting import counted
from adapters.closed_places import ClosedPlaces
from adapters.delivery.layout import Rules
from adapters.discord import commands, events
from adapters.discord.announcement_poster import AnnouncementPoster
from adapters.discord.closed import ClosedChannels
from adapters.discord.completing import complete_answers, completed, without_odd_parts
from adapters.discord.events import PLATFORM
from adapters.discord.listeners import Listeners
from adapters.discord.posters import Posters
from adapters.discord.quotes import Quotes
from adapters.discord.rates import call_name, tracing
from adapters.discord.threads import Threads
from adapters.discord.token import lost, watching
from adapters.dispatch import Dispatcher
from adapters.hearing import Follow
from adapters.oddities import ODD_ERRORS, told
from adapters.sent_files import SentFiles
from adapters.tasks import Tasks
from bot import ports
from bot.clock import Clock
from bot.domain import Turn
from bot.engine.engine import Engine

RATE_LIMIT_WAIT_MOST_S = 120.0
# "Ready" comes when no guild has come for so long; messages are answered before it.
GUILDS_WAIT_S = 1.0
_HANDSHAKE = ("READY", "RESUMED")
_OF_MESSAGES = ("MESSAGE_CREATE", "MESSAGE_UPDATE")

log = structlog.get_logger(__name__)

_OPTIONS: dict[str, Any] = {
    "allowed_mentions": discord.AllowedMentions(everyone=False, roles=False, users=False, replied_user=True),
    "max_messages": None,  # nothing is read back from discord.py's caches but guilds, channels and roles
    "member_cache_flags": discord.MemberCacheFlags.none(),
    "chunk_guilds_at_startup": False,
    "guild_ready_timeout": GUILDS_WAIT_S,
    "max_ratelimit_timeout": RATE_LIMIT_WAIT_MOST_S,
}


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
        follow: Follow,
        files: SentFiles,
    ) -> None:
        self._token_refused = asyncio.Event()
        trace = watching(tracing(rules.governor), self._token_refused)
        counted(trace, engine.meter, PLATFORM, call_name)
        super().__init__(intents=_intents(message_content=message_content), http_trace=trace, **_OPTIONS)
        self._tasks = Tasks()
        posters, quotes = Posters(client=self, clock=clock), Quotes(client=self, clock=clock)
        self._dispatcher = Dispatcher(
            engine=engine,
            tasks=self._tasks,
            rules=rules,
            answering=posters.answering,
            event_key="discord ",
            drop_words=quotes.drop,
            closed=_closed_places(self, clock),
            clock=clock,
        )
        self._events_heard = Listeners(
            engine=engine,
            dispatcher=self._dispatcher,
            tasks=self._tasks,
            posters=posters,
            quotes=quotes,
            threads=threads,
            files=files,
            message_content=message_content,
            follow=follow,
        )
        self._threads, self._notes, self._rules, self._clock = threads, notes, rules, clock
        self._ready_flag, self._gateway_url = ready, gateway_url
        self._connected_shards: set[int] = set()
        self._tolerate_odd_events()

    async def finish(self) -> None:
        """Cancel the answers under way and wait until they have ended."""
        await self._tasks.close()

    async def lose_token(self) -> None:
        """Return when Discord takes the token no more: one refusal may be a slip, so it is asked once more."""
        await lost(self._token_refused, self.http)

    async def announce(self, announcement: Announcement) -> bool:
        """Say something in a channel, once; return whether it is there now."""
        channel = self.get_channel(int(announcement.channel))
        guild = getattr(channel, "guild", None)
        place = channel or discord.Object(int(announcement.channel))
        where = events.to_address(place, guild.id if guild else None)
        poster = AnnouncementPoster(self, where, announcement)
        return await announced(announcement, where, poster, rules=self._rules, clock=self._clock)

    def resume(self, turn: Turn) -> None:
        """Answer a turn that was accepted elsewhere, or before this connection."""
        self._dispatcher.resume(turn)

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard, to the gateway of the settings where they name one rather than the one Discord names."""
        chosen = yarl.URL(self._gateway_url) if self._gateway_url else gateway
        await super().launch_shard(chosen, shard_id, initial=initial)

    # discord.py finds these by their names.

    async def on_ready(self) -> None:
        """Register the commands if they have changed."""
        log.info("discord.ready", guilds=len(self.guilds), shards=self.shard_count)
        if self.application_id:
            registering = commands.register(self.http, self.application_id, self._notes, threads=self._threads)
            self._tasks.spawn(registering, name="register")

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
        if self.user is not None:
            self._events_heard.on_message(message, self.user)

    async def on_raw_message_edit(self, edited: discord.RawMessageUpdateEvent) -> None:
        """Answer what calls the bot since it was edited."""
        if self.user is not None:
            self._events_heard.on_edit(edited.message, self.user)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a command, a completion, a press or a form asks."""
        self._events_heard.on_interaction(interaction)

    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Forget what a person took back."""
        self._withdraw(deleted.channel_id, deleted.guild_id, [deleted.message_id])

    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget what a moderator removed."""
        self._withdraw(deleted.channel_id, deleted.guild_id, sorted(deleted.message_ids))

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what one event broke; the others go on."""
        error = sys.exception()
        if isinstance(error, ODD_ERRORS):
            log.warning("discord.event_not_understood", dispatch=event_method, **told(error))
        else:
            log.error("discord.event_failed", event_method=event_method, exc_info=error)

    def _withdraw(self, channel_id: int, guild_id: int | None, message_ids: list[int]) -> None:
        address = events.to_address(self.get_channel(channel_id) or discord.Object(channel_id), guild_id)
        for message_id in message_ids:
            self._tasks.spawn(self._events_heard.withdraw(address, message_id=str(message_id)), name="withdraw")

    def _note_shard(self, shard_id: int, *, is_connected: bool) -> None:
        (self._connected_shards.add if is_connected else self._connected_shards.discard)(shard_id)
        is_ready = len(self._connected_shards) == self.shard_count
        (self._ready_flag.set if is_ready else self._ready_flag.clear)()

    def _tolerate_odd_events(self) -> None:
        # In discord.py an event it cannot read ends the whole connection, and with it every answer under way.
        complete_answers(self.http)
        parsers = self._connection.parsers
        for name in parsers.keys() - _HANDSHAKE:
            parsers[name] = _tolerant(name, parsers[name])


def _tolerant(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def parsed(data: Any) -> None:
        try:
            parse(completed(data))
        except ODD_ERRORS as error:
            log.warning("discord.event_not_understood", dispatch=name, **told(error))
            if name in _OF_MESSAGES:
                without_odd_parts(parse, data)

    return parsed


def _intents(*, message_content: bool) -> discord.Intents:
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = message_content
    return intents


def _closed_places(client: Client, clock: Clock) -> ClosedPlaces:
    channels = ClosedChannels(client)
    return ClosedPlaces(tell=channels.tell, note=channels.note, clock=clock)
