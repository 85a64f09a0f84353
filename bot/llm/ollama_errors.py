"""What went wrong with an Ollama host, in our own errors. The table is docs/reference/errors.md.

Decided by status, error type and kind of exception, never by the text of a message: texts change between versions.
What fails at once and may pass within seconds is `Transient`; what was waited for in vain is not.
"""

from __future__ import annotations

from http import HTTPStatus

import httpx

from bot.errors import BotError, ModelMissing, PromptTooLong, Transient, Unavailable, UserError
from bot.llm.ollama_wire import Refusal, count_in

BUSY = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
UNFIT = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_IMPLEMENTED)
UNREACHABLE = (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class BrokenOff(Exception):
    """The stream ended before it said that the answer is done."""


FAILURES = (Refusal, BrokenOff, OSError, httpx.HTTPError, ValueError)  # OSError: refused connections and timeouts


def chat_error(failure: Exception, *, host: str, model: str) -> BotError:
    """Return what a failed chat means to the person who asked."""
    match failure:
        case Refusal(is_redirect=True):
            return Unavailable("error.host_redirects", host=host)
        case Refusal():
            return _refused(failure, host=host, model=model)
        case ValueError():
            return Unavailable("error.host_odd", host=host)
        case _ if isinstance(failure, UNREACHABLE):
            return Transient("error.host_unreachable", host=host)
        case TimeoutError() | httpx.TimeoutException():
            return Unavailable("error.host_silent", host=host, model=model)
        case _:
            return Transient("error.stream_broken", host=host, model=model)


def listing_error(failure: Exception, *, host: str) -> BotError:
    """Return what it means that a host does not tell which models it has."""
    match failure:
        case Refusal(is_redirect=True):
            return Unavailable("error.host_redirects", host=host)
        case Refusal() if failure.status in BUSY:
            return Transient("error.host_busy", host=host)
        case Refusal() | ValueError():
            return Unavailable("error.host_odd", host=host)
        case TimeoutError() | httpx.TimeoutException() if not isinstance(failure, UNREACHABLE):
            return Unavailable("error.host_unreachable", host=host)  # waited for long enough already
        case _:
            return Transient("error.host_unreachable", host=host)


def is_of_host(failure: Exception) -> bool:
    """Whether a failure says something of the host, whichever model it was asked about."""
    if isinstance(failure, Refusal):
        return failure.is_redirect or failure.status in BUSY
    return isinstance(failure, UNREACHABLE)


def _refused(refusal: Refusal, *, host: str, model: str) -> BotError:
    if (too_long := _too_long(refusal)) is not None:
        return too_long
    if refusal.error is not None and refusal.status == HTTPStatus.NOT_FOUND:
        return ModelMissing(model)
    if refusal.error is not None and refusal.status in UNFIT:
        return UserError("error.model_unfit", model=model)
    return _failed(refusal.status, host=host, model=model)


def _failed(status: int, *, host: str, model: str) -> Unavailable:
    if status == HTTPStatus.OK:  # told in mid-stream
        return Transient("error.stream_broken", host=host, model=model)
    if status in BUSY:
        return Transient("error.host_busy", host=host, model=model)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # a runner that crashed is started anew by the next request
        return Transient("error.host_failed", host=host, model=model)
    return Unavailable("error.host_odd", host=host, model=model)


def _too_long(refusal: Refusal) -> PromptTooLong | None:
    detail = refusal.detail
    if detail.get("type") != "exceed_context_size_error":
        return None
    return PromptTooLong(prompt_tokens=count_in(detail, "n_prompt_tokens"), context_tokens=count_in(detail, "n_ctx"))
