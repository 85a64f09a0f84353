"""What `ports.AuditLog` promises, and that what is done to choices and people stands in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Address, Level, Persona
from bot.domain.deeds import FORGOTTEN, Deed, DeedFilter, DeedKind, deed_with
from tests.clocks import NOON
from tests.contracts.stores import HERE, IMPLEMENTATIONS, PIA, Stores

DIRECT = Address("discord", "", "dm")
PULLED = Deed(kind=DeedKind.PULLED, person_id="p1", model="olmo2:7b")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def log_of(stores: Stores, **wanted: object) -> list[Deed]:
    return [logged.deed for logged in await stores.audit.deeds(replace(DeedFilter(), **wanted))]  # type: ignore[arg-type]


async def test_what_is_noted_is_read_newest_first_with_its_time(stores: Stores) -> None:
    await stores.audit.note(PULLED)
    await stores.audit.note(replace(PULLED, kind=DeedKind.REMOVED, amount=3))
    logged = await stores.audit_elsewhere.deeds(DeedFilter())

    assert [each.deed for each in logged] == [replace(PULLED, kind=DeedKind.REMOVED, amount=3), PULLED]
    assert {each.done_at for each in logged} == {stores.clock.utc()}


async def test_a_choice_and_its_clearing_stand_in_the_log_as_far_as_they_reach(stores: Stores) -> None:
    for level in Level:
        await stores.choices.choose(level, HERE, "pia", model="m")
    await stores.choices.clear(Level.WORKSPACE, HERE, "tom")
    await stores.choices.clear(Level.WORKSPACE, HERE, "tom")
    cleared, *chosen = await log_of(stores)

    places = {deed.level: deed.address for deed in chosen}
    assert {deed.kind for deed in chosen} == {DeedKind.CHOSE}
    assert places == {
        Level.ME: HERE,
        Level.THREAD: HERE,
        Level.CHANNEL: replace(HERE, thread=""),
        Level.WORKSPACE: Address("discord", "guild", ""),
    }
    assert (cleared.kind, cleared.person_id, cleared.model) == (DeedKind.CLEARED, "tom", "m")


async def test_what_is_done_to_assistants_of_others_stands_in_the_log_and_of_ones_own_nothing(stores: Stores) -> None:
    store, words = stores.assistants, Persona(name="Pirate", key="pirate", prompt="Talk like a pirate.")
    own = await store.create(Level.ME, HERE, "pia", words, most=9)
    await store.use(Level.ME, HERE, "pia", own)
    made = await store.create(Level.CHANNEL, HERE, "pia", words, most=9, source=own.id)
    await store.use(Level.THREAD, HERE, "tom", made)
    deed = deed_with(DeedKind.ASSISTANT_REMOVED, made, person_id="tom", address=HERE)
    await store.remove(made.id, seen=made.version + 1, deed=deed)
    changed = await store.change(
        made.id, words, seen=made.version, deed=deed and replace(deed, kind=DeedKind.ASSISTANT_CHANGED)
    )
    assert changed
    await store.remove(made.id, seen=changed.version, deed=deed)

    assert [(each.kind, each.person_id, each.level, each.other) for each in await log_of(stores)] == [
        (DeedKind.ASSISTANT_REMOVED, "tom", Level.CHANNEL, "Pirate"),
        (DeedKind.ASSISTANT_CHANGED, "tom", Level.CHANNEL, "Pirate"),
        (DeedKind.ASSISTANT_USED, "tom", Level.THREAD, "Pirate"),
        (DeedKind.ASSISTANT_SHARED, "pia", Level.CHANNEL, "Pirate"),
    ]


async def test_each_filter_lets_its_own_pass(stores: Stores) -> None:
    for workspace in ("guild", "other"):
        await stores.audit.note(
            Deed(kind=DeedKind.CHOSE, person_id=workspace, address=replace(HERE, workspace=workspace))
        )
    await stores.audit.note(replace(PULLED, other="qwen3:8b"))
    await stores.audit.note(Deed(kind=DeedKind.REMOVED, person_id="p1", model="Think-Demo:latest"))

    assert len(await log_of(stores, model="think-demo")) == 1
    assert [deed.person_id for deed in await log_of(stores, kind=DeedKind.CHOSE)] == ["other", "guild"]
    assert [deed.person_id for deed in await log_of(stores, person_id="other")] == ["other"]
    assert len(await log_of(stores, model="qwen3:8b")) == len(await log_of(stores, model="olmo2:7b")) == 1
    assert [deed.person_id for deed in await log_of(stores, most=1)] == ["p1"]


async def test_a_workspace_reads_its_own_and_what_concerns_all(stores: Stores) -> None:
    for workspace in ("guild", "other"):
        await stores.audit.note(
            Deed(kind=DeedKind.CHOSE, person_id=workspace, address=replace(HERE, workspace=workspace))
        )
    await stores.audit.note(PULLED)

    read = await log_of(stores, platform="discord", workspace="guild")
    on_slack = await log_of(stores, platform="slack")

    assert [deed.person_id for deed in read] == ["p1", "guild"]
    assert [deed.person_id for deed in on_slack] == ["p1"]


async def test_only_what_is_recent_enough_is_read(stores: Stores) -> None:
    await stores.audit.note(PULLED)
    stores.clock.jump(3)
    await stores.audit.note(replace(PULLED, kind=DeedKind.REMOVED))

    recent = await log_of(stores, since=stores.clock.utc() - timedelta(days=1))

    assert [deed.kind for deed in recent] == [DeedKind.REMOVED]


async def test_a_change_is_noted_once_however_many_processes_say_so(stores: Stores) -> None:
    opened = Deed(kind=DeedKind.OPENED, other="LYCEUM_MODEL__ALLOW_REMOTE")
    said = [
        log.note_change("setting.remote", opened, value="yes") for log in (stores.audit, stores.audit_elsewhere) * 4
    ]
    written = await asyncio.gather(*said)
    again = await stores.audit.note_change("setting.remote", opened, value="yes")
    back = await stores.audit.note_change("setting.remote", None, value="")

    assert (sum(written), again, back) == (1, False, True)
    assert await log_of(stores) == [opened]


async def test_who_is_forgotten_leaves_a_tombstone_and_no_place_of_their_own(stores: Stores) -> None:
    await stores.choices.choose(Level.ME, HERE, PIA.id, model="mine")
    await stores.choices.choose(Level.CHANNEL, HERE, PIA.id, model="ours")
    await stores.choices.choose(Level.CHANNEL, DIRECT, PIA.id, model="alone")
    await stores.choices.choose(Level.CHANNEL, HERE, "p2", model="theirs")
    await stores.history.forget_person("discord", PIA.id)
    erased, *before = await log_of(stores)

    assert (erased.kind, erased.person_id) == (DeedKind.ERASED, FORGOTTEN)
    assert [(deed.person_id, deed.model, deed.address and deed.address.channel) for deed in before] == [
        ("p2", "theirs", "channel"),
        (FORGOTTEN, "alone", ""),
        (FORGOTTEN, "ours", "channel"),
        (FORGOTTEN, "mine", ""),
    ]


async def test_who_is_forgotten_in_one_workspace_stays_in_the_log_of_others(stores: Stores) -> None:
    await stores.choices.choose(Level.ME, HERE, PIA.id, model="here")
    await stores.choices.choose(Level.ME, replace(HERE, workspace="other"), PIA.id, model="there")
    await stores.history.forget_person("discord", PIA.id, workspace="guild")

    assert {deed.model: deed.person_id for deed in await log_of(stores, model="there")} == {"there": PIA.id}
    assert {deed.model: deed.person_id for deed in await log_of(stores, model="here")} == {"here": FORGOTTEN}


async def test_a_persons_record_has_what_they_did_and_nothing_when_they_are_forgotten(stores: Stores) -> None:
    await stores.choices.choose(Level.ME, HERE, PIA.id, model="mine")
    await stores.choices.choose(Level.ME, HERE, "p2", model="theirs")
    before = await stores.history.record_of("discord", PIA.id)
    await stores.history.forget_person("discord", PIA.id)
    after = await stores.history.record_of("discord", PIA.id)

    assert [logged.deed.model for logged in before.deeds] == ["mine"]
    assert (after.deeds, after.is_empty) == ((), True)


async def test_what_somebody_did_to_every_workspace_is_theirs_until_they_are_forgotten(stores: Stores) -> None:
    await stores.choices.choose(Level.CHANNEL, HERE, "p2", model="old")
    await stores.replacements.replace("old", "new", platform="", workspace="", person_id=PIA.id)
    record = await stores.history.record_of("discord", PIA.id)
    await stores.history.forget_person("discord", PIA.id, workspace="guild")

    assert [logged.deed.kind for logged in record.deeds] == [DeedKind.REPLACED]
    assert [deed.person_id for deed in await log_of(stores, kind=DeedKind.REPLACED)] == [FORGOTTEN]
    assert (await stores.history.record_of("discord", PIA.id)).deeds == ()


async def test_what_is_too_old_goes_and_that_it_went_is_written_down(stores: Stores) -> None:
    await stores.audit.note(PULLED)
    stores.clock.jump(400)
    await stores.audit.note(replace(PULLED, kind=DeedKind.REMOVED))
    trimmed = await stores.audit.trim(before=NOON + timedelta(days=365))
    again = await stores.audit.trim(before=NOON + timedelta(days=365))

    assert (trimmed, again) == (1, 0)
    assert [(deed.kind, deed.amount) for deed in await log_of(stores)] == [(DeedKind.TRIMMED, 1), (DeedKind.REMOVED, 0)]
