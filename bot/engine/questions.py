"""Questions asked by command: `/ask` is a message to the lessons, with a say in who reads the answer."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import ChatMessage, CommandCall, ModelJob, private_thread
from bot.domain.model_jobs import EVERY_COURSE
from bot.engine.commands import (
    BASE,
    BY_NAME,
    CALLED,
    COMPARE,
    COURSE,
    FIRST,
    JOBS,
    KNOWN_MODEL,
    ON,
    QUESTION,
    REFRESH,
    REPLACE,
    SECOND,
    SOURCE,
    THIRD,
    CommandKind,
    kind_of,
)


def is_private(call: CommandCall) -> bool:
    """Whether a question is for its asker's eyes alone where others read, too."""
    return bool(call.arguments.get("private")) and not call.direct


def is_personal(call: CommandCall) -> bool:
    """Whether what a call says is for its caller's eyes alone where others read, too."""
    return is_private(call) or (kind_of(call.command) is CommandKind.PERSONAL and not call.direct)


def to_question(call: CommandCall) -> ChatMessage:
    """Return the message that a call of `/ask` or another question says; its options are the table's.

    A private question is held in the person's own conversation of the channel, but for one asked where nobody else
    reads anyway, and answered in the thread it was asked in. One about a message is asked of that, and of no lesson.
    """
    if call.command == COMPARE:
        return _compared(call)
    if call.command in JOBS:
        return _with_job(call)
    alone = is_private(call)
    message_id = call.message_id or call.event_id
    return ChatMessage(
        event_id=call.event_id,
        message_id=message_id,
        address=replace(call.address, thread=private_thread(call.person.id)) if alone else call.address,
        person=call.person,
        text=call.arguments["question"],
        direct=call.direct or alone,
        reply_to=call.reply_to or (_thread_around(call) if alone else ""),
        quotes=call.quotes,
        files=call.files,
        pictures=call.pictures,
        recordings=call.recordings,
        unseen=call.unseen,
        lessons_only=not call.quotes,
        lesson=call.arguments.get("lesson", ""),
        answer_language=call.arguments.get("language", ""),
    )


def _compared(call: CommandCall) -> ChatMessage:
    """Return the message that has several models answer."""
    names = (call.arguments.get(option.name, "") for option in (FIRST, SECOND, THIRD))
    return ChatMessage(
        event_id=call.event_id,
        message_id=call.message_id or call.event_id,
        address=call.address,
        person=call.person,
        text=call.arguments[QUESTION.name],
        direct=call.direct,
        reply_to=call.reply_to,
        files=call.files,
        pictures=call.pictures,
        recordings=call.recordings,
        unseen=call.unseen,
        compares=tuple(name for name in names if name),
    )


def shown_words(call: CommandCall) -> str:
    """Return what others are shown of a call that is answered to all: the question, or how the command is typed."""
    if call.command not in JOBS:
        return call.arguments[QUESTION.name]
    named = {option.name for option in BY_NAME[call.command].options if option.is_named}
    words = [f"{name} {value}" if name in named else value for name, value in call.arguments.items()]
    return " ".join([f"/{call.command}", *words])


def _with_job(call: CommandCall) -> ChatMessage:
    """Return the message that has something done to a host's models, or to the lessons; its words are the command's."""
    given = call.arguments
    job = ModelJob(command=REFRESH, name=given.get(COURSE.name) or EVERY_COURSE)
    if call.command != REFRESH:
        job = _model_job(call)
    return ChatMessage(
        event_id=call.event_id,
        message_id=call.message_id or call.event_id,
        address=call.address,
        person=call.person,
        text=shown_words(call),
        direct=call.direct,
        reply_to=call.reply_to,
        job=job,
    )


def _model_job(call: CommandCall) -> ModelJob:
    given = call.arguments
    return ModelJob(
        command=call.command,
        name=given.get(CALLED.name) or given[KNOWN_MODEL.name],
        host=given.get(ON.name, ""),
        source=given.get(SOURCE.name, ""),
        base=given.get(BASE.name, ""),
        recipe="\n".join(file.text for file in call.files),
        replace=given.get(REPLACE.name, ""),
    )


def _thread_around(call: CommandCall) -> str:
    """Return the thread a question was asked in, "" where the question begins it."""
    thread = call.address.thread
    return "" if call.address.is_private or thread == call.message_id else thread
