"""The `Poster` of a slash command: private answers through the response_url Slack gives with it."""

from __future__ import annotations

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.base import Content, Limits, PostFailed, Undeliverable
from adapters.slack.markup import fallback, inert
from adapters.slack.messages import UPDATE_INTERVAL_S
from adapters.slack.poster import MESSAGE_CHARS
from adapters.slack.web import CALL_ERRORS

# Slack takes five answers within half an hour.
MOST_ANSWERS = 5
OK = 200
SERVER_ERROR = 500
TOO_MANY = 429


class ResponsePoster:
    """Posts a command's answer for the eyes of who called it."""

    def __init__(self, *, session: aiohttp.ClientSession, url: str) -> None:
        # Without the SDK's default handler, which says everything twice when an answer of Slack's is lost.
        self._client = AsyncWebhookClient(url, session=session, retry_handlers=[])
        self._answers = 0

    @property
    def limits(self) -> Limits:
        """See `base.Poster.limits`."""
        return Limits(MESSAGE_CHARS, UPDATE_INTERVAL_S)

    async def show_state(self, text: str) -> str:  # noqa: ARG002 - nothing is shown
        """See `base.Poster.show_state`: commands are quick, and answers are counted."""
        return ""

    def render(self, markdown: str) -> str:
        """See `base.Poster.render`."""
        return inert(markdown)

    async def post(self, content: Content, *, key: str) -> str:  # noqa: ARG002 - Slack keeps no key here
        """See `base.Poster.post`."""
        await self._answer(content.text, replaces=False)
        return str(self._answers)

    async def edit(self, message_id: str, content: Content) -> None:  # noqa: ARG002 - only the last can be
        """See `base.Poster.edit`. What is still running is left as it is: answers are counted."""
        if not content.running:
            await self._answer(content.text, replaces=True)

    async def remove(self, message_id: str) -> None:
        """See `base.Poster.remove`: a command has no earlier attempt."""

    async def find(self, key: str) -> str:  # noqa: ARG002 - Slack keeps no key here
        """See `base.Poster.find`: a command has no earlier attempt."""
        return ""

    def footnote(self, text: str) -> str:
        """See `base.Poster.footnote`."""
        return f"_{text}_"

    async def _answer(self, text: str, *, replaces: bool) -> None:
        if self._answers == MOST_ANSWERS:
            raise Undeliverable("used_url")
        try:
            answer = await self._client.send(
                text=fallback(text),
                blocks=[{"type": "markdown", "text": text}],
                response_type="ephemeral",
                replace_original=replaces,
            )
        except CALL_ERRORS as error:
            raise PostFailed(type(error).__name__) from error
        if answer.status_code == TOO_MANY or answer.status_code >= SERVER_ERROR:
            raise PostFailed(str(answer.status_code))
        if answer.status_code != OK:
            raise Undeliverable(str(answer.status_code))
        self._answers += 1
