"""Pulling: a host fetches a model, and people see how far it is. What was fetched outlives a stop and a restart."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Completion,
    Doing,
    FinishReason,
    ModelJob,
    ModelProgress,
    Notice,
    ReplyPart,
    State,
    Turn,
)
from bot.domain.model_jobs import FETCHING, WAITING
from bot.engine.generation import Writing
from bot.engine.keepers import Keepers, digest_in
from bot.engine.model_changes import ChangeKind, HostChange, ModelChanges
from bot.engine.model_names import nearest_of, same_model, short_host, to_pull_name
from bot.engine.pull_progress import PullPace, amount, span, told_state
from bot.errors import ModelElsewhere, Transient, Unavailable, UserError
from bot.ports import ModelCatalogue, ModelKeeper, ModelRoom, Turns

# A host that is lost in the middle is asked again so often, and for so long; and a registry that sends nothing is
# waited for so long.
RETRY_S = 3.0
LOST_S = 900.0
GB = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPolicy:
    """What the operator settles: which other registries may be named, and whether models may run elsewhere."""

    registries: tuple[str, ...] = ()
    may_leave: bool = False


@dataclass(slots=True)
class Fetch:
    """One model on its way: what its host had before, how large it is, and whether it is there now, unchanged."""

    job: ModelJob
    before: ModelRoom = field(default_factory=ModelRoom)
    size: int = 0
    is_there: bool = False
    is_same: bool = False


class Pulling:
    """Carries out `/model pull`, and fetches what else is made of models of a registry."""

    def __init__(
        self,
        *,
        keepers: Keepers,
        catalogue: ModelCatalogue | None,
        turns: Turns,
        changes: ModelChanges,
        policy: PullPolicy,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._keepers = keepers
        self._catalogue = catalogue
        self._turns = turns
        self._changes = changes
        self._policy = policy
        self._clock = clock

    async def parts(self, turn: Turn, job: ModelJob, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Yield how far it is, and how it ended: one sentence, whatever happens.

        Raises:
            UserError: the model cannot be had so.
            Unavailable: no host answers, or it gave up; what it has fetched is kept there.
        """
        fetch = Fetch(replace(job, name=to_pull_name(job.name, registries=self._policy.registries)))
        begun_at = self._clock.now()
        async with (
            writing.generation(self._work(turn, fetch)) as steps,
            aclosing(told(steps, Doing.PULLING, fetch, clock=self._clock)) as states,
        ):
            async for state in states:
                yield state
        words = {"model": fetch.job.name, "host": short_host(fetch.job.host)}
        if fetch.is_there:
            figures = {"size": amount(fetch.size), "time": span(self._clock.now() - begun_at)}
            yield Notice("pull.present" if fetch.is_same else "pull.done", words | figures)
        else:
            yield Notice("pull.stopped", words)
        yield Completion(reason=FinishReason.STOP, model="")

    async def _work(self, turn: Turn, fetch: Fetch) -> AsyncGenerator[ModelProgress, None]:
        """Choose the host, fetch the model, tell that it is there; `fetch` says how far all that is."""
        async with aclosing(self._lasting(turn, lambda: self._place(turn, fetch))) as steps:
            async for progress in steps:
                yield progress
        keeper = self._keepers.of(fetch.job.host)
        async with aclosing(self.fetched(keeper, fetch.job.name, fetch.before)) as steps:
            async for progress in steps:
                fetch.size = max(fetch.size, progress.total)
                yield progress
        fetch.is_same = digest_in(fetch.before, fetch.job.name) == await self._digest(keeper, fetch.job.name) != ""
        fetch.is_there = True
        await self._changes.made(
            HostChange(
                kind=ChangeKind.PULLED,
                model=fetch.job.name,
                host=keeper.host,
                person=turn.message.person,
                address=turn.message.address,
            )
        )

    async def _lasting(self, turn: Turn, do: Callable[[], Awaitable[None]]) -> AsyncGenerator[ModelProgress, None]:
        """Do something; what was begun before a restart waits for a host that is not there yet."""
        until = self._clock.now() + (LOST_S if turn.attempt else 0)
        while True:
            try:
                await do()
            except Transient:
                if self._clock.now() >= until:
                    raise
            else:
                return
            yield ModelProgress(step=WAITING)
            await self._clock.sleep(RETRY_S)

    async def fetched(self, keeper: ModelKeeper, name: str, before: ModelRoom) -> AsyncGenerator[ModelProgress, None]:
        """Yield how far a host is with a model, until it is there and known to run there. Survives lost connections.

        Raises as `ModelKeeper.pull` does, and `UserError` for what does not fit, or would run elsewhere.
        """
        lost_since: float | None = None
        most = 0
        while True:
            try:
                async with aclosing(self._moving(keeper, name)) as steps:
                    async for progress in steps:
                        if progress.done > most:
                            most, lost_since = progress.done, None
                        _check_room(before, progress, name, keeper.host)
                        yield progress
                break
            except Transient:
                lost_since = self._clock.now() if lost_since is None else lost_since
                if self._clock.now() - lost_since > LOST_S:
                    raise
            except UserError as error:
                if most and error.key == "error.pull_not_found":
                    # There is such a name: it was being fetched a moment ago.
                    raise Unavailable("error.pull_broken", **error.parameters) from error
                raise self._with_nearest(error, name) from error
            yield ModelProgress(step=WAITING)
            await self._clock.sleep(RETRY_S)
        await self._check_here(keeper, name, before)

    async def _moving(self, keeper: ModelKeeper, name: str) -> AsyncGenerator[ModelProgress, None]:
        """Yield how far a host is with a model. A host tells so for ever, also when its registry sends nothing more.

        Raises as `ModelKeeper.pull` does, and `Unavailable` where for `LOST_S` no byte has come.
        """
        most, moved_at = 0, self._clock.now()
        async with aclosing(keeper.pull(name)) as steps:
            async for progress in steps:
                if progress.done > most or progress.step != FETCHING:
                    most, moved_at = max(most, progress.done), self._clock.now()
                elif self._clock.now() - moved_at > LOST_S:
                    raise Unavailable("error.pull_stalled", model=name, host=short_host(keeper.host))
                yield progress

    async def _place(self, turn: Turn, fetch: Fetch) -> None:
        """Choose the host, and note it for whoever takes the turn over; refuse what is on its way, or has no room."""
        job, need = fetch.job, self._size_of(fetch.job.name)
        keeper = self._keepers.of(job.host) if job.host else await self._keepers.best_for(job.name, need_bytes=need)
        fetch.job = job = replace(job, host=keeper.host)
        await refuse_running(self._turns, turn, job)
        await self._turns.note_job(turn.id, job)
        fetch.before = room = await keeper.room()
        if room.free_bytes is not None and need > room.free_bytes and not digest_in(room, job.name):
            raise no_room(job.name, job.host, need_bytes=need, free_bytes=room.free_bytes)

    def _size_of(self, name: str) -> int:
        """Return how many bytes a model has, as far as is publicly known; 0 where it is not."""
        entry = self._catalogue.find(name) if self._catalogue else None
        is_default = entry is not None and same_model(entry.pull_name, name)
        return int(entry.size_gb * GB) if entry and is_default else 0

    def _with_nearest(self, error: UserError, name: str) -> UserError:
        """Name what may have been meant where a registry does not have a name."""
        if error.key != "error.pull_not_found" or self._catalogue is None:
            return error
        known = [model.pull_name for model in self._catalogue.facts.models]
        nearest = nearest_of(name, known)
        return UserError("error.pull_not_found_near", nearest=nearest, **error.parameters) if nearest else error

    async def _check_here(self, keeper: ModelKeeper, name: str, before: ModelRoom) -> None:
        """Refuse what runs elsewhere; a stub that was not there before is taken away again."""
        if self._policy.may_leave:
            return
        try:
            await keeper.check_here(name)
        except ModelElsewhere as error:
            if not digest_in(before, name):
                await keeper.remove(name)
            raise UserError("error.pull_remote", model=name, host=short_host(keeper.host)) from error

    async def _digest(self, keeper: ModelKeeper, name: str) -> str:
        try:
            return digest_in(await keeper.room(), name)
        except Unavailable:
            return ""


