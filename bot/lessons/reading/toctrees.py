"""The order of pages that name those below them: Sphinx' in a `toctree`, AsciiDoc's by including their parts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase

from bot.lessons.reading.course_order import Place
from bot.lessons.reading.navigation import spellings

RST = re.compile(r"^([ \t]*)\.\. toctree::[^\n]*\n((?:[ \t]*\n|\1[ \t]+[^\n]*\n?)*)", re.MULTILINE)
ASCIIDOC = re.compile(r"^include::([^\[\n]+\.(?:adoc|asciidoc|asc))\[[^\n]*\]", re.MULTILINE)
MYST = re.compile(r"^[ \t]*(`{3,}|:{3,})\{toctree\}[^\n]*\n(.*?)^[ \t]*\1", re.MULTILINE | re.DOTALL)
TITLED = re.compile(r"(.+?)\s*<([^<>]+)>")
OPTION = re.compile(r"^:[\w-]+:|^---$|^[\w-]+: ")
MOST_DEPTH = 8


def named_below(text: str) -> list[tuple[str, str]]:
    """Return the pages that a page lists, in order: the title it gives each, "" for none, and its name."""
    if "include::" in text and (parts := ASCIIDOC.findall(text)):
        return [("", name) for name in parts if "{" not in name]
    if "toctree" not in text:
        return []
    lists = [(found.start(), found[2]) for pattern in (RST, MYST) for found in pattern.finditer(text)]
    lines = [line.strip() for _, listed in sorted(lists) for line in listed.split("\n")]
    titled = (TITLED.fullmatch(line) or line for line in lines if line and not OPTION.match(line))
    return [("", each) if isinstance(each, str) else (each[1], each[2].strip()) for each in titled]


def toctree_order(
    trees: Mapping[Place, list[tuple[str, str]]], places: Mapping[str, Collection[str]]
) -> tuple[dict[Place, str], dict[Place, tuple[int, ...]]]:
    """Return titles and numbers by course and place; `places` are all of each course's.

    A course has one first page: what other pages list that nobody lists themselves has no number.
    """
    below = {
        (course, place): [
            (title, (course, found)) for title, name in listed for found in _found(name, place, places[course])
        ]
        for (course, place), listed in trees.items()
    }
    titles: dict[Place, str] = {}
    numbers: dict[Place, tuple[int, ...]] = {}
    listed_somewhere = {place for each in below.values() for _, place in each}
    roots = sorted(
        (place for place in below if place not in listed_somewhere), key=lambda place: (place[1].count("/"), place)
    )
    for course in {course for course, _ in roots}:
        _number(next(root for root in roots if root[0] == course), (), below, titles, numbers)
    return titles, numbers


def _number(
    place: Place,
    number: tuple[int, ...],
    below: Mapping[Place, list[tuple[str, Place]]],
    titles: dict[Place, str],
    numbers: dict[Place, tuple[int, ...]],
) -> None:
    """Number what a page lists, and what these list; a page that is listed twice keeps its first number."""
    at = 0
    for title, each in below.get(place, ()):
        if each in numbers or len(number) >= MOST_DEPTH:
            continue
        at += 1
        numbers[each] = (*number, at)
        if title:
            titles.setdefault(each, title)
        _number(each, (*number, at), below, titles, numbers)


def _found(name: str, place: str, places: Collection[str]) -> Iterator[str]:
    """Yield the files that a name means: it begins at the page, or with a slash at the root."""
    if "://" in name or name in {"self", "genindex", "modindex", "search"}:
        return
    path = posixpath.normpath(posixpath.join(posixpath.dirname(place), name))
    path = _rooted(name, place, places) if name.startswith("/") else path
    if "*" in path or "?" in path:
        stems = {posixpath.splitext(each)[0]: each for each in sorted(places)}
        yield from (each for stem, each in stems.items() if each != place and fnmatchcase(stem, path))
    elif found := next((each for each in spellings(path) if each in places), ""):
        yield found


def _rooted(name: str, place: str, places: Collection[str]) -> str:
    """Return the path of a name that begins at the root, which is one of the folders the page stands in."""
    folder = posixpath.dirname(place)
    while True:
        path = posixpath.join(folder, name.lstrip("/"))
        if not folder or any(each in places for each in spellings(path)):
            return path
        folder = posixpath.dirname(folder)
