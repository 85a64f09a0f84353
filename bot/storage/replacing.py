"""Replacing a model by another in all choices at once, and undoing it: `ports.Replacements` on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address
from bot.domain.deeds import Deed, DeedKind
from bot.ports import Replaced
from bot.storage.audit_store import note_deed
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import one_at_a_time
from bot.storage.tables.chat_tables import ChoiceRow
from bot.storage.tables.news_tables import ReplacementRow

REPLACING = 0x7265_706C
"""The lock under which choices are moved: two admins who press at once move them once."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose choices are moved: a workspace's, a platform's, or all; and who does it, when."""

    platform: str
    workspace: str
    person_id: str
    at: datetime

    @property
    def address(self) -> Address | None:
        """The place as the audit log has it."""
        return Address(self.platform, self.workspace, "") if self.platform else None


class SqlReplacements:
    """See `ports.Replacements`."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def chosen(self, *, platform: str, workspace: str) -> Mapping[str, int]:
        """See `ports.Replacements.chosen`."""
        reach = Reach(platform, workspace, "", self._clock.utc())
        return await self._database.read(lambda session: chosen(session, reach))

    async def replace(self, old: str, new: str, *, platform: str, workspace: str, person_id: str) -> Replaced | None:
        """See `ports.Replacements.replace`."""
        reach = Reach(platform, workspace, person_id, self._clock.utc())
        return await self._database.write(lambda session: move(session, old, new, reach))

    async def put_back(self, number: int, *, platform: str, workspace: str, person_id: str) -> Replaced | None:
        """See `ports.Replacements.put_back`."""
        reach = Reach(platform, workspace, person_id, self._clock.utc())
        return await self._database.write(lambda session: put_back(session, number, reach))


def chosen(session: Session, reach: Reach) -> dict[str, int]:
    """Count the choices of each model."""
    counts: dict[str, int] = {}
    rows = session.execute(select(ChoiceRow.model, func.count()).where(*_in(reach)).group_by(ChoiceRow.model))
    for model, count in rows:
        counts[_name(model)] = counts.get(_name(model), 0) + count
    return counts


def move(session: Session, old: str, new: str, reach: Reach) -> Replaced | None:
    """Move the choices and write it down; each remembers what it was and which replacement moved it."""
    one_at_a_time(session, REPLACING)
    if session.scalar(select(ChoiceRow.id).where(*_of(old, reach)).limit(1)) is None:
        return None
    made = ReplacementRow(platform=reach.platform, workspace=reach.workspace, old=old, new=new, made_at=reach.at)
    session.add(made)
    session.flush()
    moved = update(ChoiceRow).where(*_of(old, reach))
    moved = moved.values(moved_by=made.id, moved_from=ChoiceRow.model, model=new)
    count = len(session.scalars(moved.returning(ChoiceRow.id)).all())
    _log(session, DeedKind.REPLACED, Replaced(made.id, old, new, count), reach)
    return Replaced(made.id, old, new, count)


def put_back(session: Session, number: int, reach: Reach) -> Replaced | None:
    """Put back what a replacement moved, as far as nothing else was chosen since."""
    one_at_a_time(session, REPLACING)
    here: list[ColumnElement[bool]] = [ReplacementRow.undone_at.is_(None)]
    here += [ReplacementRow.platform == reach.platform] if reach.platform else []
    here += [ReplacementRow.workspace == reach.workspace] if reach.workspace else []
    here += [ReplacementRow.id == number] if number else []
    made = session.scalar(select(ReplacementRow).where(*here).order_by(ReplacementRow.id.desc()).limit(1))
    if made is None:
        return None
    made.undone_at = reach.at
    back = update(ChoiceRow).where(ChoiceRow.moved_by == made.id)
    back = back.values(model=ChoiceRow.moved_from, moved_by=None, moved_from=None)
    count = len(session.scalars(back.returning(ChoiceRow.id)).all())
    if not count:
        return None
    undone = Replaced(made.id, made.old, made.new, count)
    _log(session, DeedKind.PUT_BACK, undone, reach)
    return undone


def _of(model: str, reach: Reach) -> list[ColumnElement[bool]]:
    """Return what a choice of this model in this place has: its name in any case, with or without `:latest`."""
    name = _name(model)
    return [func.lower(ChoiceRow.model).in_([name, f"{name}:latest"]), *_in(reach)]


def _in(reach: Reach) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [ChoiceRow.platform == reach.platform] if reach.platform else []
    return found + ([ChoiceRow.workspace == reach.workspace] if reach.workspace else [])


def _name(model: str) -> str:
    return model.lower().removesuffix(":latest")


def _log(session: Session, kind: DeedKind, replaced: Replaced, reach: Reach) -> None:
    deed = Deed(kind=kind, person_id=reach.person_id, address=reach.address, model=replaced.old, other=replaced.new)
    note_deed(session, replace(deed, amount=replaced.choices), now=reach.at)
