"""What the options of commands are completed from while a person types: what is in memory, never I/O."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.catalog import Catalog
from bot.engine.commands import Suggest, find_option
from bot.engine.lesson_commands import LessonCommands
from bot.engine.model_desk import ModelDesk


def suggestions(
    command: str, option: str, typed: str, *, catalog: Catalog, desk: ModelDesk, lessons: LessonCommands | None
) -> Sequence[str]:
    """Complete an option, best first, at most 25."""
    found = find_option(command, option)
    match found.suggest if found else None:
        case Suggest.INSTALLED_MODELS:
            return catalog.suggest(typed)
        case Suggest.KNOWN_MODELS:
            return desk.suggest(typed)
        case Suggest.LESSONS if lessons:
            return lessons.suggest(typed)
        case _:
            return []


def is_assistant(command: str, option: str) -> bool:
    """Whether an option names an assistant: which of them are told depends on who asks, and where."""
    found = find_option(command, option)
    return found is not None and found.suggest is Suggest.ASSISTANTS
