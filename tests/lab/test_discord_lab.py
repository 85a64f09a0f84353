"""The loopback Discord against the real discord.py."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE

import aiohttp
import discord
import pytest

from tests.lab.discord_bot import World, lab, world

__all__ = ["lab", "world"]

CREATE = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def up(world: World) -> World:
    await world.start()
    return world


async def test_the_bot_logs_in_and_is_ready(up: World) -> None:
    assert up.bot.user
    assert up.bot.user.id == up.lab.bot.id
    assert up.bot.application_id == up.lab.application_id
    assert [guild.name for guild in up.bot.guilds] == ["School"]
    assert up.text_channel().name == "general"


@pytest.mark.usefixtures("lab")
async def test_a_wrong_token_is_refused() -> None:
    async with discord.Client(intents=discord.Intents.none()) as client:
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")


async def test_a_mention_arrives_and_its_reply_is_on_the_wall(up: World) -> None:
    up.bot.says = lambda message: message.reply(f"You said: {message.clean_content}")

    asked = await up.lab.say(up.channel, up.ada, "hello", mention=True)
    wall = await up.lab.wall_reads(up.channel, lambda wall: wall[-1].author is up.lab.bot)

    assert "hello" in wall[-1].text
    assert wall[-1].reply_to is asked
    assert wall[-1].pinged == {up.ada.id}
    assert up.lab.violations == []


async def test_an_edit_changes_what_people_see(up: World) -> None:
    sent = await up.text_channel().send("first")
    await sent.edit(content="second")

    (message,) = up.lab.wall(up.channel)
    assert message.text == "second"
    assert [text for _, text in message.history] == ["first", "second"]
    assert up.lab.violations == []


async def test_people_edit_and_delete_their_messages(up: World) -> None:
    said = await up.lab.say(up.channel, up.ada, "frst", mention=True)
    edited = asyncio.create_task(up.bot.wait_for("raw_message_edit", timeout=5))
    deleted = asyncio.create_task(up.bot.wait_for("raw_message_delete", timeout=5))
    await asyncio.sleep(0)
    await up.lab.edit(said, "first")
    await up.lab.delete(said)

    assert (await edited).message_id == (await deleted).message_id == said.id


async def test_an_ordered_429_is_slept_out_and_tried_again(up: World) -> None:
    up.lab.fail_next(CREATE, status=429, times=2, retry_after=0.01)
    await up.text_channel().send("patience")

    assert [seen.status for seen in up.lab.requested(CREATE)] == [429, 429, 200]
    assert [message.text for message in up.lab.wall(up.channel)] == ["patience"]


async def test_a_full_bucket_refuses_who_does_not_wait(up: World) -> None:
    up.lab.rate_limits.set(CREATE, 1, 60)
    url, body = (
        f"{up.lab.api_url}/channels/{up.channel.id}/messages",
        {"content": "x", "allowed_mentions": {"parse": []}},
    )
    headers = {"Authorization": f"Bot {up.lab.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        first, second = [await session.post(url, json=body) for _ in range(2)]
        told = await second.json()

    assert (first.status, first.headers["X-RateLimit-Remaining"]) == (200, "0")
    assert (second.status, second.headers["Via"], told["global"]) == (429, "1.1 google", False)
    assert 0 < told["retry_after"] <= 60


async def test_discord_py_waits_until_a_full_bucket_is_open_again(up: World) -> None:
    up.lab.rate_limits.set(CREATE, 1, 0.1)
    await up.text_channel().send("one")
    await up.text_channel().send("two")
    await up.text_channel().send("three")

    assert [seen.status for seen in up.lab.requested(CREATE)] == [200, 200, 200]


async def test_a_server_error_is_tried_again_and_the_nonce_keeps_one_message(up: World) -> None:
    up.lab.fail_next(CREATE, status=502, carried_out=True)
    await up.text_channel().send("once", nonce="7")

    assert [seen.status for seen in up.lab.requested(CREATE)] == [502, 200]
    assert [message.text for message in up.lab.wall(up.channel)] == ["once"]


async def test_a_lost_acknowledgement_leaves_the_message_on_the_wall(up: World) -> None:
    up.lab.fail_next(CREATE, drop=True)
    with pytest.raises(aiohttp.ClientError):
        await up.text_channel().send("did it arrive?", nonce="1")
    again = await up.text_channel().send("did it arrive?", nonce="1")

    assert [message.id for message in up.lab.wall(up.channel)] == [again.id]


async def test_content_over_2000_characters_is_refused_and_recorded(up: World) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await up.text_channel().send("x" * 2001)

    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert "Must be 2000 or fewer" in refused.value.text
    assert [violation.rule for violation in up.lab.violations] == ["BASE_TYPE_MAX_LENGTH"]


async def test_a_channel_where_the_bot_may_not_write_answers_403(up: World) -> None:
    up.channel.deny("send_messages")
    with pytest.raises(discord.Forbidden) as refused:
        await up.text_channel().send("may I?")

    assert refused.value.code == 50013


async def test_an_hour_old_message_is_not_edited(up: World) -> None:
    sent = await up.text_channel().send("early")
    up.lab.clock.advance(3601)
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="late")

    assert (refused.value.status, refused.value.code) == (429, 30046)


async def test_a_text_without_a_policy_on_mentions_is_recorded(world: World) -> None:
    await world.start(policy=False)
    await world.text_channel().send("@everyone")

    assert world.lab.wall(world.channel)[-1].pinged_everyone
    assert [violation.rule for violation in world.lab.violations] == ["ALLOWED_MENTIONS_MISSING"]


async def test_a_thread_is_made_of_a_message_and_written_in(up: World) -> None:
    asked = await up.lab.say(up.channel, up.ada, "let us talk", mention=True)
    await up.lab.until(lambda: up.bot.heard)
    thread = await up.bot.heard[0].create_thread(name="talk", auto_archive_duration=1440)
    await thread.send("here")

    assert asked.thread
    assert [message.text for message in up.lab.wall(asked.thread)] == ["here"]
    assert up.lab.violations == []


async def test_a_person_starts_a_thread_the_bot_hears(up: World) -> None:
    thread = up.channel.start_thread("questions", owner=up.ada)
    await up.lab.say(thread, up.ada, "in here", mention=True)
    await up.lab.until(lambda: up.bot.heard)

    assert isinstance(up.bot.heard[0].channel, discord.Thread)


async def test_files_are_uploaded_and_typing_is_seen(up: World) -> None:
    file = discord.File(__file__, filename="answer.md")
    await up.text_channel().typing()
    await up.text_channel().send("long", file=file)

    (message,) = up.lab.wall(up.channel)
    assert [each.filename for each in message.attachments] == ["answer.md"]
    assert len(up.channel.typed_at) == 1
    assert up.lab.violations == []


async def test_the_model_cannot_ping_whom_the_policy_spares(up: World) -> None:
    await up.text_channel().send(f"@everyone {up.ada.mention}")

    (message,) = up.lab.wall(up.channel)
    assert (message.pinged, message.pinged_everyone) == (set(), False)


@pytest.mark.parametrize(
    ("text", "fetched"),
    [
        ("See https://owl.example/a.", ["https://owl.example/a."]),
        ("[Owls](https://owl.example/b)", ["https://owl.example/b"]),
        ("See <https://owl.example>, `https://owl.example`.", []),
    ],
)
async def test_addresses_are_fetched_to_unfold_them(up: World, text: str, fetched: list[str]) -> None:
    await up.text_channel().send(text)

    assert up.lab.world.crawled == fetched


async def test_a_message_that_suppresses_embeds_keeps_doing_so_until_an_edit_says_otherwise(up: World) -> None:
    sent = await up.text_channel().send("https://owl.example/1", suppress_embeds=True)
    await sent.edit(content="https://owl.example/2", suppress=True)
    await up.text_channel().get_partial_message(sent.id).edit(content="https://owl.example/3")
    kept = [*up.lab.world.crawled]
    await sent.edit(content="https://owl.example/4", suppress=False)

    assert kept == []
    assert up.lab.world.crawled == ["https://owl.example/4"]


async def test_a_full_guild_takes_no_more_threads(up: World) -> None:
    up.guild.max_active_threads = 0
    with pytest.raises(discord.HTTPException) as refused:
        await up.text_channel().create_thread(name="one more", type=discord.ChannelType.public_thread)

    assert refused.value.code == 160006


async def test_a_thread_needs_its_own_permission_to_write(up: World) -> None:
    thread = up.channel.start_thread("questions")
    await up.lab.until(lambda: up.bot.get_channel(thread.id))
    up.channel.deny("send_messages")
    await up.channel_in_bot(thread).send("still here")
    up.channel.deny("send_messages_in_threads")
    with pytest.raises(discord.Forbidden):
        await up.channel_in_bot(thread).send("and now?")

    assert [message.text for message in up.lab.wall(thread)] == ["still here"]


async def test_a_reply_to_a_deleted_message_is_refused_unless_it_may_stand_alone(up: World) -> None:
    asked = await up.lab.say(up.channel, up.ada, "never mind", mention=True)
    await up.lab.until(lambda: up.bot.heard)
    await up.lab.delete(asked)
    with pytest.raises(discord.HTTPException):
        await up.bot.heard[0].reply("too late")
    await up.text_channel().send("anyway", reference=up.bot.heard[0].to_reference(fail_if_not_exists=False))

    assert [(message.text, message.reply_to) for message in up.lab.wall(up.channel)] == [("anyway", None)]


async def test_reactions_go_both_ways(up: World) -> None:
    added = asyncio.create_task(up.bot.wait_for("raw_reaction_add", timeout=5))
    sent = await up.text_channel().send("like it?")
    message = up.lab.wall(up.channel)[0]
    await up.lab.react(message, up.ada, "👍")
    await sent.add_reaction("👀")

    assert (await added).user_id == up.ada.id
    assert list(message.reactions) == ["👍", "👀"]


async def test_who_takes_no_dms_gets_none(up: World) -> None:
    up.ada.accepts_dms = False
    user = await up.bot.fetch_user(up.ada.id)
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("hello?")

    assert refused.value.code == 50007


async def test_the_global_limit_answers_429(up: World) -> None:
    up.lab.rate_limits.global_per_s = 1
    await asyncio.gather(*(up.text_channel().fetch_message(1) for _ in range(2)), return_exceptions=True)

    assert 429 in {seen.status for seen in up.lab.requests}


async def test_it_runs_as_a_program_for_another_process() -> None:
    program = [sys.executable, "-m", "tests.lab.discord", "--users", "2"]
    process = await asyncio.create_subprocess_exec(*program, stdout=PIPE)
    assert process.stdout
    told = json.loads(await process.stdout.readline())
    order = {"channel": told["channels"][0], "user": told["users"][1], "text": "hello"}
    async with aiohttp.ClientSession() as session:
        said = await (await session.post(f"{told['control_url']}/say", json=order)).json()
        wall = await (await session.get(f"{told['control_url']}/wall?channel={told['channels'][0]}")).json()
    process.terminate()

    assert await process.wait() == 0
    assert [(message["id"], message["text"]) for message in wall] == [(said["id"], "hello")]
