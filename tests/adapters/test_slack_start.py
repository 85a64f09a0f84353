"""How the Slack adapter starts, ends and starts again."""

from __future__ import annotations

import pytest

from bot.errors import ConfigurationError, Unavailable
from tests.adapters.slack_scene import make_adapter, make_scene, running
from tests.lab.slack import SlackLab


async def test_a_wrong_bot_token_names_its_setting() -> None:
    async with SlackLab() as lab:
        adapter = make_adapter(lab, make_scene(lab).engine, bot_token="xoxb-wrong")

        with pytest.raises(ConfigurationError) as told:
            await adapter.run()

        assert told.value.parameters["variable"] == "LYCEUM_SLACK__BOT_TOKEN"
        assert not adapter.ready.is_set()


async def test_a_wrong_app_token_names_its_setting() -> None:
    async with SlackLab() as lab:
        adapter = make_adapter(lab, make_scene(lab).engine, app_token="xapp-1-wrong")

        with pytest.raises(ConfigurationError) as told:
            await adapter.run()

        assert told.value.parameters["variable"] == "LYCEUM_SLACK__APP_TOKEN"


async def test_a_slack_that_is_out_of_order_may_be_tried_again() -> None:
    async with SlackLab() as lab:
        adapter = make_adapter(lab, make_scene(lab).engine)
        lab.fail_next("auth.test", http_status=500)

        with pytest.raises(Unavailable):
            await adapter.run()


async def test_an_adapter_runs_again_after_it_has_ended() -> None:
    async with SlackLab() as lab:
        scene = make_scene(lab)
        async with running(scene.adapter):
            await lab.socket.connected()
        assert not scene.adapter.ready.is_set()
        async with running(scene.adapter):
            await lab.say(scene.channel, scene.ada, "once more")

            assert await scene.answered("once more")
