"""What the bot counts as it works, for machines that watch it. No words, no people, no places: figures alone."""

from __future__ import annotations

from typing import Protocol

from bot.domain import ModelWork


class Meter(Protocol):
    """Counts what happens. Its methods are called on the event loop, cost microseconds, and never fail."""

    def turn_ended(self, *, platform: str, state: str, error: str, waited_s: float) -> None:
        """Count a turn that is over for this process: the state it is stored in, the key of its error or ""."""
        ...

    def model_worked(self, work: ModelWork, *, first_word_s: float | None) -> None:
        """Count a completion; `first_word_s` is how long its first words took, None where none came."""
        ...

    def lessons_answered(self, outcome: str) -> None:
        """Count what the lessons made of a question: "quoted", "worded" or "refused"."""
        ...

    def platform_called(self, *, platform: str, call: str, outcome: str) -> None:
        """Count a call of a platform's API: its method, and "ok", "limited", "refused", "failed" or "lost"."""
        ...


class NoMeter:
    """Counts nothing. See `Meter`."""

    def turn_ended(self, *, platform: str, state: str, error: str, waited_s: float) -> None:
        """See `Meter.turn_ended`."""

    def model_worked(self, work: ModelWork, *, first_word_s: float | None) -> None:
        """See `Meter.model_worked`."""

    def lessons_answered(self, outcome: str) -> None:
        """See `Meter.lessons_answered`."""

    def platform_called(self, *, platform: str, call: str, outcome: str) -> None:
        """See `Meter.platform_called`."""


NO_METER = NoMeter()
