"""Prompts: what of a conversation a model reads. Pure; it packs, and knows no store and no model server.

The prefix (system prompt, then messages, oldest first) stays byte-identical from turn to turn, so that the model
server can reuse its cache; when the window is full the oldest half goes at once instead of one message each turn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import ChatMessage, PromptMessage, Role, StoredMessage, is_seen
from bot.engine.token_gauge import estimate_tokens
from bot.errors import QuestionTooLong
from bot.reasoning import Speakers, broken, cleaned, has_seen, without_reasoning

# An estimate this much above what a host counted is no error of estimation.
SURELY_LONGER = 1.3
WINDOW_STEP = 256
# What models call the bot where they write as if several spoke.
OWN_NAME = "Lyceum"
# What the person who presses Continue is taken to say.
GO_ON = "Go on exactly where your last answer ends. Repeat nothing of it."
# Whoever has a name of which nothing is seen, and names that would pass for a role of the prompt.
NAMELESS = "?"
ROLE_NAMES = frozenset(
    ("system", "assistant", "user", "human", "tool", "developer", "model", "ai", "bot", "function", OWN_NAME.casefold())
)
NAME_CHARS = 80
# Signs that look like a colon, and letters of other scripts that look like Latin ones.
_COLONS = dict.fromkeys(map(ord, ":：﹕︓ːˑ։׃∶꞉܃܄᠄⁝"), " ")
_LOOKALIKES = str.maketrans("аеорсухіѕтмһԁӏԝѵոսօցαοετυιν", "aeopcyxistmhdlwvnuogaoetuiv")
# No text that people send has more bytes a token than this; what is shorter may fit, and the host counts it.
MOST_BYTES_PER_TOKEN = 16


@dataclass(frozen=True, slots=True)
class PackedPrompt:
    """A prompt to ask with: of the messages before, `dropped` older ones are left out and `kept` are in.

    `first_kept` is the id of the oldest still in; None when none was dropped, and when none is left: one huge question
    must not make a conversation forget for good.
    """

    messages: tuple[PromptMessage, ...]
    estimated_tokens: int
    kept: int = 0
    dropped: int = 0
    first_kept: int | None = None


def build_prompt(
    *,
    system: str,
    history: Sequence[StoredMessage],
    question: PromptMessage,
    budget_tokens: int,
    context_tokens: int,
    bytes_per_token: float,
    is_shared: bool,
    begun: Sequence[PromptMessage] = (),
) -> PackedPrompt:
    """Pack system prompt, history (oldest first), what was begun before, and question into the budget.

    Drops the oldest half of the history, again and again, until the rest fits; all else is never cut. Where that alone
    seems too long, it is for the host to count: an estimate refuses nobody.

    Raises:
        QuestionTooLong: what is never cut is surely longer than the window.
    """
    head, kept = PromptMessage(Role.SYSTEM, system), list(history)
    while True:
        messages = (head, *(as_prompt(message, is_shared=is_shared) for message in kept), *begun, question)
        total = sum(estimate_tokens(message.content, bytes_per_token) for message in messages)
        if total <= budget_tokens or not kept:
            break
        kept = newer_half(kept)
    size_bytes = sum(len(message.content.encode()) for message in messages)
    if not kept and size_bytes > context_tokens * MOST_BYTES_PER_TOKEN:
        raise QuestionTooLong(prompt_tokens=total, context_tokens=context_tokens)
    dropped = len(history) - len(kept)
    first_kept = kept[0].id if dropped and kept else None
    return PackedPrompt(messages, total, len(kept), dropped, first_kept)


def answered(history: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return a history without the reasoning that was stored in answers once, and without what was nothing else.

    A question goes with its answer.
    """
    kept: list[StoredMessage] = []
    for message in history:
        if message.role is not Role.ASSISTANT:
            kept.append(message)
        elif said := without_reasoning(message.text).strip():
            kept.append(message if said == message.text.strip() else replace(message, text=said))
        elif kept and kept[-1].role is Role.USER:
            kept.pop()
    return kept


