"""The editor of one reply: keeps the messages on the platform like the page, in its own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from adapters.base import Content, Poster, PostFailed
from adapters.page import Page
from adapters.text import split
from bot.domain import Post, Turn

NotePost = Callable[[int, Post], Awaitable[None]]

# A state is shown only to who waits longer than this: a quick answer needs no placeholder.
STATE_AFTER_S = 0.6
# Waits before a call that failed is made again.
RETRY_AFTER_S = (0.5, 1.0, 2.0, 4.0, 8.0)


# Ends the key of the message that tells a place in line.
IN_LINE = "in line"


class Editor:
    """Newest text wins, at most one call under way, the finished page at once.

    A message that an earlier attempt of the turn posted is edited, never posted again.
    """

    def __init__(
        self, *, poster: Poster, page: Page, key: str, turn: Turn | None = None, note_post: NotePost | None = None
    ) -> None:
        self.key = key
        self._poster = poster
        self._page = page
        self._turn = turn
        self._note_post = note_post
        self._changed = asyncio.Event()
        posts = turn.posts if turn else ()
        self._ids = [post.message_id for post in posts if post.key != f"{key}:{IN_LINE}"]
        self._in_line = next((post.message_id for post in posts if post.key == f"{key}:{IN_LINE}"), "")
        # What each message reads, and whether it looks unfinished; None where an earlier attempt left it.
        self._texts: list[tuple[str, bool] | None] = [None] * len(self._ids)
        self._state_shown = ""

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
        parts = split(self._poster.render(text), self._poster.limits.message_chars)
        if parts:
            await self._show_parts(parts, is_over=is_over)
        elif not is_over and (state := self._page.state_text()) and state != self._state_shown:
            await self._show_state(state)
            self._state_shown = state
        if is_over:
            await self._remove_rest(len(parts))

    async def _show_state(self, state: str) -> None:
        is_in_line = self._page.is_in_line
        if not is_in_line:
            await self._leave_line()
        if self._ids or (not is_in_line and await self._recovered(0)):
            # An earlier attempt's message: what it reads is about to be written anew.
            await self._edit(0, state, running=True)
        elif (message_id := await self._poster.show_state(state)) and is_in_line:
            self._in_line = message_id
            await self._note(IN_LINE, message_id)
        elif message_id:
            await self._note(0, message_id)

    async def _leave_line(self) -> None:
        """Take the message away that told the place in line.

        It stands above answers to earlier questions that came meanwhile: an answer in its place would be out of order.
        """
        if self._in_line:
            await self._poster.remove(self._in_line)
            self._in_line = ""

    async def _show_parts(self, parts: list[str], *, is_over: bool) -> None:
        await self._leave_line()
        last = len(parts) - 1
        for index, part in enumerate(parts):
            running = not is_over and index == last
            if index == len(self._ids):
                await self._post(index, part, running=running)
            elif self._texts[index] != (part, running):
                await self._edit(index, part, running=running)

    async def _post(self, index: int, part: str, *, running: bool) -> None:
        if await self._recovered(index):
            await self._edit(index, part, running=running)
            return
        self._ids.append(await self._poster.post(Content(part, running), key=self._key_of(index)))
        self._texts.append((part, running))
        await self._note(index, self._ids[index])

    async def _recovered(self, index: int) -> bool:
        """Whether an earlier attempt posted this message and ended before it could note it; then it is ours again."""
        if self._turn is None or not self._turn.attempt:
            return False
        message_id = await self._poster.find(self._key_of(index))
        if message_id:
            self._ids.append(message_id)
            self._texts.append(None)
            await self._note(index, message_id)
        return bool(message_id)

    async def _edit(self, index: int, part: str, *, running: bool) -> None:
        await self._poster.edit(self._ids[index], Content(part, running))
        self._texts[index] = part, running

    async def _remove_rest(self, count: int) -> None:
        """Take away what an earlier attempt posted, noted or not, beyond the answer that stands now."""
        while await self._recovered(len(self._ids)):
            pass
        while len(self._ids) > max(count, 1):
            await self._poster.remove(self._ids[-1])
            self._ids.pop()
            self._texts.pop()

    async def _note(self, index: int | str, message_id: str) -> None:
        if self._turn and self._note_post:
            await self._note_post(self._turn.id, Post(self._key_of(index), message_id))

    def _key_of(self, index: int | str) -> str:
        return f"{self.key}:{index}"
