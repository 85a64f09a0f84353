"""The stand-in's blobs, and the models it makes of them, as recorded (`blob_*.txt`, `create_*.txt`).

What Ollama does not refuse is not refused here: parameters it does not know, an adapter given as a model, a name
that is taken. A base that is not there is pulled.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from tests.lab.ollama.cards import Json, LabModel, full_name
from tests.lab.ollama.pulls import pulled
from tests.lab.ollama.wire import BARE_JSON, LAB, NDJSON, RECORD, answered, line, refused

if TYPE_CHECKING:
    from tests.lab.ollama.lab import OllamaLab

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
NO_FILE = "open /usr/share/ollama/.ollama/models/blobs/{digest}: no such file or directory"
OPEN_ACTION = re.compile(r"\{\{\s*(if|range|with)\s*\}\}")
QUANTS = ("F32", "F16", "Q4_K_S", "Q4_K_M", "Q8_0")
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Blob:
    """A file on the server's disk: how long it is, and how it begins."""

    size: int
    head: bytes

    @property
    def is_gguf(self) -> bool:
        """Whether it is a model file of any kind."""
        return self.head.startswith(b"GGUF")

    @property
    def is_adapter(self) -> bool:
        """Whether it says that it goes on top of another model."""
        return b"general.type" in self.head and b"adapter" in self.head


async def blob(request: web.Request) -> web.Response:
    """Tell whether a blob is there (HEAD), or take it (POST)."""
    digest, lab = request.match_info["digest"], request.app[LAB]
    if not DIGEST.fullmatch(digest):
        return refused(400, "invalid digest format")
    if request.method == "HEAD":
        return web.Response() if digest in lab.blobs else refused(404, "")
    if digest in lab.blobs:
        return web.Response()
    hashed, size, head = hashlib.sha256(), 0, b""
    async for piece in request.content.iter_any():
        hashed.update(piece)
        size += len(piece)
        head = (head + piece)[:HEAD_BYTES] if len(head) < HEAD_BYTES else head
    if (got := f"sha256:{hashed.hexdigest()}") != digest:
        return refused(400, f'digest mismatch, expected "{digest}", got "{got}"')
    lab.blobs[digest] = Blob(size, head)
    return web.Response(status=201)


async def create(request: web.Request) -> web.StreamResponse:
    """Make a model of blobs, or of another model."""
    lab, body = request.app[LAB], request[RECORD].body
    if (wrong := refusal(body)) is not None:
        return wrong
    if body.get("stream") is False:
        last = [told async for told in made(lab, body)][-1]
        return answered(last, status=500 if "error" in last else 200, content_type=BARE_JSON)
    response = web.StreamResponse(headers={"Content-Type": NDJSON})
    await response.prepare(request)
    async for told in made(lab, body):
        await response.write(line(told))
    return response


def refusal(body: Json) -> web.Response | None:
    """Return what is refused before anything is made; None where nothing is."""
    files = named(body, "files")
    template, quantize = str(body.get("template", "")), str(body.get("quantize", "")).upper()
    if any(name.startswith(("../", "/")) for name in (*files, *named(body, "adapters"))):
        return refused(400, "file path must be relative")
    if not files and not body.get("from"):
        return refused(400, "neither 'from' or 'files' was specified", content_type=BARE_JSON)
    if files and not any(name.endswith((".gguf", ".safetensors")) for name in files):
        return refused(400, "unknown type", content_type=BARE_JSON)
    if found := OPEN_ACTION.search(template):
        return refused(400, f"template error: template: :1: missing value for {found[1]}", content_type=BARE_JSON)
    if not quantize:
        return None
    told = "quantization is only supported for F16, BF16 and F32 models"
    if quantize not in QUANTS:
        told = f"unsupported quantization type {quantize} - supported types are {', '.join(QUANTS)}"
    return refused(500, told, content_type=BARE_JSON)


async def made(lab: OllamaLab, body: Json) -> AsyncGenerator[Json]:
    """Yield the lines of a creation, an error in place of its end."""
    for told in looked_at(lab, body):
        yield told
        if "error" in told:
            return
    async for told in fetched(lab, body):
        yield told
        if "error" in told:
            return
    base = lab.find(str(body.get("from", "")))
    for told in layers(body, base):
        yield told
    yield {"status": "writing manifest"}
    lab.install(model_of(lab, body, base))
    yield {"status": "success"}


def looked_at(lab: OllamaLab, body: Json) -> Iterator[Json]:
    """Yield what is told of the blobs."""
    blobs = {**named(body, "files"), **named(body, "adapters")}
    if blobs:
        yield {"status": "parsing GGUF"}
    for digest in blobs.values():
        found = lab.blobs.get(digest)
        if found is None:
            yield {"error": NO_FILE.format(digest=digest.replace(":", "-"))}
        elif not found.is_gguf:
            yield {"error": "supplied file was not in GGUF format"}
        elif not found.is_adapter:
            yield {"status": "verifying conversion"}


async def fetched(lab: OllamaLab, body: Json) -> AsyncGenerator[Json]:
    """Yield what is told while a base that is not there is pulled."""
    base = str(body.get("from", ""))
    if not base or lab.find(base) or is_remote(body):
        return
    async for told in pulled(lab, full_name(base)):
        if told is not None and told.get("status") != "success":
            yield told


def layers(body: Json, base: LabModel | None) -> Iterator[Json]:
    """Yield what is told of the parts of a model."""
    for digest in {**named(body, "files"), **named(body, "adapters")}.values():
        yield {"status": f"using existing layer {digest}"}
    if base is not None and not base.remote_host:
        yield {"status": f"using existing layer sha256:{base.digest}"}
    for part in ("template", "system", "license", "parameters", "messages"):
        if body.get(part):
            yield {"status": f"creating new layer sha256:{hashlib.sha256(repr(body[part]).encode()).hexdigest()}"}


def model_of(lab: OllamaLab, body: Json, base: LabModel | None) -> LabModel:
    """Return the model that is made."""
    system, template = str(body.get("system", "")), str(body.get("template", ""))
    name = full_name(str(body["model"]))
    if base is not None:
        marks = frozenset[str]() if base.remote_host else base.marks
        system, template = system or base.system, template or base.template_text
        return replace(base, name=name, parent_model=base.name, marks=marks, system=system, template_text=template)
    if is_remote(body):
        return LabModel(name=name, remote_host=str(body["remote_host"]), remote_model=str(body["from"]), size=200)
    weights = [lab.blobs[digest] for digest in named(body, "files").values()]
    # An adapter alone is taken for a model, and does not chat.
    able = () if any(each.is_adapter for each in weights) else ("completion",)
    size = max(2**21, sum(each.size for each in weights))
    return LabModel(name=name, size=size, capabilities=able, system=system, template_text=template or "{{ .Prompt }}")


def is_remote(body: Json) -> bool:
    """Whether a stub of a remote model is made."""
    return bool(body.get("remote_host"))


def named(body: Json, field: str) -> Mapping[str, str]:
    """Return files by name with their digests."""
    files = body.get(field)
    return {str(name): str(digest) for name, digest in files.items()} if isinstance(files, dict) else {}
