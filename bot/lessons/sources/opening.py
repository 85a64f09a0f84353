"""What people name as a source: a folder, an archive or a repository's address. Opens it, and says its lasting name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import UserError
from bot.lessons.files import CourseSource
from bot.lessons.sources.archives import is_archive, unpacked
from bot.lessons.sources.git import is_address, shown_address
from bot.lessons.sources.repositories import cloned, folder_in_clone


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A source as it was asked for.

    `ref` is a branch, tag or commit, "" for the repository's own choice; `paths` what a clone is to hold, empty for
    all; `base_url` the address the files' paths are put behind, "" to find it out.
    """

    source: str
    ref: str = ""
    paths: tuple[str, ...] = ()
    base_url: str = ""

    @property
    def is_remote(self) -> bool:
        """Whether it has to be fetched."""
        return is_address(self.source) and not Path(self.source).exists()

    @property
    def name(self) -> str:
        """The source's name in the index."""
        return shown_address(self.source) if self.is_remote else Path(self.source).resolve().as_posix()


@asynccontextmanager
async def opened(wanted: Wanted) -> AsyncIterator[CourseSource]:
    """Open a source; what had to be fetched or unpacked is gone at the end.

    Raises:
        UserError: it is none, or cannot be opened.
    """
    async with AsyncExitStack() as stack:
        yield await _enter(wanted, stack)


async def _enter(wanted: Wanted, stack: AsyncExitStack) -> CourseSource:
    if wanted.is_remote:
        clone = cloned(wanted.source, ref=wanted.ref, paths=wanted.paths, base_url=wanted.base_url)
        return await stack.enter_async_context(clone)
    if wanted.ref:
        raise UserError("error.lessons_ref", source=wanted.source)
    path = Path(wanted.source)
    if await asyncio.to_thread(path.is_dir):
        return await folder_in_clone(path, base_url=wanted.base_url)
    if is_archive(path) and await asyncio.to_thread(path.is_file):
        return await asyncio.to_thread(stack.enter_context, unpacked(path, base_url=wanted.base_url))
    raise UserError("error.lessons_source", source=wanted.source)
