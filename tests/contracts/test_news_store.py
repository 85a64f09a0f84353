"""What `ports.NewsStore` promises: each change is noted once and told once, whoever looks and whoever tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import ModelCard
from bot.domain.model_news import HostModels, ModelNews, NewsBatch, NewsKind, Retirement
from bot.ports import NewsStore
from tests.clocks import NOON
from tests.contracts.stores import IMPLEMENTATIONS, Stores

GPU = "http://gpu:11434"
MISSED_S = 600.0
HOUR_S = 3600.0
ANCIENT = NOON - timedelta(days=30)


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


def card(name: str, digest: str = "d1", licence: str = "mit") -> ModelCard:
    return ModelCard(name=name, digest=digest, licence=licence)


async def look(
    stores: Stores, *cards: ModelCard, worker: str = "one", retirements: tuple[Retirement, ...] = ()
) -> list[tuple[NewsKind, str]]:
    """Look at a host that has these models, by a worker that has the watch if it can have it."""
    await stores.news.take_watch(worker, for_s=60)
    return kinds(await stores.news.observe(worker, [HostModels(GPU, cards)], retirements, gone_after_s=MISSED_S))


def kinds(news: object) -> list[tuple[NewsKind, str]]:
    assert isinstance(news, list | tuple)
    return [(each.change.kind, each.change.model) for each in news if isinstance(each, ModelNews)]


async def taken(store: NewsStore, worker: str = "one", place: str = "slack:C1", **ripe: float) -> NewsBatch | None:
    return await store.take_news(place, worker, since=ANCIENT, for_s=60, **ripe)


async def test_what_is_seen_first_is_known_and_no_news(stores: Stores) -> None:
    assert await look(stores, card("a"), card("b")) == []
    assert await look(stores, card("a"), card("b")) == []


async def test_a_tag_that_moves_twice_is_noted_twice(stores: Stores) -> None:
    await look(stores, card("a"))
    first = await look(stores, card("a", "d2"))
    still = await look(stores, card("a", "d2"))
    second = await look(stores, card("a", "d1"))

    assert (first, still, second) == ([(NewsKind.MOVED, "a")], [], [(NewsKind.MOVED, "a")])


async def test_of_two_processes_one_looks_and_the_other_takes_over_when_it_is_gone(stores: Stores) -> None:
    await stores.news.take_watch("one", for_s=60)
    both = await stores.news_elsewhere.take_watch("two", for_s=60)
    stores.clock.advance(61)
    over = await stores.news_elsewhere.take_watch("two", for_s=60)

    assert (both, over) == (False, True)


async def test_what_a_process_saw_that_lost_the_watch_meanwhile_turns_nothing_back(stores: Stores) -> None:
    await look(stores, card("a"))
    stores.clock.advance(61)
    await stores.news_elsewhere.take_watch("two", for_s=60)
    await stores.news_elsewhere.observe("two", [HostModels(GPU, [card("a", "d2")])], (), gone_after_s=MISSED_S)
    late = await stores.news.observe("one", [HostModels(GPU, [card("a", "d1")])], (), gone_after_s=MISSED_S)
    again = await stores.news_elsewhere.observe("two", [HostModels(GPU, [card("a", "d2")])], (), gone_after_s=MISSED_S)

    assert (list(late), list(again)) == ([], [])


async def test_a_retirement_is_noted_when_it_comes_and_when_it_is_there_once_each(stores: Stores) -> None:
    day = NOON.date()
    comes, due = Retirement("a", day, is_due=False), Retirement("a", day, is_due=True)

    assert await look(stores, card("a"), retirements=(comes,)) == [(NewsKind.RETIRES, "a")]
    assert await look(stores, card("a"), retirements=(comes,)) == []
    assert await look(stores, card("a"), retirements=(due,)) == [(NewsKind.RETIRED, "a")]
    assert await look(stores, card("a"), retirements=(due,)) == []


async def test_news_is_told_once_in_each_place(stores: Stores) -> None:
    await look(stores, card("a"))
    await look(stores, card("a", "d2"))
    batch = await taken(stores.news)
    assert batch is not None
    await stores.news.told(batch)

    assert kinds(batch.news) == [(NewsKind.MOVED, "a")]
    assert await taken(stores.news_elsewhere, "two") is None
    assert await taken(stores.news_elsewhere, "two", place="discord:7") is not None


async def test_of_many_who_take_at_once_one_tells(stores: Stores) -> None:
    await look(stores, card("a"))
    await look(stores, card("a", "d2"))
    both = (stores.news, stores.news_elsewhere)
    found = await asyncio.gather(*(taken(both[number % 2], f"worker {number}") for number in range(6)))

    assert sum(batch is not None for batch in found) == 1


async def test_what_was_taken_and_not_told_is_taken_again_as_it_was(stores: Stores) -> None:
    await look(stores, card("a"), card("b"))
    await look(stores, card("a", "d2"), card("b"))
    first = await taken(stores.news)
    await look(stores, card("a", "d2"), card("b", "d2"))
    too_soon = await taken(stores.news_elsewhere, "two")
    stores.clock.advance(61)
    again = await taken(stores.news_elsewhere, "two")
    assert first is not None
    assert again is not None

    assert too_soon is None
    assert (again.up_to, again.taken_at, kinds(again.news)) == (first.up_to, first.taken_at, kinds(first.news))
    assert (first.is_again, again.is_again) == (False, True)


async def test_what_comes_after_is_taken_next(stores: Stores) -> None:
    await look(stores, card("a"), card("b"))
    await look(stores, card("a", "d2"), card("b"))
    first = await taken(stores.news)
    await look(stores, card("a", "d2"), card("b", "d2"))
    assert first is not None
    await stores.news.told(first)
    second = await taken(stores.news)

    assert second is not None
    assert kinds(second.news) == [(NewsKind.MOVED, "b")]


async def test_while_things_go_on_changing_nothing_is_taken_but_not_for_ever(stores: Stores) -> None:
    await look(stores, card("a"))
    await look(stores, card("a", "d2"))
    young = await taken(stores.news, settled_s=120, waits_s=900)
    for digest in range(3, 20):
        stores.clock.advance(60)
        await look(stores, card("a", f"d{digest}"))
    waited = await taken(stores.news, settled_s=120, waits_s=900)

    assert young is None
    assert waited is not None
    assert len(waited.news) == 18


async def test_what_is_older_than_asked_for_is_not_taken(stores: Stores) -> None:
    await look(stores, card("a"))
    await look(stores, card("a", "d2"))
    old = await stores.news.take_news("slack:C1", "one", since=NOON + timedelta(days=1), for_s=60)

    assert old is None


async def test_what_changed_can_be_read_again(stores: Stores) -> None:
    await look(stores, card("a"))
    await look(stores, card("a", "d2", "llama"))

    assert kinds(await stores.news.news(since=ANCIENT)) == [(NewsKind.MOVED, "a"), (NewsKind.RELICENSED, "a")]