def newer_half(history: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return the newer half, beginning with a person's message: an answer without its question misleads."""
    half = list(history[len(history) // 2 + len(history) % 2 :])
    while half and half[0].role is not Role.USER:
        half.pop(0)
    return half


def as_prompt(message: StoredMessage, *, is_shared: bool) -> PromptMessage:
    """Turn a stored message into what the model reads; in a shared place the speaker's name is part of it."""
    if message.role is Role.USER and is_shared:
        return PromptMessage(message.role, said_by(message.speaker, message.text))
    return PromptMessage(message.role, broken(message.text))


def as_question(message: ChatMessage) -> PromptMessage:
    """Turn the message to answer into what the model reads, the same as it will read in later prompts."""
    text = broken(message.text) if message.direct else said_by(message.person.name, message.text)
    return PromptMessage(Role.USER, text)


def said_by(speaker: str, text: str) -> str:
    """Return what the model reads of a message among those of others: no line of it but the first bears a name.

    It depends on the message alone, so that what a prompt begins with stays the same from turn to turn.
    """
    first, *more = text.split("\n")
    return broken(labelled(speaker, "\n".join([first, *(f"  {line}" if line else "" for line in more)])))


def speakers_of(message: ChatMessage, history: Sequence[StoredMessage], *, own: str) -> Speakers:
    """Return whose names a model may put before words that it makes up; `own` is what the bot is called there."""
    if message.direct:
        return Speakers(own=own)
    said = [message.person.name, *(each.speaker for each in history if each.role is Role.USER)]
    return Speakers(own=own, others=[name for name in map(label, said) if name != NAMELESS])


def going_on(message: ChatMessage, so_far: str) -> tuple[Sequence[PromptMessage], PromptMessage]:
    """Return the question with its answer so far, and the wish to go on with it, as the model reads them."""
    begun = (as_question(message), PromptMessage(Role.ASSISTANT, broken(so_far)))
    return begun, as_question(replace(message, text=GO_ON))


def last_words(text: str, *, most_bytes: int) -> str:
    """Return the end of a text: all of it where it fits, else as many whole words as do."""
    data = text.encode()
    if len(data) <= most_bytes:
        return text
    end = data[len(data) - most_bytes :].decode(errors="ignore")
    return f"… {end.partition(' ')[2] or end}"


def labelled(speaker: str, text: str) -> str:
    """Put the speaker's name before the text."""
    return f"{label(speaker)}: {text}"


def label(speaker: str) -> str:
    """Return a name as it stands before what its bearer says: one line, no colon of its own, and nobody's role."""
    name = " ".join(cleaned(speaker).translate(_COLONS).split())
    if not has_seen(name):
        return NAMELESS
    name = name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"
    seen = "".join(filter(is_seen, unicodedata.normalize("NFKC", name).casefold().translate(_LOOKALIKES)))
    if "".join(sign for sign in seen if sign.isalpha()) not in ROLE_NAMES:
        return name
    return f"“{''.join(sign for sign in name if sign.isspace() or is_seen(sign))}”"


def as_quote(text: str) -> str:
    """Return a text as a Markdown quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def was_cut(*, prompt_tokens: int, estimated_tokens: int, context_tokens: int) -> bool:
    """Whether the host seems to have cut the prompt: older servers keep num_ctx/2 + 2 tokens and say nothing."""
    half = context_tokens // 2 + 2
    return abs(prompt_tokens - half) <= 2 and estimated_tokens > half * SURELY_LONGER  # noqa: PLR2004


def was_shifted(*, prompt_tokens: int, answer_tokens: int, context_tokens: int) -> bool:
    """Whether prompt and answer together were longer than the window: a server dropped of it as the answer went on.

    Runners round a window up to the next `WINDOW_STEP` tokens.
    """
    return prompt_tokens + answer_tokens > -(-context_tokens // WINDOW_STEP) * WINDOW_STEP


def clean_text(text: str) -> str:
    """Take out what is not text: controls but newline and tab, lone surrogates, what is unseen, outer white space."""
    return cleaned(text)
