"""What the settings of a course's site call the course. A file that cannot be read says nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from bot.lessons.files import CourseFile
from bot.lessons.reading.lesson_text import decoded

MOST_BYTES = 200_000
MOST_CHARS = 120
_VALUE = r"[ \t]*:[ \t]+(?P<quote>[\"'`]?)(?P<title>[^\n#]+?)(?P=quote)[ \t]*(?:#.*)?$"
_YAML = {
    "mkdocs": re.compile(rf"^site_name{_VALUE}", re.MULTILINE),
    "_config": re.compile(rf"^title{_VALUE}", re.MULTILINE),
    "_quarto": re.compile(rf"^(?:book|website)[ \t]*:[ \t]*\n(?:[ \t]+.*\n)*?[ \t]+title{_VALUE}", re.MULTILINE),
    "myst": re.compile(rf"^(?:project|site)[ \t]*:[ \t]*\n(?:[ \t]+.*\n)*?[ \t]+title{_VALUE}", re.MULTILINE),
}
_SCRIPT = re.compile(r"\btitle[ \t]*:[ \t]*(?P<quote>[\"'`])(?P<title>.+?)(?P=quote)")
_SPHINX = re.compile(r"^project[ \t]*=[ \t]*(?P<quote>[\"'])(?P<title>.+?)(?P=quote)", re.MULTILINE)
_TOML = frozenset({"book", "hugo", "config"})


def course_titles(files: Iterable[CourseFile], read: Callable[[str], bytes]) -> dict[str, str]:
    """Return the title of each course whose site has one, by the course's name; the uppermost settings count."""
    titles: dict[str, str] = {}
    for file in sorted(files, key=lambda each: (each.place.count("/"), each.place)):
        if file.course not in titles and (tell := _teller(file.place)):
            try:
                raw = read(file.path)
            except OSError:
                continue
            title = tell(decoded(raw[:MOST_BYTES]) or "").strip()
            if 0 < len(title) <= MOST_CHARS and not title.startswith(("{", "$")):
                titles[file.course] = title
    return titles


def _teller(place: str) -> Callable[[str], str] | None:
    """Return what reads the title in settings of this name; None where they are none."""
    path = PurePosixPath(place.lower())
    if path.suffix in {".yml", ".yaml"} and path.stem in _YAML:
        pattern = _YAML[path.stem]
    elif path.name.startswith("docusaurus.config."):
        pattern = _SCRIPT
    elif path.name == "conf.py":
        pattern = _SPHINX
    else:
        return _in_toml if path.suffix == ".toml" and path.stem in _TOML else None
    return lambda text: found["title"] if (found := pattern.search(text)) else ""


def _in_toml(text: str) -> str:
    """Return the title of a book, or of a site."""
    try:
        told: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ""
    book = told.get("book")
    title = book.get("title") if isinstance(book, Mapping) else told.get("title")
    return title if isinstance(title, str) else ""
