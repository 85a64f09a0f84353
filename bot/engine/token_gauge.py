"""How many tokens a text takes: estimated from its bytes, and learnt from what hosts count."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from statistics import median

from bot.domain import PromptMessage
from bot.errors import BotError, ModelUnfit, PromptTooLong

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
# What was counted before one odd message counts again when that is deleted.
KEPT_PROMPTS = 3
# The system prompt and the question, which no host drops.
SHORTEST_PROMPT = 2
# Where a host that refuses a prompt does not count it.
SHRINK = 0.5
# No text that people send has more bytes a token than this; what is shorter may fit, and the host counts it.
MOST_BYTES_PER_TOKEN = 16
# Many tokenizers take digits and signs one by one; and no word has less than a token.
_SIGN = re.compile(r"[^\w\s]|\d")
# Where a host may cut what is too long in silence, all of these count, though many a sign goes with the one before.
_PART = re.compile(r"[^\W\d]+|\d|[^\w\s]")
Measured = tuple[str, int]  # model and conversation
Count = Callable[[Sequence[PromptMessage]], int]


@dataclass(frozen=True, slots=True)
class CountedPrompt:
    """A prompt that a host counted: how many messages it had, what they were, and their tokens."""

    size: int
    digest: bytes
    tokens: int

    def begins(self, messages: Sequence[PromptMessage]) -> bool:
        """Whether a prompt begins with this one, byte for byte."""
        return len(messages) >= self.size and digest_of(messages[: self.size]) == self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPrompt:
    """A prompt as it was sent: the tokens it has by the estimate, at least and at most, and the window it was for.

    `budget` is what it was to have at most; `oldest` what its oldest message has that a host might drop, 0 for none.
    """

    estimated: int
    at_least: int
    at_most: int
    context_tokens: int
    budget: int
    oldest: int


class TokenGauge:
    """Estimates bytes a token: in a conversation as its last prompt was counted, elsewhere as in most others.

    So a conversation full of digits is estimated as such, and no other is. `is_careful`: what was not counted is taken
    to be longer, since a host may cut what is too long in silence; so it is until one is known to refuse.
    """

    def __init__(self) -> None:
        self.is_careful = True
        self._ratios: OrderedDict[Measured, float] = OrderedDict()
        self._counted: dict[Measured, tuple[CountedPrompt, ...]] = {}

    def bytes_per_token(self, model: str, conversation_id: int) -> float:
        """Return the ratio to estimate with."""
        own = self._ratios.get((model, conversation_id))
        if own is not None:
            return own
        others = (ratio for (of, _), ratio in reversed(self._ratios.items()) if of == model)
        return median([*islice(others, VOTES), *[FIRST_BYTES_PER_TOKEN] * VOTES_OF_GUESS])

    def seed(self, model: str, conversation_id: int, bytes_per_token: float) -> None:
        """Take in what was measured before this start, where nothing was since."""
        if bytes_per_token and (model, conversation_id) not in self._ratios:
            self._keep((model, conversation_id), within(bytes_per_token))

    def learn(self, model: str, conversation_id: int, messages: Sequence[PromptMessage], *, prompt_tokens: int) -> None:
        """Take in what a host counted for a whole prompt."""
        if (ratio := counted_ratio(messages, prompt_tokens=prompt_tokens)) is not None:
            self._keep((model, conversation_id), ratio)
            new = CountedPrompt(len(messages), digest_of(messages), prompt_tokens)
            before = self._counted.get((model, conversation_id), ())
            self._counted[model, conversation_id] = (new, *before)[:KEPT_PROMPTS]

    def doubt(self, model: str, conversation_id: int) -> None:
        """Estimate a conversation longer from now on: what was counted of it was not all of it."""
        self._keep((model, conversation_id), within(self.bytes_per_token(model, conversation_id) * SHRINK))
        self._counted.pop((model, conversation_id), None)

    def counted(self, model: str, conversation_id: int, messages: Sequence[PromptMessage]) -> CountedPrompt | None:
        """Return the longest of the conversation's last prompts that were counted with which this one begins."""
        known = self._counted.get((model, conversation_id), ())
        return max((each for each in known if each.begins(messages)), key=lambda each: each.size, default=None)

    def _keep(self, measured: Measured, ratio: float) -> None:
        self._ratios[measured] = ratio
        self._ratios.move_to_end(measured)
        if len(self._ratios) > KEPT_CONVERSATIONS:
            oldest, _ = self._ratios.popitem(last=False)
            self._counted.pop(oldest, None)


