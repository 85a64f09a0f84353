"""What tells one engine from another: its lists, its properties, its errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

Json = dict[str, object]
CREATED = 1_796_019_262
THINKING_TEMPLATE = "{%- if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>{%- endif %}"
PLAIN_TEMPLATE = "{%- for message in messages %}<|im_start|>{{ message.content }}{%- endfor %}"


class Kind(Enum):
    """An engine."""

    LLAMA = "llama"
    ROUTER = "router"
    VLLM = "vllm"
    SGLANG = "sglang"
    LITELLM = "litellm"
    RAY = "ray"
    OLLAMA = "ollama"  # an Ollama host's own OpenAI-like API, which is no engine of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineModelOfLab:
    """A model of a stand-in. `bases`: where a gateway's deployments of it are, "" for one that does not say."""

    id: str
    window: int = 2048
    aliases: tuple[str, ...] = ()
    thinks: bool = False
    sees: bool = False
    hears: bool = False
    parent: str = ""
    bases: tuple[str, ...] = ("http://127.0.0.1:8000/v1",)
    mode: str = "chat"
    owner: str = ""
    status: str = "loaded"
    fields: Json = field(default_factory=dict)


SMOLLM = EngineModelOfLab(id="smollm2:135m")
QWEN = EngineModelOfLab(id="qwen2.5-coder-0.5b", status="unloaded")
OWNERS = {
    Kind.LLAMA: "llamacpp",
    Kind.ROUTER: "llamacpp",
    Kind.VLLM: "vllm",
    Kind.SGLANG: "sglang",
    Kind.LITELLM: "openai",
    Kind.RAY: "organization-owner",
    Kind.OLLAMA: "library",
}


def row(kind: Kind, model: EngineModelOfLab) -> Json:
    """Return a model's entry of /v1/models."""
    entry: Json = {
        "id": model.id,
        "object": "model",
        "created": CREATED,
        "owned_by": model.owner or OWNERS[kind],
    }
    match kind:
        case Kind.LLAMA:
            entry |= {"aliases": [model.id, *model.aliases], "tags": [], "meta": meta(model)}
        case Kind.ROUTER:
            args = ["/opt/engine/llama-server", "--model", f"/srv/router/{model.id}.gguf"]
            entry |= {"aliases": [*model.aliases], "status": {"value": model.status, "args": args}}
            senses = {"image": model.sees, "audio": model.hears}
            entry |= {"architecture": {"input_modalities": ["text", *(name for name in senses if senses[name])]}}
            entry |= {"meta": meta(model)} if model.status == "loaded" else {}
        case Kind.VLLM:
            entry |= {"root": model.parent or model.id, "parent": model.parent or None, "permission": []}
            entry |= {} if model.parent else {"max_model_len": model.window}
        case Kind.SGLANG:
            entry |= {"root": model.id, "max_model_len": model.window}
    return entry | model.fields


def meta(model: EngineModelOfLab) -> Json:
    """Return what llama.cpp says of a loaded model."""
    return {"n_ctx": model.window, "n_ctx_train": 32768, "n_params": 134_515_008, "size": 96_576_768, "ftype": "Q4_1"}


def properties(model: EngineModelOfLab) -> Json:
    """Return llama.cpp's /props."""
    return {
        "default_generation_settings": {"n_ctx": model.window},
        "total_slots": 1,
        "model_path": f"/srv/models/{model.id}.gguf",
        "modalities": {"vision": model.sees, "video": False, "audio": model.hears},
        "chat_template": THINKING_TEMPLATE if model.thinks else PLAIN_TEMPLATE,
        "build_info": "b1-7e4c0a9",
    }


def deployment(model: EngineModelOfLab, base: str) -> Json:
    """Return a gateway's entry of /model/info."""
    where: Json = {"api_base": base} if base else {}
    return {
        "model_name": model.id,
        "litellm_params": {"model": f"openai/{model.id}", **where},
        "model_info": {"id": f"{model.id}-{base}", "mode": model.mode, "max_input_tokens": model.window},
    }


def unknown(kind: Kind, name: str) -> tuple[int, Json]:
    """Return how an engine refuses a model that it does not have."""
    match kind:
        case Kind.ROUTER:
            message = f"model '{name}' not found"
            return 400, {"error": {"code": 400, "message": message, "type": "invalid_request_error"}}
        case Kind.LITELLM:
            message = "No deployments available for selected model"
            return 429, {"error": {"message": message, "type": "None", "param": "None", "code": "429"}}
        case Kind.SGLANG:
            return 404, {"object": "error", "message": "no such model", "type": "NotFound", "param": None, "code": 404}
        case _:
            message = f"The model `{name}` does not exist."
            return 404, {"error": {"message": message, "type": "NotFoundError", "param": "model", "code": 404}}


def overflow(kind: Kind, model: EngineModelOfLab, count: int) -> tuple[int, Json]:
    """Return how an engine refuses a prompt that is too long. vLLM counts no further than one over its window."""
    window = model.window
    match kind:
        case Kind.LLAMA | Kind.ROUTER:
            message = (
                f"request ({count} tokens) exceeds the available context size ({window} tokens), try increasing it"
            )
            counts: Json = {"n_prompt_tokens": count, "n_ctx": window}
            return 400, {"error": {"code": 400, "message": message, "type": "exceed_context_size_error", **counts}}
        case Kind.SGLANG:
            message = f"The input ({count} tokens) is longer than the model's context length ({window} tokens)."
            return 400, {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}
        case _:
            message = (
                f"This model's maximum context length is {window} tokens. However, your request has {window + 1} "
                "input tokens. Please reduce the length of the input messages."
            )
            if kind is Kind.LITELLM:
                message = f"litellm.ContextWindowExceededError: ContextWindowExceededError: {message}"
                return 400, {"error": {"message": message, "type": None, "param": None, "code": "400"}}
            return 400, {"error": {"message": message, "type": "BadRequestError", "param": "input_tokens", "code": 400}}


def wrong_key(kind: Kind) -> Json:
    """Return how an engine refuses a wrong key."""
    match kind:
        case Kind.VLLM | Kind.SGLANG:
            return {"error": "Unauthorized"}
        case Kind.LITELLM:
            return {"error": {"message": "Authentication Error", "type": "auth_error", "param": "None", "code": "401"}}
        case _:
            return {"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}
