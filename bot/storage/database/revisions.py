"""The revisions of the tables that this version knows, and how a database stands to them. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

REVISIONS = (
    *("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010"),
    *("0011", "0012", "0013", "0014", "0015"),
)
"""Every revision this version knows, oldest first; a test holds it against the scripts."""

HEAD = REVISIONS[-1]
COMMAND = "lyceum migrate"
BOOKKEEPING = frozenset({"alembic_version", "sqlite_sequence"})


class SchemaState(StrEnum):
    """How a database stands to this version of the code."""

    NEW = "new"
    CURRENT = "current"
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


def state_of(revision: str, known: Sequence[str], *, has_tables: bool) -> SchemaState:
    """Say how tables of this revision, "" for none, stand to the revisions known, oldest first."""
    if not revision:
        return SchemaState.FOREIGN if has_tables else SchemaState.NEW
    if revision == known[-1]:
        return SchemaState.CURRENT
    return SchemaState.BEHIND if revision in known else SchemaState.AHEAD
