"""Whatever is done to them in whatever order, the stores on SQL and those in memory answer alike."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.domain import BEGUN, LOST, Address, CommandCall, Level, Person, Post, StoredAnswer, TurnState
from bot.errors import UserError
from bot.ports import Answers, Choices, History, Rating, Turns, Verdict
from bot.storage.database.open_database import open_database
from tests.contracts.stores import PIA, TOM, over, said
from tests.memory import FakeAnswers, FakeChoices, FakeHistory, FakeStore, FakeTurns

Answer = TypeVar("Answer")

ADDRESSES = st.builds(
    Address,
    platform=st.sampled_from(["discord", "slack"]),
    workspace=st.sampled_from(["", "guild"]),
    channel=st.just("channel"),
    thread=st.sampled_from(["", "thread"]),
)
IDS = st.sampled_from([f"{number}" for number in range(8)])
NUMBERS = st.integers(1, 12)
CONVERSATIONS = st.integers(1, 8)
MODELS = st.sampled_from(["m", "n"])
STATES = st.sampled_from([TurnState.ANSWERED, TurnState.STOPPED, TurnState.FAILED])
PEOPLE = st.sampled_from([PIA, TOM])
WORKERS = st.sampled_from(["worker a", "worker b"])
SECONDS = st.sampled_from([1, 4, 10])


class StoresStayAlike(RuleBasedStateMachine):
    """Does each thing to both and compares what they answer; ids, too, are the same in both."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.database = self.runner.run(open_database(Path(self.folder.name) / "lyceum.db"))
        on_sql = over(self.database, self.database)
        self.clock = on_sql.clock
        store = FakeStore(self.clock)
        self.histories: tuple[History, History] = (FakeHistory(store), on_sql.history)
        self.turns: tuple[Turns, Turns] = (FakeTurns(store), on_sql.turns)
        self.answers: tuple[Answers, Answers] = (FakeAnswers(store), on_sql.answers)
        self.choices: tuple[Choices, Choices] = (FakeChoices(store), on_sql.choices)

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()

    def both(self, ask: Callable[[History], Coroutine[object, object, Answer]]) -> Answer:
        first, second = (self.runner.run(ask(history)) for history in self.histories)
        assert first == second
        return first

    def both_turns(self, ask: Callable[[Turns], Coroutine[object, object, Answer]]) -> None:
        first, second = (self.runner.run(ask(turns)) for turns in self.turns)
        assert first == second

    def both_answers(self, ask: Callable[[Answers], Coroutine[object, object, Answer]]) -> None:
        first, second = (self.runner.run(ask(answers)) for answers in self.answers)
        assert first == second

    def both_choices(self, ask: Callable[[Choices], Coroutine[object, object, Answer]]) -> None:
        first, second = (self.runner.run(ask(choices)) for choices in self.choices)
        assert first == second

    @rule(
        address=ADDRESSES, message_id=IDS, event_id=IDS, text=st.text("ab", max_size=3), person=PEOPLE, worker=WORKERS
    )
    def accept(self, address: Address, message_id: str, event_id: str, text: str, person: Person, worker: str) -> None:
        message = said(text, address=address, message_id=message_id, event_id=event_id, person=person)
        self.both_turns(lambda turns: turns.accept(message, worker=worker))

    @rule(address=ADDRESSES, event_id=IDS)
    def accept_call(self, address: Address, event_id: str) -> None:
        call = CommandCall(event_id=event_id, address=address, person=PIA, command="help")
        self.both_turns(lambda turns: turns.accept_call(call))

    @rule(
        address=ADDRESSES,
        event_id=IDS,
        turn_id=NUMBERS,
        continues=st.booleans(),
        person=PEOPLE,
        worker=WORKERS,
        model=st.sampled_from(["", "olmo2:7b"]),
    )
    def accept_press(
        self, address: Address, event_id: str, turn_id: int, *, continues: bool, person: Person, worker: str, model: str
    ) -> None:
        call = CommandCall(event_id=event_id, address=address, person=person, command="again")
        self.both_turns(
            lambda turns: _told(
                turns.accept_press(call, turn_id=turn_id, continues=continues, model=model, worker=worker)
            )
        )

    @rule(turn_id=NUMBERS)
    def answer(self, turn_id: int) -> None:
        self.both_answers(lambda answers: answers.find(turn_id))

    @rule(turn_id=NUMBERS)
    def publish(self, turn_id: int) -> None:
        self.both_answers(lambda answers: answers.publish(turn_id))

    @rule(turn_id=NUMBERS, person=PEOPLE, verdict=st.sampled_from(Verdict), reason=st.sampled_from(["", "wrong"]))
    def rate(self, turn_id: int, person: Person, verdict: Verdict, reason: str) -> None:
        self.both_answers(lambda answers: answers.rate(turn_id, person.id, verdict, reason=reason))

    @rule()
    def ratings(self) -> None:
        self.both_answers(lambda answers: _sorted(answers.ratings()))

    @rule(worker=WORKERS, parallel=st.integers(0, 3))
    def claim(self, worker: str, parallel: int) -> None:
        self.both_turns(lambda turns: turns.claim(worker, parallel=parallel))

    @rule(worker=WORKERS)
    def look(self, worker: str) -> None:
        self.both_turns(lambda turns: turns.look(worker))

    @rule(worker=WORKERS)
    def renew(self, worker: str) -> None:
        self.both_turns(lambda turns: turns.renew(worker))

    @rule(turn_id=NUMBERS, worker=WORKERS)
    def release(self, turn_id: int, worker: str) -> None:
        self.both_turns(lambda turns: turns.release(turn_id, worker=worker))

    @rule(worker=WORKERS, platform=st.sampled_from(["discord", "slack"]))
    def adopt(self, worker: str, platform: str) -> None:
        self.both_turns(lambda turns: _listed(turns.adopt(worker, platform=platform)))

    @rule(turn_id=NUMBERS)
    def find(self, turn_id: int) -> None:
        self.both_turns(lambda turns: turns.find(turn_id))

    @rule(address=ADDRESSES)
    def open_at(self, address: Address) -> None:
        self.both_turns(lambda turns: _listed(turns.open_at(address)))

    @rule(turn_id=NUMBERS)
    def stop(self, turn_id: int) -> None:
        self.both_turns(lambda turns: turns.stop(turn_id))

    @rule(turn_id=NUMBERS, key=IDS, message_id=IDS | st.sampled_from([BEGUN, LOST]))
    def note_post(self, turn_id: int, key: str, message_id: str) -> None:
        self.both_turns(lambda turns: turns.note_post(turn_id, Post(key, message_id)))

    @rule(turn_id=NUMBERS, state=STATES, text=st.sampled_from(["", "answer"]), worker=WORKERS)
    def finish(self, turn_id: int, state: TurnState, text: str, worker: str) -> None:
        self.both_turns(lambda turns: turns.finish(turn_id, StoredAnswer(state, text, model="m"), worker=worker))

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(seconds=SECONDS, platform=st.sampled_from(["", "discord"]), workspace=st.sampled_from(["", "guild"]))
    def expire(self, seconds: int, platform: str, workspace: str) -> None:
        before = self.clock.date - timedelta(seconds=seconds)
        self.both(lambda history: history.expire(before=before, platform=platform, workspace=workspace))

    @rule(person=PEOPLE, workspace=st.sampled_from(["", "guild"]))
    def forget_person(self, person: Person, workspace: str) -> None:
        self.both(lambda history: history.forget_person("discord", person.id, workspace=workspace))

    @rule(conversation_id=CONVERSATIONS, model=MODELS, from_turn=NUMBERS, dropped=NUMBERS)
    def cut(self, conversation_id: int, model: str, from_turn: int, dropped: int) -> None:
        self.both(lambda history: history.cut(conversation_id, model=model, from_turn=from_turn, dropped=dropped))

    @rule(conversation_id=CONVERSATIONS, model=MODELS, from_turn=NUMBERS)
    def plan_cut(self, conversation_id: int, model: str, from_turn: int) -> None:
        self.both(lambda history: _planned(history, conversation_id, model=model, from_turn=from_turn))

    @rule(conversation_id=CONVERSATIONS, model=MODELS)
    def calibrate(self, conversation_id: int, model: str) -> None:
        self.both(lambda history: history.calibrate(conversation_id, model=model, bytes_per_token=4.5))

    @rule(conversation_id=CONVERSATIONS, model=MODELS)
    def window(self, conversation_id: int, model: str) -> None:
        self.both(lambda history: history.window(conversation_id, model=model))

    @rule(address=ADDRESSES)
    def conversation_at(self, address: Address) -> None:
        self.both(lambda history: history.conversation_at(address))

    @rule(address=ADDRESSES)
    def reset(self, address: Address) -> None:
        self.both(lambda history: history.reset(address))

    @rule(address=ADDRESSES, message_id=IDS)
    def withdraw(self, address: Address, message_id: str) -> None:
        self.both(lambda history: history.withdraw(address, message_id=message_id))

    @rule(level=st.sampled_from([Level.ME, Level.CHANNEL]), address=ADDRESSES, person=PEOPLE, model=IDS)
    def choose(self, level: Level, address: Address, person: Person, model: str) -> None:
        self.both_choices(lambda choices: choices.choose(level, address, person.id, model=model))

    @rule(level=st.sampled_from(Level), address=ADDRESSES, person=PEOPLE)
    def clear(self, level: Level, address: Address, person: Person) -> None:
        self.both_choices(lambda choices: choices.clear(level, address, person.id))

    @rule(address=ADDRESSES, person=PEOPLE)
    def chain(self, address: Address, person: Person) -> None:
        self.both_choices(lambda choices: _listed(choices.chain(address, person.id)))

    @rule(conversation_id=CONVERSATIONS, before_turn=NUMBERS, from_turn=st.just(0) | NUMBERS)
    def recent(self, conversation_id: int, before_turn: int, from_turn: int) -> None:
        self.both(
            lambda history: _listed(history.recent(conversation_id, before_turn=before_turn, from_turn=from_turn))
        )


async def _told(answer: Awaitable[Answer]) -> Answer | str:
    try:
        return await answer
    except UserError as error:
        return error.key


async def _sorted(answer: Awaitable[Sequence[Rating]]) -> list[Rating]:
    return sorted(await answer, key=lambda rating: (rating.rated_at, rating.model, rating.verdict, rating.reason))


async def _planned(history: History, conversation_id: int, *, model: str, from_turn: int) -> bool:
    said_before = [
        each for each in await history.recent(conversation_id, before_turn=from_turn) if each.turn < from_turn
    ]
    return await history.plan_cut(
        conversation_id, model=model, from_turn=from_turn, summary="in short", rests_on=said_before
    )


async def _listed(answer: Awaitable[Sequence[Answer]]) -> list[Answer]:
    return list(await answer)


TestStoresStayAlike = StoresStayAlike.TestCase
TestStoresStayAlike.settings = settings(
    max_examples=20, stateful_step_count=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
