"""`lyceum ratings`: how often each model's answers were called good, as a table, and the reasons given."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.ports import Rating, Verdict

BAR_CHARS = 20
Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ModelRatings:
    """How often a model's answers were called good and not good."""

    model: str
    good: int
    bad: int

    @property
    def share(self) -> float:
        """The share of good ones, from 0 to 1."""
        return self.good / (self.good + self.bad)

    @property
    def bar(self) -> str:
        """The share as a picture."""
        filled = round(self.share * BAR_CHARS)
        return "█" * filled + "░" * (BAR_CHARS - filled)


def stored_ratings(location: str | Path) -> Sequence[Rating]:
    """Read every rating of a database, oldest first; none is made where there is none. Blocks.

    Raises:
        ConfigurationError: it cannot be used as it is.
        Unavailable: it is locked or away.
    """
    from bot.storage.database import migration, revisions

    return [] if migration.look(location).state is revisions.SchemaState.NEW else asyncio.run(_read(location))


async def _read(location: str | Path) -> Sequence[Rating]:
    from bot.storage.answer_store import SqlAnswers
    from bot.storage.database.open_database import open_database

    async with await open_database(location) as database:
        return await SqlAnswers(database).ratings()


def by_model(ratings: Sequence[Rating]) -> list[ModelRatings]:
    """Count by model, the most rated first."""
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for rating in ratings:
        verdicts[rating.model].append(rating.verdict)
    counted = [
        ModelRatings(model, given.count(Verdict.GOOD), given.count(Verdict.BAD)) for model, given in verdicts.items()
    ]
    return sorted(counted, key=lambda each: (-each.good - each.bad, each.model))


def table(ratings: Sequence[Rating], words: Words) -> list[str]:
    """Return the table's lines; `words` returns the text of a key. Empty without ratings."""
    if not ratings:
        return []
    head = tuple(words(f"ratings.{column}") for column in ("model", "good", "bad", "share"))
    rows = [
        (each.model or words("ratings.lessons"), str(each.good), str(each.bad), f"{each.share:.0%}")
        for each in by_model(ratings)
    ]
    bars = ["", *(each.bar for each in by_model(ratings))]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [_line(row, widths, bar) for row, bar in zip((head, *rows), bars, strict=True)]


def reasons(ratings: Sequence[Rating], words: Words) -> list[str]:
    """Return the reasons, newest first, each on a line; empty where nobody gave one."""
    given = [rating for rating in reversed(ratings) if rating.reason]
    return [
        f"{rating.rated_at:%Y-%m-%d}  {rating.model or words('ratings.lessons')}: {' '.join(rating.reason.split())}"
        for rating in given
    ]


def _line(row: Sequence[str], widths: Sequence[int], bar: str) -> str:
    name, *numbers = (
        cell.ljust(width) if not column else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([name, *numbers, bar]).rstrip()
