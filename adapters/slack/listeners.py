"""What is done about each event: stored before it is acknowledged, answered after."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from adapters.base import Poster
from adapters.slack.buttons import PRESS, STOP_ACTION
from adapters.slack.events import Deleted, HomeOpened, MessagesOpened, NativeStop, Said, parse_event, to_incoming
from adapters.slack.forms import ABOUT, ASKING
from adapters.slack.interactions import Slashed, is_asked, parse_slashed, to_call
from adapters.slack.manifest import SHORTCUT, slash_names
from adapters.slack.message_menu import Shortcuts
from adapters.slack.payload import Malformed
from adapters.slack.place import Corner, Place
from adapters.slack.presses import Presses
from adapters.slack.questions import Asking
from adapters.slack.replies import Answers
from adapters.slack.welcome import Welcome
from adapters.slack.workspace import Desk
from bot.domain import ChatMessage, CommandCall, Notice, Person
from bot.engine.commands import CommandKind, kind_of
from bot.engine.questions import to_question
from bot.errors import BotError, UserError

# Events whose people were told that they have to wait; as many as may be redelivered at once.
MOST_TOLD = 1_000
log = structlog.get_logger(__name__)


class Listeners:
    """The listeners of one Bolt app. They return as soon as what was said is stored: only then Bolt acknowledges."""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk = desk
        self._answers = answers
        self._presses = Presses(desk, answers)
        self._asking = Asking(desk, answers)
        self._shortcuts = Shortcuts(desk, self._asking)
        self._welcome = Welcome(desk)
        self._told: deque[str] = deque(maxlen=MOST_TOLD)

    def register(self, app: AsyncApp) -> None:
        """Listen to all the manifest subscribes to, and to all that people can press, choose and submit."""
        for kind in ("app_mention", "message", "agent_session_stopped", "app_home_opened"):
            app.event(kind)(self.on_event)
        for name in slash_names():
            app.command(f"/{name}")(self.on_command)
        app.action(STOP_ACTION)(self._presses.on_stop)
        app.action(re.compile(rf"^{PRESS}\."))(self._presses.on_press)
        app.view(ASKING)(self._presses.on_asked)
        app.shortcut(SHORTCUT)(self._shortcuts.on_picked)
        app.view(ABOUT)(self._shortcuts.on_submitted)
        app.error(self.on_error)

    # --- what Bolt calls

    async def on_event(self, body: dict[str, Any]) -> None:
        """Store what was said. What is raised here leaves the event unacknowledged: Slack delivers it again."""
        try:
            event = parse_event(body, bot_user=self._desk.identity.bot_user)
        except Malformed as error:
            log.warning("slack.event_malformed", missing=str(error))
            return
        match event:
            case Said():
                await self._take(event)
            case Deleted():
                await self._desk.engine.withdraw(event.address, message_id=event.message_id)
            case NativeStop():
                self._desk.spawn(self._stop_natively(event), "stop")
            case MessagesOpened():
                self._desk.spawn(self._welcome.suggest(event), "prompts")
            case HomeOpened():
                self._desk.spawn(self._welcome.show_home(event), "home")

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a slash command and run it; a question is stored before."""
        try:
            slashed = parse_slashed(body)
        except Malformed as error:
            log.warning("slack.command_malformed", missing=str(error))
            return
        if is_asked(slashed):
            await self._asking.on_question(ack, slashed)
            return
        await ack()
        self._desk.spawn(self._run_slashed(slashed), f"/{slashed.name}")

    async def on_error(self, error: Exception) -> None:
        """Say in the log why an event was not acknowledged."""
        if isinstance(error, BotError):
            log.error("slack.event_not_stored", error=error.key)
        else:
            log.error("slack.listener_failed", exc_info=error)

    # --- messages and commands

    async def _take(self, said: Said) -> None:
        desk = self._desk
        person = await desk.people.find(said.user, said=said.text)
        incoming = _asked(to_incoming(said, person, bot_user=desk.identity.bot_user, names=desk.people.names), said)
        try:
            await self._accept(incoming, said)
        except UserError as error:
            self._refuse(error, incoming, said)
        except BotError:
            self._tell_of_trouble(said, person)
            raise

    async def _accept(self, incoming: ChatMessage | CommandCall, said: Said) -> None:
        desk = self._desk
        if isinstance(incoming, CommandCall):
            if await desk.engine.accept_call(incoming):
                poster = self._answers.call_poster(_place(said), said.address, incoming.person.locale)
                desk.spawn(desk.run(incoming, poster), incoming.command)
        elif turn := await desk.engine.accept(incoming):
            self._answers.begin(turn)

    def _refuse(self, error: UserError, incoming: ChatMessage | CommandCall, said: Said) -> None:
        """Answer who may not speak here, once: nothing is stored that would know a second delivery."""
        if said.event_id in self._told:
            return
        self._told.append(said.event_id)
        desk, locale = self._desk, incoming.person.locale
        if incoming.address.is_private:
            poster: Poster = desk.private_poster(_corner(said), locale)
        else:
            poster = self._answers.call_poster(_place(said), said.address, locale)
        desk.spawn(desk.refuse_by(poster, error, locale=locale, key=f"refusal-{said.event_id}"), "refusal")

    def _tell_of_trouble(self, said: Said, person: Person) -> None:
        """Tell who asked, once, that the message could not be stored: Slack delivers it again, within minutes."""
        if said.event_id not in self._told:
            self._told.append(said.event_id)
            self._desk.spawn(self._desk.tell(Notice("slack.not_stored"), _corner(said), person.locale), "trouble")

    async def _run_slashed(self, slashed: Slashed) -> None:
        desk = self._desk
        person = await desk.people.find(slashed.user, said=slashed.text)
        try:
            # Before how it is typed: who may not speak here learns that, and nothing of the commands.
            desk.engine.check(person=person, address=slashed.address, command=slashed.name)
            call = to_call(slashed, person)
            is_new = await desk.engine.accept_call(call)
        except BotError as error:
            await desk.refuse(error, slashed.corner, person.locale)
            return
        if is_new:
            await desk.run(call, desk.private_poster(slashed.corner, person.locale))

    # --- stopping

    async def _stop_natively(self, stop: NativeStop) -> None:
        turn_id = await self._answers.open_in(stop.address, (stop.address.channel, stop.thread))
        if turn_id is not None:
            corner = Corner(stop.address.channel, stop.user, stop.thread)
            await self._presses.stop(turn_id, stop.address, corner)
            return
        # No turn is open in the thread, so nobody else will take the button away.
        await self._desk.quietly(
            self._desk.web.hasty.agents_sessions_setStatus(
                channel_id=stop.address.channel, thread_ts=stop.thread, status="active"
            )
        )


def _asked(incoming: ChatMessage | CommandCall, said: Said) -> ChatMessage | CommandCall:
    """Return the message where a command in words is a question; it is what the person wrote, so nothing is shown."""
    if not isinstance(incoming, CommandCall) or kind_of(incoming.command) is not CommandKind.QUESTION:
        return incoming
    message = to_question(replace(incoming, message_id=said.message_id))
    if message.address.is_private:
        return replace(message, reply_to=_corner(said).thread)
    return replace(message, reply_to="" if said.reply_to in (said.message_id, said.address.thread) else said.reply_to)


def _corner(said: Said) -> Corner:
    """Return where the person reads what is for them alone: the thread, where they wrote in one."""
    thread = "" if said.reply_to == said.message_id else said.reply_to
    return Corner(said.address.channel, said.user, thread)


def _place(said: Said) -> Place:
    return Place(
        channel=said.address.channel,
        thread=said.reply_to,
        asked=said.message_id,
        user=said.user,
        workspace=said.address.workspace,
    )
