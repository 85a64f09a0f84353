"""What was said: `ports.History` on SQL. Each public method is one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, delete, func, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from bot.domain import Address, ChatMessage, CommandCall, Role, StoredAnswer, StoredMessage, Turn, TurnState
from bot.storage.clock import Clock, utc_now
from bot.storage.database import Database
from bot.storage.tables import ConversationRow, EventRow, MessageRow, TurnRow

OPEN = (TurnState.ACCEPTED.value, TurnState.RUNNING.value)


class SqlHistory:
    """See `ports.History`. Every method raises `Unavailable` when the database is locked, full or broken."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def accept(self, message: ChatMessage) -> Turn | None:
        """See `ports.History.accept`. The same message under two event ids is known already, too."""
        now = self._clock()
        return await self._database.write(lambda session: accept(session, message, now=now))

    async def accept_call(self, call: CommandCall) -> bool:
        """See `ports.History.accept_call`."""
        now = self._clock()
        return await self._database.write(
            lambda session: remember_event(session, call.address, event_id=call.event_id, now=now)
        )

    async def recent(self, conversation_id: int, *, before_turn: int) -> Sequence[StoredMessage]:
        """See `ports.History.recent`. A turn is in context once it has an answer, if only the beginning of one."""
        return await self._database.read(lambda session: recent(session, conversation_id, before_turn=before_turn))

    async def forget_before(self, conversation_id: int, *, message_id: int) -> None:
        """See `ports.History.forget_before`. Older goes by turn, as in `recent`; an unknown message changes nothing."""
        await self._database.write(lambda session: forget_before(session, conversation_id, message_id=message_id))

    async def reset(self, address: Address) -> bool:
        """See `ports.History.reset`. Answers still being written are left out as well."""
        return await self._database.write(lambda session: reset(session, address))

    async def start(self, turn_id: int) -> None:
        """See `ports.History.start`. A turn that is closed stays as it is."""
        now = self._clock()
        await self._database.write(lambda session: start(session, turn_id, now=now))

    async def finish(self, turn_id: int, answer: StoredAnswer) -> None:
        """See `ports.History.finish`. A turn that is closed stays as it is; a withdrawn question gets no answer."""
        now = self._clock()
        await self._database.write(lambda session: finish(session, turn_id, answer, now=now))

    async def withdraw(self, address: Address, *, message_id: str) -> int | None:
        """See `ports.History.withdraw`."""
        return await self._database.write(lambda session: withdraw(session, address, message_id=message_id))


def accept(session: Session, message: ChatMessage, *, now: datetime) -> Turn | None:
    """Store the event, the message and its turn; None when either of the first two is known."""
    if not remember_event(session, message.address, event_id=message.event_id, message_id=message.message_id, now=now):
        return None
    conversation_id = conversation(session, message.address)
    turn = TurnRow(conversation_id=conversation_id, state=TurnState.ACCEPTED.value, accepted_at=now)
    session.add(turn)
    session.flush()
    session.add(_question(message, turn, now=now))
    return Turn(turn.id, conversation_id, message)


def remember_event(
    session: Session, address: Address, *, event_id: str, now: datetime, message_id: str | None = None
) -> bool:
    """Store a delivery; False when this event, or another one with this message, is stored already."""
    new = insert(EventRow).values(
        platform=address.platform,
        workspace=address.workspace,
        event_id=event_id,
        channel=None if message_id is None else address.channel,
        platform_message_id=message_id,
        received_at=now,
    )
    return session.scalar(new.on_conflict_do_nothing().returning(EventRow.id)) is not None


def conversation(session: Session, address: Address) -> int:
    """Return the id of the address's conversation, new when nothing was said there yet."""
    known = session.scalar(_conversation_id(address))
    if known is not None:
        return known
    new = insert(ConversationRow).values(
        platform=address.platform, workspace=address.workspace, channel=address.channel, thread=address.thread
    )
    # Somebody else may have made it a moment ago where writers are many; then theirs is found.
    session.execute(new.on_conflict_do_nothing())
    return session.scalars(_conversation_id(address)).one()


def recent(session: Session, conversation_id: int, *, before_turn: int) -> list[StoredMessage]:
    """Read the context in one statement; a turn without an answer is left out."""
    rows = session.execute(in_context(conversation_id, before_turn=before_turn))
    turns = [
        [StoredMessage(row.id, Role(row.role), row.text, row.person_name) for row in turn]
        for _, turn in groupby(rows, key=lambda row: row.turn_id)
    ]
    return [message for turn in turns if turn[-1].role is Role.ASSISTANT for message in turn]


