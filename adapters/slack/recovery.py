"""Our own messages in a thread, found again by the key in their metadata. No word of anybody else's is kept.

Slack has no idempotency key for posting. What a call whose answer never came has done, and what a process that ended
has posted, can only be seen in the thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import PostFailed, Undeliverable
from adapters.slack.calls import retry_after_s
from adapters.slack.place import Identity, Place
from adapters.slack.refusals import CALL_ERRORS, LIMITED, TOKEN_ENDED, UNSURE_CODES, refusal
from bot.clock import Clock

METADATA_TYPE = "lyceum_reply"
PAGE = 200
MOST_PAGES = 5
# How long it is worth to wait where Slack limits reading, and how often.
LONGEST_WAIT_S = 10.0
MOST_WAITS = 2
# After so many looks in a row that failed the answer is worth more than certainty.
MOST_FAILURES = 3
Others: TypeAlias = Callable[[], Awaitable[Collection[str] | None]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A message of ours as Slack has it; `key` is "" for a stream whose end Slack was never told of."""

    ts: str
    key: str


class OwnPosts:
    """Looks for one reply's messages in its thread, or, where it has none, in its channel."""

    def __init__(self, *, client: AsyncWebClient, clock: Clock, place: Place, identity: Identity) -> None:
        self._client = client
        self._clock = clock
        self._place = place
        self._identity = identity
        self._failures = 0
        # Whether a message was perhaps posted twice, for Slack could not be read.
        self._is_unread = False
        self._files: set[str] = set()

    async def find(self, key: str, *, others: Others | None) -> OwnPost | None:
        """Return the message with this key; else the oldest one without a key that is none of `others`.

        `others` None: all of those are others'. None where there is none, and where Slack does not let us look.

        Raises:
            PostFailed: Slack could not be asked now.
        """
        try:
            posts = await self._read()
            exact = [post for post in posts if post.key == key]
            streams = [post for post in posts if not post.key]
            if exact or not streams or others is None or (taken := await others()) is None:
                return next(iter(exact), None)
            # One whose answer ended meanwhile, and is nobody's any more, has its key by now.
            still = [post.ts for post in await self._read() if not post.key]
        except CALL_ERRORS as error:
            self._judge(error)
            return None
        return next((post for post in streams if post.ts in still and post.ts not in taken), None)

    async def remove_doubles(self, key: str, *, kept: str, delete: Callable[[str], Awaitable[None]]) -> None:
        """Delete what stands twice under this key, but for the message that is kept, where that may be."""
        if not self._is_unread:
            return
        with suppress(*CALL_ERRORS, PostFailed, Undeliverable):
            for post in await self._read():
                if post.key == key and post.ts != kept:
                    await delete(post.ts)

    async def file_names(self) -> set[str]:
        """Return the names of the files we uploaded since the question; empty where Slack does not let us look.

        Raises:
            PostFailed: Slack could not be asked now.
        """
        try:
            await self._read()
        except CALL_ERRORS as error:
            self._judge(error)
        return self._files

    def _judge(self, error: Exception) -> None:
        code = refusal(error) if isinstance(error, SlackApiError) else ""
        self._failures += 1
        if code in TOKEN_ENDED or (code in UNSURE_CODES and self._failures < MOST_FAILURES):
            raise PostFailed(code or type(error).__name__) from error
        self._is_unread = True
        log.warning("slack.own_posts_unread", error=code or type(error).__name__, channel=self._place.channel)

    async def _read(self) -> list[OwnPost]:
        """Return what we posted since the question, oldest first."""
        posts: list[OwnPost] = []
        since = self._place.asked
        for _ in range(MOST_PAGES):
            answer = await self._page(since)
            # A channel's history comes newest first.
            messages = sorted(answer.get("messages") or [], key=lambda message: str(message.get("ts")))
            posts += self._ours(messages)
            if not answer.get("has_more") or not messages:
                break
            since = str(messages[-1].get("ts"))
        self._failures = 0
        return posts

    async def _page(self, since: str) -> Any:
        where: dict[str, Any] = {"channel": self._place.channel, "oldest": since, "limit": PAGE}
        read: Any = self._client.conversations_history
        if self._place.thread:
            read, where["ts"] = self._client.conversations_replies, self._place.thread
        for waits in range(MOST_WAITS + 1):
            try:
                return await read(**where, include_all_metadata=True)
            except SlackApiError as error:
                wait_s = retry_after_s(error)
                if refusal(error) not in LIMITED or wait_s > LONGEST_WAIT_S or waits == MOST_WAITS:
                    raise
                await self._clock.sleep(wait_s)
        raise AssertionError

    def _ours(self, messages: list[Mapping[str, Any]]) -> Iterator[OwnPost]:
        me = self._identity
        for message in messages:
            ts = str(message.get("ts", ""))
            files = message.get("files") or []
            self._files |= {str(file.get("name", "")) for file in files}
            # The thread's root comes first, however old. What carries a file is no message of an answer.
            if files:
                continue
            if ts > self._place.asked and (message.get("bot_id") == me.bot_id or message.get("user") == me.bot_user):
                yield OwnPost(ts, _key_of(message))


def metadata(key: str) -> dict[str, Any]:
    """Return the metadata that lets a message be found by its key."""
    return {"event_type": METADATA_TYPE, "event_payload": {"key": key}}


def _key_of(message: Mapping[str, Any]) -> str:
    carried = message.get("metadata")
    if not isinstance(carried, dict) or carried.get("event_type") != METADATA_TYPE:
        return ""
    payload = carried.get("event_payload")
    return str(payload.get("key", "?")) if isinstance(payload, dict) else "?"
