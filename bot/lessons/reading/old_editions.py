"""Old editions of a lesson that say what the newest one says: cohorts, versions and copies nobody needs twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence

from bot.domain.editions import edition_of
from bot.lessons.course_layout import Skip
from bot.lessons.files import CourseFile
from bot.lessons.reading.sorting import Candidate, Skipped


def without_equal_editions(
    candidates: Sequence[Candidate], skipped: Sequence[Skipped], *, read: Callable[[CourseFile], bytes | Skip]
) -> tuple[list[Candidate], list[Skipped]]:
    """Leave out what is the same in a newer edition of the same lesson, beside what is `skipped` already.

    `read` gives a file's bytes.
    """
    works: defaultdict[tuple[str, str, str], list[Candidate]] = defaultdict(list)
    for each in candidates:
        works[each.file.course, each.spot.language, edition_of(each.spot.original).work].append(each)
    left: set[str] = set()
    for editions in works.values():
        if len({edition_of(each.spot.original).rank for each in editions}) > 1:
            left |= _equal(editions, read)
    kept = [each for each in candidates if each.file.path not in left]
    return kept, [*skipped, *(Skipped(path, Skip.OLD_EDITION) for path in sorted(left))]


def _equal(editions: Sequence[Candidate], read: Callable[[CourseFile], bytes | Skip]) -> set[str]:
    """Return the paths of those that are like a newer one."""
    seen: set[bytes] = set()
    left = set()
    for each in sorted(editions, key=lambda one: edition_of(one.spot.original).rank, reverse=True):
        raw = read(each.file)
        if isinstance(raw, Skip):
            continue
        digest = hashlib.sha256(b" ".join(raw.split())).digest()
        if digest in seen:
            left.add(each.file.path)
        seen.add(digest)
    return left
