"""What `ports.Choices` promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, Choice, Level, Think
from bot.ports import Choices
from tests.contracts.stores import HERE, IMPLEMENTATIONS

DIRECT = Address("discord", "", "dm")


@pytest.fixture(params=IMPLEMENTATIONS)
async def choices(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Choices]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores.choices


async def models(choices: Choices, address: Address, person_id: str = "pia") -> list[str]:
    return [choice.model for choice in await choices.chain(address, person_id)]


async def test_where_nothing_was_chosen_the_chain_is_empty(choices: Choices) -> None:
    assert list(await choices.chain(HERE, "pia")) == []


async def test_the_chain_is_nearest_first_whatever_was_chosen_first(choices: Choices) -> None:
    for level in reversed(Level):
        await choices.choose(level, HERE, "pia", model=f"for {level}")

    assert list(await choices.chain(HERE, "pia")) == [Choice(level, f"for {level}", "pia") for level in Level]


@pytest.mark.parametrize("think", [None, *Think])
async def test_how_much_a_model_is_to_think_is_kept_with_the_choice(choices: Choices, think: Think | None) -> None:
    await choices.choose(Level.CHANNEL, HERE, "pia", model="m", think=Think.HIGH)
    await choices.choose(Level.CHANNEL, HERE, "pia", model="m", think=think)

    assert list(await choices.chain(HERE, "tom")) == [Choice(Level.CHANNEL, "m", "pia", think)]


async def test_levels_without_a_choice_are_left_out(choices: Choices) -> None:
    await choices.choose(Level.WORKSPACE, HERE, "pia", model="wide")
    await choices.choose(Level.ME, HERE, "pia", model="mine")

    assert await models(choices, HERE) == ["mine", "wide"]


async def test_my_choice_is_mine_alone_and_of_this_conversation_alone(choices: Choices) -> None:
    await choices.choose(Level.ME, HERE, "pia", model="mine")

    assert await models(choices, HERE, "tom") == []
    assert await models(choices, replace(HERE, thread="other")) == []


@pytest.mark.parametrize(
    ("level", "elsewhere"),
    [
        (Level.THREAD, replace(HERE, thread="other")),
        (Level.CHANNEL, replace(HERE, channel="other")),
        (Level.WORKSPACE, replace(HERE, workspace="other")),
        (Level.WORKSPACE, replace(HERE, platform="slack")),
    ],
)
async def test_a_choice_reaches_everybody_at_its_level_and_nobody_beyond(
    choices: Choices, level: Level, elsewhere: Address
) -> None:
    await choices.choose(level, HERE, "pia", model="ours")

    assert await models(choices, HERE, "tom") == ["ours"]
    assert await models(choices, elsewhere, "tom") == []


async def test_a_channels_choice_reaches_its_threads(choices: Choices) -> None:
    await choices.choose(Level.CHANNEL, replace(HERE, thread=""), "pia", model="ours")

    assert await models(choices, HERE) == ["ours"]


async def test_a_workspaces_choice_reaches_its_channels(choices: Choices) -> None:
    await choices.choose(Level.WORKSPACE, HERE, "pia", model="ours")

    assert await models(choices, replace(HERE, channel="other", thread="")) == ["ours"]


async def test_the_last_choice_at_a_level_wins_and_says_whose_it_is(choices: Choices) -> None:
    await choices.choose(Level.CHANNEL, HERE, "pia", model="first")
    await choices.choose(Level.CHANNEL, HERE, "tom", model="second")

    assert list(await choices.chain(HERE, "pia")) == [Choice(Level.CHANNEL, "second", "tom")]


async def test_people_who_choose_at_the_same_moment_meet_no_error(choices: Choices) -> None:
    people = [f"person {number}" for number in range(20)]
    await asyncio.gather(*(choices.choose(Level.CHANNEL, HERE, person, model=person) for person in people))

    (choice,) = await choices.chain(HERE, "pia")
    assert choice.model == choice.chosen_by


async def test_clearing_forgets_one_level(choices: Choices) -> None:
    await choices.choose(Level.CHANNEL, HERE, "pia", model="ours")
    await choices.choose(Level.WORKSPACE, HERE, "pia", model="wide")

    assert await choices.clear(Level.CHANNEL, HERE, "tom") is True
    assert await models(choices, HERE) == ["wide"]


async def test_clearing_where_nothing_was_chosen_says_so(choices: Choices) -> None:
    assert await choices.clear(Level.ME, HERE, "pia") is False


async def test_clearing_my_choice_leaves_that_of_others(choices: Choices) -> None:
    await choices.choose(Level.ME, HERE, "tom", model="his")

    assert await choices.clear(Level.ME, HERE, "pia") is False
    assert await models(choices, HERE, "tom") == ["his"]


@pytest.mark.parametrize("level", [Level.THREAD, Level.WORKSPACE])
async def test_a_direct_message_has_neither_thread_nor_workspace(choices: Choices, level: Level) -> None:
    with pytest.raises(ValueError, match=level.value):
        await choices.choose(level, DIRECT, "pia", model="nowhere")

    assert await choices.clear(level, DIRECT, "pia") is False
    assert await models(choices, DIRECT) == []


async def test_direct_messages_do_not_share_the_choice_of_an_empty_workspace(choices: Choices) -> None:
    await choices.choose(Level.CHANNEL, DIRECT, "pia", model="mine")

    assert await models(choices, replace(DIRECT, channel="another dm")) == []
