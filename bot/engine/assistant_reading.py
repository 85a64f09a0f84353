"""What people say of an assistant, read field by field: what cannot be taken is refused with the field's name."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain import ALL_LESSONS, NO_LESSONS, Persona
from bot.engine.assistant_names import NAMED, key_of, read_name
from bot.engine.catalog import Catalog
from bot.engine.lesson_commands import LessonCommands
from bot.engine.prompt import clean_text
from bot.errors import FieldRefused, UserError
from bot.i18n import text

INSTRUCTIONS_CHARS, GREETING_CHARS = 2_000, 300
MOST_LESSONS, LESSONS_CHARS, MODEL_CHARS = 10, 500, 200
INSTRUCTIONS, MODEL, LESSONS, GREETING = "instructions", "model", "lessons", "greeting"


class PersonaReader:
    """Reads what was put into the fields of an assistant."""

    def __init__(self, *, catalog: Catalog, lessons: LessonCommands | None = None) -> None:
        self._catalog = catalog
        self._lessons = lessons

    async def read(self, said: Mapping[str, str], *, locale: str) -> Persona:
        """Return what is stored.

        Raises:
            FieldRefused: what one of the fields holds cannot be taken.
            Unavailable: the model host, or the store of the lessons, does not answer.
        """
        name = read_name(said.get(NAMED, ""))
        return Persona(
            name=name,
            key=key_of(name),
            prompt=bounded(INSTRUCTIONS, said, most=INSTRUCTIONS_CHARS, is_needed=True),
            greeting=bounded(GREETING, said, most=GREETING_CHARS),
            model=await self._model(said.get(MODEL, "").strip()),
            lessons=await self._bounds(said.get(LESSONS, ""), locale),
        )

    async def _model(self, typed: str) -> str:
        if not typed:
            return ""
        try:
            return (await self._catalog.require(typed[:MODEL_CHARS])).name
        except UserError as error:
            raise FieldRefused(MODEL, error.key, **error.parameters) from error

    async def _bounds(self, typed: str, locale: str) -> str:
        """Return what lessons are meant: all, none, or courses and lessons, a line each."""
        wanted = [word for part in typed.replace("\n", ",").split(",") if (word := clean_text(part).strip("`/ "))]
        said = [word.casefold() for word in wanted]
        if said in ([], [ALL_LESSONS], [text("assistant.lessons_all", locale).casefold()]):
            return ALL_LESSONS
        if said in ([NO_LESSONS], [text("assistant.lessons_none", locale).casefold()]):
            return NO_LESSONS
        if len(wanted) > MOST_LESSONS:
            raise FieldRefused(LESSONS, "error.assistant_lessons_many", most=MOST_LESSONS)
        known = await self._known()
        return "\n".join(dict.fromkeys(self._named(word, known) for word in wanted))

    async def _known(self) -> Mapping[str, str]:
        """Return courses, their parts and lessons, each as it is written, by its case-folded name."""
        keys = await self._lessons.keys() if self._lessons else []
        parts = ["/".join(key.split("/")[:length]) for key in keys for length in range(1, key.count("/") + 2)]
        return {part.casefold(): part for part in parts}

    def _named(self, word: str, known: Mapping[str, str]) -> str:
        if found := known.get(word.casefold()):
            return found
        courses = sorted({key.partition("/")[0] for key in known.values()})
        raise FieldRefused(LESSONS, "error.assistant_lessons_unknown", lesson=word, courses=", ".join(courses) or "-")


def bounded(field: str, said: Mapping[str, str], *, most: int, is_needed: bool = False) -> str:
    """Return a text that was typed, as it is kept. Raises `FieldRefused` where it is too long, or missing."""
    typed = clean_text(said.get(field, ""))
    if is_needed and not typed:
        raise FieldRefused(field, "error.assistant_no_instructions")
    if len(typed) > most:
        raise FieldRefused(field, "error.assistant_text_long", most=most, chars=len(typed))
    return typed
