"""What an Ollama host tells of its models: its answers to our cards."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import ModelCard
from bot.llm.ollama_wire import Json, count_in, object_in, text_in

MOST_BYTES = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What only /api/show tells reliably of a model: /api/tags says "completion" even of an embedding model."""

    context_tokens: int | None
    licence: str | None
    capabilities: frozenset[str]


def to_card(installed: Json, facts: Facts, *, is_loaded: bool) -> ModelCard:
    """Read an installed model's card."""
    details = object_in(installed, "details")
    return ModelCard(
        name=text_in(installed, "model"),
        size_bytes=count_in(installed, "size", most=MOST_BYTES),
        family=text_in(details, "family"),
        parameters=text_in(details, "parameter_size"),
        quantization=text_in(details, "quantization_level"),
        context_tokens=facts.context_tokens,
        licence=facts.licence,
        capabilities=facts.capabilities,
        is_loaded=is_loaded,
    )


def to_facts(shown: Json) -> Facts:
    """Read what /api/show tells. Older servers name no capabilities: a model that pools is an embedding model.

    Raises:
        ValueError: it is not a model's card.
    """
    info, named = shown.get("model_info"), shown.get("capabilities")
    if not isinstance(info, dict) or not isinstance(named, list | None):
        raise ValueError  # noqa: TRY004 - a wrong value from outside, as malformed JSON is
    capabilities = [each for each in named or () if isinstance(each, str)]
    pools = any(key.endswith(".pooling_type") for key in info)
    return Facts(
        context_tokens=count_in(info, f"{text_in(info, 'general.architecture')}.context_length") or None,
        licence=text_in(info, "general.license") or _first_line(text_in(shown, "license")),
        capabilities=frozenset(capabilities or ("embedding" if pools else "completion",)),
    )


def _first_line(text: str) -> str | None:
    return next(filter(None, map(str.strip, text.splitlines())), None)
