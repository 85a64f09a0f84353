"""What an OpenAI-compatible engine tells of its models: its lists to our cards. No I/O.

A list says little: a window where the engine is llama.cpp, vLLM or SGLang, the size where it is llama.cpp. What the
operator set comes first; what nobody says stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain import MOST_TOKENS, ModelCard
from bot.llm.host_json import Json, count_in, object_in, text_in

MOST_BYTES = 2**63 - 1
LLAMA, OLLAMA = "llamacpp", "library"
CHATS, EMBEDS, THINKS, SEES, HEARS = "completion", "embedding", "thinking", "vision", "audio"
# What writes down speech and does nothing else: a gateway says so of a model, elsewhere its name does.
TRANSCRIBES = "audio_transcription"
_TRANSCRIBER = re.compile(r"(?<![a-z])whisper", re.IGNORECASE)
_EMBEDDER = re.compile(r"(?<![a-z])(embed|rerank)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
# What templates of thinking models read to be told whether to think.
_THINKING_TEMPLATE = re.compile(r"enable_thinking|reasoning_effort|<think>|\bthinking\b|<\|channel\|>|\[THINK\]")
_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows the operator set: of single models by name, else of all; 0 for none."""

    of_all: int = 0
    by_model: Mapping[str, int] = field(default_factory=dict)

    def of(self, *names: str) -> int:
        """Return what is set for a model of these names; 0 for nothing."""
        return next((self.by_model[name] for name in names if name in self.by_model), self.of_all)


@dataclass(frozen=True, slots=True)
class EngineModel:
    """A model of an engine: its card, what it is asked for by, and what an answer of it may call itself.

    `holds_tokens` is what the engine itself says that it holds of a conversation, whatever the operator set.
    """

    card: ModelCard
    id: str
    names: frozenset[str]
    holds_tokens: int = MOST_TOKENS


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfModel:
    """What is told of a model beside the list: llama.cpp's properties, a gateway's deployments."""

    properties: Json = field(default_factory=dict)
    deployments: Sequence[Json] = ()
    is_remote: bool = False
    is_barred: bool = False


def to_models(rows: Sequence[Json], told: Mapping[str, ToldOfModel], windows: Windows) -> dict[str, EngineModel]:
    """Read the models of an engine, by the names people read, in their order."""
    by_id = {text_in(row, "id"): row for row in rows if text_in(row, "id")}
    models: dict[str, EngineModel] = {}
    for model_id, row in by_id.items():
        name = shown_name(model_id)
        if name in models or (name != model_id and name in by_id):
            name = model_id
        models[name] = _model(name, row, by_id, told.get(model_id, ToldOfModel()), windows)
    return dict(sorted(models.items()))


def shown_name(model_id: str) -> str:
    """Return what people read: of the path of a file its name alone, for paths are nobody's business."""
    is_path = model_id.startswith(("/", "./", "../", "~")) or _DRIVE.match(model_id) is not None
    if not is_path and not (model_id.lower().endswith(".gguf") and "/" in model_id):
        return model_id
    name = re.split(r"[\\/]", model_id.rstrip("/\\"))[-1]
    return re.sub(r"\.gguf$", "", name, flags=re.IGNORECASE) or model_id


def needs_loading(row: Json) -> bool:
    """Whether a router has to load a model before it answers; what has no state is there."""
    state = text_in(object_in(row, "status"), "value")
    return bool(state) and state != "loaded"


def is_router(rows: Sequence[Json]) -> bool:
    """Whether the list is that of llama.cpp's router, which knows of each model whether it is loaded."""
    return any(object_in(row, "status") for row in rows)


def _model(name: str, row: Json, by_id: Mapping[str, Json], told: ToldOfModel, windows: Windows) -> EngineModel:
    model_id, meta = text_in(row, "id"), object_in(row, "meta")
    aliases = row.get("aliases")
    names = {
        model_id,
        name,
        *(each for each in (aliases if isinstance(aliases, list) else ()) if isinstance(each, str)),
    }
    holds = _window(row) or _window(by_id.get(text_in(row, "parent"), {}))
    card = ModelCard(
        name=name,
        size_bytes=count_in(meta, "size", most=MOST_BYTES),
        family=_family(told),
        parameters=_parameters(count_in(meta, "n_params", most=MOST_BYTES)),
        context_tokens=windows.of(name, model_id) or holds or _window_of_deployments(told.deployments) or None,
        capabilities=_capabilities(name, row, told),
        is_loaded=not needs_loading(row),
        is_remote=told.is_remote,
        is_barred=told.is_barred,
        tells_thinking=bool(told.properties),
    )
    return EngineModel(card, model_id, frozenset(names), holds or MOST_TOKENS)


def _window(row: Json) -> int:
    """Return the window one conversation has. `n_ctx_train` is what a model was trained for, and nobody's window."""
    return count_in(object_in(row, "meta"), "n_ctx") or count_in(row, "max_model_len")


def _window_of_deployments(deployments: Sequence[Json]) -> int:
    """Return the smallest window that any of a gateway's deployments has: any of them may answer."""
    told = [count_in(object_in(each, "model_info"), "max_input_tokens") for each in deployments]
    return min(told) if told and all(told) else 0


def _capabilities(name: str, row: Json, told: ToldOfModel) -> frozenset[str]:
    modes = {text_in(object_in(each, "model_info"), "mode") for each in told.deployments} - {""}
    if modes == {TRANSCRIBES} or (not modes and _TRANSCRIBER.search(name)):
        return frozenset({HEARS})
    if _EMBEDDER.search(name) or (modes and modes.isdisjoint({"chat", "completion", "responses"})):
        return frozenset({EMBEDS})
    found = {CHATS}
    if _THINKING_TEMPLATE.search(text_in(told.properties, "chat_template")):
        found.add(THINKS)
    modalities = object_in(told.properties, "modalities")
    inputs = object_in(row, "architecture").get("input_modalities")
    heard = inputs if isinstance(inputs, list) else ()
    if modalities.get("vision") is True or "image" in heard:
        found.add(SEES)
    if modalities.get("audio") is True or "audio" in heard:
        found.add(HEARS)
    return frozenset(found)


def _family(told: ToldOfModel) -> str:
    return next((text_in(object_in(each, "model_info"), "litellm_provider") for each in told.deployments), "")


def _parameters(count: int) -> str:
    if not 0 < count <= MOST_TOKENS * 1000:
        return ""
    size, unit = next(((size, unit) for size, unit in _UNITS if count >= size), (1.0, ""))
    return f"{count / size:.1f}{unit}"
