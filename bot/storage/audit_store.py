"""The audit log: `ports.AuditLog` on SQL, and how other stores write their changes down in the same unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Level
from bot.domain.deeds import FORGOTTEN, Deed, DeedFilter, DeedKind, LoggedDeed
from bot.storage import note_store
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_replace, one_at_a_time
from bot.storage.tables.audit_tables import DeedRow
from bot.storage.tables.chat_tables import AUDIT_BOUNDS, AUDIT_LOG

CHANGING = 0x6175_6469_74
"""The lock under which it is looked whether a value is another than before."""
BOUND = "retention"


class SqlAuditLog:
    """See `ports.AuditLog`."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def note(self, deed: Deed) -> None:
        """See `ports.AuditLog.note`."""
        now = self._clock.utc()
        await self._database.write(lambda session: note_deed(session, deed, now=now))

    async def note_change(self, name: str, deed: Deed | None, *, value: str) -> bool:
        """See `ports.AuditLog.note_change`. Mostly nothing has changed, and nothing is to be written."""
        if (await self._database.read(lambda session: note_store.read(session, name)) or "") == value:
            return False
        now = self._clock.utc()
        return await self._database.write(lambda session: note_change(session, name, deed, value=value, now=now))

    async def deeds(self, wanted: DeedFilter) -> Sequence[LoggedDeed]:
        """See `ports.AuditLog.deeds`."""
        return await self._database.read(lambda session: deeds(session, wanted))

    async def trim(self, *, before: datetime) -> int:
        """See `ports.AuditLog.trim`."""
        now = self._clock.utc()
        return await self._database.write(lambda session: trim(session, before=before, now=now))


def note_deed(session: Session, deed: Deed, *, now: datetime) -> None:
    """Write a deed down in this unit of work: it is in the log if, and only if, what it tells is done."""
    where = reached(deed)
    session.execute(
        insert(AUDIT_LOG),
        {
            "done_at": now,
            "kind": deed.kind.value,
            "platform": where.platform,
            "workspace": where.workspace,
            "channel": where.channel,
            "thread": where.thread,
            "level": deed.level.value if deed.level else "",
            "person_id": deed.person_id,
            "model": deed.model,
            "other": deed.other,
            "amount": deed.amount,
        },
    )


def reached(deed: Deed) -> Address:
    """Return the place of a deed, as far down as it reaches: the whole workspace has no channel."""
    where = deed.address.public if deed.address else Address("", "", "")
    match deed.level:
        case Level.WORKSPACE:
            return Address(where.platform, where.workspace, "")
        case Level.CHANNEL:
            return Address(where.platform, where.workspace, where.channel)
        case _:
            return where


def note_change(session: Session, name: str, deed: Deed | None, *, value: str, now: datetime) -> bool:
    """Keep a value, and write the deed down where it was another before."""
    one_at_a_time(session, CHANGING)
    if (note_store.read(session, name) or "") == value:
        return False
    note_store.write(session, name, value, now=now)
    if deed:
        note_deed(session, deed, now=now)
    return True


def deeds(session: Session, wanted: DeedFilter) -> list[LoggedDeed]:
    """Read the newest of the wanted deeds."""
    rows = select(DeedRow).where(*_conditions(wanted)).order_by(DeedRow.id.desc()).limit(wanted.most)
    return [logged for row in session.scalars(rows) if (logged := _logged(row))]


def forget_deeds(session: Session, person_id: str, *, platform: str, workspace: str = "") -> None:
    """Put the tombstone in a person's place, and take off where they were alone: the deeds stay.

    What they did to every workspace says not from which one they did it, and is theirs wherever they are forgotten.
    """
    theirs: list[ColumnElement[bool]] = [*_by(person_id, platform)]
    theirs += [or_(DeedRow.workspace == workspace, DeedRow.platform == "")] if workspace else []
    for_others = and_(DeedRow.level.not_in(["", Level.ME.value]), DeedRow.workspace != "")
    nowhere = {"person_id": FORGOTTEN, "channel": "", "thread": ""}
    session.execute(update(DeedRow).where(*theirs, ~for_others).values(nowhere))
    session.execute(update(DeedRow).where(*theirs, for_others).values(person_id=FORGOTTEN))


def deeds_of(session: Session, platform: str, person_id: str) -> list[LoggedDeed]:
    """Read all deeds of a person on a platform, oldest first."""
    rows = session.scalars(select(DeedRow).where(*_by(person_id, platform)).order_by(DeedRow.id))
    return [logged for row in rows if (logged := _logged(row))]


def trim(session: Session, *, before: datetime, now: datetime) -> int:
    """Move the bound that the trigger asks, and delete what is older."""
    insert_or_replace(session, AUDIT_BOUNDS, at={"name": BOUND}, values={"kept_from": before})
    old = delete(DeedRow).where(DeedRow.done_at < before).returning(DeedRow.id)
    count = len(session.scalars(old).all())
    if count:
        note_deed(session, Deed(kind=DeedKind.TRIMMED, amount=count), now=now)
    return count


def _by(person_id: str, platform: str) -> tuple[ColumnElement[bool], ...]:
    """Return what the deeds of a person have; those that concern every workspace have no platform."""
    return DeedRow.person_id == person_id, DeedRow.platform.in_([platform, ""])


def _conditions(wanted: DeedFilter) -> list[ColumnElement[bool]]:
    concerns_all = DeedRow.platform == ""
    found = []
    if wanted.workspace:
        here = and_(DeedRow.platform == wanted.platform, DeedRow.workspace == wanted.workspace)
        found.append(or_(here, concerns_all))
    elif wanted.platform:
        found.append(or_(DeedRow.platform == wanted.platform, concerns_all))
    if wanted.kind:
        found.append(DeedRow.kind == wanted.kind.value)
    if wanted.person_id:
        found.append(DeedRow.person_id == wanted.person_id)
    if wanted.model:
        names = (wanted.model, f"{wanted.model}:latest")
        found.append(or_(func.lower(DeedRow.model).in_(names), func.lower(DeedRow.other).in_(names)))
    if wanted.since:
        found.append(DeedRow.done_at >= wanted.since)
    return found


def _logged(row: DeedRow) -> LoggedDeed | None:
    """Return a deed; None for a kind of a later version."""
    if row.kind not in set(DeedKind):
        return None
    where = Address(row.platform, row.workspace, row.channel, row.thread) if row.platform else None
    deed = Deed(
        kind=DeedKind(row.kind),
        person_id=row.person_id,
        address=where,
        level=Level(row.level) if row.level in set(Level) else None,
        model=row.model,
        other=row.other,
        amount=row.amount,
    )
    return LoggedDeed(row.id, row.done_at, deed)
