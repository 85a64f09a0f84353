"""The storage ports in memory: what the contracts of tests/contracts promise, without a database.

Set `broken` of one of them to an error and each of its methods raises it, as a database that is locked or full does;
set it on the store they share and all of them do.
"""

from __future__ import annotations

from tests.memory.answers import FakeAnswers
from tests.memory.assistants import FakeAssistants
from tests.memory.audit_log import FakeAuditLog
from tests.memory.choices import FakeChoices
from tests.memory.comparisons import FakeComparisons
from tests.memory.courses import FakeCourseChoices, FakeCourseSources
from tests.memory.embedder import FakeEmbedder
from tests.memory.history import FakeHistory
from tests.memory.keepers import FakeKeeper
from tests.memory.lessons import FakeLessons
from tests.memory.members import FakeMembers
from tests.memory.news import FakeNewsStore, FakeReplacements
from tests.memory.notes import FakeNotes
from tests.memory.probes import FakeProbeLog
from tests.memory.store import FakeStore, FakeTurn
from tests.memory.turns import FakeTurns
from tests.memory.upkeep import FakeUpkeep
from tests.memory.usage import FakeUsage
from tests.memory.work_log import FakeWorkLog

__all__ = [
    "FakeAnswers",
    "FakeAssistants",
    "FakeAuditLog",
    "FakeChoices",
    "FakeComparisons",
    "FakeCourseChoices",
    "FakeCourseSources",
    "FakeEmbedder",
    "FakeHistory",
    "FakeKeeper",
    "FakeLessons",
    "FakeMembers",
    "FakeNewsStore",
    "FakeNotes",
    "FakeProbeLog",
    "FakeReplacements",
    "FakeStore",
    "FakeTurn",
    "FakeTurns",
    "FakeUpkeep",
    "FakeUsage",
    "FakeWorkLog",
]
