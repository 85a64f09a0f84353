"""The stand-in's pulls, as recorded (`pull_*.txt`): shared by all who ask, kept in part when all have left.

Progress is told sixteen times a second for as long as bytes are awaited, also when none come. A pull that nobody reads
any more stops; what it has stays on the disk, over a crash of the server, and the next one goes on from it.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama.cards import Json, LabModel, full_name
from tests.lab.ollama.wire import LAB, NDJSON, RECORD, answered, line

if TYPE_CHECKING:
    from tests.lab.ollama.lab import OllamaLab

TICK_S = 0.06
# What comes beside the weights: template, licence or parameters, the card.
SMALL_FILES = (421, 59, 152)
MISSING = "pull model manifest: file does not exist"
UNREACHED = (
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/{name}": dial tcp: lookup registry.ollama.ai on '
    "127.0.0.53:53: no such host"
)
DISK_FULL = "write /usr/share/ollama/.ollama/models/blobs/sha256-{digest}-partial: no space left on device"
DIED = (
    'max retries exceeded: Get "http://localhost:5055/direct/sha256-{digest}?X-Amz-Signature=a1b2c3": dial tcp '
    "127.0.0.1:5055: connect: connection refused"
)


class PullFault(Enum):
    """How a pull goes wrong: before the first file, in the middle of it, or by a connection that breaks."""

    NO_REGISTRY = auto()
    DISK_FULL = auto()
    REGISTRY_DIED = auto()
    BREAK_OFF = auto()
    STALL = auto()  # the registry sends nothing more; the host goes on telling so


@dataclass(slots=True)
class Download:
    """The weights of one model on their way: how many ask for them, and whether they have gone wrong."""

    model: LabModel
    since: float
    had: int
    readers: int = 0
    fault: PullFault | None = None
    fails_at: int = 0


@dataclass(slots=True)
class Pulls:
    """What is on its way, and what is there in part, by digest.

    `bytes_per_s` 0 is at once. `faults` are those of the next pulls, each with how many bytes come before it.
    """

    bytes_per_s: float = 0.0
    check_s: float = 0.0
    parts: dict[str, int] = field(default_factory=dict)
    running: dict[str, Download] = field(default_factory=dict)
    faults: deque[tuple[PullFault, int]] = field(default_factory=deque)
    began: int = 0

    def next_pull(self, fault: PullFault, *, after_bytes: int = 0) -> None:
        """Let the next pull go wrong."""
        self.faults.append((fault, after_bytes))

    def join(self, model: LabModel) -> Download:
        """Return the download of a model, begun where nobody has begun it."""
        download = self.running.get(model.digest)
        if download is None:
            self.began += 1
            download = Download(model, time.monotonic(), self.parts.get(model.digest, 0))
            if self.faults and self.faults[0][0] is not PullFault.NO_REGISTRY:
                download.fault, download.fails_at = self.faults.popleft()
            self.running[model.digest] = download
        download.readers += 1
        return download

    def leave(self, download: Download) -> None:
        """Read a download no more; the last reader stops it."""
        download.readers -= 1
        self.parts[download.model.digest] = self.done(download)
        if not download.readers:
            self.running.pop(download.model.digest, None)

    def done(self, download: Download) -> int:
        """Return how many bytes are there by now."""
        size = download.model.size
        if not self.bytes_per_s:
            come = size
        else:
            come = download.had + int((time.monotonic() - download.since) * self.bytes_per_s)
        most = download.fails_at if download.fault else size
        return min(size, come, max(most, download.had))

    def has_failed(self, download: Download) -> bool:
        """Whether it came to where it goes wrong."""
        return download.fault is not None and self.done(download) >= min(download.fails_at, download.model.size)


async def pull(request: web.Request) -> web.StreamResponse:
    """Install a model of the registry, telling of the progress."""
    lab, body = request.app[LAB], request[RECORD].body
    name = full_name(str(body["model"]))
    if body.get("stream") is False:
        model = lab.registry.get(name)
        if model is None:
            return answered({"error": MISSING}, status=500)
        lab.install(model)
        return answered({"status": "success"})
    response = web.StreamResponse(headers={"Content-Type": NDJSON})
    await response.prepare(request)
    async for told in pulled(lab, name):
        if told is None:
            assert request.transport is not None
            request.transport.close()
            break
        await response.write(line(told))
    return response


async def pulled(lab: OllamaLab, name: str) -> AsyncGenerator[Json | None]:
    """Yield the lines of a pull, an error in place of its end; None where the connection breaks."""
    yield {"status": "pulling manifest"}
    model = lab.registry.get(name)
    if lab.pulls.faults and lab.pulls.faults[0][0] is PullFault.NO_REGISTRY:
        lab.pulls.faults.popleft()
        yield {"error": UNREACHED.format(name=name)}
        return
    if model is None:
        yield {"error": MISSING}
        return
    if not model.remote_host:
        async for told in weights(lab.pulls, model):
            yield told
            if told is None or "error" in told:
                return
        for number, size in enumerate(SMALL_FILES):
            yield file_line(hashlib.sha256(f"{model.digest} {number}".encode()).hexdigest(), size, size)
    yield {"status": "verifying sha256 digest"}
    await asyncio.sleep(lab.pulls.check_s)
    yield {"status": "writing manifest"}
    lab.install(model)
    yield {"status": "success"}


async def weights(pulls: Pulls, model: LabModel) -> AsyncGenerator[Json | None]:
    """Yield how much of a model's largest file is there, until all of it is."""
    download = pulls.join(model)
    try:
        while (done := pulls.done(download)) < model.size or download.fault:
            yield file_line(model.digest, model.size, done)
            if pulls.has_failed(download) and download.fault is not PullFault.STALL:
                yield failure(download)
                return
            await asyncio.sleep(TICK_S)
        yield file_line(model.digest, model.size, model.size)
    finally:
        pulls.leave(download)


def failure(download: Download) -> Json | None:
    """Return the line a download ends with that has gone wrong."""
    digest = download.model.digest
    match download.fault:
        case PullFault.DISK_FULL:
            return {"error": DISK_FULL.format(digest=digest)}
        case PullFault.REGISTRY_DIED:
            return {"error": DIED.format(digest=digest)}
        case _:
            return None


def file_line(digest: str, total: int, completed: int) -> Json:
    """Return the line that tells of a file."""
    return {
        "status": f"pulling {digest[:12]}",
        "digest": f"sha256:{digest}",
        "total": total,
        "completed": completed,
    }
