"""What every implementation of `ports.Assistants` promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import ALL_LESSONS, Address, Assistant, Level, Persona, private_thread
from bot.errors import UserError
from tests.contracts.stores import HERE, IMPLEMENTATIONS, PIA, TOM, Stores, accepted, said

PIRATE = Persona(name="Pirate", key="pirate", prompt="Talk like a pirate.", model="falcon:7b", greeting="Ahoy!")
TUTOR = Persona(name="Tutor", key="tutor", prompt="Ask back.", lessons="bees\nowls/2")
DIRECT = Address("discord", "", "dm")
ELSEWHERE = Address("discord", "other guild", "channel")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def made(
    stores: Stores, persona: Persona = PIRATE, *, home: Level = Level.ME, at: Address = HERE, by: str = PIA.id
) -> Assistant:
    return await stores.assistants.create(home, at, by, persona, most=9)


async def seen_by(stores: Stores, person_id: str, address: Address = HERE) -> list[str]:
    return [each.name for each in await stores.assistants.visible(address, person_id)]


async def test_an_assistant_is_kept_as_it_was_said(stores: Stores) -> None:
    pirate = await made(stores, TUTOR)

    assert list(await stores.assistants.visible(HERE, PIA.id)) == [pirate]
    assert (pirate.persona, pirate.home, pirate.author_id, pirate.version) == (TUTOR, Level.ME, PIA.id, 1)


async def test_a_persons_own_are_seen_by_them_alone_and_everywhere_on_the_platform(stores: Stores) -> None:
    await made(stores)

    assert await seen_by(stores, PIA.id, DIRECT) == ["Pirate"]
    assert await seen_by(stores, TOM.id) == []
    assert await seen_by(stores, PIA.id, replace(DIRECT, platform="slack")) == []


async def test_a_places_are_seen_by_all_in_it_nearest_home_first(stores: Stores) -> None:
    await made(stores, replace(PIRATE, name="Of the guild", key="a"), home=Level.WORKSPACE)
    await made(stores, replace(PIRATE, name="Of the channel", key="b"), home=Level.CHANNEL)
    await made(stores, replace(PIRATE, name="My own", key="c"))

    assert await seen_by(stores, PIA.id) == ["My own", "Of the channel", "Of the guild"]
    assert await seen_by(stores, TOM.id, replace(HERE, thread=private_thread(TOM.id))) == [
        "Of the channel",
        "Of the guild",
    ]
    assert await seen_by(stores, TOM.id, replace(HERE, channel="another")) == ["Of the guild"]
    assert await seen_by(stores, TOM.id, ELSEWHERE) == []


async def test_there_is_no_home_that_would_be_everybodys(stores: Stores) -> None:
    with pytest.raises(ValueError, match="no home"):
        await made(stores, home=Level.WORKSPACE, at=DIRECT)
    with pytest.raises(ValueError, match="no home"):
        await made(stores, home=Level.THREAD)


async def test_a_home_has_one_of_a_name_however_many_make_it_at_once(stores: Stores) -> None:
    both = (stores.assistants, stores.assistants_elsewhere) * 3
    ends = await asyncio.gather(
        *(each.create(Level.CHANNEL, HERE, PIA.id, PIRATE, most=9) for each in both), return_exceptions=True
    )

    assert sorted(end.key if isinstance(end, UserError) else "made" for end in ends) == [
        *["error.assistant_exists"] * 5,
        "made",
    ]
    assert (await made(stores)).name == "Pirate"  # a person's own is another home


async def test_a_home_takes_so_many_however_many_are_made_at_once(stores: Stores) -> None:
    both = (stores.assistants, stores.assistants_elsewhere) * 3
    ends = await asyncio.gather(
        *(
            each.create(Level.ME, HERE, PIA.id, replace(PIRATE, key=f"pirate {number}"), most=2)
            for number, each in enumerate(both)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(end, UserError) and end.key == "error.assistants_most" for end in ends) == 4
    assert len(await stores.assistants.visible(HERE, PIA.id)) == 2


async def test_of_two_who_change_what_both_saw_one_does(stores: Stores) -> None:
    pirate = await made(stores)
    first, second = await asyncio.gather(
        stores.assistants.change(pirate.id, replace(PIRATE, prompt="Sing."), seen=1),
        stores.assistants_elsewhere.change(pirate.id, replace(PIRATE, prompt="Whisper."), seen=1),
    )
    stored = (await stores.assistants.visible(HERE, PIA.id))[0]

    assert [each for each in (first, second) if each] == [stored]
    assert stored.version == 2


async def test_a_change_takes_no_name_of_another_and_keeps_its_own(stores: Stores) -> None:
    pirate, _ = await made(stores), await made(stores, TUTOR)

    assert await stores.assistants.change(pirate.id, replace(PIRATE, greeting=""), seen=1)
    with pytest.raises(UserError) as refused:
        await stores.assistants.change(pirate.id, replace(PIRATE, key="tutor"), seen=2)
    assert refused.value.key == "error.assistant_exists"


async def test_what_was_changed_meanwhile_is_not_removed(stores: Stores) -> None:
    pirate = await made(stores)
    await stores.assistants.change(pirate.id, PIRATE, seen=1)

    assert not await stores.assistants.remove(pirate.id, seen=1)
    assert await stores.assistants.remove(pirate.id, seen=2)
    assert not await stores.assistants.remove(pirate.id, seen=2)


async def test_the_nearest_chosen_is_first_and_the_last_chosen_wins(stores: Stores) -> None:
    pirate, tutor = await made(stores, home=Level.CHANNEL), await made(stores, TUTOR, home=Level.CHANNEL)
    await stores.assistants.use(Level.CHANNEL, HERE, PIA.id, pirate)
    await stores.assistants.use(Level.ME, HERE, TOM.id, pirate)
    await stores.assistants.use(Level.ME, HERE, TOM.id, tutor)

    mine = await stores.assistants.in_use(HERE, TOM.id)
    theirs = await stores.assistants.in_use(HERE, PIA.id)

    assert [(used.level, used.name, used.assistant, used.chosen_by) for used in mine] == [
        (Level.ME, "Tutor", tutor, TOM.id),
        (Level.CHANNEL, "Pirate", pirate, PIA.id),
    ]
    assert [used.level for used in theirs] == [Level.CHANNEL]


async def test_one_that_is_not_used_any_more_answers_no_more(stores: Stores) -> None:
    await stores.assistants.use(Level.ME, HERE, PIA.id, await made(stores))

    assert await stores.assistants.leave(Level.ME, HERE, PIA.id)
    assert not await stores.assistants.leave(Level.ME, HERE, PIA.id)
    assert not await stores.assistants.leave(Level.WORKSPACE, DIRECT, PIA.id)
    assert list(await stores.assistants.in_use(HERE, PIA.id)) == []


async def test_one_that_is_gone_is_used_nowhere_anew(stores: Stores) -> None:
    pirate = await made(stores)
    await stores.assistants.remove(pirate.id, seen=1)

    assert not await stores.assistants.use(Level.ME, HERE, PIA.id, pirate)


async def test_a_removed_one_is_told_by_one_turn_and_by_that_again(stores: Stores) -> None:
    pirate = await made(stores)
    await stores.assistants.use(Level.ME, HERE, PIA.id, pirate)
    await stores.assistants.remove(pirate.id, seen=1)
    used = (await stores.assistants.in_use(HERE, PIA.id))[0]
    told = await asyncio.gather(
        stores.assistants.tell_gone(used.id, turn_id=7), stores.assistants_elsewhere.tell_gone(used.id, turn_id=8)
    )

    assert (used.name, used.assistant, used.told_in) == ("Pirate", None, 0)
    assert sorted(told) == [False, True]
    teller = 7 if told[0] else 8
    assert await stores.assistants.tell_gone(used.id, turn_id=teller)
    assert (await stores.assistants.in_use(HERE, PIA.id))[0].told_in == teller


async def test_a_conversation_is_greeted_by_one_turn_and_by_that_again(stores: Stores) -> None:
    pirate, turn = await made(stores), await accepted(stores, said("hello"))
    greets = await asyncio.gather(
        stores.assistants.greet(turn.conversation_id, pirate.id, turn_id=turn.id),
        stores.assistants_elsewhere.greet(turn.conversation_id, pirate.id, turn_id=turn.id + 1),
    )

    assert sorted(greets) == [False, True]
    assert await stores.assistants.greet(turn.conversation_id, pirate.id, turn_id=turn.id) is greets[0]
    assert await stores.assistants.greet(turn.conversation_id, pirate.id + 1, turn_id=turn.id)
    assert not await stores.assistants.greet(4711, pirate.id, turn_id=turn.id)


async def test_traces_are_counted_by_level_with_the_copies(stores: Stores) -> None:
    pirate = await made(stores)
    copy = await stores.assistants.create(Level.CHANNEL, HERE, PIA.id, PIRATE, most=9, source=pirate.id)
    await stores.assistants.use(Level.ME, HERE, PIA.id, pirate)
    await stores.assistants.use(Level.ME, DIRECT, PIA.id, pirate)
    traces, of_copy = await stores.assistants.traces(pirate.id), await stores.assistants.traces(copy.id)

    assert (dict(traces.uses), traces.copies) == ({Level.ME: 2}, 1)
    assert (dict(of_copy.uses), of_copy.copies) == ({}, 0)


async def test_names_come_with_whom_they_may_be_told(stores: Stores) -> None:
    await made(stores)
    await made(stores, TUTOR, home=Level.WORKSPACE)
    known = await stores.assistants.names()

    assert [(each.name, each.home, each.workspace, each.owner_id) for each in known] == [
        ("Pirate", Level.ME, "", PIA.id),
        ("Tutor", Level.WORKSPACE, HERE.workspace, ""),
    ]


class TestForgetting:
    async def test_a_persons_own_go_with_them_and_a_places_stay_as_nobodys(self, stores: Stores) -> None:
        pirate = await made(stores)
        shared = await stores.assistants.create(Level.CHANNEL, HERE, PIA.id, PIRATE, most=9, source=pirate.id)
        await stores.assistants.use(Level.ME, HERE, PIA.id, pirate)
        await stores.assistants.use(Level.CHANNEL, HERE, PIA.id, shared)
        await stores.history.forget_person(HERE.platform, PIA.id)

        left = await stores.assistants.visible(HERE, PIA.id)
        used = await stores.assistants.in_use(HERE, PIA.id)

        assert [(each.persona, each.author_id, each.source) for each in left] == [(PIRATE, "", 0)]
        assert [(each.level, each.chosen_by) for each in used] == [(Level.CHANNEL, "")]
        assert (await stores.history.record_of(HERE.platform, PIA.id)).is_empty

    async def test_others_keep_theirs(self, stores: Stores) -> None:
        pirate = await made(stores, by=TOM.id)
        await stores.assistants.use(Level.ME, HERE, TOM.id, pirate)
        await stores.history.forget_person(HERE.platform, PIA.id)

        assert await seen_by(stores, TOM.id) == ["Pirate"]
        assert [used.assistant for used in await stores.assistants.in_use(HERE, TOM.id)] == [pirate]

    async def test_in_one_workspace_goes_what_was_made_there(self, stores: Stores) -> None:
        await made(stores)
        await made(stores, TUTOR, at=ELSEWHERE)
        await stores.history.forget_person(HERE.platform, PIA.id, workspace=HERE.workspace)

        assert await seen_by(stores, PIA.id) == ["Tutor"]


async def test_a_record_tells_a_person_what_they_made_and_chose_and_nothing_of_others(stores: Stores) -> None:
    pirate = await made(stores)
    await stores.assistants.create(Level.CHANNEL, HERE, PIA.id, PIRATE, most=9, source=pirate.id)
    await made(stores, TUTOR, by=TOM.id)
    await stores.assistants.use(Level.ME, HERE, PIA.id, pirate)
    record = await stores.history.record_of(HERE.platform, PIA.id)

    assert [(each.home, each.workspace, each.channel, each.persona) for each in record.assistants] == [
        ("me", HERE.workspace, "", PIRATE),
        ("channel", HERE.workspace, HERE.channel, PIRATE),
    ]
    assert [(each.level, each.name) for each in record.assistant_uses] == [("me", "Pirate")]
    assert record.assistants[0].persona.lessons == ALL_LESSONS
