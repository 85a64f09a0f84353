"""The file in which a person is given what is stored of them: JSON that explains itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain import (
    Address,
    Attached,
    PersonRecord,
    RecordedAssistant,
    RecordedMessage,
    RecordedSummary,
    RecordedWork,
)
from bot.domain.deeds import LoggedDeed
from bot.i18n import text

NAME = "lyceum-export.json"
# Discord takes 10 MB, a little less than that with all around it.
MOST_BYTES = 9_000_000
# The newest, in some 5 MB.
MOST_WORK = 20_000
_READ_ME = (
    "what",
    "messages",
    "answers",
    "quoted",
    "summaries",
    "ratings",
    "choices",
    "assistants",
    "courses",
    "work",
    "log",
    "not_in_it",
    "erase",
)


def export_of(record: PersonRecord, *, platform: str, person_id: str, locale: str, made_at: datetime) -> Attached:
    """Return the file; of what is too much for one the oldest messages are left out, which it says."""
    messages = [_message(message) for message in record.messages]
    left_out = 0
    while True:
        told: dict[str, Any] = {
            "read_me": [text(f"export.read_me.{line}", locale) for line in _READ_ME],
            "person": {"platform": platform, "id": person_id, "made_at": made_at.isoformat()},
            **({"oldest_messages_left_out": left_out} if left_out else {}),
            "messages": messages[left_out:],
            "quoted_by_others": list(record.quoted),
            "summaries": [_summary(summary) for summary in record.summaries],
            "ratings": [
                _filled(at=rated.rated_at.isoformat(), verdict=rated.verdict, reason=rated.reason, model=rated.model)
                for rated in record.ratings
            ],
            "choices": [
                _filled(
                    at=chose.chosen_at.isoformat(),
                    level=chose.level,
                    model=chose.model,
                    think=chose.think,
                    **_place(chose.address),
                )
                for chose in record.choices
            ],
            "votes": [
                {"at": vote.voted_at.isoformat(), "first": vote.first, "second": vote.second, "outcome": vote.outcome}
                | _filled(reason=vote.reason)
                for vote in record.votes
            ],
            "assistants": [_assistant(made) for made in record.assistants],
            "assistants_chosen": [
                _filled(at=used.chosen_at.isoformat(), level=used.level, name=used.name)
                | _filled(workspace=used.workspace, channel=used.channel, thread=used.thread)
                for used in record.assistant_uses
            ],
            "courses_chosen": [
                _filled(at=used.chosen_at.isoformat(), level=used.level, course=used.course)
                | _filled(workspace=used.workspace, channel=used.channel)
                for used in record.courses
            ],
            "work": [_work(work) for work in record.work[-MOST_WORK:]],
            "log": [_deed(logged) for logged in record.deeds],
        }
        written = json.dumps(told, ensure_ascii=False, indent=2)
        if len(written.encode()) <= MOST_BYTES or left_out >= len(messages):
            return Attached(NAME, f"{written}\n")
        left_out = min(len(messages), left_out + max(1, (len(messages) - left_out) // 4))


def _message(message: RecordedMessage) -> dict[str, object]:
    told = _filled(
        at=message.said_at.isoformat(),
        **_place(message.address),
        id=message.message_id,
        text=message.text,
        answer=message.answer,
        reasoning=message.reasoning,
        model=message.model,
    )
    return {**told, "answer_left_out": True} if message.is_answer_left_out else told


def _work(work: RecordedWork) -> dict[str, object]:
    told = _filled(at=work.ended_at.isoformat(), workspace=work.workspace, channel=work.channel, model=work.model)
    return told | {
        "prompt_tokens": work.prompt_tokens,
        "answer_tokens": work.answer_tokens,
        "seconds": round(work.worked_s, 3),
    }


def _summary(summary: RecordedSummary) -> dict[str, object]:
    made_at = summary.made_at.isoformat() if summary.made_at else ""
    told = _filled(at=made_at, **_place(summary.address), model=summary.model, text=summary.text)
    return {**told, "summary_left_out": True} if summary.is_left_out else told


def _assistant(made: RecordedAssistant) -> dict[str, object]:
    said = made.persona
    place = _filled(at=made.made_at.isoformat(), home=made.home, workspace=made.workspace, channel=made.channel)
    told = _filled(name=said.name, prompt=said.prompt, model=said.model, lessons=said.lessons, greeting=said.greeting)
    return place | told


def _deed(logged: LoggedDeed) -> dict[str, object]:
    deed = logged.deed
    told = _filled(level=deed.level or "", model=deed.model, other=deed.other)
    where = _filled(**_place(deed.address)) if deed.address else {}
    return {"at": logged.done_at.isoformat(), "did": deed.kind.value, **where, **told}


def _place(address: Address) -> Mapping[str, str]:
    return {"workspace": address.workspace, "channel": address.channel, "thread": address.thread}


def _filled(**values: str) -> dict[str, object]:
    """Return the values that say something."""
    return {name: value for name, value in values.items() if value}
