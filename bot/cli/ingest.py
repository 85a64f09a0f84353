"""`lyceum ingest`: opens the index, takes in sources one after the other, and shows how it goes and what it did."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from adapters.console import Screen
from adapters.console.terminal import CLEAR_LINE, visible
from bot.cli.link_notices import links_told
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice, Say
from bot.domain.citable import citable
from bot.errors import BotError, ConfigurationError, UserError
from bot.i18n import sentence
from bot.lessons.course_layout import Skip
from bot.lessons.course_names import plain_name
from bot.lessons.files import NO_SITE
from bot.lessons.ingestion import IngestReport, NoLessons, Outcome, Progress
from bot.lessons.language.languages import tag_of
from bot.lessons.reading.chunks import width
from bot.lessons.reading.quiz_files import LeftOut
from bot.lessons.reading.sorting import FileSelection, Skipped, by_reason, by_suffix, texts_left
from bot.lessons.sources.opening import Wanted
from bot.lessons.taking_in import TakingIn
from bot.runtime.backends import choose_embedder
from bot.settings import Settings

# A line that moves, often enough to be seen moving; lines in a log, seldom enough to be read.
MOVES_EACH_S = 0.1
LINE_EACH_S = 5.0
MOST_KINDS = 12
MOST_LEFT_OUT = 20
COUNTED = frozenset({Skip.OTHER_KIND, Skip.NO_READER})


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRequest:
    """What the command line asked for. `removes`: the sources leave the index instead."""

    sources: tuple[Wanted, ...]
    selection: FileSelection
    removes: bool = False
    is_verbose: bool = False


def to_request(
    sources: Sequence[str],
    *,
    paths: Sequence[str] = (),
    without: Sequence[str] = (),
    languages: Sequence[str] = (),
    ref: str = "",
    base_url: str = "",
    site: str = "",
    name: str = "",
    removes: bool = False,
    is_verbose: bool = False,
) -> IngestRequest:
    """Return what the command line's words mean.

    Raises:
        UserError: a language is none, a site's address is none of the web, or several sources are to have one name.
    """
    within, left_out = (tuple(map(_plain_path, some)) for some in (paths, without))
    tags = frozenset(tag_of(each) for every in languages for each in every.split(","))
    if "" in tags:
        raise UserError("error.lessons_language", got=", ".join(languages))
    if site and site != NO_SITE and (not citable(site) or {"?", "#"} & set(site)):
        raise UserError("error.lessons_site", got=site)
    course = plain_name(name)
    if name and (not course or len(sources) > 1):
        raise UserError("error.lessons_name", got=name)
    asked = Wanted(source="", ref=ref, paths=within, base_url=base_url, site=site, course=course)
    return IngestRequest(
        sources=tuple(replace(asked, source=source) for source in sources),
        selection=FileSelection(languages=tags, paths=within, without=left_out),
        removes=removes,
        is_verbose=is_verbose,
    )


def _plain_path(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").strip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where the command speaks: results, failures, and the line that moves."""

    say: Say
    complain: Say
    progress: ProgressLine


class ProgressLine:
    """Shows how far a run is: on a terminal as one line that moves, else as a line every few seconds."""

    def __init__(
        self,
        screen: Screen,
        locale: str,
        *,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._screen = screen
        self._locale = locale
        self._clock = clock
        self._shown_at = clock.now()

    def __call__(self, progress: Progress) -> None:
        """Show how far an ingestion is, if it is time to."""
        self.tell(_notice(progress))

    def tell(self, notice: Notice) -> None:
        """Show a sentence in the moving line, if it is time to."""
        each_s = MOVES_EACH_S if self._screen.is_terminal else LINE_EACH_S
        if self._clock.now() - self._shown_at >= each_s:
            self._shown_at = self._clock.now()
            self._show(notice)

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """Show how long something takes that cannot say how far it is."""
        counting = asyncio.create_task(self._count(), name="waiting")
        try:
            yield
        finally:
            counting.cancel()
            await asyncio.wait([counting])
            self.clear()

    async def _count(self) -> None:
        began = self._clock.now()
        while True:
            await self._clock.sleep(1.0 if self._screen.is_terminal else LINE_EACH_S)
            self._show(Notice("ingest.waiting", {"seconds": round(self._clock.now() - began)}))

    def _show(self, notice: Notice) -> None:
        line = visible(sentence(notice, self._locale)).replace("\n", " ")
        if self._screen.is_terminal:
            self._screen.write(CLEAR_LINE + fitted(line, shutil.get_terminal_size().columns - 1))
        else:
            self._screen.write(f"{line}\n")

    def clear(self) -> None:
        """Take the line away that moves."""
        if self._screen.is_terminal:
            self._screen.write(CLEAR_LINE)


def fitted(line: str, columns: int) -> str:
    """Return as much of a line as a terminal shows in one."""
    while line and width(line) > columns:
        line = line[:-1]
    return line


def _notice(progress: Progress) -> Notice:
    return Notice(
        "ingest.progress",
        {
            "percent": 100 * progress.done // max(progress.total, 1),
            "done": progress.done,
            "total": progress.total,
            "chunks": progress.chunks,
            "path": progress.path,
        },
    )


async def ingest(settings: Settings, request: IngestRequest, output: Output) -> bool:
    """Do what was asked; return whether all of it was done. One source that fails does not stop the next.

    The product's own course makes way for the first other one, and comes back when none is left.

    Raises:
        ConfigurationError: the database or the embedding model cannot be used as they are.
        Unavailable: the database is locked.
    """
    async with _taking_in(settings) as taking_in:
        if taking_in.embedder is None and not request.removes:
            output.say(Notice("ingest.words_only"))
        done = [await _one(wanted, request, taking_in, output) for wanted in request.sources]
    return all(done)


@asynccontextmanager
async def _taking_in(settings: Settings) -> AsyncIterator[TakingIn]:
    from bot.runtime.lesson_index import document_reader, sample_taken_in
    from bot.storage.course_source_store import SqlCourseSources
    from bot.storage.database.open_database import open_database
    from bot.storage.lesson_store import SqlLessons
    from bot.storage.note_store import SqlNotes

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await open_database(settings.storage.location))
        lessons, sources = SqlLessons(database), SqlCourseSources(database)
        embedder = await choose_embedder(settings)
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        yield TakingIn(lessons=lessons, sources=sources, embedder=embedder, documents=document_reader())
        await sample_taken_in(lessons, SqlNotes(database), settings=settings)


