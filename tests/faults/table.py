"""The table of faults: what goes wrong, where, and what the person reads then. Each row is lived through for real."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.faults import causes
from tests.faults.rooms import Question, Room, read, seen
from tests.faults.stage import Stage

BOTH = ("Discord", "Slack")
ANSWER = ("You said: ", "", "")
AGAIN = "and now?"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row. `tells` is in what the person finally reads: what happened, whether the message is safe, what to do.

    Where an answer comes after all, the first is the answer's and the others are "".
    """

    name: str
    cause: Callable[[Stage, Room], AbstractAsyncContextManager[None]]
    where: tuple[str, ...]
    tells: tuple[str, str, str]

    @property
    def caused(self) -> str:
        """How it is caused, in a sentence."""
        return (self.cause.__doc__ or "").strip()


FAULTS = (
    Fault(
        "model host down",
        causes.host_down,
        BOTH,
        ("cannot reach the model host", "message is safe", "ask again in a few minutes"),
    ),
    Fault(
        "unknown model",
        causes.unknown_model,
        ("Discord",),
        ("does not offer it now", "You said: ", "chooses anew"),
    ),
    Fault(
        "out of memory",
        causes.out_of_memory,
        BOTH,
        ("failed while it was to run", "message is safe", "choose another model"),
    ),
    Fault(
        "mid-stream cut",
        causes.cut_in_mid_stream,
        BOTH,
        ("broke off before its answer was complete", "what was written so far are safe", "ask again"),
    ),
    Fault(
        "stalled stream",
        causes.stalled_stream,
        BOTH,
        ("has sent nothing for too long", "message is safe", "ask again"),
    ),
    Fault("429 storm", causes.storm_of_429, BOTH, ANSWER),
    Fault("500 on the final edit", causes.final_edit_fails, BOTH, ANSWER),
    Fault("slow load", causes.slow_load, BOTH, ANSWER),
    Fault(
        "full queue",
        causes.full_queue,
        BOTH,
        ("messages already wait", "safe where you wrote it", "send it again in a minute"),
    ),
    Fault("revoked token", causes.revoked_token, ("Slack",), ("You said: ", "", "cut short")),
    Fault(
        "disk full",
        causes.full_disk,
        ("Discord",),
        ("database", "safe where you wrote it", "tell whoever runs me"),
    ),
    Fault("disk full in mid-answer", causes.disk_fills_up, BOTH, ANSWER),
    Fault("clock jump", causes.clock_jump, ("Discord",), ANSWER),
)


@dataclass(frozen=True, slots=True)
class Lived:
    """How a person lived through a fault once. `first_s` is from their message to the first thing they saw of it."""

    first_s: float
    first: str
    read: str
    next: str
    questions: tuple[Question, Question]

    @property
    def differs(self) -> list[list[str]]:
        """What stands under each of the two messages now, where that is not the one message that was read there."""
        return [
            question.standing()
            for question, read in zip(self.questions, (self.read, self.next), strict=True)
            if question.standing() != [read]
        ]


async def live_through(fault: Fault, stage: Stage, platform: str) -> Lived:
    """Cause the fault in a fresh conversation, ask, read to the end; then mend it and ask again.

    Raises:
        AssertionError: what the row tells, or the answer to the next message, never stood there.
    """
    room = stage.room(platform)
    async with fault.cause(stage, room):
        question = await room.ask("hello?")
        first = await seen(question)
        text = await read(question, *fault.tells)
    after = await room.ask(AGAIN)
    following = await read(after, AGAIN)
    return Lived(first.at - question.asked_at, first.text, text, following, (question, after))


def percentile_99(seconds: list[float]) -> float:
    """Return the value that 99 of 100 do not exceed: of fewer than 100, the greatest."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]
