"""Assistants: `ports.Assistants` on SQL. Each public method is one unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Assistant, AssistantInUse, AssistantTraces, KnownAssistant, Level, Persona
from bot.domain.deeds import Deed, DeedKind, deed_with
from bot.errors import UserError
from bot.storage.assistant_uses import greet, in_use, leave, read_assistant, tell_gone, use
from bot.storage.audit_store import note_deed
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_nothing, one_at_a_time
from bot.storage.tables.assistant_tables import AssistantRow, AssistantUseRow
from bot.storage.tables.chat_tables import ASSISTANTS

_LOCK = 0x4C590013
"""Held while assistants are counted: two processes that count at once would both find room for one more."""
Home = Mapping[str, str]


class SqlAssistants:
    """See `ports.Assistants`."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def visible(self, address: Address, person_id: str) -> Sequence[Assistant]:
        """See `ports.Assistants.visible`."""
        return await self._database.read(lambda session: visible(session, address, person_id))

    async def create(
        self, home: Level, address: Address, author_id: str, persona: Persona, *, most: int, source: int = 0
    ) -> Assistant:
        """See `ports.Assistants.create`."""
        values = {
            **home_of(home, address, author_id),
            **said_of(persona),
            "author_id": author_id,
            "made_in": address.workspace,
            "made_at": self._clock.utc(),
            "source_id": source,
            "version": 1,
        }
        kind = DeedKind.ASSISTANT_SHARED if source else DeedKind.ASSISTANT_CREATED

        def work(session: Session) -> Assistant:
            made = create(session, values, most=most)
            self._note(session, deed_with(kind, made, person_id=author_id, address=address))
            return made

        return await self._database.write(work)

    async def change(
        self, assistant_id: int, persona: Persona, *, seen: int, deed: Deed | None = None
    ) -> Assistant | None:
        """See `ports.Assistants.change`."""

        def work(session: Session) -> Assistant | None:
            changed = change(session, assistant_id, persona, seen=seen)
            self._note(session, deed if changed else None)
            return changed

        return await self._database.write(work)

    async def remove(self, assistant_id: int, *, seen: int, deed: Deed | None = None) -> bool:
        """See `ports.Assistants.remove`."""

        def work(session: Session) -> bool:
            is_removed = remove(session, assistant_id, seen=seen)
            self._note(session, deed if is_removed else None)
            return is_removed

        return await self._database.write(work)

    async def traces(self, assistant_id: int) -> AssistantTraces:
        """See `ports.Assistants.traces`."""
        return await self._database.read(lambda session: traces(session, assistant_id))

    async def use(self, level: Level, address: Address, person_id: str, assistant: Assistant) -> bool:
        """See `ports.Assistants.use`. A `ValueError` says that the level does not exist at this address."""
        now = self._clock.utc()
        deed = deed_with(DeedKind.ASSISTANT_USED, assistant, person_id=person_id, address=address, level=level)

        def work(session: Session) -> bool:
            is_used = use(session, level, address, person_id, assistant=assistant, now=now)
            self._note(session, deed if is_used else None)
            return is_used

        return await self._database.write(work)

    async def leave(self, level: Level, address: Address, person_id: str) -> bool:
        """See `ports.Assistants.leave`."""
        return await self._database.write(lambda session: leave(session, level, address, person_id))

    async def in_use(self, address: Address, person_id: str) -> Sequence[AssistantInUse]:
        """See `ports.Assistants.in_use`."""
        return await self._database.read(lambda session: in_use(session, address, person_id))

    async def tell_gone(self, use_id: int, *, turn_id: int) -> bool:
        """See `ports.Assistants.tell_gone`."""
        return await self._database.write(lambda session: tell_gone(session, use_id, turn_id=turn_id))

    async def greet(self, conversation_id: int, assistant_id: int, *, turn_id: int) -> bool:
        """See `ports.Assistants.greet`. A conversation that is gone meanwhile is greeted by nobody."""
        return await self._database.write(
            lambda session: greet(session, conversation_id, assistant_id, turn_id=turn_id)
        )

    async def names(self) -> Sequence[KnownAssistant]:
        """See `ports.Assistants.names`."""
        return await self._database.read(names)

    def _note(self, session: Session, deed: Deed | None) -> None:
        if deed:
            note_deed(session, deed, now=self._clock.utc())


def home_of(home: Level, address: Address, owner_id: str) -> Home:
    """Return the columns that say whose an assistant is.

    Raises:
        ValueError: there is no such home here; stored, it would be everybody's.
    """
    if home is Level.THREAD or (home is Level.WORKSPACE and not address.workspace):
        raise ValueError(f"no home {home.value!r} at this address")
    is_own = home is Level.ME
    return {
        "platform": address.platform,
        "workspace": "" if is_own else address.workspace,
        "channel": address.channel if home is Level.CHANNEL else "",
        "home": home.value,
        "owner_id": owner_id if is_own else "",
    }


