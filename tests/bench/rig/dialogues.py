"""Long conversations with a model host, through the engine, and as a sliding window would hold them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.domain import Address, ChatMessage, ChatRequest, CommandCall, Delta, Notice, Person, PromptMessage, Role
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.intake import TakenTurn
from bot.errors import PromptTooLong
from bot.ports import ModelBackend
from tests.contracts.stores import IMPLEMENTATIONS
from tests.lab.ollama.tokens import prompt_tokens

ROOM = Address("bench", "W1", "C1")
DANA = Person("U1", "Dana")


@dataclass(slots=True)
class Answered:
    """One turn: when its first words came, what was said, and of what the person was told."""

    first_s: float
    text: str
    notices: list[str] = field(default_factory=list)
    is_refused: bool = False


class Dialogues:
    """People who talk with one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._ids = count(1)

    async def say(self, text: str, *, at: Address = ROOM, person: Person = DANA) -> Answered:
        """Say something, directly, and hear the answer to its end."""
        number = next(self._ids)
        message = ChatMessage(
            event_id=f"E{number}", message_id=f"M{number}", address=at, person=person, text=text, direct=True
        )
        taken = await self.engine.take(message)
        assert isinstance(taken, TakenTurn)
        started, answered = time.perf_counter(), Answered(0.0, "")
        try:
            async for part in self.engine.reply(taken.turn):
                if isinstance(part, Delta):
                    answered.first_s = answered.first_s or time.perf_counter() - started
                    answered.text += part.text
                elif isinstance(part, Notice):
                    answered.notices.append(part.key)
        except PromptTooLong:
            answered.is_refused = True
        return answered

    async def choose(self, model: str, *, at: Address, person: Person) -> None:
        """Choose a model for oneself in a place."""
        call = CommandCall(
            event_id=f"E{next(self._ids)}", address=at, person=person, command="model use", arguments={"name": model}
        )
        async for _ in self.engine.execute(call):
            pass


@asynccontextmanager
async def dialogues(folder: Path, backend: ModelBackend, policy: AnswerPolicy) -> AsyncGenerator[Dialogues]:
    """Run an engine over a database of its own."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with IMPLEMENTATIONS["sqlite"](folder) as stores:
        engine = Engine(
            turns=stores.turns,
            history=stores.history,
            answers=stores.answers,
            choices=stores.choices,
            backend=backend,
            access=Access(),
            answer_policy=policy,
        )
        yield Dialogues(engine)


async def slid(
    backend: ModelBackend,
    model: str,
    policy: AnswerPolicy,
    questions: Sequence[str],
    *,
    counted: Callable[[Sequence[PromptMessage]], int] | None = None,
) -> list[Answered]:
    """Hold a conversation as others do: each prompt has the last messages that fit, counted without an error."""
    card = next(each for each in await backend.models() if each.name == model)
    budget = policy.context_of(card) - policy.answer_of(card)
    counted = counted or (lambda messages: prompt_tokens(message.content for message in messages))
    system, said, answers = PromptMessage(Role.SYSTEM, policy.system_prompt), list[PromptMessage](), list[Answered]()
    for question in questions:
        said.append(PromptMessage(Role.USER, question))
        while counted([system, *said]) > budget:
            said.pop(0)
        answers.append(await _asked(backend, policy.request_of(card, (system, *said))))
        said.append(PromptMessage(Role.ASSISTANT, answers[-1].text))
    return answers


async def _asked(backend: ModelBackend, request: ChatRequest) -> Answered:
    started, answered = time.perf_counter(), Answered(0.0, "")
    async for event in backend.chat(request):
        if isinstance(event, Delta):
            answered.first_s = answered.first_s or time.perf_counter() - started
            answered.text += event.text
    return answered
