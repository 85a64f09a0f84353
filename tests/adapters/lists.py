"""The operator's lists, changed while a test runs: a person is blocked, a workspace or a channel is not allowed."""

from __future__ import annotations

import asyncio

from bot.domain import Address
from bot.engine.access import Access
from tests.e2e.stored import StoredInFile

SHUT_OUT = ("person", "workspace", "channel")


def shut_out(access: Access, what: str, *, address: Address, person: str) -> None:
    """Put the lists so that the person may not speak there: themselves blocked, or only another place allowed."""
    platform = address.platform
    lists = {
        "person": ("blocked", f"{platform}:{person}"),
        "workspace": ("workspaces", f"{platform}:another"),
        "channel": ("channels", f"{platform}:another"),
    }
    name, qualified_id = lists[what]
    # Lists are frozen since they change with a restart only; for the engine this is one.
    object.__setattr__(access, name, frozenset({qualified_id}))


async def at_rest(stored: StoredInFile) -> list[str]:
    """Wait until no turn is open; return the rows of the database."""
    async with asyncio.timeout(5):
        while any("'running'" in row or "'accepted'" in row for row in await stored.rows()):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.01)
    return await stored.rows()
