"""Repositories as sources: cloned for the moment, without what is no lesson, or a clone that lies on this disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from bot.errors import UserError
from bot.lessons.course_layout import LESSONS, Skip
from bot.lessons.files import (
    NAVIGATION,
    QUIZ,
    QUIZ_SUFFIXES,
    SETTINGS_FOLDERS,
    SITE_SETTINGS,
    TRANSLATOR_FILE,
    CourseSource,
    quizzes_of,
)
from bot.lessons.sources.folders import course_file, folder_source, settings_above
from bot.lessons.sources.git import GitFailed, git, repository_name, shown_address, web_address

# The pictures of a course weigh gigabytes, its lessons and translations some tens of megabytes.
FETCH_S = 900.0
LOCAL_S = 30.0


def _in_any_case(name: str) -> str:
    """Return git's pattern of a name in any case of letters, as names are read on every other way a course comes."""
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in name)


# What tells of the course as a whole.
TELLING = tuple(_in_any_case(name) for name in sorted(NAVIGATION | SITE_SETTINGS))
WANTED = (
    *(f"*{_in_any_case(suffix)}" for suffix in sorted(LESSONS)),
    TRANSLATOR_FILE,
    *TELLING,
    *(f"{name}{suffix}" for name in (QUIZ, f"*.{QUIZ}") for suffix in QUIZ_SUFFIXES),
)


@asynccontextmanager
async def cloned(
    address: str, *, ref: str = "", paths: Sequence[str] = (), base_url: str = ""
) -> AsyncIterator[CourseSource]:
    """Fetch one commit's lessons into a folder that is gone at the end; `paths` bring their translations along.

    Raises:
        UserError: the repository, or `ref` in it, cannot be fetched.
    """
    if ref.startswith("-") or address.startswith("-"):
        raise UserError("error.lessons_git", address=shown_address(address), reason=f"{ref or address}?")
    with TemporaryDirectory(prefix="lyceum-") as folder:
        root = Path(folder)
        try:
            commit = await _fetch(root, address, ref=ref or "HEAD", paths=paths)
        except GitFailed as error:
            raise UserError("error.lessons_git", address=shown_address(address), reason=error.said) from error
        found = await asyncio.to_thread(folder_source, root)
        left = await _left(root, found, paths)
        web = base_url or web_address(address, commit)
        course = repository_name(address)
        yield replace(
            found,
            name=shown_address(address),
            files=tuple(course_file(file.path, course=course, base_url=web) for file in found.files),
            version=commit,
            skipped=(*found.skipped, *left),
            origin=shown_address(address),
        )


async def _left(root: Path, found: CourseSource, paths: Sequence[str]) -> list[tuple[str, Skip]]:
    """Return the files of the commit that were not fetched, as they are in no format of lessons."""
    listed = await git("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", *paths, cwd=root, timeout_s=LOCAL_S)
    there = {file.path for file in found.files} | {path for path, _ in found.skipped}
    names = sorted(set(listed.decode("utf-8", "replace").split("\0")) - there - {""})
    return [(name, Skip.OTHER_KIND) for name in names if PurePosixPath(name).suffix.lower() not in LESSONS]


async def _fetch(root: Path, address: str, *, ref: str, paths: Sequence[str]) -> str:
    """Bring one commit's lessons into an empty folder; return the commit."""
    for command in (
        ("init", "--quiet"),
        ("remote", "add", "origin", address),
        ("config", "remote.origin.promisor", "true"),
        ("config", "remote.origin.partialclonefilter", "blob:none"),
        ("sparse-checkout", "set", "--no-cone", *patterns(paths)),
    ):
        await git(*command, cwd=root, timeout_s=LOCAL_S)
    fetch = ("fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none", "origin", ref)
    await git(*fetch, cwd=root, timeout_s=FETCH_S)
    await git("checkout", "--quiet", "--detach", "FETCH_HEAD", cwd=root, timeout_s=FETCH_S)
    return (await git("rev-parse", "HEAD", cwd=root, timeout_s=LOCAL_S)).decode().strip()


