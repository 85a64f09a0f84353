"""What a stable prefix saves, whether cuts are told, and that nothing is loaded anew: `python -m tests.bench.context`.

Ratios of one run, against the stand-in whose prompts take time by the token that no slot holds, and against the
embedded model for a short check. `--write` also writes docs/reference/context-speed.md. Nothing fails on a number.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain import Address, Person
from bot.engine.answer_policy import AnswerPolicy
from bot.llm.embedded import MODEL as EMBEDDED
from bot.llm.embedded import EmbeddedBackend
from bot.llm.ollama import OllamaBackend
from tests.bench.rig import context_page
from tests.bench.rig.dialogues import ROOM, Answered, dialogues, slid
from tests.bench.rig.machine import Watch
from tests.bench.rig.overflows import planted
from tests.bench.rig.report import Aim, Row, table, verdict
from tests.lab.ollama import LabModel, OllamaLab

NAME = "falcon:7b"
SMALL = AnswerPolicy(context_tokens=2048, answer_tokens=256)
ANSWER = "It goes on as it went before, and nobody minds that much at all."
MODELS = ("falcon:7b", "mistral:7b", "olmo2:7b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured."""

    turns: int = 60
    last: int = 30
    prompt_tokens_per_s: float = 3000.0
    rounds: int = 5
    overflows: int = 200
    mixed: int = 200
    embedded_turns: int = 14


def questions(count: int) -> list[str]:
    """Return so many questions of about twenty tokens."""
    return [
        f"Question {number}: how does it go on from here, and what do you make of all that?" for number in range(count)
    ]


async def measured(plan: Plan, *, embedded: bool = True) -> list[Row]:
    """Measure everything."""
    with tempfile.TemporaryDirectory(prefix="lyceum-context-") as name:
        folder = Path(name)
        rows = await long_conversation(plan, folder / "long")
        rows += await growing_conversation(plan, folder / "growing")
        rows += await silent_cuts(plan, folder / "cuts")
        rows += await mixed_run(plan, folder / "mixed")
        if embedded:
            rows += await with_embedded(plan, folder / "embedded")
    return rows


def lab_of(plan: Plan, *names: str) -> OllamaLab:
    """Return a host whose prompts take time."""
    models = [LabModel(name=name) for name in names]
    return OllamaLab(models, prompt_tokens_per_second=plan.prompt_tokens_per_s, answer=lambda _: ANSWER)


async def long_conversation(plan: Plan, folder: Path) -> list[Row]:
    """Compare a conversation that overflows twice with a sliding window."""
    async with lab_of(plan, NAME) as lab:
        backend = OllamaBackend(host=lab.url)
        async with dialogues(folder, backend, SMALL) as talk:
            ours = [await talk.say(text) for text in questions(plan.turns)]
        read = sum(chat.read_tokens for chat in lab.chats)
        await backend.close()
    async with lab_of(plan, NAME) as lab:
        backend = OllamaBackend(host=lab.url)
        theirs = await slid(backend, NAME, SMALL, questions(plan.turns))
        slid_read = sum(chat.read_tokens for chat in lab.chats)
        await backend.close()
    overflows = sum("notice.oldest_dropped" in each.notices for each in ours)
    group = f"{plan.turns} turns, {overflows} overflows, against a sliding window"
    return [
        eighth(f"{group}: first token, median of the last {plan.last}", theirs[-plan.last :], ours[-plan.last :], 8),
        Row(
            group=f"{group}: prompt tokens evaluated in all", name="", unit="tokens", baseline=slid_read,
            measured=read, aim=Aim.TIMES_BASELINE, limit=round(1 / 6, 3),
        ),
    ]  # fmt: skip


def eighth(name: str, theirs: Sequence[Answered], ours: Sequence[Answered], times: int) -> Row:
    """Return the row of first tokens that are to come so many times sooner."""
    return Row(
        group=name, name="", unit="ms", baseline=median_ms(theirs), measured=median_ms(ours),
        aim=Aim.TIMES_BASELINE, limit=round(1 / times, 3),
    )  # fmt: skip


def median_ms(answers: Sequence[Answered]) -> float:
    """Return the median time to the first token."""
    return statistics.median(each.first_s for each in answers) * 1000


