"""What the buttons under an answer do once it is there: have it answered again, rate it, show it to everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, CommandCall, Completion, Delta, FinishReason, Notice, ReplyPart, Sources, Turn
from bot.engine.access import Right
from bot.engine.authority import Authority
from bot.engine.catalog import Catalog
from bot.engine.commands import ALSO, BY_NAME, MODEL, REASON_CHARS, check_arguments
from bot.engine.numbers import number_in
from bot.engine.prompt import as_quote, clean_text, labelled
from bot.errors import AnswerRunning, UserError
from bot.ports import Answer, Answers, Turns, Verdict
from bot.reasoning import without_reasoning

# A press waits so long for the answer it belongs to, and looks so often: people see its end before it is stored.
CLOSING_WAIT_S, LOOK_EVERY_S = 1.0, 0.1
T = TypeVar("T")


class ButtonPresses:
    """Answers presses. A press names its answer by the id of the turn that made it."""

    def __init__(
        self,
        turns: Turns,
        answers: Answers,
        authority: Authority,
        catalog: Catalog,
        *,
        worker: str,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._turns = turns
        self._catalog = catalog
        self._answers = answers
        self._authority = authority
        self._worker = worker
        self._clock = clock

    async def accept(self, call: CommandCall) -> Turn | None:
        """Store the turn that answers a question again, or has another model do so; None for an event that is known.

        Whether the person may speak here at all was asked before. See `Engine.take`.
        """
        check_arguments(BY_NAME[call.command], call.arguments)
        answer = await self._found(call)
        asker_id = answer.asker.id
        await self._authority.check(Right.ANSWER_AGAIN, person=call.person, address=call.address, asker_id=asker_id)
        continues = call.command == "continue"
        model = (await self._catalog.require(call.arguments[MODEL.name])).name if call.command == ALSO else ""
        return await self._once_over(
            lambda: self._turns.accept_press(
                call, turn_id=answer.turn_id, continues=continues, model=model, worker=self._worker
            )
        )

    async def rate(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Keep what a person thinks of an answer."""
        answer = await self.over(call)
        verdict = Verdict(call.arguments["verdict"])
        reason = clean_text(call.arguments.get("reason", ""))[:REASON_CHARS].strip()
        if not await self._answers.rate(answer.turn_id, call.person.id, verdict, reason=reason):
            raise UserError("error.answer_gone")
        yield Notice("rate.done")

    async def reasoning(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Show what an answer was reasoned with, to its asker alone."""
        answer = await self._once_over(lambda: self.over(call))
        if call.person.id != answer.asker.id:
            raise UserError("error.reasoning_not_yours")
        if not answer.is_newest:
            raise UserError("error.answer_replaced")
        for part in folded(answer):
            yield part

    async def last_reasoning(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Show what the caller's newest answer here that has such was reasoned with."""
        answer = await self._answers.reasoned(call.address, call.person.id)
        if answer is None:
            raise UserError("error.no_reasoning")
        for part in folded(answer):
            yield part

    async def publish(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Say the question and the answer of a private conversation for everybody, once.

        Given up before all of it was shown, it can be pressed again.
        """
        answer = await self.over(call)
        if not answer.is_newest:
            raise UserError("error.answer_replaced")
        if not answer.address.is_private or not await self._answers.publish(answer.turn_id):
            raise UserError("error.published")
        is_shown = False
        try:
            for part in public(answer):
                yield part
            is_shown = True
        finally:
            if not is_shown:
                await asyncio.shield(self._answers.unpublish(answer.turn_id))

    async def _once_over(self, do: Callable[[], Awaitable[T]]) -> T:
        """Do what needs an answer that is over; raises `AnswerRunning` where it goes on."""
        until = self._clock.now() + CLOSING_WAIT_S
        while True:
            try:
                return await do()
            except AnswerRunning:
                if self._clock.now() >= until:
                    raise
            await self._clock.sleep(LOOK_EVERY_S)

    async def over(self, call: CommandCall) -> Answer:
        """Return the answer a press is about, once it is over.

        Raises:
            UserError: it is not there for this person, or still being written.
        """
        return await self._once_over(lambda: self._ended(call))

    async def _ended(self, call: CommandCall) -> Answer:
        answer = await self._found(call)
        if answer.is_open:
            raise AnswerRunning
        return answer

    async def _found(self, call: CommandCall) -> Answer:
        """Return the answer a call is about; what the person cannot read here is not there for them."""
        turn_id = number_in(call.arguments["turn"])
        answer = await self._answers.find(turn_id) if turn_id else None
        if answer is None or not _reads(call, answer):
            raise UserError("error.answer_gone")
        return answer


def public(answer: Answer) -> list[ReplyPart]:
    """Return what everybody reads of a private answer: who asked what, the answer, and where it is from."""
    question = as_quote(labelled(answer.asker.name, answer.question))
    sources = [Sources(answer.sources)] if answer.sources else []
    end = Completion(reason=FinishReason.STOP, model=answer.model)
    return [Delta(f"{question}\n\n"), Delta(without_reasoning(answer.text)), *sources, end]


def folded(answer: Answer) -> list[ReplyPart]:
    """Return an answer's reasoning as its asker reads it: a quote, set apart from anything that is an answer."""
    if not answer.reasoning:
        raise UserError("error.no_reasoning")
    end = Completion(reason=FinishReason.STOP, model=answer.model)
    return [Delta(as_quote(answer.reasoning)), Notice("notice.reasoning", {"model": answer.model}), end]


def _reads(call: CommandCall, answer: Answer) -> bool:
    if answer.address.is_private and call.person.id != answer.asker.id:
        return False
    return _channel(call.address) == _channel(answer.address)


def _channel(address: Address) -> tuple[str, str, str]:
    return address.platform, address.workspace, address.channel
