"""Context windows: what of a conversation one model still reads, and what stands for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextWindow:
    """Where a model's reading of a conversation begins: with the turn `from_turn`, 0 for all there is.

    `dropped` counts the messages before it, which were left out, the newest of them at `cut_at`. `summary` stands for
    them; "" where nothing does. `next_turn` is where the window will begin when it is full, as `next_summary` says
    what will be gone by then; 0 where no summary was made ahead.
    `bytes_per_token` is what the model's tokens were measured to be here; 0 before that.
    """

    from_turn: int = 0
    dropped: int = 0
    cut_at: datetime | None = None
    summary: str = ""
    next_turn: int = 0
    next_summary: str = ""
    bytes_per_token: float = 0.0

    @property
    def is_cut(self) -> bool:
        """Whether anything was left out."""
        return self.dropped > 0
