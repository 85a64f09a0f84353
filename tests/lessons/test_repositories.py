"""Against the real git executable and repositories on this disk, reached as over a network (`file://`)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.lessons.reading.loaders import read_course
from bot.lessons.sources.git import is_address, repository_name, shown_address, web_address, without_secrets
from bot.lessons.sources.opening import Wanted, opened
from bot.lessons.sources.repositories import cloned, folder_in_clone
from tests.lessons.courses import BEES, BEES_HE, write

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
    assert (source.name, source.version, source.skipped) == (address, newest, ())


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


@pytest.mark.parametrize("source", ["nowhere", "course.md", "ext::sh -c true"])
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
