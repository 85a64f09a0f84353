"""What was done to the hosts' models, by whom: the one place where that is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from bot.domain import Address, Person
from bot.domain.deeds import Deed, DeedKind
from bot.engine.catalog import Catalog
from bot.errors import BotError
from bot.ports import AuditLog

log = structlog.get_logger(__name__)


class ChangeKind(StrEnum):
    """What was done to a model."""

    PULLED = "pulled"
    REMOVED = "removed"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostChange:
    """A model was changed on a host, by somebody, who asked for it at an address."""

    kind: ChangeKind
    model: str
    host: str
    person: Person
    address: Address


Hear = Callable[[HostChange], Awaitable[None]]


class ModelChanges:
    """Tells of changes: the catalog, which is read anew, the audit log, and whoever else has asked to hear of them."""

    def __init__(self, catalog: Catalog, audit: AuditLog | None = None) -> None:
        self._catalog = catalog
        self._audit = audit
        self.hearers: list[Hear] = [self._written_down]

    async def made(self, change: HostChange) -> None:
        """Tell that a model was pulled, removed or imported, by whom and where. The change stands, whoever fails."""
        log.info("model.changed", change=change.kind.value, model=change.model, host=change.host)
        try:
            await self._catalog.refresh()
        except BotError as error:
            log.warning("catalog.not_refreshed", host=change.host, error=error.key)
        for hear in self.hearers:
            try:
                await hear(change)
            except BotError as error:
                log.warning("model_change.not_heard", error=error.key)

    async def _written_down(self, change: HostChange) -> None:
        if self._audit is None:
            return
        kind = DeedKind(change.kind.value)
        deed = Deed(
            kind=kind, person_id=change.person.id, address=change.address, model=change.model, other=change.host
        )
        await self._audit.note(deed)
