"""Whether and how much a model is asked to think: said with every request, kept with the choice of the model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ModelCard, Notice, Think
from bot.engine.command_parsing import parse_mention, parse_slash
from bot.engine.thinking import think_of
from bot.errors import UserError
from tests.engine.talk import NOAM, Talk
from tests.fakes import card

THINKS = frozenset({"completion", "thinking"})
THINKER = card("qwen3:8b", capabilities=THINKS)
BY_LEVEL = card("gpt-oss:20b", capabilities=THINKS)
UNSAID = replace(card("Qwen/Qwen3-8B"), tells_thinking=False)
PLAIN = card("falcon:7b")


@pytest.mark.parametrize(
    ("model", "chosen", "asked"),
    [
        (PLAIN, None, Think.OFF),
        (PLAIN, Think.ON, Think.OFF),
        (THINKER, None, Think.OFF),
        (THINKER, Think.ON, Think.ON),
        (THINKER, Think.HIGH, Think.ON),
        (BY_LEVEL, None, Think.LOW),
        (BY_LEVEL, Think.OFF, Think.LOW),
        (BY_LEVEL, Think.ON, Think.MEDIUM),
        (BY_LEVEL, Think.HIGH, Think.HIGH),
        (UNSAID, None, Think.OFF),
        (UNSAID, Think.ON, Think.ON),
    ],
)
def test_a_model_is_asked_what_it_can_take(model: ModelCard, chosen: Think | None, asked: Think) -> None:
    assert think_of(model, chosen) is asked


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gpt-oss:20b", ""),
        ("openai/gpt-oss-120b", ""),
        ("GPT_OSS", ""),
        ("team-model:1", "gptoss"),
        ("x/y/gpt-oss", ""),
    ],
)
def test_a_model_of_levels_is_known_by_name_or_family(name: str, family: str) -> None:
    assert replace(card(name), family=family).thinks_by_level


@pytest.mark.parametrize("name", ["not-gpt-ossified", "gpt-4", "my-gpt-oss-like"])
def test_another_model_is_none_of_levels(name: str) -> None:
    assert not card(name).thinks_by_level or name.startswith("gpt-oss")


@given(st.sampled_from([PLAIN, THINKER, BY_LEVEL, UNSAID]), st.sampled_from([None, *Think]))
def test_every_request_says_whether_to_think(model: ModelCard, chosen: Think | None) -> None:
    assert think_of(model, chosen) in set(Think)


async def test_every_chat_says_it() -> None:
    talk = Talk()
    talk.backend.install(THINKER, BY_LEVEL)
    for name in ("falcon:7b", "qwen3:8b", "gpt-oss:20b"):
        await talk.command("model use", name=name)
        await talk.say("Hello")

    assert [each.think for each in talk.backend.requests] == [Think.OFF, Think.OFF, Think.LOW]


async def test_a_choice_is_kept_with_the_model_and_holds_for_whom_it_was_made() -> None:
    talk = Talk()
    talk.backend.install(THINKER)
    told = await talk.command("model use", name="qwen3:8b", think="on")
    await talk.say("Hello")
    await talk.command("model use", name="qwen3:8b", person=NOAM)
    await talk.say("Hello", person=NOAM)
    await talk.say("And again")

    assert "model.use.think" in told.notices
    assert [each.think for each in talk.backend.requests] == [Think.ON, Think.OFF, Think.ON]


async def test_a_later_choice_without_it_takes_it_back() -> None:
    talk = Talk()
    talk.backend.install(THINKER)
    await talk.command("model use", name="qwen3:8b", think="on")
    await talk.command("model use", name="qwen3:8b")
    await talk.say("Hello")

    assert talk.backend.requests[-1].think is Think.OFF


async def test_a_model_that_cannot_think_takes_no_such_choice() -> None:
    talk = Talk()
    with pytest.raises(UserError) as raised:
        await talk.command("model use", name="falcon:7b", think="high")

    assert raised.value.key == "error.model_cannot_think"
    assert "model.use.done" in (await talk.command("model use", name="falcon:7b", think="off")).notices


async def test_one_that_cannot_be_silenced_is_told_of_as_it_is_asked() -> None:
    talk = Talk()
    talk.backend.install(BY_LEVEL)
    told = await talk.command("model use", name="gpt-oss:20b", think="off")

    [said] = [each for each in told.of(Notice) if each.key == "model.use.think"]
    assert said.parameters["think"] == Notice("think.low")


async def test_why_says_how_much_the_model_thinks() -> None:
    talk = Talk()
    talk.backend.install(THINKER)
    await talk.command("model use", name="qwen3:8b", think="on")

    [said] = [each for each in (await talk.command("model why")).of(Notice) if each.key == "model.why.think"]
    assert said.parameters["think"] == Notice("think.on")


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("use m think:high", {"name": "m", "think": "high"}),
        ("use m think high", {"name": "m", "think": "high"}),
        ("use m thread think:low", {"name": "m", "for": "thread", "think": "low"}),
        ("use m for thread think low", {"name": "m", "for": "thread", "think": "low"}),
        ("use m think:off for:channel", {"name": "m", "for": "channel", "think": "off"}),
        ("use m think on for channel", {"name": "m", "for": "channel", "think": "on"}),
        ("use m THINK:ON", {"name": "m", "think": "on"}),
        ("use m thread", {"name": "m", "for": "thread"}),
    ],
)
def test_it_is_typed_in_any_place(typed: str, arguments: dict[str, str]) -> None:
    assert parse_slash("model", typed) == ("model use", arguments)
    assert parse_mention(f"model {typed}") == ("model use", arguments)


def test_what_is_no_way_to_think_is_refused() -> None:
    with pytest.raises(UserError) as raised:
        parse_slash("model", "use m think:hard")

    assert raised.value.key == "error.option_wrong"
