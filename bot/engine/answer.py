"""An answer in the making: which model, which prompt, which words. It knows no line and no platform."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.domain import (
    ChatRequest,
    Completion,
    Delta,
    Doing,
    FinishReason,
    ModelCard,
    Notice,
    ReplyPart,
    State,
    Thought,
    Turn,
)
from bot.engine.catalog import Catalog
from bot.engine.generation import Generation
from bot.engine.manners import Manners
from bot.engine.prompt import PackedPrompt, TokenGauge, as_question, build_prompt, was_cut
from bot.engine.run import Run
from bot.engine.selection import Selection, Selector
from bot.errors import ModelMissing, PromptTooLong, Unavailable
from bot.ports import History, ModelBackend

# A model that is gone, or a prompt the host finds too long, is tried again this often before any text came.
ATTEMPTS = 3


class Answerer:
    """Answers turns from the history, with the model that is chosen where they were asked."""

    def __init__(
        self, *, history: History, backend: ModelBackend, catalog: Catalog, selector: Selector, manners: Manners
    ) -> None:
        self._history = history
        self._backend = backend
        self._catalog = catalog
        self._selector = selector
        self._manners = manners
        self._gauge = TokenGauge()

    async def parts(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield the answer's parts, a `Completion` among them; `run` keeps what was written.

        Raises:
            BotError: no answer, or not all of it.
        """
        for attempt in range(ATTEMPTS):
            try:
                async with aclosing(self._attempt(run)) as parts:
                    async for part in parts:
                        yield part
            except ModelMissing:
                if run.pieces or attempt + 1 == ATTEMPTS:
                    raise
                await self._catalog.refresh()
            except PromptTooLong as error:
                # Raised for the question alone it carries our estimate, raised by the host its count of the whole.
                if run.generation is None or attempt + 1 == ATTEMPTS:
                    raise
                run.generation = None
                self._gauge.tighten(run.model, prompt_tokens=error.prompt_tokens, context_tokens=error.context_tokens)
            else:
                return

    async def _attempt(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        message = run.turn.message
        selection = await self._selector.select(message.address, message.person.id)
        card, run.model = selection.card, selection.card.name
        for notice in fallback_notices(selection):
            yield notice
        packed = await self._pack(run.turn, card)
        if packed.dropped:
            yield Notice("notice.oldest_dropped")
        yield State(Doing.WRITING if card.is_loaded else Doing.LOADING, {"model": card.name})
        async with aclosing(self._written(run, card, packed)) as parts:
            async for part in parts:
                yield part
        if card.is_demonstration:
            yield Notice("notice.demonstration", {"model": card.name})

    async def _pack(self, turn: Turn, card: ModelCard) -> PackedPrompt:
        is_shared = not turn.message.direct
        packed = build_prompt(
            system=self._manners.system_for(is_shared=is_shared),
            history=await self._history.recent(turn.conversation_id, before_turn=turn.id),
            question=as_question(turn.message),
            budget_tokens=self._manners.context_of(card) - self._manners.answer_of(card),
            bytes_per_token=self._gauge.bytes_per_token(card.name),
            is_shared=is_shared,
        )
        if packed.first_kept is not None:
            await self._history.forget_before(turn.conversation_id, message_id=packed.first_kept)
        return packed

    async def _written(self, run: Run, card: ModelCard, packed: PackedPrompt) -> AsyncGenerator[ReplyPart, None]:
        generation = run.generation = Generation(self._backend.chat(self._request(card, packed)))
        if run.is_stopped or run.is_lost:
            generation.stop()
        is_thinking = False
        try:
            async for event in generation.events():
                if isinstance(event, Delta):
                    run.pieces.append(event.text)
                    yield event
                elif isinstance(event, Thought):
                    if not is_thinking:
                        yield State(Doing.THINKING, {"model": card.name})
                    is_thinking = True
                else:
                    run.completion = event
        finally:
            await generation.close()
        for part in self._ending(run, card, packed):
            yield part

    def _ending(self, run: Run, card: ModelCard, packed: PackedPrompt) -> list[ReplyPart]:
        """What follows the words. Raises where a model ended well and said nothing."""
        if run.completion is None:
            run.completion = run.stopped()
            return [run.completion]
        if not "".join(run.pieces).strip():
            raise Unavailable("error.empty_answer", model=card.name)
        return [run.completion, *self._remarks(run.completion, card, packed)]

    def _remarks(self, completion: Completion, card: ModelCard, packed: PackedPrompt) -> list[Notice]:
        self._gauge.learn(card.name, packed.messages, prompt_tokens=completion.prompt_tokens)
        notices = []
        if completion.reason is FinishReason.LENGTH:
            notices.append(Notice("notice.length"))
        if was_cut(
            prompt_tokens=completion.prompt_tokens,
            estimated_tokens=packed.estimated_tokens,
            context_tokens=self._manners.context_of(card),
        ):
            notices.append(Notice("notice.prompt_cut"))
        return notices

    def _request(self, card: ModelCard, packed: PackedPrompt) -> ChatRequest:
        return ChatRequest(
            model=card.name,
            prompt=packed.messages,
            context_tokens=self._manners.context_of(card),
            answer_tokens=self._manners.answer_of(card),
            # Left out, a model that can think does, and may spend the whole answer on it.
            think=False if card.can_think else None,
        )


def fallback_notices(selection: Selection) -> list[Notice]:
    """Say which chosen models are gone: another one answers, never silently."""
    names = [choice.model for choice in selection.gone]
    if selection.default_gone:
        names.append(selection.default_gone)
    return [Notice("notice.model_gone", {"model": name, "instead": selection.card.name}) for name in names]
