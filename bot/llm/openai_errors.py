"""What went wrong with an OpenAI-compatible engine, in our own errors. The table is docs/reference/errors.md.

Decided by status, type, parameter and numbers, never by the words of a message: each engine has its own.
"""

from __future__ import annotations

import re
from http import HTTPStatus

import aiohttp

from bot.errors import (
    BotError,
    ModelMissing,
    ModelUnfit,
    PromptTooLong,
    RequestTooLarge,
    Transient,
    Unavailable,
    UserError,
)
from bot.llm.host_json import Json, count_in, text_in
from bot.llm.house_network import OutsideError
from bot.llm.openai_wire import EngineRefusal
from bot.llm.stream_lines import BrokenOff

BUSY = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)
LOCKED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
GATEWAY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT, *range(520, 531))
UNREACHABLE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, ConnectionError)
OVERFLOW_TYPE = "exceed_context_size_error"
OVERFLOW_PARAMETERS = frozenset({"input_tokens", "max_tokens", "max_completion_tokens"})
# A path that is not there, said by llama.cpp; all others say it of a model.
NO_SUCH_PATH = "not_found_error"
KEY_WITHOUT_MODEL = "key_model_access_denied"
_NUMBER = re.compile(r"(?<![\w.])\d{3,9}(?![\w]|\.\d)")

ENGINE_FAILURES = (EngineRefusal, OutsideError, BrokenOff, OSError, aiohttp.ClientError, ValueError)


def chat_failure(failure: Exception, *, host: str, model: str, window: int | None = None) -> BotError:
    """Return what a failed chat means to the person who asked; `window` is what the model is known to read."""
    match failure:
        case EngineRefusal():
            return _refused(failure, host=host, model=model, window=window)
        case OutsideError():
            return UserError("error.engine_outside", host=host)
        case ValueError():
            return Unavailable("error.engine_odd", host=host)
        case _ if isinstance(failure, UNREACHABLE):
            return Transient("error.host_unreachable", host=host)
        case TimeoutError():
            return Unavailable("error.host_silent", host=host, model=model)
        case _:
            return Transient("error.stream_broken", host=host, model=model)


def list_failure(failure: Exception, *, host: str) -> BotError:
    """Return what it means that an engine does not tell which models it has."""
    match failure:
        case EngineRefusal():
            return _refused_list(failure, host=host)
        case OutsideError():
            return Unavailable("error.engine_outside", host=host)
        case ValueError():
            return Unavailable("error.engine_odd", host=host)
        case TimeoutError() if not isinstance(failure, UNREACHABLE):
            return Unavailable("error.host_unreachable", host=host)
        case _:
            return Transient("error.host_unreachable", host=host)


def is_too_long(refusal: EngineRefusal, *, window: int | None) -> bool:
    """Whether a refusal says that the prompt, or prompt and answer together, do not fit the window."""
    if refusal.status != HTTPStatus.BAD_REQUEST:
        return False
    detail = refusal.detail
    if text_in(detail, "type") == OVERFLOW_TYPE or text_in(detail, "param") in OVERFLOW_PARAMETERS:
        return True
    # The others name two numbers, of which one is the window and the other is larger.
    numbers = numbers_in(detail)
    return window is not None and window in numbers and max(numbers) > window


def numbers_in(detail: Json) -> list[int]:
    """Return the numbers that an error's message names and that may count tokens."""
    return [int(number) for number in _NUMBER.findall(text_in(detail, "message").replace(",", ""))]


def _refused_list(refusal: EngineRefusal, *, host: str) -> BotError:
    if refusal.status in GATEWAY:
        return Transient("error.host_gateway", host=host, status=int(refusal.status))
    if (said := _by_engine(refusal, host=host)) is not None:
        return said
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Transient("error.host_erring", host=host, status=int(refusal.status))
    return Unavailable("error.engine_odd", host=host)


def _refused(refusal: EngineRefusal, *, host: str, model: str, window: int | None) -> BotError:
    if is_too_long(refusal, window=window):
        return _too_long(refusal.detail)
    match refusal.status:
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return RequestTooLarge(host=host)
        case HTTPStatus.OK:  # told in mid-stream
            return Transient("error.stream_broken", host=host, model=model)
        case status if status in GATEWAY:
            return Transient("error.host_gateway", host=host, status=int(status))
    if text_in(refusal.detail, "type") == KEY_WITHOUT_MODEL:
        return UserError("error.model_forbidden", host=host, model=model)
    return _by_engine(refusal, host=host) or _by_model(refusal, host=host, model=model)


def _by_engine(refusal: EngineRefusal, *, host: str) -> BotError | None:
    """Return what the engine, or what is in front of it, says of itself; None for anything else."""
    if refusal.is_redirect:
        return Unavailable("error.engine_redirects", host=host)
    if refusal.status in BUSY:
        return Transient("error.host_busy", host=host)
    if refusal.status in LOCKED:
        return Unavailable("error.engine_key", host=host, status=int(refusal.status))
    return None


def _by_model(refusal: EngineRefusal, *, host: str, model: str) -> BotError:
    status, said = refusal.status, refusal.detail
    if status == HTTPStatus.NOT_FOUND and said and text_in(said, "type") != NO_SUCH_PATH:
        return ModelMissing(model)
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_IMPLEMENTED} and said:
        return ModelUnfit(model)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Transient("error.host_failed", host=host, model=model, status=int(status))
    return Unavailable("error.engine_odd", host=host)


def _too_long(detail: Json) -> PromptTooLong:
    """Take the engine's own counts where it has fields for them: numbers in a message may be those of a cut prompt."""
    return PromptTooLong(prompt_tokens=count_in(detail, "n_prompt_tokens"), context_tokens=count_in(detail, "n_ctx"))
