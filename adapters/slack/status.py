"""The status of a thread: Slack's line "<bot> …" under it, and the agent session that gives people Slack's own Stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.refusals import CALL_ERRORS, refusal
from bot.clock import Clock

# A status is worth no longer wait: without an answer by then, a message says it instead.
CALL_TIMEOUT_S = 2.0
# Slack takes a line away after two minutes.
REFRESH_S = 90.0
# Without the event's subscription Slack shows the session as busy, but nothing to press.
NO_STOP_WARNING = "missing_agent_session_stopped_event_subscription"
log = structlog.get_logger(__name__)


class Status:
    """One thread's status. Where Slack refuses it, it is not asked again.

    `where` is the channel and the thread; `title` names the session, where it is a new one. `is_left`: a process that
    ended may have left a line and a Stop there; they are taken away in the end.
    """

    def __init__(
        self, *, client: AsyncWebClient, clock: Clock, where: tuple[str, str], title: str = "", is_left: bool = False
    ) -> None:
        self._client = client
        self._thread: dict[str, Any] = {"channel_id": where[0], "thread_ts": where[1]}
        self._clock = clock
        self._title = title
        self._text = ""
        self._keeping: asyncio.Task[None] | None = None
        self._has_line = True
        self._shows_line = is_left
        self._is_busy = is_left
        self._offers_stop: bool | None = None

    @property
    def is_refused(self) -> bool:
        """Whether Slack refuses the line."""
        return not self._has_line

    async def begin(self) -> bool:
        """Say that an answer is being made; return whether Slack offers people its own Stop meanwhile."""
        if self._offers_stop is None:
            named = {"title": self._title} if self._title else {}
            call = self._client.agents_sessions_setStatus(**self._thread, status="processing", **named)
            answer = await self._answer(call)
            self._is_busy = self._is_busy or answer is not None
            self._offers_stop = answer is not None and NO_STOP_WARNING not in _warnings(answer)
        return self._offers_stop

    async def show(self, text: str) -> bool:
        """Show the line until `stop_keeping`, and Stop where Slack has it; False where the line cannot be shown."""
        self._text = text
        self._keeping = self._keeping or asyncio.create_task(self._keep(), name="slack status")
        shown, _ = await asyncio.gather(self.show_line(text), self.begin())
        if not shown:
            self.stop_keeping()
        return shown

    def stop_keeping(self) -> None:
        """Let the line go: a message of the bot takes it away."""
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None

    async def show_line(self, text: str) -> bool:
        """Show the line alone, for two minutes or until the bot's next message; False where Slack refuses."""
        if not self._has_line:
            return False
        call = self._client.assistant_threads_setStatus(**self._thread, status=text, loading_messages=[text])
        self._has_line = await self._answer(call) is not None
        self._shows_line = self._shows_line or self._has_line
        return self._has_line

    async def end(self, *, is_last: bool) -> None:
        """Take the line away, and Stop unless another answer in the thread still needs it.

        An answer that was whole before anything was said of its making gives the session its name now.
        """
        if self._shows_line:
            self._shows_line = False
            await self._answer(self._client.assistant_threads_setStatus(**self._thread, status=""))
        if self._is_busy and is_last:
            self._is_busy = False
            await self._answer(self._client.agents_sessions_setStatus(**self._thread, status="active"))
        elif is_last and self._title and self._offers_stop is None:
            call = self._client.agents_sessions_setStatus(**self._thread, status="active", title=self._title)
            await self._answer(call)

    async def _keep(self) -> None:
        while True:
            await self._clock.sleep(REFRESH_S)
            await self.show_line(self._text)

    async def _answer(self, call: Awaitable[Any]) -> Any | None:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                return await call
        except CALL_ERRORS as error:
            code = refusal(error) if isinstance(error, SlackApiError) else ""
            log.info("slack.status_refused", error=code or type(error).__name__, channel=self._thread["channel_id"])
            return None


def _warnings(answer: Any) -> str:
    metadata = answer.get("response_metadata") or {}
    return " ".join([str(answer.get("warning") or ""), *map(str, metadata.get("warnings") or [])])
