"""Ollama's HTTP: requests out, JSON and lines of it back. What they mean is not known here.

`ollama.AsyncClient.chat` (0.6.3) cannot ask for what we need: it has no `truncate`, so that an over-long prompt would
be cut in silence, and it splits the stream with `str.splitlines`, which tears a chunk apart at a character such as
U+0085. So its client is extended by the two calls below; address, headers and API key stay its own. What comes back
is read here and not by its types, which let one odd figure spoil a whole list. All of it has a bound.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus

import httpx
from ollama import AsyncClient

from bot.llm.client_environment import UNPROXIED
from bot.llm.host_json import Json, error_of, object_in, object_of
from bot.llm.stream_lines import Lines

KEPT_CONNECTIONS = 32
MOST_ANSWER_BYTES = 32 * 2**20  # a batch of embeddings takes a few MB
REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)


class Refusal(Exception):
    """The host answered with an error: `error` is what it says, a text where it is in Ollama's shape."""

    def __init__(self, status: int, error: object) -> None:
        super().__init__(status)
        self.status = status
        self.error = error

    @property
    def is_ollamas(self) -> bool:
        """Whether it has the shape of Ollama's own errors."""
        return isinstance(self.error, str)

    @property
    def is_redirect(self) -> bool:
        """Whether it answered that something else should be asked."""
        return self.status in REDIRECTS

    @property
    def detail(self) -> Json:
        """The runner's own error, which mostly comes as a string of JSON inside the error's text; empty without one."""
        if not isinstance(self.error, str):
            return object_in({"error": self.error}, "error")
        try:
            return object_in(object_of(self.error), "error")
        except ValueError:
            return {}


def _certificates() -> ssl.SSLContext:
    """Return what certificates of hosts are checked against, as the environment says."""
    return _certificates_of(*(os.environ.get(name, "") for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")))


@cache
def _certificates_of(*_: str) -> ssl.SSLContext:
    """For all hosts the same, as reading it takes 20 ms."""
    return httpx.create_ssl_context()


class OllamaClient(AsyncClient):
    """One host. Every wait is bounded: `connect_s`, `first_byte_s` (queue, load, prompt), `stall_s` between bytes."""

    _client: httpx.AsyncClient

    def __init__(self, *, host: str, connect_s: float, first_byte_s: float, stall_s: float) -> None:
        # As many connections as chats: the bound on these is the engine's line, not a pool that waits in silence.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=KEPT_CONNECTIONS)
        timeout = httpx.Timeout(stall_s, connect=connect_s)
        unproxied = {f"all://{f'[{name}]' if ':' in name else name}": None for name in UNPROXIED}
        # What people write goes to the host somebody named, and to no other that an answer of it names.
        super().__init__(
            host,
            follow_redirects=False,
            timeout=timeout,
            limits=limits,
            mounts=unproxied,
            verify=_certificates(),
        )
        self._first_byte = httpx.Timeout(stall_s, connect=connect_s, read=first_byte_s)
        self._stall_s = stall_s

    @property
    def address(self) -> str:
        """The host's address; the parsing has left out a user's name and password."""
        return str(self._client.base_url).rstrip("/")

    async def close(self) -> None:
        """Close the connections. May be called again."""
        await self._client.aclose()

    async def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """Send one request and return its answer, a JSON object.

        Raises:
            Refusal: an error status.
            OSError, httpx.HTTPError: no answer, or none within `stall_s`.
            ValueError: an answer of another shape, no HTTP, or over `MOST_ANSWER_BYTES`.
        """
        async with asyncio.timeout(self._stall_s), self._opened(method, path, body) as response:
            raw = await _whole(response)
        if response.status_code != httpx.codes.OK:
            raise Refusal(response.status_code, error_of(raw))
        return object_of(raw)

    async def tell(self, method: str, path: str, body: Json | None = None) -> None:
        """Send one request whose answer says nothing beside its status.

        Raises as `ask` does.
        """
        async with asyncio.timeout(self._stall_s), self._opened(method, path, body) as response:
            raw = await _whole(response)
        if response.status_code != httpx.codes.OK:
            raise Refusal(response.status_code, error_of(raw))

    async def put(self, path: str, pieces: AsyncGenerator[bytes], *, wait_s: float) -> None:
        """Send the pieces of a file; its taker may be silent for `wait_s` when it has all of them.

        Raises as `ask` does.
        """
        wait = httpx.Timeout(self._stall_s, connect=self._client.timeout.connect, read=wait_s)
        async with self._opened("POST", path, None, content=pieces, wait=wait) as response:
            raw = await _whole(response)
        if response.status_code not in {httpx.codes.OK, httpx.codes.CREATED}:
            raise Refusal(response.status_code, error_of(raw))

    async def lines(self, path: str, body: Json) -> AsyncGenerator[list[bytes]]:
        """Send one request and yield the lines of its answer, as many at a time as have come; none for a part of one.

        Raises as `ask` does, though `stall_s` is between two pieces, and `first_byte_s` before the first; `BrokenOff`
        where the answer ends in the middle of a line.
        """
        async with self._opened("POST", path, body, wait=self._first_byte) as response:
            if response.status_code != httpx.codes.OK:
                async with asyncio.timeout(self._stall_s):
                    raise Refusal(response.status_code, error_of(await _whole(response)))
            lines = Lines()
            async for piece in response.aiter_bytes():
                yield lines.cut(piece)
            yield lines.rest()

    @asynccontextmanager
    async def _opened(
        self,
        method: str,
        path: str,
        body: Json | None,
        *,
        content: AsyncGenerator[bytes] | None = None,
        wait: httpx.Timeout | None = None,
    ) -> AsyncGenerator[httpx.Response]:
        request = self._client.build_request(
            method, path, json=body, content=content, timeout=wait or self._client.timeout
        )
        try:
            response = await self._client.send(request, stream=True)
        except httpx.RemoteProtocolError as error:
            raise (ValueError if _came_in_vain(error) else ConnectionError)("no answer in HTTP") from error
        except (httpx.ReadError, httpx.WriteError) as error:
            raise ConnectionError("no answer") from error
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


def _came_in_vain(error: httpx.RemoteProtocolError) -> bool:
    """Whether something came that is no HTTP, at which its parser failed; else the host hung up without a word."""
    reported = error.__cause__
    return reported is not None and reported.__context__ is not None


async def _whole(response: httpx.Response) -> bytes:
    raw = bytearray()
    async for piece in response.aiter_bytes():
        raw += piece
        if len(raw) > MOST_ANSWER_BYTES:
            raise ValueError("no answer is this long")
    return bytes(raw)
