"""One run from beginning to end: the stage, the storm, the wait until nothing is open, the count."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.slack.rates import RATES, UPDATE
from bot.ports.turns import LEASE_S
from tests.bench.rig.machine import Watch
from tests.chaos.counts import Counts, Excuses, count
from tests.chaos.plan import MARKER, Plan
from tests.chaos.stage import Stage, staged
from tests.chaos.storm import MOST_OPEN, Storm
from tests.chaos.walls import read

# What a loaded machine takes longer.
MARGIN_S = 5.0
# Longer than a lease and than any window of Slack's after which it takes calls again: when nobody does anything for so
# long, nobody will.
STUCK_AFTER_S = LEASE_S + MARGIN_S + max(rate.seconds for rate in RATES.values())
# After the last message: leases run out, calls are made again, lines are worked off. Every open answer may need an
# update of Slack's, which after a refusal takes half of what it promises.
SETTLED_WITHIN_S = STUCK_AFTER_S + MOST_OPEN * RATES[UPDATE].seconds / (RATES[UPDATE].calls / 2)
# What comes late is looked for so long after everything seemed over.
QUIET_S = 3.0
LOOK_EVERY_S = 0.5
# What a person is told when the model host dies before an answer, or in it.
OF_THE_HOST = frozenset({"error.host_unreachable", "error.host_broke_off", "error.no_models", "error.stream_broken"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run came to. `ends` are exit codes of the bot nobody asked for; `open` turns left in the database.

    `elsewhere` is the share of the processors that other programs took meanwhile.
    """

    plan: Plan
    counts: Counts
    open: int
    kills: int
    ends: tuple[int, ...]
    deliveries: int
    troubles: Counter[str]
    locked_s: tuple[float, ...]
    closed_unanswered: tuple[tuple[int, str, str], ...]
    violations: tuple[str, ...]
    is_well: bool
    others: dict[str, int]
    seconds: float
    elsewhere: float
    log: str

    @property
    def is_perfect(self) -> bool:
        """Whether nothing was lost, doubled, disordered, left open or against a platform's rules."""
        is_whole = self.counts.is_perfect(self.plan.messages) and self.is_well
        return is_whole and not self.open and not self.violations and not self.ends


async def run(plan: Plan, folder: Path) -> Result:
    """Play a plan with everything new in a folder."""
    async with staged(plan, folder) as stage:
        storm = Storm(plan, stage)
        started_at, watch = time.monotonic(), Watch()
        await storm.play()
        seconds = await _settled(storm, stage, started_at)
        await asyncio.sleep(QUIET_S)
        return _result(storm, stage, seconds, elsewhere=watch.others(), is_well=await stage.is_well())


async def _settled(storm: Storm, stage: Stage, started_at: float) -> float:
    """Wait until nothing is open, within the bounds; return the seconds from the start to the last change seen."""
    begun_at = changed_at = time.monotonic()
    before: object = None
    while time.monotonic() - begun_at < SETTLED_WITHIN_S and time.monotonic() - changed_at < STUCK_AFTER_S:
        storm.rows.look()
        counts, now = _counted(storm, stage), (storm.rows.open, len(stage.discord.requests), len(stage.slack.calls))
        if now != before:
            changed_at, before = time.monotonic(), now
        if not storm.rows.open and counts.is_settled:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    return changed_at - started_at


def _counted(storm: Storm, stage: Stage) -> Counts:
    turns = storm.rows.turns()
    history = {turn: int(found[1]) for turn, text in turns.items() if (found := MARKER.search(text))}
    walls = [read(place, turns) for place in stage.places]
    return count(storm.plan, walls, _excuses(storm, stage, turns), history)


def _excuses(storm: Storm, stage: Stage, turns: Mapping[int, str]) -> Excuses:
    """Return which messages met a host that was away, and which were asked where the bot might not write."""
    failed = [turns[turn] for turn, _, key in storm.rows.unanswered() if key in OF_THE_HOST and turn in turns]
    told = (
        question.number
        for spot, place in zip(storm.plan.spots, stage.places, strict=True)
        for question in spot.questions
        if question.number in storm.unheard and place.told_directly(question)
    )
    return Excuses({int(found[1]) for text in failed if (found := MARKER.search(text))}, set(told))


def _result(storm: Storm, stage: Stage, seconds: float, *, elsewhere: float, is_well: bool) -> Result:
    storm.rows.look()
    broken = [f"Discord {one.rule} {one.route} {one.detail}" for one in stage.discord.violations]
    broken += [f"Slack {one.rule} {one.method} {one.detail}" for one in stage.slack.violations]
    return Result(
        plan=storm.plan,
        counts=_counted(storm, stage),
        open=storm.rows.open,
        kills=stage.bot.kills,
        ends=tuple(stage.bot.ends),
        deliveries=storm.deliveries,
        troubles=storm.troubles_met(),
        locked_s=tuple(storm.locked_s),
        closed_unanswered=tuple(storm.rows.unanswered()),
        violations=tuple(broken),
        is_well=is_well,
        others=storm.others_met(),
        seconds=seconds,
        elsewhere=elsewhere,
        log=stage.bot.last_words(),
    )
