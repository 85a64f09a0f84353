"""What the fakes share, as the ports on SQL share a database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Address,
    Assistant,
    ChatMessage,
    Choice,
    ContextWindow,
    Level,
    ModelJob,
    ModelWork,
    Person,
    Post,
    QuotedMessage,
    Role,
    Source,
    StoredAnswer,
    StoredMessage,
    Turn,
    TurnState,
    without_quotes_of,
)
from bot.domain.deeds import FORGOTTEN, Deed, LoggedDeed
from bot.domain.place_courses import CourseChoice
from bot.errors import Unavailable
from bot.ports import ComparedAnswer, PairVote, Rating


@dataclass
class KeptAssistant:
    """An assistant, where its home is, whose it is there, "" for everybody, and where and when it was made."""

    assistant: Assistant
    at: Address
    owner_id: str
    made_in: str
    made_at: datetime


@dataclass
class KeptUse:
    """Which assistant was chosen at a level."""

    id: int
    assistant_id: int
    name: str
    chosen_by: str
    chosen_at: datetime
    told_in: int = 0


Event = tuple[str, str, str]
Place = tuple[str, str, str, str]


@dataclass
class FakeTurn:
    """A turn as it is kept: a withdrawn one has no question any more.

    `of` is the turn whose question this one answers again: that one has the words of both. An answer of its own,
    without words, says that what it answers is not kept.
    """

    turn: Turn
    question: StoredMessage | None
    accepted_at: datetime
    worker: str = ""
    lease_until: datetime | None = None
    answer: StoredMessage | None = None
    state: TurnState = TurnState.ACCEPTED
    is_stopping: bool = False
    closed_with: StoredAnswer | None = None
    of: FakeTurn | None = None
    written_by: int = 0
    sources: tuple[Source, ...] = ()
    reasoning: str = ""
    is_published: bool = False
    lane: tuple[str, str | None] = ("", None)
    has_left: bool = False
    noted: dict[str, Post] = field(default_factory=dict)
    ratings: dict[str, Rating] = field(default_factory=dict)
    quotes: tuple[QuotedMessage, ...] = ()
    compared: tuple[ComparedAnswer, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in {TurnState.ACCEPTED, TurnState.RUNNING}

    @property
    def job(self) -> ModelJob | None:
        return self.turn.message.job

    @property
    def address(self) -> Address:
        return self.turn.message.address

    @property
    def person(self) -> Person:
        return self.turn.message.person

    def is_live(self, now: datetime) -> bool:
        """Whether it is open and no orphan."""
        return self.is_open and self.lease_until is not None and self.lease_until > now

    @property
    def holder(self) -> FakeTurn:
        """The turn that has its question and the answer."""
        return self.of or self

    def lose_words(self) -> int:
        """Erase question and answer, and let an open turn end; return how many messages there were."""
        erased = len(self.messages())
        self.question = self.answer = None
        self.quotes = ()
        self.end()
        return erased

    def end(self) -> None:
        """Let it end without a word, as nobody rated it."""
        self.turn = replace(self.turn, message=replace(self.turn.message, text=""))
        self.is_stopping = True
        self.ratings.clear()

    def messages(self) -> list[StoredMessage]:
        return [message for message in (self.question, self.answer) if message]

    def close(self, answer: StoredAnswer) -> None:
        self.state, self.closed_with, self.worker = answer.state, answer, ""


@dataclass
class FakeStore:
    """What was accepted, said and chosen. Ages go by the date of the clock, leases by its seconds."""

    clock: Clock = SYSTEM_CLOCK
    broken: Unavailable | None = None
    turns: dict[int, FakeTurn] = field(default_factory=dict)
    events: dict[Event, tuple[datetime, Place | None]] = field(default_factory=dict)
    conversations: dict[Address, int] = field(default_factory=dict)
    context_from: dict[int, int] = field(default_factory=dict)
    windows: dict[tuple[int, str], ContextWindow] = field(default_factory=dict)
    read_by: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    chosen: dict[tuple[Level, Address, str], Choice] = field(default_factory=dict)
    courses: dict[tuple[str, str, str], tuple[CourseChoice, datetime]] = field(default_factory=dict)
    votes: list[tuple[int, tuple[str, str], PairVote]] = field(default_factory=list)
    assistants: dict[int, KeptAssistant] = field(default_factory=dict)
    assistant_uses: dict[tuple[Level, Address, str], KeptUse] = field(default_factory=dict)
    greeted: dict[tuple[int, int], int] = field(default_factory=dict)
    works: list[ModelWork] = field(default_factory=list)
    deeds: list[LoggedDeed] = field(default_factory=list)
    listeners: list[asyncio.Event] = field(default_factory=list)
    last_turn_id: int = 0
    last_assistant_id: int = 0
    last_message_id: int = 0
    last_conversation_id: int = 0
    last_deed_id: int = 0

    def remember(self, address: Address, *, event_id: str, place: Place | None = None) -> bool:
        """Keep an event and its message; False when either is known."""
        event = (address.platform, address.workspace, event_id)
        if event in self.events or (place and place in [known for _, known in self.events.values()]):
            return False
        self.events[event] = (self.clock.utc(), place)
        return True

    def conversation(self, address: Address) -> int:
        if address not in self.conversations:
            self.last_conversation_id += 1
            self.conversations[address] = self.last_conversation_id
        return self.conversations[address]

    def follow(self, holder: FakeTurn, message: ChatMessage, *, continues: bool) -> FakeTurn:
        """Make a turn that answers the question of another again."""
        self.last_turn_id += 1
        about = holder.turn
        turn = Turn(self.last_turn_id, about.conversation_id, message, about=about.id, continues=continues)
        kept = self.turns[turn.id] = FakeTurn(turn, None, self.clock.utc(), of=holder)
        return kept

    def new_turn(self, message: ChatMessage) -> FakeTurn:
        self.last_turn_id += 1
        turn = Turn(
            self.last_turn_id,
            self.conversation(message.address),
            replace(message, quotes=(), files=(), pictures=(), recordings=()),
        )
        question = self.message(Role.USER, message.text, message.person.name)
        kept = self.turns[turn.id] = FakeTurn(turn, question, self.clock.utc(), quotes=message.quotes)
        return kept

    def message(self, role: Role, text: str, speaker: str = "", *, is_cited: bool = False) -> StoredMessage:
        self.last_message_id += 1
        return StoredMessage(self.last_message_id, role, text, speaker, is_cited=is_cited)

    def about(self, kept: FakeTurn) -> list[FakeTurn]:
        """The turns that answer its question again."""
        return [each for each in self.turns.values() if each.of is kept]

    def drop_summaries(self, kept: FakeTurn) -> None:
        """Erase the summaries that rest on a turn's words: all that are older than where the window begins."""
        for key, kept_window in self.windows.items():
            window = kept_window
            if key[0] == kept.turn.conversation_id and kept.turn.id < window.from_turn:
                window = replace(window, summary="")
            if key[0] == kept.turn.conversation_id and kept.turn.id < window.next_turn:
                window = replace(window, next_turn=0, next_summary="")
            self.windows[key] = window

    def drop_reasons(self, kept: FakeTurn) -> None:
        """Leave of the votes on a turn which model was better."""
        self.votes = [
            (turn_id, place, replace(vote, reason="") if turn_id == kept.turn.id else vote)
            for turn_id, place, vote in self.votes
        ]

    def forget_windows(self, conversation_id: int) -> None:
        """Have every model begin anew."""
        self.windows = {key: window for key, window in self.windows.items() if key[0] != conversation_id}

    def lose_words(self, kept: FakeTurn) -> int:
        """Erase question and answer, and end every turn that answers the question."""
        self.drop_summaries(kept)
        self.drop_reasons(kept)
        for each in self.about(kept):
            self.drop_reasons(each)
            each.end()
        return kept.lose_words()

    def lose_answer(self, kept: FakeTurn) -> None:
        """Take the words out of the answer, and take the place of one in the making; the question stays."""
        self.drop_summaries(kept)
        self.drop_reasons(kept)
        kept.ratings = {person: replace(rating, reason="") for person, rating in kept.ratings.items()}
        kept.sources = ()
        if kept.answer:
            kept.answer = replace(kept.answer, text="")
        elif (kept.of or kept.question) and kept.state is TurnState.RUNNING:
            kept.answer = self.message(Role.ASSISTANT, "")

    def lose_quotes(self, kept: FakeTurn, author_id: str) -> None:
        """Take a person's words out of the question of another, wherever it is answered."""
        assert kept.question is not None
        self.drop_summaries(kept)
        text, quotes = without_quotes_of(author_id, kept.question.text, kept.quotes)
        kept.question, kept.quotes = replace(kept.question, text=text), tuple(quotes)
        for each in (kept, *self.about(kept)):
            each.turn = replace(each.turn, message=replace(each.turn.message, text=text))

    def of(self, conversation_id: int) -> list[FakeTurn]:
        """The turns of a conversation, oldest first."""
        return [kept for kept in self.turns.values() if kept.turn.conversation_id == conversation_id]

    def open_turns(self) -> list[FakeTurn]:
        """All open turns, oldest first."""
        return [kept for kept in self.turns.values() if kept.is_open]

    def note_deed(self, deed: Deed) -> None:
        """Write a deed down, its address no further down than it reaches."""
        self.last_deed_id += 1
        where = deed.address.public if deed.address else None
        if where and deed.level is Level.WORKSPACE:
            where = Address(where.platform, where.workspace, "")
        elif where and deed.level is Level.CHANNEL:
            where = replace(where, thread="")
        self.deeds.append(LoggedDeed(self.last_deed_id, self.clock.utc(), replace(deed, address=where)))

    def forget_deeds(self, person_id: str, platform: str, workspace: str) -> None:
        """Put the tombstone in a person's place."""
        for number, logged in enumerate(self.deeds):
            deed, where = logged.deed, logged.deed.address
            if deed.person_id != person_id or (where and where.platform != platform):
                continue
            if where and workspace not in {"", where.workspace}:
                continue
            if where and (deed.level in {None, Level.ME} or not where.workspace):
                where = Address(where.platform, where.workspace, "")
            self.deeds[number] = replace(logged, deed=replace(deed, person_id=FORGOTTEN, address=where))

    def tell(self) -> None:
        """Wake whoever waits for a change."""
        for listener in self.listeners:
            listener.set()
