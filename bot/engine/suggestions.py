"""What the options of commands are completed from while a person types: what is in memory, never I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.domain import Address, Person
from bot.engine.assistant_commands import AssistantCommands
from bot.engine.catalog import Catalog
from bot.engine.commands import find_option
from bot.engine.lesson_commands import LessonCommands
from bot.engine.model_desk import ModelDesk
from bot.engine.model_keeping import ModelKeeping
from bot.engine.suggest_kinds import Suggest


class Suggestions:
    """Completes options."""

    def __init__(
        self,
        catalog: Catalog,
        desk: ModelDesk,
        keeping: ModelKeeping,
        lessons: LessonCommands | None,
        assistants: AssistantCommands | None,
    ) -> None:
        self._assistants = assistants.desk if assistants else None
        self._lessons = lessons
        self._completes: Mapping[Suggest, Callable[[str], Sequence[str]]] = {
            Suggest.INSTALLED_MODELS: catalog.suggest,
            Suggest.ALL_INSTALLED: catalog.suggest_any,
            Suggest.KNOWN_MODELS: desk.suggest,
            Suggest.HOSTS: keeping.suggest_hosts,
            Suggest.MODEL_FILES: keeping.suggest_files,
            **({Suggest.COURSES: lessons.suggest_courses} if lessons else {}),
        }

    def of(self, command: str, option: str, typed: str, *, person: Person, address: Address) -> Sequence[str]:
        """Complete an option, best first, at most 25. Assistants and lessons depend on who asks, and where."""
        found = find_option(command, option)
        if found and found.suggest is Suggest.ASSISTANTS and self._assistants:
            return self._assistants.suggest(typed, person=person, address=address)
        if found and found.suggest is Suggest.LESSONS and self._lessons:
            return self._lessons.suggest(typed, address)
        complete = self._completes.get(found.suggest) if found and found.suggest else None
        return complete(typed) if complete else []
