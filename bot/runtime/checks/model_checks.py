"""Looks at what answers: the host, its models, the default, one token of it, and whether a cloud may be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from http import HTTPStatus

import aiohttp

from bot.clock import Clock
from bot.domain import ChatRequest, Completion, Delta, ModelCard, Notice, PromptMessage, Role, Thought
from bot.domain.check_result import CheckResult, CheckState, problem, remark, told, well
from bot.engine.catalog import tidy_name
from bot.errors import BotError
from bot.ports import ModelBackend
from bot.runtime.backends import ChosenBackend, choose_backend
from bot.runtime.compose import answer_policy_of
from bot.settings import Settings

HOST, MODELS, DEFAULT, TOKEN = "models.host", "models.installed", "models.default", "models.answer"
FIRST_TOKEN_S = 6.0
ASK_S = 3.0
HELLO = (PromptMessage(Role.USER, "Hi"),)


async def check_models(settings: Settings, clock: Clock) -> Sequence[CheckResult]:
    """Look at the host that would answer."""
    try:
        chosen = await choose_backend(settings, clock=clock)
    except BotError as error:
        if error.key == "error.environment_proxy":
            return []  # told where the machine is looked at
        return [told(HOST, Notice(error.key, error.parameters), shows="no_start")]
    try:
        # Of engines `engine_checks` tells.
        hosts = [host for host in chosen.hosts if host in settings.ollama.hosts]
        if not chosen.answers:
            return [await _silent(chosen)] if hosts or not settings.engines else []
        found = [*_installed(chosen), *_default(settings.model.default, chosen.cards)]
        leaves = settings.model.allow_remote
        checks = [_answers(settings, chosen), *(_host(host, chosen.cards, may_leave=leaves) for host in hosts)]
        return [*found, *(result for results in await asyncio.gather(*checks) for result in results)]
    finally:
        await chosen.backend.close()


async def _silent(chosen: ChosenBackend) -> CheckResult:
    if await _speaks_openai(chosen.backend.host):
        return problem(HOST, "host_openai", shows="no_answers", host=chosen.backend.host)
    return told(HOST, chosen.statement, shows="no_answers")


def _installed(chosen: ChosenBackend) -> Iterator[CheckResult]:
    names = [card.name for card in chosen.cards if card.can_chat]
    if not names:
        yield told(HOST, chosen.statement, shows="no_answers")
        return
    yield CheckResult(HOST, CheckState.WELL, chosen.statement)
    yield CheckResult(MODELS, CheckState.WELL, Notice("doctor.models", {"models": ", ".join(names)}))
    for card in chosen.cards:
        if card.is_unreadable:
            yield told(MODELS, Notice("doctor.unreadable", {"model": card.name}), shows="model_hidden", model=card.name)


def _default(name: str, cards: Sequence[ModelCard]) -> Iterator[CheckResult]:
    by_name = {tidy_name(card.name): card for card in cards}
    if not name or not cards:
        return
    card = by_name.get(tidy_name(name))
    if card is None:
        missing = Notice("doctor.default_missing", {"model": name})
        yield told(DEFAULT, missing, shows="another_model")
    elif card.is_unreadable:
        return
    elif card.is_barred:
        yield problem(DEFAULT, "default_barred", shows="another_model", model=name)
    elif not card.can_chat:
        yield problem(DEFAULT, "default_cannot_chat", shows="another_model", model=name)
    else:
        yield CheckResult(DEFAULT, CheckState.WELL, Notice("doctor.default", {"model": name}))


async def _answers(settings: Settings, chosen: ChosenBackend) -> Sequence[CheckResult]:
    """Ask for one token of the model that answers where nobody chose one."""
    model = _asked(settings, chosen.cards)
    if not model:
        return []
    card = next(each for each in chosen.cards if each.name == model)
    # The window that answers are asked with: another one would load the model anew, and take it from who uses it.
    window = answer_policy_of(settings).context_of(card)
    request = ChatRequest(model=model, prompt=HELLO, context_tokens=window, answer_tokens=1)
    asking = asyncio.create_task(_one_token(chosen.backend, request), name="one token")
    try:
        await asyncio.wait([asking], timeout=FIRST_TOKEN_S)
        # Looked at while it is waited for: a host gives up loading with the request.
        return [_answered(asking, model) if asking.done() else await _late(chosen, model)]
    finally:
        asking.cancel()
        await asyncio.wait([asking])


def _answered(asking: asyncio.Task[None], model: str) -> CheckResult:
    error = asking.exception()
    if isinstance(error, BotError):
        return problem(TOKEN, "no_token", shows="no_answers", model=model, reason=Notice(error.key, error.parameters))
    asking.result()
    return well(TOKEN, "token", model=model)


def _asked(settings: Settings, cards: Sequence[ModelCard]) -> str:
    """Return the default model where it is there, else the smallest of the host's own that chats."""
    chatting = [card for card in cards if card.can_chat]
    named = [card.name for card in chatting if tidy_name(card.name) == tidy_name(settings.model.default or "-")]
    own = sorted((card for card in chatting if not card.is_remote), key=lambda card: card.size_bytes)
    return named[0] if named else own[0].name if own else ""


