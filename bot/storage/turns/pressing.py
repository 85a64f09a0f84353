"""Answering a question again, as a button asks for: a turn about the question of an earlier one.

Question and answer stay where they were said, with the earlier turn: so they are read back in their place, and what
erases them there erases all of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, not_, or_, select, update
from sqlalchemy.orm import Session

from bot.domain import Address, ChatMessage, CommandCall, Person, Role, StoredAnswer, Turn
from bot.errors import AnswerRunning, UserError
from bot.storage.conversations import entered
from bot.storage.database.notify import notify
from bot.storage.stored_sources import written_sources
from bot.storage.tables.chat_tables import ConversationRow, MessageRow, TurnRow
from bot.storage.turns.accepting import remember_event, turn_values
from bot.storage.turns.open_turns import IS_OPEN
from bot.storage.turns.unknown_states import IS_KNOWN


def accept_press(
    session: Session, call: CommandCall, *, turn_id: int, continues: bool, model: str, worker: str, now: datetime
) -> Turn | None:
    """Store the event and a turn about the question that turn `turn_id` answers; None when the event is known.

    Raises:
        UserError: as `ports.Turns.accept_press` says; nothing is stored then.
    """
    if not remember_event(session, call.address, event_id=call.event_id, now=now):
        return None
    about = _question_turn(session, turn_id)
    said = words_of(session, about)
    if Role.USER not in said:
        raise UserError("error.answer_gone")
    if _is_answered_now(session, about):
        raise AnswerRunning
    if continues and (Role.ASSISTANT not in said or not is_newest(said[Role.ASSISTANT], turn_id)):
        raise UserError("error.answer_replaced")
    message = _message(session, call, said[Role.USER], model)
    conversation_id = entered(session, message.address)
    of_its_own = {"conversation_id": conversation_id, "about_turn": about, "continues": continues}
    new = insert(TurnRow).values(**turn_values(message, worker=worker, now=now), **of_its_own).returning(TurnRow.id)
    accepted = Turn(session.scalars(new).one(), conversation_id, message, about=about, continues=continues)
    notify(session)
    return accepted


def put_answer(session: Session, answer: StoredAnswer, turn: Row[Any], *, now: datetime) -> None:
    """Put what a turn about an earlier one has answered where the answer before it stood, or at its end.

    `turn` has the columns `id`, `conversation_id`, `about_turn` and `continues`. Nothing is put where the question was
    withdrawn, or the turn's place was taken because its words may repeat what was erased meanwhile.
    """
    said = words_of(session, turn.about_turn)
    if Role.USER not in said or words_of(session, turn.id):
        return
    values = {"model": answer.model, "written_by": turn.id, "text": answer.text}
    values["sources"] = written_sources(answer.sources)
    values["reasoning"] = answer.reasoning or None
    if before := said.get(Role.ASSISTANT):
        if turn.continues:
            values["text"] = joined(before.text, answer.text)
            values["sources"] = values["sources"] or before.sources
            values["reasoning"] = values["reasoning"] or before.reasoning
        session.execute(update(MessageRow).where(MessageRow.id == before.id).values(values))
    else:
        stands = {"turn_id": turn.about_turn, "conversation_id": turn.conversation_id, "role": Role.ASSISTANT.value}
        session.add(MessageRow(**stands, **values, created_at=now))


def words_of(session: Session, turn_id: int) -> dict[str, MessageRow]:
    """Read the question and the answer of a turn, by role."""
    return {row.role: row for row in session.scalars(select(MessageRow).where(MessageRow.turn_id == turn_id))}


def is_newest(answer: MessageRow, turn_id: int) -> bool:
    """Whether this turn wrote the newest words of an answer that has any."""
    return bool(answer.text) and turn_id == (answer.written_by or answer.turn_id)


def joined(begun: str, more: str) -> str:
    """Return an answer that was gone on with: two words do not become one."""
    is_apart = not begun or begun[-1].isspace() or more[:1].isspace()
    return begun + more if is_apart else f"{begun} {more}"


def _question_turn(session: Session, turn_id: int) -> int:
    """Return the turn with the question, held: nobody erases it before the new turn is there to be stopped."""
    found = select(func.coalesce(TurnRow.about_turn, TurnRow.id)).where(TurnRow.id == turn_id)
    about = session.scalar(found)
    held = select(TurnRow.id).where(TurnRow.id == about).with_for_update()
    return session.scalar(held) or 0


def _is_answered_now(session: Session, about: int) -> bool:
    these = or_(TurnRow.id == about, TurnRow.about_turn == about)
    may_be_open = or_(IS_OPEN, not_(IS_KNOWN))
    return session.scalar(select(TurnRow.id).where(may_be_open, these).limit(1)) is not None


def _message(session: Session, call: CommandCall, question: MessageRow, model: str) -> ChatMessage:
    """Return the question as it came; who presses lends their language, and what is known only of them."""
    turn, where = session.execute(
        select(TurnRow, ConversationRow)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(TurnRow.id == question.turn_id)
    ).one()
    is_asker = call.person.id == question.person_id
    asker = Person(
        question.person_id or "", question.person_name, is_asker and call.person.is_admin, call.person.locale
    )
    return ChatMessage(
        event_id=call.event_id,
        message_id=question.platform_message_id or "",
        address=Address(where.platform, where.workspace, where.channel, where.thread),
        person=asker,
        text=question.text,
        # Turns that were closed by versions before this one have forgotten it.
        direct=call.direct if turn.is_direct is None else turn.is_direct,
        reply_to=turn.reply_to or "",
        lessons_only=bool(turn.lessons_only),
        lesson=turn.lesson or "",
        answer_language=turn.answer_language or "",
        compares=(model,) if model else tuple(turn.compares.split("\n")) if turn.compares else (),
    )
