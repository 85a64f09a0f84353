"""Erasing: withdrawn messages, what a person said, and what is too old.

What many rows are erased of is read first and erased a few at a time, so that nobody who accepts a message waits long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, delete, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session

from bot.domain import OWN_WORDS, Address, Level, QuotedMessage, Role, TurnState, without_quotes_of
from bot.domain.deeds import FORGOTTEN, Deed, DeedKind
from bot.storage.audit_store import forget_deeds, note_deed
from bot.storage.context_windows import drop_summaries
from bot.storage.conversations import at, within
from bot.storage.database.notify import notify
from bot.storage.tables.chat_tables import (
    ChoiceRow,
    ConversationRow,
    EventRow,
    MessageRow,
    QuoteRow,
    RatingRow,
    TurnRow,
)
from bot.storage.tables.comparison_tables import VoteRow
from bot.storage.turns.open_turns import IS_OPEN, is_orphan, stop

# What a turn's own row holds of words: names of files, and of a lesson as it was typed. Who asked goes as it is closed.
WORDLESS = {"unseen": None, "hint": None, "lesson": None}
FEW = 200
"""Turns or events erased in one unit of work: what is accepted meanwhile waits for no more than that."""


@dataclass(frozen=True, slots=True)
class Within:
    """A platform, or one workspace of it; "" means every one."""

    platform: str
    workspace: str


def withdraw(session: Session, address: Address, *, message_id: str, now: datetime) -> int | None:
    """Delete a question and its answer; the turn stays, without words, and the event, so that neither comes back."""
    turn_id = session.scalar(
        select(MessageRow.turn_id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(*at(address), MessageRow.platform_message_id == message_id)
    )
    if turn_id is not None:
        erase_words(session, [turn_id], now=now)
    return turn_id


def turns_of(session: Session, person_id: str, where: Within) -> Sequence[int]:
    """Read the ids of the turns that hold words of this person."""
    here = within(where.platform, where.workspace)
    theirs = select(MessageRow.turn_id).where(MessageRow.person_id == person_id, MessageRow.conversation_id.in_(here))
    return session.scalars(theirs).all()


def first_words(session: Session, person_id: str, where: Within) -> dict[int, int]:
    """Read in which conversations this person spoke, and the id of their first turn in each."""
    here = within(where.platform, where.workspace)
    spoken = (
        select(MessageRow.conversation_id, func.min(MessageRow.turn_id).label("first"))
        .where(MessageRow.person_id == person_id, MessageRow.conversation_id.in_(here))
        .group_by(MessageRow.conversation_id)
    )
    return {row.conversation_id: row.first for row in session.execute(spoken)}


def first_quotes(session: Session, person_id: str, where: Within) -> dict[int, int]:
    """Read in which conversations others quoted this person, and the id of the first turn in each that did."""
    quoted = (
        select(MessageRow.conversation_id, func.min(MessageRow.turn_id).label("first"))
        .where(MessageRow.id.in_(_quoting(person_id)), MessageRow.conversation_id.in_(_here(where)))
        .group_by(MessageRow.conversation_id)
    )
    return {row.conversation_id: row.first for row in session.execute(quoted)}


def first_own_quotes(session: Session, person_id: str, where: Within) -> dict[int, int]:
    """Read in which conversations somebody quoted the bot after this person was heard in that channel, and from when.

    What the bot wrote there may repeat them.
    """
    quoted = _quoting_own(person_id, where).with_only_columns(
        MessageRow.conversation_id, func.min(MessageRow.turn_id).label("first")
    )
    return {row.conversation_id: row.first for row in session.execute(quoted.group_by(MessageRow.conversation_id))}


def questions_quoting_own(session: Session, person_id: str, where: Within) -> Sequence[int]:
    """Read the ids of the questions in front of which such words of the bot stand."""
    return session.scalars(_quoting_own(person_id, where).distinct()).all()


def questions_quoting(session: Session, person_id: str, where: Within) -> Sequence[int]:
    """Read the ids of the questions in front of which words of this person stand."""
    quoting = (MessageRow.id.in_(_quoting(person_id)), MessageRow.conversation_id.in_(_here(where)))
    return session.scalars(select(MessageRow.id).where(*quoting)).all()


def erase_quotes(session: Session, message_ids: Sequence[int], person_id: str) -> int:
    """Take a person's words out of others' questions. Returns 0: no message of theirs is gone."""
    held = select(MessageRow).where(MessageRow.id.in_(message_ids)).order_by(MessageRow.id).with_for_update()
    questions = session.scalars(held).all()
    drop_summaries(session, [question.turn_id for question in questions])
    for question in questions:
        of_question = select(QuoteRow).where(QuoteRow.message_id == question.id).order_by(QuoteRow.id)
        quotes = [QuotedMessage("", author_id=row.person_id, chars=row.chars) for row in session.scalars(of_question)]
        question.text, _ = without_quotes_of(person_id, question.text, quotes)
        session.execute(delete(QuoteRow).where(QuoteRow.message_id == question.id, QuoteRow.person_id == person_id))
    return 0


def turns_from(session: Session, firsts: Mapping[int, int]) -> Sequence[int]:
    """Read the ids of the turns of these conversations that follow the given ones, and those themselves."""
    return [
        turn_id
        for conversation, first in firsts.items()
        for turn_id in session.scalars(
            select(TurnRow.id).where(TurnRow.conversation_id == conversation, TurnRow.id >= first)
        )
    ]


def erase_answers(session: Session, turn_ids: Sequence[int], *, now: datetime) -> int:
    """Take the words out of what was answered in turns, and is being answered; the questions stay, and in context.

    Returns 0: nothing of it was the person's.
    """
    held = select(TurnRow).where(TurnRow.id.in_(turn_ids)).order_by(TurnRow.id.desc()).with_for_update()
    turns = session.scalars(held).all()
    words = select(MessageRow.turn_id, MessageRow.role).where(MessageRow.turn_id.in_(turn_ids))
    said = {tuple(row) for row in session.execute(words)}
    answers = and_(MessageRow.turn_id.in_(turn_ids), MessageRow.role == Role.ASSISTANT.value)
    session.execute(update(MessageRow).where(answers).values(text="", sources=None, reasoning=None))
    drop_summaries(session, turn_ids)
    session.execute(update(RatingRow).where(RatingRow.turn_id.in_(turn_ids)).values(reason=""))
    _drop_reasons(session, turn_ids)
    # An answer in the making may repeat what its prompt held: its place in the history is taken.
    for turn in turns:
        has_question = turn.about_turn is not None or (turn.id, Role.USER) in said
        if turn.state == TurnState.RUNNING and has_question and (turn.id, Role.ASSISTANT) not in said:
            silence = {"conversation_id": turn.conversation_id, "turn_id": turn.id, "role": Role.ASSISTANT.value}
            session.add(MessageRow(**silence, text="", created_at=now))
    return 0


def erase_words(session: Session, turn_ids: Sequence[int], *, now: datetime) -> int:
    """Delete the messages of turns and ask those still open to stop; return how many messages."""
    # Held, so that no answer is stored between the statements below. Whoever stores one holds the later turn first.
    theirs = or_(TurnRow.id.in_(turn_ids), TurnRow.about_turn.in_(turn_ids))
    session.scalars(select(TurnRow.id).where(theirs).order_by(TurnRow.id.desc()).with_for_update()).all()
    stop(session, theirs, now=now)
    session.execute(update(TurnRow).where(theirs).values(WORDLESS))
    session.execute(delete(RatingRow).where(RatingRow.turn_id.in_(select(TurnRow.id).where(theirs))))
    drop_summaries(session, turn_ids)
    _drop_reasons(session, [*turn_ids, *session.scalars(select(TurnRow.id).where(TurnRow.about_turn.in_(turn_ids)))])
    return _erase_messages(session, turn_ids)


def forget_choices(session: Session, person_id: str, where: Within, *, now: datetime) -> None:
    """Delete a person's own choices; those they made for others stay, and nobody made them.

    The audit log keeps what they did, done by nobody any more, and that somebody was forgotten.
    """
    here = [ChoiceRow.platform == where.platform]
    here += [ChoiceRow.workspace == where.workspace] if where.workspace else []
    own = and_(ChoiceRow.level == Level.ME.value, ChoiceRow.person_id == person_id)
    session.execute(delete(ChoiceRow).where(*here, own))
    session.execute(update(ChoiceRow).where(*here, ChoiceRow.chosen_by == person_id).values(chosen_by=""))
    forget_deeds(session, person_id, platform=where.platform, workspace=where.workspace)
    somewhere = Address(where.platform, where.workspace, "")
    note_deed(session, Deed(kind=DeedKind.ERASED, person_id=FORGOTTEN, address=somewhere), now=now)


def forget_ratings(session: Session, person_id: str, where: Within) -> None:
    """Delete what a person thought of answers."""
    # For each of theirs: all turns of a platform are too many to look at.
    here = exists().where(TurnRow.id == RatingRow.turn_id, TurnRow.conversation_id == ConversationRow.id)
    here = here.where(ConversationRow.platform == where.platform)
    if where.workspace:
        here = here.where(ConversationRow.workspace == where.workspace)
    session.execute(delete(RatingRow).where(RatingRow.person_id == person_id, here))


def forget_votes(session: Session, person_id: str, where: Within) -> None:
    """Delete what a person voted on models."""
    here = [VoteRow.platform == where.platform]
    here += [VoteRow.workspace == where.workspace] if where.workspace else []
    session.execute(delete(VoteRow).where(VoteRow.person_id == person_id, *here))


def turns_before(session: Session, before: datetime, where: Within, *, after: int) -> Sequence[int]:
    """Read the ids of the next few turns accepted before that moment, from after the one named, in their order."""
    old = select(TurnRow.id).where(TurnRow.id > after, TurnRow.accepted_at < before).order_by(TurnRow.id).limit(FEW)
    if where.platform or where.workspace:
        # Not the bare column: along its index all of them would be sorted for each few.
        old = old.where((TurnRow.conversation_id + 0).in_(within(where.platform, where.workspace)))
    return session.scalars(old).all()


def erase_turns(session: Session, turn_ids: Sequence[int], *, now: datetime) -> int:
    """Delete turns nobody is at work on, with their messages and the conversations they leave empty.

    Returns how many messages.
    """
    over = or_(not_(IS_OPEN), is_orphan(now))
    held = select(TurnRow.id, TurnRow.conversation_id).where(TurnRow.id.in_(turn_ids), over)
    turns = session.execute(held.order_by(TurnRow.id).with_for_update()).all()
    ids = [turn.id for turn in turns]
    erased = _erase_messages(session, ids)
    drop_summaries(session, ids)
    _drop_reasons(session, ids)
    session.execute(delete(TurnRow).where(TurnRow.id.in_(ids)))
    _erase_empty(session, sorted({turn.conversation_id for turn in turns}))
    notify(session)
    return erased


def events_before(session: Session, before: datetime, where: Within, *, after: int) -> Sequence[int]:
    """Read the ids of the next few events received before that moment, from after the one named, in their order."""
    here = [EventRow.platform == where.platform] if where.platform else []
    here += [EventRow.workspace == where.workspace] if where.workspace else []
    old = select(EventRow.id).where(EventRow.id > after, EventRow.received_at < before, *here)
    return session.scalars(old.order_by(EventRow.id).limit(FEW)).all()


def erase_events(session: Session, event_ids: Sequence[int]) -> int:
    """Delete events; that of an open turn stays, or it could be accepted a second time. Returns how many."""
    is_awaited = exists().where(IS_OPEN, TurnRow.event_id == EventRow.event_id)
    erased = delete(EventRow).where(EventRow.id.in_(event_ids), not_(is_awaited))
    return len(session.scalars(erased.returning(EventRow.id)).all())


def _drop_reasons(session: Session, turn_ids: Sequence[int]) -> None:
    """Leave of votes on these turns which model was better: why may repeat what stood there."""
    session.execute(update(VoteRow).where(VoteRow.turn_id.in_(turn_ids)).values(reason=""))


def _erase_messages(session: Session, turn_ids: Sequence[int]) -> int:
    erased = delete(MessageRow).where(MessageRow.turn_id.in_(turn_ids)).returning(MessageRow.id)
    return len(session.scalars(erased).all())


def _erase_empty(session: Session, conversation_ids: Sequence[int]) -> None:
    # Held first: a statement of its own then sees a turn that was accepted while we waited for that.
    held = select(ConversationRow.id).where(ConversationRow.id.in_(conversation_ids)).with_for_update()
    session.scalars(held).all()
    has_turns = exists().where(TurnRow.conversation_id == ConversationRow.id)
    session.execute(delete(ConversationRow).where(ConversationRow.id.in_(conversation_ids), not_(has_turns)))


def _here(where: Within) -> Select[int]:
    return within(where.platform, where.workspace)


def _quoting_own(person_id: str, where: Within) -> Select[int]:
    heard = or_(MessageRow.person_id == person_id, MessageRow.id.in_(_quoting(person_id)))
    place = (ConversationRow.platform, ConversationRow.workspace, ConversationRow.channel)
    firsts = (
        select(*place, func.min(MessageRow.turn_id).label("first"))
        .join(MessageRow, MessageRow.conversation_id == ConversationRow.id)
        .where(heard, ConversationRow.id.in_(_here(where)))
        .group_by(*place)
        .subquery()
    )
    at_same = and_(*(column == firsts.c[column.key] for column in place))
    return (
        select(MessageRow.id)
        .join(QuoteRow, QuoteRow.message_id == MessageRow.id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .join(firsts, at_same)
        .where(QuoteRow.person_id == OWN_WORDS, MessageRow.turn_id > firsts.c.first)
    )


def _quoting(person_id: str) -> Select[int]:
    return select(QuoteRow.message_id).where(QuoteRow.person_id == person_id)
