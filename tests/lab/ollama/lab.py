"""The stand-in itself: its life, its knobs, and the record of what it was asked."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Self

from aiohttp import web

from tests.lab.ollama import cards
from tests.lab.ollama.cards import LabModel, full_name
from tests.lab.ollama.creating import Blob
from tests.lab.ollama.pulls import Pulls
from tests.lab.ollama.routes import application
from tests.lab.ollama.runners import Runners
from tests.lab.ollama.script import Flood, LabChat, Reply, Say, Script, echo
from tests.lab.ollama.tokens import tokens
from tests.lab.patience import PATIENCE_S
from tests.lab.speech import Hears, told


@dataclass(slots=True)
class LabRequest:
    """One request as the server saw it. Times are `time.monotonic()`; None for what has not happened.

    Of a streamed chat, `first_token_at` and `last_token_at` are when its first and newest token were written;
    `lost_tokens` of prompt and answer were gone by then, as the context was shifted `shifts` times. Of the
    `prompt_tokens` that many were not read anew, `cached_tokens`; `cut_tokens` were left out in silence.
    """

    method: str
    path: str
    body: dict[str, object]
    started_at: float
    ended_at: float | None = None
    status: int | None = None
    disconnected: bool = False
    first_token_at: float | None = None
    last_token_at: float | None = None
    shifts: int = 0
    lost_tokens: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    cut_tokens: int = 0

    @property
    def read_tokens(self) -> int:
        """How many tokens of the prompt were evaluated."""
        return self.prompt_tokens - self.cached_tokens


class OllamaLab:
    """A loopback Ollama. Its attributes are its knobs and may be turned while it runs.

    `models` and `registry` (what /api/pull can install, as `pulls` say) are by full name; `blobs` are by digest.
    `answer` makes the text of every chat that `next_chat` did not script; a `Say` of its own may go wrong too. `hears`
    makes that of a recording. `cut` makes an answer's tokens (`list`: each character is one). `reads_on`: a prompt is
    read to its end, `first_token_s`, when its client has left.
    `may_use_cloud`: models elsewhere are not switched off.
    `is_old` knows neither `truncate` nor `shift`. `leaves_out_cached`: what a slot held is not counted, as Ollama
    0.30.0 did. `tells_plainly`: what is too long is refused in a sentence, without figures, as Ollama does from 0.30.9
    on for some.
    `tokens_per_second` 0 is as fast as it can, and so is `prompt_tokens_per_second`, of what no slot holds.
    Times are in seconds.
    """

    def __init__(
        self,
        models: Iterable[LabModel] = cards.INSTALLED,
        *,
        port: int = 0,
        tokens_per_second: float = 0.0,
        first_token_s: float = 0.0,
        prompt_tokens_per_second: float = 0.0,
        load_s: float = 0.0,
        parallel: int = 1,
        max_queue: int = 512,
        max_loaded: int = 3,
        keep_alive_s: float = 300.0,
        default_context: int = 4096,
        answer: Callable[[LabChat], str | Say] = echo,
        is_old: bool = False,
        cut: Callable[[str], list[str]] = tokens,
        reads_on: bool = False,
        leaves_out_cached: bool = False,
        tells_plainly: bool = False,
    ) -> None:
        self.models = {model.full_name: model for model in models}
        self.registry: dict[str, LabModel] = {}
        self.pulls = Pulls()
        self.blobs: dict[str, Blob] = {}
        self.tokens_per_second = tokens_per_second
        self.first_token_s = first_token_s
        self.prompt_tokens_per_second = prompt_tokens_per_second
        self.keep_alive_s = keep_alive_s
        self.default_context = default_context
        self.answer = answer
        self.hears: Hears = told
        self.is_old = is_old
        self.may_use_cloud = False
        self.cut = cut
        self.reads_on = reads_on
        self.leaves_out_cached = leaves_out_cached
        self.tells_plainly = tells_plainly
        self.requests: list[LabRequest] = []
        self.script: deque[Script] = deque()
        self.peers: set[object] = set()
        self.replies: dict[str, deque[Reply | Flood]] = {}
        self.cards_failing: dict[str, Reply | Flood] = {}
        self.chats_refused: dict[str, Reply | Flood] = {}
        self.runners = Runners(parallel=parallel, max_loaded=max_loaded, max_queue=max_queue, load_s=load_s)
        self.resumed = asyncio.Event()
        self._port = port
        self._server: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The server's address; it stays the same over `stop` and `start`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def chats(self) -> list[LabRequest]:
        """The chats with messages that were asked, oldest first."""
        return [request for request in self.requests if request.path == "/api/chat" and request.body.get("messages")]

    @property
    def connections(self) -> int:
        """The connections that ever brought a request."""
        return len(self.peers)

    @property
    def running(self) -> int:
        """Chats that generate now."""
        return self.runners.running

    @property
    def queued(self) -> int:
        """Chats that wait for a place or a load."""
        return self.runners.queued

    @property
    def loaded(self) -> list[str]:
        """The full names of the models in memory."""
        return list(self.runners.loaded)

    def install(self, model: LabModel) -> None:
        """Install a model, or replace it."""
        self.models[model.full_name] = model

    def offer(self, *models: LabModel) -> None:
        """Have models in the registry, to be pulled."""
        self.registry |= {model.full_name: model for model in models}

    def remove(self, name: str) -> None:
        """Remove an installed model."""
        del self.models[full_name(name)]
        self.runners.unload(full_name(name))

    def move_tag(self, name: str) -> None:
        """Put another model under an installed one's tag, as a pull does after the library has moved the tag."""
        model = self.models[full_name(name)]
        self.install(replace(model, size=model.size + 1))

    def relicense(self, name: str, licence: str) -> None:
        """Give an installed model another licence, as one that is made anew with it; its digest moves, too."""
        self.install(replace(self.models[full_name(name)], general_license=licence))

    def find(self, name: str) -> LabModel | None:
        """Return the installed model of this name."""
        return self.models.get(full_name(name))

    def next_chat(self, *script: Script) -> None:
        """Script the next chats, in order; those after them are answered by `answer` again."""
        self.script.extend(script)

    def next_reply(self, path: str, *replies: Reply | Flood) -> None:
        """Script what the next requests for a path are answered with, in order, whatever they ask."""
        self.replies.setdefault(path, deque()).extend(replies)

    def fail_card(self, name: str, reply: Reply | Flood) -> None:
        """Answer /api/show with this for one installed model, until `mend_card`."""
        self.cards_failing[full_name(name)] = reply

    def mend_card(self, name: str) -> None:
        """Answer /api/show of this model as before."""
        del self.cards_failing[full_name(name)]

    def refuse_chats(self, name: str, reply: Reply | Flood) -> None:
        """Answer every chat with this for one installed model, as for a remote one the account may not use."""
        self.chats_refused[full_name(name)] = reply

    def resume(self) -> None:
        """Let every chat stalled by `Fault.STALL` go on, and those to come not stall at all."""
        self.resumed.set()

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = PATIENCE_S) -> None:
        """Wait for something to become true of the server.

        Raises:
            TimeoutError: it did not.
        """
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110 - a test looks from outside; there is no event to wait for
                await asyncio.sleep(0.002)

    async def start(self) -> None:
        """Listen, at the same port as before where there was one."""
        self._server = web.AppRunner(
            application(self), handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )
        await self._server.setup()
        site = web.TCPSite(self._server, "127.0.0.1", self._port, backlog=1024)
        await site.start()
        self._port = self._server.addresses[0][1]

    async def stop(self) -> None:
        """Go down: running requests break off, nothing stays loaded."""
        if self._server is not None:
            await self._server.cleanup()
            self._server = None
        self.runners.close()

    def record(self, method: str, path: str, body: dict[str, object]) -> LabRequest:
        """Note a request that has come."""
        request = LabRequest(method, path, body, time.monotonic())
        self.requests.append(request)
        return request
