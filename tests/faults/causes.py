"""How each fault is caused, as a context: the person asks within it, and leaving it mends what was broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from tests.cli_process import read_until
from tests.clocks import JumpingClock
from tests.faults.clockwork import answering
from tests.faults.rooms import Room, read, seen
from tests.faults.stage import MODEL, MOST_WAITING, OTHER_MODEL, PARALLEL, SESSION_PAUSE_S, Stage
from tests.lab.ollama import OUT_OF_MEMORY, Fault, LabModel, Say

ATTEMPTS = 3
DISCORD_POST = "POST /channels/{channel_id}/messages"
DISCORD_EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
SLACK_EDITS = ("chat.update", "chat.appendStream", "chat.stopStream")
SLOW_TOKENS_PER_S = 8.0
LONG = " ".join(f"word{number}" for number in range(40))
LOAD_S = 2.0
CONTINUED = "cut short"


@asynccontextmanager
async def host_down(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Nobody listens at the model host's address."""
    await stage.ollama.stop()
    try:
        yield
    finally:
        await stage.ollama.start()


@asynccontextmanager
async def unknown_model(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The model that was chosen here is removed from the host."""
    stage.ollama.install(LabModel(name=OTHER_MODEL))
    await read(await room.ask(f"model use {OTHER_MODEL}"))
    stage.ollama.remove(OTHER_MODEL)
    yield


@asynccontextmanager
async def out_of_memory(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The host refuses to load the model: it needs more memory than there is."""
    stage.ollama.next_chat(*[OUT_OF_MEMORY] * ATTEMPTS)
    yield


@asynccontextmanager
async def cut_in_mid_stream(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The host closes the connection after a few words."""
    stage.ollama.next_chat(Say(fault=Fault.BREAK_OFF, after=5))
    yield


@asynccontextmanager
async def stalled_stream(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The host falls silent after a few words and keeps the connection."""
    stage.ollama.next_chat(Say(fault=Fault.STALL, after=5))
    yield


@asynccontextmanager
async def storm_of_429(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The platform refuses edit after edit for a while, each time with a wait."""
    stage.ollama.first_token_s = 1.0
    stage.discord.fail_next(DISCORD_POST, status=429, times=1, retry_after=0.1)
    stage.discord.fail_next(DISCORD_EDIT, status=429, times=6, retry_after=0.3)
    for method in SLACK_EDITS:
        stage.slack.fail_next(method, retry_after_s=1, times=3)
    try:
        yield
    finally:
        calm(stage)


@asynccontextmanager
async def final_edit_fails(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The platform answers the edit that finishes the answer with 500."""
    stage.ollama.first_token_s = 1.0
    stage.discord.fail_next(DISCORD_EDIT, status=500, times=1)
    for method in ("chat.update", "chat.stopStream", "chat.postMessage"):
        stage.slack.fail_next(method, http_status=500)
    try:
        yield
    finally:
        calm(stage)


@asynccontextmanager
async def slow_load(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The model is not in memory and takes its time."""
    stage.ollama.runners.unload(MODEL)
    stage.ollama.runners.load_s = LOAD_S
    try:
        yield
    finally:
        stage.ollama.runners.load_s = 0.0


@asynccontextmanager
async def full_queue(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Every place is taken and as many messages wait as may."""
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S
    stage.ollama.next_chat(*[Say(LONG)] * PARALLEL)
    before = len(stage.ollama.chats)
    questions = [await stage.room("Discord").ask("write much") for _ in range(PARALLEL)]
    await stage.ollama.until(lambda: len(stage.ollama.chats) == before + PARALLEL)
    questions += [await stage.room("Discord").ask("and you?") for _ in range(MOST_WAITING)]
    await stage.discord.until(lambda: all(question.sights() for question in questions))
    try:
        yield
    finally:
        stage.ollama.tokens_per_second = 0.0
        for question in questions:
            await read(question)


@asynccontextmanager
async def revoked_token(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The platform takes the token no more while an answer is written; a new one is set, and the bot started again."""
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S
    stage.ollama.next_chat(Say(LONG))

    async def revoke() -> None:
        await writing(stage)
        await seen(room.asked[-1])
        if room.platform == "Discord":
            stage.discord.troubles.token_revoked = True
        else:
            stage.slack.revoke()
        await read_until(stage.process.stdout, f"{room.platform} is off")
        stage.discord.troubles.token_revoked = False
        stage.slack.revoke("")
        stage.ollama.tokens_per_second = 0.0
        await stage.restart()

    async with meanwhile(revoke()):
        yield


@asynccontextmanager
async def full_disk(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The database's disk is full before the message comes."""
    stage.fill_disk()
    try:
        yield
    finally:
        stage.empty_disk()


@asynccontextmanager
async def disk_fills_up(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The database's disk fills up while the answer is being written; it is stored as soon as there is room again."""
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S * 2

    async def fill() -> None:
        await writing(stage)
        stage.fill_disk()
        stage.ollama.tokens_per_second = 0.0

    try:
        async with meanwhile(fill()):
            yield
    finally:
        stage.empty_disk()


@asynccontextmanager
async def clock_jump(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The clock jumps an hour ahead and back, under two workers on one database, while an answer is being written."""
    clock = JumpingClock()
    await stage.stop()
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S / 2

    async def jump() -> None:
        await writing(stage)
        await seen(room.asked[-1])
        for hours in (1, -1):
            clock.jump(days=hours / 24)
            await _more_seen(stage, room)
        stage.ollama.tokens_per_second = 0.0

    async with AsyncExitStack() as stack:
        for _ in range(2):
            stage.discord.clock.advance(SESSION_PAUSE_S)
            worker = answering(stage.database, ollama=stage.ollama, discord=stage.discord, model=MODEL, clock=clock)
            await stack.enter_async_context(worker)
        async with meanwhile(jump()):
            yield
        assert not any(CONTINUED in sight.text for question in room.asked for sight in question.sights())
    await stage.start()


async def _more_seen(stage: Stage, room: Room) -> None:
    """Wait until the person sees something new."""
    before = len(room.asked[-1].sights())
    await stage.discord.until(lambda: len(room.asked[-1].sights()) > before)


async def writing(stage: Stage) -> None:
    """Wait until the newest chat's first words are there."""
    before = len(stage.ollama.chats)
    await stage.ollama.until(lambda: len(stage.ollama.chats) > before)
    chat = stage.ollama.chats[-1]
    await stage.ollama.until(lambda: chat.first_token_at is not None)


def calm(stage: Stage) -> None:
    stage.ollama.first_token_s = 0.0
    stage.discord.relent()
    stage.slack.relent()


@asynccontextmanager
async def meanwhile(work: Awaitable[object]) -> AsyncIterator[None]:
    """Do this while the person asks and reads; whatever it raises counts."""
    task = asyncio.ensure_future(work)
    try:
        yield
        async with asyncio.timeout(30):
            await task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
