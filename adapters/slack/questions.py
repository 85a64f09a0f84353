"""Questions that are no messages of Slack's: put by a slash command or a form. Their readers have to see them, too.

So the bot shows it: as a message in the channel, or in the thread it is about. A question is acknowledged when it is
stored, like a message; until then Slack tells the person that it failed.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from adapters.slack.calls import CALL_ERRORS, FINAL_ERRORS, refusal
from adapters.slack.dialect import fallback, inert
from adapters.slack.interactions import Slashed, to_call
from adapters.slack.payload import address_of
from adapters.slack.poster import MESSAGE_CHARS
from adapters.slack.recovery import metadata
from adapters.slack.replies import Answers
from adapters.slack.workspace import Desk
from bot.domain import ChatMessage, CommandCall, Notice, private_thread
from bot.engine.questions import to_question
from bot.errors import BotError, Unavailable, UserError
from bot.i18n import sentence

# Slack waits three seconds for the acknowledgement, and storing the question takes some of it.
SHOWN_WITHIN_S = 2.0
log = structlog.get_logger(__name__)


class NotHere(UserError):
    """The bot may not write in this channel."""


class Asking:
    """Shows questions, stores them, has them answered."""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk = desk
        self._answers = answers

    async def on_question(self, ack: AsyncAck, slashed: Slashed) -> None:
        """Put the question of a slash command, and acknowledge it, or say why not."""
        person = await self._desk.people.find(slashed.user, said=slashed.text)
        try:
            self._desk.engine.check(person=person, address=slashed.address)
            await self._put(to_call(slashed, person), slashed)
        except BotError as error:
            said = sentence(Notice(error.key, error.parameters), person.locale)
            await ack(text=fallback(said), blocks=[{"type": "markdown", "text": inert(said)}])
        else:
            await ack()

    async def put_openly(self, message: ChatMessage, *, thread: str = "") -> None:
        """Show the question to everybody, in a thread or as the beginning of one, and have it answered there.

        Raises:
            NotHere: the bot may not write here.
            BotError: it could not be shown, or not be stored; what was shown is taken away.
        """
        where, ts = message.address, await self._show(message, thread)
        root = thread or ts
        shown = replace(
            message,
            message_id=ts,
            address=address_of(where.workspace, where.channel, root),
            reply_to=root if message.direct and root != ts else "",
        )
        turn = None
        try:
            turn = await self._desk.engine.accept(shown)
        finally:
            if turn is None:
                self._desk.spawn(self._hide(where.channel, ts), "hide a question")
        if turn:
            self._answers.begin(turn)

    async def put_privately(self, message: ChatMessage, *, url: str) -> None:
        """Have a question answered for its asker alone.

        Raises:
            BotError: it could not be stored.
        """
        alone = replace(message.address, thread=private_thread(message.person.id))
        if turn := await self._desk.engine.accept(replace(message, address=alone, direct=True)):
            self._answers.begin(turn, url=url)

    async def _put(self, call: CommandCall, slashed: Slashed) -> None:
        message = to_question(call)
        if message.address.is_private:
            await self.put_privately(message, url=slashed.corner.url)
            return
        try:
            await self.put_openly(message)
        except NotHere:
            # Two people's own conversation: whoever asks there reads the answer alone.
            if not call.direct:
                raise
            await self.put_privately(message, url=slashed.corner.url)

    async def _show(self, message: ChatMessage, thread: str) -> str:
        head = sentence(Notice("slack.asks", {"name": message.person.name}), message.person.locale)
        quote = "\n".join(f"> {line}" for line in message.text[: MESSAGE_CHARS // 2].splitlines())
        try:
            async with asyncio.timeout(SHOWN_WITHIN_S):
                answer = await self._desk.web.hasty.chat_postMessage(
                    channel=message.address.channel,
                    thread_ts=thread or None,
                    markdown_text=inert(f"{head}\n\n{quote}")[:MESSAGE_CHARS],
                    unfurl_links=False,
                    unfurl_media=False,
                    metadata=metadata(f"ask-{message.event_id}"),
                )
        except SlackApiError as error:
            log.info("slack.question_refused", error=refusal(error), channel=message.address.channel)
            if refusal(error) in FINAL_ERRORS:
                raise NotHere("slack.not_here") from error
            raise Unavailable("slack.not_shown") from error
        except CALL_ERRORS as error:
            raise Unavailable("slack.not_shown") from error
        return str(answer["ts"])

    async def _hide(self, channel: str, ts: str) -> None:
        await self._desk.quietly(self._desk.web.patient.chat_delete(channel=channel, ts=ts))
