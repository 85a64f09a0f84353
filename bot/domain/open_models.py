"""What is publicly known of open models: facts with their sources, and how open each model is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

# What a model takes in memory beside its weights: the cache of a window of some 8,000 tokens and the buffers of the
# computation. Ollama 0.12 took 1.1 to 1.3 times the file's size for models of 1 to 14 billion parameters.
MEMORY_FACTOR = 1.2
# What a billion parameters take on disk in the library's usual four-bit files: .59 (Llama 3.1 8B) to .68 (Gemma 3 12B).
GB_OF_A_BILLION = 0.62


TASKS = ("chat", "code", "math", "medicine", "reasoning", "tools", "translation", "vision")
"""What models are good for, as the catalogue files them."""


class Criterion(StrEnum):
    """What of a model may be open, in the order in which it is shown."""

    TRAINING_DATA = "training_data"
    WEIGHTS = "weights"
    EVALUATION_CODE = "evaluation_code"
    FINE_TUNING_CODE = "fine_tuning_code"
    TRAINING_METRICS = "training_metrics"


class Openness(StrEnum):
    """How far a criterion is met. What nobody says is unknown, and never taken for a no."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


class Terms(StrEnum):
    """What a licence lets people do, in one word."""

    PERMISSIVE = "permissive"
    COMMUNITY = "community"
    NON_COMMERCIAL = "non_commercial"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSource:
    """Where facts come from: `licence` is that of the source, empty where only single facts were taken from it."""

    title: str
    url: str = ""
    licence: str = ""
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionVerdict:
    """How far a criterion is met, by which sources (their keys; none for an unknown), with a word on the reason."""

    value: Openness = Openness.UNKNOWN
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNote:
    """A sentence on a model, and the key of its source."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModel:
    """One model that can be had, as the catalogue knows it.

    Numbers are 0, texts and lists empty where nobody says. `parameters` and `active` (those that work on one token, in
    a mixture of experts) are in billions, `context` in tokens, `size_gb` that of the default download in 10^9 bytes.
    `tag` is the name in the Ollama library, `gguf` an `hf.co/…` name; `aliases` are other names it is installed under.
    `parent` is the id of the model it was made from or follows. `unsupported` is the share of its answers, in per cent,
    that a published test found not supported by the text in front of it. `sources` gives the key of each fact's source.
    """

    id: str
    name: str
    family: str
    maker: str = ""
    parent: str = ""
    released: str = ""
    parameters: float = 0
    active: float = 0
    context: int = 0
    licence: str = ""
    terms: Terms = Terms.UNKNOWN
    tasks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tag: str = ""
    gguf: str = ""
    size_gb: float = 0
    aliases: tuple[str, ...] = ()
    notes: tuple[ModelNote, ...] = ()
    openness: Mapping[Criterion, CriterionVerdict] = field(default_factory=dict)
    unsupported: float | None = None
    retires: date | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def pull_name(self) -> str:
        """The name to pull it by: that of the Ollama library before one of Hugging Face; empty where there is none."""
        return self.tag or self.gguf

    @property
    def memory_gb(self) -> float:
        """What it takes in memory, about, in 10^9 bytes; 0 where neither its size nor its parameters are known."""
        return (self.size_gb or self.parameters * GB_OF_A_BILLION) * MEMORY_FACTOR

    def verdict(self, criterion: Criterion) -> CriterionVerdict:
        """Return how far a criterion is met."""
        return self.openness.get(criterion, CriterionVerdict())

    @property
    def open_criteria(self) -> float:
        """How many of the five criteria are met; one that is met in part counts half."""
        worth = {Openness.YES: 1.0, Openness.PARTLY: 0.5}
        return sum(worth.get(self.verdict(criterion).value, 0.0) for criterion in Criterion)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePrice:
    """What a proprietary model costs, in US dollars for a million tokens, on the date of its source.

    `input` is the price of tokens that are read, `output` of those that are written; `page` is the provider's own.
    """

    model: str
    provider: str
    input: float
    output: float
    source: str
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The whole catalogue: what it is built from, the models by family and size, prices to compare with."""

    version: date
    sources: Mapping[str, FactSource]
    models: tuple[OpenModel, ...]
    prices: tuple[ReferencePrice, ...] = ()
