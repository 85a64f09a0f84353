"""The line: this process's open turns, kept in step with the rows that all processes share.

Who may run is decided in the store (`ports.Turns.claim`); here the turns that wait learn of it, are told their place,
and hear when somebody, in whatever process, asks them to stop.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ANYWHERE, Claimed, HostRoom, ModelWish, QueueState, Turn
from bot.engine.openings import Openings
from bot.errors import BotError
from bot.ports import Turns

# How often other processes are looked at where the store cannot wake us.
POLL_S = 0.4
RENEW_EVERY_S = 2.5
# Whoever waits is let in first, unless the lease has come so far that it is in danger.
RENEW_FIRST_S = 5.0
# A store in trouble is asked again after this.
TROUBLE_WAIT_S = 1.0
# A store that has said nothing for so long is asked anew: whoever waits would wait for ever.
STORE_S = 30.0
# Turns of other models that a host has loaded go before one for so long at most.
GIVES_WAY_S = 10.0
log = structlog.get_logger(__name__)


class QueuePosition:
    """One turn's place: it waits until the turn may run. `is_lost` when another process has taken the turn over.

    `model` is what it waits for, None as long as that is not chosen; `host` what it runs on.
    """

    def __init__(self, turn: Turn, *, since: float = 0.0) -> None:
        self.turn = turn
        self.since = since
        self.model: str | None = None
        self.host = ANYWHERE
        self.is_up = False
        self.is_stopped = False
        self.is_lost = False
        self.is_refused = False
        self.moves = 0
        self._position: tuple[int, int] | None = None
        self._moved = asyncio.Event()

    async def positions(self) -> AsyncGenerator[tuple[int, int], None]:
        """Yield (position from 1, how many wait) whenever it changes, until the turn may run or is to end."""
        told: tuple[int, int] | None = None
        while not (self.is_up or self.is_stopped or self.is_lost or self.is_refused):
            self._moved.clear()
            if self._position not in (None, told):
                told = self._position
                assert told is not None
                yield told
            else:
                await self._moved.wait()

    def rise(self) -> None:
        """The turn may run."""
        self.is_up = True
        self._moved.set()

    def move(self, position: int, total: int) -> None:
        """Tell the place where it stands."""
        if self._position != (position, total):
            self.moves += 1
        self._position = position, total
        self._moved.set()

    def stop(self) -> None:
        """Stop waiting: a person wants no answer any more."""
        self.is_stopped = True
        self._moved.set()

    def refuse(self) -> None:
        """Stop waiting: the person has as many turns in line as one may have."""
        self.is_refused = True
        self._moved.set()

    def lose(self) -> None:
        """Stop waiting: another process answers."""
        self.is_lost = True
        self._moved.set()


class TurnQueue:
    """Keeps the places of one process, `worker`, while there are any.

    Of one person's turns at most `of_one` wait; those that came later are refused, and hold nobody's place. `rooms`
    tells what the model hosts take at this moment; each line is of those who wait for the same hosts.
    `on_stop` and `on_lost` are called with the id of a turn that is to end; both may be called again.
    """

    def __init__(
        self,
        *,
        turns: Turns,
        worker: str,
        parallel: int,
        of_one: int,
        on_stop: Callable[[int], None],
        on_lost: Callable[[int], None],
        openings: Openings,
        rooms: Callable[[], Sequence[HostRoom]] = tuple,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._openings = openings
        self._rooms = rooms
        self._turns = turns
        self._worker = worker
        self._parallel = parallel
        self._of_one = of_one
        self._on_stop = on_stop
        self._on_lost = on_lost
        self._clock = clock
        self._places: dict[int, QueuePosition] = {}
        self._claimed_early: dict[int, Claimed] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._has_joined = False
        self._renewed_at = self._looked_at = -float("inf")
        self._asked_at: float | None = None

    def join(self, turn: Turn) -> QueuePosition:
        """Take the place of a turn this worker owns; it must be given back with `leave`."""
        place = self._places[turn.id] = QueuePosition(turn, since=self._clock.now())
        self._openings.of(turn.id)
        if claimed := self._claimed_early.pop(turn.id, None):
            self._rise(turn.id, claimed)
        # The change that came with the turn may have been heard before its place was here.
        self._wake()
        if self._keeper is None or self._keeper.done():
            # Its lease is new, and those of earlier turns are nobody's concern any more.
            self._renewed_at = max(self._renewed_at, self._clock.now() - RENEW_EVERY_S)
            self._begin()
        return place

    def want(self, place: QueuePosition, model: str) -> None:
        """Say which model the turn waits for, "" for none in particular: it may be claimed from now on."""
        place.model = model
        self._wake()

    def leave(self, place: QueuePosition) -> None:
        """Give the place back; the turn is closed, or released, by now."""
        self._places.pop(place.turn.id, None)
        self._openings.leave(place.turn.id)

    def look_after(self) -> None:
        """Ask the store anew where it does not answer; a claim it made all the same is found by the next look."""
        if self._keeper and self._asked_at is not None and self._clock.now() - self._asked_at > STORE_S:
            log.error("line.store_hangs")
            self._keeper.cancel()
            self._keeper = self._asked_at = None
            self._begin()

    def is_here(self, turn_id: int) -> bool:
        """Whether the turn has its place here."""
        return turn_id in self._places

    def _wake(self) -> None:
        """Look at once, and not only when something has changed."""
        self._has_joined = True
        if self._hearing:
            self._hearing.cancel()

    def _begin(self) -> None:
        if self._places and (self._keeper is None or self._keeper.done()):
            self._keeper = asyncio.create_task(self._keep(), name="line")
            self._keeper.add_done_callback(self._ended)

    def _ended(self, keeper: asyncio.Task[None]) -> None:
        """Begin again after a failure nobody foresaw: whoever waits would wait for ever."""
        if not keeper.cancelled() and (error := keeper.exception()):
            log.error("line.failed", error=type(error).__name__, exc_info=error)
            asyncio.get_running_loop().call_later(TROUBLE_WAIT_S, self._begin)

    async def _keep(self) -> None:
        while self._places:
            try:
                self._asked_at = self._clock.now()
                await self._step()
                self._asked_at = None
                await self._hear()
            except BotError as error:
                self._asked_at = None
                log.warning("line.store_in_trouble", error=error.key)
                await self._clock.sleep(TROUBLE_WAIT_S)

    async def _hear(self) -> None:
        """Wait until the store has changed, or somebody joins."""
        if self._has_joined:
            return
        self._hearing = asyncio.create_task(self._turns.changed(timeout_s=POLL_S), name="line hears")
        try:
            await asyncio.wait([self._hearing])
            if not self._hearing.cancelled():
                self._hearing.result()
        finally:
            self._hearing.cancel()
            self._hearing = None

    async def _step(self) -> None:
        now = self._clock.now()
        self._has_joined = False
        await self._renew_after(RENEW_FIRST_S)
        # Whoever joins while places are given is not asked whether there is one.
        wanted = self._wanted(now)
        asked = [self._places[turn_id] for turn_id in wanted]
        if wanted:
            claimed = await self._turns.claim(self._worker, parallel=self._parallel, rooms=self._rooms(), wanted=wanted)
            for turn_id, each in claimed.items():
                self._rise(turn_id, each)
        if wanted.keys() - self._up() or now - self._looked_at >= POLL_S:
            known = set(self._places)
            self._take_in(await self._turns.look(self._worker), known, asked=asked)
            self._looked_at = now
        is_choosing = any(place.model is None and not place.is_up for place in self._places.values())
        await self._renew_after(RENEW_FIRST_S if is_choosing else RENEW_EVERY_S)

    async def _renew_after(self, seconds: float) -> None:
        now = self._clock.now()
        if now - self._renewed_at >= seconds:
            await self._turns.renew(self._worker)
            self._renewed_at = now

    def _up(self) -> set[int]:
        return {turn_id for turn_id, place in self._places.items() if place.is_up}

    def _wanted(self, now: float) -> Mapping[int, ModelWish]:
        """Return what the turns wait for whose model is chosen."""
        return {
            turn_id: ModelWish(place.model, is_urgent=now - place.since > GIVES_WAY_S)
            for turn_id, place in self._places.items()
            if place.model is not None and not place.is_up
        }

    def _rise(self, turn_id: int, claimed: Claimed) -> None:
        self._openings.take_in({turn_id: claimed.ahead}, [turn_id])
        if place := self._places.get(turn_id):
            place.host = claimed.host
            place.rise()
        else:
            # Accepted, and claimed before its reply has begun.
            self._claimed_early[turn_id] = claimed

    def _take_in(self, outlook: QueueState, known: set[int], *, asked: Sequence[QueuePosition]) -> None:
        """Pass on how the turns stand that were here when we looked."""
        for turn_id in self._claimed_early.keys() - outlook.owned:
            del self._claimed_early[turn_id]
        self._openings.take_in(outlook.ahead, known & set(self._places))
        self._openings.hurry(outlook.followed)
        positions = self._positions(outlook)
        for turn_id in known & set(self._places):
            place = self._places[turn_id]
            if turn_id not in outlook.owned:
                place.lose()
                self._on_lost(turn_id)
            elif turn_id in outlook.stopped:
                self._on_stop(turn_id)
            elif turn_id in positions and not place.is_up:
                place.move(*positions[turn_id])
            elif turn_id in outlook.positions and place in asked and not (place.is_up or place.turn.message.job):
                place.refuse()
            elif turn_id not in outlook.positions and not place.is_up:
                # It was claimed, and the answer that said so was lost.
                log.warning("line.claim_found", turn=turn_id)
                place.rise()

    def _positions(self, outlook: QueueState) -> dict[int, tuple[int, int]]:
        """Return the place in line, and how long the line is, of those that are not too many of one person's."""
        rooms = self._rooms()
        waits: Counter[str] = Counter()
        lines: dict[frozenset[str], list[int]] = {}
        for turn_id, person in outlook.line:
            if (place := self._places.get(turn_id)) and place.model is None:
                continue
            waits[person] += 1
            if waits[person] <= self._of_one:
                model = outlook.models.get(turn_id, "")
                hosts = frozenset(room.host for room in rooms if model in room.models)
                lines.setdefault(hosts, []).append(turn_id)
        return {turn_id: (position, len(line)) for line in lines.values() for position, turn_id in enumerate(line, 1)}
