"""Ollama's HTTP: requests out, typed answers and lines of JSON back. What they mean is not known here.

`ollama.AsyncClient.chat` (0.6.3) cannot ask for what we need: it has no `truncate`, so that an over-long prompt would
be cut in silence, and it splits the stream with `str.splitlines`, which tears a chunk apart at a character such as
U+0085. So its client is extended by the two calls below; address, headers, API key and answer types stay its own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeVar

import httpx
from ollama import AsyncClient
from pydantic import BaseModel

Answer = TypeVar("Answer", bound=BaseModel)

KEPT_CONNECTIONS = 32
REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)


class Refusal(Exception):
    """The host answered with an error: `error` is its text, None where it is not in Ollama's shape."""

    def __init__(self, status: int, error: str | None) -> None:
        super().__init__(status)
        self.status = status
        self.error = error

    @property
    def is_redirect(self) -> bool:
        """Whether it answered that something else should be asked."""
        return self.status in REDIRECTS

    @property
    def detail(self) -> Mapping[str, object]:
        """The runner's own error, which comes as a string of JSON inside the error's text; empty without one."""
        inner = _json(self.error or "")
        detail = inner.get("error") if isinstance(inner, dict) else None
        return detail if isinstance(detail, dict) else {}


class Client(AsyncClient):
    """One host. Every wait is bounded: `connect_s`, `first_byte_s` (queue, load, prompt), `stall_s` between bytes."""

    _client: httpx.AsyncClient

    def __init__(self, *, host: str, connect_s: float, first_byte_s: float, stall_s: float) -> None:
        # As many connections as chats: the bound on these is the engine's line, not a pool that waits in silence.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=KEPT_CONNECTIONS)
        timeout = httpx.Timeout(stall_s, connect=connect_s)
        # What people write goes to the host somebody named, and to no other that an answer of it names.
        super().__init__(host, follow_redirects=False, timeout=timeout, limits=limits)
        self._first_byte = httpx.Timeout(stall_s, connect=connect_s, read=first_byte_s)
        self._stall_s = stall_s

    @property
    def address(self) -> str:
        """The host's address; the parsing has left out a user's name and password."""
        return str(self._client.base_url).rstrip("/")

    async def close(self) -> None:
        """Close the connections. May be called again."""
        await self._client.aclose()

    async def ask(
        self, shape: type[Answer], method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Answer:
        """Send one request and return its answer.

        Raises:
            Refusal: an error status.
            httpx.HTTPError: no answer.
            ValueError: an answer of another shape.
        """
        response = await self._client.request(method, path, json=body)
        if response.status_code != httpx.codes.OK:
            raise Refusal(response.status_code, error_of(response.content))
        return shape.model_validate_json(response.content)

    async def lines(self, path: str, body: Mapping[str, object]) -> AsyncGenerator[list[bytes]]:
        """Send one request and yield the lines of its answer, as many at a time as have come.

        Raises as `ask` does.
        """
        async with self._opened(path, body) as response:
            if response.status_code != httpx.codes.OK:
                raise Refusal(response.status_code, error_of(await response.aread()))
            rest = b""
            async for chunk in response.aiter_bytes():
                *lines, rest = (rest + chunk).split(b"\n")
                if lines:
                    yield lines
            if rest:
                yield [rest]

    @asynccontextmanager
    async def _opened(self, path: str, body: Mapping[str, object]) -> AsyncGenerator[httpx.Response]:
        request = self._client.build_request("POST", path, json=body, timeout=self._first_byte)
        response = await self._client.send(request, stream=True)
        # The transport takes the bound of each read from here; a timer of our own around each costs 5 µs a token.
        request.extensions["timeout"]["read"] = self._stall_s
        try:
            yield response
        finally:
            await response.aclose()


def to_keep_alive(value: str) -> str | int | float:
    """Write a keep_alive: the server reads a number as seconds, and refuses a string of digits for want of a unit."""
    try:
        seconds = float(value)
    except ValueError:
        return value
    return int(seconds) if seconds.is_integer() else seconds


def error_of(body: bytes) -> str | None:
    """Return the text of an error in Ollama's shape, {"error": "…"}; None for anything else."""
    answer = _json(body)
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, str) else None


def _json(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
