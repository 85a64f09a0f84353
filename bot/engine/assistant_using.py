"""Which assistant answers where: `/assistant use` and `/assistant reset`, with the levels and rights of models."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress

from bot.domain import Assistant, CommandCall, Level, Notice, ReplyPart
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.assistant_desk import AssistantDesk, anywhere, is_alone, is_ones_own
from bot.engine.commands import CommandRun
from bot.engine.levels import choice_notice, level_notice, levels_of
from bot.engine.personas import persona_bytes
from bot.engine.selection import Selector
from bot.errors import BotError, UserError
from bot.ports import Assistants


class AssistantUsing:
    """Lets assistants answer at levels."""

    def __init__(
        self, *, assistants: Assistants, selector: Selector, answer_policy: AnswerPolicy, desk: AssistantDesk
    ) -> None:
        self._assistants = assistants
        self._selector = selector
        self._answer_policy = answer_policy
        self._desk = desk

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {"assistant use": self.used, "assistant reset": self.left}

    async def used(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Let an assistant answer at a level."""
        level = await self._level(call)
        is_shared = level is Level.WORKSPACE or (level is not Level.ME and not is_alone(call))
        found = await self._desk.named(anywhere(call), for_others=is_shared)
        if is_shared and is_ones_own(found, call):
            raise UserError("error.assistant_private", name=found.name)
        if not await self._assistants.use(level, call.address, call.person.id, found):
            raise UserError("error.assistant_gone")
        yield Notice("assistant.used", {"name": found.name, "level": level_notice(level)})
        chosen = await self._selector.personas.chosen(call.address, call.person.id)
        if chosen.used and chosen.used.id and chosen.assistant != found:
            winner = {"name": chosen.used.name, "level": level_notice(chosen.used.level)}
            yield Notice("assistant.outranked", winner)
        # Where no model answers at all, that is told by the first answer.
        with suppress(BotError):
            for notice in await self._model(call, found):
                yield notice

    async def left(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Let no assistant answer at a level any more."""
        level = await self._level(call)
        is_left = await self._assistants.leave(level, call.address, call.person.id)
        yield Notice("assistant.left" if is_left else "assistant.left_none", {"level": level_notice(level)})
        chosen = await self._selector.personas.chosen(call.address, call.person.id)
        if chosen.used:
            winner = {"name": chosen.used.name, "level": level_notice(chosen.used.level)}
            yield Notice("assistant.outranked", winner)

    async def _model(self, call: CommandCall, found: Assistant) -> list[Notice]:
        """Say which model the assistant answers with here, where that is not its own, and what that model reads."""
        selection = await self._selector.select(call.address, call.person.id)
        told = []
        if selection.assistant == found and found.persona.model and selection.card.name != found.persona.model:
            choice = selection.choice
            by = choice_notice(choice) if choice else Notice("level.default")
            told.append(Notice("assistant.other_model", {"model": selection.card.name, "level": by}))
        if len(found.persona.prompt.encode()) > persona_bytes(self._answer_policy, selection.card):
            told.append(Notice("assistant.cut", {"model": selection.card.name}))
        return told

    async def _level(self, call: CommandCall) -> Level:
        """Read the option `for`: a level that exists here, and is the caller's to set at this moment."""
        level = Level(call.arguments.get("for") or Level.ME)
        if level not in levels_of(call):
            raise UserError("error.no_such_level", level=level_notice(level))
        if level in {Level.CHANNEL, Level.WORKSPACE}:
            await self._desk.check(level, call)
        return level
