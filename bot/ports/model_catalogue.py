"""What is publicly known of open models, as the engine asks for it."""

from __future__ import annotations

from typing import Protocol

from bot.domain import ModelCard
from bot.domain.open_models import ModelFacts, OpenModel


class ModelCatalogue(Protocol):
    """A catalogue of open models; it never does I/O once it is there."""

    @property
    def facts(self) -> ModelFacts:
        """All that is known, with the sources."""
        ...

    def find(self, name: str) -> OpenModel | None:
        """Return the model that goes by a name, in any case: its name, its tag, its GGUF; None where there is none."""
        ...

    def entry_of(self, card: ModelCard) -> OpenModel | None:
        """Return the entry of an installed model; None where it is not surely one of the catalogue's."""
        ...
