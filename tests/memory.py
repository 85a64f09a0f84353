"""The storage ports in memory: what the contracts of tests/contracts promise, without a database.

Set `broken` to an error and every method raises it, as a database that is locked or full does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain import (
    Address,
    ChatMessage,
    Choice,
    CommandCall,
    Level,
    Role,
    StoredAnswer,
    StoredMessage,
    Turn,
    TurnState,
)
from bot.errors import Unavailable


@dataclass
class FakeTurn:
    """A turn as it is kept: a withdrawn one has no question any more."""

    turn: Turn
    question: StoredMessage | None
    answer: StoredMessage | None = None
    state: TurnState = TurnState.ACCEPTED
    closed_with: StoredAnswer | None = None


@dataclass
class FakeHistory:
    """See `ports.History`. `turns` lets a test look at what was kept."""

    broken: Unavailable | None = None
    turns: dict[int, FakeTurn] = field(default_factory=dict)
    _events: set[tuple[str, str, str]] = field(default_factory=set)
    _messages: set[tuple[str, str, str, str]] = field(default_factory=set)
    _conversations: dict[Address, int] = field(default_factory=dict)
    _context_from: dict[int, tuple[int, int]] = field(default_factory=dict)
    _last_message_id: int = 0

    async def accept(self, message: ChatMessage) -> Turn | None:
        self._check()
        where = message.address
        event = (where.platform, where.workspace, message.event_id)
        place = (where.platform, where.workspace, where.channel, message.message_id)
        if event in self._events or place in self._messages:
            return None
        self._events.add(event)
        self._messages.add(place)
        conversation_id = self._conversations.setdefault(where, len(self._conversations) + 1)
        turn = Turn(len(self.turns) + 1, conversation_id, message)
        self.turns[turn.id] = FakeTurn(turn, self._message(Role.USER, message.text, message.person.name))
        return turn

    async def accept_call(self, call: CommandCall) -> bool:
        self._check()
        event = (call.address.platform, call.address.workspace, call.event_id)
        if event in self._events:
            return False
        self._events.add(event)
        return True

    async def recent(self, conversation_id: int, *, before_turn: int) -> Sequence[StoredMessage]:
        self._check()
        return [
            message
            for kept in self._of(conversation_id)
            if kept.turn.id < before_turn and kept.question and kept.answer
            for message in (kept.question, kept.answer)
            if (kept.turn.id, message.id) >= self._context_from.get(conversation_id, (0, 0))
        ]

    async def forget_before(self, conversation_id: int, *, message_id: int) -> None:
        self._check()
        for kept in self._of(conversation_id):
            if message_id in [message.id for message in (kept.question, kept.answer) if message]:
                self._advance(conversation_id, (kept.turn.id, message_id))

    async def reset(self, address: Address) -> bool:
        self._check()
        conversation_id = self._conversations.get(address, 0)
        start = self._context_from.get(conversation_id, (0, 0))
        said = [
            kept.turn.id
            for kept in self._of(conversation_id)
            for message in (kept.question, kept.answer)
            if message and (kept.turn.id, message.id) >= start
        ]
        if not said:
            return False
        self._advance(conversation_id, (max(said) + 1, 0))
        return True

    async def start(self, turn_id: int) -> None:
        self._check()
        kept = self.turns.get(turn_id)
        if kept and kept.closed_with is None:
            kept.state = TurnState.RUNNING

    async def finish(self, turn_id: int, answer: StoredAnswer) -> None:
        self._check()
        kept = self.turns.get(turn_id)
        if kept is None or kept.closed_with is not None:
            return
        kept.state, kept.closed_with = answer.state, answer
        if answer.text and kept.question:
            kept.answer = self._message(Role.ASSISTANT, answer.text)

    async def withdraw(self, address: Address, *, message_id: str) -> int | None:
        self._check()
        for kept in self._of(self._conversations.get(address, 0)):
            if kept.turn.message.message_id == message_id and kept.question:
                kept.question = kept.answer = None
                return kept.turn.id
        return None

    def _check(self) -> None:
        if self.broken:
            raise self.broken

    def _of(self, conversation_id: int) -> list[FakeTurn]:
        return [kept for _, kept in sorted(self.turns.items()) if kept.turn.conversation_id == conversation_id]

    def _message(self, role: Role, text: str, speaker: str = "") -> StoredMessage:
        self._last_message_id += 1
        return StoredMessage(self._last_message_id, role, text, speaker)

    def _advance(self, conversation_id: int, start: tuple[int, int]) -> None:
        self._context_from[conversation_id] = max(start, self._context_from.get(conversation_id, (0, 0)))


@dataclass
class FakeChoices:
    """See `ports.Choices`."""

    broken: Unavailable | None = None
    _chosen: dict[tuple[Level, Address, str], Choice] = field(default_factory=dict)

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        self._check()
        keys = [_scope(level, address, person_id) for level in Level if _exists(level, address)]
        return [self._chosen[key] for key in keys if key in self._chosen]

    async def choose(self, level: Level, address: Address, person_id: str, *, model: str) -> None:
        self._check()
        if not _exists(level, address):
            raise ValueError(f"no {level} here")
        self._chosen[_scope(level, address, person_id)] = Choice(level, model, person_id)

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        self._check()
        return self._chosen.pop(_scope(level, address, person_id), None) is not None

    def _check(self) -> None:
        if self.broken:
            raise self.broken


@dataclass
class FakeNotes:
    """See `ports.Notes`."""

    broken: Unavailable | None = None
    _notes: dict[str, str] = field(default_factory=dict)

    async def read(self, name: str) -> str | None:
        self._check()
        return self._notes.get(name)

    async def write(self, name: str, value: str) -> None:
        self._check()
        self._notes[name] = value

    def _check(self) -> None:
        if self.broken:
            raise self.broken


def _exists(level: Level, address: Address) -> bool:
    return bool({Level.THREAD: address.thread, Level.WORKSPACE: address.workspace}.get(level, "yes"))


def _scope(level: Level, address: Address, person_id: str) -> tuple[Level, Address, str]:
    match level:
        case Level.ME:
            return level, address, person_id
        case Level.THREAD:
            return level, address, ""
        case Level.CHANNEL:
            return level, Address(address.platform, address.workspace, address.channel), ""
        case Level.WORKSPACE:
            return level, Address(address.platform, address.workspace, ""), ""
