"""How a platform is made to refuse: words, a place, its own service, a form it does not know. See `causes`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.faults.causes import DISCORD_EDIT, DISCORD_POST, LONG, SLOW_TOKENS_PER_S, calm, meanwhile, writing
from tests.faults.rooms import DiscordRoom, Room, SlackRoom, seen
from tests.faults.stage import Stage
from tests.lab.discord.troubles import AUTOMOD, HARMFUL_LINK
from tests.lab.ollama import Say

BAD = "badword"
LINES = f"You said: hello?\nA {BAD} stands here.\nI remember: nothing."
OUTAGE_S = 2.5
UNAVAILABLE = 503


@asynccontextmanager
async def words_refused(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Moderation refuses a line of the answer while it is written."""
    stage.ollama.next_chat(Say(LINES))
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S * 2
    with_moderation(stage, BAD, AUTOMOD)
    try:
        yield
    finally:
        stage.ollama.tokens_per_second = 0.0
        without_moderation(stage)


@asynccontextmanager
async def answer_refused(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Moderation refuses the whole answer, which is one word: beside more of it a part would be shown."""
    stage.ollama.next_chat(Say(BAD))
    with_moderation(stage, BAD, HARMFUL_LINK)
    try:
        yield
    finally:
        without_moderation(stage)


@asynccontextmanager
async def place_closed(_: Stage, room: Room) -> AsyncIterator[None]:
    """The bot may read in the channel and not write; later the right is given."""
    close(room)
    try:
        yield
    finally:
        open_again(room)


@asynccontextmanager
async def place_closes(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The right to write in the channel is taken away while an answer is written, and given back later."""
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S * 2
    stage.ollama.next_chat(Say(LONG))

    async def take_away() -> None:
        await writing(stage)
        await seen(room.asked[-1])
        close(room)
        stage.ollama.tokens_per_second = 0.0

    try:
        async with meanwhile(take_away()):
            yield
    finally:
        open_again(room)


@asynccontextmanager
async def outage(stage: Stage, room: Room) -> AsyncIterator[None]:
    """Every call is answered 503 for some seconds, while an answer is written."""
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S * 2

    async def fail() -> None:
        await writing(stage)
        await seen(room.asked[-1])
        if room.platform == "Discord":
            stage.discord.troubles.outage = UNAVAILABLE
        else:
            stage.slack.outage(UNAVAILABLE)
        stage.ollama.tokens_per_second = 0.0
        await asyncio.sleep(OUTAGE_S)
        stage.discord.troubles.outage = 0
        stage.slack.outage(0)

    async with meanwhile(fail()):
        yield


@asynccontextmanager
async def fields_left_out(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Discord's answers carry none of the fields of a message that its documentation calls optional."""
    stage.discord.troubles.left_out |= {"components", "mentions", "embeds", "attachments", "flags", "nonce"}
    try:
        yield
    finally:
        stage.discord.troubles.left_out.clear()


@asynccontextmanager
async def no_markdown(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The server knows neither `markdown_text` nor blocks of Markdown, nor streams."""
    stage.slack.workspace.knows_markdown = False
    try:
        yield
    finally:
        stage.slack.workspace.knows_markdown = True


@asynccontextmanager
async def odd_events(stage: Stage, room: Room) -> AsyncIterator[None]:
    """Events that are not as documented come before the message: null, without ids, a role outside 64 bits."""
    odd: list[Any] = [None, [], {"id": "9" * 30}, {"author": None, "channel_id": None}]
    if room.platform == "Discord":
        for session in stage.discord.gateway.sessions.values():
            for data in odd:
                session.dispatch("MESSAGE_CREATE", data)
                session.dispatch("GUILD_MEMBER_UPDATE", data)
    else:
        for event in odd:
            payload = {"type": "event_callback", "team_id": stage.slack.team_id, "event_id": "Ev0", "event": event}
            await stage.slack.socket.deliver("events_api", payload).wait_acked()
    yield


@asynccontextmanager
async def connection_cut(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The gateway's or the socket's connection breaks while an answer is written."""
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S * 2

    async def cut() -> None:
        await writing(stage)
        await seen(room.asked[-1])
        await (stage.discord.gateway.cut() if room.platform == "Discord" else stage.slack.socket.cut())
        stage.ollama.tokens_per_second = 0.0
        await (stage.discord.gateway.connected() if room.platform == "Discord" else stage.slack.socket.connected())

    async with meanwhile(cut()):
        yield


@asynccontextmanager
async def lost_answer(stage: Stage, _: Room) -> AsyncIterator[None]:
    """The platform carries out the first post and the last edit, and its answers to both are lost."""
    stage.discord.fail_next(DISCORD_POST, drop=True)
    stage.discord.fail_next(DISCORD_EDIT, drop=True)
    for method in ("chat.startStream", "chat.postMessage", "chat.stopStream", "chat.update"):
        stage.slack.fail_next(method, drop="after")
    try:
        yield
    finally:
        calm(stage)


@asynccontextmanager
async def message_deleted(stage: Stage, room: Room) -> AsyncIterator[None]:
    """Somebody deletes the bot's message while the answer in it is written."""
    assert isinstance(room, DiscordRoom)
    stage.ollama.tokens_per_second = SLOW_TOKENS_PER_S * 2

    async def delete() -> None:
        await writing(stage)
        question = room.asked[-1]
        await seen(question)
        growing = next(each for each in room.channel.messages.values() if each.author is stage.discord.bot)
        growing.deleted = True
        stage.ollama.tokens_per_second = 0.0

    async with meanwhile(delete()):
        yield


def with_moderation(stage: Stage, word: str, code: int) -> None:
    """Refuse texts with a word on both platforms."""
    stage.discord.troubles.moderated[word] = code
    stage.slack.workspace.moderated[word] = "msg_blocked"


def without_moderation(stage: Stage) -> None:
    """Take every text again."""
    stage.discord.troubles.moderated.clear()
    stage.slack.workspace.moderated.clear()


def close(room: Room) -> None:
    """Take the right to write away."""
    if isinstance(room, DiscordRoom):
        room.channel.deny("send_messages", "view_channel" if room.asked else "send_messages")
    elif isinstance(room, SlackRoom):
        room.channel.refuses = "restricted_action"


def open_again(room: Room) -> None:
    """Give the right to write back."""
    if isinstance(room, DiscordRoom):
        room.channel.allow("send_messages", "view_channel")
    elif isinstance(room, SlackRoom):
        room.channel.refuses = ""