async def told(
    steps: AsyncGenerator[ModelProgress, None], doing: Doing, fetch: Fetch, *, clock: Clock
) -> AsyncGenerator[State, None]:
    """Yield what a person is shown of the steps; how often they see it is the platform's pace."""
    pace = PullPace()
    async for progress in steps:
        if progress.total:
            pace.note(clock.now(), progress.done)
        yield told_state(doing, fetch.job, progress, pace, has_known_room=fetch.before.free_bytes is not None)


async def refuse_running(turns: Turns, turn: Turn, job: ModelJob) -> None:
    """Refuse what an earlier turn is at work on: one at a time makes a model, and its turn tells how that goes."""
    for other in await turns.open_jobs():
        if other.id < turn.id and other.message.job and _is_same(other.message.job, job):
            raise UserError("error.pull_running", model=job.name, host=short_host(job.host))


def no_room(name: str, host: str, *, need_bytes: int, free_bytes: int) -> UserError:
    """Return the refusal of what does not fit on a host's disk."""
    words = {"need": amount(need_bytes), "free": amount(free_bytes)}
    return UserError("error.pull_no_room", model=name, host=short_host(host), **words)


def _check_room(before: ModelRoom, progress: ModelProgress, name: str, host: str) -> None:
    """Refuse as soon as the host tells how large it is."""
    missing = progress.total - progress.done
    if before.free_bytes is not None and missing > before.free_bytes:
        raise no_room(name, host, need_bytes=progress.total, free_bytes=before.free_bytes)


def _is_same(one: ModelJob, other: ModelJob) -> bool:
    """Whether two jobs make one model on one host; where a host is not chosen yet, it may be any."""
    return same_model(one.name, other.name) and (not one.host or not other.host or one.host == other.host)
