"""The one door of the engine: adapters hand it what people said and pass on the parts it answers with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from uuid import uuid4

from bot import ports
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    BEGUN,
    Address,
    CommandCall,
    Completion,
    Failed,
    HostRoom,
    Incoming,
    Notice,
    Person,
    Post,
    ReplyPart,
    Turn,
)
from bot.domain.defaults import BACKUP_DAYS
from bot.engine.access import Access, Right, right_to
from bot.engine.admission import Admission
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.assistant_commands import assistant_commands
from bot.engine.authority import Authority
from bot.engine.button_presses import ButtonPresses
from bot.engine.catalog import Catalog
from bot.engine.context_command import ContextCommand
from bot.engine.course_desk import KeptCourses
from bot.engine.deletions import Deletions
from bot.engine.dictation import Dictation
from bot.engine.file_budget import FileBudget
from bot.engine.intake import Intake, Taken
from bot.engine.lesson_desk import lesson_desk
from bot.engine.model_desk import model_desk
from bot.engine.model_keeping import KeptModels, ModelKeeping
from bot.engine.model_upkeep import MakeUpkeep
from bot.engine.openings import Opening
from bot.engine.probe_book import ProbeBook
from bot.engine.quotas import AskingLimits, Quotas
from bot.engine.run_commands import CommandRunner
from bot.engine.running_turns import running_turns
from bot.engine.selection import selector_for
from bot.engine.stopping import Stopping
from bot.engine.stored_text import unread_notices
from bot.engine.suggestions import Suggestions
from bot.engine.turn_answers import turn_answerer
from bot.engine.turn_watch import Bounds, HungTurns
from bot.engine.usage_command import UsageDesk
from bot.engine.usage_sums import Accounting
from bot.engine.voting import Voting
from bot.errors import BotError, Unavailable


class Engine:
    """Answers messages and commands. Made by `bot.runtime.serve`; shared by all adapters."""

    def __init__(
        self,
        *,
        turns: ports.Turns,
        history: ports.History,
        answers: ports.Answers,
        choices: ports.Choices,
        backend: ports.ModelBackend,
        access: Access,
        answer_policy: AnswerPolicy,
        worker: str = "",
        notes: ports.Notes | None = None,
        backup_days: int = BACKUP_DAYS,
        lessons: ports.Lessons | None = None,
        teacher: ports.Teacher | None = None,
        bounds: Bounds | None = None,
        usage: ports.Usage | None = None,
        limits: AskingLimits | None = None,
        catalogue: ports.ModelCatalogue | None = None,
        comparisons: ports.Comparisons | None = None,
        assistants: ports.Assistants | None = None,
        kept_models: KeptModels | None = None,
        courses: KeptCourses | None = None,
        accounting: Accounting | None = None,
        upkeep: MakeUpkeep | None = None,
        probes: ProbeBook | None = None,
        rooms: Callable[[], Sequence[HostRoom]] = tuple,
        meter: ports.Meter = ports.NO_METER,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._turns, self._history, self._answer_policy, self._clock = turns, history, answer_policy, clock
        self._quotas = Quotas(limits=(limits := limits or AskingLimits()), usage=usage, clock=clock)
        self._worker, self._backend, self._deletions = worker or uuid4().hex, backend, Deletions()
        self.authority, self.catalog = Authority(access), Catalog(backend=backend, probes=probes, clock=clock)
        self.selector = selector_for(answer_policy, choices, self.catalog, assistants)
        self._desk = model_desk(backend, self.selector, self.catalog, catalogue, notes, comparisons)
        self.keeping = ModelKeeping(kept_models, choices, catalogue, turns, self.catalog, self.selector, clock)
        self.lessons = lesson_desk(lessons, teacher, courses, self.authority, turns, self.keeping.jobs, clock)
        self.meter = meter
        self.usage = UsageDesk(accounting, notes, self.authority, catalogue, meter=meter, clock=clock)
        self._answerer = turn_answerer(
            backend=backend, history=history, selector=self.selector, answer_policy=answer_policy, notes=notes,
            answers=answers, teacher=teacher, lessons=self.lessons.courses if self.lessons else None,
            comparisons=comparisons, catalog=self.catalog, work_book=self.usage.work_book, meter=meter, clock=clock,
        )  # fmt: skip
        self._at_work = running_turns(
            turns, self._answerer, answer_policy, limits, bounds, rooms, self._worker, meter, clock
        )
        self._take_commands(choices, answers, backup_days, upkeep)

    def _take_commands(
        self, choices: ports.Choices, answers: ports.Answers, backup_days: int, upkeep: MakeUpkeep | None
    ) -> None:
        self.upkeep = upkeep(self) if upkeep else None
        presses = ButtonPresses(
            self._turns, answers, self.authority, self.catalog, worker=self._worker, clock=self._clock
        )
        self._context = ContextCommand(self._history, self.selector, self._answer_policy, self._answerer)
        voting = Voting(presses, self._desk.team, self.usage.sums)
        self._stopping = Stopping(turns=self._turns, at_work=self._at_work, authority=self.authority)
        most = self._quotas.limits.assistants
        self.assistants = assistant_commands(
            self.selector, most, self._answer_policy, self.authority, self.lessons, self._clock
        )
        self._suggestions = Suggestions(self.catalog, self._desk, self.keeping, self.lessons, self.assistants)
        self._admission = Admission(self.authority, self._quotas, self._at_work, self._history)
        file_budget = FileBudget(selector=self.selector, catalog=self.catalog, answer_policy=self._answer_policy)
        self._answerer.jobs = self.keeping.jobs
        self._answerer.dictation = Dictation(
            self._backend, self._turns, self.catalog, file_budget, worker=self._worker, work_book=self.usage.work_book
        )
        self._intake = Intake(
            turns=self._turns,
            presses=presses,
            authority=self.authority,
            deletions=self._deletions,
            withdraw=self.withdraw,
            file_budget=file_budget,
            worker=self._worker,
        )
        desks = self._desk, self._context, self.keeping, self.usage, self.upkeep, voting, self.assistants
        self._commands = CommandRunner(
            history=self._history,
            choices=choices,
            catalog=self.catalog,
            selector=self.selector,
            others=[each.runs for each in desks if each],
            window_of=self._context.window_of,
            authority=self.authority,
            stop_here=self._stopping.stop_here,
            settle=self._at_work.settle,
            backup_days=backup_days,
            presses=presses,
            lessons=self.lessons,
            clock=self._clock,
        )

    @property
    def hung(self) -> HungTurns:
        """How many turns hang here."""
        return self._at_work.hung

    async def check(self, *, person: Person, address: Address, command: str = "") -> None:
        """Let a person speak here, or call a command: to be asked before anything of theirs is shown or opened.

        Raises:
            UserError: they may not; it is for them alone.
            Unavailable: the platform cannot be asked about them.
        """
        await self.authority.check(right_to(command), person=person, address=address)

    async def admit(self, incoming: Incoming) -> None:
        """Let a message or a call in, and a question only as the command table has it. Raises as `check` does."""
        await self._intake.admit(incoming)

    async def take(self, incoming: Incoming) -> Taken | None:
        """See `Intake.take`."""
        return await self._intake.take(incoming)

    def opening(self, turn: Turn) -> Opening:
        """Return when the answer to a turn may begin to be shown; whoever asks replies to the turn."""
        return self._at_work.openings.of(turn.id)

    async def reply(self, turn: Turn) -> AsyncGenerator[ReplyPart, None]:
        """Answer an accepted turn: wait for its place in line, then stream.

        Raises:
            BotError: through the stream, what the person is to be told; the turn is closed by then.
            TakenOver: through the stream, another process answers: say nothing more.
        """
        try:
            told = await self._admission.admit(turn)
        except BotError as refusal:
            for notice in unread_notices(turn.message):
                yield notice
            yield Failed(Notice(refusal.key, refusal.parameters))
            await self._admission.refuse(turn, refusal)
            raise
        for notice in told:
            yield notice
        async with aclosing(self._at_work.run(turn)) as parts:
            async for part in parts:
                if isinstance(part, Completion):
                    await self._quotas.spent(turn, part)
                try:
                    yield part
                except asyncio.CancelledError as cut:
                    # The run is to know why it ends.
                    await parts.athrow(cut)
                    raise

    async def execute(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Run a command and stream what it answers with.

        What everybody is to read (a public command) ends with a `Completion`; ask for the next part only when all
        of it is shown: it counts as shown then, and not before.

        Raises:
            BotError: through the stream, what the person is to be told.
        """
        async with aclosing(self._commands.run(call)) as notices:
            run = self.upkeep.with_news(call, notices) if self.upkeep else notices
            async for notice in run:
                yield notice

    async def note_post(self, turn_id: int, post: Post) -> None:
        """Remember a message of the turn's answer, for whoever takes the turn over. Losing the note is no failure."""
        await self._at_work.note_post(turn_id, post)

    async def note_begun(self, turn_id: int, key: str) -> None:
        """Remember that a message is about to be posted which its key does not find. Raises `Unavailable`."""
        await self._turns.note_post(turn_id, Post(key, BEGUN))

    async def abandon(self, turn: Turn) -> None:
        """Close a turn that nobody waits for any more."""
        await self._at_work.refuse(turn, Unavailable("error.abandoned"))

    async def adopt(self, platform: str) -> Sequence[Turn]:
        """Take over turns of a platform that nobody answers: of ended processes, or lost here. Raises `Unavailable`."""
        return await self._at_work.adopt(platform)

    async def watch(self) -> None:
        """Look at the turns of other processes once, so that ended ones are known soon. Raises `Unavailable`."""
        await self._turns.look(self._worker)

    async def keep_summaries(self) -> None:
        """Sum up what full windows will drop, whenever nobody waits here, until cancelled."""
        if summaries := self._answerer.summaries:
            await summaries.keep_making(lambda: self._at_work.is_idle)

    async def settle(self) -> None:
        """Store at last, as this process ends, what was not stored before; where that fails another answers anew."""
        await self._at_work.settle_at_last()
        await self.usage.work_book.store_if_possible()

    async def open_at(self, address: Address) -> Sequence[Turn]:
        """Return a conversation's open turns, of whatever process, and what is posted of them. Raises `Unavailable`."""
        return await self._turns.open_at(address)

    async def stop(self, turn_id: int, *, person: Person, address: Address) -> Notice:
        """See `Stopping.stop`."""
        return await self._stopping.stop(turn_id, person=person, address=address)

    async def stop_here(self, *, person: Person, address: Address) -> Notice:
        """See `Stopping.stop_here`."""
        return await self._stopping.stop_here(person=person, address=address)

    async def suggest(
        self, command: str, option: str, typed: str, *, person: Person, address: Address
    ) -> Sequence[str]:
        """Complete an option from the cached list, best first, at most 25; empty for who may not."""
        if not await self.authority.allows(Right.SPEAK, person=person, address=address):
            return []
        return self._suggestions.of(command, option, typed, person=person, address=address)

    async def asker_of(self, address: Address) -> str:
        """Return the id of the person a thread was opened for, "" for none. Raises `Unavailable`."""
        return await self._history.asker_of(address)

    async def withdraw(self, address: Address, *, message_id: str) -> None:
        """A person deleted their message: stop its turn and take both out of the history."""
        # Before the store is asked: the message may be on its way into it.
        self._deletions.add(address, message_id)
        turn_id = await self._history.withdraw(address, message_id=message_id)
        if turn_id is not None:
            self._deletions.take(address, message_id)
            self._at_work.drop_words(turn_id)
            self._at_work.stop(turn_id)
            await self._turns.stop(turn_id)
