"""Looks at the engines with OpenAI's API that the settings name: each one's list, its key, its models' windows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from bot.clock import Clock
from bot.domain import ChatRequest, ModelCard, Notice, PromptMessage, Role, Think
from bot.domain.check_result import CheckResult, problem, remark, well
from bot.errors import BotError, Transient
from bot.llm.openai_engine import EngineBackend
from bot.runtime.engines import engine_backends
from bot.settings import Settings

LIST_S, TOKEN_S = 4.0, 6.0
ENGINE, WINDOWS, REMOTE = "engines.host", "engines.windows", "engines.remote"
HELLO = (PromptMessage(Role.USER, "Hi"),)


async def check_engines(settings: Settings, clock: Clock) -> Sequence[CheckResult]:
    """Look at every engine, all at once."""
    backends = engine_backends(settings, clock=clock)
    try:
        found = await asyncio.gather(*map(_engine, backends))
    finally:
        for backend in backends:
            await backend.close()
    return [result for results in found for result in results]


async def _engine(backend: EngineBackend) -> Sequence[CheckResult]:
    try:
        async with asyncio.timeout(LIST_S):
            cards = await backend.models()
    except (TimeoutError, BotError) as error:
        told = error if isinstance(error, BotError) else BotError("error.host_unreachable", host=backend.host)
        return [_refused(backend, told)]
    chatting = [card for card in cards if card.can_chat]
    if not chatting and not any(card.is_barred for card in cards):
        return [problem(ENGINE, "engine_empty", shows="no_answers", host=backend.host)]
    # Some list their models to anybody: only an answer proves a key.
    if (refusal := await _key_refused(backend, chatting)) is not None:
        return [_refused(backend, refusal)]
    names = ", ".join(card.name for card in chatting)
    return [well(ENGINE, "engine", host=backend.host, models=names or "-"), *_worth_knowing(backend, cards)]


def _worth_knowing(backend: EngineBackend, cards: Sequence[ModelCard]) -> Sequence[CheckResult]:
    found = []
    if unknown := [card.name for card in cards if card.can_chat and card.context_tokens is None]:
        found.append(remark(WINDOWS, "engine_windows", host=backend.host, models=", ".join(unknown)))
    if barred := [card.name for card in cards if card.is_barred]:
        found.append(remark(REMOTE, "engine_barred", host=backend.host, models=", ".join(barred)))
    if remote := [card.name for card in cards if card.is_remote and card.can_chat]:
        found.append(remark(REMOTE, "engine_remote", host=backend.host, models=", ".join(remote)))
    return found


def _refused(backend: EngineBackend, error: BotError) -> CheckResult:
    reason = Notice(error.key, {**error.parameters, "host": backend.host})
    return problem(ENGINE, "engine_refused", shows="no_answers", host=backend.host, reason=reason)


async def _key_refused(backend: EngineBackend, cards: Sequence[ModelCard]) -> BotError | None:
    """Ask what is in memory, and in the house, for one token; a slow or busy model is no wrong key."""
    asked = next((card for card in cards if card.is_loaded and not card.is_remote), None)
    if asked is None:
        return None
    request = ChatRequest(model=asked.name, prompt=HELLO, context_tokens=512, answer_tokens=1, think=Think.OFF)
    try:
        async with asyncio.timeout(TOKEN_S), aclosing(backend.chat(request)) as events:
            async for _ in events:
                return None
    except TimeoutError:
        return None
    except BotError as error:
        return None if isinstance(error, Transient) else error
    return None
