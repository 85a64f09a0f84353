"""A loopback server that sends exactly the bytes it is given: what stands where a model host should, at its oddest."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Self

HEAD_END = b"\r\n\r\n"


def answer(body: bytes | str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """Write a whole HTTP answer."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(raw)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + HEAD_END + raw


def chunked(*pieces: bytes | str, ends: bool = True) -> bytes:
    """Write a chunked answer, each piece a chunk of its own; without its end, the connection closes in mid-answer."""
    raw = [piece.encode() if isinstance(piece, str) else piece for piece in pieces]
    written = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in raw)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" + HEAD_END + written + (b"0\r\n\r\n" if ends else b"")


class RawHost:
    """Answers each request with the bytes for its path, or those for "*", and closes the connection.

    `greeting` is sent before anything is read, and nothing else: what listens there speaks no HTTP.
    """

    def __init__(
        self,
        answers: Mapping[str, bytes] | None = None,
        *,
        greeting: bytes | None = None,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.requests: list[bytes] = []
        self._answers = answers or {}
        self._greeting = greeting
        self._tls = tls
        self._host = host

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"{'https' if self._tls else 'http'}://{shown}:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(self._greeting if self._greeting is not None else await self._answer(reader))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has seen enough
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(HEAD_END)
        self.requests.append(head)
        lengths = [
            line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        ]
        await reader.readexactly(int(lengths[0]) if lengths else 0)
        path = head.split(b" ", 2)[1].decode()
        return self._answers.get(path, self._answers.get("*", answer("404 page not found", status=404)))
