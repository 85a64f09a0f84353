"""The `Poster` of a conversation: Slack's own streams where Slack offers its own Stop, else posts and updates.

A streamed message cannot carry a button before its stream has ended. So an answer is streamed only where Slack itself
gives people a Stop; elsewhere it is a message that is updated and carries our button.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from adapters.base import Limits, PostFailed, Undeliverable
from adapters.slack.clock import Clock
from adapters.slack.markup import fallback, inert
from adapters.slack.status import Status
from adapters.slack.web import CALL_ERRORS, FINAL_ERRORS, Web, refusal, translated
from bot.i18n import text as sentence_of

STOP_ACTION = "stop"
METADATA_TYPE = "lyceum_reply"
MESSAGE_CHARS = 11_000
# chat.appendStream bears some 100 calls a minute, chat.update some 50.
APPEND_INTERVAL_S = 0.7
UPDATE_INTERVAL_S = 1.5
# Slack ends a stream about five minutes after its start, whether text still comes or not.
STREAM_LIFE_S = 270.0
# Slack takes a status line away after two minutes.
STATUS_REFRESH_S = 90.0
CLOSE_TIMEOUT_S = 5.0
# Slack has ended the stream already.
ENDED_ERRORS = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reply goes: the channel, the thread in it, and the person (with their workspace) it answers."""

    channel: str
    thread: str
    user: str
    workspace: str

    @property
    def where(self) -> tuple[str, str]:
        """The channel and the thread, whoever is answered there."""
        return self.channel, self.thread


@dataclass(slots=True)
class Shown:
    """A posted message as Slack has it. `text` None: not known for sure; `stream_until` None: not a stream (now)."""

    key: str
    text: str | None
    stream_until: float | None = None