async def _one(wanted: Wanted, request: IngestRequest, taking_in: TakingIn, output: Output) -> bool:
    try:
        if request.removes:
            count = await taking_in.forget(wanted.name)
            output.say(Notice("ingest.forgotten", {"source": wanted.name, "count": count}))
            return True
        await _take_in(wanted, request, taking_in, output)
    except ConfigurationError:
        raise
    except BotError as error:
        output.progress.clear()
        output.complain(Notice(error.key, error.parameters))
        if isinstance(error, NoLessons):
            _say_skipped(error.skipped, output.say, is_verbose=request.is_verbose)
            _warn(error.skipped, output.say, taken=0)
        if not isinstance(error, UserError):
            output.say(Notice("ingest.resume"))
        return False
    return True


async def _take_in(wanted: Wanted, request: IngestRequest, taking_in: TakingIn, output: Output) -> None:
    output.say(Notice("ingest.opening", {"source": wanted.name}))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(output.progress.waiting())
        report = await taking_in.take(wanted, request.selection, progress=output.progress, opening=stack.aclose)
    output.progress.clear()
    for notice in told(report, source=wanted.name, site=wanted.site):
        output.say(notice)
    _say_skipped(report.skipped, output.say, is_verbose=request.is_verbose)
    _say_left_out(report.left_out, output.say)
    _warn(report.skipped, output.say, taken=report.documents)


def told(report: IngestReport, *, source: str, site: str = "") -> list[Notice]:
    """Return what a run did, as it is said."""
    counts = {outcome.value: len(report.taken[outcome]) for outcome in Outcome}
    done = {"source": source, "documents": report.documents, "removed": len(report.removed), "chunks": report.chunks}
    languages = ", ".join(f"{tag} ({count})" for tag, count in report.languages.most_common())
    notices = [
        Notice("ingest.done", {**done, **counts}),
        Notice("ingest.languages", {"languages": languages}),
    ]
    if report.questions:
        notices.append(Notice("ingest.quiz", {"count": report.questions}))
    if report.cut:
        paths = ", ".join(visible(path) for path in report.cut[:MOST_KINDS])
        notices.append(Notice("ingest.cut", {"count": len(report.cut), "paths": paths}))
    if report.stale:
        notices.append(Notice("ingest.stale", {"count": len(report.stale)}))
    notices += links_told(report, site)
    return notices


def _say_skipped(skipped: Sequence[Skipped], say: Say, *, is_verbose: bool) -> None:
    """Say how many files were skipped for each reason; which ones, where it was asked for."""
    if not skipped:
        return
    say(Notice("ingest.skipped", {"count": len(skipped)}))
    for reason, paths in by_reason(skipped).items():
        say(Notice("ingest.reason", {"count": len(paths), "reason": Notice(f"ingest.skip_{reason}")}))
        if reason in COUNTED:
            say(Notice("ingest.path", {"path": _counted(by_suffix(skipped, reason))}))
        for path in paths if is_verbose else ():
            say(Notice("ingest.path", {"path": visible(path).replace("\n", " ")}))


def _say_left_out(questions: Sequence[LeftOut], say: Say) -> None:
    """Say which quiz questions nobody will be asked, and why: whoever wrote them can mend them."""
    if not questions:
        return
    say(Notice("ingest.quiz_left_out", {"count": len(questions)}))
    for each in questions[:MOST_LEFT_OUT]:
        place = {"path": visible(each.path).replace("\n", " "), "number": each.number}
        reason = Notice(f"ingest.quiz_{each.fault}")
        say(Notice("ingest.quiz_question" if each.number else "ingest.quiz_file", {**place, "reason": reason}))


def _warn(skipped: Sequence[Skipped], say: Say, *, taken: int) -> None:
    """Say so where what reads lessons is not installed, and where more of them were left out than were taken."""
    if unread := by_suffix(skipped, Skip.NO_READER):
        say(Notice("ingest.needs_reader", {"kinds": _counted(unread), "count": sum(each for _, each in unread)}))
    left = texts_left(skipped)
    count = sum(each for _, each in left)
    if count > taken:
        say(Notice("ingest.left_out", {"count": count, "taken": taken, "kinds": _counted(left)}))


def _counted(kinds: Sequence[tuple[str, int]]) -> str:
    """Return kinds of files with their counts: "1,044 × .tex, 3 × .pdf"."""
    named = [f"{count:,} × {visible(suffix) or '–'}" for suffix, count in kinds[:MOST_KINDS]]
    return ", ".join([*named, "…"] if len(kinds) > MOST_KINDS else named)
