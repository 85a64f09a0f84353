"""Questions that are no messages of Slack's: put by a slash command or a form. Their readers have to see them, too.

So the bot shows it: as a message in the channel, or in the thread it is about.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import structlog

from adapters.base import ContentRefused, PostFailed, Undeliverable
from adapters.slack.dialect import inert
from adapters.slack.messages import ts_of
from adapters.slack.payload import address_of
from adapters.slack.poster import MESSAGE_CHARS
from adapters.slack.recovery import metadata
from adapters.slack.refusals import is_final
from adapters.slack.workspace import Workspace
from bot.domain import CommandCall, Notice, private_thread
from bot.engine.questions import shown_words
from bot.errors import Unavailable, UserError
from bot.i18n import sentence

# Slack waits three seconds for the acknowledgement, and storing the question takes some of it.
SHOWN_WITHIN_S = 2.0
log = structlog.get_logger(__name__)


class NotHere(UserError):
    """The bot may not write in this channel."""


class Questions:
    """Shows questions, and takes away what was shown of one that is not asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def shown(self, call: CommandCall, *, thread: str = "") -> CommandCall:
        """Show the question to everybody, in a thread or as the beginning of one; return it as it is asked there.

        Raises:
            NotHere: the bot may not write here.
            Unavailable: it could not be shown.
        """
        where, ts = call.address, await self._show(call, thread)
        root = thread or ts
        return replace(
            call,
            message_id=ts,
            address=address_of(where.workspace, where.channel, root),
            reply_to=root if call.direct and root != ts else "",
        )

    def hide(self, shown: CommandCall) -> None:
        """Take a shown question away."""
        hiding = self._workspace.web.with_retries.chat_delete(channel=shown.address.channel, ts=shown.message_id)
        self._workspace.spawn(self._workspace.quietly(hiding), "hide a question")

    async def _show(self, call: CommandCall, thread: str) -> str:
        head = sentence(Notice("slack.asks", {"name": call.person.name}), call.person.locale)
        quote = "\n".join(f"> {line}" for line in shown_words(call)[: MESSAGE_CHARS // 2].splitlines())
        try:
            async with asyncio.timeout(SHOWN_WITHIN_S):
                post = partial(
                    self._workspace.web.without_retries.chat_postMessage,
                    channel=call.address.channel,
                    thread_ts=thread or None,
                    unfurl_links=False,
                    unfurl_media=False,
                    metadata=metadata(f"ask-{call.event_id}"),
                )
                shown = inert(f"{head}\n\n{quote}")[:MESSAGE_CHARS]
                ts = ts_of(await self._workspace.web.wording.say(post, shown))
        except ContentRefused as error:
            raise UserError("slack.question_blocked") from error
        except (Undeliverable, PostFailed, TimeoutError) as error:
            log.info("slack.question_refused", error=str(error), channel=call.address.channel)
            if is_final(str(error)):
                raise NotHere("slack.not_here") from error
            raise Unavailable("slack.not_shown") from error
        return ts


def alone(call: CommandCall) -> CommandCall:
    """Return a question as one to be answered for its asker alone."""
    return replace(call, address=replace(call.address, thread=private_thread(call.person.id)), direct=True)
