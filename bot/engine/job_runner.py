"""Carries out jobs: turns that change a host's models, or the lessons, in place of an answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from bot.domain import ModelJob, ReplyPart, Turn
from bot.engine.commands import IMPORT, PULL
from bot.engine.generation import Writing
from bot.engine.importing import Importing
from bot.engine.pulling import Pulling
from bot.errors import UserError

CarryOut = Callable[[Turn, ModelJob, Writing], AsyncGenerator[ReplyPart, None]]


class JobRunner:
    """Knows who carries out which command."""

    def __init__(self, *, pulling: Pulling, importing: Importing) -> None:
        self._runs: dict[str, CarryOut] = {PULL: pulling.parts, IMPORT: importing.parts}

    def also(self, command: str, carry_out: CarryOut) -> None:
        """Have somebody carry out one more command."""
        self._runs[command] = carry_out

    async def parts(self, turn: Turn, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Yield the parts of the reply to a turn with a job.

        Raises:
            BotError: it was not carried out, or not to its end.
        """
        job = turn.message.job
        carry_out = self._runs.get(job.command) if job else None
        if job is None or carry_out is None:
            # Stored by a version that knew more.
            raise UserError("error.unknown_command", usages="`/help`")
        async with aclosing(carry_out(turn, job, writing)) as parts:
            async for part in parts:
                yield part
