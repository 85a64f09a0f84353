"""Importing: a fine-tuned file, an adapter or a model of Hugging Face becomes a model of the team's own name."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Completion, Doing, FinishReason, ModelJob, ModelProgress, Notice, ReplyPart, Turn
from bot.domain.model_jobs import MAKING
from bot.engine.generation import Writing
from bot.engine.keepers import Keepers, digest_in, holds
from bot.engine.model_changes import ChangeKind, HostChange, ModelChanges
from bot.engine.model_names import HUGGING_FACE, short_host, to_pull_name, to_team_name
from bot.engine.modelfiles import ModelRecipe, read_recipe
from bot.engine.pulling import Fetch, Pulling, PullPolicy, no_room, refuse_running, told
from bot.errors import ModelElsewhere, UserError
from bot.ports import Fingerprint, MadeOf, ModelFile, ModelFiles, ModelKeeper, Turns


class Importing:
    """Carries out `/model import`."""

    def __init__(
        self,
        *,
        keepers: Keepers,
        files: ModelFiles | None,
        pulling: Pulling,
        turns: Turns,
        changes: ModelChanges,
        policy: PullPolicy,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._keepers = keepers
        self._files = files
        self._pulling = pulling
        self._turns = turns
        self._changes = changes
        self._policy = policy
        self._clock = clock

    async def parts(self, turn: Turn, job: ModelJob, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Yield how far it is, and how it ended: one sentence, whatever happens.

        Raises:
            UserError: what it is made of, or its name, is no good; nothing was made.
            Unavailable: no host answers, or it gave up.
        """
        fetch = Fetch(replace(job, name=to_team_name(job.name)))
        async with (
            writing.generation(self._work(turn, fetch)) as steps,
            aclosing(told(steps, Doing.IMPORTING, fetch, clock=self._clock)) as states,
        ):
            async for state in states:
                yield state
        words = {"model": fetch.job.name, "source": job.source, "host": short_host(fetch.job.host)}
        yield Notice("import.done" if fetch.is_there else "import.stopped", words)
        yield Completion(reason=FinishReason.STOP, model="")

    async def _work(self, turn: Turn, fetch: Fetch) -> AsyncGenerator[ModelProgress, None]:
        """Choose the host, bring the weights there, make the model, tell that it is there."""
        file = await self._found(fetch.job)
        keeper = await self._place(turn, fetch, file)
        bring = self._sent(keeper, fetch, file) if file else self._pulled(keeper, fetch)
        async with aclosing(bring) as steps:
            async for progress in steps:
                yield progress
        fetch.is_there = True
        message = turn.message
        await self._changes.made(
            HostChange(
                kind=ChangeKind.IMPORTED,
                model=fetch.job.name,
                host=keeper.host,
                person=message.person,
                address=message.address,
            )
        )

    async def _found(self, job: ModelJob) -> ModelFile | None:
        """Return the file it is made of; None where it is a model of Hugging Face, which is a whole one."""
        if is_on_hugging_face(job.source):
            if job.base:
                raise UserError("error.import_no_adapter", file=job.source)
            return None
        if self._files is None:
            raise UserError("error.import_no_folder")
        file = await self._files.find(job.source)
        if file.is_adapter and not job.base:
            raise UserError("error.import_needs_base", file=file.name)
        if job.base and not file.is_adapter:
            # The host would take it, and answer with one of the two.
            raise UserError("error.import_no_adapter", file=file.name)
        return file

    async def _place(self, turn: Turn, fetch: Fetch, file: ModelFile | None) -> ModelKeeper:
        """Choose the host, and note it; refuse what would be overwritten unasked, and what has no room."""
        job, need = fetch.job, file.size_bytes if file else 0
        keeper = (
            self._keepers.of(job.host)
            if job.host
            else await self._keepers.best_for(job.base or job.name, need_bytes=need)
        )
        fetch.job = job = replace(job, host=keeper.host)
        await refuse_running(self._turns, turn, job)
        fetch.before = room = await keeper.room()
        if holds(room, job.name) and not job.replace:
            raise UserError("error.import_exists", model=job.name, host=short_host(job.host))
        if room.free_bytes is not None and need > room.free_bytes:
            raise no_room(job.name, job.host, need_bytes=need, free_bytes=room.free_bytes)
        if job.base and not holds(room, job.base):
            # The host would fetch it from its registry, unasked.
            raise UserError("error.import_base_missing", model=job.base, host=short_host(job.host))
        if job.base and not self._policy.may_leave:
            await keeper.check_here(job.base)
        # What takes the turn over may find it made: from here on the name is this turn's.
        await self._turns.note_job(turn.id, replace(job, replace="yes"))
        return keeper

    async def _sent(self, keeper: ModelKeeper, fetch: Fetch, file: ModelFile) -> AsyncGenerator[ModelProgress, None]:
        """Send a file, and make the model of it."""
        assert self._files
        fingerprint = Fingerprint()
        async with aclosing(self._files.read(file, fingerprint)) as steps:
            async for progress in steps:
                yield progress
        async with aclosing(keeper.send(file.path, fingerprint.digest)) as steps:
            async for progress in steps:
                yield progress
        blob = {file.path.name: fingerprint.digest}
        recipe = laid_over(read_recipe(file.recipe), fetch.job)
        base = MadeOf(base=fetch.job.base, adapters=blob) if file.is_adapter else MadeOf(files=blob)
        async with aclosing(self._made(keeper, fetch, with_recipe(base, recipe))) as steps:
            async for progress in steps:
                yield progress

    async def _pulled(self, keeper: ModelKeeper, fetch: Fetch) -> AsyncGenerator[ModelProgress, None]:
        """Have a model of Hugging Face fetched, and make the team's model of it; its own name goes again."""
        source = to_pull_name(fetch.job.source)
        async with aclosing(self._pulling.fetched(keeper, source, fetch.before)) as steps:
            async for progress in steps:
                yield progress
        recipe = laid_over(ModelRecipe(), fetch.job)
        async with aclosing(self._made(keeper, fetch, with_recipe(MadeOf(base=source), recipe))) as steps:
            async for progress in steps:
                yield progress
        if not digest_in(fetch.before, source):
            # What both are made of stays.
            await keeper.remove(source)

    async def _made(self, keeper: ModelKeeper, fetch: Fetch, made_of: MadeOf) -> AsyncGenerator[ModelProgress, None]:
        yield ModelProgress(step=MAKING)
        async with aclosing(keeper.make(fetch.job.name, made_of)) as steps:
            async for progress in steps:
                yield progress
        if self._policy.may_leave:
            return
        try:
            await keeper.check_here(fetch.job.name)
        except ModelElsewhere as error:
            await keeper.remove(fetch.job.name)
            raise UserError("error.pull_remote", model=fetch.job.source, host=short_host(keeper.host)) from error


def is_on_hugging_face(source: str) -> bool:
    """Whether a source is a name, or an address, at Hugging Face."""
    bare = source.lower().removeprefix("https://").removeprefix("http://")
    return bare.startswith((f"{HUGGING_FACE}/", "huggingface.co/"))


def laid_over(recipe: ModelRecipe, job: ModelJob) -> ModelRecipe:
    """Return a recipe with what was sent along laid over the one beside the file."""
    sent = read_recipe(job.recipe)
    return ModelRecipe(
        template=sent.template or recipe.template,
        system=sent.system or recipe.system,
        licence=sent.licence or recipe.licence,
        parameters={**recipe.parameters, **sent.parameters},
    )


def with_recipe(made_of: MadeOf, recipe: ModelRecipe) -> MadeOf:
    """Return what a model is made of, with its recipe."""
    return replace(
        made_of,
        template=recipe.template,
        system=recipe.system,
        licence=recipe.licence,
        parameters=recipe.parameters,
    )
