"""Choosing: what is quoted of a passage, as much as there is room for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.lessons.answers.unit_scores import ScoredUnit, Weighed
from bot.lessons.answers.units import UnitKind
from bot.lessons.language.asked_for import AskedFor

LIST_CHARS = 900
"""How long they are at most where a list is named whole, or code is."""

NAMED_SHARE = 0.5
"""Naming all items of a list may take this part of the room where no list is asked for."""

LITTLE = 0.45
"""A unit that answers less well than this part of what the best one does is quoted only beside one that does."""

LISTED = 0.7
"""A list is named whole where an item of it, or the sentence before it, answers so well beside the best unit."""

CODE_WITHIN = 2
"""Code that may be the answer is quoted so few units behind the best one; anywhere, where code is asked for."""

AS_GOOD = 0.95
"""A second passage is quoted, too, where a unit of it answers so well beside the best one."""

_POINTS = re.compile(
    r"^\W*(?:this|these|that|it|they|such|he|she|here|esto|este|esta|estos|eso|ello|c'est|cela|das|dies|הוא|היא|הם|זה|זו|זאת|כך|这|它|那)\b"
    r"|^[这它那其此]",
    re.IGNORECASE,
)
_LISTED = frozenset({UnitKind.ITEM, UnitKind.ROW})

Choice = list[tuple[ScoredUnit, str]]
"""Units, each with what is quoted of it: the whole, or its beginning."""


class _Room:
    """What is chosen of one passage, and how much more fits."""

    def __init__(self, of_passage: Sequence[ScoredUnit], limit: int) -> None:
        self.by_order = {one.order: one for one in of_passage}
        self.limit = limit
        self.chosen: dict[int, str] = {}

    @property
    def taken(self) -> int:
        return sum(len(text) + 1 for text in self.chosen.values())

    def take(self, order: int, text: str = "", *, limit: int = 0) -> bool:
        """Choose a unit, or this shorter text of it, if it fits; say whether it is chosen."""
        one = self.by_order.get(order)
        if one is None:
            return False
        said = text or one.unit.text
        named = len(self.chosen[order]) + 1 if order in self.chosen else 0
        fits = self.taken - named + len(said) <= (limit or self.limit)
        if fits:
            self.chosen[order] = said
        return fits or order in self.chosen

    def run(self, order: int) -> list[ScoredUnit]:
        """Return the list or table that a unit is a part of, or leads in to; empty where there is none."""
        at = order if self._is_listed(order) else order + 1
        first = last = at
        while self._is_listed(first - 1):
            first -= 1
        while self._is_listed(last):
            last += 1
        return [self.by_order[number] for number in range(first, last)]

    def _is_listed(self, order: int) -> bool:
        return order in self.by_order and self.by_order[order].unit.kind in _LISTED


def chosen_of(of_passage: Sequence[ScoredUnit], wanted: AskedFor, limit: int) -> Choice:
    """Choose what answers of one passage: its best unit, what belongs to that, and the next best that fit."""
    room = _Room(of_passage, limit)
    ranked = sorted(of_passage, key=lambda one: -one.score)
    best = ranked[0]
    if wanted.several:
        _name_all(room, _best_list(room, ranked, wanted), LIST_CHARS)
    # What is longer than all quotes may be is cut to its beginning, or there is nothing to quote.
    for text in (best.unit.text, best.unit.lead, f"{best.unit.text[: limit - 2].rstrip()} …"):
        if room.take(best.order, text, limit=limit if text == best.unit.text and room.chosen else LIST_CHARS):
            break
    _take_along(room, best, wanted)
    for one in ranked:
        if one.unit.kind is UnitKind.CODE or (one.order in room.chosen and room.chosen[one.order] == one.unit.text):
            continue
        is_beside = one.order - 1 in room.chosen or one.order + 1 in room.chosen
        if one.score >= LITTLE * best.score or is_beside:
            room.take(one.order)
    _take_codes(room)
    _take_tables(room)
    return [(room.by_order[order], text) for order, text in room.chosen.items()]


def _best_list(room: _Room, ranked: Sequence[ScoredUnit], wanted: AskedFor) -> list[ScoredUnit]:
    """Return the list whose items, or the sentence before it, answer best, of those with as many as are asked for."""
    good = (one for one in ranked if one.score >= LISTED * ranked[0].score)
    lists = [listed for one in good if len(listed := room.run(one.order)) > 1]
    counted = [listed for listed in lists if f"{len(listed)}" in wanted.counts]
    return next(iter(counted or lists), [])


def _name_all(room: _Room, listed: Sequence[ScoredUnit], limit: int) -> None:
    """Choose all items of a list, whole or by their names, with what leads in to it."""
    if not listed:
        return
    named = sum(len(one.unit.lead) + 1 for one in listed)
    whole = sum(len(one.unit.text) + 1 for one in listed)
    is_whole = whole <= room.limit
    if not is_whole and named > limit:
        return
    for one in listed:
        room.take(one.order, one.unit.text if is_whole else one.unit.lead, limit=limit)
    before = room.by_order.get(listed[0].order - 1)
    if before and before.unit.kind is UnitKind.SENTENCE:
        room.take(before.order, limit=limit)


def _take_along(room: _Room, best: ScoredUnit, wanted: AskedFor) -> None:
    """Choose what the best unit is not understood without: what it points to, its table's head, its list, its code."""
    order, kind = best.order, best.unit.kind
    listed = room.run(order)
    if kind is UnitKind.ROW:
        room.take(listed[0].order)
    elif listed and not wanted.number:
        leads_in = kind is UnitKind.SENTENCE and best.unit.text.endswith((":", "："))
        _name_all(room, listed, LIST_CHARS if leads_in else int(max(room.taken, room.limit * NAMED_SHARE)))
    if _POINTS.match(best.unit.text) or kind is UnitKind.CODE:
        room.take(order - 1, limit=LIST_CHARS if kind is UnitKind.CODE else 0)
    codes = [one for one in room.by_order.values() if one.unit.kind is UnitKind.CODE]
    near = [one for one in codes if wanted.in_code or (wanted.code and -1 <= one.order - order <= CODE_WITHIN)]
    if near:
        room.take(min(near, key=lambda one: abs(one.order - order)).order, limit=LIST_CHARS)