class SlackPoster:
    """Posts one reply into a thread. `turn_id` None is a command's: there is nothing to stop then."""

    def __init__(self, *, web: Web, place: Place, clock: Clock, locale: str, turn_id: int | None = None) -> None:
        self._web = web
        self.place = place
        self._clock = clock
        self._stop_label = sentence_of("stop.button", locale)
        self._turn_id = turn_id
        self._status = Status(client=web.hasty, channel=place.channel, thread=place.thread)
        self._state = ""
        self._state_ts = ""
        self._keeping: asyncio.Task[None] | None = None
        self._shown: dict[str, Shown] = {}
        self._can_stream = True
        self._next_update_at = 0.0

    @property
    def limits(self) -> Limits:
        """See `base.Poster.limits`."""
        streams = self._can_stream and not self._state_ts
        return Limits(MESSAGE_CHARS, APPEND_INTERVAL_S if streams else UPDATE_INTERVAL_S)

    async def show_state(self, text: str) -> None:
        """See `base.Poster.show_state`: the status line, or a message where Slack refuses the line."""
        self._state = text.replace("`", "")
        if self._state_ts:
            await self._update(self._state_ts, text, running=True)
            return
        self._keeping = self._keeping or asyncio.create_task(self._keep_status(), name="slack status")
        if not await self._status.show(self._state):
            self._stop_keeping()
            self._state_ts = await self._send(text, key="", running=True)

    async def post(self, text: str, *, key: str, running: bool) -> str:
        """See `base.Poster.post`."""
        shown = Shown(key, inert(text))
        if self._state_ts:
            ts = self._state_ts
            await self._update(ts, text, running=running, key=key)
            self._state_ts, self._can_stream = "", False
        else:
            ts = await self._start_stream(shown) if running else ""
            ts = ts or await self._send(text, key=key, running=running)
        self._shown[ts] = shown
        self._stop_keeping()
        return ts

    async def edit(self, message_id: str, text: str, *, running: bool) -> None:
        """See `base.Poster.edit`."""
        shown, marked = self._shown[message_id], inert(text)
        is_done = shown.stream_until is not None and await self._go_on(message_id, shown, marked, running=running)
        if not is_done:
            await self._update(message_id, text, running=running, key=shown.key)
        shown.text = marked

    def footnote(self, text: str) -> str:
        """See `base.Poster.footnote`."""
        return f"_{text}_"

    async def close(self, *, is_last: bool = True) -> None:
        """Leave nothing behind that looks unfinished: streams, the status, a state nobody took the place of.

        `is_last` False: another answer is being made in this thread, so that its Stop has to stay.
        """
        self._stop_keeping()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                for ts in [ts for ts, shown in self._shown.items() if shown.stream_until is not None]:
                    await self._end_stream(ts)
                if self._state_ts:
                    with suppress(*CALL_ERRORS):
                        await self._web.hasty.chat_delete(channel=self.place.channel, ts=self._state_ts)
                await self._status.end(is_last=is_last)

    # --- streams

    async def _start_stream(self, shown: Shown) -> str:
        """Begin a stream and return its ts; "" where the answer has to be posted and updated instead."""
        if self._turn_id is None or not self._can_stream or not await self._status.begin():
            self._can_stream = False
            return ""
        place = self.place
        try:
            with translated():
                answer = await self._web.hasty.chat_startStream(
                    channel=place.channel,
                    thread_ts=place.thread,
                    markdown_text=shown.text,
                    # For whom the words move; everybody else sees them when the stream ends.
                    recipient_user_id=place.user,
                    recipient_team_id=place.workspace,
                )
        except PostFailed as error:
            if not isinstance(error.__cause__, SlackApiError):
                raise
            log.info("slack.stream_refused", error=str(error), channel=place.channel)
            self._can_stream = False
            return ""
        shown.stream_until = self._clock.now() + STREAM_LIFE_S
        return str(answer["ts"])

    async def _go_on(self, ts: str, shown: Shown, marked: str, *, running: bool) -> bool:
        """Add to a stream what is new; False where the message has to be updated to read like `marked`."""
        grows = shown.text is not None and marked.startswith(shown.text)
        rest = marked.removeprefix(shown.text or "") if grows else ""
        where: dict[str, Any] = {"channel": self.place.channel, "ts": ts}
        if rest:
            where["markdown_text"] = rest
        if running and grows and shown.stream_until is not None and self._clock.now() < shown.stream_until:
            return not rest or await self._in_stream(ts, shown, self._web.patient.chat_appendStream(**where))
        stop = self._web.patient.chat_stopStream(**where, metadata=_metadata(shown.key), session_status="processing")
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
            if code == "ratelimited":
                raise PostFailed(code) from error
            log.info("slack.stream_ended", error=code, channel=self.place.channel)
            shown.stream_until = None
            if code not in ENDED_ERRORS:
                await self._end_stream(ts)
            return False
        except CALL_ERRORS as error:
            # It may have been carried out or not: the whole text settles it.
            shown.text = None
            raise PostFailed(type(error).__name__) from error
        return True

    async def _end_stream(self, ts: str) -> None:
        """Stop a stream as it stands: only then the message can be updated."""
        with suppress(*CALL_ERRORS):
            await self._web.hasty.chat_stopStream(channel=self.place.channel, ts=ts, session_status="processing")

    # --- posts and updates

    async def _send(self, text: str, *, key: str, running: bool) -> str:
        place = self.place
        has_stop = running and self._turn_id is not None
        body: dict[str, Any] = self._with_stop(text) if has_stop else {"markdown_text": inert(text)}
        if key:
            body["metadata"] = _metadata(key)
        with translated():
            answer = await self._web.patient.chat_postMessage(
                channel=place.channel, thread_ts=place.thread, unfurl_links=False, unfurl_media=False, **body
            )
        self._next_update_at = self._clock.now() + UPDATE_INTERVAL_S
        return str(answer["ts"])

    async def _update(self, ts: str, text: str, *, running: bool, key: str = "") -> None:
        if running:
            await self._clock.sleep(self._next_update_at - self._clock.now())
        has_stop = running and self._turn_id is not None
        body = self._with_stop(text) if has_stop else self._without_stop(text)
        if key:
            body["metadata"] = _metadata(key)
        with translated():
            await self._web.patient.chat_update(channel=self.place.channel, ts=ts, **body)
        self._next_update_at = self._clock.now() + UPDATE_INTERVAL_S

    def _without_stop(self, text: str) -> dict[str, Any]:
        return {"text": fallback(text), "blocks": [{"type": "markdown", "text": inert(text)}]}

    def _with_stop(self, text: str) -> dict[str, Any]:
        button = {
            "type": "button",
            "action_id": STOP_ACTION,
            "value": str(self._turn_id),
            "text": {"type": "plain_text", "text": self._stop_label},
        }
        body = self._without_stop(text)
        body["blocks"].append({"type": "actions", "elements": [button]})
        return body

    # --- the status line

    async def _keep_status(self) -> None:
        while True:
            await self._clock.sleep(STATUS_REFRESH_S)
            await self._status.show_line(self._state)

    def _stop_keeping(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA_TYPE, "event_payload": {"key": key}}
