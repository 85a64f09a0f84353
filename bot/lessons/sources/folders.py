"""A folder of courses as a source."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from bot.errors import UserError
from bot.lessons.course_layout import Skip
from bot.lessons.files import MANIFEST, NAVIGATION, SETTINGS_FOLDERS, SITE_SETTINGS, CourseFile, CourseSource
from bot.lessons.sources.manifests import read_manifest

# Where nothing is ever a lesson and much lies.
MOST_SETTINGS_BYTES = 1_000_000
UNSEEN = frozenset({".git", "node_modules", "__pycache__", ".venv"})


def folder_source(root: Path, *, base_url: str = "") -> CourseSource:
    """Return a folder as a source; a `manifest.json` in it says which files to take and where they came from.

    Raises:
        UserError: the manifest cannot be read.
    """
    paths, links = walked(root)
    read = reader_of(root)
    files, unlisted = files_of(paths, read=read, course=root.resolve().name, base_url=base_url)
    return CourseSource(name=root.resolve().as_posix(), files=files, read=read, skipped=(*links, *unlisted))


def files_of(
    paths: Sequence[str], *, read: Callable[[str], bytes], course: str, base_url: str
) -> tuple[tuple[CourseFile, ...], list[tuple[str, Skip]]]:
    """Return what is known of the files, and those that a manifest among them does not list.

    Raises:
        UserError: the manifest cannot be read.
    """
    told = read_manifest(read(MANIFEST)) if MANIFEST in paths else None
    if told is None:
        return tuple(course_file(path, course=course, base_url=base_url) for path in paths), []
    listed = (told[path] for path in paths if path in told)
    files = tuple(file if file.course else replace(file, course=course) for file in listed)
    return files, [(path, Skip.UNLISTED) for path in paths if path not in told and path != MANIFEST]


def course_file(path: str, *, course: str, base_url: str) -> CourseFile:
    """Return a file of a course that has its repository's paths; no address without `base_url`."""
    url = f"{base_url.rstrip('/')}/{quote(path)}" if base_url else ""
    return CourseFile(path=path, place=path, course=course, url=url)


def walked(root: Path) -> tuple[list[str], list[tuple[str, Skip]]]:
    """Return the paths of a folder's files, sorted, and what is passed over: links, and names that are no text."""
    files: list[str] = []
    skipped: list[tuple[str, Skip]] = []
    for entry in _entries(root):
        path = PurePosixPath(Path(entry.path).relative_to(root)).as_posix()
        if entry.is_symlink():
            skipped.append((readable(path), Skip.LINK))
        elif readable(path) != path:
            skipped.append((readable(path), Skip.UNSAFE))
        elif entry.is_file(follow_symlinks=False):
            files.append(path)
    return sorted(files), skipped


def settings_above(named: Path, place: str) -> dict[str, bytes]:
    """Return what lies above a folder or file of a clone and tells of its course's site, by places in the repository.

    `place` is that of what was named, with a slash at its end, "" for the repository itself.
    """
    found: dict[str, bytes] = {}
    folder = named.resolve()
    while place:
        folder, place = folder.parent, place.rstrip("/").rpartition("/")[0]
        place += "/" if place else ""
        for inner in ("", *(f"{each}/" for each in SETTINGS_FOLDERS)):
            found |= {f"{place}{inner}{name}": raw for name, raw in _telling(folder / inner)}
    return found


def _telling(folder: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_one = entry.name.lower() in SITE_SETTINGS | NAVIGATION and entry.is_file(follow_symlinks=False)
                if is_one and entry.stat().st_size <= MOST_SETTINGS_BYTES:
                    yield entry.name, Path(entry.path).read_bytes()
    except OSError:
        return


def readable(name: str) -> str:
    """Return a file's name as text; what of its bytes is none is replaced."""
    return name.encode("utf-8", "replace").decode()


def reader_of(root: Path) -> Callable[[str], bytes]:
    """Return what reads a file of the folder."""
    return lambda path: (root / path).read_bytes()


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise UserError("error.lessons_folder", path=str(folder), reason=error.strerror or "?") from error
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in UNSEEN:
                yield from _entries(Path(entry.path))
        else:
            yield entry
