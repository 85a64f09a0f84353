"""What is done about each event: parsed and acknowledged here; all the rest is the dispatcher's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse

from adapters.dispatch import Dispatcher
from adapters.oddities import ODD_ERRORS, told
from adapters.offered_files import shown_name
from adapters.slack.buttons import STOP_ACTION
from adapters.slack.events import (
    Deleted,
    HomeOpened,
    MessagesOpened,
    NativeStop,
    Said,
    parse_event,
    readable,
    to_incoming,
)
from adapters.slack.forms import ABOUT, ANSWER, QUESTION, about_form, refused
from adapters.slack.interactions import (
    Picked,
    Pressed,
    Slashed,
    is_asked,
    parse_corner,
    parse_picked,
    parse_press,
    parse_slashed,
    parse_submitted,
    restored,
    to_call,
    to_question_about,
)
from adapters.slack.manifest import SHORTCUT
from adapters.slack.origins import Aside, Asked, PressedAside, Spoken, Told, TypedAside, in_words, open_form
from adapters.slack.payload import Malformed, address_of, inner, text
from adapters.slack.place import EphemeralPlace
from adapters.slack.posters import Posters
from adapters.slack.welcome import Welcome
from bot.domain import Address, CommandCall, Notice, Person, QuotedMessage, is_blank
from bot.engine.commands import ASK
from bot.engine.stored_text import named_files
from bot.errors import BotError, UserError
from bot.i18n import sentence

ANYTHING = re.compile("")
T = TypeVar("T")
# Whose names are asked for while Slack waits for an acknowledgement.
MOST_MET = 5
log = structlog.get_logger(__name__)


class Listeners:
    """The listeners of one Bolt app."""

    def __init__(self, dispatcher: Dispatcher, posters: Posters) -> None:
        self._workspace = posters.workspace
        self._dispatcher = dispatcher
        self._posters = posters
        self._welcome = Welcome(posters.workspace)
        self._told = Told()

    def register(self, app: AsyncApp) -> None:
        """Listen to all that happens, and to all that people can type, press, choose and submit.

        What nobody listens for Slack would deliver again, and a person would read an error of Slack's. So whatever an
        app of another version subscribed to or showed is heard, too.
        """
        app.event(ANYTHING)(self.on_event)
        app.command(ANYTHING)(self.on_command)
        app.action(STOP_ACTION)(self.on_stop)
        app.action(ANYTHING)(self.on_press)
        app.shortcut(SHORTCUT)(self.on_picked)
        app.view(ABOUT)(self.on_asked_about)
        app.view(ANYTHING)(self.on_form)
        app.error(self.on_error)

    # --- what Bolt calls

    async def on_event(self, body: dict[str, Any]) -> None:
        """Store what was said. What is raised here leaves the event unacknowledged: Slack delivers it again."""
        if not self._workspace.homes.is_ours(body):
            log.info("slack.other_installation")
            return
        workspace = await self._workspace.homes.of(body)
        try:
            event = parse_event(body, bot_user=self._workspace.identity.bot_user, workspace=workspace)
        except Malformed as error:
            log.warning("slack.event_malformed", missing=str(error))
            return
        match event:
            case Said():
                await self._hear(event)
            case Deleted():
                await self._workspace.engine.withdraw(event.address, message_id=event.message_id)
            case NativeStop():
                self._workspace.spawn(self._stop_natively(event), "stop")
            case MessagesOpened():
                self._workspace.spawn(self._welcome.suggest(event), "prompts")
            case HomeOpened():
                self._workspace.spawn(self._welcome.show_home(event), "home")

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a slash command and run it; a question is stored before."""
        try:
            slashed = parse_slashed(body, workspace=await self._workspace.homes.of(body))
        except Malformed as error:
            log.warning("slack.command_malformed", missing=str(error))
            return
        if is_asked(slashed):
            await self._ask(ack, slashed)
            return
        await ack()
        self._workspace.spawn(self._run(slashed), f"/{slashed.name}")

    async def on_press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a press and do what the button says."""
        await ack()
        if pressed := await self._read(parse_press, body, Notice("error.button_unknown")):
            self._workspace.spawn(self._press(pressed), "press")

    async def on_stop(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a press of our Stop and stop the turn."""
        await ack()
        if pressed := await self._read(parse_press, body, Notice("error.nothing_to_stop")):
            self._workspace.spawn(
                self._stop(pressed.value, pressed.address, pressed.corner, pressed.trigger_id), "stop"
            )

    async def on_form(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge the form a button had opened and do what the button says."""
        try:
            submitted = parse_submitted(body, seals=self._workspace.seals)
            pressed = restored(submitted)
        except Malformed as error:
            await self._refuse_unread(ack, body, error, field=ANSWER)
            return
        person = await self._workspace.people.find(pressed.corner.user)
        origin = PressedAside(self._posters, pressed, person)
        if wrong := await self._dispatcher.look_over(pressed.value, submitted.values, origin):
            await ack(**refused(wrong.field, sentence(Notice(wrong.key, wrong.parameters), person.locale)))
            return
        await ack()
        self._workspace.spawn(self._dispatcher.submit(pressed.value, submitted.values, origin), "form")

    async def on_picked(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge the choice of our entry in a message's menu and open the form."""
        await ack()
        if picked := await self._read(parse_picked, body, Notice("slack.form_failed")):
            self._workspace.spawn(self._open_about(picked), "form")

    async def on_asked_about(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Put the question of the form, and acknowledge it; what is in its way is said in the form, which stays."""
        try:
            submitted = parse_submitted(body, seals=self._workspace.seals)
            person = await self._workspace.people.find(submitted.user)
            call, root = to_question_about(submitted, person)
        except Malformed as error:
            await self._refuse_unread(ack, body, error, field=QUESTION)
            return
        origin = Asked(
            self._posters,
            EphemeralPlace(call.address.channel, person.id, url=submitted.kept.get("url", "")),
            person,
            event_id=call.event_id,
            ack=ack,
            refusal=lambda said: refused(QUESTION, said),
            thread=root,
        )
        await self._dispatcher.take(replace(call, quotes=await self._read_quotes(call.quotes)), origin)

    async def on_error(self, error: Exception) -> BoltResponse | None:
        """Say in the log why an event was not acknowledged; one that is odd is dropped, or it would come again."""
        if isinstance(error, BotError):
            log.error("slack.event_not_stored", error=error.key)
        elif isinstance(error, ODD_ERRORS):
            log.warning("slack.event_not_understood", **told(error))
            return BoltResponse(status=HTTPStatus.OK)
        else:
            log.error("slack.listener_failed", exc_info=error)
        return None

    # --- what people say and do

    async def _hear(self, said: Said) -> None:
        workspace = self._workspace
        person = await workspace.people.find(said.user, said=said.text)
        await self._meet(said.quotes)
        incoming = to_incoming(said, person, bot_user=workspace.identity.bot_user, names=self._names)
        await self._dispatcher.take(incoming, Spoken(self._posters, said, incoming, self._told))

    @property
    def _names(self) -> Mapping[str, str]:
        """The display names of people, and the bot's own."""
        me = self._workspace.identity
        return {me.bot_user: me.name, **self._workspace.people.names}

    async def _meet(self, quotes: Iterable[QuotedMessage]) -> None:
        """Learn the names of those who are quoted."""
        authors = {quote.author_id for quote in quotes if quote.author_id} - self._workspace.people.names.keys()
        await asyncio.gather(*(self._workspace.people.find(author) for author in sorted(authors)[:MOST_MET]))

    async def _read_quotes(self, quotes: Iterable[QuotedMessage]) -> tuple[QuotedMessage, ...]:
        await self._meet(quotes)
        me = self._workspace.identity
        return readable(quotes, names=self._names, own=(me.bot_user, me.bot_id))

    async def _ask(self, ack: AsyncAck, slashed: Slashed) -> None:
        person = await self._workspace.people.find(slashed.user, said=slashed.text)
        origin = Asked(self._posters, slashed.corner, person, event_id=slashed.event_id, ack=ack, refusal=in_words)
        await self._dispatcher.take(to_call(slashed, person), origin)

    async def _run(self, slashed: Slashed) -> None:
        person = await self._workspace.people.find(slashed.user, said=slashed.text)
        origin = TypedAside(self._posters, slashed, person)
        try:
            # Before how it is typed: who may not speak here learns that, and nothing of the commands.
            await self._workspace.engine.check(person=person, address=slashed.address, command=slashed.name)
            call = to_call(slashed, person)
        except BotError as error:
            await self._dispatcher.refuse(error, origin)
            return
        await self._dispatcher.take(call, origin)

    async def _press(self, pressed: Pressed) -> None:
        person = await self._workspace.people.find(pressed.corner.user)
        await self._dispatcher.press(pressed.value, PressedAside(self._posters, pressed, person))

    async def _open_about(self, picked: Picked) -> None:
        person = await self._workspace.people.find(picked.user)
        corner = EphemeralPlace(picked.channel, picked.user, picked.thread, picked.response_url)
        address = address_of(picked.workspace, picked.channel, picked.thread)
        call = CommandCall(event_id=picked.trigger_id, address=address, person=person, command=ASK)

        async def open_about() -> None:
            if is_blank(picked.text):
                files = named_files([shown_name(file) for file in picked.files])
                raise UserError("about.only_files" if files else "about.nothing_to_read", files=files)
            seal = partial(self._workspace.seals.sealed, user=person.id)
            form = about_form(picked.text, kept=picked.kept, locale=person.locale, seal=seal)
            await open_form(self._workspace, picked.trigger_id, form)

        await self._dispatcher.ask(call, self._aside(corner, person, picked.trigger_id), open_about)

    async def _stop(self, turn: str, address: Address, corner: EphemeralPlace, event_id: str) -> None:
        person = await self._workspace.people.find(corner.user)
        call = CommandCall(event_id=event_id, address=address, person=person, command="stop")
        await self._dispatcher.stop(turn, call, self._aside(corner, person, event_id))

    async def _stop_natively(self, stop: NativeStop) -> None:
        turn_id = await self._posters.open_in(stop.address, (stop.address.channel, stop.thread), stop.user)
        if turn_id is not None:
            corner = EphemeralPlace(stop.address.channel, stop.user, stop.thread)
            await self._stop(str(turn_id), stop.address, corner, f"stop-{turn_id}")
            return
        # No turn is open in the thread, so nobody else will take the button away.
        await self._workspace.quietly(
            self._workspace.web.without_retries.agents_sessions_setStatus(
                channel_id=stop.address.channel, thread_ts=stop.thread, status="active"
            )
        )

    def _aside(self, corner: EphemeralPlace, person: Person, event_id: str) -> Aside:
        return Aside(self._posters, corner, person, event_id=event_id)

    # --- what cannot be read

    async def _read(self, parse: Callable[..., T], body: dict[str, Any], unread: Notice) -> T | None:
        """Read what was pressed; where that cannot be done, tell the person, if at least it says who and where."""
        try:
            return parse(body, workspace=await self._workspace.homes.of(body))
        except Malformed as error:
            log.warning("slack.interaction_malformed", missing=str(error))
        if corner := parse_corner(body):
            person = await self._workspace.people.find(corner.user)
            self._workspace.spawn(self._workspace.tell(unread, corner, person.locale), "unread")
        return None

    async def _refuse_unread(self, ack: AsyncAck, body: dict[str, Any], error: Malformed, *, field: str) -> None:
        """Say in a form that it cannot be read."""
        log.warning("slack.form_malformed", missing=str(error))
        user = text(inner(body, "user"), "id")
        locale = (await self._workspace.people.find(user)).locale if user else "en"
        await ack(**refused(field, sentence(Notice("slack.form_unread"), locale)))
