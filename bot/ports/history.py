"""What the engine asks of the store of what was said, and of the models that were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain import (
    Address,
    Choice,
    ContextWindow,
    Level,
    PersonRecord,
    PlacedChoice,
    StoredMessage,
    Think,
)

EVERY_TURN = 2**31 - 1
"""As `before_turn`: after every turn that a column of either database holds."""


class RecentHistory(Protocol):
    """What was said in a conversation as far as it is in context: what a prompt is made from."""

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        """Return the messages in context, oldest first: what turns before this one said and were answered.

        From `from_turn` on, ordered by turn (question, then its answer); nothing from before the last reset, nor what
        no model reads any more. Questions of turns that ended without words are left out.
        """
        ...

    async def window(self, conversation_id: int, *, model: str) -> ContextWindow:
        """Return what a model reads of a conversation; all of it where nothing else was stored since the last reset."""
        ...

    async def cut(self, conversation_id: int, *, model: str, from_turn: int, dropped: int) -> None:
        """Let a model read on from this turn, `dropped` messages fewer than before. They stay stored. Never moves back.

        A summary that was made ahead for this very turn stands for what is left out; else nothing does.
        """
        ...

    async def plan_cut(
        self,
        conversation_id: int,
        *,
        model: str,
        from_turn: int,
        summary: str,
        rests_on: Sequence[StoredMessage],
        upon: str = "",
    ) -> bool:
        """Keep a summary of what is older than this turn, for the time the window is full.

        False, and nothing is kept, where one of the messages it rests on, or the summary it goes on from (`upon`), is
        not stored any more as it was read. A summary goes with the first of them that is erased, and with a reset.
        """
        ...

    async def calibrate(self, conversation_id: int, *, model: str, bytes_per_token: float) -> None:
        """Keep how many bytes a token of this model has here, as its host counted."""
        ...


class History(RecentHistory, Protocol):
    """What was said, per conversation, read back oldest first."""

    async def reset(self, address: Address) -> bool:
        """Leave all that was said here so far out of the context; False when there was nothing."""
        ...

    async def withdraw(self, address: Address, *, message_id: str) -> int | None:
        """Take a deleted message, and what was answered to it, out of the store; the turn's id, None when unknown.

        `address` is the conversation's, `message_id` the platform's.
        """
        ...

    async def conversation_at(self, address: Address) -> int | None:
        """Return the id of the conversation held at an address; None where nothing was said there."""
        ...

    async def asker_of(self, address: Address) -> str:
        """Return the id of the person whose question a thread is named by; "" where there is none."""
        ...

    async def forget_person(self, platform: str, person_id: str, *, workspace: str = "") -> int:
        """Erase a person's messages, what was answered to them, and their choices; return how many messages.

        Everywhere on the platform, or in one workspace where one is named. Open turns of theirs end without words.
        What others were, or are just being, answered after the person spoke in their conversation may repeat it: it is
        erased as well, uncounted, and their questions stay in the context.
        """
        ...

    async def record_of(self, platform: str, person_id: str) -> PersonRecord:
        """Return what is stored of a person on a platform, and nothing of anybody else.

        Answers to them are part of it where the model had read nobody else's words before.
        """
        ...

    async def expire(self, *, before: datetime, platform: str = "", workspace: str = "") -> int:
        """Erase messages, turns and events that are older; return how many messages. "" means every one."""
        ...


class Choices(Protocol):
    """Which model was chosen where."""

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        """Return the stored choices that bear on this person here, nearest level first; levels without one left out.

        ME is this person in this conversation (the whole address); THREAD exists only where `address.thread` is set;
        WORKSPACE only where `address.workspace` is. In a private conversation the choices of its channel hold.
        """
        ...

    async def choose(
        self, level: Level, address: Address, person_id: str, *, model: str, think: Think | None = None
    ) -> None:
        """Store a choice, with how much the model is to think; the last one at a level wins."""
        ...

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        """Forget the choice at this level; False when there was none."""
        ...

    async def uses(self, model: str) -> Sequence[PlacedChoice]:
        """Return the stored choices of a model, everywhere, in the order in which they were made; `:latest` or not."""
        ...
