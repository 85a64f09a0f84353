"""The history, what was said in each conversation: `ports.History` on SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

import structlog
from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import OWN_WORDS, Address, ContextWindow, PersonRecord, Role, StoredMessage
from bot.storage import context_windows, erasing, person_records, work_store
from bot.storage.assistant_store import forget_assistants
from bot.storage.conversations import at
from bot.storage.course_choice_store import forget_course_choices
from bot.storage.database.database import Database
from bot.storage.tables.chat_tables import CONVERSATIONS, MESSAGES, ConversationRow, MessageRow

Page = Callable[[Session, int], Sequence[int]]
Erase = Callable[[Session, Sequence[int]], int]
ROLES = frozenset(Role)
log = structlog.get_logger(__name__)


class SqlHistory:
    """See `ports.History`. Every method raises `Unavailable` when the database is locked, full or broken."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        """See `ports.History.recent`. A turn is in context once it has an answer, if only the beginning of one."""
        return await self._database.read(
            lambda session: recent(session, conversation_id, before_turn=before_turn, from_turn=from_turn)
        )

    async def window(self, conversation_id: int, *, model: str) -> ContextWindow:
        """See `ports.History.window`."""
        return await self._database.read(lambda session: context_windows.window(session, conversation_id, model))

    async def cut(self, conversation_id: int, *, model: str, from_turn: int, dropped: int) -> None:
        """See `ports.History.cut`."""
        begin = context_windows.Begin(conversation_id, model, from_turn, self._clock.utc())
        await self._database.write(lambda session: context_windows.cut(session, begin, dropped=dropped))

    async def plan_cut(
        self,
        conversation_id: int,
        *,
        model: str,
        from_turn: int,
        summary: str,
        rests_on: Sequence[StoredMessage],
        upon: str = "",
    ) -> bool:
        """See `ports.History.plan_cut`."""
        begin = context_windows.Begin(conversation_id, model, from_turn, self._clock.utc())
        return await self._database.write(
            lambda session: context_windows.plan_cut(session, begin, summary=summary, rests_on=rests_on, upon=upon)
        )

    async def calibrate(self, conversation_id: int, *, model: str, bytes_per_token: float) -> None:
        """See `ports.History.calibrate`."""
        await self._database.write(
            lambda session: context_windows.calibrate(session, conversation_id, model, bytes_per_token=bytes_per_token)
        )

    async def reset(self, address: Address) -> bool:
        """See `ports.History.reset`. Answers still being written are left out as well."""
        return await self._database.write(lambda session: reset(session, address))

    async def withdraw(self, address: Address, *, message_id: str) -> int | None:
        """See `ports.History.withdraw`. A turn still open is asked to stop."""
        now = self._clock.utc()
        return await self._database.write(
            lambda session: erasing.withdraw(session, address, message_id=message_id, now=now)
        )

    async def conversation_at(self, address: Address) -> int | None:
        """See `ports.History.conversation_at`."""
        return await self._database.read(lambda session: session.scalar(select(ConversationRow.id).where(*at(address))))

    async def asker_of(self, address: Address) -> str:
        """See `ports.History.asker_of`."""
        return await self._database.read(lambda session: asker_of(session, address))

    async def forget_person(self, platform: str, person_id: str, *, workspace: str = "") -> int:
        """See `ports.History.forget_person`. Of a choice for others only who made it is forgotten."""
        now = self._clock.utc()
        where = erasing.Within(platform, workspace)
        await self._database.write(lambda session: erasing.forget_choices(session, person_id, where, now=now))
        await self._database.write(lambda session: erasing.forget_ratings(session, person_id, where))
        await self._database.write(lambda session: erasing.forget_votes(session, person_id, where))
        await self._database.write(
            lambda session: forget_assistants(session, person_id, platform=platform, workspace=workspace)
        )
        await self._database.write(
            lambda session: forget_course_choices(session, person_id, platform=platform, workspace=workspace)
        )
        firsts = await self._firsts(person_id, where)
        own = await self._database.read(lambda session: erasing.questions_quoting_own(session, person_id, where))
        turns = await self._database.read(lambda session: erasing.turns_of(session, person_id, where))
        erased = await self._erase(turns, lambda session, few: erasing.erase_words(session, few, now=now))
        # Work that is stored from here on finds no question of theirs.
        await self._database.write(lambda session: work_store.forget_work(session, person_id, where))
        quoting = await self._database.read(lambda session: erasing.questions_quoting(session, person_id, where))
        await self._erase(quoting, lambda session, few: erasing.erase_quotes(session, few, person_id))
        await self._erase(own, lambda session, few: erasing.erase_quotes(session, few, OWN_WORDS))
        # Only now: a turn that begins from here on reads nothing of theirs.
        heard = await self._database.read(lambda session: erasing.turns_from(session, firsts))
        return erased + await self._erase(heard, lambda session, few: erasing.erase_answers(session, few, now=now))

    async def record_of(self, platform: str, person_id: str) -> PersonRecord:
        """See `ports.History.record_of`."""
        return await self._database.read(lambda session: person_records.record_of(session, platform, person_id))

    async def expire(self, *, before: datetime, platform: str = "", workspace: str = "") -> int:
        """See `ports.History.expire`. Age goes by turn; a turn somebody is at work on stays, with its event."""
        now = self._clock.utc()
        where = erasing.Within(platform, workspace)
        erased = await self._erase_by_page(
            lambda session, after: erasing.turns_before(session, before, where, after=after),
            lambda session, few: erasing.erase_turns(session, few, now=now),
        )
        await self._erase_by_page(
            lambda session, after: erasing.events_before(session, before, where, after=after), erasing.erase_events
        )
        await self._erase_by_page(
            lambda session, after: work_store.work_before(session, before, where, after=after), work_store.erase_work
        )
        return erased

    async def _firsts(self, person_id: str, where: erasing.Within) -> dict[int, int]:
        """Return by conversation the first of the others' turns whose answer may repeat this person."""
        spoken = await self._database.read(lambda session: erasing.first_words(session, person_id, where))
        said = {at: first + 1 for at, first in spoken.items()}
        for read in (erasing.first_quotes, erasing.first_own_quotes):
            quoted = await self._database.read(partial(read, person_id=person_id, where=where))
            said |= {at: min(first, said.get(at, first)) for at, first in quoted.items()}
        return said

    async def _erase_by_page(self, page: Page, erase: Erase) -> int:
        """Read and erase a few at a time, after the last id of those before; return how many rows in all."""
        erased = last = 0
        while few := await self._page(page, last):
            erased += await self._erase_some(few, erase)
            last = few[-1]
        return erased

    async def _erase(self, ids: Sequence[int], erase: Erase) -> int:
        """Erase a few at a time; return how many rows in all."""
        erased = 0
        for start in range(0, len(ids), erasing.FEW):
            erased += await self._erase_some(ids[start : start + erasing.FEW], erase)
        return erased

    async def _page(self, page: Page, after: int) -> Sequence[int]:
        return await self._database.read(lambda session: page(session, after))

    async def _erase_some(self, few: Sequence[int], erase: Erase) -> int:
        return await self._database.write(lambda session: erase(session, few))


