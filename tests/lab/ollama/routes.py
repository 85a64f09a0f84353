"""The stand-in's paths, but for chat."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama import cards, control
from tests.lab.ollama.cards import Json, full_name
from tests.lab.ollama.chat import chat, replied
from tests.lab.ollama.creating import blob, create
from tests.lab.ollama.durations import keep_alive_s
from tests.lab.ollama.pulls import pull
from tests.lab.ollama.tokens import tokens
from tests.lab.ollama.wire import LAB, RECORD, answered, refused

if TYPE_CHECKING:
    from tests.lab.ollama.lab import OllamaLab

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
VERSION, OLD_VERSION, PART_VERSION = "0.33.0-rc2", "0.9.6", "0.30.0"
NAME = re.compile(r"[\w.\-]+(?:[:/][\w.\-]+)*")
PLAIN = {"Content-Type": "text/plain"}


def application(lab: OllamaLab) -> web.Application:
    """Make the server's application."""
    app = web.Application(middlewares=[recorded], client_max_size=64 * 2**20)
    app[LAB] = lab
    app.add_routes(
        [
            web.get("/", root),
            web.get("/api/version", version),
            web.get("/api/status", status),
            web.get("/api/tags", tags),
            web.get("/api/ps", ps),
            web.post("/api/show", named(show)),
            web.post("/api/chat", named(chat)),
            web.post("/api/embed", named(embed)),
            web.post("/api/pull", named(pull)),
            web.post("/api/copy", copy),
            web.delete("/api/delete", delete),
            web.post("/api/create", named(create)),
            web.route("HEAD", "/api/blobs/{digest}", blob),
            web.post("/api/blobs/{digest}", blob),
            web.get(f"{control.PREFIX}requests", control.requests),
        ]
    )
    return app


@web.middleware
async def recorded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Record the request; say 404 and 405 as Ollama does. The side door is no business of the server's."""
    if request.path.startswith(control.PREFIX):
        return await handler(request)
    lab = request.app[LAB]
    lab.peers.add(request.transport.get_extra_info("peername") if request.transport else None)
    record = request[RECORD] = lab.record(request.method, request.path, await body_of(request))
    replies = lab.replies.get(request.path)
    try:
        response = await replied(request, replies.popleft()) if replies else await handler(request)
    except web.HTTPNotFound:
        response = web.Response(status=404, body=b"404 page not found", headers=PLAIN)
    except web.HTTPMethodNotAllowed:
        response = web.Response(status=405, body=b"405 method not allowed", headers=PLAIN)
    except (asyncio.CancelledError, ConnectionError):
        record.disconnected = True
        raise
    finally:
        record.ended_at = time.monotonic()
    record.status = response.status
    return response


async def body_of(request: web.Request) -> Json:
    """Read a JSON body, empty where there is none."""
    if request.path.startswith("/api/blobs/"):
        return {}  # read by whoever takes it: it may have gigabytes
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    return body if isinstance(body, dict) else {}


def named(handler: Handler) -> Handler:
    """Refuse a request that names no model, or one by an impossible name."""

    async def checked(request: web.Request) -> web.StreamResponse:
        name = str(request[RECORD].body.get("model", ""))
        if not name:
            return refused(400, "model is required")
        if not NAME.fullmatch(name):
            return refused(400, "invalid model name")
        return await handler(request)

    return checked


async def root(_: web.Request) -> web.Response:
    """Say that it runs."""
    return web.Response(text="Ollama is running")


async def version(request: web.Request) -> web.Response:
    """Tell the version, as old as the server is, or as oddly as it counts."""
    lab = request.app[LAB]
    return answered({"version": OLD_VERSION if lab.is_old else PART_VERSION if lab.leaves_out_cached else VERSION})


async def status(request: web.Request) -> web.Response:
    """Tell whether models of the cloud are switched off; before that could be asked, nobody knew the path."""
    if request.app[LAB].is_old:
        raise web.HTTPNotFound
    may_use_cloud = request.app[LAB].may_use_cloud
    return answered({"cloud": {"disabled": not may_use_cloud, "source": "none" if may_use_cloud else "env"}})


