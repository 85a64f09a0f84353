"""What the commands do: each answers with notices, and nothing else speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import Protocol

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Choice, CommandCall, Level, ModelCard, Notice, Person, ReplyPart, Think
from bot.domain.defaults import BACKUP_DAYS
from bot.engine.access import LEVELS_FOR_ALL, Right, right_to
from bot.engine.authority import Authority
from bot.engine.button_presses import ButtonPresses
from bot.engine.catalog import Catalog
from bot.engine.commands import BY_NAME, CommandRun, check_arguments, usages
from bot.engine.exports import export_of
from bot.engine.help_rows import help_rows
from bot.engine.lesson_commands import LessonCommands
from bot.engine.levels import choice_notice, level_notice, levels_of
from bot.engine.model_desk import row
from bot.engine.selection import Reason, Selection, Selector
from bot.engine.thinking import may_be_told, think_of
from bot.errors import UserError
from bot.ports import Choices, History


class StopHere(Protocol):
    """Ends what a person may end in a conversation, and says so."""

    async def __call__(self, *, person: Person, address: Address) -> Notice:
        """Raise a `UserError` where there is nothing to end, or nothing of theirs."""
        ...


class CommandRunner:
    """Runs the commands of the table.

    `backup_days` is how long copies of the database may hold what was erased; `settle` stores what is owed to it;
    `window_of` tells how many tokens a model reads at once here.
    """

    def __init__(
        self,
        *,
        history: History,
        choices: Choices,
        catalog: Catalog,
        selector: Selector,
        others: Iterable[Mapping[str, CommandRun]] = (),
        authority: Authority,
        stop_here: StopHere,
        settle: Callable[[], Awaitable[None]],
        backup_days: int = BACKUP_DAYS,
        presses: ButtonPresses,
        window_of: Callable[[ModelCard], int],
        lessons: LessonCommands | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._clock = clock
        self._stop_here = stop_here
        self._settle = settle
        self._backup_days = backup_days
        self._history = history
        self._choices = choices
        self._catalog = catalog
        self._selector = selector
        self._authority = authority
        self._window_of = window_of
        self._runs: Mapping[str, CommandRun] = MappingProxyType(
            {
                **(lessons.runs if lessons else {}),
                **{name: run for runs in others for name, run in runs.items()},
                "model use": self._use,
                "model why": self._why,
                "model reset": self._forget_choice,
                "stop": self._stop,
                "reset": self._reset,
                "forget": self._forget_person,
                "export": self._export,
                "help": self._help,
                "rate": presses.rate,
                "publish": presses.publish,
                "reasoning": presses.reasoning,
                "model reasoning": presses.last_reasoning,
            }
        )

    async def run(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Yield what the command has to say: notices and the buttons below them, or what everybody is to read.

        Raises:
            UserError: no such command, wrong options, or the person may not.
            Unavailable: the model host, the store or the platform does not answer.
        """
        await self._authority.check(right_to(call.command), person=call.person, address=call.address)
        command = BY_NAME.get(call.command)
        if command is None or command.name not in self._runs:
            raise UserError("error.unknown_command", usages=usages(call.command))
        check_arguments(command, call.arguments)
        async with aclosing(self._runs[call.command](call)) as parts:
            async for part in parts:
                yield part

    async def _use(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        level = await self._level(call)
        card = await self._catalog.require(call.arguments["name"])
        think = chosen_think(call, card)
        await self._choices.choose(level, call.address, call.person.id, model=card.name, think=think)
        yield Notice("model.use.done", {"model": card.name, "level": level_notice(level)})
        if think is not None:
            yield think_notice("model.use.think", card, think)
        selection = await self._selector.select(call.address, call.person.id)
        if selection.card.name != card.name and selection.choice:
            winner = {"model": selection.card.name, "level": choice_notice(selection.choice)}
            yield Notice("model.use.outranked", winner)
        if card.is_demonstration:
            yield Notice("notice.demonstration", {"model": card.name})

    async def _why(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        await self._catalog.refresh()
        selection = await self._selector.select(call.address, call.person.id)
        yield Notice("model.why.head", {"model": selection.card.name, **self._because(call, selection)})
        chosen = selection.choice.think if selection.choice else None
        if chosen or selection.card.can_think:
            yield think_notice("model.why.think", selection.card, chosen)
        chain = await self._selector.chain(call.address, call.person.id)
        for level in levels_of(call):
            here = [choice for choice in chain if choice.level is level]
            if not here or here[0].assistant:
                yield Notice("model.why.none", {"level": level_notice(level)})
            for choice in here:
                missing = await self._missing(choice.model)
                key = "wins" if choice == selection.choice else missing if choice in selection.gone else "outranked"
                yield Notice(f"model.why.{key}", {"level": choice_notice(choice), "model": choice.model})
        if selection.default_gone:
            missing = await self._missing(selection.default_gone)
            yield Notice(f"model.why.default_{missing}", {"model": selection.default_gone})
        key = "outranked" if selection.choice else "wins"
        default = await self._selector.default_name()
        yield Notice(f"model.why.{key}", {"level": Notice("level.default"), "model": default})
        if selection.reason and selection.reason is not Reason.SET:
            yield Notice(f"model.why.{selection.reason.value}", {"memory": f"{self._selector.memory_gb:g}"})

    def _because(self, call: CommandCall, selection: Selection) -> Mapping[str, object]:
        """Return who chose the model that answers, and what speaks for it."""
        choice, card = selection.choice, selection.card
        by = _chooser(choice, call.person.id)
        level = choice_notice(choice) if choice else ""
        told = row(card, is_yours=True)
        window = f"{self._window_of(card):,}"
        facts = Notice("model.why.facts", {name: told[name] for name in ("parameters", "size")} | {"window": window})
        return {"because": Notice(f"model.why.by_{by}", {"level": level}), "facts": facts}

    async def _missing(self, model: str) -> str:
        """Return how a model that cannot be had is missing."""
        card = await self._catalog.find(model)
        if card and card.is_barred:
            return "barred"
        return "unreadable" if card and card.is_unreadable else "gone"

    async def _forget_choice(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        level = await self._level(call)
        cleared = await self._choices.clear(level, call.address, call.person.id)
        selection = await self._selector.select(call.address, call.person.id)
        key = "model.reset.done" if cleared else "model.reset.none"
        yield Notice(key, {"level": level_notice(level), "model": selection.card.name})

    async def _reset(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        key = "reset.done" if await self._history.reset(call.address) else "reset.none"
        yield Notice(key)

    async def _stop(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        yield await self._stop_here(person=call.person, address=call.address)

    async def _forget_person(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Erase only on the second word: the first tells what would go, for it does not come back."""
        if not call.arguments.get("confirm"):
            yield Notice("forget.ask", {"command": f"/{call.command} yes"})
            return
        # What is owed to the store is erased there; nothing of it is put down afterwards.
        await self._settle()
        erased = await self._history.forget_person(call.address.platform, call.person.id)
        yield Notice("forget.done" if erased else "forget.none", {"count": erased, "days": self._backup_days})

    async def _export(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Give the person what is stored of them, as a file."""
        platform, person = call.address.platform, call.person
        record = await self._history.record_of(platform, person.id)
        if record.is_empty:
            yield Notice("export.none")
            return
        yield Notice("export.done", {"messages": len(record.messages)})
        made_at = self._clock.utc()
        # A long record takes a processor for seconds.
        yield await asyncio.to_thread(
            export_of, record, platform=platform, person_id=person.id, locale=person.locale, made_at=made_at
        )

    async def _help(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        yield Notice("help.head")
        for usage, described in help_rows():
            yield Notice("help.row", {"usage": usage, "description": Notice(described)})
        yield Notice("help.admin" if self._authority.is_admin(call.person, call.address) else "help.tail")

    async def _level(self, call: CommandCall) -> Level:
        """Read the option `for`; a level must exist here and be this person's to set at this moment."""
        level = Level(call.arguments.get("for") or Level.ME)
        if level not in levels_of(call):
            raise UserError("error.no_such_level", level=level_notice(level))
        if level in LEVELS_FOR_ALL and not (call.direct and level is Level.CHANNEL):
            await self._authority.check(Right.CHOOSE_FOR_ALL, person=call.person, address=call.address)
        return level


def chosen_think(call: CommandCall, card: ModelCard) -> Think | None:
    """Read the option `think`; a model that cannot think takes no other choice than not to."""
    think = Think(call.arguments["think"]) if call.arguments.get("think") else None
    if think not in {None, Think.OFF} and not may_be_told(card):
        raise UserError("error.model_cannot_think", model=card.name)
    return think


def think_notice(key: str, card: ModelCard, chosen: Think | None) -> Notice:
    """Say how much a model is asked to think."""
    return Notice(key, {"model": card.name, "think": Notice(f"think.{think_of(card, chosen).value}")})


def _chooser(choice: Choice | None, person_id: str) -> str:
    """Return who is why a model answers a person: nobody, an assistant, they themselves or others."""
    if choice is None:
        return "default"
    if choice.assistant:
        return "assistant"
    return "you" if choice.chosen_by == person_id else "others"
