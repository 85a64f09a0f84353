"""Editions of lessons: cohorts, versions and old copies, told by the folders that hold them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Rank = tuple[int, ...]
CURRENT: Rank = (2,)
"""What has no mark of an edition is the newest."""

_OLD: Rank = (0,)
_SEASONS = {"winter": 1, "spring": 2, "summer": 3, "autumn": 4, "fall": 4}
_WORDS = rf"(?:{'|'.join(_SEASONS)}|cohort|year|edition|class|course|release)"
# `2024`, `_2020`, `2024-25`, `fall2023`, `2024-spring`, `cohort-2024`.
_YEAR = re.compile(
    rf"_?(?:{_WORDS}[-_ ]?)?((?:19|20)\d\d)(?:[-_](?:\d\d|(?:19|20)\d\d))?(?:[-_ ]?{_WORDS})?", re.IGNORECASE
)
# `v1`, `v1.2`, `version-1.2.0`, `1.x`.
_VERSION = re.compile(r"(?:version[-_ ]?|v)(\d+(?:\.(?:\d+|x))*)|(\d+(?:\.\d+)*\.x)", re.IGNORECASE)
_COPIES = frozenset({
    "archive", "archived", "archives", "backup", "bak", "clean", "copies", "copy", "deprecated", "legacy", "old",
    "outdated", "previous",
})  # fmt: skip
# What holds editions, or lessons, and says nothing itself.
_SHELVES = frozenset({
    "chapters", "cohorts", "content", "course", "docs", "editions", "lessons", "modules", "releases", "sessions",
    "units", "versioned_docs", "versions", "years",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition a lesson's name says it is of: `work` is the same in all of them, a higher `rank` is newer.

    `label` are the folders that say so, "" for a lesson without a mark.
    """

    work: str
    rank: Rank = CURRENT
    label: str = ""


def edition_of(name: str) -> Edition:
    """Read the edition in a lesson's name within its course, or in a file's path."""
    rank, labels, rest = CURRENT, [], []
    *folders, last = name.split("/")
    for folder in folders:
        if folder_rank := _rank_of(folder):
            rank = min(rank, folder_rank)
            labels.append(folder)
        elif folder.lower() not in _SHELVES:
            rest.append(folder)
    return Edition("/".join([*rest, last]), rank, "/".join(labels))


def outdated(keys: Iterable[str]) -> Mapping[str, str]:
    """Return of these lessons' keys those of which their course has a newer edition, each with the newest one."""
    works: dict[tuple[str, str], list[tuple[Rank, str]]] = {}
    for key in keys:
        course, _, name = key.partition("/")
        edition = edition_of(name)
        works.setdefault((course, edition.work), []).append((edition.rank, key))
    found: dict[str, str] = {}
    for editions in works.values():
        newest_rank, newest = max(editions)
        found |= {key: newest for rank, key in editions if rank < newest_rank}
    return found


def _rank_of(folder: str) -> Rank:
    """Return the rank a folder's name gives, () where it is no mark of an edition."""
    if found := _YEAR.fullmatch(folder):
        season = next((value for word, value in _SEASONS.items() if word in folder.lower()), 0)
        return 1, int(found[1]), season
    if found := _VERSION.fullmatch(folder):
        return 1, *(int(part) for part in (found[1] or found[2]).lower().replace("x", "999").split("."))
    return _OLD if folder.lower().strip("_") in _COPIES else ()
