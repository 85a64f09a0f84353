"""Which model answers: the chain of choices, nearest first, and what happens when a chosen model is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import Address, Choice, ModelCard
from bot.engine.catalog import Catalog, tidy_name
from bot.errors import BotError, Unavailable, UserError
from bot.ports import Choices


@dataclass(frozen=True, slots=True)
class Selection:
    """The model of a turn, and why.

    `choice` is the stored choice that won, None when the default did. `gone` are nearer choices whose model cannot be
    had: it is not installed any more, or unreadable. `default_gone` names the configured default when that is so.
    """

    card: ModelCard
    choice: Choice | None
    gone: Sequence[Choice] = ()
    default_gone: str = ""


class Selector:
    """Resolves user-in-conversation > thread > channel > workspace > default."""

    def __init__(self, *, choices: Choices, catalog: Catalog, default_model: str) -> None:
        self._choices = choices
        self._catalog = catalog
        self._default_model = default_model

    async def select(self, address: Address, person_id: str) -> Selection:
        """Return the model that answers this person here.

        Raises:
            UserError: no chat model is installed at all.
            Unavailable: the host does not answer, or does not tell what its models are.
        """
        chain = await self._choices.chain(address, person_id)
        chat_models = await self._chat_models()
        gone: list[Choice] = []
        for choice in chain:
            if card := chat_models.get(tidy_name(choice.model)):
                return Selection(card, choice, tuple(gone))
            gone.append(choice)
        return self._default(chat_models, gone)

    async def default_name(self) -> str:
        """Return the model that answers where nobody chose one; "" when none can."""
        chat_models = await self._chat_models()
        return self._default(chat_models, ()).card.name if chat_models else ""

    async def _chat_models(self) -> dict[str, ModelCard]:
        return {tidy_name(card.name): card for card in await self._catalog.cards() if card.can_chat}

    def _default(self, chat_models: dict[str, ModelCard], gone: Sequence[Choice]) -> Selection:
        if not chat_models:
            raise self._no_model()
        if card := chat_models.get(tidy_name(self._default_model)):
            return Selection(card, None, tuple(gone))
        # Without a default the first by name: it changes only when somebody installs or removes a model.
        return Selection(chat_models[min(chat_models)], None, tuple(gone), self._default_model)

    def _no_model(self) -> BotError:
        unreadable = [card.name for card in self._catalog.cached if card.is_unreadable]
        if unreadable:
            return Unavailable("error.models_unreadable", models=", ".join(unreadable))
        return UserError("error.no_models")
