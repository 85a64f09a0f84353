"""Delivery: a reply's parts become messages on a platform, without ever holding up the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog

from adapters.base import Poster
from adapters.editor import Editor, NotePost
from adapters.page import Page
from bot.domain import Notice, ReplyPart, Turn
from bot.errors import BotError, TakenOver

# How long a reply that is cut off from outside may take to say so.
LAST_WORDS_S = 3.0
log = structlog.get_logger(__name__)


async def deliver(
    reply: AsyncGenerator[ReplyPart, None],
    poster: Poster,
    *,
    key: str,
    locale: str,
    turn: Turn | None = None,
    note_post: NotePost | None = None,
) -> None:
    """Post a reply as it comes: coalesced edits, split where too long, then notices; errors as plain sentences.

    `key` begins the idempotency key of each message. `turn` is given where the reply answers one: what an earlier
    attempt posted is edited instead of posted again, and `note_post` keeps what is posted now. Never raises but for
    cancellation.
    """
    page = Page(locale=locale)
    editor = Editor(poster=poster, page=page, key=key, turn=turn, note_post=note_post)
    showing = asyncio.create_task(editor.keep_up(), name=f"editor {key}")
    try:
        async with aclosing(reply):
            async for part in reply:
                page.take(part)
                editor.wake()
                if showing.done():
                    break
    except TakenOver:
        showing.cancel()
        return
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
