"""Questions asked by command: `/ask` is a message to the lessons, with a say in who reads the answer."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import ChatMessage, CommandCall, private_thread


def to_question(call: CommandCall, *, message_id: str = "", reply_to: str = "") -> ChatMessage:
    """Return the message a call of `/ask` or `/lesson ask` says; its options must be those of the table.

    `message_id` is the platform's id of what shows the question, the call's own where nothing does. A private question
    is held in the person's own conversation of the channel, but for one asked where nobody else reads anyway.
    """
    is_private = bool(call.arguments.get("private")) and not call.direct
    address = replace(call.address, thread=private_thread(call.person.id)) if is_private else call.address
    return ChatMessage(
        event_id=call.event_id,
        message_id=message_id or call.event_id,
        address=address,
        person=call.person,
        text=call.arguments["question"],
        direct=call.direct or is_private,
        reply_to=reply_to,
        lessons_only=True,
        lesson=call.arguments.get("lesson", ""),
        answer_language=call.arguments.get("language", ""),
    )
