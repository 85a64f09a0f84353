"""What the fakes share, as the ports on SQL share a database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.domain import Address, ChatMessage, Choice, Level, Person, Role, StoredAnswer, StoredMessage, Turn, TurnState
from bot.errors import Unavailable

Clock = Callable[[], datetime]
Event = tuple[str, str, str]
Place = tuple[str, str, str, str]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class FakeTurn:
    """A turn as it is kept: a withdrawn one has no question any more."""

    turn: Turn
    question: StoredMessage | None
    accepted_at: datetime
    worker: str = ""
    lease_until: datetime | None = None
    answer: StoredMessage | None = None
    state: TurnState = TurnState.ACCEPTED
    is_stopping: bool = False
    closed_with: StoredAnswer | None = None

    @property
    def is_open(self) -> bool:
        return self.state in {TurnState.ACCEPTED, TurnState.RUNNING}

    @property
    def address(self) -> Address:
        return self.turn.message.address

    @property
    def person(self) -> Person:
        return self.turn.message.person

    def is_live(self, now: datetime) -> bool:
        """Whether it is open and no orphan."""
        return self.is_open and self.lease_until is not None and self.lease_until > now

    def lose_words(self) -> int:
        """Erase question and answer, and let an open turn end; return how many messages there were."""
        erased = len(self.messages())
        self.question = self.answer = None
        self.turn = replace(self.turn, message=replace(self.turn.message, text=""))
        self.is_stopping = True
        return erased

    def messages(self) -> list[StoredMessage]:
        return [message for message in (self.question, self.answer) if message]

    def close(self, answer: StoredAnswer) -> None:
        self.state, self.closed_with, self.worker = answer.state, answer, ""


@dataclass
class FakeStore:
    """What was accepted, said and chosen. `clock` is what leases and ages go by."""

    clock: Clock = utc_now
    broken: Unavailable | None = None
    turns: dict[int, FakeTurn] = field(default_factory=dict)
    events: dict[Event, tuple[datetime, Place | None]] = field(default_factory=dict)
    conversations: dict[Address, int] = field(default_factory=dict)
    context_from: dict[int, tuple[int, int]] = field(default_factory=dict)
    chosen: dict[tuple[Level, Address, str], Choice] = field(default_factory=dict)
    listeners: list[asyncio.Event] = field(default_factory=list)
    last_turn_id: int = 0
    last_message_id: int = 0
    last_conversation_id: int = 0

    def remember(self, address: Address, *, event_id: str, place: Place | None = None) -> bool:
        """Keep an event and its message; False when either is known."""
        event = (address.platform, address.workspace, event_id)
        if event in self.events or (place and place in [known for _, known in self.events.values()]):
            return False
        self.events[event] = (self.clock(), place)
        return True

    def conversation(self, address: Address) -> int:
        if address not in self.conversations:
            self.last_conversation_id += 1
            self.conversations[address] = self.last_conversation_id
        return self.conversations[address]

    def new_turn(self, message: ChatMessage) -> FakeTurn:
        self.last_turn_id += 1
        turn = Turn(self.last_turn_id, self.conversation(message.address), message)
        question = self.message(Role.USER, message.text, message.person.name)
        kept = self.turns[turn.id] = FakeTurn(turn, question, self.clock())
        return kept

    def message(self, role: Role, text: str, speaker: str = "") -> StoredMessage:
        self.last_message_id += 1
        return StoredMessage(self.last_message_id, role, text, speaker)

    def lose_answer(self, kept: FakeTurn) -> None:
        """Take the words out of the answer, and take the place of one in the making; the question stays."""
        if kept.answer:
            kept.answer = replace(kept.answer, text="")
        elif kept.question and kept.state is TurnState.RUNNING:
            kept.answer = self.message(Role.ASSISTANT, "")

    def of(self, conversation_id: int) -> list[FakeTurn]:
        """The turns of a conversation, oldest first."""
        return [kept for kept in self.turns.values() if kept.turn.conversation_id == conversation_id]

    def open_turns(self) -> list[FakeTurn]:
        """All open turns, oldest first."""
        return [kept for kept in self.turns.values() if kept.is_open]

    def tell(self) -> None:
        """Wake whoever waits for a change."""
        for listener in self.listeners:
            listener.set()
