"""Pieces of answers that are remembered while answers grow, so that they are not written anew; how they are forgotten.

Nobody's words outlive the answers they stand in: whoever shows answers forgets all of them once none is being written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

T = TypeVar("T")

_ALL: list[_lru_cache_wrapper[Any]] = []


def remembered(most: int) -> Callable[[Callable[..., T]], _lru_cache_wrapper[T]]:
    """Let a pure function remember its newest results, so many at most, until `forget_texts`."""

    def remembering(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
        remembers = lru_cache(maxsize=most)(function)
        _ALL.append(remembers)
        return remembers

    return remembering


def forget_texts() -> None:
    """Forget every piece of text."""
    for each in _ALL:
        each.cache_clear()


def remembered_count() -> int:
    """Return how many pieces of text are remembered."""
    return sum(each.cache_info().currsize for each in _ALL)
