"""What of a request fits the stand-in's context window, and what it refuses or drops in silence."""

from __future__ import annotations

from tests.lab.ollama.cards import Json, LabModel
from tests.lab.ollama.tokens import PER_MESSAGE, prompt_tokens, tokens
from tests.lab.speech import files_of

UNLIMITED = 10  # times the context window


def options_of(body: Json) -> Json:
    """Return the request's options, empty where there are none."""
    options = body.get("options")
    return options if isinstance(options, dict) else {}


def number(options: Json, name: str, default: int) -> int:
    """Return an option of type integer."""
    value = options.get(name, default)
    return int(value) if isinstance(value, int | float) else default


def messages_of(body: Json) -> tuple[tuple[tuple[str, str], ...], list[bytes]]:
    """Return the prompt's messages, and the files that came with them: pictures, or recordings."""
    raw = body["messages"]
    rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []
    messages = tuple((str(row.get("role", "")), str(row.get("content", ""))) for row in rows)
    return messages, [file for row in rows for file in files_of(row.get("images"))]


def fitted(
    model: LabModel, messages: tuple[tuple[str, str], ...], context: int, *, may_cut: bool
) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the messages the model reads and their tokens; more than `context` where the server refuses.

    The oldest messages that are not the system's are dropped silently. What is still too long is cut silently to
    half the window for a model of a Go template, and refused for one of a Jinja template.
    """
    kept, count = messages, prompt_tokens(content for _, content in messages)
    while may_cut and count > context:
        droppable = [index for index, (role, _) in enumerate(kept[:-1]) if role != "system"]
        if not droppable:
            break
        kept = kept[: droppable[0]] + kept[droppable[0] + 1 :]
        count = prompt_tokens(content for _, content in kept)
    if count <= context or not may_cut or model.template == "jinja":
        return kept, count
    half = context // 2 + 2
    role, content = kept[-1]
    return ((role, "".join(tokens(content)[-(half - PER_MESSAGE) :])),), half


def overflow(count: int, context: int) -> Json:
    """Return the runner's error for a prompt that is too long."""
    message = f"request ({count} tokens) exceeds the available context size ({context} tokens), try increasing it"
    return {"message": message, "type": "exceed_context_size_error", "n_prompt_tokens": count, "n_ctx": context}


def answer_limit(body: Json, count: int, context: int, *, is_old: bool) -> int:
    """Return how many tokens the answer may have: by num_predict, and by the window where it may not shift.

    Older servers know no `shift`, and do.
    """
    wanted = number(options_of(body), "num_predict", -1)
    limit = wanted if wanted >= 0 else UNLIMITED * context
    return limit if is_old or body.get("shift", True) is not False else min(limit, context - count)
