"""What the bot's database says meanwhile, read beside the bot and never written to."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

OPEN = ("accepted", "running")
LOCK_WAIT_S = 5.0


class Rows:
    """The rows as last looked at: which messages are accepted, and how many turns are open and closed.

    Messages are named by platform and the platform's id of them.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._newest_event = 0
        self.accepted: set[tuple[str, str]] = set()
        self.open = 0
        self.closed = 0

    def look(self) -> None:
        """Look again. A database that is not there yet, or is just being recovered, tells nothing new."""
        try:
            with self._reading() as connection:
                self._look(connection)
        except sqlite3.OperationalError:
            return

    def turns(self) -> dict[int, str]:
        """Return the question each turn answers, as it was stored, by the turn's id."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT turn_id, text FROM messages WHERE role = 'user'").fetchall())

    def unanswered(self) -> list[tuple[int, str, str]]:
        """Return turns that are closed without an answer: id, state, and the key of the error."""
        query = "SELECT id, state, error_key FROM turns WHERE state NOT IN ('accepted', 'running', 'answered')"
        with self._reading() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def closed_questions(self) -> tuple[str] | None:
        """Return all questions whose turns are closed, as they were stored; None where the database tells nothing."""
        query = "SELECT text FROM messages JOIN turns ON turns.id = turn_id WHERE role = 'user' AND state NOT IN (?, ?)"
        try:
            with self._reading() as connection:
                return (" ".join(text for (text,) in connection.execute(query, OPEN)),)
        except sqlite3.OperationalError:
            return None

    def _look(self, connection: sqlite3.Connection) -> None:
        query = "SELECT id, platform, platform_message_id FROM events WHERE id > ? ORDER BY id"
        for event, platform, message in connection.execute(query, (self._newest_event,)).fetchall():
            self._newest_event = event
            self.accepted.add((platform, message))
        states = dict(connection.execute("SELECT state, count(*) FROM turns GROUP BY state").fetchall())
        self.open = sum(count for state, count in states.items() if state in OPEN)
        self.closed = sum(states.values()) - self.open

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=0.1)) as connection:
            yield connection


def hold(database: Path, *, for_s: float) -> float:
    """Hold the database as a backup tool or somebody's shell may: nobody else can write. Blocks; returns the seconds.

    0.0 where somebody else holds it, or it is not there yet.
    """
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=rw", uri=True, timeout=LOCK_WAIT_S)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(for_s)
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return 0.0
    return for_s
