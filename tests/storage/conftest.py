"""The database the storage tests share the making of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from tests.lab.postgres import PostgresServer, shared


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lyceum.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    async with await open_database(file) as opened:
        yield opened


@pytest.fixture
def server() -> PostgresServer:
    return shared()


@pytest.fixture
def own_server(server: PostgresServer) -> Iterator[PostgresServer]:  # noqa: ARG001 - where there is one, there is another
    own = PostgresServer()
    yield own
    own.remove()


@pytest.fixture
async def url(server: PostgresServer) -> AsyncIterator[str]:
    async with server.database() as made:
        yield made
