"""Archives as sources. Members are copied under numbers of our own, so that no name leads out of the folder."""

from __future__ import annotations

import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from bot.errors import UserError
from bot.lessons.course_layout import LESSONS, Skip
from bot.lessons.files import MANIFEST, NAVIGATION, SITE_SETTINGS, TRANSLATOR_FILE, CourseSource, is_quiz
from bot.lessons.lesson_numbers import number_of
from bot.lessons.sources.folders import files_of, readable

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
# What is no lesson and is looked at all the same.
BESIDE = frozenset({MANIFEST, TRANSLATOR_FILE, *NAVIGATION, *SITE_SETTINGS})
# Ten times what the largest course has: a bomb is more.
MOST_MEMBERS = 200_000
MOST_BYTES = 1_000_000_000
MOST_MEMBER_BYTES = 50_000_000
MOST_UNPACKED_BYTES = 20_000_000_000
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError)
# Downloads of a repository are one folder, named after it and what was downloaded.
DOWNLOADED = re.compile(r"-(?:main|master|[0-9a-f]{7,40}|v?\d+(?:\.\d+)+)$")


def is_archive(path: Path) -> bool:
    """Whether a file's name is an archive's."""
    return path.name.lower().endswith(SUFFIXES)


@dataclass(slots=True)
class _Copied:
    """What was copied so far: by name in the archive."""

    archive: Path
    folder: Path
    places: dict[str, Path] = field(default_factory=dict)
    skipped: list[tuple[str, Skip]] = field(default_factory=list)
    members: int = 0
    size_bytes: int = 0


@contextmanager
def unpacked(archive: Path, *, base_url: str = "") -> Iterator[CourseSource]:
    """Offer an archive's lessons from a folder that is gone at the end.

    Raises:
        UserError: the archive is damaged, locked with a password, or unpacks to more than a course can be.
    """
    with TemporaryDirectory(prefix="lyceum-") as folder:
        copied = _Copied(archive, Path(folder))
        try:
            (_copy_zip if zipfile.is_zipfile(archive) else _copy_tar)(archive, copied)
        except BROKEN as error:
            raise UserError("error.lessons_archive", path=str(archive)) from error
        except OSError as error:
            raise UserError("error.lessons_folder", path=str(archive), reason=error.strerror or "?") from error
        yield _source(archive, copied, base_url)


def _source(archive: Path, copied: _Copied, base_url: str) -> CourseSource:
    top = _top(list(copied.places))
    places = {name.removeprefix(f"{top}/") if top else name: place for name, place in copied.places.items()}
    course = DOWNLOADED.sub("", top) if top else re.sub(r"(\.tar)?\.\w+$", "", archive.name)
    files, unlisted = files_of(
        sorted(places), read=lambda path: places[path].read_bytes(), course=course, base_url=base_url
    )
    return CourseSource(
        name=archive.resolve().as_posix(),
        files=files,
        read=lambda path: places[path].read_bytes(),
        skipped=(*copied.skipped, *unlisted),
    )


def _top(names: list[str]) -> str:
    """Return the one folder that holds all, "" where there is none or where it is a lesson itself."""
    tops = {name.partition("/")[0] for name in names}
    top = tops.pop() if len(tops) == 1 else ""
    return top if top and all("/" in name for name in names) and not number_of(top) else ""


def _copy_zip(archive: Path, copied: _Copied) -> None:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            is_link = stat.S_ISLNK(member.external_attr >> 16)
            if not member.is_dir() and _is_wanted(member.filename, copied, is_link=is_link):
                with opened.open(member) as content:
                    _copy(member.filename, content, copied)


def _copy_tar(archive: Path, copied: _Copied) -> None:
    with tarfile.open(archive, mode="r|*") as opened:
        for member in opened:
            if member.offset_data + member.size > MOST_UNPACKED_BYTES:
                raise _bomb(copied)
            if member.isdir() or not _is_wanted(member.name, copied, is_link=not member.isreg()):
                continue
            if content := opened.extractfile(member):
                _copy(member.name, content, copied)


def _bomb(copied: _Copied) -> UserError:
    return UserError("error.lessons_bomb", path=str(copied.archive))


def _is_wanted(name: str, copied: _Copied, *, is_link: bool) -> bool:
    """Whether a member is copied; why not is noted."""
    copied.members += 1
    if copied.members > MOST_MEMBERS:
        raise _bomb(copied)
    path = PurePosixPath(name)
    reason = None
    if is_link:
        reason = Skip.LINK
    elif (
        readable(name) != name
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or re.match(r"[A-Za-z]:", name)
    ):
        reason = Skip.UNSAFE
    elif not is_quiz(name) and path.suffix.lower() not in LESSONS and path.name.lower() not in BESIDE:
        reason = Skip.OTHER_KIND
    if reason:
        copied.skipped.append((readable(name), reason))
    return reason is None


def _copy(name: str, content: IO[bytes], copied: _Copied) -> None:
    """Copy a member, whatever size it claims to have."""
    raw = content.read(MOST_MEMBER_BYTES + 1)
    if len(raw) > MOST_MEMBER_BYTES:
        copied.skipped.append((name, Skip.TOO_LARGE))
        return
    copied.size_bytes += len(raw)
    if copied.size_bytes > MOST_BYTES:
        raise _bomb(copied)
    place = copied.folder / str(len(copied.places))
    place.write_bytes(raw)
    copied.places[PurePosixPath(name).as_posix()] = place
