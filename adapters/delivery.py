"""Delivery: a reply's parts become messages on a platform, without ever holding up the model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog

from adapters.base import Poster, PostFailed
from adapters.page import Page
from adapters.text import split
from bot.domain import Notice, ReplyPart
from bot.errors import BotError

# A state is shown only to who waits longer than this: a quick answer needs no placeholder.
STATE_AFTER_S = 0.6
# Waits before a call that failed is made again; after the last one the answer goes into a new message.
RETRY_AFTER_S = (0.5, 1.0, 2.0, 4.0)
# How long a reply that is cut off from outside may take to say so.
LAST_WORDS_S = 3.0
log = structlog.get_logger(__name__)


async def deliver(reply: AsyncGenerator[ReplyPart, None], poster: Poster, *, key: str, locale: str) -> None:
    """Post a reply as it comes: coalesced edits, split where too long, then notices; errors as plain sentences.

    `key` begins the idempotency key of each message. Never raises but for cancellation.
    """
    page = Page(locale=locale)
    editor = Editor(poster=poster, page=page, key=key)
    showing = asyncio.create_task(editor.keep_up(), name=f"editor {key}")
    try:
        async with aclosing(reply):
            async for part in reply:
                page.take(part)
                editor.wake()
                if showing.done():
                    break
    except BotError as error:
        page.take(Notice(error.key, error.parameters))
    except Exception:  # the one place where a reply's unforeseen failure is caught and told
        log.exception("reply.failed", key=key)
        page.take(Notice("error.internal"))
    except asyncio.CancelledError:
        page.take(Notice("notice.interrupted"))
        await asyncio.shield(_end(showing, page, editor, within_s=LAST_WORDS_S))
        raise
    await _end(showing, page, editor)


async def _end(showing: asyncio.Task[None], page: Page, editor: Editor, *, within_s: float | None = None) -> None:
    """Let the editor show the finished page, and say in the log when it could not."""
    page.is_over = True
    editor.wake()
    done, _ = await asyncio.wait([showing], timeout=within_s)
    if not done:
        showing.cancel()
    elif error := showing.exception():
        log.error("reply.undeliverable", key=editor.key, error=type(error).__name__, cause=str(error.__cause__ or ""))


class Editor:
    """Keeps the messages on the platform like the page: newest text wins, at most one call under way."""

    def __init__(self, *, poster: Poster, page: Page, key: str) -> None:
        self.key = key
        self._poster = poster
        self._page = page
        self._changed = asyncio.Event()
        self._ids: list[str] = []
        self._texts: list[tuple[str, bool]] = []
        self._state_shown = ""
        self._posted = 0

    def wake(self) -> None:
        """Say that the page has changed."""
        self._changed.set()

    async def keep_up(self) -> None:
        """Show the page until it is over.

        Raises:
            Undeliverable: the platform refuses for good.
            PostFailed: the platform did not take the finished page, however often it was asked.
        """
        await self._wait_for_words()
        while True:
            self._changed.clear()
            is_over = self._page.is_over
            await self._show(is_over=is_over)
            if is_over:
                return
            await self._pause()

    async def _wait_for_words(self) -> None:
        """Give a quick answer the time to come before a state is shown."""
        until = time.monotonic() + STATE_AFTER_S
        while not (self._page.answer or self._page.is_over) and (left := until - time.monotonic()) > 0:
            self._changed.clear()
            await self._changed_within(left)

    async def _pause(self) -> None:
        """Wait for a change, and for the time between two edits; the end, and the first words, cut the wait short."""
        await self._changed.wait()
        until = time.monotonic() + self._poster.limits.edit_interval_s
        while not self._is_urgent() and (left := until - time.monotonic()) > 0:
            self._changed.clear()
            await self._changed_within(left)

    def _is_urgent(self) -> bool:
        return self._page.is_over or (not self._ids and bool(self._page.answer))

    async def _changed_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _show(self, *, is_over: bool) -> None:
        for wait_s in (*RETRY_AFTER_S, None):
            try:
                await self._show_once(is_over=is_over)
            except PostFailed:
                if not is_over:
                    return
                if wait_s is None:
                    raise
                await asyncio.sleep(wait_s)
            else:
                return

    async def _show_once(self, *, is_over: bool) -> None:
        text = self._page.whole(self._poster.footnote) if is_over else self._page.answer
        parts = split(text, self._poster.limits.message_chars)
        if parts:
            await self._show_parts(parts, is_over=is_over)
        elif (state := self._page.state_text()) and state != self._state_shown and not is_over:
            await self._poster.show_state(state)
            self._state_shown = state

    async def _show_parts(self, parts: list[str], *, is_over: bool) -> None:
        last = len(parts) - 1
        for index, part in enumerate(parts):
            wanted = (part, not is_over and index == last)
            if index == len(self._ids):
                posted = await self._poster.post(part, key=f"{self.key}:{self._posted}", running=wanted[1])
                self._posted += 1
                self._ids.append(posted)
                self._texts.append(wanted)
            elif self._texts[index] != wanted:
                await self._poster.edit(self._ids[index], part, running=wanted[1])
                self._texts[index] = wanted
