"""What `/assistant` does: personas are made, changed, shared and removed, and let answer here or there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    HOMES,
    Assistant,
    AssistantLimits,
    Button,
    CommandCall,
    FormRequest,
    Level,
    Notice,
    Offer,
    Persona,
    ReplyPart,
)
from bot.domain.deeds import Deed, DeedKind, deed_with
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.assistant_desk import AssistantDesk, anywhere, home_in
from bot.engine.assistant_forms import WRITE, Drafts, form_for, said_of
from bot.engine.assistant_names import NAMED
from bot.engine.assistant_reading import INSTRUCTIONS, MODEL, PersonaReader
from bot.engine.assistant_using import AssistantUsing
from bot.engine.authority import Authority
from bot.engine.commands import CommandRun
from bot.engine.lesson_commands import LessonCommands
from bot.engine.numbers import number_in
from bot.engine.selection import Selector
from bot.errors import FieldRefused, UserError
from bot.ports import Assistants

CREATE, EDIT, FORM = "assistant create", "assistant edit", "assistant form"


class AssistantCommands:
    """Runs the commands that begin with `assistant`."""

    def __init__(
        self,
        *,
        assistants: Assistants,
        authority: Authority,
        selector: Selector,
        answer_policy: AnswerPolicy,
        lessons: LessonCommands | None = None,
        limits: AssistantLimits,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._assistants = assistants
        self.desk = AssistantDesk(assistants=assistants, authority=authority, clock=clock)
        self._selector = selector
        self._using = AssistantUsing(
            assistants=assistants, selector=selector, answer_policy=answer_policy, desk=self.desk
        )
        self._limits = limits
        self._reader = PersonaReader(catalog=selector.catalog, lessons=lessons)
        self._drafts = Drafts(clock)

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table. `FORM` only ever opens one."""
        return {
            "assistant list": self.listed,
            CREATE: self.created,
            "assistant show": self.shown,
            WRITE: self.written,
            **self._using.runs,
            "assistant share": self.shared,
            "assistant unshare": self.unshared,
            "assistant remove": self.removed,
            "assistant drop": self.dropped,
        }

    async def form_of(self, call: CommandCall) -> FormRequest | None:
        """Return the form a call asks for; None for one that wants none.

        Raises:
            BotError: the caller may not do what the form is for, or what it is about is gone.
        """
        if call.command == CREATE and ":" not in call.arguments.get(NAMED, ""):
            home = home_in(call)
            await self.desk.check(home, call)
            said = {name: value for name in (NAMED, MODEL) if (value := call.arguments.get(name, ""))}
            return form_for(home, said)
        if call.command == EDIT or (call.command == FORM and call.arguments.get("id")):
            found = await (self.desk.named(call) if call.command == EDIT else self.desk.numbered(call))
            await self.desk.check(found.home, call)
            said = said_of(found.persona, call.person.locale)
            drafted = self._drafts.take(call) if call.command == FORM else {}
            return form_for(found.home, {**said, **drafted}, assistant=found)
        return form_for(home_in(call), self._drafts.take(call)) if call.command == FORM else None

    async def look_over(self, call: CommandCall) -> None:
        """Look whether a filled-in form can be taken, and change nothing.

        Raises:
            FieldRefused: a field cannot be taken as it is.
            BotError: whatever else is in the way.
        """
        if call.command == WRITE:
            await self._read(call)

    async def listed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell which assistants the caller may use here, home by home, and which one answers."""
        chosen = await self._selector.personas.chosen(call.address, call.person.id)
        seen, answering = await self.desk.visible(call), chosen.assistant.id if chosen.assistant else 0
        yield Notice("assistant.list_head" if seen else "assistant.list_none", {"count": len(seen)})
        for home in HOMES:
            here = [each for each in seen if each.home is home]
            if here:
                yield Notice(f"assistant.list_{home.value}")
            for each in here:
                mark = "▶" if each.id == answering else "•"
                yield Notice("assistant.list_row", {"mark": mark, "name": each.name, **_facts(each.persona)})
        yield Notice("assistant.list_tail")

    async def shown(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell what an assistant is told, and where it is used."""
        found = await self.desk.named(call)
        yield Notice("assistant.show_head", {"name": found.name, "home": home_notice(found.home)})
        yield Notice("assistant.show_facts", _facts(found.persona))
        if found.persona.greeting:
            yield Notice("assistant.show_greeting", {"text": " ".join(found.persona.greeting.split())})
        yield Notice("assistant.show_instructions", {"text": " ".join(found.persona.prompt.split())})
        yield await self._traces(found)

    async def created(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Make an assistant of one line: its name, a colon, what it is told."""
        name, _, instructions = call.arguments.get(NAMED, "").partition(":")
        said = {NAMED: name, INSTRUCTIONS: instructions, MODEL: call.arguments.get(MODEL, "")}
        home = home_in(call)
        await self.desk.check(home, call)
        made = await self._make(home, call, await self._reader.read(said, locale=call.person.locale))
        for part in _made(made):
            yield part

    async def written(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Make or change an assistant as a form says; what cannot be taken waits for the form to be opened again."""
        try:
            home, persona, found = await self._read(call)
            if found is None:
                stored = await self._make(home, call, persona)
            else:
                stored = await self._change(found, call, persona)
        except FieldRefused as error:
            self._drafts.keep(call)
            yield Notice(error.key, error.parameters)
            yield Offer((_again(call),))
            return
        for part in _made(stored) if found is None else [Notice("assistant.changed", {"name": stored.name})]:
            yield part

    async def shared(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Give a place a copy of the caller's own assistant; one that it has of it already is brought up to date."""
        home = home_in(call, otherwise=Level.CHANNEL)
        await self.desk.check(home, call)
        own = await self.desk.named(anywhere(call, Level.ME))
        there = [each for each in await self.desk.visible(call) if each.source == own.id and each.home is home]
        if not there:
            made = await self._make(home, call, own.persona, source=own.id)
        elif await self._assistants.change(
            there[0].id,
            own.persona,
            seen=there[0].version,
            deed=_deed(DeedKind.ASSISTANT_SHARED, there[0], call),
        ):
            made = there[0]
        else:
            raise UserError("error.assistant_changed")
        yield Notice("assistant.shared", {"name": made.name, "home": home_notice(home)})

    async def unshared(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Take a shared copy back: whoever shared it may, and who keeps the place's assistants."""
        home = home_in(call, otherwise=Level.CHANNEL)
        found = await self.desk.named(anywhere(call, home))
        if not found.source or found.author_id != call.person.id:
            await self.desk.check(home, call)
        traces = await self._traces(found)
        await self._remove(found, call, seen=found.version)
        yield Notice("assistant.unshared", {"name": found.name, "home": home_notice(home)})
        yield traces

    async def removed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Remove an assistant on the second word: the first tells where it is used."""
        found = await self.desk.named(call)
        await self.desk.check(found.home, call)
        if call.arguments.get("confirm"):
            await self._remove(found, call, seen=found.version)
            yield Notice("assistant.removed", {"name": found.name})
            return
        command = f"/assistant remove {found.name} for {found.home.value} confirm yes"
        yield Notice("assistant.remove_ask", {"name": found.name, "home": home_notice(found.home), "command": command})
        yield await self._traces(found)
        arguments = {"id": str(found.id), "seen": str(found.version)}
        yield Offer((Button(Notice("button.assistant_remove"), "assistant drop", arguments),))

    async def dropped(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Remove the assistant a button is about, as it was when the button was shown."""
        found = await self.desk.numbered(call)
        await self.desk.check(found.home, call)
        await self._remove(found, call, seen=number_in(call.arguments["seen"]) or 0)
        yield Notice("assistant.removed", {"name": found.name})

    async def _read(self, call: CommandCall) -> tuple[Level, Persona, Assistant | None]:
        """Return whose assistant a form makes, what it is to be, and which one it changes. Rights are asked first."""
        found = await self.desk.numbered(call) if call.arguments.get("id") else None
        home = found.home if found else home_in(call)
        await self.desk.check(home, call)
        if found and found.version != number_in(call.arguments.get("seen", "")):
            raise UserError("error.assistant_changed")
        persona = await self._reader.read(call.arguments, locale=call.person.locale)
        for each in await self.desk.visible(call):
            if each.home is home and each.persona.key == persona.key and each != found:
                raise FieldRefused(NAMED, "error.assistant_exists", name=persona.name)
        return home, persona, found

    async def _make(self, home: Level, call: CommandCall, persona: Persona, *, source: int = 0) -> Assistant:
        most = self._limits.of(home)
        made = await self._assistants.create(home, call.address, call.person.id, persona, most=most, source=source)
        await self.desk.look()
        return made

    async def _change(self, found: Assistant, call: CommandCall, persona: Persona) -> Assistant:
        seen = number_in(call.arguments.get("seen", "")) or 0
        deed = _deed(DeedKind.ASSISTANT_CHANGED, found, call)
        changed = await self._assistants.change(found.id, persona, seen=seen, deed=deed)
        if changed is None:
            raise UserError("error.assistant_changed")
        await self.desk.look()
        return changed

    async def _remove(self, found: Assistant, call: CommandCall, *, seen: int) -> None:
        deed = _deed(DeedKind.ASSISTANT_REMOVED, found, call)
        if not await self._assistants.remove(found.id, seen=seen, deed=deed):
            raise UserError("error.assistant_changed")
        await self.desk.look()

    async def _traces(self, found: Assistant) -> Notice:
        """Say where an assistant is used: how often, and not in which places, which may be others' own."""
        traces = await self._assistants.traces(found.id)
        counts = {level.value: traces.uses.get(level, 0) for level in Level}
        return Notice("assistant.traces", {**counts, "copies": traces.copies})


def _deed(kind: DeedKind, assistant: Assistant, call: CommandCall) -> Deed | None:
    return deed_with(kind, assistant, person_id=call.person.id, address=call.address)


def home_notice(home: Level) -> Notice:
    """Return the words for whose an assistant is."""
    return Notice(f"assistant.home_{home.value}")


def _facts(persona: Persona) -> dict[str, object]:
    lessons = {"all": Notice("assistant.lessons_all"), "none": Notice("assistant.lessons_none")}
    return {
        "model": persona.model or Notice("assistant.model_any"),
        "lessons": lessons.get(persona.lessons, persona.lessons.replace("\n", ", ")),
    }


def _made(made: Assistant) -> list[ReplyPart]:
    told = {"name": made.name, "home": home_notice(made.home)}
    return [Notice("assistant.created", told)]


def _again(call: CommandCall) -> Button:
    kept = {name: call.arguments[name] for name in ("for", "id") if call.arguments.get(name)}
    return Button(Notice("button.assistant_form"), FORM, kept)


def assistant_commands(
    selector: Selector,
    limits: AssistantLimits,
    answer_policy: AnswerPolicy,
    authority: Authority,
    lessons: LessonCommands | None,
    clock: Clock,
) -> AssistantCommands | None:
    """Return what runs the commands; None where no assistants are stored."""
    if selector.personas.store is None:
        return None
    return AssistantCommands(
        assistants=selector.personas.store,
        authority=authority,
        selector=selector,
        answer_policy=answer_policy,
        lessons=lessons,
        limits=limits,
        clock=clock,
    )
