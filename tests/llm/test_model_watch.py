"""The watch over models on hosts that move tags, drop models and go down, with what is known in each kind of store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.model_news import NewsKind
from bot.engine.model_desk import NothingKnown
from bot.engine.model_watch import GONE_AFTER_S, WATCH_S, ModelWatch
from bot.llm.ollama import OllamaBackend
from bot.llm.pool import Pool
from tests.clocks import NOON
from tests.contracts.stores import IMPLEMENTATIONS, Stores
from tests.lab.ollama import OllamaLab
from tests.lab.ollama.cards import SMOLLM, THINKING

SMALL, THINKS = SMOLLM.full_name, THINKING.full_name


class Watched:
    """Two hosts, and what two processes of the bot see of them."""

    def __init__(self, stores: Stores, *labs: OllamaLab) -> None:
        self.stores, self.labs = stores, labs
        self.pools = [Pool([(OllamaBackend(host=lab.url), 1) for lab in labs]) for _ in range(2)]
        kept = (stores.news, stores.news_elsewhere)
        self.watches = [
            ModelWatch(news, backend=pool, catalogue=NothingKnown(), worker=f"process {number}", clock=stores.clock)
            for number, (news, pool) in enumerate(zip(kept, self.pools, strict=True))
        ]

    async def look(self, *processes: int, after_s: float = 0.0) -> list[tuple[NewsKind, str]]:
        """Have processes look, both where none is named, and return all that was ever noted."""
        self.stores.clock.advance(after_s)
        for number in processes or (0, 1):
            await self.watches[number].look()
        noted = await self.stores.news.news(since=NOON - timedelta(days=1))
        return [(each.change.kind, each.change.model) for each in noted]


@pytest.fixture(params=IMPLEMENTATIONS)
async def watched(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Watched]:
    async with (
        IMPLEMENTATIONS[request.param](tmp_path) as stores,
        OllamaLab([SMOLLM]) as first,
        OllamaLab([SMOLLM, THINKING]) as second,
    ):
        made = Watched(stores, first, second)
        yield made
        for pool in made.pools:
            await pool.close()


async def test_a_tag_that_moves_twice_is_noted_twice_by_whichever_process_looks(watched: Watched) -> None:
    await watched.look()
    watched.labs[1].move_tag(THINKS)
    once = await watched.look()
    again = await watched.look(after_s=WATCH_S + 1)
    watched.labs[1].move_tag(THINKS)
    twice = await watched.look(1, 0, after_s=WATCH_S + 1)

    assert (once, again) == ([(NewsKind.MOVED, THINKS)],) * 2
    assert twice == [(NewsKind.MOVED, THINKS)] * 2


async def test_a_host_that_follows_the_other_to_a_moved_tag_is_no_second_news(watched: Watched) -> None:
    await watched.look()
    for lab in watched.labs:
        lab.move_tag(SMALL)
        noted = await watched.look(after_s=60)

    assert noted == [(NewsKind.MOVED, SMALL)]


async def test_another_licence_is_noted(watched: Watched) -> None:
    await watched.look()
    watched.labs[0].relicense(SMALL, "llama3.2")
    await watched.look()

    assert (NewsKind.RELICENSED, SMALL) in await watched.look()


async def test_a_model_that_one_of_two_hosts_drops_has_not_left(watched: Watched) -> None:
    await watched.look()
    watched.labs[0].remove(SMALL)
    await watched.look()

    assert await watched.look(after_s=GONE_AFTER_S + 1) == []


async def test_a_model_that_its_host_drops_has_left_after_a_while_and_once(watched: Watched) -> None:
    await watched.look()
    watched.labs[1].remove(THINKS)
    soon = await watched.look(after_s=GONE_AFTER_S / 2)
    late = await watched.look(after_s=GONE_AFTER_S + 1)
    later = await watched.look(1, after_s=86_400)

    assert soon == []
    assert late == later == [(NewsKind.LEFT, THINKS)]


async def test_a_host_that_is_down_for_an_hour_and_back_took_nothing_with_it(watched: Watched) -> None:
    await watched.look()
    await watched.labs[1].stop()
    for _ in range(12):
        down = await watched.look(after_s=300)
    await watched.labs[1].start()
    back = await watched.look(after_s=300)

    assert (down, back) == ([], [])


async def test_a_model_that_was_dropped_while_its_host_was_down_has_left_once_the_host_is_back(
    watched: Watched,
) -> None:
    await watched.look()
    await watched.labs[1].stop()
    watched.labs[1].remove(THINKS)
    down = await watched.look(after_s=3 * GONE_AFTER_S)
    await watched.labs[1].start()
    back = await watched.look(after_s=60)
    late = await watched.look(after_s=GONE_AFTER_S + 1)

    assert (down, back) == ([], [])
    assert late == [(NewsKind.LEFT, THINKS)]


async def test_what_a_process_knew_is_known_to_one_that_starts_later(watched: Watched) -> None:
    await watched.look(0)
    watched.labs[1].move_tag(THINKS)

    assert await watched.look(1, after_s=WATCH_S + 1) == [(NewsKind.MOVED, THINKS)]
