"""Who asks where the bot may not write has heard of it before anybody counts it as told, whatever fails meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from adapters.base import ContentRefused, PlaceClosed, PostFailed, Undeliverable
from adapters.closed_places import Asker, ClosedPlaces
from bot.domain import Address, Person
from tests.clocks import VirtualClock

ADA = Asker(Address("lab", "W", "C"), Person("U", "Ada"))
BEN = Asker(Address("lab", "W", "C"), Person("V", "Ben"))


class Platform:
    """Takes what is told when it is let, after the errors that come first."""

    def __init__(self, *errors: Exception) -> None:
        self.clock = VirtualClock()
        self.errors = list(errors)
        self.told: list[Asker] = []
        self.keys: list[str] = []
        self.taken_s = 0.0
        self.places = ClosedPlaces(tell=self.tell, note=lambda *_: None, clock=self.clock)

    async def tell(self, asker: Asker, key: str) -> None:
        await self.clock.sleep(self.taken_s)
        if self.errors:
            raise self.errors.pop(0)
        self.told.append(asker)
        self.keys.append(key)

    async def hears(self, *askers: Asker) -> None:
        """Let these be refused, one after another."""
        for asker in askers:
            await self.places.hear(PlaceClosed("permissions"), asker)


@pytest.mark.parametrize("failures", [1, 2, 4])
async def test_a_call_that_fails_is_made_again_until_the_asker_has_heard(failures: int) -> None:
    platform = Platform(*[PostFailed("500")] * failures)
    await platform.clock.run(platform.hears(ADA))

    assert platform.told == [ADA]


async def test_a_place_nobody_could_be_told_of_is_told_at_the_next_question() -> None:
    platform = Platform(*[PostFailed("500")] * 5)
    await platform.clock.run(platform.hears(ADA, ADA, ADA))

    assert platform.told == [ADA]


async def test_who_takes_no_letters_is_asked_once_an_hour() -> None:
    platform = Platform(Undeliverable("nobody"))
    await platform.clock.run(platform.hears(ADA, ADA))

    assert platform.told == []
    await platform.clock.run(platform.clock.sleep(3601))
    await platform.clock.run(platform.hears(ADA))
    assert platform.told == [ADA]


async def test_a_second_question_counts_as_told_no_sooner_than_the_first() -> None:
    platform = Platform()
    platform.taken_s = 5.0
    over: list[int] = []

    async def refused() -> None:
        await platform.hears(ADA)
        over.append(len(platform.told))

    async def scene() -> None:
        await asyncio.gather(refused(), refused(), refused())

    await platform.clock.run(scene())

    assert over == [1, 1, 1]


async def test_a_telling_that_is_cut_off_leaves_it_to_the_next() -> None:
    platform = Platform()
    platform.taken_s = 5.0

    async def scene() -> None:
        first, second = (asyncio.create_task(platform.hears(ADA)) for _ in range(2))
        await platform.clock.sleep(1.0)
        first.cancel()
        await asyncio.gather(first, second, return_exceptions=True)

    await platform.clock.run(scene())

    assert platform.told == [ADA]


async def test_one_persons_telling_holds_up_nobody_elses() -> None:
    platform = Platform()
    platform.taken_s = 5.0
    began = platform.clock.now()

    async def scene() -> None:
        await asyncio.gather(platform.hears(ADA), platform.hears(BEN))

    await platform.clock.run(scene())

    assert platform.clock.now() - began == 5.0
    assert platform.told == [ADA, BEN]


async def test_who_was_told_that_words_are_refused_is_told_that_the_place_is_closed_too() -> None:
    platform = Platform()
    await platform.clock.run(platform.places.hear(ContentRefused("automod"), ADA))
    await platform.clock.run(platform.hears(ADA, ADA))

    assert platform.keys == ["place.refused", "place.closed"]
