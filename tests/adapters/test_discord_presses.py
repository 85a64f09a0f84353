"""The buttons under answers on Discord: pressed openly and privately, with forms, after restarts, by anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.discord_scene import MESSAGES, Scene, set_up
from tests.contracts.stores import in_sqlite
from tests.lab.discord import Interaction, Message

AGAIN, GOOD, BAD, PUBLISH = "Regenerate", "Good", "Not good", "Show to everyone"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.registered()
        yield scene


async def answered(scene: Scene, text: str = "count owls") -> Message:
    await scene.lab.say(scene.channel, scene.ada, text, mention=True)
    answer = await scene.answer()
    await scene.lab.until(lambda: answer.buttons)
    return answer


async def privately(scene: Scene, text: str = "count owls") -> Message:
    """Ask privately and wait for the finished answer."""
    options = {"question": text, "private": "yes"}
    call = await scene.lab.slash(scene.channel, scene.ada, "ask", options=options)
    return await finished(scene, call)


async def finished(scene: Scene, call: Interaction) -> Message:
    await scene.lab.until(lambda: call.wall and AGAIN in call.wall[-1].buttons)
    return call.wall[-1]


class TestOpenly:
    async def test_an_answer_is_offered_with_its_buttons(self, scene: Scene) -> None:
        answer = await answered(scene)

        assert answer.buttons == [AGAIN, "Ask another model", GOOD, BAD]
        assert all(len(custom_id) <= 100 for custom_id in answer.custom_ids)

    async def test_a_question_is_answered_again_below_it(self, scene: Scene) -> None:
        first = await answered(scene)
        scene.backend.say("Seven owls.")
        press = await scene.lab.press(first, AGAIN, scene.ada)
        second = await scene.reads("Seven owls.")

        assert second.reply_to is first.reply_to
        assert (await press.acknowledged())["type"] == 6
        assert press.followups == []

    async def test_a_button_of_another_version_is_told_in_words(self, scene: Scene) -> None:
        answer = await answered(scene)
        answer.components[0]["components"][0]["custom_id"] = "do:again?turn"
        press = await scene.lab.press(answer, AGAIN, scene.ada)

        assert "I do not know this button any more" in (await press.answered()).text

    async def test_a_press_that_comes_too_late_does_nothing(self, scene: Scene) -> None:
        answer = await answered(scene)
        await scene.lab.press(answer, AGAIN, scene.ada, age_s=4.0)
        rating = await scene.lab.press(answer, GOOD, scene.ada)
        await rating.answered()
        scene.lab.violations.clear()

        assert len(scene.backend.requests) == 1


class TestForms:
    async def test_what_was_not_good_is_asked_for_first(self, scene: Scene) -> None:
        answer = await answered(scene)
        form = await scene.lab.press(answer, BAD, scene.ada)
        await form.acknowledged()
        sent = await scene.lab.submit(form, {"reason": "There were eight."})
        told = await sent.answered()

        assert form.modal["custom_id"].startswith("do:rate?")
        assert told.seen_only_by is scene.ada

    async def test_the_form_speaks_the_language_of_the_person(self, scene: Scene) -> None:
        dana = scene.lab.add_user("Dana", locale="he")
        scene.guild.add_member(dana)
        answer = await answered(scene)
        form = await scene.lab.press(answer, BAD, dana)
        await form.acknowledged()

        assert form.modal["title"] == "רק רגע"


class TestPrivately:
    async def test_only_who_asked_sees_its_buttons(self, scene: Scene) -> None:
        answer = await privately(scene)

        with pytest.raises(PermissionError):
            await scene.lab.press(answer, PUBLISH, scene.ben)


class TestElsewhere:
    async def test_an_answer_where_the_bot_is_not_is_made_again_through_the_press(self, scene: Scene) -> None:
        group = scene.lab.group_dm(scene.ada, scene.ben)
        call = await scene.lab.slash(group, scene.ada, "ask", options={"question": "count owls"})
        first = await finished(scene, call)
        scene.backend.say("Seven owls.")
        press = await scene.lab.press(first, AGAIN, scene.ada)
        second = await finished(scene, press)

        assert "Seven owls." in second.text
        assert second.seen_only_by is None
        assert scene.requests("POST", MESSAGES) == 0


HUGE = 10**30
FORGED = [
    "stop:", "stop:abc", "stop:-1", f"stop:{HUGE}", "stop:٣", f"stop:{2**31}",
    "do:again", "do:again?turn=abc", f"do:again?turn={HUGE}", f"do:rate?turn={HUGE}&verdict=good",
    "do:rate?turn=1&verdict=love", "do:publish?turn=", "do:model+use?name=x&for=moon", "do:nothing", "do:", "nonsense",
    "do:nothing#why", "do:ask", f"do:lesson+answer?quiz={HUGE}-1&at={HUGE}&choice=0&right=0",
]  # fmt: skip


@pytest.mark.parametrize("custom_id", FORGED)
async def test_a_forged_button_ends_in_a_sentence(tmp_path: Path, custom_id: str) -> None:
    async with in_sqlite(tmp_path) as stores, set_up(stores=stores) as scene:
        answer = await answered(scene)
        press = await scene.lab.press(answer, AGAIN, scene.ada, custom_id=custom_id)
        told = await press.answered()

        assert "Something went wrong" not in told.text
        assert told.seen_only_by is scene.ada
