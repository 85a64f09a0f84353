"""Which assistant answers where, and what a model is told of it.

The nearest choice counts, as with models. What an assistant is told stands below the operator's system prompt, as a
quote, and never moves while nobody changes it, so that a conversation's prompts go on beginning alike.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.domain import (
    Address,
    Assistant,
    AssistantInUse,
    Choice,
    Delta,
    Level,
    ModelCard,
    Notice,
    ReplyPart,
    Speaker,
    Turn,
    Withdrawal,
)
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.prompt import as_quote
from bot.ports import Assistants
from bot.reasoning import broken

# Short, for the same reason as `SHARED_PROMPT` is.
PERSONA = (
    "You answer as the assistant “{name}”. The people here describe it below. Follow that as far as nothing above, and "
    "no rule about lessons that comes with a question, speaks against it."
)
# The share of the window that it may take, and how many bytes a token has where nobody knows.
PERSONA_SHARE, BYTES_PER_TOKEN = 0.25, 3
_LEVELS = list(Level)


@dataclass(frozen=True, slots=True)
class ChosenAssistant:
    """The assistant that answers a person in a place, None for none, and the nearer ones that are gone, yet untold."""

    used: AssistantInUse | None = None
    gone: tuple[AssistantInUse, ...] = ()

    @property
    def assistant(self) -> Assistant | None:
        """The assistant itself."""
        return self.used.assistant if self.used else None

    @property
    def choice(self) -> Choice | None:
        """The choice of a model that lies in it; None where it has none of its own."""
        used = self.used
        if used is None or used.assistant is None or not used.assistant.persona.model:
            return None
        return Choice(used.level, used.assistant.persona.model, used.chosen_by, assistant=used.assistant.name)


NOBODY = ChosenAssistant()


class Personas:
    """Says which assistant answers a person in a place. Without a store none does."""

    def __init__(self, assistants: Assistants | None = None) -> None:
        self.store = assistants

    async def chosen(self, address: Address, person_id: str) -> ChosenAssistant:
        """Return the assistant. Raises `Unavailable` where the store does not answer."""
        if self.store is None:
            return NOBODY
        in_use = await self.store.in_use(address, person_id)
        at = next((index for index, used in enumerate(in_use) if used.assistant), len(in_use))
        return ChosenAssistant(in_use[at] if at < len(in_use) else None, tuple(in_use[:at]))

    async def introduced(self, chosen: ChosenAssistant, turn: Turn) -> list[ReplyPart]:
        """Return what comes before an answer: that assistants are gone, once, and the name of the one that answers."""
        parts: list[ReplyPart] = []
        for used in chosen.gone:
            is_told = used.told_in and used.told_in != turn.id
            if self.store and not is_told and await self.store.tell_gone(used.id, turn_id=turn.id):
                instead = chosen.assistant
                key = "notice.assistant_gone_instead" if instead else "notice.assistant_gone"
                parts.append(Notice(key, {"name": used.name, "instead": instead.name if instead else ""}))
        return [*parts, Speaker(chosen.assistant.name)] if chosen.assistant else parts

    async def greeted(
        self, parts: AsyncGenerator[ReplyPart, None], assistant: Assistant | None, turn: Turn
    ) -> AsyncGenerator[ReplyPart, None]:
        """Yield the parts of an answer, the greeting before its first words where the conversation has had none.

        It is noted when there are words: an answer that fails before has greeted nobody.
        """
        greeting, has_begun = "", False
        async with aclosing(parts):
            async for part in parts:
                if isinstance(part, Withdrawal):
                    has_begun = False
                if isinstance(part, Delta) and not has_begun:
                    greeting, has_begun = greeting or await self._greeting(assistant, turn), True
                    yield Delta(f"{greeting}{part.text}")
                else:
                    yield part

    async def _greeting(self, assistant: Assistant | None, turn: Turn) -> str:
        if self.store is None or assistant is None or not assistant.persona.greeting or turn.continues:
            return ""
        is_first = await self.store.greet(turn.conversation_id, assistant.id, turn_id=turn.id)
        return f"{assistant.persona.greeting}\n\n" if is_first else ""


def with_assistants_model(chain: Sequence[Choice], chosen: ChosenAssistant) -> list[Choice]:
    """Return the choices of models with the one that lies in the assistant: nearest first.

    At its own level a model that was chosen by name counts more.
    """
    own = [chosen.choice] if chosen.choice else []
    return sorted([*chain, *own], key=lambda choice: (_LEVELS.index(choice.level), bool(choice.assistant)))


def system_of(policy: AnswerPolicy, assistant: Assistant | None, card: ModelCard, *, is_shared: bool) -> str:
    """Return the system prompt, with what the assistant is told at its end: the same until somebody changes it.

    What a small window has no room for is left out at the end, always at the same place.
    """
    system = policy.system_for(is_shared=is_shared)
    if assistant is None or not assistant.persona.prompt:
        return system
    told = first_words(assistant.persona.prompt, most_bytes=persona_bytes(policy, card))
    return f"{system}\n\n{broken(PERSONA.format(name=assistant.name))}\n{as_quote(broken(told))}"


def persona_bytes(policy: AnswerPolicy, card: ModelCard) -> int:
    """Return how much of what an assistant is told a model reads here."""
    return int(policy.context_of(card) * PERSONA_SHARE * BYTES_PER_TOKEN)


def first_words(text: str, *, most_bytes: int) -> str:
    """Return the beginning of a text: all of it where it fits, else as many whole words as do."""
    data = text.encode()
    if len(data) <= most_bytes:
        return text
    begin = data[:most_bytes].decode(errors="ignore")
    return f"{begin.rpartition(' ')[0] or begin} …"
