"""An OpenAI-compatible engine's HTTP: requests out, JSON and server-sent events back. What they mean is not known here.

Spoken with aiohttp and not with the SDK of `openai`: see docs/decisions/0018-engines.md.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver

from bot.llm.host_json import Json, object_of, text_in
from bot.llm.house_network import HouseResolver, Whereabouts, ip_in, is_in_house
from bot.llm.stream_lines import Lines

MOST_LIST_BYTES = 8 * 2**20  # a router's list carries the command line of each model
VERSION_PATH = "/v1"
DONE = b"[DONE]"
REDIRECTS = range(300, 400)
_DATA = b"data:"
# Fields of server-sent events that say nothing of an answer.
_SILENT_FIELDS = (b"event:", b"id:", b"retry:")


class EngineRefusal(Exception):
    """The engine answered with an error; `detail` is what it says of it, empty where it is in no engine's shape."""

    def __init__(self, status: int, detail: Json) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail

    @property
    def is_redirect(self) -> bool:
        """Whether it answered that something else should be asked."""
        return self.status in REDIRECTS


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """An answer that is an object, and its headers, by lower-case names."""

    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class EventStream:
    """An answer that is a stream: its headers are there before its events."""

    headers: Mapping[str, str]
    batches: AsyncGenerator[list[bytes]]


