"""The form an assistant is made and changed in, and what was put into one that was refused."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from bot.clock import Clock
from bot.domain import ALL_LESSONS, NO_LESSONS, Assistant, CommandCall, FormField, FormRequest, Level, Notice, Persona
from bot.engine.assistant_names import NAME_CHARS, NAMED
from bot.engine.assistant_reading import (
    GREETING,
    GREETING_CHARS,
    INSTRUCTIONS,
    INSTRUCTIONS_CHARS,
    LESSONS,
    LESSONS_CHARS,
    MODEL,
    MODEL_CHARS,
)
from bot.i18n import text

WRITE = "assistant write"
# Some forms' texts, for as long as somebody may take to open theirs again.
MOST_DRAFTS, DRAFT_S = 100, 900.0
FIELDS = (
    (NAMED, NAME_CHARS),
    (INSTRUCTIONS, INSTRUCTIONS_CHARS),
    (MODEL, MODEL_CHARS),
    (LESSONS, LESSONS_CHARS),
    (GREETING, GREETING_CHARS),
)


class Drafts:
    """What people put into forms that were refused, in memory for a while: a form opened anew begins with it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, ...], tuple[float, Mapping[str, str]]] = OrderedDict()

    def keep(self, call: CommandCall) -> None:
        """Keep what a call was made with."""
        self._kept[_whose(call)] = self._clock.now(), dict(call.arguments)
        while len(self._kept) > MOST_DRAFTS:
            self._kept.popitem(last=False)

    def take(self, call: CommandCall) -> Mapping[str, str]:
        """Return what the caller's last refused form held of the same one, once; empty for none, or an old one."""
        kept_at, said = self._kept.pop(_whose(call), (-DRAFT_S, {}))
        return said if self._clock.now() - kept_at < DRAFT_S else {}


def form_for(home: Level, said: Mapping[str, str], *, assistant: Assistant | None = None) -> FormRequest:
    """Return the form for a new assistant, or for one that is there; `said` stands in its fields already."""
    arguments = {"for": home.value}
    if assistant:
        arguments |= {"id": str(assistant.id), "seen": str(assistant.version)}
    return FormRequest(
        title=Notice("assistant.form_edit" if assistant else "assistant.form"),
        command=WRITE,
        arguments=arguments,
        fields=tuple(
            FormField(
                name=name,
                most_chars=most,
                value=said.get(name, "")[:most],
                is_required=name in {NAMED, INSTRUCTIONS},
                is_long=name in {INSTRUCTIONS, GREETING},
            )
            for name, most in FIELDS
        ),
    )


def said_of(persona: Persona, locale: str) -> dict[str, str]:
    """Return what stands in the fields for an assistant that is there."""
    words = {ALL_LESSONS: "", NO_LESSONS: text("assistant.lessons_none", locale)}
    return {
        NAMED: persona.name,
        INSTRUCTIONS: persona.prompt,
        MODEL: persona.model,
        LESSONS: words.get(persona.lessons, persona.lessons.replace("\n", ", ")),
        GREETING: persona.greeting,
    }


def _whose(call: CommandCall) -> tuple[str, ...]:
    """Return who filled in a form, and for which assistant: "" for a new one."""
    return call.address.platform, call.person.id, call.arguments.get("id", "")
