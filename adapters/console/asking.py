"""A form at the console: its fields are asked for one after another, a line each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.domain import FormField, FormRequest, Notice
from bot.engine.prompt import clean_text
from bot.i18n import sentence, text

CANCEL, EMPTY = "/cancel", "-"
# Enough to know what stands in a field by.
SHOWN_CHARS = 60
Ask = Callable[[str], Awaitable[str | None]]
Say = Callable[[Notice], None]


class Questions:
    """Asks for the fields of one form. `ask` writes a question and returns the line; None at the end of the input."""

    def __init__(self, form: FormRequest, *, ask: Ask, say: Say, locale: str) -> None:
        self._form = form
        self._ask = ask
        self._say = say
        self._locale = locale

    async def all(self) -> Mapping[str, str] | None:
        """Ask for all fields; None where the person gives up."""
        self._say(Notice("form.begin", {"title": self._form.title}))
        values: dict[str, str] = {}
        for field in self._form.fields:
            said = await self._one(field)
            if said is None:
                return None
            values[field.name] = said
        return values

    async def again(self, name: str, values: Mapping[str, str]) -> Mapping[str, str] | None:
        """Ask for one field again; None where the person gives up."""
        said = await self._one(next(field for field in self._form.fields if field.name == name))
        return None if said is None else {**values, name: said}

    async def _one(self, field: FormField) -> str | None:
        label = f"{text(f'field.{field.name}', self._locale)} ({text(f'field_hint.{field.name}', self._locale)})"
        while True:
            line = await self._ask(
                sentence(Notice("form.field", {"label": label, "value": _shown(field)}), self._locale)
            )
            if line is None or line.strip() == CANCEL:
                return None
            typed = clean_text(line)
            said = "" if typed == EMPTY else typed or field.value
            if said or not field.is_required:
                return said
            self._say(Notice("form.needed"))


def _shown(field: FormField) -> Notice | str:
    """Return what stands in a field, as much as is known again."""
    value = " ".join(field.value.split())
    short = value if len(value) <= SHOWN_CHARS else f"{value[: SHOWN_CHARS - 1]}…"
    return Notice("form.value", {"value": short}) if short else ""
