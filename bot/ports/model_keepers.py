"""What the engine asks of a host whose models can be changed: fetched, removed, made."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.domain import ModelProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRoom:
    """What a host has of models, by name with their digests, and for how many bytes more its disk has room.

    `free_bytes` is None where nobody knows: the operator has not said how large the disk is.
    """

    models: Mapping[str, str] = field(default_factory=dict)
    free_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeOf:
    """What a model is made of. `base` is a model of the host; blobs are named by file, with their digests.

    `files` are the weights, `adapters` what is laid over those of the base. Empty texts are left as the base has them.
    """

    base: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    adapters: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    system: str = ""
    licence: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


class ModelKeeper(Protocol):
    """One host whose models can be changed.

    Every method raises `Transient` where the host cannot be reached or hangs up, which may pass, and `Unavailable`
    where it does not answer as it should. What is closed before its end is ended on the host.
    """

    @property
    def host(self) -> str:
        """The host's address."""
        ...

    async def room(self) -> ModelRoom:
        """Return what the host has, and has room for."""
        ...

    def pull(self, name: str) -> AsyncGenerator[ModelProgress]:
        """Have the host fetch a model, and tell how far it is; what was fetched before is not fetched again.

        Raises:
            UserError: the host cannot have it: no such name, or its registry does not answer.
            Unavailable: the host gave up in the middle, as with a full disk.
        """
        ...

    async def check_here(self, name: str) -> None:
        """Let a model pass that runs on this host.

        Raises:
            ModelElsewhere: it is a name for one on a machine elsewhere.
            ModelMissing: it is not there.
        """
        ...

    async def remove(self, name: str) -> bool:
        """Remove a model; False where it is not there."""
        ...

    def send(self, file: Path, digest: str) -> AsyncGenerator[ModelProgress]:
        """Send a file that models are made of, where the host does not have it; tell how far it is.

        Raises:
            UserError: the file cannot be read, or is another than its digest says.
        """
        ...

    def make(self, name: str, made_of: MadeOf) -> AsyncGenerator[ModelProgress]:
        """Make a model, in the place of one of its name.

        Raises:
            UserError: the host refuses it: what it is to be made of is none it can read.
        """
        ...

    async def close(self) -> None:
        """Free connections."""
        ...
