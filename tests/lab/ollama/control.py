"""A side door for programs that measure from another process: what the stand-in was asked, and when it wrote.

GET /lab/requests  -> the chats with messages, oldest first: {"asked", "model", "status", "disconnected", "started_at",
                      "first_token_at", "last_token_at", "ended_at"}; `asked` is the newest user message

Times are seconds since 1970, as in the other labs' side doors; null for what has not happened.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama.cards import Json
from tests.lab.ollama.script import LabChat
from tests.lab.ollama.window import messages_of
from tests.lab.ollama.wire import LAB, answered

if TYPE_CHECKING:
    from tests.lab.ollama.lab import LabRequest

PREFIX = "/lab/"


async def requests(request: web.Request) -> web.Response:
    """Tell of the chats."""
    return answered([described(chat) for chat in request.app[LAB].chats])


def described(chat: LabRequest) -> Json:
    """Describe one chat."""
    messages, _ = messages_of(chat.body)
    return {
        "asked": LabChat(str(chat.body.get("model")), messages).last,
        "model": chat.body.get("model"),
        "status": chat.status,
        "disconnected": chat.disconnected,
        "started_at": since_1970(chat.started_at),
        "first_token_at": since_1970(chat.first_token_at),
        "last_token_at": since_1970(chat.last_token_at),
        "ended_at": since_1970(chat.ended_at),
        "prompt_tokens": chat.prompt_tokens,
        "cached_tokens": chat.cached_tokens,
    }


def since_1970(at: float | None) -> float | None:
    """Turn a time of `time.monotonic()` into seconds since 1970."""
    return None if at is None else at + time.time() - time.monotonic()