def said_of(persona: Persona) -> Mapping[str, str]:
    """Return the columns of what people say of an assistant."""
    return {
        "name": persona.name,
        "name_key": persona.key,
        "prompt": persona.prompt,
        "model": persona.model,
        "lessons": persona.lessons,
        "greeting": persona.greeting,
    }


def visible(session: Session, address: Address, person_id: str) -> list[Assistant]:
    """Read the assistants a person may use here in one statement, the nearest home first."""
    homes = [home_of(Level.ME, address, person_id), home_of(Level.CHANNEL, address, "")]
    homes += [home_of(Level.WORKSPACE, address, "")] if address.workspace else []
    order = case({Level.ME.value: 0, Level.CHANNEL.value: 1}, value=AssistantRow.home, else_=2)
    rows = session.scalars(select(AssistantRow).where(or_(*map(_at, homes))).order_by(order, AssistantRow.name_key))
    return [read_assistant(row) for row in rows]


def create(session: Session, values: Mapping[str, Any], *, most: int) -> Assistant:
    """Insert an assistant where there is room for it."""
    one_at_a_time(session, _LOCK)
    home = {name: values[name] for name in ("platform", "workspace", "channel", "home", "owner_id")}
    if (session.scalar(select(func.count()).select_from(AssistantRow).where(_at(home))) or 0) >= most:
        raise UserError("error.assistants_most", most=most)
    if not insert_or_nothing(session, ASSISTANTS, values):
        raise UserError("error.assistant_exists", name=values["name"])
    named = select(AssistantRow).where(_at(home), AssistantRow.name_key == values["name_key"])
    return read_assistant(session.scalars(named).one())


def change(session: Session, assistant_id: int, persona: Persona, *, seen: int) -> Assistant | None:
    """Change the row of that version."""
    one_at_a_time(session, _LOCK)
    row = session.scalar(select(AssistantRow).where(AssistantRow.id == assistant_id).with_for_update())
    if row is None or row.version != seen:
        return None
    same = {name: getattr(row, name) for name in ("platform", "workspace", "channel", "home", "owner_id")}
    others = select(AssistantRow.id).where(
        _at(same), AssistantRow.name_key == persona.key, AssistantRow.id != assistant_id
    )
    if session.scalar(others) is not None:
        raise UserError("error.assistant_exists", name=persona.name)
    for name, value in said_of(persona).items():
        setattr(row, name, value)
    row.version = seen + 1
    session.flush()
    return read_assistant(row)


def remove(session: Session, assistant_id: int, *, seen: int) -> bool:
    """Delete the row of that version."""
    is_seen = (AssistantRow.id == assistant_id, AssistantRow.version == seen)
    return session.scalar(delete(AssistantRow).where(*is_seen).returning(AssistantRow.id)) is not None


def traces(session: Session, assistant_id: int) -> AssistantTraces:
    """Count where an assistant is used, and its copies."""
    uses = select(AssistantUseRow.level, func.count()).where(AssistantUseRow.assistant_id == assistant_id)
    counted = session.execute(uses.group_by(AssistantUseRow.level)).all()
    copies = session.scalar(
        select(func.count()).select_from(AssistantRow).where(AssistantRow.source_id == assistant_id)
    )
    return AssistantTraces({Level(level): count for level, count in counted if level in set(Level)}, copies or 0)


def names(session: Session) -> list[KnownAssistant]:
    """Read all names."""
    rows = session.scalars(select(AssistantRow).order_by(AssistantRow.name_key))
    return [
        KnownAssistant(
            name=row.name,
            home=Level(row.home),
            platform=row.platform,
            workspace=row.workspace,
            channel=row.channel,
            owner_id=row.owner_id,
        )
        for row in rows
        if row.home in set(Level)
    ]


def forget_assistants(session: Session, person_id: str, *, platform: str, workspace: str) -> None:
    """Delete a person's own assistants and what they chose for themselves; what they made for others is nobody's.

    Others' conversations cannot use what is a person's own, so that nobody is left to be told.
    """
    here = [AssistantRow.platform == platform]
    here += [AssistantRow.made_in == workspace] if workspace else []
    own = select(AssistantRow.id).where(*here, AssistantRow.home == Level.ME.value, AssistantRow.owner_id == person_id)
    session.execute(delete(AssistantUseRow).where(AssistantUseRow.assistant_id.in_(own)))
    session.execute(delete(AssistantRow).where(AssistantRow.id.in_(own)))
    session.execute(
        update(AssistantRow).where(*here, AssistantRow.author_id == person_id).values(author_id="", source_id=0)
    )
    used = [AssistantUseRow.platform == platform]
    used += [AssistantUseRow.workspace == workspace] if workspace else []
    mine = and_(AssistantUseRow.level == Level.ME.value, AssistantUseRow.person_id == person_id)
    session.execute(delete(AssistantUseRow).where(*used, mine))
    session.execute(update(AssistantUseRow).where(*used, AssistantUseRow.chosen_by == person_id).values(chosen_by=""))


def _at(home: Home) -> ColumnElement[bool]:
    return and_(*(getattr(AssistantRow, name) == value for name, value in home.items()))
