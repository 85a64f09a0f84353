"""A model is removed when somebody has seen who uses it, and has pressed for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.errors import UserError
from tests.engine.lab_talk import lab_talk, olmo, shown
from tests.engine.talk import BOSS, DANA, ROOM, Heard, Talk
from tests.lab.ollama import LabModel, OllamaLab, Reply


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab() as running:
        running.install(olmo())
        yield running


@pytest.fixture
async def talk(lab: OllamaLab) -> AsyncGenerator[Talk]:
    async with lab_talk(lab) as running:
        yield running


async def asked(talk: Talk, **given: str) -> Heard:
    return await talk.command("model remove", person=BOSS, at=ROOM, direct=False, **given)


async def test_nothing_is_removed_before_the_button_is_pressed(lab: OllamaLab, talk: Talk) -> None:
    question = await asked(talk, name="olmo2:7b")
    before = "olmo2:7b" in lab.models
    done = await talk.press_under(question, "remove", person=BOSS)

    assert before
    assert "olmo2:7b" not in lab.models
    assert done.notices == ["remove.done"]


async def test_from_a_host_that_does_not_have_it_nothing_is_removed(lab: OllamaLab) -> None:
    async with OllamaLab() as other, lab_talk(lab, other) as talk:
        with pytest.raises(UserError) as error:
            await asked(talk, name="olmo2:7b", on=other.url.removeprefix("http://"))

    assert error.value.key == "error.remove_not_there"
    assert "olmo2:7b" in lab.models


async def test_who_uses_it_is_named_and_how_it_comes_back(talk: Talk) -> None:
    await talk.say("hello")
    await talk.command("model use", name="olmo2:7b")
    await talk.command("model use", person=BOSS, name="olmo2:7b", for_="channel")
    await talk.command("model use", person=BOSS, name="olmo2:7b", for_="workspace")
    await talk.command("model use", at=replace(ROOM, workspace="W2"), name="olmo2:7b")
    told = await asked(talk, name="olmo2:7b")

    assert [each for each in told.notices if "chosen" in each] == [
        "remove.chosen_me",
        "remove.chosen_channel",
        "remove.chosen_workspace",
        "remove.chosen_elsewhere",
    ]
    assert "Dana" in shown(told)
    assert "/model pull olmo2:7b" in shown(told)


async def test_the_model_that_answers_by_default_is_told_to_be_it(talk: Talk) -> None:
    assert "remove.default" in (await asked(talk, name="olmo2:7b")).notices


async def test_a_model_nobody_chose_is_told_to_be_free(lab: OllamaLab, talk: Talk) -> None:
    lab.install(LabModel(name="tiny:1b", parameter_size="0.1B"))

    assert "remove.unused" in (await asked(talk, name="tiny:1b")).notices


async def test_a_model_in_memory_is_told_to_be_there(talk: Talk) -> None:
    await talk.command("model use", name="olmo2:7b")
    await talk.say("hello")

    assert "remove.loaded" in (await asked(talk, name="olmo2:7b")).notices


async def test_only_an_admin_may_ask_and_press(lab: OllamaLab, talk: Talk) -> None:
    with pytest.raises(UserError) as refused:
        await talk.command("model remove", person=DANA, name="olmo2:7b")
    question = await asked(talk, name="olmo2:7b")
    with pytest.raises(UserError) as pressed:
        await talk.press_under(question, "remove", person=DANA)

    assert {refused.value.key, pressed.value.key} == {"error.models_admin_only"}
    assert "olmo2:7b" in lab.models


async def test_what_has_changed_since_it_was_asked_about_is_not_removed(lab: OllamaLab, talk: Talk) -> None:
    question = await asked(talk, name="olmo2:7b")
    lab.install(olmo(size=6_000_000_000))
    with pytest.raises(UserError) as refused:
        await talk.press_under(question, "remove", person=BOSS)

    assert refused.value.key == "error.remove_gone"
    assert "olmo2:7b" in lab.models


async def test_the_button_works_once(talk: Talk) -> None:
    question = await asked(talk, name="olmo2:7b")
    await talk.press_under(question, "remove", person=BOSS)
    with pytest.raises(UserError) as refused:
        await talk.press_under(question, "remove", person=BOSS)

    assert refused.value.key == "error.remove_gone"


async def test_a_mistyped_name_is_told_with_the_one_that_was_meant(talk: Talk) -> None:
    with pytest.raises(UserError) as refused:
        await asked(talk, name="olmo2:7bb")

    assert (refused.value.key, refused.value.parameters["nearest"]) == ("error.model_unknown_near", "olmo2:7b")


async def test_it_goes_from_all_hosts_or_from_the_named_one() -> None:
    async with OllamaLab((olmo(),)) as first, OllamaLab((olmo(),)) as second, lab_talk(first, second) as talk:
        named = await asked(talk, name="olmo2:7b", on=second.url.removeprefix("http://"))
        await talk.press_under(named, "remove", person=BOSS)
        there = "olmo2:7b" in first.models, "olmo2:7b" in second.models
        await talk.press_under(await asked(talk, name="olmo2:7b"), "remove", person=BOSS)

        assert there == (True, False)
        assert "olmo2:7b" not in first.models


async def test_a_host_that_fails_is_told_beside_those_that_did_it() -> None:
    async with OllamaLab((olmo(),)) as first, OllamaLab((olmo(),)) as second, lab_talk(first, second) as talk:
        question = await asked(talk, name="olmo2:7b")
        second.next_reply("/api/delete", Reply(500, "cannot remove"))
        done = await talk.press_under(question, "remove", person=BOSS)

        assert done.notices == ["remove.done", "error.host_failed"]
        assert first.url.removeprefix("http://") in shown(done).splitlines()[0]
        assert "olmo2:7b" in second.models
