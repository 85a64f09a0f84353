"""A conversation with an engine whose hosts are stand-ins of Ollama, and whose models can be changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, CommandCall, Notice, Person, State, Turn
from bot.engine.engine import Engine
from bot.engine.intake import TakenTurn
from bot.engine.model_keeping import KeptModels
from bot.engine.pulling import PullPolicy
from bot.i18n import sentence
from bot.llm.model_folder import ModelFolder
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_keeper import OllamaKeeper
from bot.llm.pool import Pool
from bot.ports import ModelCatalogue
from tests.engine.talk import BOSS, ROOM, Heard, Talk, heard
from tests.lab.ollama import LabModel, OllamaLab

EVENTS = count(1)
GB = 10**9


@asynccontextmanager
async def lab_talk(
    *labs: OllamaLab,
    disks_gb: tuple[float, ...] = (),
    folder: str = "",
    catalogue: ModelCatalogue | None = None,
    may_leave: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> AsyncGenerator[Talk]:
    """Open a talk over stand-ins that run."""
    async with AsyncExitStack() as stack:
        keepers = [
            OllamaKeeper(host=lab.url, disk_gb=disk)
            for lab, disk in zip(labs, disks_gb or [0.0] * len(labs), strict=True)
        ]
        hosts = Pool([(OllamaBackend(host=lab.url, may_leave=may_leave), 1) for lab in labs], clock=clock)
        stack.push_async_callback(hosts.close)
        for keeper in keepers:
            stack.push_async_callback(keeper.close)
        kept = KeptModels(keepers=keepers, files=ModelFolder(folder), policy=PullPolicy(may_leave=may_leave))
        yield Talk(host=hosts, kept_models=kept, catalogue=catalogue, clock=clock)


async def begun(
    talk: Talk, command: str, *, engine: Engine | None = None, person: Person = BOSS, at: Address = ROOM, **given: str
) -> Turn:
    """Call a command that changes a host's models; return the turn that carries it out."""
    arguments = {name.removesuffix("_"): value for name, value in given.items()}
    call = CommandCall(event_id=f"job {next(EVENTS)}", address=at, person=person, command=command, arguments=arguments)
    taken = await (engine or talk.engine).take(call)
    assert isinstance(taken, TakenTurn)
    return taken.turn


async def carried_out(talk: Talk, command: str, *, person: Person = BOSS, **given: str) -> Heard:
    """Call such a command, and hear it to its end."""
    return await heard(talk.engine.reply(await begun(talk, command, person=person, engine=None, at=ROOM, **given)))


def shown(answer: Heard, locale: str = "en") -> str:
    """What stands there at the end, in words."""
    return "\n".join(sentence(part, locale) for part in answer.of(Notice))


def states(answer: Heard, locale: str = "en") -> list[str]:
    """What stood there meanwhile, in words."""
    return [sentence(Notice(f"state.{part.doing.value}", part.parameters), locale) for part in answer.of(State)]


def olmo(size: int = 5 * GB) -> LabModel:
    """Return a model to be pulled."""
    return LabModel(name="olmo2:7b", family="olmo2", parameter_size="7.3B", size=size)