class EngineClient:
    """One engine. Every wait is bounded: `connect_s`, `first_byte_s` (queue, load, prompt), `stall_s` between bytes."""

    def __init__(
        self,
        *,
        url: str,
        key: str = "",
        may_leave: bool = False,
        connect_s: float,
        first_byte_s: float,
        stall_s: float,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Take the engine's address with or without `/v1` at its end; `may_leave`: it may be outside the house."""
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        root = path.removesuffix(VERSION_PATH)
        self._host = parts.hostname or ""
        self.address = urlunsplit((parts.scheme, parts.netloc, root, "", ""))
        self.whereabouts = Whereabouts(may_leave)
        self._key = key
        self._given_resolver = resolver
        self._wait = aiohttp.ClientTimeout(total=stall_s, sock_connect=connect_s)
        self._first_byte_s, self._stall_s = first_byte_s, stall_s
        self._stream_wait = aiohttp.ClientTimeout(total=None, sock_connect=connect_s, sock_read=first_byte_s)
        self._session: aiohttp.ClientSession | None = None

    @property
    def _resolver(self) -> AbstractResolver:
        """What resolves names; the system's is made where the loop runs."""
        if self._given_resolver is None:
            self._given_resolver = ThreadedResolver()
        return self._given_resolver

    async def close(self) -> None:
        """Close the connections. May be called again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def ask(self, method: str, path: str, body: Json | None = None) -> EngineAnswer:
        """Send one request and return its answer, a JSON object.

        Raises:
            OutsideError: the engine is outside the house, and may not be; nothing was sent.
            EngineRefusal: an error status.
            OSError, aiohttp.ClientError: no answer, or none within `stall_s`.
            ValueError: an answer of another shape or over `MOST_LIST_BYTES`.
        """
        async with self._opened(method, path, body, self._wait) as response:
            raw = await _whole(response)
        if response.status != HTTPStatus.OK:
            raise EngineRefusal(response.status, error_in(raw))
        return EngineAnswer(object_of(raw), _headers(response))

    async def text(self, path: str) -> bytes:
        """Return what a path reads, whatever it is; raises as `ask`."""
        async with self._opened("GET", path, None, self._wait) as response:
            raw = await _whole(response)
        if response.status != HTTPStatus.OK:
            raise EngineRefusal(response.status, {})
        return raw

    async def send(self, path: str, form: aiohttp.FormData) -> EngineAnswer:
        """Send a form and return its answer. Raises as `ask` does, though `first_byte_s` is before the first byte."""
        async with self._opened("POST", path, form, self._stream_wait) as response:
            async with asyncio.timeout(self._stall_s):
                raw = await _whole(response)
        if response.status != HTTPStatus.OK:
            raise EngineRefusal(response.status, error_in(raw))
        return EngineAnswer(object_of(raw), _headers(response))

    @asynccontextmanager
    async def stream(self, path: str, body: Json) -> AsyncGenerator[EventStream]:
        """Send one request and give the events of its answer: the data of each, as many at a time as have come.

        Raises as `ask` does, though `stall_s` is between two pieces, and `first_byte_s` before the first event. A batch
        is empty where only signs of life came.
        """
        async with self._opened("POST", path, body, self._stream_wait) as response:
            if response.status != HTTPStatus.OK:
                async with asyncio.timeout(self._stall_s):
                    raise EngineRefusal(response.status, error_in(await _whole(response)))
            batches = self._batches(response)
            try:
                yield EventStream(_headers(response), batches)
            finally:
                await batches.aclose()

    async def _batches(self, response: aiohttp.ClientResponse) -> AsyncGenerator[list[bytes]]:
        lines, wait_s = Lines(), self._first_byte_s
        while True:
            async with asyncio.timeout(wait_s):
                piece = await response.content.readany()
            if not piece:
                break
            if data := data_in(lines.cut(piece)):
                wait_s = self._stall_s
            yield data
        yield data_in(lines.rest())

    async def is_base_in_house(self, base: str) -> bool:
        """Tell whether an address that the engine names is in the house; one that nobody can resolve is not."""
        try:
            host = urlsplit(base if "://" in base else f"//{base}").hostname or ""
        except ValueError:
            return False
        if address := ip_in(host):
            return is_in_house(address)
        try:
            async with asyncio.timeout(self._wait.sock_connect):
                found = await self._resolver.resolve(host, 0, socket.AF_UNSPEC) if host else []
        except OSError:
            return False
        return bool(found) and all(is_in_house(each["host"]) for each in found)

    @asynccontextmanager
    async def _opened(
        self, method: str, path: str, body: Json | aiohttp.FormData | None, wait: aiohttp.ClientTimeout
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        self.whereabouts.check(self._host)
        form = body if isinstance(body, aiohttp.FormData) else None
        # What people write goes to the engine somebody named, and to no other that an answer of it names.
        async with self._opened_session().request(
            method,
            f"{self.address}{path}",
            json=None if form else body,
            data=form,
            timeout=wait,
            allow_redirects=False,
        ) as response:
            yield response

    def _opened_session(self) -> aiohttp.ClientSession:
        """Return the session, made where the loop runs. It asks no proxy, whatever the environment says."""
        if self._session is None:
            # llama.cpp's server closes a connection after some answers, and a chat on it learns of that as of an end.
            resolver = HouseResolver(self.whereabouts, self._resolver)
            connector = aiohttp.TCPConnector(limit=0, force_close=True, resolver=resolver, use_dns_cache=False)
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            self._session = aiohttp.ClientSession(
                headers=headers, connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def data_in(lines: list[bytes]) -> list[bytes]:
    """Return the data of server-sent events; comments keep a connection alive and say nothing.

    Raises:
        ValueError: a line is none of such a stream, as where something in between gave up.
    """
    data = []
    for line in map(bytes.strip, lines):
        if line.startswith(_DATA):
            data.append(line.removeprefix(_DATA).strip())
        elif not line.startswith((b":", *_SILENT_FIELDS)):
            raise ValueError("no event")
    return data


def error_in(raw: bytes) -> Json:
    """Return what an error's body says, whichever engine wrote it; empty for anything else.

    `{"error": {…}}` is OpenAI's form, `{"error": "…"}` a guard's before it, `{"object": "error", …}` SGLang's, and
    `{"detail": …}` that of FastAPI, which several are made with.
    """
    try:
        return error_of_event(object_of(raw))
    except ValueError:
        return {}


def error_of_event(event: Json) -> Json:
    """Return the error that an object carries; empty where it carries none."""
    error = event.get("error")
    if isinstance(error, dict):
        return error or {"message": ""}
    if error:
        return {"message": str(error)}
    if event.get("object") == "error":
        return event
    detail = event.get("detail")
    if isinstance(detail, dict):
        return error_of_event(detail) or detail
    return {"message": text_in(event, "detail")} if detail else {}


def _headers(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for piece in response.content.iter_any():
        raw += piece
        if len(raw) > MOST_LIST_BYTES:
            raise ValueError("no answer is this long")
    return bytes(raw)
