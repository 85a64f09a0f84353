"""How the stand-in writes its answers down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama.cards import Json

if TYPE_CHECKING:
    from tests.lab.ollama.lab import LabRequest, OllamaLab

LAB: web.AppKey[OllamaLab] = web.AppKey("lab")
RECORD: web.RequestKey[LabRequest] = web.RequestKey("record")
JSON = "application/json; charset=utf-8"
BARE_JSON = "application/json"
NDJSON = "application/x-ndjson"


def answered(body: object, *, status: int = 200, content_type: str = JSON) -> web.Response:
    """Answer with JSON."""
    return web.Response(status=status, body=encoded(body), headers={"Content-Type": content_type})


def refused(status: int, error: str, *, content_type: str = JSON) -> web.Response:
    """Answer with an error, in the one shape all of them have."""
    return answered({"error": error}, status=status, content_type=content_type)


def refused_by_runner(status: int, error: Json, *, is_streamed: bool) -> web.Response:
    """Answer with an error of the model's runner: JSON as a string inside the JSON."""
    inner = encoded({"error": {"code": status, **error}}).decode()
    return refused(status, inner, content_type=BARE_JSON if is_streamed else JSON)


def encoded(body: object) -> bytes:
    """Write JSON as the server does: compact, characters outside ASCII as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def line(body: Json) -> bytes:
    """Write one line of a stream."""
    return encoded(body) + b"\n"
