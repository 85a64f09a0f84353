"""How answers are made: what the operator settles once for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain import ChatRequest, ModelCard, PromptMessage, defaults
from bot.domain.defaults import StandsForDropped, WordedBy
from bot.engine.catalog import tidy_name
from bot.engine.thinking import think_of

# Why it is short: small open models follow few instructions, and every token of it is read in each turn.
SHARED_PROMPT = "Several people speak; each of their messages begins with the speaker's name. Answer without a name."
# Where a model does not say how much it reads, what Ollama assumes on a small machine.
UNKNOWN_CONTEXT_TOKENS = 4096
# The answer's share of a small window, at most.
LARGEST_ANSWER_SHARE = 0.5
GIGABYTE = 10**9
# What a model takes besides its tokens: the weights, and room to compute in.
MEMORY_FOR_WEIGHTS = 1.1
# Runners round a window up to the next step; below the least no conversation is one.
WINDOW_STEP, LEAST_CONTEXT_TOKENS = 256, 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPolicy:
    """The operator's settings. Limits in tokens; `parallel` and `waiting` count turns.

    `lesson_answers`: who words what lessons say, a capable model ("auto"), whatever model ("model"), or the lessons
    themselves ("quotes"). `lessons_unasked`: lessons answer a message, too, that did not ask them in particular.
    `memory_gb` is what the model host has for a model, 0 where that is not known.
    `context_tokens` caps what a model is asked to hold: a large window costs memory for every conversation.
    `context_by_model` has other caps, by the model's name. `dropped` says what stands for the beginning of a
    conversation that a model does not read any more. `voice_model` writes down recordings, "" for one that hears.
    """

    default_model: str = ""
    memory_gb: float = 0
    system_prompt: str = defaults.SYSTEM_PROMPT
    context_tokens: int = defaults.CONTEXT_TOKENS
    context_by_model: Mapping[str, int] = field(default_factory=dict)
    dropped: StandsForDropped = defaults.DROPPED
    answer_tokens: int = defaults.ANSWER_TOKENS
    parallel: int = defaults.PARALLEL
    waiting: int = defaults.QUEUE_LIMIT
    lesson_answers: WordedBy = defaults.WORDED_BY
    lessons_unasked: bool = defaults.LESSONS_UNASKED
    voice_model: str = ""

    def context_of(self, card: ModelCard) -> int:
        """Return the context window to ask for: the same for everybody, since a change would reload the model.

        It is the model's own, bounded by the operator, and by what the host's memory holds beside the model.
        """
        bound = self.context_by_model.get(tidy_name(card.name), self.context_tokens)
        return min([card.context_tokens or UNKNOWN_CONTEXT_TOKENS, bound, *self._in_memory(card)])

    def _in_memory(self, card: ModelCard) -> list[int]:
        """Return how many tokens fit into the host's memory; empty where that cannot be told."""
        if not self.memory_gb or not card.token_bytes or not card.size_bytes:
            return []
        left_bytes = max(0.0, self.memory_gb * GIGABYTE - card.size_bytes * MEMORY_FOR_WEIGHTS)
        steps = int(left_bytes / card.token_bytes) // WINDOW_STEP
        return [max(LEAST_CONTEXT_TOKENS, steps * WINDOW_STEP)]

    def answer_of(self, card: ModelCard) -> int:
        """Return the most tokens an answer may take of that window."""
        return min(self.answer_tokens, int(self.context_of(card) * LARGEST_ANSWER_SHARE))

    def request_of(self, card: ModelCard, prompt: tuple[PromptMessage, ...]) -> ChatRequest:
        """Return what a model's host is asked: all but the prompt is the same for everybody who uses the model."""
        return ChatRequest(
            model=card.name,
            prompt=prompt,
            context_tokens=self.context_of(card),
            answer_tokens=self.answer_of(card),
            think=think_of(card, None),
        )

    def system_for(self, *, is_shared: bool) -> str:
        """Return the system prompt, the same in every turn of a conversation."""
        return f"{self.system_prompt}\n{SHARED_PROMPT}" if is_shared else self.system_prompt
