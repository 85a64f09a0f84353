"""The house in order: one name for one thing, files of a readable length, nothing loose beside the rooms."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = [path.relative_to(ROOT) for room in ("bot", "adapters") for path in sorted((ROOT / room).rglob("*.py"))]
# In each platform's folder the same thing has the same name.
PLATFORMS = {Path("adapters/console"), Path("adapters/discord"), Path("adapters/slack")}
SHARED = [path for path in FILES if PLATFORMS.isdisjoint(path.parents)]
LOOSE = {"__init__.py", "__main__.py", "clock.py", "errors.py"}
MOST_LINES = 300

# What does not keep to the rules yet. Each list may only become shorter: a test fails as long as it names too much.
LONG_FILES = {
    "bot/settings/schema.py": "one class a group and one field a setting: parted, nobody would see them all at once",
}
SHARED_MODULE_NAMES: dict[str, str] = {}
SHARED_CLASS_NAMES: dict[str, str] = {}


def lines_of(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def classes_of(path: Path) -> list[str]:
    """Return the names of a module's public classes."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def given_twice(named: Iterable[tuple[str, Path]]) -> dict[str, list[str]]:
    """Return the names that several files have, and those files."""
    files = defaultdict(list)
    for name, path in named:
        files[name].append(str(path))
    return {name: paths for name, paths in files.items() if len(paths) > 1}


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    long = {str(path): lines_of(path) for path in FILES if lines_of(path) > MOST_LINES}

    assert long.keys() == LONG_FILES.keys(), long


def test_nothing_is_loose_beside_the_rooms() -> None:
    loose = {path.name for path in FILES if path.parent == Path("bot")}

    assert loose <= LOOSE


def test_a_module_has_a_name_of_its_own_outside_the_platforms() -> None:
    twice = given_twice((path.stem, path) for path in SHARED if path.stem != "__init__")

    assert twice.keys() == SHARED_MODULE_NAMES.keys(), twice


def test_a_class_has_a_name_of_its_own_outside_the_platforms() -> None:
    twice = given_twice((name, path) for path in SHARED for name in classes_of(path))

    assert twice.keys() == SHARED_CLASS_NAMES.keys(), twice
