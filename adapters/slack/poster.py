"""The `Poster` of a conversation: Slack's own streams where Slack offers its own Stop, else posts and updates.

A streamed message cannot carry a button before its stream has ended. So an answer is streamed only where Slack itself
gives people a Stop; elsewhere it is a message that is updated and carries our button.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from adapters.base import Limits, PostFailed, Undeliverable
from adapters.slack.clock import Clock
from adapters.slack.markup import inert
from adapters.slack.messages import UPDATE_INTERVAL_S, Messages
from adapters.slack.place import Identity, Place
from adapters.slack.replies import OwnPosts, metadata
from adapters.slack.status import Status
from adapters.slack.web import CALL_ERRORS, FINAL_ERRORS, TOKEN_ENDED, Web, is_unsure, refusal
from bot.domain import Post

MESSAGE_CHARS = 11_000
# chat.appendStream bears some 100 calls a minute.
APPEND_INTERVAL_S = 0.7
# Slack ends a stream about five minutes after its start, whether text still comes or not.
STREAM_LIFE_S = 270.0
# Slack takes a status line away after two minutes.
STATUS_REFRESH_S = 90.0
CLOSE_TIMEOUT_S = 5.0
# Slack has ended the stream already.
ENDED_ERRORS = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
GONE = "message_not_found"
# What is left of a message that cannot be deleted.
NOTHING = "·"
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Shown:
    """A posted message as Slack has it. `text` None: not known for sure; `stream_until` None: not our stream (now)."""

    key: str
    text: str | None
    stream_until: float | None = None


class SlackPoster:
    """Posts one reply into a thread.

    `turn_id` None is a command's: there is nothing to stop then. `posts` are what an earlier attempt posted, and
    `is_resumed` says that there was one. `taken` returns the ids of messages known to be other replies'.
    """

    def __init__(
        self,
        *,
        web: Web,
        place: Place,
        identity: Identity,
        clock: Clock,
        locale: str,
        turn_id: int | None = None,
        posts: Sequence[Post] = (),
        is_resumed: bool = False,
        taken: Callable[[], Awaitable[Collection[str]]] | None = None,
    ) -> None:
        self.place = place
        self._web = web
        self._clock = clock
        self._turn_id = turn_id
        self._taken = taken
        self._messages = Messages(web=web, place=place, clock=clock, locale=locale, turn_id=turn_id)
        self._own = OwnPosts(client=web.hasty, clock=clock, place=place, identity=identity)
        self._status = Status(client=web.hasty, channel=place.channel, thread=place.thread, is_left=is_resumed)
        self._state = ""
        self._state_ts = ""
        self._keeping: asyncio.Task[None] | None = None
        self._shown = {post.message_id: Shown(post.key, None) for post in posts}
        self._can_stream = not posts
        # Keys under which something may stand that we do not know of.
        self._unsure = {self._first_key} if is_resumed else set[str]()

    @property
    def _first_key(self) -> str:
        """The key of the first post, whose place a state keeps."""
        return f"turn-{self._turn_id}:0"

    @property
    def ids(self) -> Collection[str]:
        """The messages that are this reply's."""
        return self._shown.keys() | {self._state_ts}

    @property
    def limits(self) -> Limits:
        """See `base.Poster.limits`."""
        streams = self._can_stream and not self._state_ts
        return Limits(MESSAGE_CHARS, APPEND_INTERVAL_S if streams else UPDATE_INTERVAL_S)

    async def show_state(self, text: str) -> str:
        """See `base.Poster.show_state`: the status line, or a message where Slack refuses the line."""
        self._state = text.replace("`", "")
        if not self._state_ts:
            self._keeping = self._keeping or asyncio.create_task(self._keep_status(), name="slack status")
            if await self._status.show(self._state):
                return ""
            self._stop_keeping()
            self._state_ts = await self._posted_before(self._first_key)
        if self._state_ts:
            await self._overwrite(self._state_ts, text, key=self._first_key, running=True)
        else:
            self._state_ts = await self._send(text, key=self._first_key, running=True)
        return self._state_ts

    async def post(self, text: str, *, key: str, running: bool) -> str:
        """See `base.Poster.post`."""
        shown = Shown(key, inert(text))
        ts = self._state_ts or await self._posted_before(key)
        if ts:
            await self._overwrite(ts, text, key=key, running=running)
            self._state_ts, self._can_stream = "", False
        else:
            ts = await self._start_stream(shown) if running else ""
            ts = ts or await self._posted_before(key) or await self._send(text, key=key, running=running)
        self._shown[ts] = shown
        self._stop_keeping()
        return ts

    async def edit(self, message_id: str, text: str, *, running: bool) -> None:
        """See `base.Poster.edit`."""
        shown, marked = self._shown[message_id], inert(text)
        is_done = shown.stream_until is not None and await self._go_on(message_id, shown, marked, running=running)
        if not is_done:
            write = self._messages.update if shown.text is not None else self._overwrite
            await write(message_id, text, key=shown.key, running=running)
        shown.text = marked
        self._state_ts = ""
        self._stop_keeping()

    async def remove(self, message_id: str) -> None:
        """See `base.Poster.remove`: where Slack forbids to delete it, hardly anything is left of it."""
        shown = self._shown.get(message_id, Shown("", None))
        for _ in range(2):
            try:
                await self._messages.delete(message_id)
            except (Undeliverable, PostFailed) as error:
                if str(error) == GONE:
                    break
                if isinstance(error, PostFailed) and (is_unsure(error) or not _is_refusal(error)):
                    raise
                # A stream cannot be deleted before it has ended.
                await self._messages.end_stream(message_id, key=shown.key)
            else:
                break
        else:
            await self._messages.update(message_id, NOTHING, key=shown.key, running=False)
        self._shown.pop(message_id, None)

    async def find(self, key: str) -> str:
        """See `base.Poster.find`. A message that still streams is ended by its first edit, and updated from then on."""
        taken = await self._taken() if self._taken else ()
        found = await self._own.find(key, known={*taken, *self.ids})
        self._unsure.discard(key)
        if found is None:
            return ""
        log.info("slack.post_taken_over", ts=found.ts, channel=self.place.channel)
        self._shown[found.ts] = Shown(key, None)
        self._can_stream = False
        return found.ts

    def footnote(self, text: str) -> str:
        """See `base.Poster.footnote`."""
        return f"_{text}_"

    async def close(self, *, is_last: bool = True) -> None:
        """Leave nothing behind that looks unfinished: streams and the status.

        A state that no post took the place of stays: it is noted, and whoever takes the turn over writes there.
        `is_last` False: another answer is being made in this thread, so that its Stop has to stay.
        """
        self._stop_keeping()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                for ts, shown in list(self._shown.items()):
                    if shown.stream_until is not None:
                        await self._messages.end_stream(ts, key=shown.key)
                await self._status.end(is_last=is_last)

    # --- posts

    async def _posted_before(self, key: str) -> str:
        """Return the message of a call whose answer was lost; "" where there was none, or it did nothing."""
        return await self.find(key) if key in self._unsure else ""

    async def _send(self, text: str, *, key: str, running: bool) -> str:
        try:
            return await self._messages.send(text, key=key, running=running)
        except PostFailed as error:
            self._note_unsure(key, error)
            raise

    async def _overwrite(self, ts: str, text: str, *, key: str, running: bool) -> None:
        """Update a message of which is not known whether it still streams."""
        try:
            await self._messages.update(ts, text, key=key, running=running)
        except (PostFailed, Undeliverable) as error:
            if str(error) == GONE or not _is_refusal(error):
                raise
            await self._messages.end_stream(ts, key=key)
            await self._messages.update(ts, text, key=key, running=running)

    def _note_unsure(self, key: str, error: PostFailed) -> None:
        if is_unsure(error):
            self._unsure.add(key)

    # --- streams

    async def _start_stream(self, shown: Shown) -> str:
        """Begin a stream and return its ts; "" where the answer has to be posted and updated instead."""
        if self._turn_id is None or not self._can_stream or not await self._status.begin():
            self._can_stream = False
            return ""
        try:
            ts = await self._messages.start_stream(shown.text or "")
        except PostFailed as error:
            self._note_unsure(shown.key, error)
            if str(error) != "ratelimited" and not _is_refusal(error):
                raise
            log.info("slack.stream_refused", error=str(error), channel=self.place.channel)
            self._can_stream = False
            return ""
        shown.stream_until = self._clock.now() + STREAM_LIFE_S
        return ts

    async def _go_on(self, ts: str, shown: Shown, marked: str, *, running: bool) -> bool:
        """Add to a stream what is new; False where the message has to be updated to read like `marked`."""
        grows = shown.text is not None and marked.startswith(shown.text)
        rest = marked.removeprefix(shown.text or "") if grows else ""
        where: dict[str, Any] = {"channel": self.place.channel, "ts": ts}
        if rest:
            where["markdown_text"] = rest
        if running and grows and shown.stream_until is not None and self._clock.now() < shown.stream_until:
            return not rest or await self._in_stream(ts, shown, self._web.patient.chat_appendStream(**where))
        stop = self._web.patient.chat_stopStream(**where, metadata=metadata(shown.key), session_status="processing")
        is_stopped = await self._in_stream(ts, shown, stop)
        shown.stream_until, self._can_stream = None, self._can_stream and not running
        return is_stopped and grows

    async def _in_stream(self, ts: str, shown: Shown, call: Awaitable[Any]) -> bool:
        """Carry the call out; False when this is no stream any more (Stop was pressed, it grew too old, it broke)."""
        try:
            await call
        except SlackApiError as error:
            code = refusal(error)
            if code in FINAL_ERRORS:
                raise Undeliverable(code) from error
            if code == "ratelimited" or code in TOKEN_ENDED:
                raise PostFailed(code) from error
            log.info("slack.stream_ended", error=code, channel=self.place.channel)
            shown.stream_until = None
            if code not in ENDED_ERRORS:
                await self._messages.end_stream(ts, key=shown.key)
            return False
        except CALL_ERRORS as error:
            # It may have been carried out or not: the whole text settles it.
            shown.text = None
            raise PostFailed(type(error).__name__) from error
        return True

    # --- the status line

    async def _keep_status(self) -> None:
        while True:
            await self._clock.sleep(STATUS_REFRESH_S)
            await self._status.show_line(self._state)

    def _stop_keeping(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None


def _is_refusal(error: PostFailed | Undeliverable) -> bool:
    """Whether Slack said no to this very call: the connection, the token and the rates are in order."""
    code = refusal(error.__cause__) if isinstance(error.__cause__, SlackApiError) else ""
    return bool(code) and code != "ratelimited" and code not in TOKEN_ENDED
