"""What the engine asks of the folder with files that team models are made of."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.domain import ModelProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A file with weights. `is_adapter`: they go on top of another model's. `recipe` is its Modelfile's text."""

    name: str
    path: Path
    size_bytes: int
    is_adapter: bool = False
    recipe: str = ""


@dataclass(slots=True)
class Fingerprint:
    """The digest of a file as hosts know it, "" until all of it is read."""

    digest: str = ""


class ModelFiles(Protocol):
    """The operator's folder with model files; a test's, or none."""

    def names(self) -> Sequence[str]:
        """Return what may be named, as it was last seen. Never does I/O."""
        ...

    async def find(self, name: str) -> ModelFile:
        """Return the file that is named.

        Raises:
            UserError: there is none of that name in the folder, it is no GGUF file, or there is no folder.
        """
        ...

    def read(self, file: ModelFile, fingerprint: Fingerprint) -> AsyncGenerator[ModelProgress]:
        """Read a file to its end, tell how far that is, and leave its digest in `fingerprint`.

        Raises:
            UserError: it is not there any more, or cannot be read.
        """
        ...
