"""The one door of the engine: adapters hand it what people said and pass on the parts it answers with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from bot.domain import Address, ChatMessage, CommandCall, Notice, Person, ReplyPart, Turn
from bot.engine.access import Access, Right
from bot.engine.answer import Answerer
from bot.engine.catalog import Catalog
from bot.engine.commands import Suggest, find_option
from bot.engine.execute import Commands
from bot.engine.line import Line
from bot.engine.manners import Manners
from bot.engine.prompt import clean_text
from bot.engine.selection import Selector
from bot.engine.turns import Turns
from bot.errors import BotError, UserError
from bot.ports import Choices, History, ModelBackend


class Engine:
    """Answers messages and commands. Made by `bot.app`; shared by all adapters."""

    def __init__(
        self, *, history: History, choices: Choices, backend: ModelBackend, access: Access, manners: Manners
    ) -> None:
        self._history = history
        self._access = access
        self.catalog = Catalog(backend=backend)
        selector = Selector(choices=choices, catalog=self.catalog, default_model=manners.default_model)
        answerer = Answerer(history=history, backend=backend, catalog=self.catalog, selector=selector, manners=manners)
        line = Line(parallel=manners.parallel, waiting=manners.waiting)
        self._turns = Turns(history=history, answerer=answerer, line=line)
        self._commands = Commands(
            history=history, choices=choices, catalog=self.catalog, selector=selector, access=access
        )

    async def accept(self, message: ChatMessage) -> Turn | None:
        """Store the message, before the platform's event is acknowledged; None for one that is known already.

        Raises:
            Unavailable: it could not be stored; do not acknowledge it.
        """
        return await self._history.accept(replace(message, text=clean_text(message.text)))

    async def reply(self, turn: Turn) -> AsyncGenerator[ReplyPart, None]:
        """Answer an accepted turn: wait for its place in line, then stream.

        Raises:
            BotError: through the stream, what the person is to be told; the turn is closed by then.
        """
        if refusal := self._refusal(turn.message):
            await self._turns.refuse(turn, refusal)
            raise refusal
        async with aclosing(self._turns.run(turn)) as parts:
            async for part in parts:
                yield part

    async def accept_call(self, call: CommandCall) -> bool:
        """Remember the call's event; False for one that is known already.

        Raises:
            Unavailable: it could not be stored.
        """
        return await self._history.accept_call(call)

    async def execute(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Run a command and stream the notices it answers with.

        Raises:
            BotError: through the stream, what the person is to be told.
        """
        async with aclosing(self._commands.run(call)) as notices:
            async for notice in notices:
                yield notice

    async def stop(self, turn_id: int, *, person: Person, address: Address) -> Notice:
        """End a running turn for a person who may; what was written is kept. The notice is for that person alone.

        Raises:
            UserError: they may not, or the turn is over.
        """
        turn = self._turns.at_work(turn_id)
        if turn is None or not _same_place(turn.message.address, address):
            raise UserError("error.nothing_to_stop")
        self._access.check(Right.STOP, person=person, address=address, asker_id=turn.message.person.id)
        self._turns.stop(turn_id)
        return Notice("stop.done")

    def suggest(self, command: str, option: str, typed: str, *, person: Person, address: Address) -> Sequence[str]:
        """Complete an option from the cached list, best first, at most 25; empty for who may not. Never does I/O."""
        if not self._access.allows(Right.SPEAK, person=person, address=address):
            return []
        found = find_option(command, option)
        return self.catalog.suggest(typed) if found and found.suggest is Suggest.INSTALLED_MODELS else []

    async def withdraw(self, address: Address, *, message_id: str) -> None:
        """A person deleted their message: stop its turn and take both out of the history."""
        turn_id = await self._history.withdraw(address, message_id=message_id)
        if turn_id is not None:
            self._turns.stop(turn_id)

    def _refusal(self, message: ChatMessage) -> BotError | None:
        try:
            self._access.check(Right.SPEAK, person=message.person, address=message.address)
        except UserError as error:
            return error
        return None if message.text else UserError("error.empty_message")


def _same_place(one: Address, other: Address) -> bool:
    """Whether a person id means the same person in both."""
    return (one.platform, one.workspace) == (other.platform, other.workspace)
