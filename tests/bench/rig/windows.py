"""Reading what a conversation said last, with few and with many messages stored."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from tests.bench.storage import MOMENT, newest_window_reads_s, window_reads_s
from tests.lab.postgres import PostgresServer

FILL = f"""
INSERT INTO conversations (id, platform, workspace, channel, thread, context_turn, context_from)
  VALUES (1, 'p', 'w', 'c', '1', 0, 0), (2, 'p', 'w', 'c', '2', 0, 0);
INSERT INTO turns (id, conversation_id, state, accepted_at, model, error_key, prompt_tokens, answer_tokens)
  SELECT turn, turn % 2 + 1, 'answered', '{MOMENT}', 'm', '', 0, 0 FROM generate_series(1, {{turns}}) AS turn;
INSERT INTO messages (id, conversation_id, turn_id, role, platform_message_id, person_id, person_name, text, model,
                      created_at)
  SELECT 2 * turn - 1 + is_answer, turn % 2 + 1, turn, CASE is_answer WHEN 1 THEN 'assistant' ELSE 'user' END,
         CASE is_answer WHEN 0 THEN 'm' || turn END, CASE is_answer WHEN 0 THEN 'p1' END, '', 'A sentence of a chat.',
         'm', '{MOMENT}'
  FROM generate_series(1, {{turns}}) AS turn, generate_series(0, 1) AS is_answer ORDER BY turn, is_answer;
"""
# The server does this by itself, some time after so many rows came.
TIDY = "VACUUM ANALYZE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Seconds to read the newest window of a conversation, by how many messages the database holds."""

    store: str
    seconds: Sequence[tuple[int, float]]

    @property
    def ratio(self) -> float:
        """How many times as long the most messages take."""
        return self.seconds[-1][1] / self.seconds[0][1]


async def in_sqlite(folder: Path, sizes: Sequence[int]) -> Windows:
    """Measure with so many messages, the fewest first."""
    return Windows(store="SQLite", seconds=list(zip(sizes, await window_reads_s(folder, sizes), strict=True)))


async def in_postgres(server: PostgresServer, sizes: Sequence[int]) -> Windows:
    """Measure with so many messages, the fewest first."""
    async with AsyncExitStack() as stack:
        databases = {size: await _filled(server, size, stack) for size in sizes}
        return Windows(store="Postgres", seconds=list(zip(sizes, await newest_window_reads_s(databases), strict=True)))


async def _filled(server: PostgresServer, messages: int, stack: AsyncExitStack) -> Database:
    url = await stack.enter_async_context(server.database())
    database = await stack.enter_async_context(await open_database(url))
    name = url.partition("@/")[2].partition("?")[0]
    await server.execute(FILL.format(turns=messages // 2), database=name)
    await server.execute(TIDY, database=name)
    return database
