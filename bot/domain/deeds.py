"""Deeds: what the audit log tells, who did what to models, choices and what is stored; never a word of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.assistant import Assistant
from bot.domain.choices import Level
from bot.domain.conversation import Address

FORGOTTEN = "(forgotten)"
"""Stands in the log for every person who had themselves forgotten."""


class DeedKind(StrEnum):
    """What was done. Each has a sentence, `audit.did.<value>`."""

    CHOSE = "chose"
    CLEARED = "cleared"
    REPLACED = "replaced"
    PUT_BACK = "put_back"
    PULLED = "pulled"
    REMOVED = "removed"
    IMPORTED = "imported"
    OPENED = "opened"
    CLOSED = "closed"
    ERASED = "erased"
    TRIMMED = "trimmed"
    ASSISTANT_CREATED = "assistant_created"
    ASSISTANT_CHANGED = "assistant_changed"
    ASSISTANT_USED = "assistant_used"
    ASSISTANT_SHARED = "assistant_shared"
    ASSISTANT_REMOVED = "assistant_removed"
    COURSE_CHOSE = "course_chose"
    COURSE_CLEARED = "course_cleared"
    COURSE_REFRESHED = "course_refreshed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One line of the audit log.

    `person_id` is "" where the operator did it at the machine, or the bot by itself. `address` is None where it
    concerns every workspace. `level` says how far a choice reaches. `model` is the model it is about, `other` a second
    name: the model that took its place, an assistant's, a course's, a setting's. `amount` counts what it was done to, 0
    for one thing.
    """

    kind: DeedKind
    person_id: str = ""
    address: Address | None = None
    level: Level | None = None
    model: str = ""
    other: str = ""
    amount: int = 0


def deed_with(
    kind: DeedKind, assistant: Assistant, *, person_id: str, address: Address, level: Level | None = None
) -> Deed | None:
    """Return what the log tells of an assistant; None of a person's own, whose name is theirs alone."""
    if assistant.home is Level.ME:
        return None
    level = level or assistant.home
    return Deed(kind=kind, person_id=person_id, address=address, level=level, other=assistant.name)


@dataclass(frozen=True, slots=True)
class LoggedDeed:
    """A deed as it stands in the log; its address has no more parts than the deed reached down to."""

    id: int
    done_at: datetime
    deed: Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedFilter:
    """Which deeds are wanted: "" and None for any. At most so many, the newest.

    `model` is in lower case and without `:latest`.

    `workspace` lets those of every workspace pass, too, that concern all of them; "" with a platform is all of it.
    """

    platform: str = ""
    workspace: str = ""
    kind: DeedKind | None = None
    person_id: str = ""
    model: str = ""
    since: datetime | None = None
    most: int = 20
