"""The run itself: people speak, and what the plan says goes wrong does.

A message is accepted when its row is in the bot's database or its platform has the bot's acknowledgement. The next one
of a place is said only then, so that the order of the questions is the order the bot heard them in. A message that
reached the bot and was not stored when it was killed is delivered again by Slack itself, and here on Discord.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress

from tests.chaos import rows
from tests.chaos.plan import (
    MARKER,
    ClockTurned,
    Closing,
    Fault,
    HostAway,
    Kill,
    Lock,
    Oddity,
    Plan,
    Question,
    Spot,
    Trouble,
)
from tests.chaos.rows import Rows
from tests.chaos.stage import Place, Said, Stage
from tests.lab.discord.bell import Bell

# More are not open at once: people would rather wait, and the line would be full.
MOST_OPEN = 48
LOOK_EVERY_S = 0.05
ACCEPTED_WITHIN_S = 400.0
RETRY_AFTER_S = 1
DISCORD_STATUS = {"429": 429, "500": 500}


class Storm:
    """Plays a plan on a stage. `said` are the messages by number, each with its place."""

    def __init__(self, plan: Plan, stage: Stage) -> None:
        self.plan = plan
        self.rows = Rows(stage.database)
        self.said: dict[int, Said] = {}
        self.deliveries = 0
        self.locked_s: list[float] = []
        # Messages whose turns were not closed, or not there yet, while the bot could not write in their place.
        self.unheard: set[int] = set()
        self._met: Counter[str] = Counter()
        self._asked: set[int] = set()
        self._leaving = asyncio.Lock()
        self.seconds = 0.0
        self._stage = stage
        self._bell = Bell()
        self._said_count = 0
        self._sessions = 0
        self._killing = asyncio.Lock()

    async def play(self) -> None:
        """Say everything, with all the troubles; return when every message is accepted and the troubles are over."""
        started_at = time.monotonic()
        looking = asyncio.create_task(self._keep_looking(), name="looking")
        try:
            async with asyncio.TaskGroup() as group:
                for spot, place in zip(self.plan.spots, self._stage.places, strict=True):
                    group.create_task(self._talk(spot, place, group), name=f"{spot.platform} {spot.kind} {spot.index}")
                group.create_task(self._trouble(group), name="troubles")
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            self.seconds = time.monotonic() - started_at

    def troubles_met(self) -> Counter[str]:
        """Count the faults that calls have really met, by platform and kind."""
        met = Counter(f"Discord {_name(fault)}" for fault in self._stage.discord.faults_met)
        names = {"dropped_after": "lost answer", "dropped_before": "lost call", "http_500": "500", "ratelimited": "429"}
        met.update(f"Slack {names[call.error]}" for call in self._stage.slack.calls if call.error in names)
        return met

    def others_met(self) -> dict[str, int]:
        """Count what else went wrong, by its name."""
        odd = Counter(question.oddity for question in self.plan.questions.values() if question.number in self.said)
        named = {f"answers {oddity}": odd[oddity] for oddity in Oddity if oddity}
        return {**self._met, "messages not answered yet when it was lost, or said then": len(self.unheard), **named}

    # --- people

    async def _talk(self, spot: Spot, place: Place, group: asyncio.TaskGroup) -> None:
        for question in spot.questions:
            await self._room(place)
            self._said_count += 1
            self._asked.add(question.number)
            said = self.said[question.number] = await place.say(question)
            self.deliveries += 1
            for after_s in question.again_after_s:
                group.create_task(self._deliver_again(said, after_s))
            await self._accepted(spot, question)

    async def _room(self, place: Place) -> None:
        """Wait until another question may be asked; for as long as others are answered, on however busy a machine."""
        closed = -1
        while not (place.is_open and self._open() < MOST_OPEN):
            try:
                await self._bell.until(lambda: place.is_open and self._open() < MOST_OPEN, ACCEPTED_WITHIN_S)
            except TimeoutError:
                if self.rows.closed == closed:
                    raise
                closed = self.rows.closed

    async def _accepted(self, spot: Spot, question: Question) -> None:
        with suppress(TimeoutError):
            await self._bell.until(lambda: self._is_accepted(spot, question), ACCEPTED_WITHIN_S)

    def _open(self) -> int:
        return self._said_count - self.rows.closed

    def _is_accepted(self, spot: Spot, question: Question) -> bool:
        said = self.said[question.number]
        return said.is_acknowledged or (spot.platform, said.id) in self.rows.accepted

    async def _deliver_again(self, said: Said, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self.deliveries += 1
        # Nobody may be there to acknowledge it; Slack does not wait for ever either.
        with suppress(TimeoutError, ConnectionError):
            await said.again()

    async def _keep_looking(self) -> None:
        while True:
            self.rows.look()
            gateway = self._stage.discord.gateway
            if gateway.is_connected and gateway.identified != self._sessions:
                self._sessions = gateway.identified
                await self._replay()
            self._bell.ring()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _replay(self) -> None:
        """Deliver to the new session what the old one was told and the bot did not live to store."""
        for spot in self.plan.spots:
            for question in spot.questions:
                said = self.said.get(question.number)
                if spot.platform == "discord" and said and not self._is_accepted(spot, question):
                    self.deliveries += 1
                    await said.again()

    # --- troubles

    async def _trouble(self, group: asyncio.TaskGroup) -> None:
        for trouble in self.plan.troubles:
            await self._bell.until(lambda at=trouble.at: self._said_count >= at, ACCEPTED_WITHIN_S)  # type: ignore[misc]
            group.create_task(self._let_happen(trouble))

    async def _let_happen(self, trouble: Trouble) -> None:
        match trouble:
            case Kill(after_s=after_s):
                await asyncio.sleep(after_s)
                await self._kill()
            case Lock(after_s=after_s, for_s=for_s):
                await asyncio.sleep(after_s)
                self.locked_s.append(await asyncio.to_thread(rows.hold, self._stage.database, for_s=for_s))
            case HostAway(for_s=for_s):
                await self._leave(for_s)
            case Closing(for_s=for_s, spot=spot):
                await self._close(spot, for_s)
            case ClockTurned(by_s=by_s):
                self._met["clock turned"] += 1
                self._stage.clock.write_text(str(by_s), encoding="utf-8")
            case Fault(platform="discord"):
                self._order_on_discord(trouble)
            case Fault():
                self._order_on_slack(trouble)

    async def _kill(self) -> None:
        async with self._killing:
            await self._stage.bot.kill()
            # What has died resumes no session.
            self._stage.discord.gateway.sessions.clear()

    async def _leave(self, for_s: float) -> None:
        async with self._leaving:
            self._met["model host away"] += 1
            await self._stage.ollama.stop()
            await asyncio.sleep(for_s)
            await self._stage.ollama.start()

    async def _close(self, spot: int, for_s: float) -> None:
        place = self._stage.places[spot]
        over = await self._closed_turns()
        self._met["right to write lost, and given back"] += 1
        place.close(is_closed=True)
        await asyncio.sleep(for_s)
        place.close(is_closed=False)
        numbers = {question.number for question in self.plan.spots[spot].questions}
        self.unheard |= (numbers & self._asked) - over

    async def _closed_turns(self) -> set[int]:
        """Return the numbers of the messages whose turns are closed."""
        (closed,) = await self._bell.until(self.rows.closed_questions, ACCEPTED_WITHIN_S)
        return {int(number) for number in MARKER.findall(closed)}

    def _order_on_discord(self, fault: Fault) -> None:
        status = DISCORD_STATUS.get(fault.kind)
        self._stage.discord.fail_next(fault.call, status=status, drop=status is None)

    def _order_on_slack(self, fault: Fault) -> None:
        fail = self._stage.slack.fail_next
        match fault.kind:
            case "lost answer":
                fail(fault.call, drop="after")
            case "lost call":
                fail(fault.call, drop="before")
            case "429":
                fail(fault.call, retry_after_s=RETRY_AFTER_S)
            case _:
                fail(fault.call, http_status=500)


def _name(fault: object) -> str:
    return "lost answer" if getattr(fault, "drop", False) else str(getattr(fault, "status", ""))
