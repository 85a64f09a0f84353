"""Accepting: an event, its message and its turn are stored together, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.domain import Address, ChatMessage, QuotedMessage, Role, Turn, TurnState
from bot.storage.conversations import entered
from bot.storage.database.notify import notify
from bot.storage.database.sql_dialects import Values, insert_or_nothing
from bot.storage.tables.chat_tables import EVENTS, MESSAGES, QUOTES, TURNS
from bot.storage.turns.leases import LEASE

_NEW_TURN = insert(TURNS).returning(TURNS.c.id)
_NEW_MESSAGE = insert(MESSAGES)
_NEW_QUOTES = insert(QUOTES)


def accept(session: Session, message: ChatMessage, *, worker: str, now: datetime) -> Turn | None:
    """Store the event, the message and its turn; None when either of the first two is known."""
    if not remember_event(session, message.address, event_id=message.event_id, message_id=message.message_id, now=now):
        return None
    conversation_id = entered(session, message.address)
    new = turn_values(message, worker=worker, now=now)
    turn_id = session.execute(_NEW_TURN, {"conversation_id": conversation_id, **new}).scalar_one()
    question = {"conversation_id": conversation_id, "turn_id": turn_id, **_question(message, now=now)}
    if message.quotes:
        message_id = session.execute(_NEW_MESSAGE.returning(MESSAGES.c.id), question).scalar_one()
        session.execute(_NEW_QUOTES, [_quoted(quote, message_id) for quote in message.quotes])
    else:
        session.execute(_NEW_MESSAGE, question)
    notify(session)
    return Turn(turn_id, conversation_id, replace(message, quotes=(), files=()))


def remember_event(
    session: Session, address: Address, *, event_id: str, now: datetime, message_id: str | None = None
) -> bool:
    """Store a delivery; False when this event, or another one with this message, is stored already."""
    event = {
        "platform": address.platform,
        "workspace": address.workspace,
        "event_id": event_id,
        "channel": None if message_id is None else address.channel,
        "platform_message_id": message_id,
        "received_at": now,
    }
    return insert_or_nothing(session, EVENTS, event)


def turn_values(message: ChatMessage, *, worker: str, now: datetime) -> Values:
    """Return what a new turn's row says of its message and its worker."""
    return {
        "state": TurnState.ACCEPTED.value,
        "accepted_at": now,
        "worker": worker,
        "lease_until": now + LEASE,
        "event_id": message.event_id,
        "platform_message_id": message.message_id,
        "reply_to": message.reply_to,
        "is_direct": message.direct,
        "person_id": message.person.id,
        "person_name": message.person.name,
        "person_is_admin": message.person.is_admin,
        "person_locale": message.person.locale,
        "lessons_only": message.lessons_only,
        "lesson": message.lesson,
        "answer_language": message.answer_language,
        "unseen": "\n".join(message.unseen) or None,
        "hint": message.hint or None,
        "compares": "\n".join(message.compares) or None,
        "job": message.job.written() if message.job else None,
    }


def _question(message: ChatMessage, *, now: datetime) -> Values:
    return {
        "role": Role.USER.value,
        "platform_message_id": message.message_id,
        "person_id": message.person.id,
        "person_name": message.person.name,
        "text": message.text,
        "created_at": now,
    }


def _quoted(quote: QuotedMessage, message_id: int) -> Values:
    return {"message_id": message_id, "person_id": quote.author_id, "chars": quote.chars}
