"""What completes an option while it is typed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.catalog import Catalog
from bot.engine.commands import Suggest, find_option
from bot.engine.lesson_commands import LessonCommands


def suggested(
    command: str, option: str, typed: str, *, catalog: Catalog, lessons: LessonCommands | None
) -> Sequence[str]:
    """Complete an option from what is known without asking anybody, best first."""
    found = find_option(command, option)
    match found.suggest if found else None:
        case Suggest.INSTALLED_MODELS:
            return catalog.suggest(typed)
        case Suggest.LESSONS if lessons:
            return lessons.suggest(typed)
        case _:
            return []
