"""The revisions of the tables that this version knows, and how a database stands to them. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

REVISIONS = (
    *("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010"),
    *("0011", "0012", "0013", "0014", "0015", "0016", "0017"),
)
"""Every revision this version knows, oldest first; a test holds it against the scripts."""

HEAD = REVISIONS[-1]
OLDEST_CODE = "0014"
"""The oldest revision whose code works over the tables of `HEAD`, beside this one.

What a later migration does to them may only add: tables, and columns that may be empty or have a default. A test holds
that. One that has to change or drop something says its own number here, and takes an upgrade with everything stopped.
"""

COMMAND = "lyceum migrate"
READERS = "schema_readers"
"""The table that says which code works over the tables: one row, `OLDEST_CODE` of whoever migrated last."""

BOOKKEEPING = frozenset({"alembic_version", "sqlite_sequence", READERS})


class SchemaState(StrEnum):
    """How a database stands to this version of the code; `NEWER` tables were only added to, and serve it as well."""

    NEW = "new"
    CURRENT = "current"
    NEWER = "newer"
    BEHIND = "behind"
    AHEAD = "ahead"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Schema:
    """The state of a database's tables and the revision it is of, "" for none."""

    state: SchemaState
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did: revisions before and after ("" for no tables), and the copy made before, if any."""

    before: str
    after: str
    backup: Path | None


FIT = frozenset({SchemaState.CURRENT, SchemaState.NEWER})
"""The states in which the bot runs."""


def state_of(revision: str, known: Sequence[str], *, has_tables: bool, readers: str = "") -> SchemaState:
    """Say how tables of this revision, "" for none, stand to the revisions known, oldest first.

    `readers` is the oldest revision whose code works over them, "" where they do not say.
    """
    if not revision:
        return SchemaState.FOREIGN if has_tables else SchemaState.NEW
    if revision == known[-1]:
        return SchemaState.CURRENT
    if revision in known:
        return SchemaState.BEHIND
    return SchemaState.NEWER if readers and known[-1] >= readers else SchemaState.AHEAD
