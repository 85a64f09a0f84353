"""What comes in, on every platform: asked whether it may, acknowledged, stored, answered in a task of its own.

A platform parses its events into values, each with an `Origin` that knows how the event is acknowledged and where it is
answered. What is done about them, and in which order, is here and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial
from typing import TypeAlias

import structlog

from adapters.base import Poster, Undeliverable
from adapters.buttons import Press, decode
from adapters.closed_places import Asker, ClosedPlaces
from adapters.delivery.deliver import deliver
from adapters.delivery.keys import turn_key
from adapters.delivery.layout import Rules
from adapters.origin import Opened, Origin, PressOrigin
from adapters.rendering.remembered import forget_texts
from adapters.replies import begun, raised, spoken
from adapters.tasks import Tasks
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import CommandCall, FormRequest, Incoming, Notice, ReplyPart, Turn
from bot.engine.commands import CONFIRM, FORGET, CommandKind, find_option, kind_of
from bot.engine.engine import Engine
from bot.engine.intake import Audience, Taken, TakenCall, TakenTurn
from bot.engine.numbers import number_in
from bot.errors import BotError, FieldRefused, UserError

Telling: TypeAlias = asyncio.Task[object] | None
"""The task that tells what comes of an event; None where nothing is to be told."""
# Slack waits three seconds for what becomes of a form.
LOOK_OVER_S = 2.0
_UNREAD = Press("", {}, "")
log = structlog.get_logger(__name__)


class Dispatcher:
    """Routes what comes in on one connection.

    `answering` opens the poster of a turn from what is stored of it. `event_key` begins the keys of what answers an
    event and is no turn. `closed` tells people of places where the bot may not write. `drop_words` makes the platform
    drop what it keeps of a person in memory.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        tasks: Tasks,
        rules: Rules,
        answering: Callable[[Turn], Opened],
        event_key: str = "call-",
        drop_words: Callable[[str], None] | None = None,
        closed: ClosedPlaces | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._engine = engine
        self._tasks = tasks
        self._rules = rules
        self._answering = answering
        self._event_key = event_key
        self._drop_words = drop_words
        self._closed = closed
        self._clock = clock
        # The attempts at work, by turn.
        self._at_work: dict[int, int] = {}
        # Turns that were taken over before their last reply here was quite over: they are answered when it is.
        self._next: dict[int, Turn] = {}

    async def take(self, incoming: Incoming, origin: Origin) -> Telling:
        """Take in a message or a call, and begin to answer it. Returns when it is stored and acknowledged.

        Raises:
            BotError: it is not stored, and the platform is to deliver it again.
        """
        try:
            await self._engine.admit(incoming)
            if form := await self._form_of(incoming):
                return await self._fill_in(form, origin)
            prepared = await origin.prepare(incoming)
            if prepared is None:
                return None
            taken = await self._engine.take(prepared)
        except BotError as error:
            return await self.refuse(error, origin)
        # What is stored is owed an answer, whatever becomes of the acknowledgement.
        telling = self._answered(taken, origin)
        await origin.settle(taken)
        return telling

    async def press(self, written: str, origin: PressOrigin) -> Telling:
        """Do what a button calls, as `adapters.buttons` wrote it, or ask first for what it still needs."""
        try:
            press = await self._read(written, origin)
        except BotError as error:
            return await self.refuse(error, origin)
        call, option = origin.to_call(press), find_option(press.command, press.asks)
        if option is None:
            return await self.take(call, origin)
        return await self.ask(call, origin, lambda: origin.open_form(option))

    async def submit(self, written: str, values: Mapping[str, str], origin: PressOrigin) -> Telling:
        """Do what a button calls whose form was sent off; `values` are what was put into its fields, by name.

        A form that asks for what a press is missing has one field, whatever that is called.
        """
        try:
            press = await self._read(written, origin)
        except BotError as error:
            return await self.refuse(error, origin)
        return await self.take(origin.to_call(_filled_in(press, values)), origin)

    async def look_over(self, written: str, values: Mapping[str, str], origin: PressOrigin) -> FieldRefused | None:
        """Return which field of a form cannot be taken as it is, before the form is closed; None where that is not so.

        What else is in the way is told when the form is sent off, and so is what cannot be told in time.
        """
        try:
            return await self.looked_over(origin.to_call(_filled_in(decode(written), values)))
        except UserError:
            return None

    async def looked_over(self, call: CommandCall) -> FieldRefused | None:
        """Return the same of the call that a form makes."""
        try:
            await self._engine.check(person=call.person, address=call.address, command=call.command)
            if self._engine.assistants:
                async with asyncio.timeout(LOOK_OVER_S):
                    await self._engine.assistants.look_over(call)
        except FieldRefused as refused:
            return refused
        except (BotError, TimeoutError) as error:
            log.info("form.not_looked_over", error=type(error).__name__)
        return None

    async def ask(self, call: CommandCall, origin: Origin, open_form: Callable[[], Awaitable[None]]) -> Telling:
        """Open a form for a call, where the person may make it."""
        try:
            await self._engine.check(person=call.person, address=call.address, command=call.command)
            await open_form()
        except BotError as error:
            return await self.refuse(error, origin)
        return None

    async def stop(self, written: str, call: CommandCall, origin: Origin) -> Telling:
        """End the turn whose number a button carries; `call` says who asks for it, and where."""
        try:
            await self._engine.check(person=call.person, address=call.address)
            if await origin.prepare(call) is None:
                return None
        except BotError as error:
            return await self.refuse(error, origin)
        # A number of no turn's: then there is nothing to stop.
        return self._show(self._stopped(number_in(written) or 0, call), origin, Audience.ASKER)

    async def tell(self, notice: Notice, incoming: Incoming, origin: Origin) -> Telling:
        """Say one sentence to something that is not taken in, where the person may speak."""
        try:
            await self._engine.check(person=incoming.person, address=incoming.address)
            if await origin.prepare(incoming) is None:
                return None
        except BotError as error:
            return await self.refuse(error, origin)
        return self._show(spoken(notice), origin, Audience.EVERYBODY)

    async def refuse(self, error: BotError, origin: Origin) -> Telling:
        """Tell the person why not.

        Raises:
            BotError: the platform is to deliver the event again.
        """
        poster = await origin.refuse(error)
        return self._spawn(raised(error), poster, origin) if poster else None

    def resume(self, turn: Turn) -> None:
        """Answer a turn that another process, or an earlier connection, began."""
        self._begin(turn, self._answering(turn))

    async def _form_of(self, incoming: Incoming) -> FormRequest | None:
        """Return the form a call asks for first."""
        if self._engine.assistants is None or not isinstance(incoming, CommandCall):
            return None
        return await self._engine.assistants.form_of(incoming)

    async def _fill_in(self, form: FormRequest, origin: Origin) -> Telling:
        """Open a form, or say how it is opened: a message opens none."""
        if await origin.open_fields(form):
            return None
        return self._show(spoken(Notice("form.elsewhere")), origin, Audience.ASKER)

    async def _read(self, written: str, origin: PressOrigin) -> Press:
        """Read a button. Who may not speak learns that, and not what becomes of what it carries."""
        pressed = origin.to_call(_UNREAD)
        await self._engine.check(person=pressed.person, address=pressed.address)
        return decode(written)

    def _answered(self, taken: Taken | None, origin: Origin) -> Telling:
        match taken:
            case TakenTurn(turn=turn):
                return self._begin(turn, origin.answering(turn))
            case TakenCall():
                return self._tasks.spawn(self._run(taken, origin), name=taken.call.command)
        return None

    def _begin(self, turn: Turn, opened: Opened) -> Telling:
        if turn.id in self._at_work:
            log.warning("dispatch.turn_at_work", turn=turn.id)
            if turn.attempt > self._at_work[turn.id]:
                self._next[turn.id] = turn
            return None
        self._at_work[turn.id] = turn.attempt
        return self._tasks.spawn(self._answer(turn, opened), name=turn_key(turn.id))

    async def _answer(self, turn: Turn, opened: Opened) -> None:
        asker = Asker(turn.message.address, turn.message.person)
        try:
            async with opened as poster:
                await deliver(
                    self._engine.reply(turn),
                    poster,
                    key=turn_key(turn.id),
                    locale=turn.message.person.locale,
                    rules=self._rules,
                    turn=turn,
                    note_post=self._engine.note_post,
                    opening=self._engine.opening(turn),
                    clock=self._clock,
                    on_refused=partial(self._hear, asker),
                )
        finally:
            self._at_work.pop(turn.id, None)
            self._forget_texts()
        if later := self._next.pop(turn.id, None):
            self.resume(later)

    async def _run(self, taken: TakenCall, origin: Origin) -> None:
        """Run a call. What a public command refuses, its caller alone is told."""
        reply, audience = self._engine.execute(taken.call), taken.audience
        if kind_of(taken.call.command) is CommandKind.PUBLIC:
            reply, is_refused = await begun(reply)
            audience = Audience.ASKER if is_refused else audience
        await self._deliver(reply, origin.poster(audience), origin)
        if taken.call.command == FORGET and taken.call.arguments.get(CONFIRM.name):
            self._drop_kept(taken.call.person.id)

    def _drop_kept(self, person_id: str) -> None:
        """Drop the words of a person who was forgotten from memory, too: what rendering and the platform keep."""
        forget_texts()
        if self._drop_words:
            self._drop_words(person_id)

    async def _stopped(self, turn_id: int, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        yield await self._engine.stop(turn_id, person=call.person, address=call.address)

    def _show(self, reply: AsyncGenerator[ReplyPart, None], origin: Origin, audience: Audience) -> Telling:
        return self._spawn(reply, origin.poster(audience), origin)

    def _spawn(self, reply: AsyncGenerator[ReplyPart, None], poster: Poster, origin: Origin) -> Telling:
        return self._tasks.spawn(self._deliver(reply, poster, origin), name=f"{self._event_key}{origin.event_id}")

    async def _deliver(self, reply: AsyncGenerator[ReplyPart, None], poster: Poster, origin: Origin) -> None:
        key = f"{self._event_key}{origin.event_id}"
        try:
            await deliver(
                reply,
                poster,
                key=key,
                locale=origin.locale,
                rules=self._rules,
                clock=self._clock,
                on_refused=partial(self._hear, origin.asker),
            )
        finally:
            self._forget_texts()

    def _forget_texts(self) -> None:
        """Keep nobody's words for answers to come, once none is being written."""
        if not self._at_work:
            forget_texts()

    async def _hear(self, asker: Asker | None, refusal: Undeliverable) -> None:
        if self._closed is not None:
            await self._closed.hear(refusal, asker)


def _filled_in(press: Press, values: Mapping[str, str]) -> Press:
    """Return a press with what was put into its form."""
    if press.asks:
        said = next(iter(values.values()), "").strip()
        values = {press.asks: said} if said else {}
    fields = {name: value for name, value in values.items() if find_option(press.command, name)}
    return press._replace(arguments={**fields, **press.arguments})
