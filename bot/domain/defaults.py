"""What holds where the operator sets nothing: each default once, for settings that name it and rooms that use it."""

from __future__ import annotations

from typing import Literal

SYSTEM_PROMPT = (
    "You are a helpful assistant in a team's chat. Answer in the language of the question, briefly and plainly. "
    "If you do not know the answer, say so."
)
CONTEXT_TOKENS = 8192
ANSWER_TOKENS = 1024
# Turns that are written at once, and that may wait.
PARALLEL = 4
QUEUE_LIMIT = 100
# What one person may have in line, and ask within a minute.
PERSON_WAITING = 10
PERSON_A_MINUTE = 30
BACKUP_DAYS = 30
# The assistants of one person, and of one channel or workspace.
ASSISTANTS_PERSON = 10
ASSISTANTS_PLACE = 20
# A year, and some days to look back at it.
AUDIT_DAYS = 400
# Of the files that come with one message: text and pictures together, of documents each.
TEXT_FILE_KB = 64
PICTURE_KB = 8192
DOCUMENT_KB = 10240
# Of all recordings of one message: a voice message of Slack's has five minutes at most.
VOICE_S = 300

WordedBy = Literal["auto", "model", "quotes"]
"""Who words an answer from the lessons: a capable model, whatever model, or the lessons themselves."""

WORDED_BY: WordedBy = "auto"
LESSONS_UNASKED = True
PROBE = True

StandsForDropped = Literal["auto", "summary", "gap"]
"""What stands for messages that a model does not read any more: a summary by a capable model, by any, or a gap."""

DROPPED: StandsForDropped = "auto"
