"""People stop, and take back, in the first instants of an answer: it ends, and everybody is answered afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from bot.domain import ChatRequest
from tests.adapters import discord_scene, slack_scene
from tests.fakes import FakeBackend, Speech
from tests.lab import discord, slack

DELAYS_S = [ms / 1000 for ms in range(0, 310, 10)]
PLENTY = 1_000_000
WITHIN_S = 20.0
ALL_AT_ONCE = 2 * len(DELAYS_S)


def hold(backend: FakeBackend) -> None:
    """Let every answer fall silent after its first word, until the backend is released."""

    def held(request: ChatRequest) -> Speech:
        return Speech(f"yes: {request.prompt[-1].content}", holds=True, after=1)

    backend.answer = held


@pytest.fixture
def ways() -> Iterable[tuple[float, bool]]:
    """After how long each question is cut off, and whether by deleting it."""
    return [(delay_s, deletes) for delay_s in DELAYS_S for deletes in (False, True)]


async def test_on_discord_a_stop_at_any_early_moment_ends_that_answer_alone(ways: Iterable[tuple[float, bool]]) -> None:
    async with discord_scene.set_up(parallel=ALL_AT_ONCE) as scene:
        scene.lab.rate_limits.global_per_s = PLENTY
        await scene.registered()
        hold(scene.backend)

        async def ask_and_cut(channel: discord.Channel, delay_s: float, *, deletes: bool) -> None:
            asked = await scene.lab.say(channel, people[channel.id], "count", mention=True)
            await asyncio.sleep(delay_s)
            if deletes:
                await scene.lab.delete(asked)
            else:
                await (await scene.lab.slash(channel, people[channel.id], "stop")).answered()

        async def asked_again(channel: discord.Channel) -> None:
            await scene.lab.say(channel, people[channel.id], "and now?", mention=True)
            await scene.lab.wall_reads(
                channel, lambda wall: any("yes: " in each.text and ": and now?" in each.text for each in wall), WITHIN_S
            )

        channels = {way: scene.guild.add_channel(f"{way[0]} {way[1]}") for way in ways}
        # Each their own: one person may have only so many questions in line.
        people = {channel.id: scene.lab.add_user(f"cy{channel.id}") for channel in channels.values()}
        for person in people.values():
            scene.guild.add_member(person)
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(*(ask_and_cut(channel, s, deletes=d) for (s, d), channel in channels.items()))
            scene.backend.release()
            await asyncio.gather(*(asked_again(channel) for channel in channels.values()))

        await scene.lab.until(lambda: not scene.turns.store.open_turns())
        assert scene.backend.running == 0


async def test_on_slack_a_stop_at_any_early_moment_ends_that_answer_alone(ways: Iterable[tuple[float, bool]]) -> None:
    async with slack_scene.set_up(slack.SlackLab(rates=slack_scene.unlimited()), parallel=ALL_AT_ONCE) as scene:
        hold(scene.backend)

        async def ask_and_cut(channel: slack.Channel, person: slack.User, delay_s: float) -> None:
            asked = await scene.lab.say(channel, person, "count")
            await asyncio.sleep(delay_s)
            # Slack tells the bot of deletions in direct messages alone.
            if channel.is_im:
                await scene.lab.delete(asked.message)
            else:
                await scene.lab.slash(channel, person, "/stop")

        async def asked_again(channel: slack.Channel, person: slack.User) -> None:
            await scene.lab.say(channel, person, "and now?")
            await scene.answered("and now?", channel=channel)

        people = [scene.lab.add_user(f"cy{number}") for number in range(ALL_AT_ONCE)]
        places = [
            (scene.lab.dm(person) if deletes else scene.lab.add_channel(f"c-{person.name}", [person]), person, delay_s)
            for person, (delay_s, deletes) in zip(people, ways, strict=True)
        ]
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(*(ask_and_cut(channel, person, delay_s) for channel, person, delay_s in places))
            scene.backend.release()
            await asyncio.gather(*(asked_again(channel, person) for channel, person, _ in places))

        await scene.lab.until(lambda: not scene.turns.store.open_turns())
        assert scene.backend.running == 0
