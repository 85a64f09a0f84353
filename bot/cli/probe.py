"""`lyceum probe`: a model is asked what it makes of lessons, and what it earned is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice
from bot.domain.probes import ProbeResult
from bot.engine.catalog import Catalog
from bot.engine.generation import Writing
from bot.engine.probe_words import probe_rows
from bot.runtime.backends import choose_backend, choose_embedder
from bot.runtime.compose import answer_policy_of
from bot.runtime.lesson_index import retriever_of
from bot.runtime.model_probes import probe_book_of, probing_of
from bot.settings import Settings

Progress = Callable[[int, int], None]


async def probe_model(
    settings: Settings, model: str, *, host: str = "", progress: Progress, clock: Clock = SYSTEM_CLOCK
) -> ProbeResult:
    """Ask a model every question, and keep what it earned; `host` is asked in place of those that are set.

    Raises:
        UserError: the model is not installed, or does not chat.
        Unavailable: its host does not answer, or the database.
        ConfigurationError: the host's address cannot be one, or the database cannot be used as it is.
    """
    from bot.storage.database.open_database import open_database
    from bot.storage.lesson_store import SqlLessons
    from bot.storage.probe_store import SqlProbeLog

    settings = _on(settings, host) if host else settings
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await open_database(settings.storage.location))
        embedder = await choose_embedder(settings)
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        backend = (await choose_backend(settings, clock=clock)).backend
        stack.push_async_callback(backend.close)
        retriever = retriever_of(SqlLessons(database), embedder=embedder)
        book = probe_book_of(SqlProbeLog(database))
        card = await Catalog(backend=backend, clock=clock).require(model)
        probing = probing_of(backend, answer_policy_of(settings), retriever, embedder, clock)
        async with aclosing(probing.probe(card, Writing())) as done:
            async for count in done:
                progress(count, len(probing.asked.questions))
        result = probing.result(card)
        assert result is not None, "every question was asked"
        await book.keep(result)
    return result


def told(result: ProbeResult) -> list[Notice]:
    """Return a result as it is read in a terminal."""
    total = result.total
    return [Notice("probe.done", {"model": result.model, "total": total.asked + total.open}), *probe_rows(result)]


def as_json(result: ProbeResult) -> str:
    """Return a result for machines."""
    languages = {
        language: {**asdict(tally), "words": tally.may_word, "known": not tally.is_noise}
        for language, tally in result.tallies.items()
    }
    about = {"model": result.model, "digest": result.key, "server": result.server, "edition": result.edition}
    return json.dumps({**about, "probed_at": result.probed_at.isoformat(), "languages": languages}, ensure_ascii=False)


def _on(settings: Settings, host: str) -> Settings:
    """Return the settings with one host, chosen by whoever calls."""
    ollama = type(settings.ollama)(hosts=(host,))
    return settings.model_copy(
        update={"ollama": settings.ollama.model_copy(update={"hosts": ollama.hosts}), "engines": {}}
    )
