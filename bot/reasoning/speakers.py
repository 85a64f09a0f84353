"""The names of those who speak in a conversation: what a model writes in another's name is not its answer."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import regex


class Speakers:
    """The labels that stand in front of what people say in a prompt; `own` is the bot's."""

    def __init__(self, *, own: str = "", others: Collection[str] = ()) -> None:
        self._own = _labels([own] if own.strip() else [])
        self._others = _labels([name for name in others if name.strip() and name != own])

    def own_label(self, text: str, at: int, *, is_end: bool) -> int | None:
        """Return the end of the bot's own label at a place, -1 while that is unclear, None where none stands."""
        return _end(self._own, text, at, is_end=is_end)

    def other_label(self, text: str, at: int, *, is_end: bool) -> int | None:
        """Return the end of another's label at a place, as `own_label` does."""
        return _end(self._others, text, at, is_end=is_end)

    def __bool__(self) -> bool:
        return self._own is not None or self._others is not None


def _labels(names: Collection[str]) -> regex.Pattern[str] | None:
    return _compiled(tuple(sorted(set(names), key=lambda name: (-len(name), name)))) if names else None


@cache
def _compiled(names: tuple[str, ...]) -> regex.Pattern[str]:
    either = "|".join(r"\s+".join(map(regex.escape, name.split())) for name in names)
    return regex.compile(
        rf"[ \t]{{0,3}}[*_]{{0,2}}(?:{either})[ \t]{{0,3}}[*_]{{0,2}}[:：][*_]{{0,2}}(?=[^*_])", regex.IGNORECASE
    )


def _end(labels: regex.Pattern[str] | None, text: str, at: int, *, is_end: bool) -> int | None:
    if labels is None:
        return None
    found = labels.match(text if not is_end else text + "\n", at, partial=not is_end)
    if found is None:
        return None
    return -1 if found.partial else min(found.end(), len(text))


NOBODY = Speakers()