async def tags(request: web.Request) -> web.Response:
    """List what is installed, the newest first."""
    lab = request.app[LAB]
    return answered({"models": [cards.tag(model, is_old=lab.is_old) for model in reversed(lab.models.values())]})


async def ps(request: web.Request) -> web.Response:
    """List what is in memory; what is being loaded has the size 0, as recorded in `ps_while_loading.txt`."""
    lab = request.app[LAB]
    loading: list[Json] = [
        {"name": name, "model": name, "size": 0, "size_vram": 0, "digest": lab.models[name].digest}
        | {"details": cards.details(lab.models[name]), "expires_at": cards.MODIFIED, "context_length": 4096}
        for name in sorted(lab.runners.loading)
        if name in lab.models
    ]
    rows: list[Json] = [
        {
            "name": runner.name,
            "model": runner.name,
            "size": lab.models[runner.name].size * 2,
            "digest": lab.models[runner.name].digest,
            "details": cards.details(lab.models[runner.name]),
            "expires_at": runner.expires_at.isoformat().replace("+00:00", "Z"),
            "size_vram": 0,
            "context_length": runner.context_tokens,
        }
        for runner in lab.runners.loaded.values()
        if runner.name in lab.models
    ]
    return answered({"models": [*rows, *loading]})


async def show(request: web.Request) -> web.StreamResponse:
    """Tell all about one model, or fail as the lab's knob says."""
    name = str(request[RECORD].body["model"])
    if failing := request.app[LAB].cards_failing.get(full_name(name)):
        return await replied(request, failing)
    model = request.app[LAB].find(name)
    if model is None:
        return refused(404, f"model '{full_name(name)}' not found")
    return answered(cards.show(model, is_old=request.app[LAB].is_old))


async def copy(request: web.Request) -> web.Response:
    """Install a model under a second name, in the place of what has it."""
    lab, body = request.app[LAB], request[RECORD].body
    if not NAME.fullmatch(str(body.get("destination"))):
        return refused(400, f'destination "{body.get("destination")}" is invalid')
    model = lab.find(str(body.get("source")))
    if model is None:
        return refused(404, f'model "{body.get("source")}" not found')
    lab.install(replace(model, name=full_name(str(body.get("destination")))))
    return web.Response()


async def delete(request: web.Request) -> web.Response:
    """Remove a model, also one that is answering: what is begun goes on to its end."""
    lab, name = request.app[LAB], str(request[RECORD].body.get("model", ""))
    if not name:
        return refused(400, "model is required")
    if not NAME.fullmatch(name):
        return refused(400, f'name "{name}" is invalid')
    if lab.find(name) is None:
        return refused(404, f"model '{name}' not found")
    lab.remove(name)
    return web.Response()


async def embed(request: web.Request) -> web.Response:
    """Turn texts into vectors that depend on nothing but the text."""
    lab, body = request.app[LAB], request[RECORD].body
    name, texts = str(body["model"]), body.get("input", [])
    inputs = [texts] if isinstance(texts, str) else [str(text) for text in texts] if isinstance(texts, list) else []
    model = lab.find(name)
    if model is None:
        return refused(404, f'model "{name}" not found, try pulling it first')
    if not inputs:
        return answered({"model": name, "embeddings": []})
    if not model.can("embedding"):
        return refused(501, "This server does not support embeddings. Start it with `--embeddings`")
    try:
        keep_s = keep_alive_s(body.get("keep_alive"), lab.keep_alive_s)
    except ValueError as error:
        return refused(400, str(error))
    async with lab.runners.place(model.full_name, model.context_length, (), keep_s):
        vectors = [vector(text, model.embedding_length) for text in inputs]
    count = sum(len(tokens(text)) + 2 for text in inputs)
    timing = {"total_duration": 1_000_000, "load_duration": 500_000, "prompt_eval_count": count}
    return answered({"model": name, "embeddings": vectors} | timing)


def vector(text: str, dimensions: int) -> list[float]:
    """Return a text's vector, of length 1."""
    raw = hashlib.shake_256(text.encode()).digest(dimensions)
    values = [byte - 127.5 for byte in raw]
    norm = math.hypot(*values)
    return [value / norm for value in values]
