"""Taking lessons in anew: people see how far it is, and what changed. It can be stopped, and outlives a restart."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace

from bot.domain import Completion, Doing, FinishReason, ModelJob, Notice, ReplyPart, State, Turn
from bot.domain.deeds import Deed, DeedKind
from bot.domain.model_jobs import EVERY_COURSE
from bot.domain.place_courses import KnownSource
from bot.engine.course_desk import KeptCourses, named_course
from bot.engine.courses_in_use import CoursesInUse
from bot.engine.generation import Writing
from bot.engine.pull_progress import bar
from bot.errors import UserError
from bot.ports import Refreshed, RefreshStep, Turns

COUNTS = ("added", "changed", "removed", "skipped", "unchanged")


@dataclass(slots=True)
class Round:
    """One refresh: the sources to take in anew, those of which it is not known how, and what is done by now."""

    job: ModelJob
    sources: Sequence[KnownSource] = ()
    unknown: Sequence[str] = ()
    done: dict[str, Refreshed] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return all(each.name in self.done for each in self.sources)


class LessonRefreshing:
    """Carries out `/lesson refresh`."""

    def __init__(self, *, kept: KeptCourses, courses: CoursesInUse, turns: Turns) -> None:
        self._kept = kept
        self._courses = courses
        self._turns = turns

    async def parts(self, turn: Turn, job: ModelJob, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Yield how far it is, and what changed, source by source.

        Raises:
            UserError: there is no such course, or nothing is known that could be taken in anew.
            Unavailable: the store does not answer.
        """
        made = await self._round(turn, job)
        async with writing.generation(self._work(turn, made)) as steps:
            async for step in steps:
                yield _state(made, step)
        for name in made.unknown:
            yield Notice("refresh.unknown", {"source": name})
        for each in made.done.values():
            yield _told(each)
        if made.is_over:
            await self._note(turn, made)
        else:
            yield Notice("refresh.stopped")
        yield Completion(reason=FinishReason.STOP, model="")

    async def _round(self, turn: Turn, job: ModelJob) -> Round:
        """Find out what is to be done, and what another process had done of it before it ended."""
        if self._kept.refresher is None:
            raise UserError("error.refresh_not_here")
        for other in await self._turns.open_jobs():
            if other.id < turn.id and other.message.job and other.message.job.command == job.command:
                raise UserError("error.refresh_running")
        names, known = await self._courses.all_names(), await self._kept.sources.known()
        course = "" if job.name == EVERY_COURSE else named_course(names, job.name)
        wanted = [each for each in known if not course or course in each.courses]
        held = {name for each in known for name in each.courses}
        unknown = [each for each in names.courses if each not in held and course in {"", each}]
        if not wanted:
            raise UserError("error.lessons_not_known", source=course or ", ".join(unknown))
        return Round(job, wanted, unknown, _read(job.done))

    async def _work(self, turn: Turn, made: Round) -> AsyncGenerator[RefreshStep, None]:
        """Take one source in after the other; what is done is noted for whoever takes the turn over."""
        assert self._kept.refresher
        for source in made.sources:
            if source.name in made.done:
                continue
            async with aclosing(self._kept.refresher.refresh(source.name)) as steps:
                async for step in steps:
                    if isinstance(step, RefreshStep):
                        yield step
                    else:
                        made.done[source.name] = step
            await self._turns.note_job(turn.id, replace(made.job, done=_written(made.done)))

    async def _note(self, turn: Turn, made: Round) -> None:
        """Write down who had which lessons taken in anew."""
        if self._kept.audit is None:
            return
        course = ", ".join(sorted({name for each in made.sources for name in each.courses}))
        moved = sum(each.added + each.changed + each.removed for each in made.done.values())
        message = turn.message
        deed = Deed(kind=DeedKind.COURSE_REFRESHED, person_id=message.person.id, address=message.address, other=course)
        await self._kept.audit.note(replace(deed, amount=moved))


def _state(made: Round, step: RefreshStep) -> State:
    at = next((number for number, each in enumerate(made.sources, 1) if each.name == step.source), 1)
    line = Notice("refresh.fetching")
    if step.total:
        share = step.done / step.total
        figures = {"bar": bar(share), "percent": int(share * 100), "done": step.done, "total": step.total}
        line = Notice("refresh.reading", figures)
    told = {"source": step.source, "at": at, "count": len(made.sources), "line": line}
    return State(Doing.REFRESHING, told)


def _told(done: Refreshed) -> Notice:
    """Say what changed with a source, or why it did not come to its end."""
    if done.failure:
        return Notice("refresh.failed", {"source": done.source, "reason": done.failure})
    counts: dict[str, object] = {name: getattr(done, name) for name in COUNTS}
    is_same = not (done.added or done.changed or done.removed)
    return Notice("refresh.same" if is_same else "refresh.done", {"source": done.source, **counts})


def _written(done: Mapping[str, Refreshed]) -> str:
    """Return what is done as a job keeps it. What failed is tried again by whoever goes on."""
    kept = {name: {key: asdict(each)[key] for key in COUNTS} for name, each in done.items() if not each.failure}
    return json.dumps(kept, ensure_ascii=False)


def _read(written: str) -> dict[str, Refreshed]:
    told: Mapping[str, Mapping[str, int]] = json.loads(written) if written else {}
    return {
        name: Refreshed(
            source=name,
            added=counts["added"],
            changed=counts["changed"],
            removed=counts["removed"],
            skipped=counts["skipped"],
            unchanged=counts["unchanged"],
        )
        for name, counts in told.items()
    }
