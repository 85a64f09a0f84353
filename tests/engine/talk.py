"""A conversation with the engine, without a platform: say something, read what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import TypeVar

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Address,
    AssistantLimits,
    Button,
    ChatMessage,
    CommandCall,
    Costs,
    Delta,
    Incoming,
    Notice,
    Offer,
    Person,
    ReplyPart,
    Turn,
)
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.intake import TakenCall, TakenTurn
from bot.engine.model_keeping import KeptModels
from bot.engine.model_upkeep import MakeUpkeep, ModelUpkeep, UpkeepStores
from bot.engine.quotas import AskingLimits
from bot.engine.usage_sums import Accounting
from bot.ports import ModelBackend, ModelCatalogue
from tests.contracts.stores import Stores
from tests.fakes import FakeBackend, card
from tests.memory import (
    FakeAnswers,
    FakeAssistants,
    FakeAuditLog,
    FakeChoices,
    FakeComparisons,
    FakeCourseChoices,
    FakeHistory,
    FakeNewsStore,
    FakeNotes,
    FakeReplacements,
    FakeStore,
    FakeTurns,
    FakeWorkLog,
)

T = TypeVar("T")
ROOM = Address("lab", "W1", "C1")
THREAD = replace(ROOM, thread="T1")
DANA = Person("U1", "Dana")
NOAM = Person("U2", "Noam")
BOSS = Person("U9", "Boss", is_admin=True)


@dataclass
class Heard:
    """What one reply said."""

    parts: list[ReplyPart] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Delta))

    @property
    def notices(self) -> list[str]:
        return [part.key for part in self.parts if isinstance(part, Notice)]

    @property
    def labels(self) -> list[str]:
        """The buttons of the last offer, by the ends of their labels' keys."""
        offers = self.of(Offer)
        return [button.label.key.removeprefix("button.") for button in offers[-1].buttons] if offers else []

    def button(self, label: str) -> Button:
        """Return a button of the last offer."""
        return next(each for each in self.of(Offer)[-1].buttons if each.label.key == f"button.{label}")

    def of(self, kind: type[T]) -> list[T]:
        return [part for part in self.parts if isinstance(part, kind)]


