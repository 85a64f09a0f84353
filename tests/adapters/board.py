"""A platform in memory, as small as one can be: a board everybody reads, and a slip of paper for each person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.base import Poster
from adapters.buttons import Press, encode
from adapters.delivery.layout import Rules
from adapters.dispatch import Dispatcher, Telling
from adapters.origin import AnsweredOrigin, Opened
from adapters.tasks import Tasks
from bot.domain import Button, ChatMessage, CommandCall, Incoming, Person, Turn
from bot.engine.commands import CommandKind, Option, kind_of
from bot.engine.intake import Audience, Taken
from bot.engine.questions import is_private
from bot.errors import BotError, Unavailable
from tests.engine.talk import DANA, ROOM, Talk
from tests.walls import Wall


class Board:
    """The platform. It keeps what it did in `log`: what it acknowledged and showed, and when a turn was there."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.log: list[str] = []
        self.answers: dict[int, Wall] = defaultdict(lambda: Wall(message_chars=2000))
        self.slips: dict[str, list[Wall]] = defaultdict(list)
        self.notes: list[Wall] = []
        self.forms: list[str] = []
        self.is_late = self.redelivers = self.opens_no_form = self.loses_acknowledgements = False
        self.tasks = Tasks()
        self.dispatcher = Dispatcher(
            engine=talk.engine, tasks=self.tasks, rules=Rules(), answering=self.answering, event_key="board "
        )

    @asynccontextmanager
    async def answering(self, turn: Turn) -> AsyncIterator[Poster]:
        """Open the poster of a turn: each has a wall of its own."""
        self.log.append("opened")
        try:
            yield self.answers[turn.id]
        finally:
            self.log.append("left")

    def note(self, audience: Audience, person: Person) -> Wall:
        """Make the wall of what is no turn."""
        wall = Wall(message_chars=2000)
        (self.notes if audience is Audience.EVERYBODY else self.slips[person.id]).append(wall)
        return wall

    def read_by(self, person: Person) -> str:
        """Return what one person alone reads."""
        return "\n".join(text for wall in self.slips[person.id] for text in wall.texts)

    @property
    def read_by_all(self) -> str:
        """Return what everybody reads that is no turn."""
        return "\n".join(text for wall in self.notes for text in wall.texts)

    async def say(self, text: str, *, person: Person = DANA) -> ChatMessage:
        """Let a person say something, and wait for what comes of it."""
        message = self.talk.message(text, person=person)
        await self.deliver(message)
        return message

    async def deliver(self, incoming: Incoming) -> None:
        """Deliver an event, and wait for what comes of it."""
        await told(await self.dispatcher.take(incoming, BoardOrigin(self, incoming.event_id, incoming.person)))

    async def press(self, button: Button, *, person: Person = DANA) -> None:
        """Let a person press a button."""
        await self.press_written(encode(button), person=person)

    async def press_written(self, written: str, *, person: Person = DANA) -> None:
        """Let a person press what carries this text."""
        event_id = self.talk.message("").event_id
        await told(await self.dispatcher.press(written, BoardOrigin(self, event_id, person)))

    async def submit(self, said: str, *, person: Person = DANA) -> None:
        """Let a person send off the form that was opened last."""
        event_id = self.talk.message("").event_id
        await told(await self.dispatcher.submit(self.forms[-1], {"said": said}, BoardOrigin(self, event_id, person)))

    async def stop(self, written: str, *, person: Person = DANA) -> None:
        """Let a person press Stop."""
        event_id = self.talk.message("").event_id
        call = CommandCall(event_id=event_id, address=ROOM, person=person, command="stop")
        await told(await self.dispatcher.stop(written, call, BoardOrigin(self, event_id, person)))


class BoardOrigin(AnsweredOrigin):
    """Where an event of the board comes from."""

    def __init__(self, board: Board, event_id: str, person: Person) -> None:
        super().__init__(event_id=event_id, locale=person.locale)
        self._board = board
        self._person = person

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """Acknowledge; show a question that is for everybody."""
        self._note("acknowledged")
        if self._board.is_late:
            return None
        is_question = isinstance(incoming, CommandCall) and kind_of(incoming.command) is CommandKind.QUESTION
        if not isinstance(incoming, CommandCall) or not is_question or is_private(incoming):
            return incoming
        self._note("shown")
        return replace(incoming, message_id="M-shown")

    async def settle(self, taken: Taken | None) -> None:
        """Keep that the event is settled."""
        self._note("settled" if taken else "known")
        if self._board.loses_acknowledgements:
            raise ConnectionError

    async def refuse(self, error: BotError) -> Poster | None:
        """Leave to the platform what could not be stored, where it delivers again."""
        if self._board.redelivers and isinstance(error, Unavailable):
            raise error
        return await super().refuse(error)

    def poster(self, audience: Audience) -> Poster:
        """Make a wall."""
        return self._board.note(audience, self._person)

    def answering(self, turn: Turn) -> Opened:
        """Open a turn's wall."""
        return self._board.answering(turn)

    def to_call(self, press: Press) -> CommandCall:
        """Read a press."""
        return CommandCall(
            event_id=self.event_id, address=ROOM, person=self._person, command=press.command, arguments=press.arguments
        )

    async def open_form(self, option: Option) -> None:
        """Open a form, unless the board opens none."""
        if self._board.opens_no_form:
            raise Unavailable("slack.form_failed")
        self._board.forms.append(f"do:rate?turn=1&verdict=bad#{option.name}")

    def _note(self, what: str) -> None:
        self._board.log.append(f"{what} with {len(self._board.talk.turns.turns)} turns")


async def told(telling: Telling) -> None:
    """Wait until all is told."""
    if telling:
        await telling
