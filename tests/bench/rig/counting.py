"""How much of a database is used, counted where every statement of this process goes through."""

from __future__ import annotations

import threading
from collections import Counter
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, event

WRITES = frozenset({"INSERT", "UPDATE", "DELETE"})
READS = frozenset({"SELECT"})
_WROTE = "lyceum_bench_wrote"


class Statements:
    """Counts while it is entered: statements that read, statements that write, and commits of what was written."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        event.listen(Engine, "before_cursor_execute", self._on_statement)
        event.listen(Engine, "commit", self._on_commit)
        return self

    def __exit__(self, _: object, __: BaseException | None, ___: TracebackType | None) -> None:
        event.remove(Engine, "before_cursor_execute", self._on_statement)
        event.remove(Engine, "commit", self._on_commit)

    def _on_statement(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        verb = statement.split(None, 1)[0].upper()
        if verb in WRITES:
            connection.info[_WROTE] = True
            self._count("writes")
        elif verb in READS:
            self._count("reads")

    def _on_commit(self, connection: Connection) -> None:
        if connection.info.pop(_WROTE, False):
            self._count("commits")

    def _count(self, what: str) -> None:
        # On SQLite the statements come from several threads.
        with self._lock:
            self.counts[what] += 1
