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
from typing import Any, Self

from tests.lab.discord.buckets import RateLimits
from tests.lab.discord.clock import LabClock
from tests.lab.discord.gateway import Gateway
from tests.lab.discord.people import People
from tests.lab.discord.rest import Seen, Violation
from tests.lab.discord.state import Channel, Guild, Message, User, World


class DiscordLab(People):
    """One Discord with one bot.

    `message_content` and `members` say whether the privileged intents are switched on for the application;
    `identify_interval_s` how far apart two IDENTIFYs must be (push `lab.clock` on before a bot starts again);
    `hebrew` whether Discord knows the locales he and ar; `shards` what GET /gateway/bot recommends.
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
        heartbeat_interval_s: float = 41.25,
        identify_interval_s: float = 5.0,
        old_edits_allowed: int = 0,
    ) -> None:
        raise NotImplementedError

    token: str
    clock: LabClock
    world: World
    gateway: Gateway
    rate_limits: RateLimits
    violations: list[Violation]
    requests: list[Seen]
    schema_skip_reason: str

    @property
    def api_url(self) -> str:
        """What `discord.http.Route.BASE` is set to: http://127.0.0.1:port/api/v10."""
        raise NotImplementedError

    @property
    def gateway_url(self) -> str:
        """What `DiscordWebSocket.DEFAULT_GATEWAY` is set to: ws://127.0.0.1:port/gateway."""
        raise NotImplementedError

    @property
    def bot(self) -> User:
        """The bot's user."""
        raise NotImplementedError

    @property
    def application_id(self) -> int:
        """The application's id; the bot's user id is another one."""
        raise NotImplementedError

    def add_user(self, name: str, *, locale: str = "en-US", bot: bool = False) -> User:
        """Make a person, or another bot."""
        raise NotImplementedError

    def add_guild(self, name: str, *, locale: str = "en-US") -> Guild:
        """Make a guild with the bot in it."""
        raise NotImplementedError

    def dm(self, user: User) -> Channel:
        """Return the DM channel of the bot and this person."""
        raise NotImplementedError

    def wall(self, channel: Channel, reader: User | None = None) -> list[Message]:
        """Return the messages as people see them now, oldest first; a reader also sees their ephemeral ones."""
        raise NotImplementedError

    async def wall_reads(
        self,
        channel: Channel,
        predicate: Callable[[list[Message]], Any],
        timeout_s: float = 10.0,
        *,
        reader: User | None = None,
    ) -> list[Message]:
        """Wait until the wall satisfies the predicate; TimeoutError shows the wall."""
        raise NotImplementedError

    async def until(self, predicate: Callable[[], Any], timeout_s: float = 10.0) -> None:
        """Wait until something holds; looked at again whenever anything happens in the lab."""
        raise NotImplementedError

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
    ) -> None:
        """Let the next `times` requests of a route ("POST /channels/{channel_id}/messages") fail.

        With a status the request is not carried out, unless `carried_out`. With `drop` it is carried out and the
        connection closed before the answer: a lost acknowledgement.
        """
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(self, *_: object) -> None:
        raise NotImplementedError
