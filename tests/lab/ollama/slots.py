"""What the stand-in's runners keep of the prompts they read: a cache for each slot, as llama-server has it.

A prompt is read by the idle slot whose cache it begins like; what they share is not evaluated again. Afterwards the
slot holds that prompt and what was written to it. A model that is loaded anew has read nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from tests.lab.ollama.tokens import PER_MESSAGE, PER_PROMPT, tokens

# Below this share of the prompt a slot is no more like it than any other, and the one longest unused is taken.
SIMILAR = 0.1


@dataclass(slots=True)
class Slot:
    """One place in a runner, and the tokens it holds."""

    held: list[str] = field(default_factory=list)
    used: int = 0
    is_busy: bool = False

    def shared(self, prompt: Sequence[str]) -> int:
        """Return how many tokens of a prompt need not be evaluated; the last one always is."""
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(self.held, prompt[:-1], strict=False))
        return sum(1 for _ in alike)


class Slots:
    """The slots of one runner. Where all are busy there is one more, which holds nothing."""

    def __init__(self, count: int) -> None:
        self._slots = [Slot() for _ in range(max(1, count))]
        self._turns = 0

    def take(self, prompt: Sequence[str]) -> tuple[Slot, int]:
        """Take an idle slot for a prompt; return it and how many tokens it holds of it already."""
        idle = [slot for slot in self._slots if not slot.is_busy] or [Slot()]
        likest = max(idle, key=lambda slot: slot.shared(prompt))
        is_like = likest.shared(prompt) >= SIMILAR * len(prompt)
        slot = likest if is_like else min(idle, key=lambda each: each.used)
        self._turns += 1
        slot.is_busy, slot.used = True, self._turns
        return slot, slot.shared(prompt)

    def give_back(self, slot: Slot, held: list[str]) -> None:
        """Leave the slot with what it holds now."""
        slot.is_busy, slot.held = False, held


def as_read(messages: Sequence[tuple[str, str]]) -> list[str]:
    """Return a prompt token by token, as its template writes it: as many as are counted."""
    read: list[str] = []
    for role, content in messages:
        read += [*[f"<{role}>"] * (PER_MESSAGE - 1), *tokens(content), "<end>"]
    return read + ["<assistant>"] * PER_PROMPT