def _take_codes(room: _Room) -> None:
    """Choose the code that a chosen sentence leads in to."""
    for order in list(room.chosen):
        following = room.by_order.get(order + 1)
        if following and following.unit.kind is UnitKind.CODE and room.by_order[order].unit.text.endswith((":", "：")):
            room.take(order + 1, limit=LIST_CHARS)


def _take_tables(room: _Room) -> None:
    """Choose the rows under a head that is chosen alone, or leave it out: it says nothing by itself."""
    for order in list(room.chosen):
        listed = room.run(order) if room.by_order[order].unit.kind is UnitKind.ROW else []
        if len(listed) > 1 and listed[0].order == order and not any(one.order in room.chosen for one in listed[1:]):
            if sum(len(one.unit.text) + 1 for one in listed) > room.limit:
                del room.chosen[order]
                continue
            for one in listed[1:]:
                room.take(one.order, limit=LIST_CHARS)


def added(
    chosen: Sequence[tuple[ScoredUnit, str]],
    candidates: Sequence[ScoredUnit],
    weighed: Weighed,
    adds: float,
    limit: int,
) -> Choice:
    """Choose of one other passage what of the question the chosen units do not have."""
    lead = chosen[0][0].passage if chosen else -1
    held = frozenset[str]().union(*(one.grams for one, _ in chosen))
    gains = [
        (weighed.share(one.grams - held), one.score, one)
        for one in candidates
        if one.passage != lead and one.unit.kind is not UnitKind.CODE
    ]
    least = AS_GOOD * max(one.score for one, _ in chosen)
    enough = [each for each in gains if each[0] >= adds or each[1] >= least]
    if not enough:
        return []
    best = max(enough, key=lambda each: each[0] + each[1])[2]
    room = _Room([one for one in candidates if one.passage == best.passage], limit)
    if not room.take(best.order) and not room.take(best.order, best.unit.lead):
        return []
    for at in (best.order + 1, best.order - 1):
        if at in room.by_order and room.by_order[at].unit.kind is UnitKind.SENTENCE:
            room.take(at)
    return [(room.by_order[order], text) for order, text in room.chosen.items()]
