"""The calls that make a reply's messages: each once, with the key they can be found by, and our Stop button."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.clock import Clock
from adapters.slack.markup import fallback, inert
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

    async def send(self, text: str, *, key: str, running: bool) -> str:
        """Post a message and return its ts."""
        body: dict[str, Any] = self._with_stop(text) if self._has_stop(running) else {"markdown_text": inert(text)}
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

    async def update(self, ts: str, text: str, *, key: str, running: bool) -> None:
        """Make a message read `text`, and carry the key; updates of an unfinished one keep their distance."""
        if running:
            await self._clock.sleep(self._next_update_at - self._clock.now())
        body = self._with_stop(text) if self._has_stop(running) else _without_stop(text)
        with translated():
            await self._patient.chat_update(channel=self._place.channel, ts=ts, metadata=metadata(key), **body)
        self._next_update_at = self._clock.now() + UPDATE_INTERVAL_S

    async def delete(self, ts: str) -> None:
        """Delete a message."""
        with translated():
            await self._patient.chat_delete(channel=self._place.channel, ts=ts)

    async def start_stream(self, marked: str) -> str:
        """Begin a stream with these words, as `inert` makes them, and return its ts. Slack takes no metadata here."""
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

    def _has_stop(self, running: bool) -> bool:  # noqa: FBT001 - the port's word
        return running and self._turn_id is not None

    def _with_stop(self, text: str) -> dict[str, Any]:
        button = {
            "type": "button",
            "action_id": STOP_ACTION,
            "value": str(self._turn_id),
            "text": {"type": "plain_text", "text": self._stop_label},
        }
        body = _without_stop(text)
        body["blocks"].append({"type": "actions", "elements": [button]})
        return body


def _without_stop(text: str) -> dict[str, Any]:
    return {"text": fallback(text), "blocks": [{"type": "markdown", "text": inert(text)}]}
