"""Eight people at once in one Discord channel, each with an answer of a second: `python -m tests.bench.line`.

They are answered side by side, under Discord's limits of five posts and five edits in five seconds. What that costs
beside the model is the ratio to a bare client that asks the same questions one after another. Nothing fails on a
number: what misses its aim is said.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import AsyncExitStack

from tests.bench.crowd import ANSWER_TOKENS, Plan, Rooms, opened
from tests.bench.rig import bare
from tests.bench.rig.gathering import Heard, gathered, is_whole
from tests.bench.rig.machine import Watch, described
from tests.bench.rig.report import Aim, Row, table, verdict

# At 60 tokens a second, after a tenth of a second for the prompt.
A_SECOND = 54
# Eight answers of a second within 14 s.
MOST_TIMES = 14 / 8
WITHIN_S = 60.0


async def measured(plan: Plan) -> list[Row]:
    """Measure the bare client, and then the people in the channel."""
    async with AsyncExitStack() as stack:
        rooms = await opened(stack, plan)
        room = rooms.discord[1]
        bare_s = await _bare_s(rooms, plan)
        begun = time.time()
        answers = await gathered(room, _questions(plan, "line"), tokens=plan.tokens, within_s=WITHIN_S)
        refused = await room.refused()
    return _rows(
        plan, answers, took_s=max(answer.last_at for answer in answers) - begun, bare_s=bare_s, refused=refused
    )


async def _bare_s(rooms: Rooms, plan: Plan) -> float:
    begun = time.time()
    for question in _questions(plan, "bare"):
        await bare.ask(rooms.using.bare, question, answer_tokens=ANSWER_TOKENS)
    return time.time() - begun


def _questions(plan: Plan, which: str) -> list[str]:
    return [f"count to {plan.tokens}, {which} {person}" for person in range(plan.people)]


def _rows(plan: Plan, answers: list[Heard], *, took_s: float, bare_s: float, refused: int) -> list[Row]:
    group = f"{plan.people} in one channel, {plan.answer_s:.1f} s each"
    wrong = plan.people - sum(is_whole(answer, plan.tokens) for answer in answers)
    return [
        Row(
            group=f"{group}: until all are whole",
            name="Discord",
            unit="s",
            baseline=bare_s,
            measured=took_s,
            aim=Aim.TIMES_BASELINE,
            limit=MOST_TIMES,
        ),
        Row(group=f"{group}: answers not whole", name="Discord", unit="", measured=wrong, aim=Aim.ALONE, limit=0),
        Row(group="calls answered 429", name="Discord", unit="", measured=refused, aim=Aim.ALONE, limit=0),
    ]


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(prog="python -m tests.bench.line", description=__doc__).parse_args()
    watch = Watch()
    rows = asyncio.run(measured(Plan(tokens=A_SECOND)))
    told = f"Measured on {described()}; other programs took {watch.others():.0%} of the processors meanwhile."
    print("\n".join([told, "", table(rows), verdict(rows)]))


if __name__ == "__main__":
    main()
