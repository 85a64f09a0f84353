"""Reading what is stored of one person, and of nobody else."""

from __future__ import annotations

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.domain import (
    Address,
    PersonRecord,
    QuotedMessage,
    RecordedChoice,
    RecordedMessage,
    RecordedRating,
    RecordedSummary,
    RecordedVote,
    Role,
    words_of_quotes,
)
from bot.storage.assistant_records import assistants_of, uses_of
from bot.storage.audit_store import deeds_of
from bot.storage.course_choice_store import courses_chosen_by
from bot.storage.tables.chat_tables import (
    ChoiceRow,
    ContextWindowRow,
    ConversationRow,
    MessageRow,
    QuoteRow,
    RatingRow,
    TurnRow,
)
from bot.storage.tables.comparison_tables import VoteRow
from bot.storage.work_store import recorded

_ANSWER = aliased(MessageRow)


def record_of(session: Session, platform: str, person_id: str) -> PersonRecord:
    """Read a person's record on a platform."""
    return PersonRecord(
        messages=tuple(_messages(session, platform, person_id)),
        quoted=tuple(_quoted(session, platform, person_id)),
        ratings=tuple(_ratings(session, platform, person_id)),
        choices=tuple(_choices(session, platform, person_id)),
        summaries=tuple(_summaries(session, platform, person_id)),
        votes=tuple(_votes(session, platform, person_id)),
        assistants=tuple(assistants_of(session, platform, person_id)),
        assistant_uses=tuple(uses_of(session, platform, person_id)),
        courses=tuple(courses_chosen_by(session, platform, person_id)),
        work=tuple(recorded(session, platform, person_id)),
        deeds=tuple(deeds_of(session, platform, person_id)),
    )


def _messages(session: Session, platform: str, person_id: str) -> list[RecordedMessage]:
    mine = _said_by(platform, person_id)
    rows = session.execute(
        select(MessageRow, ConversationRow, _ANSWER)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .outerjoin(_ANSWER, and_(_ANSWER.turn_id == MessageRow.turn_id, _ANSWER.role == Role.ASSISTANT.value))
        .where(MessageRow.id.in_(mine))
        .order_by(MessageRow.turn_id, MessageRow.id)
    ).all()
    quotes = _quotes_in(session, mine)
    shared_from = _shared_from(session, platform, person_id)
    return [
        _message(question, where, answer, quotes.get(question.id, []), shared_from.get(where.id))
        for question, where, answer in rows
    ]


def _message(
    question: MessageRow,
    where: ConversationRow,
    answer: MessageRow | None,
    quotes: list[QuotedMessage],
    shared_from: int | None,
) -> RecordedMessage:
    """Return a message without what it quotes; its answer only where the model had read nobody else's words."""
    own, has_answer = question.text[sum(quote.chars for quote in quotes) :], bool(answer and answer.text)
    may_repeat = shared_from is not None and question.turn_id >= shared_from
    is_given = has_answer and not may_repeat
    return RecordedMessage(
        said_at=question.created_at,
        address=Address(where.platform, where.workspace, where.channel, where.thread),
        message_id=question.platform_message_id or "",
        text=own,
        answer=answer.text if answer and is_given else "",
        model=answer.model if answer and has_answer else "",
        reasoning=(answer.reasoning or "") if answer and is_given else "",
        is_answer_left_out=has_answer and may_repeat,
    )


def _shared_from(session: Session, platform: str, person_id: str) -> dict[int, int]:
    """Read from which turn on a conversation may hold words of others: said there, or quoted."""
    mine = select(MessageRow.turn_id).where(MessageRow.id.in_(_said_by(platform, person_id)))
    here = select(MessageRow.conversation_id).where(MessageRow.id.in_(_said_by(platform, person_id)))
    # Also turns whose words are gone: later answers may repeat them.
    of_others = and_(
        TurnRow.id.not_in(mine),
        or_(TurnRow.about_turn.is_(None), TurnRow.about_turn.not_in(mine)),
        or_(TurnRow.is_direct.is_(None), TurnRow.is_direct.is_(False)),
    )
    others = select(TurnRow.conversation_id, func.min(TurnRow.id)).where(TurnRow.conversation_id.in_(here), of_others)
    quoting = (
        select(MessageRow.conversation_id, func.min(MessageRow.turn_id))
        .join(QuoteRow, QuoteRow.message_id == MessageRow.id)
        .where(MessageRow.conversation_id.in_(here), QuoteRow.person_id != person_id)
    )
    found: dict[int, int] = {}
    for asked in (others.group_by(TurnRow.conversation_id), quoting.group_by(MessageRow.conversation_id)):
        for conversation, turn in session.execute(asked):
            found[conversation] = min(turn, found.get(conversation, turn))
    return found


