"""Parting a host's time among what it does side by side: an hour in which four answers are written is one hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from bot.domain import ModelWork


def shares_s(works: Sequence[ModelWork]) -> list[float]:
    """Return how many seconds of its host's time each work takes, in their order.

    A moment in which several are under way on one host is parted among them evenly, so that all shares of a host are
    together the time in which it was busy. Work of an unknown host shares with nobody; what a machine elsewhere did
    takes no time of its host.
    """
    shares = [0.0] * len(works)
    by_host: dict[str, list[int]] = defaultdict(list)
    for index, work in enumerate(works):
        if work.is_remote:
            continue
        if work.host:
            by_host[work.host].append(index)
        else:
            shares[index] = work.worked_s
    for indices in by_host.values():
        for index, share in zip(indices, _parted([works[each] for each in indices]), strict=True):
            shares[index] = share
    return shares


def _parted(works: Sequence[ModelWork]) -> list[float]:
    """Part the time of one host.

    `each` grows by a moment's length over how many share it, so that a share is the difference of two of its values.
    """
    first = min(work.began_at for work in works)
    spans = [(_since(first, work.began_at), _since(first, work.ended_at)) for work in works]
    marks = sorted({moment for span in spans for moment in span})
    opened: dict[float, int] = defaultdict(int)
    for began, ended in spans:
        opened[began] += 1
        opened[ended] -= 1
    each, under_way, before, at = 0.0, 0, marks[0], {}
    for moment in marks:
        each += (moment - before) / under_way if under_way else 0.0
        at[moment], before = each, moment
        under_way += opened[moment]
    return [at[ended] - at[began] for began, ended in spans]


def _since(first: datetime, moment: datetime) -> float:
    return (moment - first).total_seconds()
