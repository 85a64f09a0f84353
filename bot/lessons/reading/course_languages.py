"""The language of a course's files that say too little to tell it: that of nearly all the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.lessons.files import CourseFile

# So many of a course's lessons say which language the course is in.
NEARLY_ALL = 0.8
FEWEST = 3


def completed(languages: dict[str, str], files: Sequence[CourseFile]) -> dict[str, str]:
    """Return the languages of files with that of nearly all of their course for those that say too little to tell."""
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in files:
        told[file.course][languages.get(file.path, "")] += 1
    for file in files:
        known = told[file.course].copy()
        del known[""]
        most, count = known.most_common(1)[0] if known else ("", 0)
        if not languages.get(file.path) and count >= max(FEWEST, NEARLY_ALL * known.total()):
            languages[file.path] = most
    return languages
