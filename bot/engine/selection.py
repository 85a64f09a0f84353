"""Which model answers: the chain of choices, nearest first, and what answers where none counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from bot.domain import Address, Assistant, Choice, ModelCard, Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.catalog import Catalog, tidy_name
from bot.engine.personas import ChosenAssistant, Personas, with_assistants_model
from bot.errors import BotError, Unavailable, UserError
from bot.ports import Assistants, Choices

GIGABYTE = 10**9
# A model is called missing by a list of at most this age.
FRESH_S = 1.0
# Recorded of loaded models: 1.10 to 1.17 of their size on disk, with windows of 1,024 and 4,096 tokens.
MEMORY_FOR_DISK = 1.2
# Models with fewer parameters, in billions, reword passages wrongly more often than not: they are left to chat, as long
# as nobody measured it.
CAPABLE_BILLIONS = 2.5
# Models are mostly installed in 4 bits, and some.
USUAL_BYTES_PER_PARAMETER = 0.6


class Reason(Enum):
    """Why the default is the default."""

    SET = "set"
    LARGEST = "largest"
    LARGEST_THAT_FITS = "largest_that_fits"
    NONE_FITS = "none_fits"
    ALL_REMOTE = "all_remote"


@dataclass(frozen=True, slots=True)
class Selection:
    """The model of a turn, and why.

    `choice` is the stored choice that won, None when the default did. `gone` are nearer choices whose model cannot be
    had: it is not installed any more, or unreadable. `default_gone` names the configured default when that is so.
    `reason` is why the default won, None when a choice did. `assistant` answers with the model, None for none.
    """

    card: ModelCard
    choice: Choice | None
    gone: Sequence[Choice] = ()
    default_gone: str = ""
    reason: Reason | None = None
    assistant: Assistant | None = None


class ModelSelector(Protocol):
    """Says which model answers a person in a place."""

    async def select(self, address: Address, person_id: str, chosen: ChosenAssistant | None = None) -> Selection:
        """Return the model; `chosen` is the assistant that answers, where that is known.

        Raises `BotError` where no model can be had.
        """
        ...

    async def refresh(self) -> None:
        """Ask the host anew which models there are. Raises `Unavailable` where it does not answer."""
        ...


class Selector:
    """Resolves user-in-conversation > thread > channel > workspace > default."""

    def __init__(
        self,
        *,
        choices: Choices,
        catalog: Catalog,
        default_model: str,
        memory_gb: float = 0,
        personas: Personas | None = None,
    ) -> None:
        """Take the default somebody set, "" for none, and what a host has for models in `memory_gb`, 0 for unknown."""
        self.personas = personas or Personas()
        self._choices = choices
        self.catalog = catalog
        self.set_default = default_model
        self.memory_gb = memory_gb

    async def select(self, address: Address, person_id: str, chosen: ChosenAssistant | None = None) -> Selection:
        """Return the model that answers this person here; see `ModelSelector.select`.

        Raises:
            UserError: no chat model is installed at all.
            Unavailable: the host does not answer, or does not tell what its models are.
        """
        chosen = chosen or await self.personas.chosen(address, person_id)
        chain = with_assistants_model(await self._choices.chain(address, person_id), chosen)
        chat_models = await self._chat_models()
        if not self._is_whole(chain, chat_models):
            try:
                chat_models = await self._chat_models(max_age_s=FRESH_S)
            except Unavailable:
                if not chat_models:
                    raise
        return replace(self._selected(chain, chat_models), assistant=chosen.assistant)

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        """Return the choices that bear on a person here, nearest first, with the one that lies in an assistant."""
        chosen = await self.personas.chosen(address, person_id)
        return with_assistants_model(await self._choices.chain(address, person_id), chosen)

    def _is_whole(self, chain: Sequence[Choice], chat_models: Mapping[str, ModelCard]) -> bool:
        """Whether the nearest choice, or the default somebody set, is there: then nothing is missing."""
        wanted = chain[0].model if chain else self.set_default
        return bool(chat_models) and (not wanted or tidy_name(wanted) in chat_models)

    def _selected(self, chain: Sequence[Choice], chat_models: Mapping[str, ModelCard]) -> Selection:
        gone: list[Choice] = []
        for choice in chain:
            if card := chat_models.get(tidy_name(choice.model)):
                return Selection(card, choice, tuple(gone))
            gone.append(choice)
        return self._default(chat_models, gone)

    async def refresh(self) -> None:
        """See `ModelSelector.refresh`."""
        await self.catalog.refresh()

    async def default_name(self) -> str:
        """Return the model that answers where nobody chose one; "" when none can."""
        chat_models = await self._chat_models()
        return self._default(chat_models, ()).card.name if chat_models else ""

    async def _chat_models(self, *, max_age_s: float | None = None) -> Mapping[str, ModelCard]:
        cards = await self.catalog.cards(max_age_s=max_age_s)
        return {tidy_name(card.name): card for card in cards if card.can_chat}

    def _default(self, chat_models: Mapping[str, ModelCard], gone: Sequence[Choice]) -> Selection:
        if not chat_models:
            raise self._no_model()
        if card := chat_models.get(tidy_name(self.set_default)):
            return Selection(card, None, tuple(gone), reason=Reason.SET)
        card, reason = unset_default(chat_models.values(), memory_gb=self.memory_gb)
        return Selection(card, None, tuple(gone), self.set_default, reason)

    def _no_model(self) -> BotError:
        unreadable = [card.name for card in self.catalog.cached if card.is_unreadable]
        if unreadable:
            return Unavailable("error.models_unreadable", models=", ".join(unreadable))
        if barred := [card.name for card in self.catalog.cached if card.is_barred]:
            return UserError("error.models_barred", models=", ".join(barred))
        return UserError("error.no_models")


def fits(card: ModelCard, *, memory_gb: float) -> bool:
    """Whether a model fits into the host's memory; what is not known (0) stands in no model's way."""
    return not memory_gb or card.size_bytes * MEMORY_FOR_DISK <= memory_gb * GIGABYTE


def capability(card: ModelCard) -> float:
    """Return what stands for how capable a model is: its parameters in billions, told by its size where it is silent.

    Of two models of a size on disk the one with more parameters, each in fewer bits, answers better.
    """
    return card.billions or card.size_bytes / USUAL_BYTES_PER_PARAMETER / GIGABYTE


def is_capable(card: ModelCard, language: str = "") -> bool:
    """Whether a model may word what lessons say in a language, or sum up.

    Once it was measured that says so; before, its size does, and one that tells no size is taken to be large enough.
    """
    if card.probe:
        return card.probe.may_word(language)
    if card.is_demonstration:
        return False
    return not card.billions or card.billions >= CAPABLE_BILLIONS


def unset_default(cards: Collection[ModelCard], *, memory_gb: float) -> tuple[ModelCard, Reason]:
    """Return the model that answers where nobody set a default: the most capable that fits, or the first by name.

    Where none fits, it is the smallest. A demonstration model, and after it one that runs elsewhere, only where there
    is no other. What is loaded has no say: it changes by the minute, and the default would with it.
    """

    def rank(card: ModelCard) -> tuple[bool, bool, bool, float, str]:
        fitting = fits(card, memory_gb=memory_gb)
        size = -capability(card) if fitting else capability(card)
        return card.is_remote, card.is_demonstration, not fitting, size, tidy_name(card.name)

    card = min(cards, key=rank)
    if card.is_remote:
        return card, Reason.ALL_REMOTE
    if not memory_gb:
        return card, Reason.LARGEST
    return card, Reason.LARGEST_THAT_FITS if fits(card, memory_gb=memory_gb) else Reason.NONE_FITS


def fallback_notices(selection: Selection) -> list[Notice]:
    """Say which chosen models are gone: another one answers, never silently."""
    names = [choice.model for choice in selection.gone]
    if selection.default_gone:
        names.append(selection.default_gone)
    return [Notice("notice.model_gone", {"model": name, "instead": selection.card.name}) for name in names]


def selector_for(
    answer_policy: AnswerPolicy, choices: Choices, catalog: Catalog, assistants: Assistants | None = None
) -> Selector:
    """Return what selects models where this policy says which is the default, and how much memory there is."""
    return Selector(
        choices=choices,
        catalog=catalog,
        default_model=answer_policy.default_model,
        memory_gb=answer_policy.memory_gb,
        personas=Personas(assistants),
    )
