"""Connections to Discord that break, resume, end and are refused, and what the privileged intent changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from discord import VoiceClient

from bot.errors import ConfigurationError
from tests.adapters.discord_scene import Scene, make_scene, running, set_up
from tests.engine.talk import until
from tests.fakes import Speech
from tests.lab.discord import DiscordLab


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


class TestConnection:
    async def test_what_is_said_during_an_interruption_is_answered(self, scene: Scene) -> None:
        await scene.lab.gateway.cut()
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

        assert "You said: Ada: hello" in (await scene.answer()).text
        assert (scene.lab.gateway.identified, scene.lab.gateway.resumed) == (1, 1)

    async def test_an_event_discord_py_cannot_read_ends_no_connection(self, scene: Scene) -> None:
        for session in scene.lab.gateway.sessions.values():
            session.dispatch("MESSAGE_CREATE", {"id": "1", "channel_id": str(scene.channel.id)})
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

        assert "You said: Ada: hello" in (await scene.answer()).text
        assert (scene.lab.gateway.identified, scene.lab.gateway.resumed) == (1, 0)

    async def test_a_session_ended_for_good_is_an_error_of_the_run(self) -> None:
        async with DiscordLab() as lab:
            scene = make_scene(lab)
            run = asyncio.create_task(scene.adapter.run())
            await lab.gateway.connected()
            await lab.gateway.close(4011)

            with pytest.raises(ConnectionError):
                await run
            assert not scene.adapter.ready.is_set()

    async def test_discord_may_ask_for_a_new_connection(self, scene: Scene) -> None:
        await scene.lab.gateway.reconnect()
        await scene.lab.gateway.connected()
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

        assert "You said: Ada: hello" in (await scene.answer()).text

    async def test_an_adapter_runs_again_after_it_ended(self) -> None:
        async with DiscordLab() as lab:
            scene = make_scene(lab)
            async with running(scene, scene.adapter):
                await scene.lab.say(scene.channel, scene.ada, "one", mention=True)
                await until(lambda: scene.history.turns and scene.history.turns[1].closed_with)
            lab.clock.advance(6)
            async with running(scene, scene.adapter):
                await scene.lab.say(scene.channel, scene.ada, "two", mention=True)

                assert "You said: Ada: two" in (await scene.answers(count=2))[1].text

    async def test_ending_cuts_an_answer_off_and_says_so(self) -> None:
        async with set_up() as scene:
            scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
            await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
            growing = await scene.reads("One owl")

        assert "interrupted here" in growing.text
        assert growing.buttons == []

    async def test_a_discord_that_refuses_the_start_is_an_error_of_the_run(self, scene: Scene) -> None:
        scene.lab.fail_next("GET /users/@me", status=403)

        with pytest.raises(ConnectionError):
            await scene.another_adapter().run()

    async def test_it_says_when_it_is_ready(self, scene: Scene) -> None:
        async with asyncio.timeout(10):
            await scene.adapter.ready.wait()

        assert scene.adapter.ready.is_set()

    async def test_it_is_not_ready_while_discord_is_away(self, scene: Scene) -> None:
        await scene.adapter.ready.wait()
        await scene.disconnected()
        scene.lab.gateway.is_down = False
        await scene.lab.gateway.connected()
        await scene.lab.until(scene.adapter.ready.is_set)

        assert scene.adapter.ready.is_set()

    async def test_it_ends_while_discord_is_away(self) -> None:
        async with DiscordLab() as lab:
            scene = make_scene(lab)
            async with asyncio.timeout(30):
                async with running(scene, scene.adapter):
                    await scene.adapter.ready.wait()
                    await scene.disconnected()

        assert not scene.adapter.ready.is_set()

    async def test_it_is_not_ready_while_one_shard_is_away(self) -> None:
        async with DiscordLab(shards=2, identify_interval_s=0) as lab:
            scene = make_scene(lab)
            async with running(scene, scene.adapter):
                await scene.adapter.ready.wait()
                await scene.disconnected(connections=1)

                assert len(lab.gateway.connections) == 1

    async def test_nobody_is_told_that_voice_is_missing(self, caplog: pytest.LogCaptureFixture) -> None:
        VoiceClient.warn_nacl = VoiceClient.warn_dave = True
        async with set_up() as scene:
            await scene.adapter.ready.wait()

        assert [record for record in caplog.records if record.levelname == "WARNING"] == []

    async def test_a_wrong_token_names_its_setting(self, scene: Scene) -> None:
        with pytest.raises(ConfigurationError) as refused:
            await scene.another_adapter(token="wrong").run()

        assert refused.value.parameters["variable"] == "LYCEUM_DISCORD__TOKEN"

    async def test_an_intent_the_application_lacks_names_its_setting(self, scene: Scene) -> None:
        scene.lab.clock.advance(6)

        with pytest.raises(ConfigurationError) as refused:
            await scene.another_adapter(message_content=True).run()

        assert refused.value.parameters["variable"] == "LYCEUM_DISCORD__MESSAGE_CONTENT"


class TestWithTheMessageContentIntent:
    async def test_a_reply_without_a_ping_is_read(self) -> None:
        async with set_up(message_content=True) as scene:
            await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
            first = await scene.answer()
            await scene.lab.say(scene.channel, scene.ada, "and then?", reply_to=first, ping=False)

            assert "You said: Ada: and then?" in (await scene.answers(count=2))[1].text

    async def test_talk_among_people_is_still_left_alone(self) -> None:
        async with set_up(message_content=True) as scene:
            await scene.lab.say(scene.channel, scene.ben, "hello all")
            await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
            await scene.answer()

            assert len(scene.history.turns) == 1
