"""Choices, which model was chosen where: `ports.Choices` on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, select, tuple_
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Choice, Level, PlacedChoice, Think
from bot.domain.deeds import Deed, DeedKind
from bot.storage.audit_store import note_deed
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_replace
from bot.storage.tables.chat_tables import CHOICES, ChoiceRow, ConversationRow, MessageRow

Scope = tuple[str, str, str, str, str, str]

KEY = ("platform", "workspace", "channel", "thread", "level", "person_id")
COLUMNS = tuple_(
    ChoiceRow.platform, ChoiceRow.workspace, ChoiceRow.channel, ChoiceRow.thread, ChoiceRow.level, ChoiceRow.person_id
)
_CHOSEN = select(CHOICES.c.level, CHOICES.c.model, CHOICES.c.chosen_by, CHOICES.c.think).where(
    tuple_(*(CHOICES.c[name] for name in KEY)).in_(bindparam("scopes", expanding=True))
)


class SqlChoices:
    """See `ports.Choices`. Every method raises `Unavailable` when the database is locked, full or broken."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        """See `ports.Choices.chain`."""
        return await self._database.read(lambda session: chain(session, address, person_id))

    async def choose(
        self, level: Level, address: Address, person_id: str, *, model: str, think: Think | None = None
    ) -> None:
        """See `ports.Choices.choose`. A `ValueError` says that the level does not exist at this address."""
        scope = scope_of(level, address, person_id)
        now = self._clock.utc()
        deed = Deed(kind=DeedKind.CHOSE, person_id=person_id, address=address, level=level, model=model)

        def work(session: Session) -> None:
            choose(session, scope, model=model, think=think, chosen_by=person_id, now=now)
            note_deed(session, deed, now=now)

        await self._database.write(work)

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        """See `ports.Choices.clear`. A level that does not exist here has no choice."""
        if not exists(level, address):
            return False
        scope = scope_of(level, address, person_id)
        now = self._clock.utc()
        deed = Deed(kind=DeedKind.CLEARED, person_id=person_id, address=address, level=level)

        def work(session: Session) -> bool:
            model = clear(session, scope)
            if model is not None:
                note_deed(session, replace(deed, model=model), now=now)
            return model is not None

        return await self._database.write(work)

    async def uses(self, model: str) -> Sequence[PlacedChoice]:
        """See `ports.Choices.uses`."""
        return await self._database.read(lambda session: uses(session, model))


def uses(session: Session, model: str) -> list[PlacedChoice]:
    """Read the choices of a model, and the newest names of the people they are for."""
    bare = model.removesuffix(":latest")
    rows = session.scalars(
        select(ChoiceRow)
        .where(ChoiceRow.model.in_([bare, f"{bare}:latest"]))
        .order_by(ChoiceRow.chosen_at, ChoiceRow.id)
    ).all()
    names = _names(session, {row.person_id for row in rows if row.person_id})
    return [
        PlacedChoice(
            level=Level(row.level),
            platform=row.platform,
            workspace=row.workspace,
            channel=row.channel,
            thread=row.thread,
            person_id=row.person_id,
            person_name=names.get((row.platform, row.person_id), ""),
        )
        for row in rows
        if row.level in set(Level)
    ]


def _names(session: Session, person_ids: set[str]) -> dict[tuple[str, str], str]:
    """Read what people were called when they were last heard, by platform and id."""
    heard = (
        select(ConversationRow.platform, MessageRow.person_id, MessageRow.person_name)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(MessageRow.person_id.in_(person_ids), MessageRow.person_name != "")
        .order_by(MessageRow.id)
    )
    return {(row.platform, row.person_id): row.person_name for row in session.execute(heard)} if person_ids else {}


def exists(level: Level, address: Address) -> bool:
    """Whether there is such a level here: a channel has no thread, a direct message no workspace."""
    match level:
        case Level.THREAD:
            return bool(address.public.thread)
        case Level.WORKSPACE:
            return bool(address.workspace)
        case Level.ME | Level.CHANNEL:
            return True


def scope_of(level: Level, address: Address, person_id: str) -> Scope:
    """Return what identifies the choice of this level: values of the columns `KEY`.

    Raises:
        ValueError: the level does not exist here; stored, it would reach further than its name says.
    """
    if not exists(level, address):
        raise ValueError(f"no level {level.value!r} at this address")
    channel = "" if level is Level.WORKSPACE else address.channel
    thread = address.public.thread if level in {Level.ME, Level.THREAD} else ""
    person = person_id if level is Level.ME else ""
    return address.platform, address.workspace, channel, thread, level.value, person


def chain(session: Session, address: Address, person_id: str) -> list[Choice]:
    """Read the choices of all levels in one statement, nearest first."""
    scopes = [scope_of(level, address, person_id) for level in Level if exists(level, address)]
    rows = session.execute(_CHOSEN, {"scopes": scopes})
    found = {row.level: Choice(Level(row.level), row.model, row.chosen_by, read_think(row.think)) for row in rows}
    return [found[level.value] for level in Level if level.value in found]


def read_think(stored: str | None) -> Think | None:
    """Read how much a model is to think; what is none of the ways, as of a later version, is no choice."""
    return Think(stored) if stored in set(Think) else None


def choose(
    session: Session, scope: Scope, *, model: str, chosen_by: str, now: datetime, think: Think | None = None
) -> None:
    """Insert or replace in one statement, so that two people who choose at once never meet an error."""
    chosen = {"model": model, "think": think.value if think else None, "chosen_by": chosen_by, "chosen_at": now}
    # What somebody chose is nobody's to put back.
    chosen |= {"moved_by": None, "moved_from": None}
    insert_or_replace(session, CHOICES, at=dict(zip(KEY, scope, strict=True)), values=chosen)


def clear(session: Session, scope: Scope) -> str | None:
    """Delete the choice; return which model it was, None when there was none."""
    return session.scalar(delete(ChoiceRow).where(COLUMNS.in_([scope])).returning(ChoiceRow.model))
