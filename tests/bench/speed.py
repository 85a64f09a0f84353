"""The bot's speed, as ratios to the bare `ollama` client in the same run: `python -m tests.bench.speed`.

`--write` also writes docs/reference/speed.md. Nothing fails on a number: what misses its aim is said.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rig import page
from tests.bench.rig.machine import Watch
from tests.bench.rig.measures import Stopwatch, started
from tests.bench.rig.programs import Servers, bot, servers
from tests.bench.rig.report import Aim, Row, picture, table, verdict

FIRST_WORDS_MS, RATE_SHARE, IDLE_MB, START_S = 50.0, 0.95, 120.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured."""

    questions: int = 20
    conversations: tuple[int, ...] = (1, 8, 32)
    tokens: int = 300
    rounds: int = 3
    starts: int = 3
    idle_s: float = 5.0

    @property
    def channels(self) -> int:
        """How many channels each platform needs: each question, and each conversation, has its own."""
        return max(self.questions, *self.conversations)


async def measured(plan: Plan) -> list[Row]:
    """Measure everything; the order of the rows is that of the table."""
    with tempfile.TemporaryDirectory(prefix="lyceum-speed-") as name:
        folder = Path(name)
        async with servers(channels=plan.channels) as using:
            answering = await answers(folder, using, plan)
            starting = await starts(folder, using, plan)
        async with servers(channels=1, slack_arguments=()) as using:
            limited = await with_rates(folder, using, plan)
    return [*answering, *limited, *starting]


async def answers(folder: Path, using: Servers, plan: Plan) -> list[Row]:
    """Measure first words and tokens per second on both platforms."""
    platforms = using.platforms
    async with bot(home(folder, "answers"), using, platforms):
        watch = Stopwatch(using)
        await watch.warm_up(platforms, conversations=plan.channels)
        words = await watch.first_words_ms(platforms, questions=plan.questions)
        rates = {
            count: await watch.rates(platforms, conversations=count, tokens=plan.tokens, rounds=plan.rounds)
            for count in plan.conversations
        }
    return [
        *(
            Row(group="first visible text after the first token", name=platform.name, unit="ms", baseline=words[0],
                measured=value, aim=Aim.MORE_THAN_BASELINE_BY, limit=FIRST_WORDS_MS)
            for platform, value in zip(platforms, words[1:], strict=True)
        ),
        *(
            rate_row(f"{count} at once", platform.name, baseline=found[0], measured=value)
            for count, found in rates.items()
            for platform, value in zip(platforms, found[1:], strict=True)
        ),
    ]  # fmt: skip


async def with_rates(folder: Path, using: Servers, plan: Plan) -> list[Row]:
    """Measure one conversation on a Slack that limits as the real one does."""
    async with bot(home(folder, "rates"), using, [using.slack]):
        watch = Stopwatch(using)
        await watch.warm_up([using.slack], conversations=1)
        base, rate = await watch.rates([using.slack], conversations=1, tokens=plan.tokens, rounds=plan.rounds)
    return [rate_row("1 with Slack's rate limits", "Slack", baseline=base, measured=rate)]


async def starts(folder: Path, using: Servers, plan: Plan) -> list[Row]:
    """Measure the start and the memory, each with a new database; the memory also with one that is there."""

    async def start(name: str) -> tuple[float, float]:
        return await started(home(folder, name), using, using.platforms, idle_s=plan.idle_s)

    first = [await start(f"start {number}") for number in range(plan.starts)]
    _, memory_again = await start("start 0")
    taken_s, memory = (statistics.median(each) for each in zip(*first, strict=True))
    return [
        Row(group="idle memory", name="new database", unit="MB", measured=memory, aim=Aim.ALONE, limit=IDLE_MB),
        Row(group="idle memory", name="started again", unit="MB", measured=memory_again, aim=Aim.ALONE, limit=IDLE_MB),
        Row(group="start until connected to both", name="", unit="s", measured=taken_s, aim=Aim.ALONE, limit=START_S),
    ]


def home(folder: Path, name: str) -> Path:
    """Return the folder a bot is started in: where its database is."""
    (folder / name).mkdir(exist_ok=True)
    return folder / name


def rate_row(which: str, name: str, *, baseline: float, measured: float) -> Row:
    """Return the row of a number of conversations."""
    return Row(
        group=f"tokens per second, {which}",
        name=name,
        unit="tokens/s",
        baseline=baseline,
        measured=measured,
        aim=Aim.SHARE_OF_BASELINE,
        limit=RATE_SHARE,
    )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.speed", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {page.PATH}")
    parser.add_argument("--rounds", type=int, default=Plan().rounds, help="of tokens per second; their median counts")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    chosen = arguments()
    plan, watch = Plan(rounds=chosen.rounds), Watch()
    print("Some four minutes; the stand-ins and the bot run in processes of their own …", flush=True)
    rows = asyncio.run(measured(plan))
    told = page.circumstances(others=watch.others())
    print("\n".join([told, "", table(rows), picture(rows), page.REMARK, "", verdict(rows)]))
    if chosen.write:
        page.FILE.write_text(page.written(rows, told), encoding="utf-8")


if __name__ == "__main__":
    main()
