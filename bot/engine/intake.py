"""What is taken in: one door for what people say and what they call, which says what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol, TypeAlias

from bot.domain import Address, ChatMessage, CommandCall, Incoming, StoredAnswer, Turn, TurnState
from bot.engine.access import right_to
from bot.engine.authority import Authority
from bot.engine.button_presses import ButtonPresses
from bot.engine.commands import BY_NAME, CommandKind, check_arguments, kind_of
from bot.engine.deletions import Deletions
from bot.engine.file_budget import FileBudget
from bot.engine.questions import to_question
from bot.engine.stored_text import as_stored
from bot.errors import UserError
from bot.ports import Turns


class Audience(Enum):
    """Who reads what a command answers: everybody where it was called, or its caller alone."""

    EVERYBODY = auto()
    ASKER = auto()


@dataclass(frozen=True, slots=True)
class TakenTurn:
    """A turn was accepted: `Engine.reply` answers it."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class TakenCall:
    """A call was accepted: `Engine.execute` runs it, and its audience reads what it says."""

    call: CommandCall
    audience: Audience


Taken: TypeAlias = TakenTurn | TakenCall


class Withdraw(Protocol):
    """See `Engine.withdraw`."""

    async def __call__(self, address: Address, *, message_id: str) -> None:
        """Forget a message that was deleted."""
        ...


class Intake:
    """Takes in messages and calls, each event once."""

    def __init__(
        self,
        *,
        turns: Turns,
        presses: ButtonPresses,
        authority: Authority,
        deletions: Deletions,
        withdraw: Withdraw,
        file_budget: FileBudget,
        worker: str,
    ) -> None:
        self._file_budget = file_budget
        self._turns = turns
        self._deletions = deletions
        self._withdraw = withdraw
        self._presses = presses
        self._authority = authority
        self._worker = worker

    async def admit(self, incoming: Incoming) -> None:
        """See `Engine.admit`."""
        command = incoming.command if isinstance(incoming, CommandCall) else ""
        await self._authority.check(right_to(command), person=incoming.person, address=incoming.address)
        if isinstance(incoming, CommandCall) and kind_of(command) is CommandKind.QUESTION:
            _check_question(incoming)

    async def take(self, incoming: Incoming) -> Taken | None:
        """Take in a message or a call: store what is to be stored, before the platform's event is acknowledged.

        A question by command is a message, and a button that asks for an answer is a turn about an earlier one: its
        message is the question that answer was given to. None for an event that is known, or deleted, already.

        Raises:
            UserError: they may not, or what a button belongs to is gone; nothing is stored.
            Unavailable: it could not be stored; do not acknowledge it.
        """
        await self.admit(incoming)
        if isinstance(incoming, ChatMessage):
            return await self._message(incoming)
        match kind_of(incoming.command):
            case CommandKind.QUESTION:
                return await self._message(to_question(incoming))
            case CommandKind.ANSWER_AGAIN:
                return _taken(await self._presses.accept(incoming))
            case _ if await self._turns.accept_call(incoming):
                return TakenCall(incoming, audience_of(incoming))
            case _:
                return None

    async def _message(self, message: ChatMessage) -> TakenTurn | None:
        message = message if message.job else await self._file_budget.fitted(message)
        turn = await self._turns.accept(as_stored(message), worker=self._worker)
        if turn and self._deletions.take(message.address, message.message_id):
            await self._withdraw(message.address, message_id=message.message_id)
            await self._turns.finish(turn.id, StoredAnswer(TurnState.STOPPED, ""), worker=self._worker)
            return None
        return _taken(turn)


def audience_of(call: CommandCall) -> Audience:
    """Return who reads what a call answers. What is called in a message is answered to all who read that."""
    kind = kind_of(call.command)
    is_open = kind is CommandKind.PUBLIC or (bool(call.message_id) and kind is not CommandKind.PERSONAL)
    return Audience.EVERYBODY if is_open else Audience.ASKER


def _check_question(call: CommandCall) -> None:
    if call.quotes and not call.arguments.get("question"):
        # Asked in a form: how it is typed is of no use there.
        raise UserError("error.empty_message")
    check_arguments(BY_NAME[call.command], call.arguments)


def _taken(turn: Turn | None) -> TakenTurn | None:
    return TakenTurn(turn) if turn else None