async def growing_conversation(plan: Plan, folder: Path) -> list[Row]:
    """Compare the 25th turn with the 5th where the window is not full yet."""
    policy = AnswerPolicy(context_tokens=8192, answer_tokens=256)
    fifth, later = list[Answered](), list[Answered]()
    async with lab_of(plan, NAME) as lab:
        backend = OllamaBackend(host=lab.url)
        async with dialogues(folder, backend, policy) as talk:
            for number in range(plan.rounds):
                at = replace(ROOM, channel=f"C{number}")
                answers = [await talk.say(text, at=at) for text in questions(25)]
                fifth.append(answers[4])
                later.append(answers[24])
        await backend.close()
    return [
        Row(
            group="first token at turn 25, beside that at turn 5, window not full", name="", unit="ms",
            baseline=median_ms(fifth), measured=median_ms(later), aim=Aim.TIMES_BASELINE, limit=1.5,
        )
    ]  # fmt: skip


async def silent_cuts(plan: Plan, folder: Path) -> list[Row]:
    """Plant overflows on hosts that refuse and on hosts that cut, for models of both kinds."""
    found = await planted(folder, wanted=plan.overflows)
    group = f"{found.planted} planted overflows ({found.avoided} avoided, {found.told} told)"
    for what in (*found.missed, *found.false_alarms):
        print(f"   {what}")
    return [
        Row(
            group=f"{group}: cuts nobody was told of", name="", unit="", measured=len(found.missed),
            aim=Aim.ALONE, limit=0,
        ),
        Row(
            group=f"false alarms in {found.turns} turns", name="", unit="", measured=len(found.false_alarms),
            aim=Aim.ALONE, limit=0,
        ),
    ]  # fmt: skip


async def mixed_run(plan: Plan, folder: Path) -> list[Row]:
    """Have people with models of their own ask at once; count the loads beyond the first of each model."""
    policy = AnswerPolicy(context_tokens=2048, answer_tokens=64, parallel=3)
    async with OllamaLab([LabModel(name=name) for name in MODELS], answer=lambda _: ANSWER, parallel=2) as lab:
        backend = OllamaBackend(host=lab.url)
        async with dialogues(folder, backend, policy) as talk:
            people = [Person(f"U{number}", f"Person {number}") for number in range(6)]
            for number, person in enumerate(people):
                await talk.choose(MODELS[number % 3], at=place(number), person=person)
            for start in range(0, plan.mixed, len(people)):
                asked = list(enumerate(people))[: plan.mixed - start]
                await asyncio.gather(
                    *(talk.say(f"Question {start}?", at=place(number), person=person) for number, person in asked)
                )
                await talk.engine.catalog.refresh()
        loads = len(lab.runners.loads)
        await backend.close()
    reloads = loads - len(MODELS)
    return [
        Row(group=f"loads beyond the first in {plan.mixed} turns over three models", name="", unit="",
            measured=reloads, aim=Aim.ALONE, limit=0)
    ]  # fmt: skip


def place(number: int) -> Address:
    """Return where a person talks: some share a channel, and some talk alone."""
    return replace(ROOM, channel=f"C{number // 2}")


async def with_embedded(plan: Plan, folder: Path) -> list[Row]:
    """Compare both ways on the embedded model itself, in a small window."""
    policy = AnswerPolicy(context_tokens=512, answer_tokens=16)
    backend = EmbeddedBackend(temperature=0.0)
    try:
        await backend.load()
        async with dialogues(folder, backend, policy) as talk:
            ours = [await talk.say(text) for text in questions(plan.embedded_turns)]
    finally:
        await backend.close()
    backend = EmbeddedBackend(temperature=0.0)
    try:
        await backend.load()
        theirs = await slid(
            backend, EMBEDDED, policy, questions(plan.embedded_turns),
            counted=lambda messages: sum(8 + len(message.content.encode()) // 4 for message in messages),
        )  # fmt: skip
    finally:
        await backend.close()
    last = plan.embedded_turns // 3 + 1
    name = f"embedded model, {plan.embedded_turns} turns: first token, median of the last {last}"
    return [eighth(name, theirs[-last:], ours[-last:], 2)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.context", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {context_page.PATH}")
    parser.add_argument("--without-embedded", action="store_true")
    chosen = parser.parse_args()
    watch = Watch()
    rows = asyncio.run(measured(Plan(), embedded=not chosen.without_embedded))
    told = context_page.circumstances(others=watch.others())
    print(f"{table(rows)}\n{told}\n{verdict(rows)}")
    if chosen.write:
        context_page.FILE.write_text(context_page.written(rows, told), encoding="utf-8")


if __name__ == "__main__":
    main()