async def _one_token(backend: ModelBackend, request: ChatRequest) -> None:
    async with aclosing(backend.chat(request)) as events:
        async for event in events:
            if isinstance(event, Delta | Thought | Completion):
                return


async def _late(chosen: ChosenBackend, model: str) -> CheckResult:
    """A model that is being loaded takes its time; one that is in memory, or not even being loaded, should not."""
    seconds = round(FIRST_TOKEN_S)
    try:
        async with asyncio.timeout(ASK_S):
            is_loading = await _is_loading(chosen.hosts, model)
    except (TimeoutError, BotError):
        is_loading = False
    if is_loading:
        return remark(TOKEN, "token_loading", model=model, seconds=seconds)
    return problem(TOKEN, "token_late", shows="no_answers", model=model, seconds=seconds)


async def _is_loading(hosts: Sequence[str], model: str) -> bool:
    from bot.llm.ollama_checkup import is_loading

    found = await asyncio.gather(*(is_loading(host, model) for host in hosts), return_exceptions=True)
    return any(each is True for each in found)


async def _host(host: str, cards: Sequence[ModelCard], *, may_leave: bool) -> Sequence[CheckResult]:
    """Look at one host. Of several, each is named, since each may be of another version."""
    from bot.llm.ollama_checkup import host_state

    try:
        state = await host_state(host)
    except BotError as error:
        if error.key == "error.host_unreachable":
            return [told(HOST, Notice("host.silent", {"host": host}), shows="host_missing", host=host)]
        return [problem("models.version", "host_no_version", shows="unsure", host=host)]
    if not state.version:
        return [problem("models.version", "host_no_version", shows="unsure", host=host)]
    own = [card for card in cards if not card.hosts or host in card.hosts]
    key = "hosts_version" if any(card.hosts for card in cards) else "host_version"
    found = [well("models.version", key, version=state.version, host=host)]
    if remote := [card.name for card in own if card.is_remote and (card.can_chat or card.is_barred)]:
        key = "host_remote" if may_leave else "host_barred"
        found.append(remark("models.cloud", key, models=", ".join(remote)))
    elif state.may_use_cloud and may_leave:
        found.append(remark("models.cloud", "host_cloud"))
    elif state.may_use_cloud:
        found.append(well("models.cloud", "host_cloud_unused"))
    elif state.may_use_cloud is False:
        found.append(well("models.cloud", "host_no_cloud"))
    return found


async def _speaks_openai(host: str) -> bool:
    """Whether what answers at the address is an engine with OpenAI's API, which lists its models so."""
    timeout = aiohttp.ClientTimeout(total=ASK_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{host}/v1/models") as response:
            listed = await response.json(content_type=None) if response.status == HTTPStatus.OK else None
    except (aiohttp.ClientError, OSError, ValueError):
        return False
    return isinstance(listed, dict) and isinstance(listed.get("data"), list)