def asker_of(session: Session, address: Address) -> str:
    """Read who asked the question that a thread is named by."""
    asked = (
        select(MessageRow.person_id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(*at(address), MessageRow.platform_message_id == address.thread)
    )
    return session.scalar(asked) or ""


def recent(session: Session, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> list[StoredMessage]:
    """Read the context in one statement; without turns that have no answer, and answers whose words were erased.

    A message whose role is none is damaged, and passed over.
    """
    which = {"conversation": conversation_id, "turn": before_turn, "begin": from_turn}
    found = session.execute(_RECENT, which).all()
    rows = [row for row in found if row.role in ROLES]
    if len(rows) < len(found):
        log.warning("storage.roles_damaged", conversation=conversation_id, messages=len(found) - len(rows))
    turns = [
        [StoredMessage(row.id, Role(row.role), row.text, row.person_name, row.turn_id, row.is_cited) for row in turn]
        for _, turn in groupby(rows, key=lambda row: row.turn_id)
    ]
    return [message for turn in turns if turn[-1].role is Role.ASSISTANT for message in turn if message.text]


def in_context(
    conversation_id: int | BindParameter[int], *, before_turn: int | BindParameter[int]
) -> Select[int, int, str, str, str, bool]:
    """Select the messages in context in their order, along the index over (conversation, turn)."""
    return (
        select(
            MESSAGES.c.turn_id,
            MESSAGES.c.id,
            MESSAGES.c.role,
            MESSAGES.c.text,
            MESSAGES.c.person_name,
            MESSAGES.c.sources.is_not(None).label("is_cited"),
        )
        .join(CONVERSATIONS, CONVERSATIONS.c.id == MESSAGES.c.conversation_id)
        .where(MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.turn_id < before_turn, _is_in_context())
        .order_by(MESSAGES.c.turn_id, MESSAGES.c.id)
    )


def reset(session: Session, address: Address) -> bool:
    """Begin the context with the next turn; False when no message is in it."""
    last = session.execute(
        select(MessageRow.conversation_id, func.max(MessageRow.turn_id))
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(*at(address), _is_in_context())
        .group_by(MessageRow.conversation_id)
    ).first()
    if last is None:
        return False
    conversation_id, turn_id = last
    context_windows.forget_windows(session, conversation_id)
    begin_context(session, conversation_id, turn_id=turn_id + 1)
    return True


def _is_in_context() -> ColumnElement[bool]:
    begin = tuple_(CONVERSATIONS.c.context_turn, CONVERSATIONS.c.context_from)
    return tuple_(MESSAGES.c.turn_id, MESSAGES.c.id) >= begin


def begin_context(session: Session, conversation_id: int, *, turn_id: int) -> None:
    """Begin the context with this turn, unless it begins later already."""
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id, ConversationRow.context_turn < turn_id)
        .values(context_turn=turn_id, context_from=0)
    )


_RECENT = in_context(bindparam("conversation"), before_turn=bindparam("turn")).where(
    MESSAGES.c.turn_id >= bindparam("begin")
)
