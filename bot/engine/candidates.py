"""Models that may be taken for a task: what each is good for, and which come first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import ModelCard
from bot.domain.open_models import OpenModel
from bot.engine.selection import GIGABYTE, MEMORY_FOR_DISK

CAPABILITIES = {"vision": "vision", "tools": "tools", "thinking": "reasoning"}
"""The tasks a server vouches for by a capability of the model."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a model is wanted for: a task and a language, empty for any, and the GB it must fit into, 0 for any."""

    task: str = ""
    language: str = ""
    memory_gb: float = 0


@dataclass(frozen=True, slots=True)
class ModelCandidate:
    """A model that may be taken: installed (`card`), known (`entry`), or both."""

    card: ModelCard | None
    entry: OpenModel | None

    @property
    def name(self) -> str:
        """What it is called: as it is installed, else as it is pulled."""
        if self.card:
            return self.card.name
        assert self.entry
        return self.entry.pull_name

    @property
    def tasks(self) -> frozenset[str]:
        """What it is good for, by the catalogue and by what the server says it can do."""
        known = set(self.entry.tasks) if self.entry else set()
        can = self.card.capabilities if self.card else frozenset()
        able = {task for name, task in CAPABILITIES.items() if name in can}
        return frozenset(known | able | ({"chat"} if "completion" in can else set()))

    @property
    def languages(self) -> frozenset[str]:
        """The languages it is known to have learnt; empty where nobody says."""
        own = self.card.languages if self.card else frozenset()
        return frozenset(own or (self.entry.languages if self.entry else ()))

    @property
    def memory_gb(self) -> float:
        """What it takes in memory, in GB; 0 where that is not known."""
        if self.card and self.card.size_bytes:
            return self.card.size_bytes * MEMORY_FOR_DISK / GIGABYTE
        return self.entry.memory_gb if self.entry else 0

    def suits(self, wanted: Purpose) -> bool:
        """Whether it is good for what is wanted; what nobody says of it stands in its way only for a task."""
        if wanted.task and wanted.task not in self.tasks:
            return False
        if wanted.language and self.languages and wanted.language not in self.languages:
            return False
        return not wanted.memory_gb or self.memory_gb <= wanted.memory_gb


def wanted_of(arguments: Mapping[str, str], *, memory_gb: float) -> Purpose:
    """Return what the options of a call ask for, of hosts that have so much memory for models (0: not known)."""
    fits = arguments.get("fits", "") == "yes"
    return Purpose(arguments.get("task", ""), arguments.get("language", "").lower(), memory_gb if fits else 0)


def parameters_of(entry: OpenModel) -> str:
    """Return the number of parameters in words: "7B", "46.7B, 12.9B of them at work on a token"."""
    if not entry.parameters:
        return ""
    return f"{entry.parameters:g}B ({entry.active:g}B)" if entry.active else f"{entry.parameters:g}B"


def rank(
    candidate: ModelCandidate, wanted: Purpose, *, surely_better: int = 0
) -> tuple[bool, bool, int, float, float, str]:
    """Order candidates: those that say they know the language, then installed ones, then by votes, size and openness.

    `surely_better` is how many models the team's votes call better than this one. Within a task, a model's number of
    parameters is the best single guess of its quality that is known of all.
    """
    entry = candidate.entry
    speaks = not wanted.language or wanted.language in candidate.languages
    size = entry.parameters if entry else candidate.memory_gb
    return (
        not speaks,
        candidate.card is None,
        surely_better,
        -size,
        -(entry.open_criteria if entry else 0),
        candidate.name,
    )
