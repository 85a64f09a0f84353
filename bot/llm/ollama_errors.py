"""What went wrong with an Ollama host, in our own errors. The table is docs/reference/errors.md.

Decided by status, error type and kind of exception, never by the text of a message: texts change between versions.
Whether a refusal has Ollama's shape tells who refuses: with it, Ollama a model; without, the host or what is before it.
What fails at once and may pass within seconds is `Transient`; what was waited for in vain is not.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

import httpx

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
from bot.llm.host_json import count_in
from bot.llm.ollama_wire import BrokenOff, Refusal

BUSY = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
UNFIT = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_IMPLEMENTED)
LOCKED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
GATEWAY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT, *range(520, 531))  # those from 520 are Cloudflare's
UNREACHABLE = (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
# Said of a model, most of all by the machine elsewhere that the host passes its chats on to.
OF_MODEL: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: "error.model_key",
        HTTPStatus.PAYMENT_REQUIRED: "error.model_plan",
        HTTPStatus.FORBIDDEN: "error.model_forbidden",
        HTTPStatus.GONE: "error.model_retired",
    }
)


FAILURES = (Refusal, BrokenOff, OSError, httpx.HTTPError, ValueError)  # OSError: refused connections and timeouts


def chat_error(failure: Exception, *, host: str, model: str) -> BotError:
    """Return what a failed chat means to the person who asked."""
    match failure:
        case Refusal():
            return _refused(failure, host=host, model=model)
        case _ if _is_of_tls(failure):
            return Unavailable("error.host_tls", host=host)
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
        case Refusal():
            return _by_host(failure, host=host) or _erring(failure, host=host)
        case _ if _is_of_tls(failure):
            return Unavailable("error.host_tls", host=host)
        case ValueError():
            return Unavailable("error.host_odd", host=host)
        case TimeoutError() | httpx.TimeoutException() if not isinstance(failure, UNREACHABLE):
            return Unavailable("error.host_unreachable", host=host)  # waited for long enough already
        case _:
            return Transient("error.host_unreachable", host=host)


def is_of_host(failure: Exception) -> bool:
    """Whether a failure says something of the host, whichever model it was asked about."""
    if isinstance(failure, Refusal):
        return failure.is_redirect or failure.status in BUSY or (not failure.is_ollamas and failure.status in LOCKED)
    return isinstance(failure, UNREACHABLE)


def _is_of_tls(failure: BaseException | None) -> bool:
    """Whether a connection failed for want of security: no certificate to trust, or no TLS at all."""
    while failure is not None and not isinstance(failure, ssl.SSLError):
        failure = failure.__cause__ or failure.__context__  # the connection pool raises "from None"
    return failure is not None


def _refused(refusal: Refusal, *, host: str, model: str) -> BotError:
    if (too_long := _too_long(refusal, host=host)) is not None:
        return too_long
    if refusal.status == HTTPStatus.OK:  # told in mid-stream
        return Transient("error.stream_broken", host=host, model=model)
    if refusal.is_redirect or not refusal.is_ollamas or refusal.status in BUSY:
        return _by_host(refusal, host=host) or _failed(refusal.status, host=host, model=model)
    return _by_model(refusal.status, host=host, model=model)


def _by_host(refusal: Refusal, *, host: str) -> BotError | None:
    """Return what the host, or what is in front of it, says of itself; None for anything else."""
    if refusal.is_redirect:
        return Unavailable("error.host_redirects", host=host)
    if refusal.status in BUSY:
        return Transient("error.host_busy", host=host)
    if refusal.status in LOCKED:
        return Unavailable("error.host_refuses", host=host, status=int(refusal.status))
    if refusal.status in GATEWAY and not refusal.is_ollamas:
        return Transient("error.host_gateway", host=host, status=int(refusal.status))
    return None


def _by_model(status: int, *, host: str, model: str) -> BotError:
    """Return what Ollama says of a model."""
    if status == HTTPStatus.NOT_FOUND:
        return ModelMissing(model)
    if status in OF_MODEL:
        return UserError(OF_MODEL[status], host=host, model=model)
    if status in UNFIT:
        return ModelUnfit(model)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(status, host=host, model=model)
    return UserError("error.model_refused", host=host, model=model, status=int(status))


def _failed(status: int, *, host: str, model: str) -> BotError:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # a runner that crashed is started anew by the next request
        return Transient("error.host_failed", host=host, model=model, status=int(status))
    return Unavailable("error.host_odd", host=host, model=model)


def _erring(refusal: Refusal, *, host: str) -> BotError:
    """Return what it means that the list itself is refused: by Ollama, or by something else at its address."""
    if not refusal.is_ollamas or refusal.status == HTTPStatus.NOT_FOUND:
        return Unavailable("error.host_odd", host=host)
    kind = Transient if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR else Unavailable
    return kind("error.host_erring", host=host, status=int(refusal.status))


def _too_long(refusal: Refusal, *, host: str) -> PromptTooLong | None:
    if refusal.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return RequestTooLarge(host=host)
    detail = refusal.detail
    if detail.get("type") != "exceed_context_size_error":
        return None
    return PromptTooLong(prompt_tokens=count_in(detail, "n_prompt_tokens"), context_tokens=count_in(detail, "n_ctx"))
