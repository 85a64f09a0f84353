"""The Discord adapter: made once, run as often as the supervisor likes, each time with a fresh client."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import structlog

from adapters.base import Announcement
from adapters.delivery.layout import Rules
from adapters.discord.addresses import prepare
from adapters.discord.client import Client
from adapters.discord.events import PLATFORM
from adapters.discord.members import GuildMembers
from adapters.discord.rates import governor
from adapters.discord.threads import Threads
from adapters.downloads import Downloads
from adapters.hearing import Follow
from adapters.oddities import ODD_ERRORS, told
from adapters.sent_files import FileLimits, SentFiles
from bot import ports
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Turn
from bot.engine.engine import Engine
from bot.errors import ConfigurationError
from bot.ports import Documents, Sounds

# Where Discord keeps what people send along; https://docs.discord.com/developers/reference#cdn-endpoints
FILE_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})

log = structlog.get_logger(__name__)


class DiscordAdapter:
    """Connects the engine to Discord. `ready` is set while the bot hears all of it.

    `api_url` ("https://discord.com/api/v10") and `gateway_url` replace Discord's own; with `message_content` the
    privileged intent of that name is asked for. Longer answers than `file_chars` characters become a file (0: never).
    `follow` says who is answered without calling the bot in threads that it opened; `file_limits` bounds what is
    read of the files that people send along, `documents` and `sounds` read those that are no text.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        notes: ports.Notes,
        token: str,
        api_url: str | None,
        gateway_url: str | None,
        message_content: bool = False,
        file_chars: int = 0,
        threads: Threads = Threads.REQUEST,
        follow: Follow = Follow.ASKER,
        file_limits: FileLimits | None = None,
        documents: Documents | None = None,
        sounds: Sounds | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.ready = asyncio.Event()
        self._engine = engine
        self._notes = notes
        self._token = token
        self._api_url = api_url
        self._gateway_url = gateway_url
        self._message_content = message_content
        self._file_chars = file_chars
        self._threads = threads
        self._follow = follow
        self._files = SentFiles(
            downloads=Downloads(hosts=FILE_HOSTS, origin=api_url),
            limits=file_limits or FileLimits(),
            documents=documents,
            sounds=sounds,
        )
        self._clock = clock
        self._connection: Client | None = None
        self._members = GuildMembers(clock=clock)
        engine.authority.ask(PLATFORM, self._members)

    @property
    def platform(self) -> str:
        """See `adapters.base.Adapter.platform`."""
        return PLATFORM

    async def announce(self, announcement: Announcement) -> bool:
        """See `adapters.base.Adapter.announce`."""
        if self._connection is None or not announcement.channel.isdecimal():
            return False
        return await self._connection.announce(announcement)

    def resume(self, turn: Turn) -> None:
        """See `adapters.base.Adapter.resume`. One that comes while Discord is away is left to be taken over again."""
        if self._connection is not None and self.ready.is_set():
            self._connection.resume(turn)
        else:
            log.info("discord.turn_not_resumed", turn=turn.id)

    async def run(self) -> None:
        """Answer on Discord until cancelled.

        Raises:
            ConfigurationError: Discord refuses the token, or the intent is not switched on for the application.
            OSError: Discord cannot be reached or ended the session; to be tried again later.
        """
        prepare(api_url=self._api_url, gateway_url=self._gateway_url)
        try:
            async with self._client() as client:
                await self._connected(client)
        finally:
            self.ready.clear()

    async def _connected(self, client: Client) -> None:
        # discord.py swallows a cancellation that comes while it connects anew: only closing it ends it then.
        starting = asyncio.create_task(client.start(self._token), name="discord")
        losing = asyncio.create_task(client.lose_token(), name="discord token")
        self._connection = self._members.client = client
        try:
            await asyncio.wait([starting, losing], return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                raise ConfigurationError("discord.token_refused", variable="LYCEUM_DISCORD__TOKEN")
            await starting
        except discord.LoginFailure as error:
            raise ConfigurationError("discord.token_refused", variable="LYCEUM_DISCORD__TOKEN") from error
        except discord.PrivilegedIntentsRequired as error:
            variable = "LYCEUM_DISCORD__MESSAGE_CONTENT"
            raise ConfigurationError("discord.intent_refused", variable=variable) from error
        except (discord.DiscordException, aiohttp.ClientError) as error:
            raise ConnectionError(str(error)) from error
        except ODD_ERRORS as error:
            # What answers is no Discord, such as a page that asks to log in to a network.
            log.warning("discord.answer_not_understood", **told(error))
            raise ConnectionError("Discord's answer cannot be read") from error
        finally:
            # Whoever looks for turns that nobody answers would give back to us what we give up now.
            self.ready.clear()
            self._connection = self._members.client = None
            await client.finish()
            await client.close()
            starting.cancel()
            losing.cancel()
            await asyncio.gather(starting, losing, return_exceptions=True)
        raise ConnectionError("Discord ended the session")

    def _client(self) -> Client:
        return Client(
            engine=self._engine,
            notes=self._notes,
            ready=self.ready,
            rules=Rules(governor=governor(self._clock), file_chars=self._file_chars, has_footer=True),
            message_content=self._message_content,
            gateway_url=self._gateway_url,
            clock=self._clock,
            threads=self._threads,
            follow=self._follow,
            files=self._files,
        )
