"""Taking a source in as it was asked for, at first and again: opens it, names its course, and keeps how that went."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice
from bot.domain.place_courses import KnownSource, SourceRequest
from bot.errors import BotError, UserError
from bot.lessons.course_names import named
from bot.lessons.files import CourseSource
from bot.lessons.ingestion import Ingestion, IngestReport, Outcome, Progress
from bot.lessons.reading.course_titles import course_titles
from bot.lessons.reading.sorting import FileSelection
from bot.lessons.sources.git import keepable
from bot.lessons.sources.opening import Wanted, opened
from bot.lessons.sources.pasted import pasted
from bot.ports import CourseSources, Embedder, LessonDocuments, Lessons, Refreshed, RefreshStep

HELD_S = 120.0
"""A process that has ended holds its source no longer; one that is at work holds it anew in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingIn:
    """Takes sources in, each for one worker at a time. `embedder` None stores what is found by its words alone.

    `documents` None leaves out what is no plain text.
    """

    lessons: Lessons
    sources: CourseSources
    embedder: Embedder | None = None
    documents: LessonDocuments | None = None
    worker: str = field(default_factory=lambda: uuid4().hex)
    clock: Clock = SYSTEM_CLOCK

    async def take(
        self,
        wanted: Wanted,
        selection: FileSelection,
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        opening: Callable[[], Awaitable[object]] | None = None,
    ) -> IngestReport:
        """Bring the index up to date with a source, and keep how it was asked for. `opening` is called when it is open.

        Raises:
            UserError: it cannot be opened, has no lessons, or another process takes it in at this moment.
            Unavailable: the index or the embedder does not answer; what was stored before stays.
        """
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._held(wanted.name))
            source = await stack.enter_async_context(opened(wanted))
            if opening:
                await opening()
            source = await self._named(source, wanted)
            ingestion = Ingestion(
                lessons=self.lessons,
                embedder=self.embedder,
                documents=self.documents,
                progress=progress,
                today=self.clock.utc().date().isoformat(),
            )
            report = await ingestion.run(source, selection=replace(selection, paths=wanted.paths_within))
            await self._keep(source, wanted, selection, report)
        return report

    async def forget(self, name: str) -> int:
        """Take everything of a source out of the index; return how many documents."""
        count = await Ingestion(lessons=self.lessons).forget(name)
        await self.sources.forget(name)
        return count

    async def refresh(self, name: str, *, worker: str = "") -> AsyncGenerator[RefreshStep | Refreshed, None]:
        """See `ports.CourseRefresher.refresh`."""
        known = next((each for each in await self.sources.known() if each.name == name), None)
        if known is None:
            yield Refreshed(source=name, failure=Notice("error.lessons_not_known", {"source": name}))
            return
        steps: asyncio.Queue[RefreshStep | Refreshed] = asyncio.Queue()
        taking_in = replace(self, worker=worker or uuid4().hex)
        work = asyncio.create_task(taking_in.again(known, steps), name="refresh")
        try:
            yield RefreshStep(source=name)
            step: RefreshStep | Refreshed | None = None
            while not isinstance(step, Refreshed):
                step = await _next(steps, work)
                yield step
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work

    async def again(self, known: KnownSource, steps: asyncio.Queue[RefreshStep | Refreshed]) -> None:
        """Take a known source in anew and tell how that goes, and how it ended."""
        wanted, selection = wanted_of(known.request)

        def tell(progress: Progress) -> None:
            steps.put_nowait(RefreshStep(source=known.name, done=progress.done, total=progress.total))

        try:
            report = await self.take(wanted, selection, progress=tell)
        except BotError as error:
            failure = Notice(error.key, error.parameters)
            if error.key != "error.lessons_busy":
                with suppress(BotError):
                    await self.sources.failed(known.name, failure)
            steps.put_nowait(Refreshed(source=known.name, failure=failure))
        else:
            steps.put_nowait(refreshed(known.name, report))

    async def _named(self, source: CourseSource, wanted: Wanted) -> CourseSource:
        origins = {each.name: each.origin for each in await self.sources.known() if each.origin}
        return named(source, wanted.course, known=await self.lessons.courses(), origins=origins)

    async def _keep(self, source: CourseSource, wanted: Wanted, selection: FileSelection, report: IngestReport) -> None:
        titles = await asyncio.to_thread(course_titles, source.files, source.read)
        courses = {file.course: titles.get(file.course, "") for file in source.files if file.path in report.paths}
        await self.sources.taken(source.name, request_of(wanted, selection), courses=courses, origin=source.origin)

    @asynccontextmanager
    async def _held(self, name: str) -> AsyncIterator[None]:
        """Keep other processes from taking the same source in, for as long as this lasts. A new one is nobody's."""
        try:
            is_held = await self.sources.hold(name, self.worker, for_s=HELD_S)
            if not is_held and any(each.name == name for each in await self.sources.known()):
                raise UserError("error.lessons_busy", source=name)
            holding = asyncio.create_task(self._hold(name), name="holding")
            try:
                yield
            finally:
                holding.cancel()
        finally:
            # Whoever is cancelled while it asks may hold it all the same; what another holds stays theirs.
            with suppress(BotError):
                await self.sources.hold(name, self.worker, for_s=0)

    async def _hold(self, name: str) -> None:
        while True:
            await self.clock.sleep(HELD_S / 3)
            with suppress(BotError):
                await self.sources.hold(name, self.worker, for_s=HELD_S)


async def _next(steps: asyncio.Queue[RefreshStep | Refreshed], work: asyncio.Task[None]) -> RefreshStep | Refreshed:
    """Return the newest step; what went wrong beyond telling is raised."""
    waiting = asyncio.ensure_future(steps.get())
    try:
        await asyncio.wait([waiting, work], return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done() and work.done():
            work.result()
        step = await waiting
    finally:
        waiting.cancel()
    while not isinstance(step, Refreshed) and not steps.empty():
        step = steps.get_nowait()
    return step


def refreshed(name: str, report: IngestReport) -> Refreshed:
    """Return what a run changed, in numbers."""
    return Refreshed(
        source=name,
        added=len(report.taken[Outcome.ADDED]),
        changed=len(report.taken[Outcome.CHANGED]),
        unchanged=len(report.taken[Outcome.UNCHANGED]),
        removed=len(report.removed),
        skipped=len(report.skipped),
    )


def request_of(wanted: Wanted, selection: FileSelection) -> SourceRequest:
    """Return how a source was asked for, as it is kept: with a path from the root, or an address without secrets."""
    is_address = pasted(wanted.source) is not None
    return SourceRequest(
        source=keepable(wanted.source) if is_address else Path(wanted.source).resolve().as_posix(),
        ref=wanted.ref,
        paths=wanted.paths,
        without=selection.without,
        languages=tuple(sorted(selection.languages)),
        base_url=wanted.base_url,
        site=wanted.site,
        name=wanted.course,
    )


def wanted_of(request: SourceRequest) -> tuple[Wanted, FileSelection]:
    """Return what `request_of` was made of."""
    wanted = Wanted(
        source=request.source,
        ref=request.ref,
        paths=request.paths,
        base_url=request.base_url,
        site=request.site,
        course=request.name,
    )
    return wanted, FileSelection(languages=frozenset(request.languages), without=request.without)
