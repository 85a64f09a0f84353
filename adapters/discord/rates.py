"""Discord's rate limits, as its answers tell them, brought to the governor; and calls that do not wait once answered.

discord.py paces by the same headers, hides them, and keeps waiting whoever used a bucket up. It stays the safety net
below the governor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from types import SimpleNamespace, TracebackType

import aiohttp
from discord.http import Ratelimit
from yarl import URL

from adapters.delivery.buckets import Bucket, FixedWindow, Rate, Told
from adapters.delivery.governor import Governor
from bot.clock import Clock

# What Discord was seen to grant for posting, and for editing, in one channel. Its answers correct it.
RATE = Rate(5, 5.0)
_COUNTED = re.compile(
    r"/(?P<place>channels/\d+/messages|webhooks/\d+/[^/]+)(?:/messages)?(?P<message>/[^/]+)?$",
)
_METHODS = ("POST", "PATCH")
# A part of an address that is a word; ids and tokens are none.
_WORD = re.compile(r"@?[a-z-]{1,24}")


def governor(clock: Clock) -> Governor:
    """Return a governor for one connection."""
    return Governor(new_bucket=_new_bucket, clock=clock)


def name(method: str, place: str) -> str:
    """Return the name of the bucket of a method in a place ("channels/ID/messages", "webhooks/ID/TOKEN")."""
    return f"{method} {place}"


def call_name(method: str, address: URL) -> str:
    """Return what a call is counted as: "POST channels/messages"."""
    return f"{method} {'/'.join(part for part in address.parts[3:] if _WORD.fullmatch(part))}"


def tracing(governor: Governor) -> aiohttp.TraceConfig:
    """Return what tells the governor of every answer of Discord's."""

    async def heard(_: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
        found = _COUNTED.search(end.url.path)
        if not found or end.method not in _METHODS:
            return
        bucket = name(end.method, found["place"])
        headers = end.response.headers
        if end.response.status == HTTPStatus.TOO_MANY_REQUESTS:
            governor.refuse(bucket, _seconds(headers, "Retry-After"))
        elif "X-RateLimit-Remaining" in headers:
            shared = f"{headers.get('X-RateLimit-Bucket', end.method)} {found['place']}"
            governor.learn(bucket, _told(headers), shared=shared)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(heard)
    return trace


class NoWaitRatelimit(Ratelimit):
    """A rate limit of discord.py's that lets go of whoever has their answer; only the next call waits."""

    async def acquire(self) -> None:
        """Let a call go where there is room: discord.py refuses it in a window that ends after its longest wait."""
        if self.is_expired():
            self.reset()  # type: ignore[no-untyped-call]
        if self.remaining <= 0:
            await super().acquire()
            return
        self._last_request = self._loop.time()
        self.remaining -= 1
        self.outgoing += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let those who wait go on where there is room; where there is none they wake by themselves."""
        self.outgoing -= 1
        if self.expires is None:
            self.reset()  # type: ignore[no-untyped-call] # no answer has told of a limit yet
        if (room := self.remaining - self.outgoing) > 0:
            self._wake(room)

    async def _refresh(self) -> None:
        """Wait for the window's end, and no longer: discord.py would count from the last answer once more."""
        if self.expires is not None:
            self.reset_after = max(0.0, self.expires - self._loop.time())
        await super()._refresh()


def _new_bucket(_: str) -> Bucket:
    return FixedWindow(RATE)


def _told(headers: Mapping[str, str]) -> Told:
    return Told(
        limit=int(_seconds(headers, "X-RateLimit-Limit")),
        remaining=int(_seconds(headers, "X-RateLimit-Remaining")),
        reset_after_s=_seconds(headers, "X-RateLimit-Reset-After"),
    )


def _seconds(headers: Mapping[str, str], header: str) -> float:
    """Return a number of a header; one that is none counts as a second."""
    try:
        return float(headers.get(header, 1))
    except ValueError:
        return 1.0
