"""Models that run elsewhere: nobody's choice and nobody's answer without consent, and marked with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Completion, Notice
from bot.errors import UserError
from tests.engine.talk import Heard, Talk, heard
from tests.fakes import Speech, card

FAR = replace(card("far:120b"), size_bytes=300, is_remote=True)
BARRED = replace(FAR, is_barred=True)


async def test_a_barred_model_cannot_be_chosen() -> None:
    talk = Talk()
    talk.backend.install(BARRED)

    with pytest.raises(UserError) as raised:
        await talk.command("model use", name="far:120b")

    assert raised.value.key == "error.model_barred"


async def test_the_list_says_why_a_barred_model_cannot_be_chosen() -> None:
    talk = Talk()
    talk.backend.install(BARRED, replace(FAR, name="allowed:120b"))

    rows = {part.parameters.get("model"): part for part in (await talk.command("model list")).of(Notice)}

    assert rows["far:120b"].key == "model.list.barred"
    assert rows["allowed:120b"].parameters["loaded"] == Notice("model.list.remote")


async def test_where_all_models_are_barred_nobody_is_asked() -> None:
    talk = Talk()
    talk.backend.cards = {BARRED.name: BARRED}

    with pytest.raises(UserError) as raised:
        await talk.say("Keep OWL-4711.")

    assert raised.value.key == "error.models_barred"
    assert talk.backend.requests == []


async def test_a_choice_that_was_barred_later_gives_way_with_a_notice() -> None:
    talk = Talk()
    talk.backend.install(FAR)
    await talk.command("model use", name="far:120b")
    talk.backend.install(BARRED)
    await talk.engine.catalog.refresh()

    answer = await talk.say("Keep OWL-4711.")

    assert [each.model for each in answer.of(Completion)] == ["falcon:7b"]
    assert "notice.model_gone" in answer.notices
    assert "model.why.barred" in (await talk.command("model why")).notices


async def test_a_model_that_turns_out_to_be_elsewhere_gives_way_before_it_is_asked() -> None:
    talk = Talk()
    talk.backend.install(FAR)
    await talk.command("model use", name="far:120b")
    await talk.say("Hello")
    talk.backend.install(BARRED)

    answer = await talk.say("Keep OWL-4711.")

    assert [each.model for each in answer.of(Completion)] == ["falcon:7b"]


async def test_what_turned_out_too_late_is_told_and_nothing_of_it_shown() -> None:
    talk = Talk()
    talk.backend.say(Speech("", error=UserError("error.model_left_house", host="h")))

    turn = await talk.accept("Keep OWL-4711.")
    said = Heard()
    with pytest.raises(UserError) as raised:
        await heard(talk.engine.reply(turn), said)

    assert raised.value.key == "error.model_left_house"
    assert said.text == ""


async def test_with_consent_every_answer_from_elsewhere_is_marked() -> None:
    talk = Talk()
    talk.backend.install(FAR)
    await talk.command("model use", name="far:120b")

    far = [await talk.say(f"Question {number}") for number in range(3)]
    await talk.command("model reset")
    here = await talk.say("And here?")

    assert [each.notices.count("notice.remote") for each in far] == [1, 1, 1]
    assert "notice.remote" not in here.notices


async def test_an_answer_is_marked_where_only_the_answer_tells() -> None:
    talk = Talk()
    talk.backend.say(Speech("Hi.", is_remote=True))

    assert "notice.remote" in (await talk.say("Hello")).notices
