"""People on each platform, as a program plays them through the side doors of the labs.

All times are seconds since 1970, which every process of one machine reads from the same clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

ANSWER_WITHIN_S = 90.0
LOOK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Step:
    """A moment at which what people read changed, and how many characters it was then."""

    at: float
    chars: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was said: its channel and its id there."""

    channel: str
    id: str


class Platform(Protocol):
    """One platform with the bot on it. A conversation is the number of a channel."""

    name: str

    @property
    def settings(self) -> Mapping[str, str]:
        """What the bot needs to find it: settings without the prefix."""
        ...

    async def is_connected(self) -> bool:
        """Whether the platform hears the bot's socket now."""
        ...

    async def ask(self, conversation: int, text: str) -> Asked:
        """Say something to the bot."""
        ...

    async def steps(self, asked: Asked) -> list[Step]:
        """Return how the answer came about so far."""
        ...


async def shown(platform: Platform, asked: Asked, *, chars: int, not_before_s: float) -> list[Step]:
    """Return how the answer came about, once it has so many characters; nobody looks before that may be.

    Raises:
        TimeoutError: it never does.
    """

    async def is_whole() -> bool:
        return any(step.chars >= chars for step in await platform.steps(asked))

    await asyncio.sleep(not_before_s)
    await until(is_whole, every_s=LOOK_EVERY_S, within_s=ANSWER_WITHIN_S)
    return await platform.steps(asked)


async def until(holds: Callable[[], Awaitable[bool]], *, every_s: float, within_s: float) -> None:
    """Look again and again, until it holds.

    Raises:
        TimeoutError: it does not within that time.
    """
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(every_s)


class OnDiscord:
    """See `Platform`."""

    name = "Discord"

    def __init__(self, http: aiohttp.ClientSession, described: Mapping[str, Any]) -> None:
        self._http = http
        self._lab = described

    @property
    def settings(self) -> Mapping[str, str]:
        """See `Platform.settings`."""
        lab = self._lab
        return {
            "DISCORD__TOKEN": lab["token"],
            "DISCORD__API_URL": lab["api_url"],
            "DISCORD__GATEWAY_URL": lab["gateway_url"],
        }

    async def is_connected(self) -> bool:
        """See `Platform.is_connected`."""
        async with self._http.get(f"{self._lab['control_url']}/state") as answer:
            return bool((await answer.json())["connected"])

    async def ask(self, conversation: int, text: str) -> Asked:
        """See `Platform.ask`."""
        channel = self._lab["channels"][conversation]
        order = {"channel": channel, "user": self._lab["users"][0], "text": text, "mention": True}
        async with self._http.post(f"{self._lab['control_url']}/say", json=order) as answer:
            return Asked(channel, (await answer.json())["id"])

    async def steps(self, asked: Asked) -> list[Step]:
        """See `Platform.steps`."""
        async with self._http.get(f"{self._lab['control_url']}/wall", params={"channel": asked.channel}) as answer:
            wall = await answer.json()
        return _steps(message for message in wall if message["by_bot"] and message["reply_to"] == asked.id)


class OnSlack:
    """See `Platform`. Every question is in a thread of its own, as it is on Slack."""

    name = "Slack"

    def __init__(self, http: aiohttp.ClientSession, described: Mapping[str, Any]) -> None:
        self._http = http
        self._lab = described
        self._channels: list[str] = []

    @property
    def settings(self) -> Mapping[str, str]:
        """See `Platform.settings`."""
        lab = self._lab
        return {
            "SLACK__BOT_TOKEN": lab["bot_token"],
            "SLACK__APP_TOKEN": lab["app_token"],
            "SLACK__API_URL": lab["api_url"],
        }

    async def open_channels(self, count: int) -> None:
        """Make the channels of the conversations."""
        for number in range(count):
            async with self._http.post(f"{self._lab['lab_url']}channel", json={"name": f"channel-{number}"}) as answer:
                self._channels.append((await answer.json())["channel"])

    async def is_connected(self) -> bool:
        """See `Platform.is_connected`."""
        async with self._http.get(f"{self._lab['lab_url']}state") as answer:
            return bool((await answer.json())["connections"])

    async def ask(self, conversation: int, text: str) -> Asked:
        """See `Platform.ask`."""
        channel = self._channels[conversation]
        order = {"channel": channel, "user": self._lab["user"], "text": text, "mention": True}
        async with self._http.post(f"{self._lab['lab_url']}say", json=order) as answer:
            return Asked(channel, (await answer.json())["ts"])

    async def steps(self, asked: Asked) -> list[Step]:
        """See `Platform.steps`."""
        where = {"channel": asked.channel, "thread": asked.id}
        async with self._http.get(f"{self._lab['lab_url']}wall", params=where) as answer:
            wall = (await answer.json())["messages"]
        return _steps(message for message in wall if message["author"] == self._lab["bot_user"])


def _steps(messages: Any) -> list[Step]:
    return [Step(each["at"], each["chars"]) for message in messages for each in message["history"]]
