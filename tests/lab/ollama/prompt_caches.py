"""What the slots of a loaded model hold of the prompts they have read.

As llama.cpp's server does it, which Ollama runs: each slot keeps the tokens of its last prompt and answer. A request
takes the free slot whose tokens its prompt shares the longest beginning with, if that is a tenth of the prompt at least
(`--slot-prompt-similarity`), else the one used least recently. Only what is not shared is read anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, takewhile

SIMILARITY = 0.1


@dataclass(slots=True)
class CacheSlot:
    """One slot: the tokens it holds, and when it was used last."""

    tokens: list[str] = field(default_factory=list)
    is_busy: bool = False
    used: int = 0


class PromptCaches:
    """The slots of one model in memory."""

    def __init__(self, slots: int) -> None:
        self._slots = [CacheSlot() for _ in range(slots)]
        self._uses = count(1)

    @contextmanager
    def slot(self, prompt: Sequence[str]) -> Iterator[tuple[CacheSlot, int]]:
        """Hold the slot a prompt is read in; yields it with the number of tokens it need not read."""
        free = [slot for slot in self._slots if not slot.is_busy]
        slot = max(free, key=lambda each: (self._likeness(each, prompt), -each.used))
        shared = _shared(slot.tokens, prompt)
        slot.is_busy, slot.used = True, next(self._uses)
        slot.tokens = [*prompt]
        try:
            yield slot, shared
        finally:
            slot.is_busy = False

    def _likeness(self, slot: CacheSlot, prompt: Sequence[str]) -> float:
        likeness = _shared(slot.tokens, prompt) / max(1, len(prompt))
        return likeness if likeness >= SIMILARITY else 0.0


def _shared(held: Sequence[str], prompt: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(held, prompt, strict=False)))
