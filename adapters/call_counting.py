"""Counting the calls of a platform's API where they end: at the connection, whoever made them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp
from yarl import URL

from bot.ports import Meter

CallName = Callable[[str, URL], str]
"""Names a call by its HTTP method and its address: few names, with no ids and no secrets in them."""


def counted(trace: aiohttp.TraceConfig, meter: Meter, platform: str, call_name: CallName) -> aiohttp.TraceConfig:
    """Have the meter count every call of the sessions that a trace is of; return the trace."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
        name = call_name(end.method, end.url)
        meter.platform_called(platform=platform, call=name, outcome=outcome_of(end.response.status))

    async def lost(_: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestExceptionParams) -> None:
        meter.platform_called(platform=platform, call=call_name(end.method, end.url), outcome="lost")

    trace.on_request_end.append(ended)
    trace.on_request_exception.append(lost)
    return trace


def outcome_of(status: int) -> str:
    """Return what became of a call, by its HTTP status."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "limited"
    if status < HTTPStatus.BAD_REQUEST:
        return "ok"
    return "refused" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"