class PromptFit:
    """How the prompts of one answer are measured: by the gauge, and once a host has refused one by its own count.

    That count holds for this answer alone.
    """

    def __init__(self, gauge: TokenGauge, *, conversation_id: int) -> None:
        self._gauge = gauge
        self._conversation_id = conversation_id
        self._refused: dict[str, float] = {}
        self._sent: Sequence[PromptMessage] = ()
        self._is_shortest = self._is_long = self._seems_too_long = False

    def seed(self, model: str, bytes_per_token: float) -> None:
        """Take in what was measured in this conversation before this start."""
        self._gauge.seed(model, self._conversation_id, bytes_per_token)

    def bytes_per_token(self, model: str) -> float:
        """Return the ratio to pack with."""
        return self._refused.get(model) or self._gauge.bytes_per_token(model, self._conversation_id)

    def count(self, model: str) -> Count:
        """Return what estimates the tokens of a prompt: as counted as far as it was, the rest by the ratio."""
        ratio = self.bytes_per_token(model)

        def count(messages: Sequence[PromptMessage]) -> int:
            known = None if model in self._refused else self._gauge.counted(model, self._conversation_id, messages)
            rest = messages[known.size :] if known else messages
            careful = self._gauge.is_careful
            return (known.tokens if known else 0) + sum(
                estimate_tokens(each.content, ratio, careful=careful) for each in rest
            )

        return count

    def sent(self, model: str, estimated: int, *, context_tokens: int, budget: int) -> SentPrompt:
        """Return how long what the host was asked is, by all that is known before it counted it."""
        known = self._gauge.counted(model, self._conversation_id, self._sent)
        rest = self._sent[known.size :] if known else self._sent
        size_bytes, counted = bytes_of(rest), known.tokens if known else 0
        most = int(size_bytes / SMALLEST_RATIO) + MESSAGE_OVERHEAD_TOKENS * len(rest)
        return SentPrompt(
            estimated=estimated,
            at_least=counted + size_bytes // MOST_BYTES_PER_TOKEN,
            at_most=counted + most,
            context_tokens=context_tokens,
            budget=budget,
            oldest=self.count(model)(self._sent[1:2]) if len(self._sent) > SHORTEST_PROMPT else 0,
        )

    def send(
        self, messages: Sequence[PromptMessage], *, is_shortest: bool, context_tokens: int, estimated: int = 0
    ) -> None:
        """Note what the host is asked, whether nothing can be left out of it, what it may hold, and what it seems."""
        self._sent, self._is_shortest = messages, is_shortest
        self._is_long = bytes_of(messages) / SMALLEST_RATIO > context_tokens
        self._seems_too_long = estimated > context_tokens

    def may_shorten(self, error: BotError) -> bool:
        """Whether something can be left out of what was asked, and that may help: some hosts do not say why."""
        return not self._is_shortest and (self._is_long or isinstance(error, PromptTooLong))

    def as_told(self, error: BotError) -> BotError:
        """Return what the person is told of an error: a host that does not say why refused what seemed too long."""
        is_unsaid = isinstance(error, ModelUnfit) and self._seems_too_long
        return PromptTooLong(prompt_tokens=0, context_tokens=0) if is_unsaid else error

    def refuse(self, model: str, error: BotError) -> None:
        """Take in that the host found what it was asked too long."""
        counted = None
        if isinstance(error, PromptTooLong) and error.is_counted:
            counted = counted_ratio(self._sent, prompt_tokens=error.prompt_tokens)
        self._refused[model] = counted or within(self.bytes_per_token(model) * SHRINK)

    def take(self, model: str, messages: Sequence[PromptMessage], prompt_tokens: int) -> None:
        """Take in what a tokenizer counted before anything was asked."""
        self._gauge.learn(model, self._conversation_id, messages, prompt_tokens=prompt_tokens)

    def learn(self, model: str, *, prompt_tokens: int) -> float | None:
        """Take in what the host counted for what it was asked; return the ratio, None where it tells nothing."""
        self._gauge.learn(model, self._conversation_id, self._sent, prompt_tokens=prompt_tokens)
        return counted_ratio(self._sent, prompt_tokens=prompt_tokens)

    def lose(self, model: str) -> None:
        """Take in that the host cut what it was asked: it was longer than it seemed, and so will the next one be."""
        self._gauge.doubt(model, self._conversation_id)


def counted_ratio(messages: Sequence[PromptMessage], *, prompt_tokens: int) -> float | None:
    """Return the bytes a token of a prompt that was counted, with the reserve; None where that cannot be told."""
    size_bytes = bytes_of(messages)
    if any(message.images for message in messages):
        return None  # what the pictures took of them nobody knows
    text_tokens = prompt_tokens - MESSAGE_OVERHEAD_TOKENS * len(messages)
    if size_bytes < SHORTEST_SAMPLE_BYTES or text_tokens <= 0:
        return None
    return within(RESERVE * size_bytes / text_tokens)


def bytes_of(messages: Sequence[PromptMessage]) -> int:
    """Return how many bytes the texts of these messages have."""
    return sum(len(message.content.encode()) for message in messages)


def digest_of(messages: Sequence[PromptMessage]) -> bytes:
    """Return what tells these messages from all others, in their order."""
    digest = blake2b(digest_size=16)
    for message in messages:
        text = message.content.encode()
        digest.update(f"{message.role.value} {len(text)} ".encode() + text)
    return digest.digest()


def within(ratio: float) -> float:
    """Return the nearest ratio that a tokenizer may have."""
    return min(max(ratio, SMALLEST_RATIO), LARGEST_RATIO)


def estimate_tokens(text: str, bytes_per_token: float, *, careful: bool = False) -> int:
    """Return about how many tokens a message of this text takes in a prompt, its template included."""
    by_bytes, words = int(len(text.encode()) / bytes_per_token), len(text.split())
    by_signs = len((_PART if careful else _SIGN).findall(text))
    return MESSAGE_OVERHEAD_TOKENS + max(by_bytes, words, by_signs) + 1
