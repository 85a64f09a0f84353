"""What is put to a model: the conversation as it stands in the store, packed into the window by what tokens count."""

from __future__ import annotations

import structlog

from bot.domain import ModelCard
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.answer_request import AnswerRequest
from bot.engine.model_languages import understood
from bot.engine.personas import system_of
from bot.engine.pictures import picture_tokens, with_pictures
from bot.engine.prompt import PackedPrompt, answered, build_prompt
from bot.engine.token_gauge import PromptFit
from bot.engine.turn_context import TurnContext
from bot.errors import BotError
from bot.ports import LanguageTeller, ModelBackend, TokenCounter

# From this share of the budget on a prompt is counted where a tokenizer is at hand.
WORTH_COUNTING = 0.6
log = structlog.get_logger(__name__)


class PromptPacker:
    """Packs the prompts of turns for one backend."""

    def __init__(self, *, backend: ModelBackend, answer_policy: AnswerPolicy, languages: LanguageTeller | None) -> None:
        self._backend = backend
        self._answer_policy = answer_policy
        self._languages = languages

    async def pack(self, request: AnswerRequest, context: TurnContext, card: ModelCard, fit: PromptFit) -> PackedPrompt:
        """Return what the model is asked, and note that in `fit`.

        Raises:
            BotError: the store does not answer, or what is never cut is surely longer than the window.
        """
        is_shared = not request.message.direct
        tokens = self._answer_policy.context_of(card)
        budget = tokens - self._answer_policy.answer_of(card)
        window = await context.window(card.name)
        fit.seed(card.name, window.bytes_per_token)
        begun, question = request.messages(budget_tokens=budget, bytes_per_token=fit.bytes_per_token(card.name))
        question = with_pictures(question, request.message, card)
        system = system_of(self._answer_policy, (await context.chosen()).assistant, card, is_shared=is_shared)
        read = [message for message in await context.history() if message.turn >= window.from_turn]
        history = understood(answered(read), card, self._languages)

        def build() -> PackedPrompt:
            return build_prompt(
                system=system,
                history=history,
                question=question,
                budget_tokens=budget - picture_tokens(question),
                context_tokens=tokens,
                is_shared=is_shared,
                count=fit.count(card.name),
                begun=begun,
                window=window,
                turn=context.turn.question_turn,
            )

        packed = build()
        if packed.estimated_tokens > budget * WORTH_COUNTING and await self._counted(card, packed, fit):
            packed = build()
        fit.send(
            packed.messages,
            is_shortest=request.is_plain and not packed.kept,
            context_tokens=tokens,
            estimated=packed.estimated_tokens,
        )
        return packed

    async def _counted(self, card: ModelCard, packed: PackedPrompt, fit: PromptFit) -> bool:
        """Have a prompt counted where a tokenizer is at hand; whether it was."""
        if not isinstance(self._backend, TokenCounter):
            return False
        try:
            fit.take(card.name, packed.messages, await self._backend.count_tokens(card.name, packed.messages))
        except BotError as error:
            log.info("prompt.not_counted", model=card.name, error=error.key)
            return False
        return True
