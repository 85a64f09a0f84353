"""The house in order: one name for one thing, files of a readable length, nothing loose beside the rooms."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [path.relative_to(ROOT) for room in ("bot", "adapters") for path in sorted((ROOT / room).rglob("*.py"))]
# In each platform's folder the same thing has the same name.
PLATFORMS = {Path("adapters/console"), Path("adapters/discord"), Path("adapters/slack")}
SHARED = [path for path in FILES if PLATFORMS.isdisjoint(path.parents)]
LOOSE = {"__init__.py", "__main__.py", "clock.py", "errors.py"}
MOST_LINES = 300
MOST_FUNCTION_LINES = 50
# What reads the machine's time or waits for it, by its name in full. `.time()` is an event loop's.
TIME = {
    *(
        f"time.{name}"
        for name in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep", "time", "time_ns")
    ),
    *(f"datetime.{name}" for name in ("now", "today", "utcnow")),
    "asyncio.sleep",
}

# What does not keep to the rules yet. Each list may only become shorter: a test fails as long as it names too much.
LONG_FILES: dict[str, str] = {}
READS_TIME = {
    "bot/clock.py": "the one place",
    "bot/storage/database/sqlite_faults.py": "blocks in threads, which no event loop's clock can wait in",
    "adapters/discord/rates.py": "fills in fields of discord.py's own buckets, which count the event loop's time",
}
# A command of the command line, where the machine's clock comes from, needs none of these.
FORGETS_A_CLOCK = {
    "bot/storage/database/migration.py": "a new file, which is not copied first: no copy is named by the date",
    "bot/storage/database/sqlite_revisions.py": "the same",
    "bot/runtime/supervisor.py": "a function it is given, which has a clock already",
    "adapters/console/paper.py": "a class of rich's of that name",
}
SHARED_MODULE_NAMES: dict[str, str] = {}
SHARED_CLASS_NAMES: dict[str, str] = {}


@cache
def tree_of(path: Path) -> ast.Module:
    """Return what a file parses to."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def lines_of(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def classes_of(path: Path) -> list[str]:
    """Return the names of a module's public classes."""
    return [
        node.name for node in tree_of(path).body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def reads_time(tree: ast.AST) -> list[str]:
    """Return what in a module reads the machine's time or waits for it, in reading order."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute() if (name := ".".join(ast.unparse(node).split(".")[-2:])) in TIME:
                found.append(name)
            case ast.Call(func=ast.Attribute(attr="time"), args=[], keywords=[]):
                found.append(ast.unparse(node.func))
            case ast.ImportFrom(module=str(module), names=names):
                found += [f"{module}.{each.name}" for each in names if f"{module}.{each.name}" in TIME]
    return found


def given_twice(named: Iterable[tuple[str, Path]]) -> dict[str, list[str]]:
    """Return the names that several files have, and those files."""
    files = defaultdict(list)
    for name, path in named:
        files[name].append(str(path))
    return {name: paths for name, paths in files.items() if len(paths) > 1}


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    long = {str(path): lines_of(path) for path in FILES if lines_of(path) > MOST_LINES}

    assert long.keys() == LONG_FILES.keys(), long


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path}:{node.lineno} {node.name}"
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    }

    assert long == set()


def test_nothing_is_loose_beside_the_rooms() -> None:
    loose = {path.name for path in FILES if path.parent == Path("bot")}

    assert loose <= LOOSE


def test_a_module_has_a_name_of_its_own_outside_the_platforms() -> None:
    twice = given_twice((path.stem, path) for path in SHARED if path.stem != "__init__")

    assert twice.keys() == SHARED_MODULE_NAMES.keys(), twice


def test_a_class_has_a_name_of_its_own_outside_the_platforms() -> None:
    twice = given_twice((name, path) for path in SHARED for name in classes_of(path))

    assert twice.keys() == SHARED_CLASS_NAMES.keys(), twice


def test_time_is_read_and_waited_for_by_the_clock_alone() -> None:
    reading = {str(path): found for path in FILES if (found := reads_time(tree_of(path)))}

    assert reading.keys() == READS_TIME.keys(), reading


def takers_of_a_clock(tree: ast.AST) -> set[str]:
    """Return the names of what takes a clock and would go by the machine's without one."""
    found = set()
    for node in ast.walk(tree):
        makes = [
            each for each in ast.iter_child_nodes(node) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for each in makes:
            arguments = each.args
            defaults = dict(zip([one.arg for one in arguments.kwonlyargs], arguments.kw_defaults, strict=True))
            if defaults.get("clock") is not None:
                found.add(node.name if isinstance(node, ast.ClassDef) and each.name == "__init__" else each.name)
    return found


def forgets_a_clock(tree: ast.AST, takers: Collection[str]) -> list[str]:
    """Return the calls of what takes a clock that hand in none."""
    return [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (name := node.func.id) in takers
        and "clock" not in {each.arg for each in node.keywords}
    ]


def test_who_has_a_clock_hands_it_on() -> None:
    trees = {path: tree_of(path) for path in FILES}
    takers = set().union(*map(takers_of_a_clock, trees.values()))
    forgetting = {
        str(path): found
        for path, tree in trees.items()
        if (found := forgets_a_clock(tree, takers)) and str(path.parent) != "bot/cli"
    }

    assert {"Engine", "deliver", "OllamaBackend"} <= takers
    assert forgetting.keys() == FORGETS_A_CLOCK.keys(), forgetting


@pytest.mark.parametrize(
    "line",
    [
        "import time; time.monotonic()",
        "from time import perf_counter",
        "import datetime; datetime.datetime.now(datetime.UTC)",
        "import asyncio; sleep = asyncio.sleep",
        "import asyncio; asyncio.get_running_loop().time()",
    ],
)
def test_every_way_to_read_time_is_seen(line: str) -> None:
    assert reads_time(ast.parse(line))


def test_a_clock_that_is_handed_in_is_none_of_them() -> None:
    assert reads_time(ast.parse("async def wait(clock): clock.now(); clock.utc(); await clock.sleep(1)")) == []