def in_context(conversation_id: int, *, before_turn: int) -> Select[int, int, str, str, str]:
    """Select the messages in context in their order, along the index over (conversation, turn)."""
    return (
        select(MessageRow.turn_id, MessageRow.id, MessageRow.role, MessageRow.text, MessageRow.person_name)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(MessageRow.conversation_id == conversation_id, MessageRow.turn_id < before_turn, _is_in_context())
        .order_by(MessageRow.turn_id, MessageRow.id)
    )


def forget_before(session: Session, conversation_id: int, *, message_id: int) -> None:
    """Begin the context with this message, unless it begins later already."""
    turn_id = session.scalar(
        select(MessageRow.turn_id).where(MessageRow.id == message_id, MessageRow.conversation_id == conversation_id)
    )
    if turn_id is not None:
        _begin_context(session, conversation_id, turn_id=turn_id, message_id=message_id)


def reset(session: Session, address: Address) -> bool:
    """Begin the context with the next turn; False when no message is in it."""
    last = session.execute(
        select(MessageRow.conversation_id, func.max(MessageRow.turn_id))
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(*_at(address), _is_in_context())
        .group_by(MessageRow.conversation_id)
    ).first()
    if last is None:
        return False
    conversation_id, turn_id = last
    _begin_context(session, conversation_id, turn_id=turn_id + 1, message_id=0)
    return True


def start(session: Session, turn_id: int, *, now: datetime) -> None:
    """Mark an open turn as running, since when."""
    session.execute(
        update(TurnRow)
        .where(TurnRow.id == turn_id, TurnRow.state.in_(OPEN))
        .values(state=TurnState.RUNNING.value, started_at=now)
    )


def finish(session: Session, turn_id: int, answer: StoredAnswer, *, now: datetime) -> None:
    """Close an open turn and store what was answered."""
    closed = session.scalar(
        update(TurnRow)
        .where(TurnRow.id == turn_id, TurnRow.state.in_(OPEN))
        .values(
            state=answer.state.value,
            finished_at=now,
            model=answer.model,
            error_key=answer.error_key,
            prompt_tokens=answer.prompt_tokens,
            answer_tokens=answer.answer_tokens,
        )
        .returning(TurnRow.conversation_id)
    )
    if closed is not None and answer.text and _has_question(session, turn_id):
        session.add(_answer(answer, turn_id=turn_id, conversation_id=closed, now=now))


def withdraw(session: Session, address: Address, *, message_id: str) -> int | None:
    """Delete a question and its answer; the turn stays, without words, and the event, so that neither comes back."""
    turn_id = session.scalar(
        select(MessageRow.turn_id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(*_at(address), MessageRow.platform_message_id == message_id)
    )
    if turn_id is not None:
        session.execute(delete(MessageRow).where(MessageRow.turn_id == turn_id))
    return turn_id


def _question(message: ChatMessage, turn: TurnRow, *, now: datetime) -> MessageRow:
    return MessageRow(
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        role=Role.USER.value,
        platform_message_id=message.message_id,
        person_id=message.person.id,
        person_name=message.person.name,
        text=message.text,
        created_at=now,
    )


def _answer(answer: StoredAnswer, *, turn_id: int, conversation_id: int, now: datetime) -> MessageRow:
    return MessageRow(
        conversation_id=conversation_id,
        turn_id=turn_id,
        role=Role.ASSISTANT.value,
        text=answer.text,
        model=answer.model,
        created_at=now,
    )


def _has_question(session: Session, turn_id: int) -> bool:
    asked = select(MessageRow.id).where(MessageRow.turn_id == turn_id, MessageRow.role == Role.USER.value)
    return session.scalar(asked) is not None


def _conversation_id(address: Address) -> Select[int]:
    return select(ConversationRow.id).where(*_at(address))


def _at(address: Address) -> tuple[ColumnElement[bool], ...]:
    return (
        ConversationRow.platform == address.platform,
        ConversationRow.workspace == address.workspace,
        ConversationRow.channel == address.channel,
        ConversationRow.thread == address.thread,
    )


def _is_in_context() -> ColumnElement[bool]:
    begin = tuple_(ConversationRow.context_turn, ConversationRow.context_from)
    return tuple_(MessageRow.turn_id, MessageRow.id) >= begin


def _begin_context(session: Session, conversation_id: int, *, turn_id: int, message_id: int) -> None:
    begins_earlier = tuple_(ConversationRow.context_turn, ConversationRow.context_from) < tuple_(turn_id, message_id)
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id, begins_earlier)
        .values(context_turn=turn_id, context_from=message_id)
    )