def _quoted(session: Session, platform: str, person_id: str) -> list[str]:
    """Read the words of a person that stand in front of others' questions."""
    quoting = (
        select(MessageRow.id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .join(QuoteRow, QuoteRow.message_id == MessageRow.id)
        .where(ConversationRow.platform == platform, QuoteRow.person_id == person_id)
        .where(MessageRow.person_id != person_id)
    )
    texts = {row.id: row.text for row in session.scalars(select(MessageRow).where(MessageRow.id.in_(quoting)))}
    quotes = _quotes_in(session, quoting)
    return [words for key in sorted(texts) for words in words_of_quotes(person_id, texts[key], quotes.get(key, []))]


def _quotes_in(session: Session, messages: Select[int]) -> dict[int, list[QuotedMessage]]:
    found: dict[int, list[QuotedMessage]] = {}
    for row in session.scalars(select(QuoteRow).where(QuoteRow.message_id.in_(messages)).order_by(QuoteRow.id)):
        found.setdefault(row.message_id, []).append(QuotedMessage("", author_id=row.person_id, chars=row.chars))
    return found


def _ratings(session: Session, platform: str, person_id: str) -> list[RecordedRating]:
    rows = session.scalars(
        select(RatingRow)
        .join(TurnRow, TurnRow.id == RatingRow.turn_id)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(RatingRow.person_id == person_id, ConversationRow.platform == platform)
        .order_by(RatingRow.id)
    )
    return [RecordedRating(row.rated_at, row.verdict, row.reason, row.model) for row in rows]


def _choices(session: Session, platform: str, person_id: str) -> list[RecordedChoice]:
    rows = session.scalars(
        select(ChoiceRow)
        .where(ChoiceRow.platform == platform, ChoiceRow.chosen_by == person_id)
        .order_by(ChoiceRow.chosen_at, ChoiceRow.id)
    )
    return [
        RecordedChoice(
            row.chosen_at,
            row.level,
            Address(row.platform, row.workspace, row.channel, row.thread),
            row.model,
            row.think or "",
        )
        for row in rows
    ]


def _summaries(session: Session, platform: str, person_id: str) -> list[RecordedSummary]:
    """Read the summaries that may hold words of a person; those that may hold words of others without theirs."""
    here = select(MessageRow.conversation_id).where(MessageRow.id.in_(_said_by(platform, person_id)))
    rows = session.execute(
        select(ContextWindowRow, ConversationRow)
        .join(ConversationRow, ConversationRow.id == ContextWindowRow.conversation_id)
        .where(ContextWindowRow.conversation_id.in_(here))
        .order_by(ContextWindowRow.id)
    ).all()
    shared_from = _shared_from(session, platform, person_id)
    found = []
    for row, where in rows:
        kept = ((row.summary, row.summary_at, row.from_turn), (row.next_summary, row.next_at, row.next_turn))
        for text, made_at, ends in kept:
            is_shared = shared_from.get(where.id, ends) < ends
            address = Address(where.platform, where.workspace, where.channel, where.thread)
            if text:
                found.append(RecordedSummary(made_at, address, row.model, "" if is_shared else text, is_shared))
    return found


def _votes(session: Session, platform: str, person_id: str) -> list[RecordedVote]:
    mine = (VoteRow.platform == platform, VoteRow.person_id == person_id)
    rows = session.scalars(select(VoteRow).where(*mine).order_by(VoteRow.id))
    return [RecordedVote(row.voted_at, row.first, row.second, row.outcome, row.reason) for row in rows]


def _said_by(platform: str, person_id: str) -> Select[int]:
    return (
        select(MessageRow.id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(ConversationRow.platform == platform, MessageRow.person_id == person_id)
    )
