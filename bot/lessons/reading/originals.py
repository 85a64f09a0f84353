"""Translations and their originals: which are out of date; and what a course's table of contents calls its lessons."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import md5
from urllib.parse import unquote, urlsplit

from bot.lessons.course_layout import INDEX, Spot
from bot.lessons.files import TRANSLATOR_FILE, CourseFile
from bot.lessons.reading.lesson_text import decoded
from bot.lessons.reading.pages import LessonPage


class Originals:
    """The originals of one course and the hashes of what was translated. `read` gives a file's bytes by its path."""

    def __init__(self, files: Iterable[CourseFile], read: Callable[[str], bytes]) -> None:
        self._paths = {file.place: file.path for file in files}
        self._read = read
        self._translated = dict(self._noted())
        self._md5 = lru_cache(maxsize=None)(
            lambda place: md5(read(self._paths[place]), usedforsecurity=False).hexdigest()
        )

    def is_stale(self, place: str, spot: Spot, *, original_hash: str) -> bool:
        """Whether a translation was made from another version of its original than the one that is here.

        `original_hash` is the one in the file itself; one noted beside the translations comes first.
        """
        noted = self._translated.get(place) or original_hash
        if not spot.is_translation or not noted or spot.original not in self._paths:
            return False
        try:
            return self._md5(spot.original) != noted
        except OSError:
            return False

    def _noted(self) -> Iterable[tuple[str, str]]:
        """Yield the paths of translations, and the MD5 of what each was made from."""
        for place, path in self._paths.items():
            folder, name = posixpath.split(place)
            if name == TRANSLATOR_FILE:
                for original, hashed in self._entries(path).items():
                    yield posixpath.join(folder, original), hashed

    def _entries(self, path: str) -> Mapping[str, str]:
        """Return what a translator's file says; nothing where it is damaged."""
        try:
            noted = json.loads(decoded(self._read(path)) or "")
            return {original: str(entry["original_hash"]) for original, entry in noted.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}


def contents(page: LessonPage, *, original: str) -> dict[str, str]:
    """Return what a course's first page calls the files it links to, by their path in the original's tree."""
    named: dict[str, str] = {}
    for address, label in page.links.items():
        try:
            parts = urlsplit(address)
        except ValueError:  # "http://[", say
            continue
        if parts.scheme or parts.netloc or not parts.path:
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(original), unquote(parts.path)))
        named.setdefault(path, label)
    return named


def title_in(named: Mapping[str, str], original: str) -> str:
    """Return what a table of contents calls a file, or its folder where the file is the folder's first page; or ""."""
    folder, name = posixpath.split(original)
    is_index = posixpath.splitext(name)[0].lower() in INDEX
    return named.get(original) or (named.get(folder, "") if is_index and folder else "")
