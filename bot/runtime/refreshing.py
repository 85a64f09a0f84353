"""Taking sources in anew beside the bot: each in a process of its own, which is told what, and tells how it goes."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from uuid import uuid4

import structlog

from bot.clock import Clock
from bot.domain import Notice
from bot.domain.schedules import read_schedule
from bot.engine.course_desk import KeptCourses
from bot.engine.refresh_schedule import RefreshSchedule
from bot.ports import AuditLog, CourseChoices, CourseSources, Refreshed, RefreshStep
from bot.settings import Settings

NICER = 10
CHILD = (sys.executable, "-m", "bot.runtime.refreshing_process")
# A line names one source and some numbers, or why it failed.
MOST_LINE_BYTES = 64 * 1024
ENDS_WITHIN_S = 10.0
log = structlog.get_logger(__name__)


class ChildRefresher:
    """See `ports.CourseRefresher`. The process has the bot's settings: its environment and its folder."""

    def __init__(self, command: Sequence[str] = CHILD, *, environment: Mapping[str, str] | None = None) -> None:
        self._command = command
        self._environment = environment

    async def refresh(self, name: str, *, worker: str = "") -> AsyncGenerator[RefreshStep | Refreshed, None]:
        """See `ports.CourseRefresher.refresh`."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment,
            limit=MOST_LINE_BYTES,
        )
        assert child.stdin
        assert child.stdout
        try:
            child.stdin.write(json.dumps({"source": name, "worker": worker or uuid4().hex}).encode() + b"\n")
            await child.stdin.drain()
            step: RefreshStep | Refreshed | None = None
            while line := await child.stdout.readline():
                step = read_step(line)
                if isinstance(step, Refreshed):
                    _log(step)
                yield step
            if not isinstance(step, Refreshed):
                yield _broken_off(name)
        except BrokenPipeError:
            yield _broken_off(name)
        finally:
            await _ended(child)


def _broken_off(name: str) -> Refreshed:
    broken_off = Refreshed(source=name, failure=Notice("error.refresh_broken_off"))
    _log(broken_off)
    return broken_off


def _log(done: Refreshed) -> None:
    """Tell the log how it ended: the process itself has none that anybody reads."""
    if done.failure:
        log.warning("lessons.not_refreshed", source=done.source, error=done.failure.key)
    else:
        log.info("lessons.refreshed", source=done.source, added=done.added, changed=done.changed, removed=done.removed)


async def _ended(child: asyncio.subprocess.Process) -> None:
    """End the process where it still runs: at its own pace, so that git and what it fetched are gone with it."""
    if child.returncode is not None:
        return
    # One that has nothing more to say is ending by itself; to signal it then takes its end from who waits for it.
    if not (child.stdout and child.stdout.at_eof()):
        with suppress(ProcessLookupError):
            child.terminate()
    waiting = asyncio.ensure_future(child.wait())
    try:
        await asyncio.wait([waiting], timeout=ENDS_WITHIN_S)
    finally:
        if not waiting.done():
            with suppress(ProcessLookupError):
                child.kill()
            await asyncio.shield(waiting)


def written(step: RefreshStep | Refreshed) -> str:
    """Return a step as a line of JSON."""
    told = asdict(step)
    failure = step.failure if isinstance(step, Refreshed) else None
    if failure:
        parameters = {name: str(value) for name, value in failure.parameters.items()}
        told["failure"] = {"key": failure.key, "parameters": parameters}
    return json.dumps(told, ensure_ascii=True)


def read_step(line: bytes) -> RefreshStep | Refreshed:
    """Read what `written` wrote."""
    told = json.loads(line)
    if "total" in told:
        return RefreshStep(**told)
    failure = told.pop("failure")
    return Refreshed(**told, failure=Notice(failure["key"], failure["parameters"]) if failure else None)


def kept_courses_of(choices: CourseChoices, sources: CourseSources, audit: AuditLog) -> KeptCourses:
    """Return what courses are kept with."""
    return KeptCourses(choices=choices, sources=sources, refresher=ChildRefresher(), audit=audit)


def schedule_of(settings: Settings, sources: CourseSources, clock: Clock) -> RefreshSchedule | None:
    """Return what takes lessons in anew by the operator's schedule; None where there is none."""
    schedule = read_schedule(settings.lessons.refresh)
    if schedule is None:
        return None
    return RefreshSchedule(schedule, sources=sources, refresher=ChildRefresher(), clock=clock)
