"""The turns as rows that all processes share: `ports.Turns` on SQL. Each public method is one unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Address,
    ChatMessage,
    Claimed,
    CommandCall,
    HostRoom,
    ModelJob,
    ModelWish,
    Post,
    QueueState,
    QuotedMessage,
    StoredAnswer,
    Turn,
)
from bot.storage.database.database import Database
from bot.storage.tables.chat_tables import TurnRow
from bot.storage.turns import accepting, claiming, open_turns, ownership, pressing
from bot.storage.turns.leases import Leases
from bot.storage.turns.unknown_states import UnknownStates
from bot.storage.turns.writing_down import write_down


class SqlTurns:
    """See `ports.Turns`. What is stored is dated; the leases of others are watched by seconds that only grow."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock
        self._leases = Leases(clock)
        self._unknown = UnknownStates(clock)

    async def accept(self, message: ChatMessage, *, worker: str) -> Turn | None:
        """See `ports.Turns.accept`. The same message under two event ids is known already, too."""
        now = self._clock.utc()
        return await self._database.write(lambda session: accepting.accept(session, message, worker=worker, now=now))

    async def accept_call(self, call: CommandCall) -> bool:
        """See `ports.Turns.accept_call`."""
        now = self._clock.utc()
        return await self._database.write(
            lambda session: accepting.remember_event(
                session, call.address, event_id=call.event_id, now=now, message_id=call.message_id or None
            )
        )

    async def accept_press(
        self, call: CommandCall, *, turn_id: int, continues: bool, worker: str, model: str = ""
    ) -> Turn | None:
        """See `ports.Turns.accept_press`."""
        now = self._clock.utc()
        return await self._database.write(
            lambda session: pressing.accept_press(
                session, call, turn_id=turn_id, continues=continues, model=model, worker=worker, now=now
            )
        )

    async def claim(
        self,
        worker: str,
        *,
        parallel: int,
        rooms: Sequence[HostRoom] = (),
        wanted: Mapping[int, ModelWish] | None = None,
    ) -> Mapping[int, Claimed]:
        """See `ports.Turns.claim`."""
        now = self._clock.utc()
        return await self._database.write(
            lambda session: claiming.claim(
                session, worker, parallel=parallel, rooms=rooms, wanted=wanted, now=now, leases=self._leases
            )
        )

    async def look(self, worker: str) -> QueueState:
        """See `ports.Turns.look`."""
        return await self._database.read(lambda session: claiming.look(session, worker, leases=self._leases))

    async def renew(self, worker: str) -> None:
        """See `ports.Turns.renew`."""
        now = self._clock.utc()
        await self._database.write(lambda session: ownership.renew(session, worker, now=now))

    async def release(self, turn_id: int, *, worker: str) -> None:
        """See `ports.Turns.release`."""
        await self._database.write(lambda session: ownership.release(session, turn_id, worker=worker))

    async def adopt(self, worker: str, *, platform: str) -> Sequence[Turn]:
        """See `ports.Turns.adopt`. Its own turns are none of a worker's orphans; withdrawn ones are closed instead."""
        if self._unknown.is_due():
            self._unknown.tell(await self._database.read(self._unknown.find))
        now = self._clock.utc()
        return await self._database.write(
            lambda session: ownership.adopt(session, worker, platform=platform, now=now, leases=self._leases)
        )

    async def find(self, turn_id: int) -> Turn | None:
        """See `ports.Turns.find`. A turn whose question was withdrawn has an empty text."""
        return await self._database.read(lambda session: open_turns.find(session, turn_id))

    async def open_at(self, address: Address) -> Sequence[Turn]:
        """See `ports.Turns.open_at`."""
        return await self._database.read(lambda session: open_turns.open_at(session, address))

    async def open_of(self, person_id: str, address: Address) -> Sequence[Turn]:
        """See `ports.Turns.open_of`."""
        return await self._database.read(lambda session: open_turns.open_of(session, person_id, address))

    async def open_jobs(self) -> Sequence[Turn]:
        """See `ports.Turns.open_jobs`."""
        return await self._database.read(lambda session: open_turns.read_turns(session, TurnRow.job.is_not(None)))

    async def note_job(self, turn_id: int, job: ModelJob) -> None:
        """See `ports.Turns.note_job`."""
        await self._database.write(lambda session: open_turns.note_job(session, turn_id, job))

    async def running_with(self, model: str) -> int:
        """See `ports.Turns.running_with`."""
        return await self._database.read(lambda session: open_turns.running_with(session, model))

    async def write_down(
        self, turn_id: int, *, worker: str, note: str, words: str, quotes: Sequence[QuotedMessage] = ()
    ) -> str | None:
        """See `ports.Turns.write_down`."""
        return await self._database.write(
            lambda session: write_down(session, turn_id, worker=worker, note=note, words=words, quotes=quotes)
        )

    async def stop(self, turn_id: int) -> None:
        """See `ports.Turns.stop`."""
        now = self._clock.utc()
        await self._database.write(lambda session: open_turns.stop(session, TurnRow.id == turn_id, now=now))

    async def note_post(self, turn_id: int, post: Post) -> None:
        """See `ports.Turns.note_post`. A turn that is closed needs no notes."""
        await self._database.write(lambda session: open_turns.note_post(session, turn_id, post))

    async def leave_lane(self, turn_id: int, *, worker: str) -> None:
        """See `ports.Turns.leave_lane`."""
        await self._database.write(lambda session: claiming.leave_lane(session, turn_id, worker=worker))

    async def finish(self, turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        """See `ports.Turns.finish`."""
        now = self._clock.utc()
        return await self._database.write(
            lambda session: ownership.finish(session, turn_id, answer, worker=worker, now=now)
        )

    async def changed(self, *, timeout_s: float) -> None:
        """See `ports.Turns.changed`. On SQLite, changes of other processes are seen after `timeout_s` only."""
        await self._database.changed(timeout_s=timeout_s)
