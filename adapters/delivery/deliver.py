"""Delivery: a reply's parts become messages on a platform, without ever holding up the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

import structlog

from adapters.base import Poster, PostFailed, Undeliverable
from adapters.delivery.editor import Editor
from adapters.delivery.layout import Rules
from adapters.delivery.page import Page
from adapters.delivery.posted import NotePost
from bot.clock import SYSTEM_CLOCK, Clock, either
from bot.domain import Completion, Failed, Notice, ReplyPart, Turn
from bot.engine.openings import Opening
from bot.errors import BotError, TakenOver, Unshown

# How long a reply that is cut off from outside may take to say so.
LAST_WORDS_S = 3.0
OnRefused = Callable[[Undeliverable], Awaitable[None]]
log = structlog.get_logger(__name__)


async def deliver(
    reply: AsyncGenerator[ReplyPart, None],
    poster: Poster,
    *,
    key: str,
    locale: str,
    rules: Rules | None = None,
    turn: Turn | None = None,
    note_post: NotePost | None = None,
    opening: Opening | None = None,
    clock: Clock = SYSTEM_CLOCK,
    on_refused: OnRefused | None = None,
) -> None:
    """Post a reply as it comes: coalesced edits, split where too long, then notices; errors as plain sentences.

    `key` begins the idempotency key of each message; `rules` are the connection's. `turn` is given where the reply
    answers one: what an earlier attempt posted is edited instead of posted again, and `note_post` keeps what is posted
    now; `opening` says when the answer may begin beside others. `on_refused` hears why the platform refuses for good,
    before the turn is closed: a process that ends in between leaves the turn to one that hears it again.
    Never raises but for cancellation.
    """
    page = Page(locale=locale)
    editor = Editor(
        poster=poster,
        page=page,
        key=key,
        rules=rules or Rules(),
        turn=turn,
        note_post=note_post,
        opening=opening,
        clock=clock,
    )
    await _delivered(reply, page, editor, is_turn=turn is not None, clock=clock, on_refused=on_refused)


async def _delivered(
    reply: AsyncGenerator[ReplyPart, None],
    page: Page,
    editor: Editor,
    *,
    is_turn: bool,
    clock: Clock,
    on_refused: OnRefused | None,
) -> None:
    """Take the reply in to its end, while the editor shows it."""
    showing = asyncio.create_task(editor.keep_up(), name=f"editor {editor.key}")
    try:
        async with aclosing(reply):
            await _follow(reply, page, editor, showing, clock, on_refused)
    except TakenOver:
        showing.cancel()
        return
    except BotError as error:
        if not page.is_over:
            page.take(Notice(error.key, error.parameters))
    except Exception:  # the one place where a reply's unforeseen failure is caught and told
        log.exception("reply.failed", key=editor.key)
        page.take(Notice("error.internal"))
    except asyncio.CancelledError:
        page.take(Notice("notice.handed_back" if is_turn else "notice.interrupted"))
        await asyncio.shield(_show_all(page, editor, showing, clock=clock, within_s=LAST_WORDS_S))
        raise
    await _show_all(page, editor, showing, clock=clock)
    await _told(on_refused, editor, showing)


async def _follow(
    reply: AsyncGenerator[ReplyPart, None],
    page: Page,
    editor: Editor,
    showing: asyncio.Task[None],
    clock: Clock,
    on_refused: OnRefused | None,
) -> None:
    """Take the parts in as they come. The last one is held until all is shown: only then the turn is closed."""
    try:
        async for part in reply:
            page.take(part)
            editor.wake()
            if isinstance(part, Completion | Failed) and not await _show_all(page, editor, showing, clock=clock):
                # Nobody has read it. Given back, it is shown by a later attempt.
                await _hand_back(reply, Unshown())
                return
            if showing.done():
                await _told(on_refused, editor, showing)
                if not page.is_over:
                    return
    except asyncio.CancelledError:
        # The last edit may be on its way: an answer that is whole in time needs nobody to make it again.
        is_shown = page.is_over and await asyncio.shield(
            _show_all(page, editor, showing, clock=clock, within_s=LAST_WORDS_S)
        )
        if is_shown and (on_refused is None or editor.is_refusal_told or not _refusal(showing)):
            with suppress(BotError):
                await anext(reply, None)
        else:
            await _hand_back(reply, asyncio.CancelledError())
        raise


async def _hand_back(reply: AsyncGenerator[ReplyPart, None], cause: asyncio.CancelledError) -> None:
    with suppress(asyncio.CancelledError, StopAsyncIteration):
        await reply.athrow(cause)


async def _show_all(
    page: Page, editor: Editor, showing: asyncio.Task[None], *, clock: Clock, within_s: float | None = None
) -> bool:
    """Let the editor show the finished page; False when the platform did not take it and may do so later."""
    page.is_over = True
    editor.wake()
    if editor.is_given_up:
        # It may never end, even now.
        return False
    if not await _done_within(showing, within_s, clock):
        editor.is_given_up = True
        showing.cancel()
        return False
    return showing.cancelled() or not isinstance(showing.exception(), PostFailed)


async def _told(on_refused: OnRefused | None, editor: Editor, showing: asyncio.Task[None]) -> None:
    """Note once what the editor ended with, and tell of it where it is for good."""
    error = showing.exception() if showing.done() and not showing.cancelled() else None
    if error is None or editor.is_refusal_told:
        return
    log.error("reply.undeliverable", key=editor.key, error=type(error).__name__, cause=str(error.__cause__ or ""))
    if on_refused and (refusal := _refusal(showing)):
        await on_refused(refusal)
    editor.is_refusal_told = True


def _refusal(showing: asyncio.Task[None]) -> Undeliverable | None:
    """Return why the platform refuses for good, None where it does not."""
    error = showing.exception() if showing.done() and not showing.cancelled() else None
    return error if isinstance(error, Undeliverable) else None


async def _done_within(showing: asyncio.Task[None], within_s: float | None, clock: Clock) -> bool:
    if within_s is None:
        await asyncio.wait([showing])
    else:
        await either(showing, within_s=within_s, clock=clock)
    return showing.done()