def patterns(paths: Sequence[str]) -> list[str]:
    """Return what git is to check out: all lessons, or these paths', their translations, and the first pages."""
    if not paths:
        return list(WANTED)
    first = ["/translations/*/README.md", f"/translations/*/{TRANSLATOR_FILE}"]
    first += [f"/{folder}{name}" for folder in folders_above(paths) for name in TELLING]
    places = [place for path in paths for place in (f"/{path}", f"/translations/*/{path}")]
    lessons = [place for place in places if PurePosixPath(place).suffix.lower() in LESSONS]
    files = [beside for lesson in lessons for beside in (lesson, *quizzes_of(lesson))]
    return first + files + [f"{place}/**/{each}" for place in places for each in WANTED]


def folders_above(paths: Sequence[str]) -> list[str]:
    """Return the folders that lie above these paths, with a slash each, and where Hugo has settings in them."""
    above = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    tops = sorted("" if folder == "." else f"{folder}/" for folder in above)
    return [f"{top}{inner}" for top in tops for inner in ("", *(f"{each}/" for each in SETTINGS_FOLDERS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clone:
    """A folder of a clone: `prefix` is the folder's path in the repository, `tracked` what git has, by path in it."""

    address: str
    commit: str
    prefix: str
    tracked: frozenset[str]


async def folder_in_clone(root: Path, *, base_url: str = "") -> CourseSource:
    """Return a folder as a source; where it belongs to a clone and no manifest, git says what it is.

    Raises:
        UserError: the folder or its manifest cannot be read.
    """
    source = await asyncio.to_thread(folder_source, root, base_url=base_url)
    if any(file.url for file in source.files):
        return source
    clone = await _look(root)
    if clone is None:
        return source
    web = web_address(clone.address, clone.commit)
    course = repository_name(clone.address)
    files = (
        replace(
            course_file(clone.prefix + file.path, course=course, base_url=web if file.path in clone.tracked else ""),
            path=file.path,
            is_known_here_alone=file.path not in clone.tracked,
        )
        for file in source.files
    )
    around = await asyncio.to_thread(settings_above, root, clone.prefix)
    origin = shown_address(clone.address)
    return replace(source, files=tuple(files), version=clone.commit, around=around, origin=origin)


async def file_in_clone(path: Path, *, base_url: str = "") -> CourseSource:
    """Return one file as a source; where it belongs to a clone, git says what it is."""
    clone = None if base_url else await _look(path.parent)
    name = path.name
    if clone is None:
        file = course_file(name, course=path.stem, base_url=base_url)
    else:
        web = web_address(clone.address, clone.commit) if name in clone.tracked else ""
        course = repository_name(clone.address)
        file = replace(course_file(clone.prefix + name, course=course, base_url=web), path=name)
        file = replace(file, is_known_here_alone=name not in clone.tracked)
    source = await asyncio.to_thread(path.resolve)
    around = await asyncio.to_thread(settings_above, path, f"{clone.prefix}{name}/") if clone else {}
    return CourseSource(
        name=source.as_posix(),
        files=(file,),
        read=lambda _: source.read_bytes(),
        version=clone.commit if clone else "",
        around=around,
        origin=shown_address(clone.address) if clone else "",
    )


async def _look(root: Path) -> _Clone | None:
    """Return what git says of a folder; None where it is in no clone, or git has none of it."""
    try:
        tracked = await git("ls-files", "-z", cwd=root, timeout_s=LOCAL_S)
        prefix = await git("rev-parse", "--show-prefix", cwd=root, timeout_s=LOCAL_S)
        commit = await git("rev-parse", "HEAD", cwd=root, timeout_s=LOCAL_S)
        address = await git("remote", "get-url", "origin", cwd=root, timeout_s=LOCAL_S)
    except (GitFailed, UserError):
        return None
    names = frozenset(tracked.decode("utf-8", "replace").split("\0")) - {""}
    if not names:
        return None
    return _Clone(
        address=address.decode().strip(), commit=commit.decode().strip(), prefix=prefix.decode().strip(), tracked=names
    )
