"""`ports.Turns` in memory."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import (
    Address,
    AtWork,
    ChatMessage,
    Claimed,
    CommandCall,
    Head,
    HostRoom,
    Lanes,
    ModelJob,
    ModelWish,
    Post,
    QueueState,
    QuotedMessage,
    Role,
    StoredAnswer,
    Turn,
    TurnState,
    next_up,
    taking_places,
    with_quotes_behind,
)
from bot.errors import AnswerRunning, Unavailable, UserError
from tests.memory.history import FakeHistory
from tests.memory.store import FakeStore, FakeTurn

LEASE = timedelta(seconds=10)
READ_LATELY = timedelta(minutes=10)


class FakeTurns:
    """See `ports.Turns`. Give it a store, or the history that shall see its turns. `turns` lets a test look."""

    def __init__(self, store: FakeStore | FakeHistory | None = None) -> None:
        # What was seen of the leases of others: what they were, since when, and when last.
        self._seen: dict[int, tuple[datetime, str, float, float]] = {}
        self.store = store.store if isinstance(store, FakeHistory) else store or FakeStore()
        self.broken: Unavailable | None = None
        self._changed = asyncio.Event()
        self.store.listeners.append(self._changed)

    @property
    def turns(self) -> dict[int, FakeTurn]:
        return self.store.turns

    async def accept(self, message: ChatMessage, *, worker: str) -> Turn | None:
        self._check()
        where = message.address
        place = (where.platform, where.workspace, where.channel, message.message_id)
        if not self.store.remember(where, event_id=message.event_id, place=place):
            return None
        kept = self.store.new_turn(message)
        self._own(kept, worker)
        return replace(
            kept.turn, message=replace(kept.turn.message, pictures=message.pictures, recordings=message.recordings)
        )

    async def accept_call(self, call: CommandCall) -> bool:
        self._check()
        where = call.address
        place = (where.platform, where.workspace, where.channel, call.message_id) if call.message_id else None
        return self.store.remember(where, event_id=call.event_id, place=place)

    async def accept_press(
        self, call: CommandCall, *, turn_id: int, continues: bool, worker: str, model: str = ""
    ) -> Turn | None:
        self._check()
        if (call.address.platform, call.address.workspace, call.event_id) in self.store.events:
            return None
        pressed = self.turns.get(turn_id)
        if pressed is None or pressed.holder.question is None:
            raise UserError("error.answer_gone")
        holder = pressed.holder
        if any(kept.is_open for kept in (holder, *self.store.about(holder))):
            raise AnswerRunning
        newest = holder.written_by or holder.turn.id
        if continues and not (holder.answer and holder.answer.text and newest == turn_id):
            raise UserError("error.answer_replaced")
        self.store.remember(call.address, event_id=call.event_id)
        kept = self.store.follow(holder, _asked_again(holder.turn.message, call, model), continues=continues)
        self._own(kept, worker)
        return kept.turn

    async def claim(
        self,
        worker: str,
        *,
        parallel: int,
        rooms: Sequence[HostRoom] = (),
        wanted: Mapping[int, ModelWish] | None = None,
    ) -> Mapping[int, Claimed]:
        self._check()
        chosen = {}
        for turn_id, host in self._next(worker, parallel, rooms, wanted):
            kept, model = self.turns[turn_id], (wanted or {}).get(turn_id)
            kept.state, kept.lane = TurnState.RUNNING, (host, model.model if model else None)
            kept.has_left = False
            chosen[turn_id] = Claimed(host, self._ahead(kept))
            self.store.tell()
        for kept in self.store.open_turns() if len(rooms) > 1 else ():
            if kept.worker == worker and kept.state is TurnState.ACCEPTED and kept.turn.id in (wanted or {}):
                kept.lane = "", (wanted or {})[kept.turn.id].model
        return chosen

    async def look(self, worker: str) -> QueueState:
        self._check()
        owned = [kept for kept in self.store.open_turns() if kept.worker == worker]
        waiting = [
            kept for kept in self.store.open_turns() if self._is_live(kept, worker) and kept.state is TurnState.ACCEPTED
        ]
        return QueueState(
            owned=frozenset(kept.turn.id for kept in owned),
            stopped=frozenset(kept.turn.id for kept in owned if kept.is_stopping),
            positions={kept.turn.id: place for place, kept in enumerate(waiting, 1) if kept.worker == worker},
            waiting=sum(kept.job is None for kept in waiting),
            line=[(kept.turn.id, kept.person.id) for kept in waiting if kept.job is None],
            models={kept.turn.id: kept.lane[1] for kept in waiting if kept.lane[1] is not None},
            ahead={kept.turn.id: ahead for kept in owned if (ahead := self._ahead(kept))},
            followed=frozenset(kept.turn.id for kept in owned if self._is_followed(kept)),
        )

    async def renew(self, worker: str) -> None:
        self._check()
        for kept in self.store.open_turns():
            if kept.worker == worker:
                kept.lease_until = self.store.clock.utc() + LEASE

    async def release(self, turn_id: int, *, worker: str) -> None:
        self._check()
        if kept := self._owned(turn_id, worker):
            kept.state, kept.worker, kept.lease_until = TurnState.ACCEPTED, "", None
            kept.lane = "", kept.lane[1]
            self.store.tell()

    async def adopt(self, worker: str, *, platform: str) -> Sequence[Turn]:
        self._check()
        adopted = []
        for kept in self._orphans(platform, but=worker):
            if kept.holder.question is None:
                kept.close(StoredAnswer(TurnState.STOPPED, ""))
            else:
                kept.turn = replace(kept.turn, attempt=kept.turn.attempt + 1)
                self._own(kept, worker)
                adopted.append(kept.turn)
        return adopted

    async def find(self, turn_id: int) -> Turn | None:
        self._check()
        kept = self._open(turn_id)
        return kept.turn if kept else None

    async def open_at(self, address: Address) -> Sequence[Turn]:
        self._check()
        return [kept.turn for kept in self.store.open_turns() if kept.address == address]

    async def open_of(self, person_id: str, address: Address) -> Sequence[Turn]:
        self._check()
        return [
            kept.turn
            for kept in self.store.open_turns()
            if kept.person.id == person_id and replace(kept.address, thread="") == replace(address, thread="")
        ]

    async def open_jobs(self) -> Sequence[Turn]:
        self._check()
        return [kept.turn for kept in self.store.open_turns() if kept.job]

    async def note_job(self, turn_id: int, job: ModelJob) -> None:
        self._check()
        if kept := self._open(turn_id):
            kept.turn = replace(kept.turn, message=replace(kept.turn.message, job=job))

    async def running_with(self, model: str) -> int:
        self._check()
        running = [kept for kept in self.store.open_turns() if kept.state is TurnState.RUNNING]
        return sum(kept.lane[1] == model for kept in running)

    async def write_down(
        self, turn_id: int, *, worker: str, note: str, words: str, quotes: Sequence[QuotedMessage] = ()
    ) -> str | None:
        self._check()
        kept = self._owned(turn_id, worker)
        if kept is None or kept.question is None:
            return None
        theirs = {each.author_id for each in kept.quotes}
        quotes = [each for each in quotes if each.author_id in theirs]
        before = sum(each.chars for each in kept.quotes)
        text = kept.question.text[:before] + kept.question.text[before:].replace(note, words, 1)
        text = with_quotes_behind(text, before, quotes)
        kept.quotes += tuple(QuotedMessage("", author_id=each.author_id, chars=len(each.text)) for each in quotes)
        kept.question = replace(kept.question, text=text)
        kept.turn = replace(kept.turn, message=replace(kept.turn.message, text=text))
        return text

    async def stop(self, turn_id: int) -> None:
        self._check()
        if kept := self._open(turn_id):
            kept.is_stopping = True
            self.store.tell()

    async def note_post(self, turn_id: int, post: Post) -> None:
        self._check()
        if kept := self._open(turn_id):
            kept.noted[post.key] = post
            kept.turn = replace(
                kept.turn,
                posts=tuple(each for each in kept.noted.values() if each.is_known),
                unknown=tuple(each for each in kept.noted.values() if not each.is_known),
            )

    async def leave_lane(self, turn_id: int, *, worker: str) -> None:
        self._check()
        kept = self._owned(turn_id, worker)
        if kept and kept.state is TurnState.RUNNING:
            kept.has_left, kept.lane = True, ("", kept.lane[1])
            self.store.tell()

    async def finish(self, turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        # Whoever waits for a store lets others run.
        await asyncio.sleep(0)
        self._check()
        kept = self._owned(turn_id, worker)
        if kept is None:
            return False
        if answer.text and kept.of and kept.of.question and not kept.answer:
            self._put_again(kept.of, kept.turn, answer)
        elif answer.text and kept.question and not kept.answer:
            kept.answer = self.store.message(Role.ASSISTANT, answer.text, is_cited=bool(answer.sources))
            kept.sources = answer.sources
            kept.reasoning = answer.reasoning
        kept.close(answer)
        if answer.host:
            self.store.read_by[kept.turn.conversation_id] = answer.host, self.store.clock.utc()
        self.store.tell()
        return True

    async def changed(self, *, timeout_s: float) -> None:
        self._check()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        self._changed.clear()

    def _put_again(self, holder: FakeTurn, turn: Turn, answer: StoredAnswer) -> None:
        """Put it in the place of the answer before, or at its end."""
        before = holder.answer
        holder.written_by = turn.id
        holder.sources = (answer.sources or holder.sources) if turn.continues else answer.sources
        holder.reasoning = answer.reasoning or (holder.reasoning if turn.continues else "")
        if before is None:
            holder.answer = self.store.message(Role.ASSISTANT, answer.text, is_cited=bool(answer.sources))
        else:
            is_apart = not before.text or before.text[-1].isspace() or answer.text[0].isspace()
            begun = f"{before.text}{'' if is_apart else ' '}" if turn.continues else ""
            holder.answer = replace(before, text=begun + answer.text)

    def _next(
        self, worker: str, parallel: int, rooms: Sequence[HostRoom], wanted: Mapping[int, ModelWish] | None
    ) -> list[tuple[int, str]]:
        """Those of the worker's that may run now, each with its host."""
        running = [kept for kept in self.store.open_turns() if kept.state is TurnState.RUNNING and not kept.job]
        live = [
            AtWork(kept.person.id, kept.lane[0], kept.lane[1] or "", has_left=kept.has_left)
            for kept in running
            if self._is_live(kept, worker)
        ]
        at_work = taking_places(live, most_left=parallel)
        oldest = self._oldest(worker)
        heads = [self._head(kept, worker, wanted) for kept in oldest if not kept.job]
        jobs = [kept.turn.id for kept in oldest if kept.job and kept.worker == worker]
        candidates = [head for head in heads if wanted is None or head.worker != worker or head.turn_id in wanted]
        lately = [host for host, at in self.store.read_by.values() if at > self.store.clock.utc() - READ_LATELY]
        chosen = next_up(candidates, at_work, lanes=Lanes(rooms, at_work, Counter(lately)), parallel=parallel)
        placed = [(head.turn_id, host) for head, host in chosen if head.worker == worker]
        return [*((turn_id, "") for turn_id in jobs if wanted is None or turn_id in wanted), *placed]

    def _oldest(self, worker: str) -> Collection[FakeTurn]:
        """Those that are next of the turns that run one after the other."""
        oldest: dict[object, FakeTurn] = {}
        for kept in self.store.open_turns():
            one = "" if kept.turn.message.direct else kept.person.id
            oldest.setdefault(kept.turn.id if kept.job else (kept.turn.conversation_id, one), kept)
        return [kept for kept in oldest.values() if kept.state is TurnState.ACCEPTED and self._is_live(kept, worker)]

    def _head(self, kept: FakeTurn, worker: str, wanted: Mapping[int, ModelWish] | None) -> Head:
        own = (wanted or {}).get(kept.turn.id) if kept.worker == worker else None
        home, _ = self.store.read_by.get(kept.turn.conversation_id, ("", None))
        return Head(kept.turn.id, kept.person.id, kept.worker, own or ModelWish(kept.lane[1] or ""), home)

    def _ahead(self, kept: FakeTurn) -> frozenset[int]:
        return frozenset(
            other.turn.id
            for other in self.store.of(kept.turn.conversation_id)
            if other.is_open and other.turn.id < kept.turn.id and not _has_place(other)
        )

    def _is_followed(self, kept: FakeTurn) -> bool:
        later = [other for other in self.store.of(kept.turn.conversation_id) if other.turn.id > kept.turn.id]
        is_run = any(other.state is TurnState.RUNNING and other.worker != kept.worker for other in later)
        return is_run and not _has_place(kept)

    def _orphans(self, platform: str, *, but: str) -> list[FakeTurn]:
        """A worker is never gone to itself."""
        others = [kept for kept in self.store.open_turns() if kept.worker != but and kept.address.platform == platform]
        return [kept for kept in others if not self._is_live(kept, but)]

    def _is_live(self, kept: FakeTurn, worker: str) -> bool:
        """Whether somebody is at work on it, as far as this worker has seen."""
        if kept.worker == worker or kept.lease_until is None:
            return kept.lease_until is not None
        now, lease_s = self.store.clock.now(), LEASE.total_seconds()
        until, owner, since, last = self._seen.get(kept.turn.id, (None, "", now, now))
        if (until, owner) != (kept.lease_until, kept.worker) or now - last > lease_s:
            since = now
        self._seen[kept.turn.id] = kept.lease_until, kept.worker, since, now
        return now - since < lease_s

    def _own(self, kept: FakeTurn, worker: str) -> None:
        kept.state, kept.worker, kept.lease_until = TurnState.ACCEPTED, worker, self.store.clock.utc() + LEASE
        self.store.tell()

    def _open(self, turn_id: int) -> FakeTurn | None:
        kept = self.turns.get(turn_id)
        return kept if kept and kept.is_open else None

    def _owned(self, turn_id: int, worker: str) -> FakeTurn | None:
        kept = self._open(turn_id)
        return kept if kept and kept.worker == worker else None

    def _check(self) -> None:
        if broken := self.broken or self.store.broken:
            raise broken


def _asked_again(question: ChatMessage, call: CommandCall, model: str) -> ChatMessage:
    asker = replace(question.person, locale=call.person.locale)
    is_admin = call.person.is_admin and call.person.id == asker.id
    compares = (model,) if model else question.compares
    return replace(question, event_id=call.event_id, person=replace(asker, is_admin=is_admin), compares=compares)


def _has_place(kept: FakeTurn) -> bool:
    return any(post.opens for post in kept.turn.posts)
