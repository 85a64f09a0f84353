"""What people name as a source: a folder, file, archive or repository. Opens it, and says its lasting name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import UserError
from bot.lessons.course_layout import LESSONS
from bot.lessons.files import NO_SITE, CourseSource
from bot.lessons.sources.archives import is_archive, unpacked
from bot.lessons.sources.git import shown_address
from bot.lessons.sources.pasted import pasted
from bot.lessons.sources.repositories import cloned, file_in_clone, folder_in_clone


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A source as it was asked for.

    `ref` is a branch, tag or commit, "" for the one that was pasted, or the repository's own choice; `paths` are what
    to take, within what was named, empty for all; `base_url` the address the files' paths are put behind, "" to find
    it out; `site` the address of the course's own site, "none" for sources alone, "" to find it out; `course` what the
    course is to be called, "" for the name it has.
    """

    source: str
    ref: str = ""
    paths: tuple[str, ...] = ()
    base_url: str = ""
    site: str = ""
    course: str = ""

    @property
    def name(self) -> str:
        """The source's name in the index."""
        repository = pasted(self.source)
        if repository is None:
            return Path(self.source).resolve().as_posix()
        address = shown_address(repository.address)
        return f"{address}/tree/{repository.ref}/{repository.within}" if repository.within else address

    @property
    def paths_within(self) -> tuple[str, ...]:
        """The paths to take, from the root of what is opened."""
        repository = pasted(self.source)
        within = repository.within if repository else ""
        if not within:
            return self.paths
        return tuple(f"{within}/{path}" for path in self.paths) or (within,)


@asynccontextmanager
async def opened(wanted: Wanted) -> AsyncIterator[CourseSource]:
    """Open a source; what had to be fetched or unpacked is gone at the end.

    Raises:
        UserError: it is none, or cannot be opened.
    """
    async with AsyncExitStack() as stack:
        source = await _enter(wanted, stack)
        yield replace(source, site=wanted.site or (NO_SITE if wanted.base_url else ""))


async def _enter(wanted: Wanted, stack: AsyncExitStack) -> CourseSource:
    if repository := pasted(wanted.source):
        clone = cloned(
            repository.address,
            ref=wanted.ref or repository.ref,
            paths=wanted.paths_within,
            base_url=wanted.base_url,
        )
        return replace(await stack.enter_async_context(clone), name=wanted.name)
    if wanted.ref:
        raise UserError("error.lessons_ref", source=wanted.source)
    path = Path(wanted.source)
    if await asyncio.to_thread(path.is_dir):
        return await folder_in_clone(path, base_url=wanted.base_url)
    if not await asyncio.to_thread(path.is_file):
        raise UserError("error.lessons_source", source=wanted.source)
    if is_archive(path):
        return await asyncio.to_thread(stack.enter_context, unpacked(path, base_url=wanted.base_url))
    if path.suffix.lower() in LESSONS:
        return await file_in_clone(path, base_url=wanted.base_url)
    raise UserError("error.lessons_format", source=wanted.source)
