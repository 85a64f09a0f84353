"""A message as Slack has it, and how a stream goes on: only what is new, until Slack ends it or we do."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import PostFailed
from adapters.slack.messages import Messages
from adapters.slack.place import Place
from adapters.slack.recovery import metadata
from adapters.slack.refusals import CALL_ERRORS, LIMITED, TOKEN_ENDED, is_blocked, is_final, meaning, refusal
from bot.clock import Clock

# Slack ends a stream about five minutes after its start, whether text still comes or not.
STREAM_LIFE_S = 270.0
# Slack has ended the stream already.
ENDED_ERRORS = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Shown:
    """A posted message. `text` None: not known for sure; `stream_until` None: not our stream (now).

    `is_left`: an earlier attempt, or a call whose answer was lost, made it; it may still stream.
    """

    key: str
    text: str | None = None
    stream_until: float | None = None
    is_left: bool = False


class Streams:
    """The streams of one reply."""

    def __init__(self, *, client: AsyncWebClient, messages: Messages, place: Place, clock: Clock) -> None:
        self._client = client
        self._messages = messages
        self._channel = place.channel
        self._clock = clock

    async def start(self, shown: Shown) -> str:
        """Begin a stream and return its ts. Raises what `Poster.post` does."""
        ts = await self._messages.start_stream(shown.text or "")
        shown.stream_until = self._clock.now() + STREAM_LIFE_S
        return ts

    async def go_on(
        self, ts: str, shown: Shown, marked: str, *, running: bool, under: Sequence[dict[str, Any]] = ()
    ) -> bool:
        """Add to a stream what is new; False where the message has to be updated to read like `marked`.

        `under` are the blocks that go under it where this is its end.
        """
        grows = shown.text is not None and marked.startswith(shown.text)
        rest = marked.removeprefix(shown.text or "") if grows else ""
        where: dict[str, Any] = {"channel": self._channel, "ts": ts}
        if rest:
            where["markdown_text"] = rest
        if running and grows and shown.stream_until is not None and self._clock.now() < shown.stream_until:
            return not rest or await self._carried_out(ts, shown, self._client.chat_appendStream(**where))
        if under and not running:
            where["blocks"] = under
            # Slack takes no `markdown_text` beside blocks.
            if rest:
                where["chunks"] = [{"type": "markdown_text", "text": where.pop("markdown_text")}]
        stop = self._client.chat_stopStream(**where, metadata=metadata(shown.key), session_status="processing")
        is_stopped = await self._carried_out(ts, shown, stop)
        shown.stream_until = None
        return is_stopped and grows

    async def _carried_out(self, ts: str, shown: Shown, call: Awaitable[Any]) -> bool:
        """Make the call; False when this is no stream any more (Stop was pressed, it grew too old, it broke)."""
        try:
            await call
        except SlackApiError as error:
            code = refusal(error)
            # What a stream does not take for its length, an update may.
            if is_final(code) or is_blocked(code):
                raise meaning(code) from error
            if code in LIMITED or code in TOKEN_ENDED:
                raise PostFailed(code) from error
            log.info("slack.stream_ended", error=code, channel=self._channel)
            shown.stream_until = None
            if code not in ENDED_ERRORS:
                await self._messages.end_stream(ts, key=shown.key)
            return False
        except CALL_ERRORS as error:
            # It may have been carried out or not: the whole text settles it.
            shown.text = None
            raise PostFailed(type(error).__name__) from error
        return True
