"""Names of models are completed on Discord among hundreds, without asking a host."""

from __future__ import annotations

import time

from bot.errors import Unavailable
from tests.adapters import discord_scene
from tests.fakes import card
from tests.lab.discord import DiscordLab

MANY = 500


async def test_five_hundred_models_are_completed_as_quickly_as_five() -> None:
    async with DiscordLab() as lab:
        scene = discord_scene.make_scene(lab)
        async with discord_scene.running(scene, scene.adapter):
            await scene.registered()
            spent = {count: await completed(lab, scene, count) for count in (5, MANY)}

    # What a round trip takes here anyhow is far more than a look at all the names.
    assert spent[MANY] < spent[5] * 10 + 0.1


async def completed(lab: DiscordLab, scene: discord_scene.Scene, count: int) -> float:
    """Return the seconds that the quickest of some completions took; the host is down, and nobody notices."""
    scene.backend.down = None
    scene.backend.cards = {each.name: each for each in (card(f"model-{number}:7b") for number in range(count))}
    await scene.engine.catalog.refresh()
    scene.backend.down = Unavailable("error.host_unreachable", host="fake")
    times = []
    for typed in ("model-", "7b", "mod", "el-4"):
        began = time.perf_counter()
        choices = await lab.autocomplete(scene.channel, scene.ada, "model", "pull", option="name", typed=typed)
        times.append(time.perf_counter() - began)
        assert 0 < len(choices) <= 25
    return min(times)
