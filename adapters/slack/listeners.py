"""What is done about each event: stored before it is acknowledged, answered after."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from adapters.base import Poster
from adapters.clock import Clock
from adapters.delivery import deliver
from adapters.slack.events import (
    Deleted,
    Malformed,
    MessagesOpened,
    NativeStop,
    Said,
    Slashed,
    parse_event,
    parse_press,
    parse_slashed,
    to_call,
    to_incoming,
)
from adapters.slack.manifest import prompts, slash_names
from adapters.slack.markup import fallback, inert
from adapters.slack.messages import STOP_ACTION
from adapters.slack.people import People
from adapters.slack.place import Identity, Place, place_of
from adapters.slack.poster import SlackPoster
from adapters.slack.respond import ResponsePoster
from adapters.slack.tasks import Tasks
from adapters.slack.web import CALL_ERRORS, Web
from bot.domain import Address, CommandCall, Notice, Person, ReplyPart, Turn
from bot.engine.engine import Engine
from bot.errors import BotError
from bot.i18n import sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """The listeners of one Bolt app. They return as soon as what was said is stored: only then Bolt acknowledges."""

    engine: Engine
    web: Web
    people: People
    identity: Identity
    tasks: Tasks
    clock: Clock
    answering: dict[int, SlackPoster] = field(default_factory=dict)

    def register(self, app: AsyncApp) -> None:
        """Listen to all the manifest subscribes to."""
        for kind in ("app_mention", "message", "agent_session_stopped", "app_home_opened"):
            app.event(kind)(self.on_event)
        for name in slash_names():
            app.command(f"/{name}")(self.on_command)
        app.action(STOP_ACTION)(self.on_stop)
        app.error(self.on_error)

    # --- what Bolt calls

    async def on_event(self, body: dict[str, Any]) -> None:
        """Store what was said. What is raised here leaves the event unacknowledged: Slack delivers it again."""
        try:
            event = parse_event(body, bot_user=self.identity.bot_user)
        except Malformed as error:
            log.warning("slack.event_malformed", missing=str(error))
            return
        match event:
            case Said():
                await self._take(event)
            case Deleted():
                await self.engine.withdraw(event.address, message_id=event.message_id)
            case NativeStop():
                self._spawn(self._stop_natively(event), "stop")
            case MessagesOpened():
                self._spawn(self._suggest(event), "prompts")

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a slash command and run it."""
        await ack()
        try:
            slashed = parse_slashed(body)
        except Malformed as error:
            log.warning("slack.command_malformed", missing=str(error))
            return
        poster = ResponsePoster(session=self.web.session, url=str(body.get("response_url", "")))
        self._spawn(self._run_slashed(slashed, poster), f"/{slashed.name}")

    async def on_stop(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a press of our Stop and stop the turn."""
        await ack()
        try:
            press = parse_press(body)
        except Malformed as error:
            log.warning("slack.press_malformed", missing=str(error))
            return
        self._spawn(self._stop(press.turn_id, press.address, press.user, press.thread), "stop")

    async def on_error(self, error: Exception) -> None:
        """Say in the log why an event was not acknowledged."""
        if isinstance(error, BotError):
            log.error("slack.event_not_stored", error=error.key)
        else:
            log.error("slack.listener_failed", exc_info=error)

    # --- messages and commands

    async def _take(self, said: Said) -> None:
        person = await self.people.find(said.user, said=said.text)
        incoming = to_incoming(said, person, bot_user=self.identity.bot_user, names=self.people.names)
        if isinstance(incoming, CommandCall):
            if await self.engine.accept_call(incoming):
                self._spawn(self._execute(incoming, self._call_poster(said, person)), incoming.command)
        elif turn := await self.engine.accept(incoming):
            self.answer(turn)

    def answer(self, turn: Turn) -> None:
        """Answer a turn in a task of its own, a new one or one that another process began."""
        if turn.id in self.answering:
            log.warning("slack.turn_at_work", turn=turn.id)
            return
        self.answering[turn.id] = self._turn_poster(turn)
        self._spawn(self._answer(turn, self.answering[turn.id]), f"turn {turn.id}")

    async def _answer(self, turn: Turn, poster: SlackPoster) -> None:
        try:
            await deliver(
                self.engine.reply(turn),
                poster,
                key=f"turn-{turn.id}",
                locale=turn.message.person.locale,
                turn=turn,
                note_post=self.engine.note_post,
            )
        finally:
            del self.answering[turn.id]
            await poster.close(is_last=not await self._is_awaited(turn, poster.place.where))

    async def _is_awaited(self, turn: Turn, where: tuple[str, str]) -> bool:
        """Whether another answer is being made in the thread, here or in another process."""
        others = [other for other in await self._open_at(turn.message.address) if other.id != turn.id]
        return bool(self._at_work_in(where)) or any(place_of(other.message).where == where for other in others)

    async def _open_at(self, address: Address) -> Sequence[Turn]:
        try:
            return await self.engine.open_at(address)
        except BotError as error:
            log.warning("slack.open_turns_unread", error=error.key)
            return ()

    async def _run_slashed(self, slashed: Slashed, poster: ResponsePoster) -> None:
        person = await self.people.find(slashed.user, said=slashed.text)
        try:
            call = to_call(slashed, person)
            is_new = await self.engine.accept_call(call)
        except BotError as error:
            await deliver(_one(error), poster, key=slashed.event_id, locale=person.locale)
            return
        if is_new:
            await self._execute(call, poster)

    async def _execute(self, call: CommandCall, poster: Poster) -> None:
        await deliver(self.engine.execute(call), poster, key=f"call-{call.event_id}", locale=call.person.locale)

    def _turn_poster(self, turn: Turn) -> SlackPoster:
        """Make the poster from what is stored of the turn, whoever accepted it."""
        return SlackPoster(
            web=self.web,
            place=place_of(turn.message),
            identity=self.identity,
            clock=self.clock,
            locale=turn.message.person.locale,
            turn_id=turn.id,
            posts=turn.posts,
            is_resumed=turn.attempt > 0,
            taken=partial(self._taken, turn.message.address, turn.id),
        )

    def _call_poster(self, said: Said, person: Person) -> SlackPoster:
        place = Place(
            channel=said.address.channel,
            thread=said.reply_to,
            asked=said.message_id,
            user=person.id,
            workspace=said.address.workspace,
        )
        return SlackPoster(
            web=self.web,
            place=place,
            identity=self.identity,
            clock=self.clock,
            locale=person.locale,
            taken=partial(self._taken, said.address),
        )

    async def _taken(self, address: Address, turn_id: int = 0) -> set[str] | None:
        """Return the messages known to be of other answers, made here or in another process.

        None for all but the turn that is answered first: a message without a key is a stream begun for that one, here
        at this moment perhaps.
        """
        open_turns = await self._open_at(address)
        if turn_id != min((turn.id for turn in open_turns), default=None):
            return None
        here = {ts for poster in self.answering.values() for ts in poster.ids}
        noted = [turn.posts for turn in open_turns if turn.id != turn_id]
        return here | {post.message_id for posts in noted for post in posts}

    # --- stopping

    async def _stop_natively(self, stop: NativeStop) -> None:
        turn_id = await self._stopped_turn(stop)
        if turn_id is not None:
            await self._stop(turn_id, stop.address, stop.user, stop.thread)
            return
        # No turn is open in the thread, so nobody else will take the button away.
        await self._quietly(
            self.web.hasty.agents_sessions_setStatus(
                channel_id=stop.address.channel, thread_ts=stop.thread, status="active"
            )
        )

    async def _stopped_turn(self, stop: NativeStop) -> int | None:
        """Return the turn that is answered in the thread, in whatever process; the others there wait for it."""
        where = stop.address.channel, stop.thread
        elsewhere = [turn.id for turn in await self._open_at(stop.address) if place_of(turn.message).where == where]
        return min([*self._at_work_in(where), *elsewhere], default=None)

    def _at_work_in(self, where: tuple[str, str]) -> dict[int, SlackPoster]:
        """Return the answers being made in a thread, the oldest first."""
        return {turn_id: poster for turn_id, poster in self.answering.items() if poster.place.where == where}

    async def _stop(self, turn_id: int, address: Address, user: str, thread: str) -> None:
        person = await self.people.find(user)
        try:
            notice = await self.engine.stop(turn_id, person=person, address=address)
        except BotError as error:
            notice = Notice(error.key, error.parameters)
        await self._whisper(address.channel, thread, user, sentence(notice, person.locale))

    async def _whisper(self, channel: str, thread: str, user: str, words: str) -> None:
        where: dict[str, Any] = {"thread_ts": thread} if thread else {}
        blocks = [{"type": "markdown", "text": inert(words)}]
        await self._quietly(
            self.web.patient.chat_postEphemeral(
                channel=channel, user=user, text=fallback(words), blocks=blocks, **where
            )
        )

    async def _suggest(self, opened: MessagesOpened) -> None:
        person = await self.people.find(opened.user)
        await self._quietly(
            self.web.hasty.assistant_threads_setSuggestedPrompts(
                channel_id=opened.channel, prompts=prompts(person.locale)
            )
        )

    async def _quietly(self, call: Coroutine[Any, Any, Any]) -> None:
        """Carry out a call whose failure costs a convenience, no answer."""
        try:
            await call
        except CALL_ERRORS as error:
            log.info("slack.call_failed", error=str(error.__class__.__name__))

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        self.tasks.spawn(work, name=f"slack {name}")


async def _one(error: BotError) -> AsyncGenerator[ReplyPart, None]:
    """Reply with an error alone, so that commands fail in the words deliveries fail in."""
    yield Notice(error.key, error.parameters)
