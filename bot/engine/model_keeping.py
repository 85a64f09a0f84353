"""All that changes the models of the hosts, put together: who carries out the jobs, removes, and tells of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.engine.catalog import SUGGESTIONS, Catalog
from bot.engine.commands import CommandRun
from bot.engine.importing import Importing
from bot.engine.job_runner import JobRunner
from bot.engine.keepers import Keepers
from bot.engine.model_changes import ModelChanges
from bot.engine.pulling import Pulling, PullPolicy
from bot.engine.removing import Removing
from bot.engine.selection import Selector
from bot.ports import AuditLog, Choices, ModelCatalogue, ModelFiles, ModelKeeper, Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptModels:
    """What models are changed with: the hosts' keepers, a folder with files, what the operator settles, the log."""

    keepers: Sequence[ModelKeeper] = ()
    files: ModelFiles | None = None
    policy: PullPolicy = field(default_factory=PullPolicy)
    audit: AuditLog | None = None


class ModelKeeping:
    """Changes the models of the hosts. `changes` tells of it."""

    def __init__(
        self,
        kept: KeptModels | None,
        choices: Choices,
        catalogue: ModelCatalogue | None,
        turns: Turns,
        catalog: Catalog,
        selector: Selector,
        clock: Clock,
    ) -> None:
        kept = kept or KeptModels()
        self.changes = ModelChanges(catalog, kept.audit)
        self._keepers = keepers = Keepers(kept.keepers)
        self._files = kept.files
        pulling = Pulling(
            keepers=keepers,
            catalogue=catalogue,
            turns=turns,
            changes=self.changes,
            policy=kept.policy,
            clock=clock,
        )
        importing = Importing(
            keepers=keepers,
            files=kept.files,
            pulling=pulling,
            turns=turns,
            changes=self.changes,
            policy=kept.policy,
            clock=clock,
        )
        self.jobs = JobRunner(pulling=pulling, importing=importing)
        self._removing = Removing(
            keepers=keepers,
            catalog=catalog,
            selector=selector,
            choices=choices,
            turns=turns,
            changes=self.changes,
        )

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return self._removing.runs

    def suggest_hosts(self, typed: str) -> Sequence[str]:
        """Complete the name of a host."""
        return [name for name in self._keepers.names if typed.lower() in name.lower()][:SUGGESTIONS]

    def suggest_files(self, typed: str) -> Sequence[str]:
        """Complete the name of a model file, as they were last seen."""
        names = self._files.names() if self._files else ()
        return [name for name in names if typed.lower() in name.lower()][:SUGGESTIONS]
