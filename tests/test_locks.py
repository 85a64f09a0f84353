"""The lock files pin everything by hash, agree with one another and with pyproject, and name no package index."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted(ROOT.glob("requirements/*.txt"))
PINNED = re.compile(r"^[a-z0-9][a-z0-9.-]*==[^\s;]+( ; [^\\]+)?$")
HASH = re.compile(r"^--hash=sha256:[0-9a-f]{64}$")

# What builds the site has an environment of its own.
APART = "docs.txt"
# In parts, or this file would name them.
INDEX_HOSTS = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("registry", "yarnpkg"))
)


def entries(lock: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each requirement of a lock file and what continues it."""
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", "\0").splitlines():
        requirement, *rest = (part.strip() for part in line.split("\0"))
        yield requirement, rest


def pins(lock: str) -> dict[str, str]:
    """Return the version a lock file pins, by name."""
    requirements = (requirement for requirement, _ in entries(ROOT / "requirements" / lock))
    return dict(re.split("==", requirement.split(" ; ")[0]) for requirement in requirements)


def wanted(name: str) -> set[str]:
    """Return the requirements of an `.in` file."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-"))}


def test_there_is_a_lock_for_each_set() -> None:
    sets = ["dev", "docs", "documents", "embedded", "postgres", "runtime", "voice"]

    assert [lock.name for lock in LOCKS] == [f"{each}.txt" for each in sets]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned(lock: Path) -> None:
    loose = [requirement for requirement, _ in entries(lock) if not PINNED.match(requirement)]

    assert loose == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_hashed_and_nothing_else(lock: Path) -> None:
    unhashed = [name for name, rest in entries(lock) if not rest or not all(map(HASH.match, rest))]

    assert unhashed == []


def test_a_package_in_two_locks_has_one_version() -> None:
    meeting = [lock for lock in LOCKS if lock.name != APART]
    pinned = {pin for lock in meeting for pin in pins(lock.name).items()}
    names = [name for name, _ in pinned]

    assert sorted(names) == sorted(set(names))


def test_what_pyproject_depends_on_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert set(project["dependencies"]) <= wanted("runtime.in")
    assert set(project["optional-dependencies"]["embedded"]) <= wanted("embedded.in")
    assert set(project["optional-dependencies"]["postgres"]) <= wanted("postgres.in")
    assert set(project["optional-dependencies"]["documents"]) <= wanted("documents.in")
    assert set(project["optional-dependencies"]["voice"]) <= wanted("voice.in")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_what_its_list_asks_for(lock: Path) -> None:
    asked = {re.split(r"[<>=\[ ]", line)[0].lower().replace(".", "-") for line in wanted(f"{lock.stem}.in")}

    assert asked <= pins(lock.name).keys()


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="not a git checkout")
def test_no_tracked_file_names_a_package_index() -> None:
    patterns = [argument for host in INDEX_HOSTS for argument in ("-e", host)]
    found = subprocess.run(
        ["git", "grep", "-I", "-l", "-i", "-F", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert found.stderr == ""
    assert found.stdout.splitlines() == []