class Talk:
    """An engine over fakes, and people who talk to it."""

    def __init__(
        self,
        *,
        answer_policy: AnswerPolicy | None = None,
        access: Access | None = None,
        catalogue: ModelCatalogue | None = None,
        persona_limits: AssistantLimits | None = None,
        kept_models: KeptModels | None = None,
        host: ModelBackend | None = None,
        costs: Costs | None = None,
        kept_days: int = 0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._persona_limits = persona_limits or AssistantLimits()
        self._kept_models = kept_models
        self._host = host
        self.store = FakeStore(clock)
        self.turns = FakeTurns(self.store)
        self.history = FakeHistory(self.store)
        self.answers = FakeAnswers(self.store)
        self.choices = FakeChoices(self.store)
        self.comparisons = FakeComparisons(self.store)
        self.courses = FakeCourseChoices(self.store)
        self.assistants = FakeAssistants(self.store)
        self.notes = FakeNotes()
        self.work_log = FakeWorkLog(self.store)
        self._accounting = Accounting(
            work_log=self.work_log, costs=costs or Costs(), hosts=("fake",), kept_days=kept_days
        )
        self.audit = FakeAuditLog(self.store)
        self.news = FakeNewsStore(self.store)
        self.replacements = FakeReplacements(self.store)
        self.backend = FakeBackend(card("falcon:7b"), card("mistral:7b"), card("olmo2:7b"))
        self._access = access or Access()
        self._answer_policy = answer_policy or AnswerPolicy()
        self.engine = self.another_process("first")
        self._ids = count(1)

    def another_process(self, worker: str, *, backend: ModelBackend | None = None) -> Engine:
        """Make an engine of another process on the same store, and on the same host where no other is given."""
        return Engine(
            turns=self.turns,
            history=self.history,
            answers=self.answers,
            choices=self.choices,
            backend=backend or self._host or self.backend,
            access=self._access,
            answer_policy=self._answer_policy,
            worker=worker,
            catalogue=self._catalogue,
            comparisons=self.comparisons,
            assistants=self.assistants,
            limits=AskingLimits(assistants=self._persona_limits),
            kept_models=self._kept_models,
            notes=self.notes,
            accounting=self._accounting,
            upkeep=self.upkeep_of(backend or self.backend),
            clock=self._clock,
        )

    def upkeep_of(self, backend: ModelBackend) -> MakeUpkeep:
        """Return what looks after the models of a host."""
        return partial(
            ModelUpkeep,
            stores=UpkeepStores(audit=self.audit, news=self.news, replacements=self.replacements),
            backend=backend,
            catalogue=self._catalogue,
            comparisons=self.comparisons,
            clock=self._clock,
        )

    def message(self, text: str, *, person: Person = DANA, at: Address = ROOM, direct: bool = False) -> ChatMessage:
        number = next(self._ids)
        return ChatMessage(
            event_id=f"E{number}", message_id=f"M{number}", address=at, person=person, text=text, direct=direct
        )

    async def accept(self, text: str, *, person: Person = DANA, at: Address = ROOM, direct: bool = False) -> Turn:
        turn = await accepted(self.engine, self.message(text, person=person, at=at, direct=direct))
        assert turn is not None
        return turn

    async def say(self, text: str, *, person: Person = DANA, at: Address = ROOM, direct: bool = False) -> Heard:
        turn = await self.accept(text, person=person, at=at, direct=direct)
        return await heard(self.engine.reply(turn))

    async def command(
        self, command: str, *, person: Person = DANA, at: Address = ROOM, direct: bool = False, **arguments: str
    ) -> Heard:
        given = {name.removesuffix("_"): value for name, value in arguments.items()}
        event_id = f"E{next(self._ids)}"
        call = CommandCall(
            event_id=event_id, address=at, person=person, command=command, arguments=given, direct=direct
        )
        return await heard(self.engine.execute(call))

    def call(
        self, button: Button, *, person: Person = DANA, at: Address = ROOM, event_id: str = "", **arguments: str
    ) -> CommandCall:
        """Make what a press of a button is, each with an event of its own where none is given."""
        return CommandCall(
            event_id=event_id or f"E{next(self._ids)}",
            address=at,
            person=person,
            command=button.command,
            arguments={**button.arguments, **arguments},
            direct=at.is_private,
        )

    async def press_under(
        self, heard_before: Heard, label: str, *, person: Person = DANA, at: Address = ROOM, **arguments: str
    ) -> Heard:
        """Press a button under an answer and hear what comes of it, an answer or a word."""
        call = self.call(heard_before.button(label), person=person, at=at, **arguments)
        match await self.engine.take(call):
            case TakenTurn(turn=turn):
                return await heard(self.engine.reply(turn))
            case TakenCall(call=taken):
                return await heard(self.engine.execute(taken))
        raise AssertionError("the event was known")

    def prompts(self) -> list[list[str]]:
        """What each model request carried, as texts."""
        return [[message.content for message in request.prompt] for request in self.backend.requests]


def engine_over(stores: Stores, *, access: Access | None = None) -> Engine:
    """Return an engine that keeps what is said in a database."""
    return Engine(
        turns=stores.turns,
        history=stores.history,
        answers=stores.answers,
        choices=stores.choices,
        backend=FakeBackend(card("falcon:7b")),
        access=access or Access(),
        answer_policy=AnswerPolicy(),
    )


async def accepted(engine: Engine, incoming: Incoming) -> Turn | None:
    """Let an engine take in what becomes a turn; None for an event that is known already."""
    taken = await engine.take(incoming)
    if taken is None:
        return None
    assert isinstance(taken, TakenTurn)
    return taken.turn


async def heard(parts: AsyncGenerator[ReplyPart, None], into: Heard | None = None) -> Heard:
    """Listen to a reply to its end."""
    result = into or Heard()
    async with aclosing(parts):
        async for part in parts:
            result.parts.append(part)
    return result


async def until(claim: object, *, timeout_s: float = 5) -> None:
    """Wait for a claim, a function without arguments, to become true."""
    assert callable(claim)
    async with asyncio.timeout(timeout_s):
        while not claim():  # noqa: ASYNC110 - a claim about any object, not an event
            await asyncio.sleep(0.001)
