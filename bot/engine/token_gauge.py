"""How many tokens a text takes: estimated from its bytes, and learnt from what hosts count."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from statistics import median

from bot.domain import PromptMessage
from bot.errors import BotError, PromptTooLong

# Tokens a chat template adds around one message: ChatML writes <|im_start|>, the role, a newline, <|im_end|> and a
# newline, Llama 3 a little more.
MESSAGE_OVERHEAD_TOKENS = 8
# Before anything was measured: English has about 4.3 UTF-8 bytes a token, Hebrew in small models about 1.7; code 3.
FIRST_BYTES_PER_TOKEN = 3.0
# Measured ratios are taken with a reserve, since the next message may be in another language.
RESERVE = 0.9
# No tokenizer takes many more tokens than bytes, and none is trusted to do better than English does.
SMALLEST_RATIO, LARGEST_RATIO = 0.8, 4.0
# A short prompt says more about the chat template than about the text.
SHORTEST_SAMPLE_BYTES = 400
# A new conversation is estimated by so many others, and by the first guess as if that were `VOTES_OF_GUESS` of them.
VOTES, VOTES_OF_GUESS = 9, 2
KEPT_CONVERSATIONS = 1_000
# Where a host that refuses a prompt does not count it.
SHRINK = 0.5
Measured = tuple[str, int]  # model and conversation


class TokenGauge:
    """Estimates bytes a token: in a conversation as its last prompt was counted, elsewhere as in most others.

    So a conversation full of digits is estimated as such, and no other is.
    """

    def __init__(self) -> None:
        self._ratios: OrderedDict[Measured, float] = OrderedDict()

    def bytes_per_token(self, model: str, conversation_id: int) -> float:
        """Return the ratio to estimate with."""
        own = self._ratios.get((model, conversation_id))
        if own is not None:
            return own
        others = (ratio for (of, _), ratio in reversed(self._ratios.items()) if of == model)
        return median([*islice(others, VOTES), *[FIRST_BYTES_PER_TOKEN] * VOTES_OF_GUESS])

    def learn(self, model: str, conversation_id: int, messages: Sequence[PromptMessage], *, prompt_tokens: int) -> None:
        """Take in what a host counted for a whole prompt."""
        if (ratio := counted_ratio(messages, prompt_tokens=prompt_tokens)) is None:
            return
        self._ratios[model, conversation_id] = ratio
        self._ratios.move_to_end((model, conversation_id))
        if len(self._ratios) > KEPT_CONVERSATIONS:
            self._ratios.popitem(last=False)


class PromptFit:
    """How the prompts of one answer are measured: by the gauge, and once a host has refused one by its own count.

    That count holds for this answer alone.
    """

    def __init__(self, gauge: TokenGauge, *, conversation_id: int) -> None:
        self._gauge = gauge
        self._conversation_id = conversation_id
        self._refused: dict[str, float] = {}
        self._sent: Sequence[PromptMessage] = ()
        self._is_shortest = self._is_long = False

    def bytes_per_token(self, model: str) -> float:
        """Return the ratio to pack with."""
        return self._refused.get(model) or self._gauge.bytes_per_token(model, self._conversation_id)

    def send(self, messages: Sequence[PromptMessage], *, is_shortest: bool, is_long: bool = False) -> None:
        """Note what the host is asked, whether nothing can be left out of it, and whether it takes half the window."""
        self._sent, self._is_shortest, self._is_long = messages, is_shortest, is_long

    def may_shorten(self, error: BotError) -> bool:
        """Whether something can be left out of what was asked, and that may help: some hosts do not say why."""
        return not self._is_shortest and (self._is_long or isinstance(error, PromptTooLong))

    def refuse(self, model: str, error: BotError) -> None:
        """Take in that the host found what it was asked too long."""
        counted = None
        if isinstance(error, PromptTooLong) and error.is_counted:
            counted = counted_ratio(self._sent, prompt_tokens=error.prompt_tokens)
        self._refused[model] = counted or within(self.bytes_per_token(model) * SHRINK)

    def learn(self, model: str, *, prompt_tokens: int) -> None:
        """Take in what the host counted for what it was asked."""
        self._gauge.learn(model, self._conversation_id, self._sent, prompt_tokens=prompt_tokens)


def counted_ratio(messages: Sequence[PromptMessage], *, prompt_tokens: int) -> float | None:
    """Return the bytes a token of a prompt that was counted, with the reserve; None where that cannot be told."""
    size_bytes = sum(len(message.content.encode()) for message in messages)
    if any(message.images for message in messages):
        return None  # what the pictures took of them nobody knows
    text_tokens = prompt_tokens - MESSAGE_OVERHEAD_TOKENS * len(messages)
    if size_bytes < SHORTEST_SAMPLE_BYTES or text_tokens <= 0:
        return None
    return within(RESERVE * size_bytes / text_tokens)


def within(ratio: float) -> float:
    """Return the nearest ratio that a tokenizer may have."""
    return min(max(ratio, SMALLEST_RATIO), LARGEST_RATIO)


def estimate_tokens(text: str, bytes_per_token: float) -> int:
    """Return about how many tokens a message of this text takes in a prompt, its template included."""
    return MESSAGE_OVERHEAD_TOKENS + int(len(text.encode()) / bytes_per_token) + 1
