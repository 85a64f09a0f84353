"""A model of 5 GB is pulled over the stand-in of Ollama: `python -m tests.bench.pulls`.

A real process of the bot with the real discord.py and slack_bolt. Measured on both platforms: how long people wait
between two sights of the progress, how soon Stop has ended it, and what becomes of it when the process is killed in the
middle and started again. Nothing fails on a number: what misses its aim is said.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from tests.adapters.labels import press_label
from tests.bench.rig.machine import Watch, described
from tests.bench.rig.report import Aim, Row, table, verdict
from tests.chaos.process import Bot
from tests.e2e.doors import Doors, front_doors
from tests.lab.discord import Message as DiscordMessage
from tests.lab.ollama import LabModel
from tests.lab.slack import Message as SlackMessage

GB = 10**9
PACE, LATEST_STOP_S = 2.0, 1.0
LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class PullPlan:
    """How large the model is, how fast it comes, and after how long the process is killed."""

    size: int = 5 * GB
    bytes_per_s: float = 0.4 * GB
    kill_after_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What stands in the one message of a pull: its text, and when each text came to stand there."""

    text: str
    times: tuple[float, ...]
    id: str
    stops: bool


class Place:
    """One platform on which models are pulled by Ada, an admin."""

    def __init__(
        self,
        name: str,
        doors: Doors,
        *,
        call: Callable[[str], object],
        sights: Callable[[str], Sequence[Sight]],
        press: Callable[[str], object],
    ) -> None:
        self.name, self.doors = name, doors
        self._call, self._sights, self._press = call, sights, press

    async def pull(self, model: str) -> None:
        """Have a model pulled, and wait until its progress is seen."""
        calling = self._call(model)
        assert asyncio.iscoroutine(calling)
        await calling
        await self.until(lambda: any("%" in each.text for each in self.sights(model)))

    def sights(self, model: str) -> Sequence[Sight]:
        """Return the bot's messages about a model."""
        return self._sights(model)

    async def stop(self, model: str) -> float:
        """Press Stop; return how many seconds later the message says so."""
        loop = asyncio.get_running_loop()
        pressing = self._press(model)
        assert asyncio.iscoroutine(pressing)
        began = loop.time()
        await pressing
        await self.until(lambda: any("Stopped" in each.text for each in self.sights(model)))
        return loop.time() - began

    async def until(self, is_so: Callable[[], bool], *, within_s: float = 120.0) -> None:
        """Wait until something is seen."""
        async with asyncio.timeout(within_s):
            while not is_so():  # noqa: ASYNC110 - a claim about what is seen, not an event
                await asyncio.sleep(LOOK_S)


def on_discord(doors: Doors) -> Place:
    """Return the place on Discord."""

    def found(model: str) -> list[DiscordMessage]:
        wall = [each for each in doors.channel_there.messages.values() if each.author is doors.discord.bot]
        return [each for each in wall if not each.deleted and model in each.content and "→" in each.history[0][1]]

    def sights(model: str) -> list[Sight]:
        return [
            Sight(each.content, tuple(at for at, _ in each.history), str(each.id), bool(each.components))
            for each in found(model)
        ]

    def press(model: str) -> object:
        return doors.discord.press(found(model)[0], "Stop", doors.ada_there)

    def call(model: str) -> object:
        return doors.discord.slash(doors.channel_there, doors.ada_there, "model", "pull", options={"name": model})

    return Place("Discord", doors, call=call, sights=sights, press=press)


def on_slack(doors: Doors) -> Place:
    """Return the place on Slack."""

    def found(model: str) -> list[SlackMessage]:
        posts = doors.slack.posts(doors.channel_here)
        return [each for each in posts if model in each.text and "→" in each.history[0].text]

    def sights(model: str) -> list[Sight]:
        return [
            Sight(each.text, tuple(step.at for step in each.history), each.ts, "stop" in each.action_ids)
            for each in found(model)
        ]

    def press(model: str) -> object:
        return press_label(doors.slack, found(model)[0], "Stop", doors.ada_here)

    def call(model: str) -> object:
        return doors.slack.slash(doors.channel_here, doors.ada_here, "/model", f"pull {model}")

    return Place("Slack", doors, call=call, sights=sights, press=press)


