"""The names of those who speak in a conversation: what a model writes in another's name is not its answer.

The names that templates give to roles are such names, too, where what follows begins as somebody's words do.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import regex

# Longer ones are no labels.
_MOST_CHARS = 200
# `User: a person who…` explains the word, but where the bot has a label itself.
_WORDS_FOLLOW, _ANY_FOLLOWS = r"[ \t]?[:：](?=\s{0,3}[^\sa-z*_])", r"[ \t]?[:：](?=\s{0,3}[^\s*_])"
_MODEL = regex.compile(rf"(?:#{{2,4}} )?(?:Assistant|ASSISTANT|AI Assistant|AI|Bot|Chatbot|Response){_WORDS_FOLLOW}")
_PERSON = r"(?:#{2,4} (?:Instruction|Human|User|USER)|Human|HUMAN|User|USER)"
# As ChatML writes it, its marks taken out by the host.
_BARE = r"user\n(?=\S)"
_PERSON_TOLD = regex.compile(f"{_PERSON}{_WORDS_FOLLOW}|{_BARE}")
_PERSON_SPEAKS = regex.compile(f"{_PERSON}{_ANY_FOLLOWS}|{_BARE}")
_FIRST_OF_ROLES = frozenset("#AHUBCRu")


class Speakers:
    """The labels that stand in front of what people say in a prompt; `own` is the bot's."""

    def __init__(self, *, own: str = "", others: Collection[str] = ()) -> None:
        self._own = _labels([own] if own.strip() else [])
        self._others = _labels([name for name in others if name.strip() and name != own])
        names = [name.strip().casefold() for name in (own, *others) if name.strip()]
        self._firsts = frozenset((*" \t*_[", *(name[0] for name in names))) if names else None

    def may_begin(self, text: str, at: int) -> bool:
        """Whether a label may begin at a place, as far as its first sign tells."""
        sign = text[at : at + 1]
        return not sign or sign in _FIRST_OF_ROLES or (self._firsts is not None and sign.casefold()[:1] in self._firsts)

    def own_label(self, text: str, at: int, *, is_end: bool) -> int | None:
        """Return the end of the bot's own label at a place, -1 while that is unclear, None where none stands."""
        return _nearest(self._own, _MODEL, text, at, is_end=is_end)

    def other_label(self, text: str, at: int, *, is_spoken: bool, is_end: bool) -> int | None:
        """Return the end of another's label at a place, like `own_label`; `is_spoken`: the bot had one."""
        return _nearest(self._others, _PERSON_SPEAKS if is_spoken else _PERSON_TOLD, text, at, is_end=is_end)


def _labels(names: Collection[str]) -> regex.Pattern[str] | None:
    return _compiled(tuple(sorted(set(names), key=lambda name: (-len(name), name)))) if names else None


@cache
def _compiled(names: tuple[str, ...]) -> regex.Pattern[str]:
    either = "|".join(r"\s+".join(map(regex.escape, name.split())) for name in names)
    return regex.compile(
        rf"[ \t]{{0,3}}[*_]{{0,2}}(?:{either}|\[(?:{either})\])[ \t]{{0,3}}[*_]{{0,2}}[:：][*_]{{0,2}}(?=[^*_])",
        regex.IGNORECASE,
    )


def _nearest(
    names: regex.Pattern[str] | None, roles: regex.Pattern[str], text: str, at: int, *, is_end: bool
) -> int | None:
    known = [names] if names is not None else []
    if text[at] in _FIRST_OF_ROLES:
        known.append(roles)
    ends = [_end(labels, text, at, is_end=is_end) for labels in known]
    return next((end for end in ends if end is not None and end >= 0), -1 if -1 in ends else None)


def _end(labels: regex.Pattern[str], text: str, at: int, *, is_end: bool) -> int | None:
    if is_end and len(text) - at < _MOST_CHARS:
        # Behind a label that the text ends with anything might have come.
        found = labels.match(f"{text[at:]}\n.")
        return min(at + found.end(), len(text)) if found else None
    found = labels.match(text, at, partial=not is_end)
    if found is None:
        return None
    return -1 if found.partial else found.end()


NOBODY = Speakers()
