"""The table of faults: what goes wrong, where, and what the person reads then. Each row is lived through for real."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass

from tests.costs import crowded_out_s
from tests.faults import causes, host_causes, pool_causes, refusals
from tests.faults.rooms import Question, Room, read, seen
from tests.faults.stage import Stage

BOTH = ("Discord", "Slack")
# Where a model is chosen for the conversation first: on Slack the next question begins another one.
DISCORD = ("Discord",)
ANSWER = ("You said: ", "", "")
AGAIN = "and now?"
CLOSED_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One row. `tells` is in what the person finally reads: what happened, whether the message is safe, what to do.

    Where an answer comes after all, the first is the answer's and the others are "". `asks` is what the person says;
    `beside` tells that what was shown before stays there, beside the sentence.
    """

    name: str
    cause: Callable[[Stage, Room], AbstractAsyncContextManager[None]]
    where: tuple[str, ...]
    tells: tuple[str, str, str]
    asks: str = "hello?"
    beside: bool = False

    @property
    def caused(self) -> str:
        """How it is caused, in a sentence."""
        return (self.cause.__doc__ or "").strip()


LEFT_OUT = ("You said: ", "[…]", "moderation of this place does not take it")
CLOSED = ("may not write in", "safe where you wrote it", "ask me here")
REFUSALS = (
    Fault("a line refused by moderation", refusals.words_refused, BOTH, LEFT_OUT),
    Fault(
        "an answer refused by moderation",
        refusals.answer_refused,
        BOTH,
        ("moderation of this place does not take", "message is safe", "in other words"),
    ),
    Fault("no right to write", refusals.place_closed, BOTH, CLOSED),
    Fault("no right to write, a command", refusals.place_closed, BOTH, CLOSED, asks="model list"),
    Fault("no right to write, an empty mention", refusals.place_closed, BOTH, CLOSED, asks=""),
    Fault("right to write lost in mid-answer", refusals.place_closes, BOTH, CLOSED, beside=True),
    Fault("503 for some seconds", refusals.outage, BOTH, ANSWER),
    Fault("optional fields left out", refusals.fields_left_out, ("Discord",), ANSWER),
    Fault("a server without Markdown", refusals.no_markdown, ("Slack",), ANSWER),
    Fault("odd events", refusals.odd_events, BOTH, ANSWER),
    Fault("connection cut in mid-answer", refusals.connection_cut, BOTH, ANSWER),
    # A stream that is found again stands finished before its last edit: the answer is whole with its footer.
    Fault("lost acknowledgements", refusals.lost_answer, BOTH, ("You said: ", "tokens/s", "")),
    Fault("the answer's message deleted", refusals.message_deleted, ("Discord",), ANSWER),
)
OF_HOSTS = (
    Fault("host busy", host_causes.host_busy, BOTH, ("takes no more requests now", "message is safe", "ask again")),
    Fault(
        "host is no Ollama",
        host_causes.host_odd,
        BOTH,
        ("does not answer as Ollama does", "message is safe", "tell whoever runs me"),
    ),
    Fault(
        "runner crashes in mid-answer",
        host_causes.runner_crashes,
        BOTH,
        ("broke off", "safe", "ask again"),
    ),
    Fault("stream without its last line", host_causes.no_last_line, BOTH, ("broke off", "safe", "ask again")),
    Fault(
        "model says nothing", host_causes.empty_answer, BOTH, ("ended without a word", "message is safe", "ask again")
    ),
    Fault("one model's card fails", host_causes.one_card_fails, BOTH, ANSWER),
    Fault("figures of no possible size", host_causes.odd_figures, BOTH, ANSWER),
    Fault("database held by others", host_causes.database_held, BOTH, ANSWER),
)
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
    Fault("revoked token", causes.revoked_token, BOTH, ("You said: ", "", "cut short")),
    Fault(
        "disk full",
        causes.full_disk,
        ("Discord",),
        ("database", "safe where you wrote it", "tell whoever runs me"),
    ),
    Fault("disk full in mid-answer", causes.disk_fills_up, BOTH, ANSWER),
    Fault("clock jump", causes.clock_jump, ("Discord",), ANSWER),
    *REFUSALS,
    *OF_HOSTS,
)


OF_SEVERAL = (
    Fault("one of two hosts dies in mid-answer", pool_causes.dies_in_mid_answer, BOTH, ANSWER),
    Fault("one of two hosts dies before its first word", pool_causes.dies_before_its_first_word, BOTH, ANSWER),
    Fault("one of two hosts away", pool_causes.is_silent, BOTH, ANSWER),
    Fault("a host that returns", pool_causes.returns, DISCORD, ANSWER),
    Fault(
        "the only host with the model away",
        pool_causes.only_one_away,
        DISCORD,
        ("does not offer it now", "You said: ", "chooses anew"),
    ),
    Fault(
        "the only host with the model dies in mid-answer",
        pool_causes.only_one_dies,
        DISCORD,
        ("word0", "safe", "ask again"),
    ),
)
"""Those that take two model hosts."""


@dataclass(frozen=True, slots=True)
class Lived:
    """How a person lived through a fault once. `first_s` is from their message to the first thing they saw of it, and
    `read_s` to the last that they read.

    For `crowded_s` of that the bot and the platform were ready to go on, and others had the processors.
    """

    first_s: float
    crowded_s: float
    first: str
    read: str
    next: str
    questions: tuple[Question, Question]
    beside: bool = False
    read_s: float = 0.0

    @property
    def differs(self) -> list[list[str]]:
        """What stands under each of the two messages now, where that is not the one message that was read there."""
        first, following = (question.standing() for question in self.questions)
        is_as_read = self.read in first and len(first) == 1 + self.beside
        return [first] * (not is_as_read) + [following] * (following != [self.next])


async def live_through(fault: Fault, stage: Stage, platform: str) -> Lived:
    """Cause the fault in a fresh conversation, ask, read to the end; then mend it and ask again.

    Raises:
        AssertionError: what the row tells, or the answer to the next message, never stood there.
    """
    room = stage.room(platform)
    async with fault.cause(stage, room):
        both = os.getpid(), stage.process.pid
        crowded_s = crowded_out_s(*both)
        question = await room.ask(fault.asks)
        first = await seen(question)
        crowded_s = max(0.0, crowded_out_s(*both) - crowded_s)
        text = await read(question, *fault.tells)
        read_s = question.sights()[-1].at - question.asked_at
    after = await room.ask(AGAIN)
    following = await read(after, AGAIN)
    # Since the first answer was read, a last edit may have brought its footer: it stands so once its turn is closed.
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSED_WITHIN_S):
            await stage.at_rest()
    text = next((each for each in question.standing() if each.startswith(text)), text)
    first_s = first.at - question.asked_at
    return Lived(first_s, crowded_s, first.text, text, following, (question, after), fault.beside, read_s)


def percentile_99(seconds: list[float]) -> float:
    """Return the value that 99 of 100 do not exceed: of fewer than 100, the greatest."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]
