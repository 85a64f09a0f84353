"""The next calls that bring a platform nearer to a page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.base import Call, Content
from adapters.delivery.governor import Rank

EDITS = (Call.GROW, Call.FINISH)
HELD = "⏳ …"


@dataclass(frozen=True, slots=True)
class Step:
    """One call: the message's place, what it is to read, what the call is for.

    `holds`: it keeps the place of an answer that has no words yet, above one that has.
    """

    call: Call
    rank: Rank
    index: int = 0
    content: Content = field(default_factory=lambda: Content(""))
    holds: bool = False


def state_steps(state: str, *, holds: bool = False) -> list[Step]:
    """Return the call that shows a state; none for no state. `holds`: it stands where the answer will."""
    return [Step(Call.SHOW_STATE, Rank.STATE, content=Content(state, running=True), holds=holds)] if state else []


def holding_step(state: str) -> Step:
    """Return the call that keeps an answer's place with a state; where there is none, with a sign."""
    return Step(Call.SHOW_STATE, Rank.FIRST_WORDS, content=Content(state or HELD, running=True), holds=True)


def steps_to(wanted: Sequence[Content], shown: Sequence[Content | None], *, is_over: bool) -> list[Step]:
    """Return what is missing between the messages that are wanted and those that are shown, most needed first.

    `shown` are the posted ones, None where nobody knows what they read. Of those that are not posted only the next one
    is due, so that they stand in order.
    """
    steps = [
        Step(Call.GROW if content.running else Call.FINISH, _rank(content, shown, is_over=is_over), index, content)
        for index, content in enumerate(wanted[: len(shown)])
        if shown[index] != content
    ]
    if len(shown) < len(wanted):
        index, content = len(shown), wanted[len(shown)]
        rank = _rank(content, shown, is_over=is_over)
        call = Call.POST if content.running else Call.POST_WHOLE
        steps.append(Step(call, Rank.OPENING if rank is Rank.GROWTH else rank, index, content))
    return sorted(steps, key=lambda step: step.rank)


def _rank(content: Content, shown: Sequence[Content | None], *, is_over: bool) -> Rank:
    if is_over:
        return Rank.FINAL
    if not any(shown):
        return Rank.FIRST_WORDS
    return Rank.GROWTH if content.running else Rank.WHOLE
