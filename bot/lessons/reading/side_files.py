"""Files that lie beside lessons: plain text and pages that serve programs, figures, and what was made of a lesson."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from bot.lessons.course_layout import Skip, is_document, is_figure, is_loose, is_plain, serves
from bot.lessons.files import CourseFile
from bot.lessons.lesson_numbers import number_of

# So many times as many lessons of other formats say that plain text serves them.
FEW = 5
# How deep the folder that holds a built site may lie.
MOST_FOLDERS = 4


def left_beside(files: Sequence[CourseFile], *, named: Collection[str]) -> dict[str, Skip]:
    """Return the paths of a course's files that are no lessons, and why; `named` are those that were asked for."""
    asked = set(named)
    free = [file for file in files if not {file.place, file.path} & asked]
    figures = _figures([file for file in free if is_document(file.place)], files)
    left = [file for file in files if file.path not in figures]
    return figures | _loose([file for file in free if is_loose(file.place)], left)


def _figures(documents: Sequence[CourseFile], files: Sequence[CourseFile]) -> dict[str, Skip]:
    """Return documents that are figures, and those that were made of a lesson which lies beside them."""
    written = {_stem(file) for file in files if not is_document(file.place)}
    sources = {_stem(file) for file in documents if not file.place.lower().endswith(".pdf")}
    found: dict[str, Skip] = {}
    for file in documents:
        if is_figure(file.path):
            found[file.path] = Skip.FIGURE
        elif _stem(file) in written or (_stem(file) in sources and file.place.lower().endswith(".pdf")):
            found[file.path] = Skip.TWICE
    return found


def _stem(file: CourseFile) -> PurePosixPath:
    return PurePosixPath(file.place).with_suffix("")


def _loose(loose: Sequence[CourseFile], files: Sequence[CourseFile]) -> dict[str, Skip]:
    """Return plain text and web pages that are no lessons: beside Markdown only numbered ones are."""
    written = [PurePosixPath(file.place) for file in files if not is_loose(file.place)]
    folders, stems = {path.parent for path in written}, {path.with_suffix("") for path in written}
    plain = [file for file in files if is_plain(file.place)]
    few = len(written) > FEW * len(plain)
    found: dict[str, Skip] = {}
    for file in loose:
        path = PurePosixPath(file.place)
        if not is_plain(file.place) and _is_made(path, stems):
            found[file.path] = Skip.TWICE
        elif serves(file.path) or (
            not number_of(path.stem) and (_is_below(path, folders) or (few and is_plain(file.place)))
        ):
            found[file.path] = Skip.BESIDE
    return found


def _is_below(path: PurePosixPath, folders: Collection[PurePosixPath]) -> bool:
    """Whether a file lies where lessons do, or below a lesson's folder."""
    return path.parent in folders or any(each.name and each in folders for each in path.parents)


def _is_made(path: PurePosixPath, stems: Collection[PurePosixPath]) -> bool:
    """Whether a page was made of a lesson: it has its path, below the folder that holds all that was made."""
    parts = path.with_suffix("").parts
    return any(PurePosixPath(*parts[at:]) in stems for at in range(1, min(MOST_FOLDERS, len(parts))))
