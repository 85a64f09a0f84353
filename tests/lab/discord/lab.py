"""The laboratory as tests use it: people who write, press and call commands, and the wall they read.

async with DiscordLab() as lab:
    guild = lab.add_guild("School", locale="he")
    channel = guild.add_channel("general")
    ada = lab.add_user("Ada", locale="he")
    guild.add_member(ada)
    ... start the bot with lab.token, lab.api_url and lab.gateway_url ...
    await lab.gateway.connected()
    await lab.say(channel, ada, "hello", mention=True)
    await lab.wall_reads(channel, lambda wall: wall[-1].author is lab.bot and "Hi" in wall[-1].text)
    assert lab.violations == []
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, Unpack

from aiohttp import web

from tests.lab.discord.bell import Bell
from tests.lab.discord.buckets import Fault, Odd, RateLimits
from tests.lab.discord.clock import LabClock
from tests.lab.discord.core import Core, Seen, Violation
from tests.lab.discord.events import Intents
from tests.lab.discord.gateway import Gateway
from tests.lab.discord.people import People
from tests.lab.discord.rest import REQUEST_BYTES, Api
from tests.lab.discord.state import THREAD_STARTER, Channel, Guild, Message, User
from tests.lab.discord.troubles import Troubles
from tests.lab.discord.world import World
from tests.lab.patience import PATIENCE_S


class DiscordLab(People):
    """One Discord with one bot.

    `message_content` and `members` say whether the privileged intents are switched on for the application;
    `identify_interval_s` how far apart two IDENTIFYs must be (push `lab.clock` on before a bot starts again);
    `hebrew` whether Discord knows the locales he and ar; `shards` what GET /gateway/bot recommends;
    `old_edits_allowed` how many edits of messages older than an hour pass before 30046; `validate=False` spares the
    check of bodies against the published schema.
    """

    def __init__(
        self,
        *,
        bot_name: str = "Lyceum",
        token: str = "lab.discord.token",
        message_content: bool = False,
        members: bool = False,
        hebrew: bool = True,
        shards: int = 1,
        max_concurrency: int = 1,
        heartbeat_interval_s: float = 41.25,
        identify_interval_s: float = 5.0,
        old_edits_allowed: int = 0,
        port: int = 0,
        validate: bool = True,
    ) -> None:
        self.token = token
        self.clock = LabClock()
        self.bell = Bell()
        self._port = port
        privileged = Intents.MESSAGE_CONTENT * message_content | Intents.GUILD_MEMBERS * members
        self.gateway = Gateway(
            token=token,
            clock=self.clock,
            bell=self.bell,
            privileged=Intents(privileged),
            shards=shards,
            max_concurrency=max_concurrency,
            heartbeat_interval_s=heartbeat_interval_s,
            identify_interval_s=identify_interval_s,
        )
        self.world = World(self.clock, self.gateway, bot_name=bot_name)
        self.gateway.world = self.world
        self.core = Core(self.world, self.clock, self.bell, self.gateway, hebrew, old_edits_allowed)
        self.troubles = self.core.troubles = Troubles()
        self._api = Api(self.core, token, validate=validate)
        self.app = web.Application(client_max_size=2 * REQUEST_BYTES)
        self._runner = web.AppRunner(self.app, shutdown_timeout=1.0)

    @property
    def api_url(self) -> str:
        """What `discord.http.Route.BASE` is set to: http://127.0.0.1:port/api/v10."""
        return f"{self.world.cdn_url}/api/v10"

    @property
    def gateway_url(self) -> str:
        """What `DiscordWebSocket.DEFAULT_GATEWAY` is set to: ws://127.0.0.1:port/gateway."""
        return self.gateway.url

    @property
    def bot(self) -> User:
        """The bot's user."""
        return self.world.bot

    @property
    def application_id(self) -> int:
        """The application's id; the bot's user id is another one."""
        return self.world.application_id

    @property
    def rate_limits(self) -> RateLimits:
        """The rate limits, to be loosened or tightened."""
        return self._api.rate_limits

    @property
    def violations(self) -> list[Violation]:
        """The rules broken so far, in order."""
        return self.core.violations

    @property
    def requests(self) -> list[Seen]:
        """Every request so far, in the order of their answers."""
        return self.core.requests

    def requested(self, route: str) -> list[Seen]:
        """Return the requests of one route ("POST /channels/{channel_id}/messages")."""
        return [seen for seen in self.requests if f"{seen.method} {seen.route}" == route]

    @property
    def faults_met(self) -> list[Fault]:
        """The failures ordered by `fail_next` that requests have met so far, one for each request."""
        return self._api.faults.met

    @property
    def invalid_requests(self) -> int:
        """How many requests were answered 401, 403 or 429; 10,000 in ten minutes are a ban."""
        return sum(seen.status in (401, 403, 429) for seen in self.requests)

    @property
    def schema_skip_reason(self) -> str:
        """Why bodies are not validated against the published schema; "" when they are."""
        return self._api.schemas.skip_reason

    def add_user(self, name: str, *, locale: str = "en-US", bot: bool = False) -> User:
        """Make a person, or another bot."""
        return self.world.add_user(name, locale=locale, bot=bot)

    def add_guild(self, name: str, *, locale: str = "en-US", has_bot: bool = True) -> Guild:
        """Make a guild with the bot in it, or without."""
        return self.world.add_guild(name, locale=locale, has_bot=has_bot)

    def dm(self, user: User) -> Channel:
        """Return the DM channel of the bot and this person."""
        return self.world.dm(user)

    def group_dm(self, *people: User) -> Channel:
        """Make a group DM of people."""
        return self.world.group_dm(*people)

    def wall(self, channel: Channel, reader: User | None = None) -> list[Message]:
        """Return the messages as people see them now, oldest first; a reader also sees their ephemeral ones.

        A thread's first message, which shows the one it was started on, is left out.
        """
        messages = (each for each in channel.messages.values() if each.type != THREAD_STARTER)
        return [each for each in messages if not each.deleted and each.seen_only_by in (None, reader)]

    async def wall_reads(
        self,
        channel: Channel,
        predicate: Callable[[list[Message]], Any],
        timeout_s: float = PATIENCE_S,
        *,
        reader: User | None = None,
    ) -> list[Message]:
        """Wait until the wall satisfies the predicate, which is never asked about an empty wall, and return the wall.

        Raises:
            TimeoutError: it does not; the error shows the wall.
        """
        try:
            await self.until(lambda: (wall := self.wall(channel, reader)) and predicate(wall), timeout_s)
        except TimeoutError as error:
            shown = [f"{each.author.name}: {each.text!r}" for each in self.wall(channel, reader)]
            raise TimeoutError(f"the wall of {channel.name or 'the DM'} reads {shown}") from error
        return self.wall(channel, reader)

    async def until(self, predicate: Callable[[], Any], timeout_s: float = PATIENCE_S) -> None:
        """Wait until something holds; looked at again whenever anything happens in the lab, and every 50 ms."""
        await self.bell.until(predicate, timeout_s)

    def fail_next(
        self,
        route: str,
        *,
        status: int | None = None,
        times: int = 1,
        drop: bool = False,
        carried_out: bool = False,
        retry_after: float = 0.05,
        code: int = 0,
        **odd: Unpack[Odd],
    ) -> None:
        """Let the next `times` requests of a route ("POST /channels/{channel_id}/messages") fail.

        With a status the request is not carried out, unless `carried_out`. With `drop` it is carried out and the
        connection closed before the answer: a lost acknowledgement. What else may be `odd`, see `Fault`.
        """
        self._api.faults.order(Fault(route, times, status, drop, carried_out, retry_after, code, **odd))

    def relent(self) -> None:
        """Take back the failures that were ordered and have not happened."""
        self._api.faults.relent()

    async def __aenter__(self) -> Self:
        self._api.install(self.app)
        self.app.router.add_get("/gateway", self.gateway.handle)
        self.app.router.add_get("/gateway/", self.gateway.handle)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.world.cdn_url = f"http://{host}:{port}"
        self.gateway.url = f"ws://{host}:{port}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.cut()
        await self._runner.cleanup()
