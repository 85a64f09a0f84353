"""Which entry of the catalogue an installed model is, by the name it is installed under and its size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.domain import ModelCard
from bot.domain.open_models import OpenModel

REGISTRIES = ("registry.ollama.ai/library/", "ollama.com/library/", "library/")
HUGGING_FACE = ("hf.co/", "huggingface.co/")
# A server counts parameters to the last one: 1.24B of what everybody calls 1B, 20.9B of 20B. A size in a name is the
# one that everybody calls it by.
COUNTED, CALLED = 0.3, 0.02
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([bm])", re.IGNORECASE)
_BILLIONS = {"b": 1.0, "m": 1e-3}


class Matcher:
    """Finds the entry of a name or of an installed model."""

    def __init__(self, models: Iterable[OpenModel]) -> None:
        by_name: dict[str, OpenModel] = {}
        by_base: dict[str, list[OpenModel]] = {}
        for model in models:
            for name in (model.id, model.name, model.tag, model.gguf, _without_tag(model.gguf), *model.aliases):
                if name:
                    by_name.setdefault(plain_name(name), model)
            for base in {plain_name(name).partition(":")[0] for name in (model.tag, *model.aliases) if name}:
                by_base.setdefault(base, []).append(model)
        self._by_name: Mapping[str, OpenModel] = MappingProxyType(by_name)
        self._by_base: Mapping[str, list[OpenModel]] = MappingProxyType(by_base)

    def find(self, name: str) -> OpenModel | None:
        """Return the entry that goes by this very name, in any case."""
        plain = plain_name(name)
        return self._by_name.get(plain) or self._by_name.get(_without_tag(plain) if is_hugging_face(plain) else plain)

    def entry_of(self, card: ModelCard) -> OpenModel | None:
        """Return the entry of an installed model.

        Its name decides; a tag that names a size or a quantisation of it ("llama3.1:8b-instruct-q4_K_M") is the entry
        of that name whose size the server confirms. A name in somebody's namespace is another's copy, and no entry is
        guessed for it.
        """
        plain = plain_name(card.name)
        base, _, tag = plain.partition(":")
        counted, called = size_in(card.parameters), size_in(tag)
        exact = self.find(plain)
        if exact is not None:
            return exact if _fits(exact, counted, COUNTED) else None
        siblings = self._by_base.get(base, []) if called else []
        found = next((model for model in siblings if _fits(model, called, CALLED)), None)
        return found if found and _fits(found, counted, COUNTED) else None


def plain_name(name: str) -> str:
    """Return a name in one spelling: lower case, without the address of the Ollama library and without `:latest`."""
    plain = name.strip().lower()
    for registry in REGISTRIES:
        plain = plain.removeprefix(registry)
    if plain.startswith(HUGGING_FACE[1]):
        plain = HUGGING_FACE[0] + plain.removeprefix(HUGGING_FACE[1])
    return plain.removesuffix(":latest")


def is_hugging_face(name: str) -> bool:
    """Return whether a name is that of a file on Hugging Face."""
    return name.startswith(HUGGING_FACE)


def size_in(text: str) -> float:
    """Return the number of parameters a text names, in billions: 7.2 of "7.2B", 0.135 of "135M"; 0 where none."""
    found = _SIZE.search(text)
    return float(found[1]) * _BILLIONS[found[2].lower()] if found else 0.0


def _fits(model: OpenModel, billions: float, tolerance: float) -> bool:
    if not billions or not model.parameters:
        return True
    return abs(billions - model.parameters) <= tolerance * model.parameters


def _without_tag(name: str) -> str:
    return name.partition(":")[0]
