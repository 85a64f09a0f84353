"""What is kept of texts in memory goes when a person's words are erased."""

from __future__ import annotations

from adapters.rendering.remembered import remembered_count
from tests.adapters.discord_scene import set_up


async def test_a_form_about_words_that_were_erased_has_lost_them() -> None:
    async with set_up() as scene:
        await scene.registered()
        said = await scene.lab.say(scene.channel, scene.ben, "the owl is CANARY")
        form = await scene.lab.context_menu(said, scene.ada, "Ask about this message")
        await form.acknowledged()
        erased = await scene.lab.slash(scene.lab.dm(scene.ben), scene.ben, "forget", options={"confirm": "yes"})
        await erased.answered()
        await scene.lab.until(lambda: not remembered_count())
        await scene.lab.delete(said)
        call = await scene.lab.submit(form, {})

        assert "do not have the message any more" in (await call.answered()).text