async def measured(folder: Path, plan: PullPlan) -> list[Row]:
    """Measure on both platforms at once."""
    async with front_doors(folder) as doors:
        doors.ollama.pulls.bytes_per_s = plan.bytes_per_s
        places = [on_discord(doors), on_slack(doors)]
        for place in places:
            named = (f"{place.name.lower()}-{what}:7b" for what in ("kept", "stopped"))
            doors.ollama.offer(*(LabModel(name=name, size=plan.size) for name in named))
        admins = f"discord:{doors.ada_there.id},slack:{doors.ada_here.id}"
        variables = doors.lyceum.variables | {"ACCESS__ADMINS": admins}
        async with Bot(folder, variables) as bot:
            await doors.discord.gateway.connected()
            await doors.slack.socket.connected()
            await places[0].until(lambda: any(doors.discord.core.commands.values()))
            return await _rows(bot, places, plan)


async def _rows(bot: Bot, places: Sequence[Place], plan: PullPlan) -> list[Row]:
    stopped = await asyncio.gather(*(_stopped(place) for place in places))
    kept = [f"{place.name.lower()}-kept:7b" for place in places]
    await asyncio.gather(*(place.pull(model) for place, model in zip(places, kept, strict=True)))
    await asyncio.sleep(plan.kill_after_s)
    before = [place.sights(model)[0] for place, model in zip(places, kept, strict=True)]
    had = [_percent(sight.text) for sight in before]
    await bot.kill()
    rows = [row for each in stopped for row in each]
    for place, model, sight, percent in zip(places, kept, before, had, strict=True):
        done = await _done(place, model)
        rows += _after_kill(place, sight, done, percent, plan)
    return rows


async def _stopped(place: Place) -> list[Row]:
    model = f"{place.name.lower()}-stopped:7b"
    await place.pull(model)
    await asyncio.sleep(1.0)
    took_s = await place.stop(model)
    at_host = place.doors.ollama.find(model) is not None
    return [
        _row(place, "Stop to the end of the pull", "s", took_s, LATEST_STOP_S),
        _row(place, "models that are there all the same", "", float(at_host), 0),
    ]


async def _done(place: Place, model: str) -> Sight:
    await place.until(lambda: any("✅" in each.text for each in place.sights(model)))
    return next(each for each in place.sights(model) if "✅" in each.text)


def _after_kill(place: Place, before: Sight, done: Sight, percent: int, plan: PullPlan) -> list[Row]:
    came_again = done.times[len(before.times) :]
    gaps = [later - earlier for times in (before.times, came_again) for earlier, later in pairwise(times)]
    whole_s = plan.size / plan.bytes_per_s
    # What was there is not fetched again: the second part takes no longer than what was missing.
    again_s = (came_again[-1] - came_again[0]) if len(came_again) > 1 else 0.0
    return [
        _row(place, "longest wait between two sights of it", "s", max(gaps, default=0.0), PACE),
        _row(place, "messages about it, beside the one", "", float(before.id != done.id), 0),
        replace(
            _row(place, "fetching what was missing after the kill", "s", again_s, 1.5),
            aim=Aim.TIMES_BASELINE,
            baseline=whole_s * (100 - percent) / 100,
        ),
        _row(place, "buttons left under its end", "", float(done.stops), 0),
    ]


def _percent(text: str) -> int:
    words = text.replace("\n", " ").split()
    return int(words[words.index("%") - 1]) if "%" in words else 0


def _row(place: Place, name: str, unit: str, measured_: float, limit: float) -> Row:
    return Row(group=place.name, name=name, unit=unit, measured=measured_, aim=Aim.ALONE, limit=limit)


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(prog="python -m tests.bench.pulls", description=__doc__).parse_args()
    watch = Watch()
    print("Some minute …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(measured(Path(folder), PullPlan()))
    told = f"Measured on {described()}; other programs took {watch.others():.0%} of the processors meanwhile."
    print("\n".join([told, "", table(rows), verdict(rows)]))


if __name__ == "__main__":
    main()
