"""A sample of what others send, over real connections: nothing is a traceback in the log, and the next is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random

from structlog.testing import capture_logs

from bot.domain import Completion
from bot.errors import BotError
from bot.llm.ollama import OllamaBackend
from tests.adapters import discord_scene, slack_scene
from tests.adapters import test_discord_events as payloads
from tests.fuzz import discord_targets, samples
from tests.fuzz.mutations import changed, torn, written
from tests.lab.ollama import OllamaLab, Reply
from tests.llm.ollama_talk import REQUEST

CASES = 60
FIRST_ID = 1_576_929_580_571_164_000
PATIENCE_S = 30.0


def tracebacks(logged: Sequence[Mapping[str, object]]) -> list[object]:
    """Return what was logged with a traceback."""
    return [each for each in logged if each.get("exc_info")]


async def ended(backend: OllamaBackend) -> object:
    """Ask and return how that ended."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return [event async for event in backend.chat(REQUEST)][-1]
    except BotError as error:
        return error


async def test_a_host_that_streams_oddly_ends_every_chat() -> None:
    async with OllamaLab() as lab:
        backend = OllamaBackend(host=lab.url, first_byte_s=5, stall_s=5)
        outcomes = []
        for number in range(CASES):
            random = Random(f"streams:{number}")
            said = [random.choice(samples.SAID) for _ in range(3)]
            body = b"".join(written(changed(each, random)) + b"\n" for each in said).decode("utf-8", "replace")
            lab.next_chat(Reply(200, body=body, content_type="application/x-ndjson"))
            outcomes.append(await ended(backend))
        after = await ended(backend)
        await backend.close()

    assert all(isinstance(each, BotError | Completion) for each in outcomes)
    assert isinstance(after, Completion)


async def test_a_host_that_lists_oddly_ends_every_list() -> None:
    async with OllamaLab() as lab:
        backend = OllamaBackend(host=lab.url, stall_s=5)
        for number in range(CASES):
            random = Random(f"lists:{number}")
            path = random.choice(("/api/tags", "/api/ps", "/api/show"))
            sample = samples.SHOWN if path == "/api/show" else samples.TAGS
            body = (
                torn(written(changed(sample, random)), random) if number % 3 == 0 else written(changed(sample, random))
            )
            lab.next_reply(path, Reply(random.choice((200, 200, 403, 500)), body=body.decode("utf-8", "replace")))
            with suppress(BotError):
                async with asyncio.timeout(PATIENCE_S):
                    await backend.models()
        lab.replies.clear()
        cards = await backend.models()
        await backend.close()

    assert [card.name for card in cards if card.can_chat]


async def test_odd_events_of_slack_are_no_tracebacks_and_the_next_is_answered() -> None:
    async with slack_scene.set_up() as scene:
        with capture_logs() as logged:
            for number in range(CASES):
                random = Random(f"slack:{number}")
                event = random.choice(samples.SLACK_EVENTS)["event"]
                odd = changed({**event, "channel": scene.channel.id, "user": scene.ada.id}, random)
                await scene.lab.send_event(odd if isinstance(odd, dict) else {})
            await scene.lab.say(scene.channel, scene.ben, "Where do owls sleep?", mention=True)
            await scene.shown("Where do owls sleep?")

    assert tracebacks(logged) == []


async def test_odd_events_of_discord_are_no_tracebacks_and_the_next_is_answered() -> None:
    async with discord_scene.set_up() as scene:
        here = {"channel_id": str(scene.channel.id), "guild_id": str(scene.guild.id)}
        bot = payloads.user(str(scene.lab.bot.id), "Lyceum", bot=True)
        (session,) = scene.lab.gateway.sessions.values()
        with capture_logs() as logged:
            for number in range(CASES):
                random = Random(f"discord:{number}")
                # Few to the bot: Discord takes five answers in five seconds.
                mentions = {"mentions": [bot]} if number % 20 == 0 else {}
                said = payloads.message(f"<@{scene.lab.bot.id}> hello", id=str(FIRST_ID + number), **here, **mentions)
                session.dispatch(random.choice(("MESSAGE_CREATE", "MESSAGE_UPDATE")), changed(said, random))
                called = changed(random.choice(discord_targets.INTERACTIONS), random)
                session.dispatch("INTERACTION_CREATE", called)
            await scene.lab.say(scene.channel, scene.ben, "Where do owls sleep?", mention=True)
            await scene.reads("Where do owls sleep?")

    assert tracebacks(logged) == []
