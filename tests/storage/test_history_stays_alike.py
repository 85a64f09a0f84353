"""Whatever is done to them in whatever order, the history on SQL and the one in memory answer alike."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.domain import Address, CommandCall, Level, StoredAnswer, TurnState
from bot.ports import Choices, History
from bot.storage.choices import SqlChoices
from bot.storage.database import open_database
from bot.storage.history import SqlHistory
from tests.contracts.stores import PIA, said
from tests.memory import FakeChoices, FakeHistory

Answer = TypeVar("Answer")

ADDRESSES = st.builds(
    Address,
    platform=st.just("discord"),
    workspace=st.sampled_from(["", "guild"]),
    channel=st.just("channel"),
    thread=st.sampled_from(["", "thread"]),
)
IDS = st.sampled_from([f"{number}" for number in range(8)])
NUMBERS = st.integers(1, 12)
STATES = st.sampled_from([TurnState.ANSWERED, TurnState.STOPPED, TurnState.FAILED])
PEOPLE = st.sampled_from(["pia", "tom"])


class HistoriesStayAlike(RuleBasedStateMachine):
    """Does each thing to both and compares what they answer; ids, too, are the same in both."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.database = self.runner.run(open_database(Path(self.folder.name) / "lyceum.db"))
        self.histories: tuple[History, History] = (FakeHistory(), SqlHistory(self.database))
        self.choices: tuple[Choices, Choices] = (FakeChoices(), SqlChoices(self.database))

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()

    def both(self, ask: Callable[[History], Coroutine[object, object, Answer]]) -> Answer:
        first, second = (self.runner.run(ask(history)) for history in self.histories)
        assert first == second
        return first

    def both_choices(self, ask: Callable[[Choices], Coroutine[object, object, Answer]]) -> None:
        first, second = (self.runner.run(ask(choices)) for choices in self.choices)
        assert first == second

    @rule(address=ADDRESSES, message_id=IDS, event_id=IDS, text=st.text("ab", max_size=3))
    def accept(self, address: Address, message_id: str, event_id: str, text: str) -> None:
        message = said(text, address=address, message_id=message_id, event_id=event_id)
        self.both(lambda history: history.accept(message))

    @rule(address=ADDRESSES, event_id=IDS)
    def accept_call(self, address: Address, event_id: str) -> None:
        call = CommandCall(event_id=event_id, address=address, person=PIA, command="help")
        self.both(lambda history: history.accept_call(call))

    @rule(turn_id=NUMBERS)
    def start(self, turn_id: int) -> None:
        self.both(lambda history: history.start(turn_id))

    @rule(turn_id=NUMBERS, state=STATES, text=st.sampled_from(["", "answer"]))
    def finish(self, turn_id: int, state: TurnState, text: str) -> None:
        self.both(lambda history: history.finish(turn_id, StoredAnswer(state, text)))

    @rule(conversation_id=st.integers(1, 4), message_id=NUMBERS)
    def forget_before(self, conversation_id: int, message_id: int) -> None:
        self.both(lambda history: history.forget_before(conversation_id, message_id=message_id))

    @rule(address=ADDRESSES)
    def reset(self, address: Address) -> None:
        self.both(lambda history: history.reset(address))

    @rule(address=ADDRESSES, message_id=IDS)
    def withdraw(self, address: Address, message_id: str) -> None:
        self.both(lambda history: history.withdraw(address, message_id=message_id))

    @rule(level=st.sampled_from([Level.ME, Level.CHANNEL]), address=ADDRESSES, person=PEOPLE, model=IDS)
    def choose(self, level: Level, address: Address, person: str, model: str) -> None:
        self.both_choices(lambda choices: choices.choose(level, address, person, model=model))

    @rule(level=st.sampled_from(Level), address=ADDRESSES, person=PEOPLE)
    def clear(self, level: Level, address: Address, person: str) -> None:
        self.both_choices(lambda choices: choices.clear(level, address, person))

    @rule(address=ADDRESSES, person=PEOPLE)
    def chain(self, address: Address, person: str) -> None:
        self.both_choices(lambda choices: _listed(choices.chain(address, person)))

    @rule(conversation_id=st.integers(1, 4), before_turn=NUMBERS)
    def recent(self, conversation_id: int, before_turn: int) -> None:
        self.both(lambda history: _listed(history.recent(conversation_id, before_turn=before_turn)))


async def _listed(answer: Awaitable[Sequence[Answer]]) -> list[Answer]:
    return list(await answer)


TestHistoriesStayAlike = HistoriesStayAlike.TestCase
TestHistoriesStayAlike.settings = settings(
    max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
