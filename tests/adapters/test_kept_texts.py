"""What is kept of texts in memory goes when a person's words are erased."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from adapters import rendering
from adapters.discord.dialect import to_discord
from adapters.rendering.kept_texts import drop_kept_texts
from adapters.slack.dialect import to_slack
from tests.adapters.discord_scene import set_up


def caches() -> Iterator[Any]:
    """Give everything in the room that remembers texts; what has no bound keeps tables, and no text."""
    for found in pkgutil.iter_modules(rendering.__path__):
        module = importlib.import_module(f"adapters.rendering.{found.name}")
        for value in vars(module).values():
            is_ours = getattr(value, "__module__", "").startswith("adapters.")
            if is_ours and hasattr(value, "cache_info") and value.cache_info().maxsize is not None:
                yield value


def test_rendering_keeps_no_text_that_was_dropped() -> None:
    for render in (to_discord, to_slack):
        render("# CANARY\n\nA *word* and $a^2$\n\n| a | b |\n|---|---|\n| CANARY | 1 |\n")
    kept = sum(cache.cache_info().currsize for cache in caches())
    drop_kept_texts()

    assert kept
    assert [cache for cache in caches() if cache.cache_info().currsize] == []


async def test_who_is_forgotten_is_no_more_in_what_rendering_keeps() -> None:
    async with set_up() as scene:
        dm = scene.lab.dm(scene.ada)
        await scene.registered()
        await scene.lab.say(dm, scene.ada, "the owl is CANARY")
        await scene.reads("You said", dm)
        erased = await scene.lab.slash(dm, scene.ada, "forget", options={"confirm": "yes"})
        await scene.lab.until(lambda: any("Erased" in message.text for message in erased.wall))
        await scene.lab.until(lambda: not [cache for cache in caches() if cache.cache_info().currsize])


async def test_a_form_about_words_that_were_erased_has_lost_them() -> None:
    async with set_up() as scene:
        await scene.registered()
        said = await scene.lab.say(scene.channel, scene.ben, "the owl is CANARY")
        form = await scene.lab.context_menu(said, scene.ada, "Ask about this message")
        await form.acknowledged()
        erased = await scene.lab.slash(scene.lab.dm(scene.ben), scene.ben, "forget", options={"confirm": "yes"})
        await erased.answered()
        await scene.lab.until(lambda: not [cache for cache in caches() if cache.cache_info().currsize])
        await scene.lab.delete(said)
        call = await scene.lab.submit(form, {})

        assert "do not have the message any more" in (await call.answered()).text
