"""Questions asked by command: `/ask`, and "Ask about this message" of a message's menu.

A public one is shown in the channel, where the bot may write, and answered there as any message is. All others are
answered through the interaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
import structlog

from adapters.base import PostFailed, Undeliverable
from adapters.discord.calls import called
from adapters.discord.forms import OTHERS, QUESTION, READERS, asking_about, opened
from adapters.discord.interaction_tokens import Grant, grant_of, thinking
from adapters.discord.interactions import may_write, to_fields, to_press, to_target, to_user
from adapters.discord.quotes import Quotes
from adapters.discord.replies import Replies, raised
from adapters.discord.threads import Threads, in_thread, may_open
from bot.domain import ChatMessage, CommandCall
from bot.engine.commands import ASK, BY_NAME, check_arguments
from bot.engine.questions import to_question
from bot.errors import UserError

# A question in the channel ends here; the model reads all of it.
SHOWN_CHARS = 1500
_QUOTED = "> {}"
log = structlog.get_logger(__name__)


class Asking:
    """Turns questions by command into messages that are answered."""

    def __init__(self, *, replies: Replies, threads: Threads, quotes: Quotes) -> None:
        self._replies = replies
        self._threads = threads
        self._quotes = quotes

    async def open_form(self, interaction: discord.Interaction[Any]) -> None:
        """Ask what the person wants to know about a message."""
        if not await self._replies.admits(interaction, to_press(interaction, ASK, {})):
            return
        target, locale = to_target(interaction), to_user(interaction).locale
        if not target.text:
            await self._refuse(UserError("about.nothing_to_read"), interaction, locale)
            return
        custom_id = self._quotes.keep(interaction, target)
        is_shared = not interaction.context.dm_channel
        await opened(interaction, asking_about(target.quoted, custom_id=custom_id, locale=locale, is_shared=is_shared))

    async def about(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the question about a message that a form brought; the message is the one that was kept."""
        fields = to_fields(interaction)
        private = {} if fields.get(READERS) == OTHERS else {"private": "yes"}
        call = to_press(interaction, ASK, {"question": fields.get(QUESTION, ""), **private})
        if not await self._replies.admits(interaction, call):
            return
        if target := await self._quotes.find(interaction):
            await self.ask(interaction, call, quoted=target.quoted)
        else:
            await self._refuse(UserError("about.lost"), interaction, call.person.locale)

    async def ask(self, interaction: discord.Interaction[Any], call: CommandCall, *, quoted: str = "") -> None:
        """Answer a call of `/ask`."""
        if not await self._replies.admits(interaction, call):
            return
        try:
            check_arguments(BY_NAME[call.command], call.arguments)
        except UserError as error:
            await self._refuse(error, interaction, call.person.locale)
            return
        is_private = bool(call.arguments.get("private")) and not call.direct
        if may_write(interaction) and not is_private:
            await self._openly(interaction, call, quoted)
        elif grant := await thinking(interaction, is_private=is_private or call.address.is_private):
            await self._by_grant(grant, call, quoted)

    async def _refuse(self, error: UserError, interaction: discord.Interaction[Any], locale: str) -> None:
        await self._replies.tell_alone(interaction, raised(error), locale=locale)

    async def _openly(self, interaction: discord.Interaction[Any], call: CommandCall, quoted: str) -> None:
        """Show the question in the channel, and answer it as a message."""
        try:
            shown = await called(interaction.response.send_message(_shown(call.arguments["question"], quoted)))
        except (Undeliverable, PostFailed) as error:
            log.warning("discord.interaction_lost", cause=str(error.__cause__))
            return
        if shown.is_ephemeral():
            grant = grant_of(interaction, original_id=shown.message_id or 0)
            await self._by_grant(grant, call, quoted)
            return
        said = _about(to_question(replace(call, message_id=str(shown.message_id or call.event_id))), quoted)
        wants_thread = self._threads is Threads.ALWAYS or (
            self._threads is Threads.REQUEST and call.arguments.get("thread")
        )
        can_open = may_open(interaction.channel, interaction.app_permissions)
        await self._replies.answer(in_thread(said) if wants_thread and can_open else said)

    async def _by_grant(self, grant: Grant, call: CommandCall, quoted: str) -> None:
        private: Mapping[str, str] = {"private": "yes"} if grant.is_private else {}
        asked = replace(call, arguments={**call.arguments, **private})
        shown = replace(asked, message_id=str(grant.interaction_id), reply_to=grant.written())
        said = to_question(shown)
        await self._replies.answer(_about(said, quoted))


def _about(said: ChatMessage, quoted: str) -> ChatMessage:
    """Put a message with the question about it: that is what it is asked of, and no lesson."""
    return replace(said, quoted=quoted, lessons_only=False) if quoted else said


def _shown(question: str, quoted: str) -> str:
    """Return a question as the channel reads it, with what it is about above it."""
    lines = [*quoted.splitlines()[:1], *question.splitlines()] if quoted else question.splitlines()
    text = "\n".join(_QUOTED.format(line) for line in lines if line.strip())
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]} …"
