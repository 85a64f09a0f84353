"""Small courses of our own on disk, in the shapes that courses come in."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import md5
from pathlib import Path

from bot.lessons.files import CourseSource
from bot.lessons.reading.loaders import Loaded, ReadDocument, Reader
from bot.lessons.reading.sorting import ALL, FileSelection
from bot.lessons.sources.folders import folder_source
from tests.lessons.sample import read_course

BEES = "# Bees\n\nBees dance to tell where flowers are.\n"
BEES_HE = "# דבורים\n\nדבורים רוקדות כדי לספר איפה יש פרחים.\n"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder and return it."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def source(folder: Path, files: Mapping[str, str | bytes], *, base_url: str = "") -> CourseSource:
    """Return a folder with these files as a source."""
    return folder_source(write(folder, files), base_url=base_url)


def loaded(folder: Path, files: Mapping[str, str | bytes], *, base_url: str = "") -> dict[str, Loaded]:
    """Return what is read from a folder with these files, by path."""
    return {
        document.path: (document, chunks) for document, chunks in read_course(source(folder, files, base_url=base_url))
    }


def skipped(folder: Path, files: Mapping[str, str | bytes], *, selection: FileSelection = ALL) -> dict[str, str]:
    """Return why files in a folder are not taken, by path."""
    reader = Reader(source(folder, files), selection=selection)
    opened = [reader.open(candidate) for candidate in reader.candidates]
    read = [reader.load(each) if isinstance(each, ReadDocument) else each for each in opened]
    return {each.path: each.reason.value for each in (*reader.skipped, *read) if not isinstance(each, tuple)}


def metadata(original: str, *, language: str) -> str:
    """Return the comment a translator leaves at the top."""
    return (
        f'<!--\nCO_OP_TRANSLATOR_METADATA:\n{{\n  "original_hash": "{md5(original.encode()).hexdigest()}",\n'
        f'  "language_code": "{language}"\n}}\n-->\n'
    )
