"""The upkeep of the models over stores in memory, for engines that share them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from bot.clock import Clock
from bot.engine.model_upkeep import MakeUpkeep, ModelUpkeep, UpkeepStores
from bot.ports import ModelBackend
from tests.memory.audit_log import FakeAuditLog
from tests.memory.news import FakeNewsStore, FakeReplacements
from tests.memory.store import FakeStore


class FakeUpkeep:
    """What is kept of models, and the channels that are told. Its news have a clock of their own."""

    def __init__(self, store: FakeStore, *, clock: Clock) -> None:
        self.clock = clock
        self.audit = FakeAuditLog(store)
        self.news = FakeNewsStore(FakeStore(clock))
        self.replacements = FakeReplacements(store)
        self.channels: dict[str, Sequence[str]] = {}

    def over(self, backend: ModelBackend) -> MakeUpkeep:
        """Return what makes the upkeep of one process over its engine."""
        channels: Mapping[str, Sequence[str]] = self.channels
        stores = UpkeepStores(audit=self.audit, news=self.news, replacements=self.replacements, channels=channels)
        return partial(ModelUpkeep, stores=stores, backend=backend, clock=self.clock)
