"""Against the real git executable and repositories on this disk, reached as over a network (`file://`)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.lessons.course_layout import Skip
from bot.lessons.files import CourseSource
from bot.lessons.reading.loaders import Reader
from bot.lessons.reading.sorting import FileSelection
from bot.lessons.sources.folders import folder_source
from bot.lessons.sources.git import is_address, repository_name, shown_address, web_address, without_secrets
from bot.lessons.sources.opening import Wanted, opened
from bot.lessons.sources.pasted import Pasted, pasted
from bot.lessons.sources.repositories import cloned, folder_in_clone
from tests.lessons.courses import BEES, BEES_HE, write
from tests.lessons.sample import read_course

WHO = {
    "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@school.test",
    "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@school.test",
    "GIT_CONFIG_GLOBAL": os.devnull, "PATH": os.environ["PATH"],
}  # fmt: skip
FILES: Mapping[str, str | bytes] = {
    "README.md": "# Course\n\n- [Bees](03-bees/README.md)\n",
    "03-bees/README.md": BEES,
    "03-bees/bee.png": b"\x89PNG" * 1000,
    "04-wax/README.md": "# Wax\n\nIt melts.\n",
    "translations/he/03-bees/README.md": BEES_HE,
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, env=WHO, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder: Path, files: Mapping[str, str | bytes] = FILES) -> tuple[str, str]:
    """Make a repository that serves parts of itself; return its address and commit."""
    write(folder, files)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    return folder.as_uri(), commit(folder)


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=A change")
    return git(folder, "rev-parse", "HEAD")


async def test_a_repository_is_fetched_without_its_pictures(tmp_path: Path) -> None:
    address, newest = repository(tmp_path / "bees")

    async with cloned(address, base_url="https://school.test/files") as source:
        documents = [document for document, _ in read_course(source)]

    assert {document.path for document in documents} == {*FILES} - {"03-bees/bee.png"}
    assert {document.course for document in documents} == {"bees"}
    assert documents[0].url == "https://school.test/files/README.md"
    assert (source.name, source.version) == (address, newest)
    assert source.skipped == (("03-bees/bee.png", Skip.OTHER_KIND),)


async def test_every_lesson_of_a_repository_is_fetched_whatever_the_case_of_its_name(tmp_path: Path) -> None:
    files = {"README.MD": BEES, "02-wax.Md": BEES, "03-honey.mdx": BEES, "04-hive.RMD": BEES, "05-comb.tex": "x"}
    address, _ = repository(tmp_path / "bees", files)

    async with cloned(address) as source:
        documents = [document.path for document, _ in read_course(source)]

    assert sorted(documents) == ["02-wax.Md", "03-honey.mdx", "04-hive.RMD", "README.MD"]
    assert source.skipped == (("05-comb.tex", Skip.OTHER_KIND),)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("github.com/o/r", Pasted("https://github.com/o/r")),
        ("www.github.com/o/r/", Pasted("https://www.github.com/o/r/")),
        ("https://github.com/o/r/tree/main/a%20b/c/", Pasted("https://github.com/o/r", "main", "a b/c")),
        ("https://github.com/o/r/tree/v1", Pasted("https://github.com/o/r", "v1")),
        ("https://github.com/o/r/blob/main/a/b.md?plain=1#L3", Pasted("https://github.com/o/r", "main", "a/b.md")),
        ("github.com/o/r/blob/main/b.md", Pasted("https://github.com/o/r", "main", "b.md")),
        ("https://gitlab.com/g/s/r/-/tree/dev/a", Pasted("https://gitlab.com/g/s/r", "dev", "a")),
        ("https://codeberg.org/o/r/src/branch/main/a", Pasted("https://codeberg.org/o/r", "main", "a")),
        ("https://raw.githubusercontent.com/o/r/main/a.md", Pasted("https://github.com/o/r", "main", "a.md")),
        ("https://github.com/o/r.git", Pasted("https://github.com/o/r.git")),
        ("git@github.com:o/r.git", Pasted("git@github.com:o/r.git")),
        ("courses/bees", None),
        ("github.com", None),
        ("x" * 5000, None),
    ],
)
def test_what_is_pasted_is_understood(source: str, expected: Pasted | None) -> None:
    assert pasted(source) == expected


def test_a_folder_of_this_name_comes_before_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"github.com/o/r/a.md": BEES}))

    assert pasted("github.com/o/r") is None


def test_a_pasted_folder_is_a_source_of_its_own_and_paths_begin_in_it() -> None:
    wanted = Wanted(source="https://github.com/o/r/tree/main/book/", paths=("ch1.md",))

    assert wanted.name == "https://github.com/o/r/tree/main/book"
    assert wanted.paths_within == ("book/ch1.md",)
    assert Wanted(source="github.com/o/r/tree/main/book").paths_within == ("book",)
    assert Wanted(source="github.com/o/r").name == "https://github.com/o/r"


def taken(source: CourseSource, selection: FileSelection) -> set[str]:
    return {each.file.path for each in Reader(source, selection=selection).candidates}


@pytest.mark.parametrize("path", ["ch04-01.md", "src/ch04-01.md"])
async def test_a_path_is_one_of_what_was_named(tmp_path: Path, path: str) -> None:
    repository(
        tmp_path / "book", {"src/ch04-01.md": BEES, "src/ch04-02.md": BEES, "src/translations/he/ch04-01.md": BEES_HE}
    )
    git(tmp_path / "book", "remote", "add", "origin", "https://github.com/o/book")
    source = await folder_in_clone(tmp_path / "book/src")

    assert taken(source, FileSelection(paths=(path,))) == {"ch04-01.md", "translations/he/ch04-01.md"}
    assert taken(source, FileSelection(without=(path,))) == {"ch04-02.md"}


async def test_what_is_not_wanted_is_left_out(tmp_path: Path) -> None:
    source = folder_source(write(tmp_path, {**FILES, "03-bees-old/README.md": BEES}))
    selection = FileSelection(paths=("03-bees", "04-wax", "03-bees-old"), without=("04-wax", "03-bees-old/README.md"))

    assert taken(source, selection) == {"03-bees/README.md", "translations/he/03-bees/README.md"}


async def test_one_file_is_a_source(tmp_path: Path) -> None:
    write(tmp_path, {"bees.md": BEES, "other.md": BEES})

    async with opened(Wanted(source=str(tmp_path / "bees.md"), base_url="https://school.test")) as source:
        ((document, _),) = read_course(source)

    assert (document.key, document.title, document.url) == ("bees/bees", "Bees", "https://school.test/bees.md")
    assert source.name == (tmp_path / "bees.md").as_posix()


async def test_one_file_of_a_clone_has_its_address(tmp_path: Path) -> None:
    _, newest = repository(tmp_path / "copy")
    git(tmp_path / "copy", "remote", "add", "origin", "https://github.com/school/bees")

    async with opened(Wanted(source=str(tmp_path / "copy/03-bees/README.md"))) as source:
        ((document, _),) = read_course(source)

    assert document.key == "bees/03-bees"
    assert document.url == f"https://github.com/school/bees/blob/{newest}/03-bees/README.md"


async def test_a_file_that_holds_no_lessons_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        async with opened(Wanted(source=str(write(tmp_path, {"slides.odp": "x"}) / "slides.odp"))):
            pass

    assert told.value.key == "error.lessons_format"


async def test_a_path_brings_its_translations_along(tmp_path: Path) -> None:
    address, _ = repository(tmp_path / "bees")

    async with cloned(address, paths=["03-bees"]) as source:
        paths = {file.path for file in source.files}

    assert paths == {"README.md", "03-bees/README.md", "translations/he/03-bees/README.md"}


@pytest.mark.parametrize("ref", ["old", "v1", "commit"])
async def test_a_branch_a_tag_and_a_commit_can_be_named(tmp_path: Path, ref: str) -> None:
    folder = tmp_path / "bees"
    address, first = repository(folder)
    git(folder, "branch", "old")
    git(folder, "tag", "v1")
    write(folder, {"05-honey.md": BEES})
    commit(folder)

    async with cloned(address, ref=ref.replace("commit", first)) as source:
        paths = {file.path for file in source.files}

    assert source.version == first
    assert "05-honey.md" not in paths


@pytest.mark.parametrize("ref", ["nowhere", "--upload-pack=touch /tmp/x"])
async def test_a_ref_that_is_not_there_is_told(tmp_path: Path, ref: str) -> None:
    address, _ = repository(tmp_path / "bees")

    with pytest.raises(UserError) as told:
        async with cloned(address, ref=ref):
            pass

    assert told.value.key == "error.lessons_git"


async def test_a_repository_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        async with opened(Wanted(source=f"file://ann:tell-nobody@{tmp_path}/nowhere")):
            pass

    assert told.value.key == "error.lessons_git"
    assert "tell-nobody" not in str(told.value.parameters)


async def test_a_machine_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UserError) as told:
        async with cloned("https://github.com/school/bees"):
            pass

    assert told.value.key == "error.lessons_no_git"


async def test_a_folder_of_a_clone_has_the_addresses_of_its_repository(tmp_path: Path) -> None:
    folder = tmp_path / "my copy"
    _, newest = repository(folder)
    git(folder, "remote", "add", "origin", "git@github.com:school/bees-for-beginners.git")
    write(folder, {"03-bees/draft.md": BEES})

    source = await folder_in_clone(folder / "03-bees")
    found = {document.path: document for document, _ in read_course(source)}

    assert found["README.md"].key == "bees-for-beginners/03-bees"
    assert found["README.md"].url == f"https://github.com/school/bees-for-beginners/blob/{newest}/03-bees/README.md"
    assert found["draft.md"].url == ""


async def test_a_folder_that_a_repository_ignores_is_no_part_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    repository(folder, {".gitignore": "courses\n", "a.md": BEES})
    git(folder, "remote", "add", "origin", "https://github.com/school/bot")
    write(folder, {"courses/03-bees/README.md": BEES})

    ((document, _),) = read_course(await folder_in_clone(folder / "courses"))

    assert (document.key, document.url) == ("courses/03-bees", "")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://github.com/school/bees", True),
        ("git@github.com:school/bees.git", True),
        ("ssh://git@school.test:22/bees", True),
        ("file:///srv/bees", True),
        ("courses/bees", False),
        ("/srv/bees.zip", False),
        ("C:\\courses", False),
        ("ext::sh -c touch% /tmp/x", False),
    ],
)
def test_an_address_is_told_from_a_path(source: str, *, expected: bool) -> None:
    assert is_address(source) is expected


@pytest.mark.parametrize(
    ("address", "web"),
    [
        ("https://github.com/school/bees.git", "https://github.com/school/bees/blob/c0ffee"),
        ("https://ann:secret@github.com/school/bees/", "https://github.com/school/bees/blob/c0ffee"),
        ("git@github.com:school/bees.git", "https://github.com/school/bees/blob/c0ffee"),
        ("ssh://git@github.com/school/bees", "https://github.com/school/bees/blob/c0ffee"),
        ("https://gitlab.com/school/year/bees", "https://gitlab.com/school/year/bees/-/blob/c0ffee"),
        ("https://git.school.test/bees", ""),
        ("file:///srv/bees", ""),
    ],
)
def test_the_pages_of_known_hosts_are_known(address: str, web: str) -> None:
    assert web_address(address, "c0ffee") == web


def test_an_address_is_shown_without_secrets() -> None:
    assert shown_address("https://ann:secret@github.com/school/bees.git") == "https://github.com/school/bees"
    assert repository_name("git@github.com:school/bees.git") == "bees"
    assert without_secrets("cannot read 'https://t0ken@a.test/x'") == "cannot read 'https://a.test/x'"


@pytest.mark.parametrize("source", ["nowhere", "wax.md", "ext::sh -c true"])
async def test_what_is_no_source_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.chdir(write(tmp_path, {"course.md": BEES}))

    with pytest.raises(UserError) as told:
        async with opened(Wanted(source=source)):
            pass

    assert told.value.key == "error.lessons_source"


async def test_a_ref_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        async with opened(Wanted(source=str(tmp_path), ref="main")):
            pass

    assert told.value.key == "error.lessons_ref"
