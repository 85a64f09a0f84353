"""What is written of models at each look, which comes every minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.domain import ModelCard
from bot.domain.model_news import HostModels
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.model_news_store import SqlNewsStore
from bot.storage.tables.news_tables import KnownModelRow
from tests.clocks import NOON, SetClock
from tests.lab.sqlite import make_file


async def seen_at(database: Database) -> dict[str, datetime]:
    return await database.read(
        lambda session: {row.model: row.seen_at for row in session.scalars(select(KnownModelRow))}
    )


async def test_a_model_that_is_still_there_is_written_once_an_hour_and_one_that_changed_at_once(tmp_path: Path) -> None:
    clock = SetClock()
    async with await open_database(await make_file(tmp_path / "lyceum.db")) as database:
        store = SqlNewsStore(database, clock=clock)

        async def look(digest: str) -> dict[str, datetime]:
            await store.take_watch("one", for_s=60)
            cards = [ModelCard(name="a", digest="1"), ModelCard(name="b", digest=digest)]
            await store.observe("one", [HostModels("host", cards)], (), gone_after_s=600)
            return await seen_at(database)

        await look("1")
        clock.advance(60)
        soon = await look("2")
        clock.advance(3600)
        late = await look("2")

    assert soon == {"a": NOON, "b": NOON + timedelta(seconds=60)}
    assert late == {"a": NOON + timedelta(seconds=3660), "b": NOON + timedelta(seconds=3660)}


async def test_a_model_that_left_is_not_known_any_more(tmp_path: Path) -> None:
    clock = SetClock()
    async with await open_database(await make_file(tmp_path / "lyceum.db")) as database:
        store = SqlNewsStore(database, clock=clock)
        await store.take_watch("one", for_s=6000)
        for cards in ([ModelCard(name="a", digest="1")], [], []):
            await store.observe("one", [HostModels("host", cards)], (), gone_after_s=600)
            clock.advance(601)

        assert await seen_at(database) == {}
