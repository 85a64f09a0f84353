"""Quotas: what one person may ask within a minute, and what people, channels and workspaces may use on a day.

What was used on a day is in the store, so that neither a restart nor another process forgets it. Minutes are counted
here.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import AssistantLimits, Completion, Notice, Turn
from bot.domain.defaults import PERSON_WAITING
from bot.errors import OverLimit, Unavailable
from bot.ports import Allowance, Usage, Used

MINUTE_S = 60.0
# Shares in percent that are told, once each.
NEAR, ALL = 75, 100
# Of so many people the last minute is known; who asked longest ago is forgotten first.
MOST_PEOPLE = 10_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DayLimit:
    """What may be used on one day, 0 for as much as is wanted."""

    questions: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingLimits:
    """The operator's settings: one person's turns that may wait, their questions within a minute, and days by whose.

    `assistants`: how many of them there may be.
    """

    waiting: int = PERSON_WAITING
    a_minute: int = 0
    a_day: dict[str, DayLimit] = field(default_factory=dict)
    assistants: AssistantLimits = field(default_factory=AssistantLimits)

    def waiting_below(self, most: int) -> int:
        """Return how many turns of one person may wait where so many of all people may: half of them at most."""
        return min(self.waiting, max(most // 2, 1)) if most > 1 else self.waiting


class Quotas:
    """Counts what is asked, lets it pass, or says when to try again. Without `usage` there are no days."""

    def __init__(self, *, limits: AskingLimits, usage: Usage | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
        self.limits = limits
        self._usage = usage
        self._clock = clock
        self._asked: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    async def take(self, turn: Turn) -> Sequence[Notice]:
        """Count a question, once however often it is begun; return what is to be told of the day.

        Raises:
            OverLimit: one of the bounds is reached; it says when to try again.
        """
        if turn.attempt:
            return []
        self._take_minute(turn)
        allowances = self._allowances(turn)
        if not (self._usage and allowances):
            return []
        try:
            return await self._take_day(self._usage, allowances)
        except Unavailable as error:
            # What cannot be counted now is let pass: who asks is owed an answer more than the operator a count.
            log.warning("quotas.not_counted", turn=turn.id, error=error.key)
            return []

    async def spent(self, turn: Turn, completion: Completion) -> None:
        """Count the tokens of an answer, where somebody bounds them."""
        tokens = completion.prompt_tokens + completion.answer_tokens
        if not (self._usage and tokens and any(limit.tokens for limit in self.limits.a_day.values())):
            return
        subjects = [allowance.subject for allowance in self._allowances(turn).values()]
        try:
            await self._usage.add(self._day, subjects, tokens=tokens)
        except Unavailable as error:
            log.warning("quotas.not_counted", turn=turn.id, error=error.key)

    @property
    def _day(self) -> str:
        return self._clock.utc().date().isoformat()

    def _take_minute(self, turn: Turn) -> None:
        most, now = self.limits.a_minute, self._clock.now()
        if not most:
            return
        person = turn.message.address.platform, turn.message.person.id
        asked = self._asked.setdefault(person, deque())
        self._asked.move_to_end(person)
        while asked and now - asked[0] >= MINUTE_S:
            asked.popleft()
        if len(asked) >= most:
            raise OverLimit("error.too_fast", limit=most, seconds=math.ceil(asked[0] + MINUTE_S - now))
        asked.append(now)
        if len(self._asked) > MOST_PEOPLE:
            self._asked.popitem(last=False)

    async def _take_day(self, usage: Usage, allowances: dict[str, Allowance]) -> list[Notice]:
        day, whose = self._day, {allowance.subject: name for name, allowance in allowances.items()}
        used = await usage.spend(day, list(allowances.values()))
        if over := next((each for each in used if each.over), None):
            raise OverLimit("error.quota_used", **self._told(whose[over.allowance.subject], over.over))
        told = []
        for each in used:
            what, percent = _share(each)
            level = ALL if percent >= ALL else NEAR if percent >= NEAR else 0
            if level > each.told:
                await usage.tell(day, each.allowance.subject, percent=level)
                key = "notice.quota_last" if level == ALL else "notice.quota_near"
                told.append(Notice(key, {"percent": percent, **self._told(whose[each.allowance.subject], what)}))
        return told

    def _told(self, whose: str, what: str) -> dict[str, object]:
        now = self._clock.utc()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        hours, minutes = divmod(math.ceil((midnight - now).total_seconds() / 60), 60)
        return {"what": Notice(f"quota.{what}_{whose}"), "hours": hours, "minutes": minutes}

    def _allowances(self, turn: Turn) -> dict[str, Allowance]:
        """Return what is bounded for a turn, by whose it is."""
        where = turn.message.address
        ids = {
            "person": (where.platform, turn.message.person.id),
            "channel": (where.platform, where.workspace, where.channel),
            "workspace": (where.platform, where.workspace) if where.workspace else (),
        }
        return {
            whose: Allowance(_subject(self._day, whose, ids[whose]), limit.questions, limit.tokens)
            for whose, limit in self.limits.a_day.items()
            if ids[whose] and (limit.questions or limit.tokens)
        }


def _share(used: Used) -> tuple[str, int]:
    """Return what of an allowance is used most, and the share in percent."""
    allowed = used.allowance
    questions = used.questions * ALL // allowed.questions if allowed.questions else 0
    tokens = used.tokens * ALL // allowed.tokens if allowed.tokens else 0
    return ("questions", questions) if questions >= tokens else ("tokens", tokens)


def _subject(day: str, whose: str, ids: Sequence[str]) -> str:
    """Return the key under which use is counted: it names nobody to who reads it, and is another one each day."""
    return hashlib.sha256("\n".join((day, whose, *ids)).encode()).hexdigest()
