"""The entry in a message's menu: a form asks what to ask about the message, and who is to read the answer."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck

from adapters.slack.dialect import plain_words
from adapters.slack.forms import PRIVATE, QUESTION, QUOTE, about_form, refused
from adapters.slack.interactions import Picked, Submitted, parse_picked, parse_submitted
from adapters.slack.payload import Malformed, address_of, is_direct
from adapters.slack.place import Corner
from adapters.slack.questions import Asking
from adapters.slack.workspace import Desk
from bot.domain import ChatMessage, Notice, Person
from bot.errors import BotError, UserError
from bot.i18n import sentence

log = structlog.get_logger(__name__)


class Shortcuts:
    """Asks about messages."""

    def __init__(self, desk: Desk, asking: Asking) -> None:
        self._desk = desk
        self._asking = asking

    async def on_picked(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge the choice of our entry and open the form."""
        await ack()
        try:
            picked = parse_picked(body)
        except Malformed as error:
            log.warning("slack.shortcut_malformed", missing=str(error))
            return
        self._desk.spawn(self._open(picked), "form")

    async def on_submitted(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Put the question of the form, and acknowledge it; what is in its way is said in the form, which stays."""
        try:
            submitted = parse_submitted(body)
            person = await self._desk.people.find(submitted.user)
            message, thread = self._to_message(submitted, person)
        except Malformed as error:
            log.warning("slack.form_malformed", missing=str(error))
            await ack(**refused(QUESTION, sentence(Notice("slack.form_unread"), "en")))
            return
        try:
            self._desk.engine.check(person=person, address=message.address)
            if not message.text.strip():
                raise UserError("error.empty_message")
            if PRIVATE in submitted.values:
                await self._asking.put_privately(message, url=submitted.kept.get("url", ""))
            else:
                await self._asking.put_openly(message, thread=thread)
        except BotError as error:
            said = sentence(Notice(error.key, error.parameters), person.locale)
            await ack(**refused(QUESTION, said))
        else:
            await ack()

    async def _open(self, picked: Picked) -> None:
        person = await self._desk.people.find(picked.user)
        corner = Corner(picked.channel, picked.user, picked.thread, picked.response_url)
        try:
            self._desk.engine.check(
                person=person, address=address_of(self._desk.identity.workspace, picked.channel, picked.thread)
            )
        except UserError as error:
            await self._desk.refuse(error, corner, person.locale)
            return
        if not picked.text.strip():
            await self._desk.tell(Notice("about.nothing_to_read"), corner, person.locale)
            return
        kept = {"channel": picked.channel, "ts": picked.ts, "thread": picked.thread, "url": picked.response_url}
        form = about_form(picked.text, kept=kept, locale=person.locale)
        opening = self._desk.web.hasty.views_open(trigger_id=picked.trigger_id, view=form)
        if not await self._desk.quietly(opening):
            await self._desk.tell(Notice("slack.form_failed"), corner, person.locale)

    def _to_message(self, submitted: Submitted, person: Person) -> tuple[ChatMessage, str]:
        """Return the question, which is known by its form's id, and the thread of the message it is about."""
        kept = submitted.kept
        try:
            channel, thread, quote = kept["channel"], kept["thread"], kept[QUOTE]
            root = thread or kept["ts"]
        except KeyError as error:
            raise Malformed(f"view.private_metadata.{error.args[0]}") from error
        me, names = self._desk.identity.bot_user, self._desk.people.names
        message = ChatMessage(
            event_id=submitted.view_id,
            message_id=submitted.view_id,
            address=address_of(submitted.workspace, channel, root),
            person=person,
            text=submitted.values.get(QUESTION, ""),
            direct=is_direct(channel),
            reply_to=thread,
            quoted=plain_words(quote, bot_user=me, names=names),
        )
        return message, root
