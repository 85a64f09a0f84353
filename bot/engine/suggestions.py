"""What the options of commands are completed from while a person types: what is in memory, never I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.engine.catalog import Catalog
from bot.engine.commands import Suggest, find_option
from bot.engine.lesson_commands import LessonCommands
from bot.engine.model_desk import ModelDesk
from bot.engine.model_keeping import ModelKeeping


class Suggestions:
    """Completes options."""

    def __init__(
        self, catalog: Catalog, desk: ModelDesk, keeping: ModelKeeping, lessons: LessonCommands | None
    ) -> None:
        self._completes: Mapping[Suggest, Callable[[str], Sequence[str]]] = {
            Suggest.INSTALLED_MODELS: catalog.suggest,
            Suggest.ALL_INSTALLED: catalog.suggest_any,
            Suggest.KNOWN_MODELS: desk.suggest,
            Suggest.HOSTS: keeping.suggest_hosts,
            Suggest.MODEL_FILES: keeping.suggest_files,
            **({Suggest.LESSONS: lessons.suggest} if lessons else {}),
        }

    def of(self, command: str, option: str, typed: str) -> Sequence[str]:
        """Complete an option, best first, at most 25."""
        found = find_option(command, option)
        complete = self._completes.get(found.suggest) if found and found.suggest else None
        return complete(typed) if complete else []
