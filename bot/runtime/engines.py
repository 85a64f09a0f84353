"""The engines that the settings name, as model backends."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clock import Clock
from bot.llm.openai_cards import Windows
from bot.llm.openai_engine import EngineBackend
from bot.settings import Settings


def engine_backends(settings: Settings, *, clock: Clock) -> Sequence[EngineBackend]:
    """Make one backend for each engine. Nothing is asked."""
    return [
        EngineBackend(
            url=engine.url,
            key=engine.key.get_secret_value() if engine.key else "",
            windows=Windows(engine.context_tokens, engine.by_model),
            may_leave=settings.model.allow_remote,
            first_byte_s=settings.ollama.first_byte_s,
            stall_s=settings.ollama.stall_s,
            clock=clock,
        )
        for engine in settings.engines.values()
    ]
