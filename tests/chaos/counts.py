"""The count: what became of every message, by what stands on the walls at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from tests.chaos.plan import Oddity, Plan, Question, Spot
from tests.chaos.walls import Seen

Position = TypeVar("Position", str, float)


@dataclass(slots=True)
class Counts:
    """Numbers of messages, by what became of them.

    `answered` have exactly one whole answer; `told` a sentence where that is right; `explained` one where it is not,
    or after a part of an answer; `lost` nothing people could make anything of; `doubled` more than one answer, or a
    part of one twice. `unfinished` are the bot's messages that look as if something were still to come; `disordered`
    pairs of answers to one person that stand in the wrong order, `hasty` those whose first words came in the wrong
    order, `forgotten` pairs that the history has in the wrong order; `nobodys` messages of the bot that belong to no
    question. `crossed` are pairs over people that stand in the wrong order: who was waited for too long for a place of
    theirs is passed by, which is no fault.
    """

    answered: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    explained: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    unfinished: list[int] = field(default_factory=list)
    disordered: list[tuple[int, int]] = field(default_factory=list)
    hasty: list[tuple[int, int]] = field(default_factory=list)
    forgotten: list[tuple[int, int]] = field(default_factory=list)
    crossed: list[tuple[int, int]] = field(default_factory=list)
    nobodys: list[str] = field(default_factory=list)
    remarks: dict[int, str] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether every message has got something, and nothing looks unfinished."""
        return not self.lost and not self.unfinished

    def is_perfect(self, messages: int) -> bool:
        """Whether each message has one answer, in order, and nothing else stands there."""
        wrong = (
            self.explained,
            self.lost,
            self.doubled,
            self.unfinished,
            self.disordered,
            self.hasty,
            self.forgotten,
            self.nobodys,
        )
        return len(self.answered) + len(self.told) == messages and not any(wrong)


@dataclass(frozen=True, slots=True)
class Excuses:
    """Messages that need no answer: `explained` may be by a sentence, `told` were directly, elsewhere."""

    explained: AbstractSet[int] = frozenset()
    told: AbstractSet[int] = frozenset()


NONE = Excuses()


def count(
    plan: Plan, walls: Sequence[Sequence[Seen]], excuses: Excuses = NONE, history: Mapping[int, int] | None = None
) -> Counts:
    """Count what stands on the walls, which are in the order of the plan's spots.

    `history` are the questions by their places in it, which are those of their turns.
    """
    counts = Counts()
    places = {number: place for place, number in (history or {}).items()}
    for spot in plan.spots:
        kept = [question.number for question in spot.questions if question.number in places]
        if spot.is_one_conversation:
            counts.forgotten += _disordered([(float(places[number]), number) for number in kept])
    for spot, wall in zip(plan.spots, walls, strict=True):
        _count(counts, spot, wall, excuses)
    return counts


def _count(counts: Counts, spot: Spot, wall: Sequence[Seen], excuses: Excuses) -> None:
    by_number: dict[int, list[Seen]] = defaultdict(list)
    for seen in wall:
        by_number[seen.number].append(seen)
    counts.nobodys += [seen.text[:80] for seen in by_number[0]]
    # Where the bot may not write any more, it cannot finish what it began either.
    counts.unfinished += [seen.number for seen in wall if seen.is_running and seen.number not in excuses.told]
    for question in spot.questions:
        _judge(counts, question, by_number[question.number], excuses)
    if spot.is_one_conversation:
        first = [
            by_number[question.number][0]
            for question in spot.questions
            if _stands(question.number, by_number[question.number], excuses)
        ]
        counts.crossed += _disordered([(seen.position, seen.number) for seen in first])
        speakers = {question.number: question.speaker for question in spot.questions}
        for speaker in sorted(set(speakers.values())):
            own = [seen for seen in first if speakers[seen.number] == speaker]
            counts.disordered += _disordered([(seen.position, seen.number) for seen in own])
            counts.hasty += _disordered([(seen.begun_at, seen.number) for seen in own if seen.begun_at is not None])


def _stands(number: int, seen: Sequence[Seen], excuses: Excuses) -> bool:
    """Whether an answer has its place: what was left of a state where the bot might not write is no answer."""
    is_left = number in excuses.told and not any(message.words for message in seen)
    return bool(seen) and not is_left


def _judge(counts: Counts, question: Question, seen: Sequence[Seen], excuses: Excuses) -> None:
    words = [index for message in seen for number, index in message.words if number == question.number]
    besides = [message for message in seen if not message.words and not message.is_running]
    is_whole = words == list(range(1, question.words + 1))
    may_be_told = question.number in excuses.explained or question.oddity is Oddity.WHOLE
    if len(set(words)) < len(words) or (words and besides):
        counts.doubled.append(question.number)
    elif is_whole:
        counts.answered.append(question.number)
    elif question.number in excuses.told and not besides:
        counts.told.append(question.number)
    elif len(besides) == 1 or (words and _tail(seen)):
        (counts.told if may_be_told else counts.explained).append(question.number)
    elif besides:
        counts.doubled.append(question.number)
    else:
        counts.lost.append(question.number)
    if not is_whole or besides:
        counts.remarks[question.number] = " | ".join(message.text[-160:] for message in seen)


def _tail(seen: Sequence[Seen]) -> str:
    """Return what stands under the words of an answer: a sentence of the bot's own."""
    return seen[-1].text.rpartition("\n\n")[2] if "\n\n" in seen[-1].text else ""


def _disordered(numbered: Sequence[tuple[Position, int]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of neighbours by question of which the second comes first."""
    return ((one, other) for (above, one), (below, other) in pairwise(numbered) if above > below)
