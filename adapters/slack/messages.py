"""The calls that make a reply's messages: each once, with the key they can be found by, and our Stop button."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import Content
from adapters.clock import Clock
from adapters.slack.markup import fallback
from adapters.slack.place import Place
from adapters.slack.replies import metadata
from adapters.slack.web import CALL_ERRORS, Web, translated
from bot.i18n import text as sentence_of

STOP_ACTION = "stop"
# chat.update bears some 50 calls a minute.
UPDATE_INTERVAL_S = 1.5


class Messages:
    """Posts, updates and deletes in one place. `turn_id` None: nothing there can be stopped.

    All methods raise what the `Poster` port promises.
    """

    def __init__(self, *, web: Web, place: Place, clock: Clock, locale: str, turn_id: int | None) -> None:
        self._patient: AsyncWebClient = web.patient
        self._hasty: AsyncWebClient = web.hasty
        self._place = place
        self._clock = clock
        self._stop_label = sentence_of("stop.button", locale)
        self._turn_id = turn_id
        self._next_update_at = 0.0

    async def send(self, content: Content, *, key: str) -> str:
        """Post a message and return its ts."""
        body: dict[str, Any] = self._blocks(content) if self._has_stop(content) else {"markdown_text": content.text}
        place = self._place
        with translated():
            answer = await self._patient.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread,
                unfurl_links=False,
                unfurl_media=False,
                metadata=metadata(key),
                **body,
            )
        self._next_update_at = self._clock.now() + UPDATE_INTERVAL_S
        return str(answer["ts"])

    async def update(self, ts: str, content: Content, *, key: str) -> None:
        """Make a message what `content` says, and carry the key; updates of an unfinished one keep their distance."""
        if content.running:
            await self._clock.sleep(self._next_update_at - self._clock.now())
        body = self._blocks(content)
        with translated():
            await self._patient.chat_update(channel=self._place.channel, ts=ts, metadata=metadata(key), **body)
        self._next_update_at = self._clock.now() + UPDATE_INTERVAL_S

    async def delete(self, ts: str) -> None:
        """Delete a message."""
        with translated():
            await self._patient.chat_delete(channel=self._place.channel, ts=ts)

    async def start_stream(self, marked: str) -> str:
        """Begin a stream with these words, as `inert` made them, and return its ts. Slack takes no metadata here."""
        place = self._place
        with translated():
            answer = await self._hasty.chat_startStream(
                channel=place.channel,
                thread_ts=place.thread,
                markdown_text=marked,
                # For whom the words move; everybody else sees them when the stream ends.
                recipient_user_id=place.user,
                recipient_team_id=place.workspace,
            )
        return str(answer["ts"])

    async def end_stream(self, ts: str, *, key: str) -> None:
        """Stop a stream as it stands, where it still is one: only then the message can be updated or deleted."""
        with suppress(*CALL_ERRORS):
            await self._patient.chat_stopStream(
                channel=self._place.channel, ts=ts, metadata=metadata(key), session_status="processing"
            )

    def _has_stop(self, content: Content) -> bool:
        return content.running and self._turn_id is not None

    def _blocks(self, content: Content) -> dict[str, Any]:
        blocks: list[dict[str, Any]] = [{"type": "markdown", "text": content.text}]
        if self._has_stop(content):
            button = {
                "type": "button",
                "action_id": STOP_ACTION,
                "value": str(self._turn_id),
                "text": {"type": "plain_text", "text": self._stop_label},
            }
            blocks.append({"type": "actions", "elements": [button]})
        return {"text": fallback(content.text), "blocks": blocks}
