"""Model hosts as processes that can be killed, and people whose questions a real engine has them answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain import Address, ChatMessage, Completion, Delta, Person, Withdrawal
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.intake import TakenTurn
from bot.engine.quotas import AskingLimits
from bot.errors import BotError
from bot.llm.ollama import OllamaBackend
from bot.llm.pool import Pool
from bot.ports import ModelBackend
from bot.storage.answer_store import SqlAnswers
from bot.storage.choice_store import SqlChoices
from bot.storage.database.open_database import open_database
from bot.storage.history_store import SqlHistory
from bot.storage.turns.turn_store import SqlTurns
from tests.bench.rig.programs import MODEL, described, program
from tests.lab.sqlite import make_file


@dataclass(frozen=True, slots=True)
class ModelHost:
    """A running stand-in of Ollama."""

    url: str
    process: asyncio.subprocess.Process

    async def chats(self, http: aiohttp.ClientSession) -> list[dict[str, Any]]:
        """Return what it was asked."""
        async with http.get(f"{self.url}/lab/requests") as answer:
            return list(await answer.json())

    def kill(self) -> None:
        """End it at once, in whatever it does."""
        self.process.kill()


@dataclass(slots=True)
class Answered:
    """One question and what came of it. `host` is "" without an answer, "one" where there is only one."""

    conversation: int
    number: int
    text: str = ""
    tokens: int = 0
    host: str = ""
    error: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether there is an answer to its end."""
        return bool(self.host) and not self.error


@dataclass(frozen=True, slots=True)
class Bench:
    """An engine over hosts."""

    engine: Engine
    hosts: Sequence[ModelHost]
    http: aiohttp.ClientSession

    async def ask(self, conversation: int, number: int, text: str) -> Answered:
        """Ask one question in a conversation of one person, and hear the answer to its end."""
        said = Answered(conversation, number)
        person = Person(f"p{conversation}", f"Person {conversation}")
        name = f"{conversation}-{number}"
        message = ChatMessage(
            event_id=name, message_id=name, address=Address("bench", "W", f"C{conversation}"), person=person, text=text
        )
        taken = await self.engine.take(message)
        assert isinstance(taken, TakenTurn)
        try:
            async with aclosing(self.engine.reply(taken.turn)) as parts:
                async for part in parts:
                    match part:
                        case Delta():
                            said.text += part.text
                        case Withdrawal():
                            said.text = ""
                        case Completion():
                            said.tokens, said.host = part.answer_tokens, part.host or "one"
        except BotError as error:
            said.error = error.key
        return said

    async def converse(self, conversation: int, texts: Sequence[str]) -> list[Answered]:
        """Ask one question after the other."""
        return [await self.ask(conversation, number, text) for number, text in enumerate(texts)]

    async def chats(self) -> list[dict[str, Any]]:
        """Return what all hosts that live were asked, in the order it came."""
        alive = [host for host in self.hosts if host.process.returncode is None]
        found = await asyncio.gather(*(host.chats(self.http) for host in alive))
        return sorted((chat for chats in found for chat in chats), key=lambda chat: float(chat["started_at"]))


@asynccontextmanager
async def over_hosts(
    folder: Path,
    count: int,
    *arguments: str,
    slots: int,
    context_tokens: int = 4096,
    spread: Callable[[Sequence[ModelBackend]], ModelBackend] | None = None,
) -> AsyncIterator[Bench]:
    """Run so many hosts and an engine over them; `spread` makes the backend that is compared with a pool."""
    async with AsyncExitStack() as stack:
        started = [
            await stack.enter_async_context(program("tests.lab.ollama", "--parallel", str(slots), *arguments))
            for _ in range(count)
        ]
        hosts = [ModelHost(str((await described(process))["url"]), process) for process in started]
        http = await stack.enter_async_context(aiohttp.ClientSession())
        file = await make_file(folder / f"{time.monotonic_ns()}.db")
        database = await stack.enter_async_context(await open_database(file))
        backends = [OllamaBackend(host=host.url, connect_s=1.0) for host in hosts]
        pool = None if spread else Pool([(backend, slots) for backend in backends])
        backend = pool or (spread(backends) if spread else backends[0])
        stack.push_async_callback(backend.close)
        await backend.models()
        engine = Engine(
            turns=SqlTurns(database),
            history=SqlHistory(database),
            answers=SqlAnswers(database),
            choices=SqlChoices(database),
            backend=backend,
            access=Access(),
            answer_policy=AnswerPolicy(
                default_model=MODEL, context_tokens=context_tokens, parallel=slots * count, answer_tokens=512
            ),
            limits=AskingLimits(a_minute=0),
            rooms=pool.rooms if pool else tuple,
        )
        yield Bench(engine, hosts, http)
