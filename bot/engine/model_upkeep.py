"""What keeps an eye on the models for the admins: the watch, the announcements, and replacing one model by another."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import CommandCall, Completion, Figures, Offer, ReplyPart
from bot.engine.announcements import Announcements
from bot.engine.audit_command import AuditCommand
from bot.engine.authority import Authority
from bot.engine.catalog import Catalog
from bot.engine.commands import CommandRun
from bot.engine.model_desk import NothingKnown
from bot.engine.model_replacing import ModelReplacing
from bot.engine.model_watch import ModelWatch
from bot.engine.selection import Selector
from bot.engine.stand_ins import StandIns
from bot.ports import AuditLog, Comparisons, ModelBackend, ModelCatalogue, NewsStore, Replacements


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepStores:
    """What is kept of models and their news, and the channels, by platform, in which admins are told."""

    audit: AuditLog
    news: NewsStore
    replacements: Replacements
    channels: Mapping[str, Sequence[str]] = field(default_factory=dict)


class OverModels(Protocol):
    """What the upkeep works with: the engine."""

    authority: Authority
    catalog: Catalog
    selector: Selector


class ModelUpkeep:
    """The watch, the announcements, the replacing and the reading of the log, of one process."""

    def __init__(
        self,
        engine: OverModels,
        *,
        stores: UpkeepStores,
        backend: ModelBackend,
        catalogue: ModelCatalogue | None = None,
        comparisons: Comparisons | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        known, worker = catalogue or NothingKnown(), uuid4().hex
        authority, catalog, selector = engine.authority, engine.catalog, engine.selector
        self.watch = ModelWatch(stores.news, backend=backend, catalogue=known, worker=worker, clock=clock)
        self.announcements = Announcements(
            stores.news,
            stores.replacements,
            StandIns(catalog=catalog, selector=selector, catalogue=known, comparisons=comparisons, clock=clock),
            channels=stores.channels,
            catalog=catalog,
            authority=authority,
            worker=worker,
            clock=clock,
        )
        self._log = AuditCommand(audit=stores.audit, authority=authority, clock=clock)
        self._replacing = ModelReplacing(stores.replacements, catalog=catalog, selector=selector, authority=authority)

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {**self._replacing.runs, **self.announcements.runs, **self._log.runs}

    async def with_news(
        self, call: CommandCall, reply: AsyncGenerator[ReplyPart, None]
    ) -> AsyncGenerator[ReplyPart, None]:
        """Pass on what a command answers, and then what an admin was not told yet, if that offers nothing to press."""
        has_offer = False
        async for part in reply:
            has_offer = has_offer or isinstance(part, Offer | Figures | Completion)
            yield part
        if has_offer:
            return
        async with aclosing(self.announcements.beside(call)) as news:
            async for part in news:
                yield part


MakeUpkeep = Callable[[OverModels], ModelUpkeep]
"""Makes the upkeep over an engine."""
