"""The `Poster` of a conversation: Slack's own streams where Slack offers its own Stop, else posts and updates.

A streamed message cannot carry a button before its stream has ended. So an answer is streamed only where Slack itself
gives people a Stop; elsewhere it is a message that is updated and carries our button.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress

import structlog

from adapters.base import Call, Content, ContentRefused, Limits, PostFailed, Undeliverable
from adapters.delivery.governor import Rank
from adapters.delivery.keys import PostKey, is_again, turn_key
from adapters.slack.beginnings import Beginnings
from adapters.slack.buttons import Controls
from adapters.slack.calls import Web
from adapters.slack.dialect import to_slack
from adapters.slack.files import Attachments
from adapters.slack.messages import UPDATE_INTERVAL_S, Messages
from adapters.slack.place import Identity, Place
from adapters.slack.rates import APPEND, POST, START, STOP, UPDATE, may_stream, name
from adapters.slack.recovery import OwnPosts
from adapters.slack.refusals import GONE, LIMITED, STREAMS, is_refused, is_unsure
from adapters.slack.status import Status
from adapters.slack.streams import Shown, Streams
from bot.clock import Clock
from bot.domain import Post

MESSAGE_CHARS = 11_000
APPEND_INTERVAL_S = 0.7  # chat.appendStream bears some 100 calls a minute
CLOSE_TIMEOUT_S = 5.0
NOTHING = "·"  # what is left of a message that cannot be deleted
log = structlog.get_logger(__name__)


class SlackPoster:
    """Posts one reply into a thread.

    `turn_id` None is a command's: there is nothing to stop then. `posts` are what an earlier attempt posted, and
    `is_resumed` says that there was one. `beginnings` are where its streams are noted; without them it streams nothing.
    `title` names the thread's agent session where it has no name yet.
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
        beginnings: Beginnings | None = None,
        controls: Controls | None = None,
        title: str = "",
    ) -> None:
        self.place, self._clock, self._governor = place, clock, web.governor
        self._turn_id, self._beginnings = turn_id, beginnings
        self._first_key = PostKey(turn_key(turn_id or 0), 0).written  # a state keeps its place
        self._messages = Messages(
            web=web, place=place, clock=clock, locale=locale, turn_id=turn_id, controls=controls or Controls()
        )
        at_once = web.without_retries
        self._streams = Streams(client=at_once, messages=self._messages, place=place, clock=clock)
        self._own = OwnPosts(client=at_once, clock=clock, place=place, identity=identity)
        self._attachments = Attachments(
            client=web.with_retries, place=place, messages=self._messages, own=self._own, is_resumed=is_resumed
        )
        self._status = Status(client=at_once, clock=clock, where=place.where, title=title, is_left=is_resumed)
        self._state_ts = ""
        self._shown = {post.message_id: Shown(post.key, is_left=True) for post in posts}
        # Where somebody deleted what an earlier attempt posted, and it was posted anew.
        self._moved: dict[str, str] = {}
        self._can_stream, self._begun = not posts and beginnings is not None, 0
        # Keys of calls whose answer was lost, and keys that were looked for already.
        self._unsure: set[str] = set()
        self._sought: set[str] = set()

    @property
    def where(self) -> tuple[str, str]:
        """The channel and the thread."""
        return self.place.where

    @property
    def limits(self) -> Limits:
        """See `base.Poster.limits`."""
        interval_s = APPEND_INTERVAL_S if self._can_stream and not self._state_ts else UPDATE_INTERVAL_S
        return Limits(MESSAGE_CHARS, interval_s, has_tables=True, has_pictures=True)

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:
        """See `base.Poster.bucket`."""
        return name(self._method(call, message_id, is_anew=is_anew), self.place.channel)

    def _method(self, call: Call, message_id: str, *, is_anew: bool) -> str:
        if call in (Call.GROW, Call.FINISH):
            shown = self._shown.get(self._moved.get(message_id, message_id))
            if shown is None or shown.stream_until is None:
                return UPDATE
            return APPEND if call is Call.GROW else STOP
        if self._state_ts and not is_anew:
            return UPDATE
        if call is Call.SHOW_STATE:
            return POST if self._status.is_refused else ""
        if call is Call.POST_WHOLE:
            return POST
        self._can_stream = self._can_stream and self._turn_id is not None and may_stream(self._governor)
        return START if self._can_stream else POST

    async def show_state(self, text: str, *, holds: bool = False) -> str:
        """See `base.Poster.show_state`: the status line, or a message where Slack refuses the line or it must hold."""
        content = Content(self.render(text), running=True)
        if not self._state_ts:
            if not holds and await self._status.show(text.replace("`", "")):
                return ""
            self._state_ts = await self._posted_before(self._first_key)
        if self._state_ts:
            await self._update(self._state_ts, content)
        else:
            self._state_ts = await self._send(content, key=self._first_key)
            self._shown[self._state_ts] = Shown(self._first_key)
        return self._state_ts

    def render(self, markdown: str) -> str:
        """See `base.Poster.render`."""
        return to_slack(markdown)

    async def post(self, content: Content, *, key: str) -> str:
        """See `base.Poster.post`."""
        ts = self._state_ts or await self._posted_before(key)
        if not ts and content.running and self._can_stream:
            ts = await self._start_stream(content.text, key=key)
            if ts:
                self._status.stop_keeping()
                return ts
            await self._governor.exchange(START, name(POST, self.place.channel), Rank.FIRST_WORDS)
            ts = await self._posted_before(key)
        if ts:
            self._shown[ts].key = key
            # Should the update fail, the next try has to come by here again.
            self._state_ts = ts
            await self._update(ts, content)
            self._can_stream = False
        else:
            ts = await self._send(content, key=key)
            self._shown[ts] = Shown(key, content.text)
            # Should a file fail, the next try has to come by this message, too.
            self._state_ts = ts
        await self._complete(ts, content, key=key)
        self._state_ts = ""
        self._status.stop_keeping()
        return ts

    async def edit(self, message_id: str, content: Content) -> None:
        """See `base.Poster.edit`."""
        self._state_ts = ""
        self._status.stop_keeping()
        ts = self._moved.get(message_id, message_id)
        key = self._shown[ts].key
        await self._edit(ts, message_id, content)
        await self._complete(self._moved.get(message_id, message_id), content, key=key)

    async def remove(self, message_id: str) -> None:
        """See `base.Poster.remove`: where Slack forbids to delete it, hardly anything is left of it."""
        ts = self._moved.get(message_id, message_id)
        self._state_ts = "" if ts == self._state_ts else self._state_ts
        shown = self._shown.setdefault(ts, Shown("", is_left=True))
        try:
            # A stream cannot be deleted before it has ended.
            await self._messages.end_stream(ts, key=shown.key)
            await self._messages.delete(ts)
        except (Undeliverable, PostFailed) as error:
            if str(error) != GONE:
                if not is_refused(error):
                    raise
                await self._update(ts, Content(NOTHING))
        del self._shown[ts]

    async def find(self, key: str) -> str:
        """See `base.Poster.find`. A message that still streams is ended by its first edit, and updated from then on."""
        if key in self._sought and key not in self._unsure:
            return ""
        is_ours = self._beginnings is not None and self._beginnings.may_stand(key)
        found = await self._own.find(key, others=self._others if is_ours else None)
        self._unsure.discard(key)
        self._sought.add(key)
        if found is None:
            return ""
        log.info("slack.post_taken_over", key=key, ts=found.ts, channel=self.place.channel)
        self._shown[found.ts] = Shown(key, is_left=True)
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
        self._status.stop_keeping()
        self._governor.promise(STOP, -self._begun)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                for ts, shown in list(self._shown.items()):
                    if shown.stream_until is not None:
                        await self._messages.end_stream(ts, key=shown.key)
                await self._status.end(is_last=is_last)

    async def _edit(self, ts: str, message_id: str, content: Content) -> None:
        shown = self._shown[ts]
        is_done = shown.stream_until is not None and await self._streams.go_on(
            ts,
            shown,
            content.text,
            running=content.running,
            under=() if content.running else self._messages.under(content),
        )
        if is_done:
            shown.text = content.text
            return
        self._can_stream = self._can_stream and not content.running
        try:
            await self._update(ts, content)
        except Undeliverable as error:
            if str(error) != GONE or not shown.is_left:
                raise
            del self._shown[ts]
            self._unsure.add(shown.key)
            self._moved[message_id] = await self.post(content, key=shown.key)

    async def _complete(self, ts: str, content: Content, *, key: str) -> None:
        await self._attachments.attach(content.files, key=key)
        if not content.running:
            await self._own.remove_doubles(key, kept=ts, delete=self._messages.delete)

    async def _others(self) -> Collection[str] | None:
        others = await self._beginnings.others() if self._beginnings else None
        return None if others is None else {*others, *self._shown}

    async def _posted_before(self, key: str) -> str:
        """Return the message of a call whose answer was lost; "" where there was none, or it did nothing."""
        return await self.find(key) if key in self._unsure else ""

    async def _send(self, content: Content, *, key: str) -> str:
        try:
            return await self._messages.send(content, key=key)
        except PostFailed as error:
            if is_unsure(error):
                self._unsure.add(key)
            raise

    async def _update(self, ts: str, content: Content) -> None:
        """Make a message what `content` says, whatever it is by now."""
        shown = self._shown[ts]
        if shown.is_left:
            await self._messages.end_stream(ts, key=shown.key)
        try:
            await self._messages.update(ts, content, key=shown.key)
        except (PostFailed, Undeliverable) as error:
            # Slack was asked to end the stream, and did not do it.
            shown.is_left = shown.is_left or str(error) == STREAMS
            if str(error) != GONE or ts != self._state_ts:
                raise
            self._state_ts = ""  # somebody deleted what showed a state: the next try posts
            raise PostFailed(GONE) from error
        shown.text, shown.is_left = content.text, False

    async def _start_stream(self, text: str, *, key: str) -> str:
        """Begin a stream and return its ts; "" where the answer has to be posted and updated instead."""
        # What is posted anew stands beside what is noted under its key.
        beginnings = None if is_again(key) else self._beginnings
        if not beginnings or not await self._status.begin() or not await beginnings.begin(key):
            self._can_stream = False
            return ""
        shown = Shown(key, text)
        try:
            ts = await self._streams.start(shown)
        except (PostFailed, Undeliverable) as error:
            await beginnings.lose(key)
            if isinstance(error, PostFailed) and is_unsure(error):
                self._unsure.add(key)
            # Not everywhere where a message may be posted one may stream; if it may not be posted, the post says so.
            if isinstance(error, ContentRefused) or not (str(error) in LIMITED or is_refused(error)):
                raise
            log.info("slack.stream_refused", error=str(error), channel=self.place.channel)
            self._can_stream = False
            return ""
        self._shown[ts] = shown
        self._governor.promise(STOP)
        self._begun += 1
        return ts
