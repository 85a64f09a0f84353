"""How a model host is made to fail, beside what `causes` does to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.chaos.rows import hold
from tests.faults.causes import ATTEMPTS, meanwhile
from tests.faults.rooms import Room
from tests.faults.stage import OTHER_MODEL, Stage
from tests.lab.ollama import BUSY, Fault, Reply, Say

HELD_S = 2.0


@asynccontextmanager
async def host_busy(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The host has more requests than it takes, each time it is asked."""
    stage.ollama.next_chat(*[BUSY] * ATTEMPTS)
    yield


@asynccontextmanager
async def host_odd(stage: Stage, _: Room) -> AsyncIterator[None]:
    """What answers the chat is no Ollama: a page of some proxy, with status 200."""
    stage.ollama.next_chat(Reply(200, body="<html>Welcome</html>", content_type="text/html"))
    yield


@asynccontextmanager
async def runner_crashes(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The model's runner crashes after a few words: the host says so in a line of the stream."""
    stage.ollama.next_chat(Say(fault=Fault.ERROR_LINE, after=5))
    yield


@asynccontextmanager
async def no_last_line(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The stream ends properly after a few words, without the line that says it is done."""
    stage.ollama.next_chat(Say(fault=Fault.END_EARLY, after=5))
    yield


@asynccontextmanager
async def empty_answer(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The model ends without a word."""
    stage.ollama.next_chat(Say(""))
    yield


@asynccontextmanager
async def one_card_fails(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The host fails to tell what another of its models is."""
    stage.ollama.fail_card(OTHER_MODEL, Reply(500, "unexpected EOF"))
    try:
        yield
    finally:
        stage.ollama.mend_card(OTHER_MODEL)


@asynccontextmanager
async def odd_figures(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The host's figures are of no possible size: a count beyond 64 bits, an endless time."""
    line = (
        '{"model": "falcon:7b", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": '
        '"You said: hello?"}, "done": true, "done_reason": "stop", "eval_count": 99999999999999999999999, '
        '"eval_duration": 1e400, "prompt_eval_count": -1, "total_duration": 0, "load_duration": 0}\n'
    )
    stage.ollama.next_chat(Reply(200, body=line, content_type="application/x-ndjson"))
    yield


@asynccontextmanager
async def database_held(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Somebody else holds the database for two seconds when the message comes."""
    async with meanwhile(asyncio.to_thread(hold, stage.database, for_s=HELD_S)):
        await asyncio.sleep(0.2)
        yield
