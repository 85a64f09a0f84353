"""Results of probes: `ports.ProbeLog` on SQL. Each public method is one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from itertools import groupby

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.domain.probes import ProbeResult, ProbeTally
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_replace
from bot.storage.tables.chat_tables import MODEL_PROBES
from bot.storage.tables.probe_tables import ModelProbeRow

_COUNTS = [each.name for each in fields(ProbeTally)]


class SqlProbeLog:
    """See `ports.ProbeLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def results(self, *, edition: int) -> Sequence[ProbeResult]:
        """See `ports.ProbeLog.results`."""
        return await self._database.read(lambda session: results(session, edition))

    async def keep(self, result: ProbeResult) -> None:
        """See `ports.ProbeLog.keep`."""
        await self._database.write(lambda session: keep(session, result))


def results(session: Session, edition: int) -> list[ProbeResult]:
    """Return what was measured, the rows of one model on one server together."""
    rows = session.scalars(
        select(ModelProbeRow)
        .where(ModelProbeRow.edition == edition)
        .order_by(ModelProbeRow.model, ModelProbeRow.key, ModelProbeRow.server, ModelProbeRow.language)
    )
    return [_result([*each]) for _, each in groupby(rows, key=lambda row: (row.key, row.server))]


def keep(session: Session, result: ProbeResult) -> None:
    """Write the counts of each language, and drop those of languages that are asked no more."""
    which = {"key": result.key, "server": result.server}
    told = {"edition": result.edition, "model": result.model, "probed_at": result.probed_at}
    session.execute(delete(ModelProbeRow).where(ModelProbeRow.key == result.key, ModelProbeRow.server == result.server))
    for language, tally in result.tallies.items():
        insert_or_replace(session, MODEL_PROBES, at={**which, "language": language}, values={**told, **asdict(tally)})


def _result(rows: Sequence[ModelProbeRow]) -> ProbeResult:
    first = rows[0]
    return ProbeResult(
        model=first.model,
        key=first.key,
        server=first.server,
        edition=first.edition,
        probed_at=first.probed_at,
        tallies={row.language: ProbeTally(**{name: getattr(row, name) for name in _COUNTS}) for row in rows},
    )
