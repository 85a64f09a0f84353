"""The calls that make a reply's messages: each once, with the key they can be found by, and the buttons under them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import Content, ContentRefused, PostFailed
from adapters.slack.buttons import BLOCK_ERRORS, Controls, stop
from adapters.slack.calls import Web
from adapters.slack.figure_blocks import blocks_of
from adapters.slack.place import Place
from adapters.slack.recovery import metadata
from adapters.slack.refusals import CALL_ERRORS, translated
from adapters.slack.wording import FORM_ERRORS
from bot.clock import Clock

# chat.update bears some 50 calls a minute.
UPDATE_INTERVAL_S = 1.5


class Messages:
    """Posts, updates and deletes in one place. `turn_id` None: nothing there can be stopped.

    All methods raise what the `Poster` port promises.
    """

    def __init__(
        self, *, web: Web, place: Place, clock: Clock, locale: str, turn_id: int | None, controls: Controls
    ) -> None:
        self._with_retries: AsyncWebClient = web.with_retries
        self._without_retries: AsyncWebClient = web.without_retries
        self._wording = web.wording
        self._place = place
        self._clock = clock
        self.locale = locale
        self._turn_id = turn_id
        self._controls = controls
        self._next_update_at = 0.0

    async def send(self, content: Content, *, key: str) -> str:
        """Post a message and return its ts."""
        place = self._place
        call = partial(
            self._without_retries.chat_postMessage,
            channel=place.channel,
            thread_ts=place.thread or None,
            unfurl_links=False,
            unfurl_media=False,
            metadata=metadata(key),
        )
        answer = await self._with_blocks(call, content)
        self._next_update_at = self._clock.now() + UPDATE_INTERVAL_S
        return ts_of(answer)

    async def update(self, ts: str, content: Content, *, key: str) -> None:
        """Make a message what `content` says, and carry the key; updates of an unfinished one keep their distance."""
        if content.running:
            await self._clock.sleep(self._next_update_at - self._clock.now())
        call = partial(self._without_retries.chat_update, channel=self._place.channel, ts=ts, metadata=metadata(key))
        await self._with_blocks(call, content, anew=False)
        self._next_update_at = self._clock.now() + UPDATE_INTERVAL_S

    async def delete(self, ts: str) -> None:
        """Delete a message."""
        with translated():
            await self._with_retries.chat_delete(channel=self._place.channel, ts=ts)

    async def start_stream(self, marked: str) -> str:
        """Begin a stream with these words, as `inert` made them, and return its ts. Slack takes no metadata here."""
        place = self._place
        with translated():
            answer = await self._without_retries.chat_startStream(
                channel=place.channel,
                thread_ts=place.thread,
                markdown_text=marked,
                # For whom the words move; everybody else sees them when the stream ends.
                recipient_user_id=place.user,
                recipient_team_id=place.workspace,
            )
        return ts_of(answer)

    async def end_stream(self, ts: str, *, key: str) -> None:
        """Stop a stream as it stands, where it still is one: only then the message can be updated or deleted."""
        with suppress(*CALL_ERRORS):
            await self._with_retries.chat_stopStream(
                channel=self._place.channel, ts=ts, metadata=metadata(key), session_status="processing"
            )

    def under(self, content: Content) -> list[dict[str, Any]]:
        """Return the blocks under a message: our Stop while its answer grows, then what the answer offers."""
        if content.running:
            return [] if self._turn_id is None else [stop(self._turn_id, self.locale)]
        return self._controls.under(content.buttons, self.locale)

    async def _with_blocks(self, call: Callable[..., Awaitable[Any]], content: Content, *, anew: bool = True) -> Any:
        """Make the call with the text and the blocks under it; with plainer ones where Slack refuses those."""
        if content.figures and self._controls.has_tables:
            blocks = [*blocks_of(content.figures, self.locale), *self.under(content)]
            try:
                return await self._wording.say(call, content.text, blocks, anew=anew, as_it_is=True)
            except (PostFailed, ContentRefused) as error:
                if str(error) not in FORM_ERRORS:
                    raise
            self._controls.leave_tables()
        content = replace(content, text=content.in_words) if content.figures else content
        has_plainer = bool(content.buttons) and self._controls.has_feedback
        try:
            return await self._wording.say(call, content.text, self.under(content), anew=anew, as_it_is=has_plainer)
        except (PostFailed, ContentRefused) as error:
            if str(error) not in BLOCK_ERRORS or not has_plainer or not self._controls.simplify():
                raise
        return await self._wording.say(call, content.text, self.under(content), anew=anew)


def ts_of(answer: Any) -> str:
    """Return the ts of the message a call has made.

    Raises:
        PostFailed: the answer does not tell; the message may be there all the same.
    """
    if ts := answer.get("ts"):
        return str(ts)
    raise PostFailed("no_ts")
