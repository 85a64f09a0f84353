"""The stand-in itself: its life, its knobs, and the record of what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from tests.lab.engines import kinds, speech
from tests.lab.engines.answers import answered
from tests.lab.engines.kinds import EngineModelOfLab, Json, Kind
from tests.lab.engines.speech import body_of, sounds_of, transcribed
from tests.lab.ollama.script import LabChat, Reply, Say, echo
from tests.lab.ollama.tokens import prompt_tokens
from tests.lab.patience import PATIENCE_S
from tests.lab.speech import Hears, told


@dataclass(slots=True)
class EngineRequest:
    """One request as the engine saw it."""

    method: str
    path: str
    body: Json
    headers: dict[str, str]
    disconnected: bool = False


class EngineLab:
    """A loopback engine. Its attributes are its knobs and may be turned while it runs.

    `key` is what it wants, "" nothing. `answer` makes the text of every chat that `next_chat` did not script.
    `reasoning_field` is where reasoning goes, "" for tags in the text. `replies` answer the next requests of a path.
    `hears` makes that of a recording; without `has_transcriptions` there is no address for those but in chats.
    `slots` chats are made at once, others wait in silence. `headers` come with every chat's answer.
    """

    def __init__(
        self,
        kind: Kind,
        models: Iterable[EngineModelOfLab] = (kinds.SMOLLM,),
        *,
        key: str = "",
        slots: int = 2,
        answer: Callable[[LabChat], str | Say] = echo,
        reasoning_field: str = "reasoning_content",
        prefix: str = "",
    ) -> None:
        self.kind = kind
        self.models = {model.id: model for model in models}
        self.key = key
        self.hears: Hears = told
        self.has_transcriptions = kind is not Kind.SGLANG
        self.answer = answer
        self.reasoning_field = reasoning_field
        self.prefix = prefix
        self.requests: list[EngineRequest] = []
        self.script: deque[Say | Reply | bytes] = deque()
        self.replies: dict[str, deque[Reply]] = {}
        self.headers: dict[str, str] = {}
        self.speaks_as = ""
        self.is_loading = False
        self.keeps_alive = False
        self.tells_usage = True
        self.slots = asyncio.Semaphore(slots)
        self.resumed = asyncio.Event()
        self._port = 0
        self._server: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The engine's address, without /v1."""
        return f"http://127.0.0.1:{self._port}{self.prefix}"

    @property
    def chats(self) -> list[EngineRequest]:
        """The chats that were asked, oldest first."""
        return [each for each in self.requests if each.path.endswith("/chat/completions")]

    def next_chat(self, *script: Say | Reply | bytes) -> None:
        """Script the next chats, in order; bytes are the whole stream as they stand."""
        self.script.extend(script)

    def next_reply(self, path: str, *replies: Reply) -> None:
        """Script what the next requests for a path are answered with."""
        self.replies.setdefault(path, deque()).extend(replies)

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = PATIENCE_S) -> None:
        """Wait for something to become true of the engine."""
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110 - a test looks from outside; there is no event to wait for
                await asyncio.sleep(0.002)

    async def start(self) -> None:
        """Listen, at the same port as before where there was one."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._server = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._server.setup()
        site = web.TCPSite(self._server, "127.0.0.1", self._port)
        await site.start()
        self._port = self._server.addresses[0][1]

    async def stop(self) -> None:
        """Go down: running requests break off."""
        if self._server is not None:
            await self._server.cleanup()
            self._server = None

    def find(self, name: str) -> EngineModelOfLab | None:
        """Return the model that answers to a name; a server of one model answers to any."""
        if self.kind is Kind.LLAMA:
            return next(iter(self.models.values()))
        return next((each for each in self.models.values() if name in {each.id, *each.aliases}), None)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(self.prefix)
        body = await body_of(request)
        record = EngineRequest(request.method, path, body, {k.lower(): v for k, v in request.headers.items()})
        self.requests.append(record)
        try:
            return await self._answered(request, record)
        except (asyncio.CancelledError, ConnectionError):
            record.disconnected = True
            raise

    async def _answered(self, request: web.Request, record: EngineRequest) -> web.StreamResponse:
        if replies := self.replies.get(record.path):
            return replied(replies.popleft())
        if (refusal := self._closed(record)) is not None:
            return refusal
        return await self._by_path(request, record)

    async def _by_path(self, request: web.Request, record: EngineRequest) -> web.StreamResponse:
        match record.path:
            case "/v1/models":
                headers = {"x-litellm-version": "1.80.0"} if self.kind is Kind.LITELLM else {}
                rows = [kinds.row(self.kind, each) for each in self.models.values()]
                return web.json_response({"object": "list", "data": rows}, headers=headers)
            case "/v1/chat/completions":
                return await self._chat(request, record)
            case "/v1/audio/transcriptions" if self.has_transcriptions:
                return await transcribed(self, record)
            case "/tokenize" | "/utils/token_counter":
                return self._counted(record)
        return self._told(request, record)

    def _closed(self, record: EngineRequest) -> web.Response | None:
        """Refuse whoever comes too early, or without the key."""
        if self.is_loading:
            said = {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}
            return web.json_response(said, status=503)
        is_open = record.path in {"/health", "/"} or (self.kind is Kind.LLAMA and record.path == "/v1/models")
        if self.key and not is_open and record.headers.get("authorization") != f"Bearer {self.key}":
            return web.json_response(kinds.wrong_key(self.kind), status=401)
        return None

    def _told(self, request: web.Request, record: EngineRequest) -> web.Response:
        """Answer what is asked beside lists and chats."""
        match record.path, self.kind:
            case "/", Kind.OLLAMA:
                return web.Response(text="Ollama is running")
            case "/props", Kind.LLAMA | Kind.ROUTER:
                model = self.find(request.query.get("model", ""))
                if model is not None and model.status == "loaded":
                    return web.json_response(kinds.properties(model))
                said = {"error": {"code": 400, "message": "model is not loaded", "type": "invalid_request_error"}}
                return web.json_response(said, status=400)
            case "/model/info", Kind.LITELLM:
                rows = [kinds.deployment(each, base) for each in self.models.values() for base in each.bases]
                return web.json_response({"data": rows})
        said = {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}}
        return web.json_response(said, status=404)

    def _counted(self, record: EngineRequest) -> web.Response:
        """Count a prompt, as vLLM and LiteLLM do, each at its own path."""
        model = self.find(str(record.body.get("model")))
        count = prompt_tokens(content for _, content in messages_of(record.body))
        match record.path, self.kind:
            case "/tokenize", Kind.VLLM | Kind.RAY if model is not None:
                return web.json_response({"count": count, "max_model_len": model.window, "tokens": []})
            case "/utils/token_counter", Kind.LITELLM:
                return web.json_response({"total_tokens": count, "request_model": record.body.get("model")})
        return web.json_response({"detail": "Not Found"}, status=404)

    async def _chat(self, request: web.Request, record: EngineRequest) -> web.StreamResponse:
        script = self.script.popleft() if self.script else Say()
        if isinstance(script, Reply):
            return replied(script)
        if isinstance(script, bytes):
            return web.Response(body=script, headers={"Content-Type": "text/event-stream", **self.headers})
        name = str(record.body.get("model"))
        model = self.find(name)
        if model is None:
            return refused(*kinds.unknown(self.kind, name))
        messages = messages_of(record.body)
        count = prompt_tokens(content for _, content in messages)
        limit = record.body.get("max_tokens")
        most = limit if isinstance(limit, int) else model.window
        if count > model.window or (self.kind in {Kind.VLLM, Kind.RAY} and count + most > model.window):
            return refused(*kinds.overflow(self.kind, model, count))
        sounds = sounds_of(record.body)
        if sounds and not model.hears:
            return refused(*speech.deaf(self.kind))
        told = self.hears(sounds[-1]) if sounds else self.answer(LabChat(name, messages))
        said = script if script.text is not None else told if isinstance(told, Say) else Say(told, script.thinking)
        async with self.slots:
            return await answered(request, self, record, model, said, count=count, most=min(most, model.window - count))


def messages_of(body: Json) -> tuple[tuple[str, str], ...]:
    """Return a prompt's messages: of one in parts, its words."""
    rows = body.get("messages")
    return tuple((str(row["role"]), text_of(row["content"])) for row in (rows if isinstance(rows, list) else ()))


def text_of(content: object) -> str:
    """Return the words of a message, which may come in parts."""
    parts = [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []
    return "".join(str(each.get("text", "")) for each in parts) if parts else str(content)


def replied(reply: Reply) -> web.Response:
    """Answer exactly as the script says."""
    headers = {"Content-Type": reply.content_type} | ({"Location": reply.location} if reply.location else {})
    body = json.dumps({"error": {"message": reply.error}}) if reply.body is None else reply.body
    return web.Response(status=reply.status, body=body.encode(), headers=headers)


def refused(status: int, said: Json) -> web.Response:
    """Answer with an error."""
    return web.json_response(said, status=status)
